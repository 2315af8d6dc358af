"""The visit register 来访登记簿 and its daily log 接访日志: who came, in order, and how many.

The log counts the very entries the register lists, so the two cannot differ.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from config.vocabulary import DisputeStatus, Outcome, Source
from service.errors import Invalid

LONGEST: Final = timedelta(days=31)
GROUP: Final = 5  # so many people make a collective visit 群体来访
NOON: Final = 12


class EntryKind(StrEnum):
    """What came of a question put to the window."""

    DISPUTE = "dispute"  # 登记成纠纷
    CONSULTATION = "consultation"  # 咨询
    TURNED = "turned"  # 咨询，后来登记成纠纷


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: one matter of one visit.

    Entries with the same `visit` came together. `at` is local, None when only the day is known.
    `visitor` is masked, `matter` how it begins, "" when restricted. `people` None is not told.
    """

    visit: UUID
    kind: EntryKind
    id: UUID
    number: str
    on: date
    at: datetime | None
    visitor: str
    people: int | None
    category: str | None
    matter: str
    source: Source
    unit: str
    clerk: str
    organisation: str | None = None
    guided_to: tuple[str, ...] = ()
    status: DisputeStatus | None = None
    outcome: Outcome | None = None
    merged: bool = False
    void_reason: str = ""
    restricted: bool = False
    urgent: bool = False
    may_open: bool = False
    became: str = ""

    @property
    def is_void(self) -> bool:
        """Whether it was registered by mistake 登记有误: it shows, and counts as nothing else."""
        return self.outcome is Outcome.MISTAKEN

    @property
    def is_undispatched(self) -> bool:
        """Whether nobody has sent it on yet."""
        return self.status is DisputeStatus.REGISTERED

    @property
    def counts(self) -> bool:
        """Whether it stands for a visit of its own."""
        return not self.is_void and self.kind is not EntryKind.TURNED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a small table: how many visits, disputes and consultations."""

    label: str
    visits: int
    disputes: int
    consultations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """What one day's log says. Visits are counted once, however many matters they brought."""

    visits: int
    walk_in: int
    phone: int
    elsewhere: int
    disputes: int
    consultations: int
    turned: int
    declined: int
    void: int
    collective: int
    urgent: int
    hours: tuple[Line, ...]
    clerks: tuple[Line, ...]


def span(first_on: date | None, last_on: date | None, today: date) -> tuple[date, date]:
    """The days asked for, both included; one alone is one day, none is today.

    Raises Invalid at `to` when they run backwards or are too many.
    """
    first = first_on or last_on or today
    last = last_on or first
    if last < first:
        raise Invalid({"to": ["结束日期不能早于开始日期"]})
    if last - first >= LONGEST:
        raise Invalid({"to": [f"一次最多看 {LONGEST.days} 天"]})
    return first, last


def places(entries: Iterable[Entry]) -> dict[UUID, int]:
    """The number in the register 序号 of each visit, from 1, in the order they came."""
    found: dict[UUID, int] = {}
    for entry in entries:
        found.setdefault(entry.visit, len(found) + 1)
    return found


def counted(entries: Sequence[Entry]) -> DayCounts:
    """The log of the entries."""
    real = [entry for entry in entries if entry.counts]
    sources = {entry.visit: entry.source for entry in real}
    came = list(sources.values())
    return DayCounts(
        visits=len(came),
        walk_in=came.count(Source.WALK_IN),
        phone=came.count(Source.PHONE),
        elsewhere=sum(each not in (Source.WALK_IN, Source.PHONE) for each in came),
        disputes=_of(real, EntryKind.DISPUTE),
        consultations=_of(real, EntryKind.CONSULTATION),
        turned=_of(entries, EntryKind.TURNED),
        declined=sum(entry.outcome is Outcome.DECLINED for entry in real),
        void=sum(entry.is_void for entry in entries),
        collective=len({entry.visit for entry in real if (entry.people or 1) >= GROUP}),
        urgent=sum(entry.urgent for entry in real),
        hours=_lines(real, _hour),
        clerks=_lines(real, lambda entry: entry.clerk),
    )


def halves(counts: DayCounts) -> tuple[int, int]:
    """The visits of the morning and of the afternoon; those without an hour in neither."""
    known = [line for line in counts.hours if line.label[:2].isdigit()]
    morning = sum(line.visits for line in known if int(line.label[:2]) < NOON)
    return morning, sum(line.visits for line in known) - morning


def _of(entries: Iterable[Entry], kind: EntryKind) -> int:
    return sum(entry.kind is kind for entry in entries)


def _hour(entry: Entry) -> str:
    if entry.at is None:
        return "时间未记"
    return f"{entry.at.hour:02d}:00–{entry.at.hour + 1:02d}:00"


def _lines(entries: Sequence[Entry], label: Callable[[Entry], str]) -> tuple[Line, ...]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(label(entry), []).append(entry)
    return tuple(
        Line(
            name,
            len({entry.visit for entry in group}),
            _of(group, EntryKind.DISPUTE),
            _of(group, EntryKind.CONSULTATION),
        )
        for name, group in sorted(groups.items())
    )
