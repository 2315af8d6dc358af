"""Whether two disputes may be merged 并案, and parted again 撤销并案; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from config.vocabulary import Danger, DisputeStatus, Level, Outcome
from config.words import label
from service.rules.dispute import ENDED

UNDONE_WITHIN: Final = timedelta(days=30)
# how the one that went in ended: it came to no end of its own, and is counted nowhere
OUTCOME: Final = Outcome.TERMINATED
_DANGERS: Final = (Danger.NONE, Danger.UNASKED, Danger.PRESENT)
_LEVELS: Final = tuple(Level)
S = DisputeStatus


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two as far as the question goes."""

    number: str
    status: DisputeStatus
    restricted: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a party is, opened: whether two entries are one person is asked of these."""

    kind: str
    side: bool  # applicant, respondent or third party; not somebody who speaks for one
    role: str
    name: str
    id_number: str | None
    phone: str | None


def obstacle(into: Side, gone: Side) -> str | None:
    """Why `gone` cannot go into `into`, in one sentence; None when it can."""
    if into.restricted != gone.restricted:
        return "两件里只有一件限制查阅。请先把两件的限制查阅改成一样，再并案"
    for each in (into, gone):
        if each.status in ENDED:
            return (
                f"{each.number} 已经{label(each.status)}，不能并案。又来的，请登记重复来访；"
                "有新的事实的，请另外登记并关联"
            )
    if gone.status is S.AGREED:
        return f"{gone.number} 已经达成协议，不能并入别的纠纷。请把它作为保留的一件"
    return None


def highest_danger(known: Iterable[Danger]) -> Danger:
    """The gravest of what is known of danger."""
    return max(known, key=_DANGERS.index)


def highest_level(known: Iterable[Level]) -> Level:
    """The highest of some levels."""
    return max(known, key=_LEVELS.index)


def last_day(merged_on: date) -> date:
    """The last day on which a merge of `merged_on` can be undone."""
    return merged_on + UNDONE_WITHIN


def parting(
    into: Side,
    *,
    agreed_since: bool,
    gone_restricted: bool,
    merged_on: date,
    today: date,
    lost: Sequence[str],
) -> str | None:
    """Why the two cannot be parted any more, in one sentence; None when they can.

    `agreed_since`: an agreement came after the merge. `lost` names what had moved and is not there
    any more.
    """
    if today > last_day(merged_on):
        return f"并案超过 {UNDONE_WITHIN.days} 天，不能再撤销"
    if into.status in ENDED or (into.status is S.AGREED and agreed_since):
        done = "达成协议" if into.status is S.AGREED else label(into.status)
        return f"并案之后 {into.number} 已经{done}，不能再分开"
    if into.restricted != gone_restricted:
        return "并案之后改过限制查阅，请先改回来，再撤销并案"
    if lost:
        return f"并案之后改动过并过来的{'、'.join(lost)}，不能再分开"
    return None


def same(one: Identity, other: Identity) -> bool:
    """Whether two parties are one: by ID number, else by name and phone.

    Who speaks for somebody is the same only as another who speaks for somebody in the same way.
    """
    if one.kind != other.kind or one.side != other.side:
        return False
    if not one.side and one.role != other.role:
        return False
    if one.id_number and other.id_number:
        return one.id_number == other.id_number
    return bool(one.phone) and (one.name, one.phone) == (other.name, other.phone)


def twins(ours: Sequence[Identity], theirs: Sequence[Identity]) -> dict[int, int]:
    """Which of `theirs` are the same as which of `ours`, by their places; each once."""
    found: dict[int, int] = {}
    for place, other in enumerate(theirs):
        for mine, one in enumerate(ours):
            if mine not in found.values() and same(one, other):
                found[place] = mine
                break
    return found
