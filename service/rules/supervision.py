"""Supervision 督办: where a paper stands, until when its reply is due, whom one may press."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from config.supervision import Press
from config.vocabulary import DisputeStatus, SupervisionKind, TimeUnit
from service.errors import Forbidden, Invalid
from service.rules import dispute as disputes
from service.rules.access import Actor
from service.rules.calendar import WorkCalendar

MOST: Final = 50  # of one order: no list shows more rows to tick
MOST_NAMED: Final = 5
LONGEST_DAYS: Final = 366


class SupervisionState(StrEnum):
    """Where one stands. An urge 催办 wants no reply and is over at once."""

    OPEN = "open"  # 待答复
    LATE = "late"  # 逾期未答复
    ANSWERED = "answered"  # 已答复，待确认
    ENDED = "ended"  # 已结束


STATE_WORDS: Final = {
    SupervisionState.LATE: "逾期未答复",
    SupervisionState.OPEN: "待答复",
    SupervisionState.ANSWERED: "已答复，待确认",
    SupervisionState.ENDED: "已结束",
}


@dataclass(frozen=True, slots=True)
class Pressed:
    """What an order must know of a dispute."""

    number: str
    status: DisputeStatus
    has_unit: bool


def state(*, replied: bool, ended: bool, reply_by: date | None, today: date) -> SupervisionState:
    """Where it stands on `today`; the day the reply is due is still in time."""
    if ended:
        return SupervisionState.ENDED
    if replied:
        return SupervisionState.ANSWERED
    is_late = reply_by is not None and reply_by < today
    return SupervisionState.LATE if is_late else SupervisionState.OPEN


def number_text(sign: str, year: int, value: int) -> str:
    """青龙督〔2026〕1号, as official papers 公文 write it."""
    return f"{sign}〔{year}〕{value}号"


def usual_reply(press: Press, today: date, calendar: WorkCalendar) -> date | None:
    """The day the reply is due when nobody says another; None when none is wanted."""
    if not press.reply_days:
        return None
    return calendar.add(today, press.reply_days, TimeUnit.WORKING_DAY)


def reply_by(press: Press, asked: date | None, today: date, calendar: WorkCalendar) -> date | None:
    """The day the reply is due. Raises Invalid for a day that cannot be."""
    if asked is None:
        return usual_reply(press, today, calendar)
    if press.kind is SupervisionKind.URGE:
        raise Invalid({"reply_by": [f"{press.name}不用答复，不填答复日期"]})
    if asked < today:
        raise Invalid({"reply_by": ["答复日期不能早于今天"]})
    if (asked - today).days > LONGEST_DAYS:
        raise Invalid({"reply_by": ["答复日期最晚到一年以后"]})
    return asked


def check_orderer(press: Press, actor: Actor) -> None:
    """Raises Forbidden for who may press, but not so."""
    if not press.ordered_by & actor.roles:
        raise Forbidden(f"{press.name}不由您下达")


def is_theirs(organisation_id: UUID, mediator_id: UUID | None, actor: Actor) -> bool:
    """Whether the caller speaks for the pressed unit: of it, the mediator, or who stands in.

    A unit that only registered the dispute was not pressed.
    """
    return organisation_id in actor.homes or mediator_id in {actor.user_id, *actor.stands_for}


def is_pressable(status: DisputeStatus, *, has_unit: bool) -> bool:
    """Whether a unit has it in hand: it was dispatched and is not over."""
    return has_unit and status in disputes.OPEN and status is not DisputeStatus.REGISTERED


def check_pressed(chosen: Sequence[Pressed]) -> None:
    """Raises Invalid naming those that nobody has in hand."""
    over = [each.number for each in chosen if each.status in disputes.ENDED]
    if over:
        raise Invalid({"disputes": [f"{_named(over)}已经办结，不能再督办"]})
    nobody = [
        each.number for each in chosen if not is_pressable(each.status, has_unit=each.has_unit)
    ]
    if nobody:
        raise Invalid({"disputes": [f"{_named(nobody)}还没有分派，没有承办单位可以督办"]})


def _named(numbers: Sequence[str]) -> str:
    shown = "、".join(sorted(numbers)[:MOST_NAMED])
    return shown if len(numbers) <= MOST_NAMED else f"{shown} 等 {len(numbers)} 件"
