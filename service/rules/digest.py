"""The morning digest 早晨提要: what somebody has to do, in counts and numbers of disputes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from config.ladder import Ladder
from config.vocabulary import TimeUnit
from service.rules.calendar import ONE_DAY, WorkCalendar


class Heap(StrEnum):
    """One kind of what waits, in the order of the digest."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    APPROVAL = "approval"
    SUPERVISED = "supervised"
    ANSWERED = "answered"
    STEP = "step"
    OWED = "owed"


TITLES: Final = {
    Heap.LATE: "已超期",
    Heap.TODAY: "今天到期",
    Heap.SOON: "{days} 个工作日内到期",
    Heap.APPROVAL: "延期、中止等您审批",
    Heap.SUPERVISED: "督办等您答复",
    Heap.ANSWERED: "督办已答复，等您确认",
    Heap.STEP: "上次提要以后提醒过的期限",
    Heap.OWED: "来函、案件等其他事项，{days} 个工作日内到期或者已经超期",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One dispute as the digest names it: its number, its stage in words, and a day if any.

    What is no dispute is named by its noun and its term.
    """

    number: str
    stage: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One heap: how many there are, and the first of them."""

    title: str
    count: int
    lines: tuple[Line, ...]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.lines)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told on the morning of a working day."""

    on: date
    centre: str
    sections: tuple[Section, ...]


def title(heap: Heap, ladder: Ladder) -> str:
    """A heap in words."""
    return TITLES[heap].format(days=ladder.digest_soon)


def soon_until(today: date, calendar: WorkCalendar, ladder: Ladder) -> date:
    """The last day that is soon."""
    return calendar.add(today, ladder.digest_soon, TimeUnit.WORKING_DAY)


def last_working_day(today: date, calendar: WorkCalendar) -> date:
    """The working day before today: the last morning that had a digest."""
    day = today - ONE_DAY
    while not calendar.is_working_day(day):
        day -= ONE_DAY
    return day


def is_in_time(period: date, *, today: date, quiet: bool) -> bool:
    """Whether the digest of a morning still serves: on its own day, before the night."""
    return period == today and not quiet
