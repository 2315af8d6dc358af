"""Reports of the yearly plan 计划报告: their periods, what they say, what moved since the last one.

A report is frozen: what is told of a period never changes afterwards. Its body is JSON; dates in it
are ISO texts, numbers of figures are the texts people read.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final, Self

from config.plan import PlanLight, PlanReportKind, PlanTaskState
from service.errors import Invalid

MONTHS_OF_QUARTER: Final = 3
DECEMBER: Final = 12
YEARS: Final = range(1990, 2200)  # as models.plan keeps them
NOT_A_PERIOD: Final = "期间写成 2026-03、2026-Q1 或者 2026"
_QUARTERS: Final = {"Q1": 1, "Q2": 4, "Q3": 7, "Q4": 10}
# what is told of a task that was called off, beside the lights
DROPPED: Final = PlanTaskState.DROPPED.value
LIGHT_WORDS: Final[Mapping[str, str]] = {
    PlanLight.DONE.value: "完成",
    PlanLight.GREEN.value: "绿灯",
    PlanLight.YELLOW.value: "黄灯",
    PlanLight.RED.value: "红灯",
    PlanLight.WAITING.value: "等待",
    DROPPED: "取消",
}


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """A month, a quarter or a year; the dates are its first and its last day."""

    kind: PlanReportKind
    name: str
    start_on: date
    last_on: date

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read 2026-03, 2026-Q1 or 2026. Raises Invalid at `period`."""
        year, _, part = name.partition("-")
        if not (year.isdecimal() and year.isascii() and int(year) in YEARS):
            raise Invalid({"period": [NOT_A_PERIOD]})
        if not part and name == year:
            return cls(PlanReportKind.YEAR, name, _first(int(year), 1), _last(int(year), DECEMBER))
        if part in _QUARTERS:
            month = _QUARTERS[part]
            last = _last(int(year), month + MONTHS_OF_QUARTER - 1)
            return cls(PlanReportKind.QUARTER, name, _first(int(year), month), last)
        if part.isdecimal() and part.isascii() and len(part) == len("03"):
            return cls.month(int(year), int(part))
        raise Invalid({"period": [NOT_A_PERIOD]})

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """A month of a year. Raises Invalid at `period` for one there is not."""
        if not 1 <= month <= DECEMBER:
            raise Invalid({"period": [NOT_A_PERIOD]})
        first, last = _first(year, month), _last(year, month)
        return cls(PlanReportKind.MONTH, f"{year}-{month:02}", first, last)

    @classmethod
    def month_before(cls, day: date) -> Self:
        """The month that was over on a day."""
        before = day.replace(day=1) - timedelta(days=1)
        return cls.month(before.year, before.month)

    @classmethod
    def quarter_before(cls, day: date) -> Self:
        """The quarter that was over on a day."""
        month = (day.month - 1) // MONTHS_OF_QUARTER * MONTHS_OF_QUARTER + 1
        before = day.replace(month=month, day=1) - timedelta(days=1)
        return cls.parse(f"{before.year}-Q{(before.month - 1) // MONTHS_OF_QUARTER + 1}")

    @property
    def year(self) -> int:
        """The year of the plan it tells of."""
        return self.start_on.year

    @property
    def label(self) -> str:
        """2026年3月, 2026年第1季度, 2026年."""
        year = f"{self.year}年"
        if self.kind is PlanReportKind.MONTH:
            return f"{year}{self.start_on.month}月"
        if self.kind is PlanReportKind.QUARTER:
            return f"{year}第{(self.start_on.month - 1) // MONTHS_OF_QUARTER + 1}季度"
        return year


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneTold:
    """A milestone; dates as ISO texts."""

    name: str
    due_on: str
    done_on: str | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTold:
    """One file: what it shows, its hash, and whether and where it is public."""

    kind: str
    about: str
    on: str
    sha256: str
    milestone: str | None = None
    public: bool = False
    published_on: str | None = None
    published_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTold:
    """A figure beside its target, as people read them; `metric` None: it has no source."""

    name: str
    value: str
    target: str
    metric: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTold:
    """A register of a task: its rows of the year, those that are open, and late."""

    name: str
    rows: int
    open: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTold:
    """One task as it stood; `light` is a word of `PlanLight`, or `dropped`.

    `reasons` are those that are not well: why it is red or yellow, what it waits for.
    """

    number: str
    name: str
    text: str
    chapter: int
    light: str
    due_on: str
    lead: str | None = None
    assists: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    done_on: str | None = None
    why_dropped: str | None = None
    milestones: tuple[MilestoneTold, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    waits: tuple[str, ...] = ()
    figures: tuple[FigureTold, ...] = ()
    registers: tuple[RegisterTold, ...] = ()
    evidence: tuple[EvidenceTold, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether nobody wrote anything of it in the period."""
        return self.light in {PlanLight.RED, PlanLight.YELLOW, PlanLight.GREEN} and not self.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A task whose light is another than at the end of the period before."""

    number: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTold:
    """A plan as it stood at the end of a period, or on the day it was told before that."""

    town: str
    year: int
    title: str
    period: str
    as_of: str
    approved: bool
    chapters: tuple[str, ...]
    tasks: tuple[TaskTold, ...]
    moves: tuple[Move, ...] = ()
    before: str | None = None

    @property
    def sums(self) -> Counter[str]:
        """How many tasks have which light."""
        return Counter(each.light for each in self.tasks)

    def of_chapter(self, chapter: int) -> tuple[TaskTold, ...]:
        """The tasks of one chapter, in their order."""
        return tuple(each for each in self.tasks if each.chapter == chapter)

    def with_light(self, *lights: str) -> tuple[TaskTold, ...]:
        """The tasks with one of these lights, in their order."""
        return tuple(each for each in self.tasks if each.light in lights)


def as_body(told: PlanTold) -> dict[str, Any]:
    """The JSON that is frozen."""
    return asdict(told)


def from_body(body: Mapping[str, Any]) -> PlanTold:
    """A frozen body as a value; `from_body(as_body(told)) == told`."""
    rest = {key: value for key, value in body.items() if key not in ("tasks", "moves", "chapters")}
    return PlanTold(
        tasks=tuple(_task(each) for each in body["tasks"]),
        moves=tuple(Move(**each) for each in body["moves"]),
        chapters=tuple(body["chapters"]),
        **rest,
    )


def moves(before: Sequence[TaskTold], after: Sequence[TaskTold]) -> tuple[Move, ...]:
    """Whose light is another; a task that was not there before has not moved."""
    known = {each.number: each.light for each in before}
    return tuple(
        Move(number=each.number, name=each.name, before=known[each.number], after=each.light)
        for each in after
        if known.get(each.number, each.light) != each.light
    )


def sentence(told: PlanTold) -> str:
    """What a leader reads first: 30 项任务，完成 3 项，绿灯 20 项，黄灯 5 项，红灯 2 项."""
    sums = told.sums
    named = [(words, sums[light]) for light, words in LIGHT_WORDS.items() if sums[light]]
    parts = "，".join(f"{words} {count} 项" for words, count in named)
    return f"{len(told.tasks)} 项任务，{parts}" if parts else "计划里还没有任务"


def _task(row: Mapping[str, Any]) -> TaskTold:
    told = dict(row)
    told["assists"], told["reasons"] = tuple(row["assists"]), tuple(row["reasons"])
    told["waits"] = tuple(row["waits"])
    told["notes"] = tuple((on, text) for on, text in row["notes"])
    told["milestones"] = tuple(MilestoneTold(**each) for each in row["milestones"])
    told["figures"] = tuple(FigureTold(**each) for each in row["figures"])
    told["registers"] = tuple(RegisterTold(**each) for each in row["registers"])
    told["evidence"] = tuple(EvidenceTold(**each) for each in row["evidence"])
    return TaskTold(**told)


def _first(year: int, month: int) -> date:
    return date(year, month, 1)


def _last(year: int, month: int) -> date:
    following = date(year + month // DECEMBER, month % DECEMBER + 1, 1)
    return following - timedelta(days=1)
