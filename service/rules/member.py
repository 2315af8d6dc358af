"""Member units 成员单位: which categories one takes, and on which days it sits at the centre."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from config.vocabulary import OrganisationKind, SeatKind
from config.words import label
from service.rules.calendar import WorkCalendar

OUTSIDE_ITS_REMIT: Final = "不在它的受理范围内"
WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a unit does not take a category, and which kind of unit does; None is not said."""

    words: str
    go_to: OrganisationKind | None = None


@dataclass(frozen=True, slots=True)
class Remit:
    """What a unit takes 受理范围: `takes` are the only categories, None is every one."""

    takes: frozenset[str] | None = None
    refuses: Mapping[str, Refused] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether a unit takes a category; where it does not, the words of it and where to go."""

    yes: bool
    words: str = ""
    go_to: OrganisationKind | None = None

    @property
    def told(self) -> str:
        """Both in one: 要先鉴定，请到卫健部门; empty where it takes the category."""
        way = f"，请到{label(self.go_to)}" if self.go_to else ""
        return f"{self.words}{way}"


EVERYTHING: Final = Remit()
_YES: Final = Acceptance(yes=True)


def accepts(remit: Remit, category: str) -> Acceptance:
    """Whether a unit with this remit takes disputes of `category`."""
    refused = remit.refuses.get(category)
    if refused is not None:
        return Acceptance(yes=False, words=refused.words, go_to=refused.go_to)
    if remit.takes is not None and category not in remit.takes:
        return Acceptance(yes=False, words=OUTSIDE_ITS_REMIT)
    return _YES


def remit(takes: Collection[str] | None, refuses: Mapping[str, Mapping[str, Any]]) -> Remit:
    """A remit as the tables keep it."""
    return Remit(
        None if takes is None else frozenset(takes),
        {
            category: Refused(
                said["words"], OrganisationKind(said["go_to"]) if said.get("go_to") else None
            )
            for category, said in refuses.items()
        },
    )


@dataclass(frozen=True, slots=True)
class Sitting:
    """How a unit sits at the centre 入驻 from one day to another; `weekdays` as "135"."""

    kind: SeatKind
    weekdays: str
    from_on: date
    until_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is how the unit sits on `day`."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


def sits(sitting: Sitting, day: date, calendar: WorkCalendar) -> bool:
    """Whether a unit has to be at the centre on `day`; one on call 随驻 only comes when asked."""
    if not sitting.holds(day) or not calendar.is_working_day(day):
        return False
    if sitting.kind is SeatKind.ROTATING:
        return str(day.isoweekday()) in sitting.weekdays
    return sitting.kind is SeatKind.RESIDENT


def weekday_words(weekdays: str) -> str:
    """周一、周三."""
    return "、".join(f"周{WEEKDAYS[int(each) - 1]}" for each in weekdays)
