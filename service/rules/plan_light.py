"""Lights 亮灯 of a plan's tasks: what they are computed from, and why; nobody types one.

Each fact asks for a light and says so in a sentence; the worst asked for wins: red before yellow,
yellow before waiting, waiting before green. What is good is said as well, so no light is without a
reason. What asks for which:

red      a milestone whose day has passed; the task's own last day has passed; entries of its
         registers that are overdue; a target still missed when the last day has passed
yellow   a milestone or the last day is near; a target is missed so far; nothing was heard for long;
         nobody leads it; a figure has no source; a document of superiors is later than expected;
         there is nothing to judge it by; it was reported done and its evidence was withdrawn, or
         entries of its registers are overdue
waiting  it has not begun; a document of superiors 上级文件 has not come
green    a milestone ahead, a target met, a figure that judges nothing, registers in time

An overdue milestone is yellow and not red while the task waits for a document: the town cannot act
before its superiors did, but somebody has to ask them. It excuses no milestone whose day had passed
before the wait was written down, and nothing once the task's own last day has passed: then the plan
has to be changed, which is a decision and no light. While a task waits, silence is no fault, nor is
it where a figure moves by itself. Before the first day neither silence nor a target judges, and a
count that only grows is judged once the last day is near. A day that is due lasts to its end.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final
from uuid import UUID

from config.plan import WORDS, Comparison, Plans, PlanTaskState
from config.plan import PlanLight as Light
from service.rules.statistics import LEAST

SEVERITY: Final[Mapping[Light, int]] = MappingProxyType(
    {Light.DONE: 0, Light.GREEN: 1, Light.WAITING: 2, Light.YELLOW: 3, Light.RED: 4}
)
PERCENT: Final = "%"
_TENTH: Final = Decimal("0.1")


class From(StrEnum):
    """What a reason was computed from."""

    TASK = "task"
    MILESTONE = "milestone"
    DEPENDENCE = "dependence"
    METRIC = "metric"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Source:
    """What a reason was computed from: its key, and of a figure the days, both included."""

    kind: From
    id: str = ""
    start_on: date | None = None
    end_on: date | None = None

    @property
    def ended_before(self) -> date | None:
        """The first day that is counted no more, as a question for a figure names it."""
        return None if self.end_on is None else self.end_on + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A milestone 节点; one that was given up judges nothing."""

    id: UUID
    name: str
    due_on: date
    done_on: date | None = None
    dropped: bool = False

    @property
    def is_ahead(self) -> bool:
        """Whether it is still to be reached."""
        return self.done_on is None and not self.dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """A document of superiors; `noted_on` is when it was written down that the task waits for it.

    One that was given up is left out.
    """

    id: UUID
    title: str
    noted_on: date
    expected_on: date | None = None
    arrived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A figure and what it is held to; `value` is in `unit`, None where nothing was counted.

    `metric` None has no source. `is_share`: it is a part of a whole, of so many `counted_in`.
    `is_live`: it moves with the house's daily work, and with no register that somebody has to fill.
    `start_on` and `end_on`, both included, are the days counted.
    """

    name: str
    unit: str
    metric: str | None = None
    comparison: Comparison | None = None
    target: Decimal | None = None
    value: Fraction | None = None
    numerator: int | None = None
    denominator: int | None = None
    is_share: bool = True
    counted_in: str = "件"
    is_live: bool = True
    start_on: date | None = None
    end_on: date | None = None

    @property
    def grows(self) -> bool:
        """Whether it is a count that has until the last day to come up to its target."""
        return not self.is_share and self.comparison is Comparison.AT_LEAST

    @property
    def is_missed(self) -> bool:
        """Whether there is a value, and it does not come up to the target; exactly."""
        if self.value is None or self.target is None:
            return False
        target = Fraction(self.target)
        at_most = self.comparison is Comparison.AT_MOST
        return self.value > target if at_most else self.value < target


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register 工作台账: entries of the year, not ended, overdue; the newest day of any.

    `late_by` tells the units that owe, by name, and how many entries each.
    """

    register: str
    name: str
    rows: int = 0
    open: int = 0
    late_by: Mapping[str, int] = field(default_factory=dict)
    last_on: date | None = None

    @property
    def late(self) -> int:
        """How many entries are overdue."""
        return sum(self.late_by.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What the light of one task is a function of; the order of what it has says nothing.

    `known_on` is the day the plan came in: nobody could be heard of it before.
    """

    state: PlanTaskState
    starts_on: date
    due_on: date
    done_on: date | None = None
    has_lead: bool = True
    milestones: tuple[Milestone, ...] = ()
    dependences: tuple[Dependence, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    registers: tuple[Register, ...] = ()
    last_note_on: date | None = None
    known_on: date | None = None
    evidence: int = 0

    @property
    def awaited(self) -> tuple[Dependence, ...]:
        """The documents that have not come."""
        return tuple(each for each in self.dependences if not each.arrived)

    @property
    def next_milestone(self) -> Milestone | None:
        """The one to be reached next, the longest overdue first."""
        ahead = (each for each in self.milestones if each.is_ahead)
        return min(ahead, key=lambda each: (each.due_on, each.name, each.id), default=None)

    @property
    def last_heard_on(self) -> date:
        """The newest sign of life: a note, a milestone reached, an entry; else its first day."""
        known = [self.known_on] if self.known_on else []
        return max([self.starts_on, *known, *self._heard_on])

    @property
    def was_heard(self) -> bool:
        """Whether there was any sign of life at all."""
        return bool(self._heard_on)

    @property
    def _heard_on(self) -> list[date]:
        reached = [each.done_on for each in self.milestones]
        entered = [each.last_on for each in self.registers]
        return [day for day in (self.last_note_on, *reached, *entered) if day is not None]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the light it asks for, in a sentence, and what it was computed from."""

    code: str
    light: Light
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Lit:
    """The light of one task, and its reasons, the worst first; there is always one."""

    light: Light
    reasons: tuple[Reason, ...]
    dropped: bool = False

    @property
    def word(self) -> str:
        """The light as people say it; a task that was given up has none and says that."""
        return WORDS[PlanTaskState][PlanTaskState.DROPPED] if self.dropped else LIGHT[self.light]


LIGHT: Final = WORDS[Light]
_TASK: Final = Source(From.TASK)


def light(facts: TaskFacts, *, today: date, plans: Plans) -> Lit:
    """The light of a task on `today`; a function of its facts alone."""
    if facts.state is PlanTaskState.DROPPED:
        given_up = Reason("dropped", Light.WAITING, "已取消，不再亮灯", _TASK)
        return Lit(Light.WAITING, (given_up,), dropped=True)
    if facts.state is PlanTaskState.DONE:
        return _lit([_done(facts, today), *_left_late(facts)])
    return _lit(_reasons(facts, today, plans))


def _lit(reasons: Iterable[Reason]) -> Lit:
    """The worst reason wins; equal facts give equal reasons in equal order."""
    ordered = sorted(reasons, key=_place)
    return Lit(ordered[0].light, tuple(ordered))


def _place(reason: Reason) -> tuple[int, int, str, str, str]:
    source = reason.source
    return (-SEVERITY[reason.light], _RANK[reason.code], reason.code, source.id, reason.text)


# within one light, what a leader asks about first
_RANK: Final[Mapping[str, int]] = MappingProxyType(
    {
        code: place
        for place, code in enumerate(
            (
                "done",
                "done_without_evidence",
                "done_entries_late",
                "dropped",
                "task_late",
                "milestone_late",
                "milestone_excused",
                "entries_late",
                "target_missed",
                "document_late",
                "task_soon",
                "milestone_soon",
                "no_lead",
                "silent",
                "no_source",
                "nothing_to_judge",
                "document_awaited",
                "not_begun",
                "milestone_ahead",
                "target_met",
                "entries_in_time",
                "figure_empty",
                "figure_shown",
                "all_reached",
            )
        )
    }
)


def _done(facts: TaskFacts, today: date) -> Reason:
    day = _day(facts.done_on or facts.due_on, today)
    if not facts.evidence:
        text = f"{day} 报完成，佐证都已撤回，请补佐证"
        return Reason("done_without_evidence", Light.YELLOW, text, _TASK)
    return Reason("done", Light.DONE, f"{day} 完成，佐证 {facts.evidence} 份", _TASK)


def _left_late(facts: TaskFacts) -> Iterator[Reason]:
    """What is overdue in the registers of a task that was said to be done."""
    for each in _of_registers(facts):
        if each.code == "entries_late":
            yield replace(each, code="done_entries_late", light=Light.YELLOW)


def _reasons(facts: TaskFacts, today: date, plans: Plans) -> list[Reason]:
    """Of a task that is worked on; each family of facts speaks for itself, and one always does."""
    return [
        *_of_days(facts, today, plans),
        *_of_milestones(facts, today, plans),
        *_of_documents(facts, today),
        *_of_figures(facts, today, plans),
        *_of_registers(facts),
        *_of_people(facts, today, plans),
    ]


def _of_days(facts: TaskFacts, today: date, plans: Plans) -> Iterator[Reason]:
    due = _day(facts.due_on, today)
    if today > facts.due_on:
        text = f"任务应于 {due} 完成，已过 {_days(facts.due_on, today)} 天"
        yield Reason("task_late", Light.RED, text, _TASK)
    elif _is_soon(facts.due_on, today, plans):
        yield Reason("task_soon", Light.YELLOW, f"任务{_until(facts.due_on, today)}", _TASK)
    if today < facts.starts_on:
        text = f"{_day(facts.starts_on, today)} 开始，还有 {_days(today, facts.starts_on)} 天"
        yield Reason("not_begun", Light.WAITING, text, _TASK)


def _of_milestones(facts: TaskFacts, today: date, plans: Plans) -> Iterator[Reason]:
    for each in facts.milestones:
        if each.is_ahead and each.due_on < today:
            yield _overdue(each, facts, today)
        elif each.is_ahead and _is_soon(each.due_on, today, plans):
            yield _of(each, "milestone_soon", Light.YELLOW, _until(each.due_on, today))
    coming = facts.next_milestone
    if coming is not None and coming.due_on >= today and not _is_soon(coming.due_on, today, plans):
        yield _of(coming, "milestone_ahead", Light.GREEN, _until(coming.due_on, today))
    reached = sum(each.done_on is not None for each in facts.milestones)
    if coming is None and reached:
        text = f"{reached} 个节点都已完成，任务{_until(facts.due_on, today)}"
        yield Reason("all_reached", Light.GREEN, text, _TASK)


def _overdue(milestone: Milestone, facts: TaskFacts, today: date) -> Reason:
    """Red, or yellow where it waits for superiors, and said so before its day had passed."""
    days = _days(milestone.due_on, today)
    told = f"应于 {_day(milestone.due_on, today)} 完成，已过 {days} 天"
    waits_for = sorted(d.title for d in facts.awaited if d.noted_on <= milestone.due_on)
    if not waits_for or today > facts.due_on:
        return _of(milestone, "milestone_late", Light.RED, told)
    excuse = f"{told}，在等上级文件{_titled(waits_for[0])}"
    return _of(milestone, "milestone_excused", Light.YELLOW, excuse)


def _of(milestone: Milestone, code: str, asked: Light, told: str) -> Reason:
    source = Source(From.MILESTONE, str(milestone.id))
    return Reason(code, asked, f"节点“{milestone.name}”{told}", source)


def _of_documents(facts: TaskFacts, today: date) -> Iterator[Reason]:
    for each in facts.awaited:
        source, named = Source(From.DEPENDENCE, str(each.id)), f"上级文件{_titled(each.title)}"
        if each.expected_on is not None and each.expected_on < today:
            days = _days(each.expected_on, today)
            text = f"{named}预计 {_day(each.expected_on, today)} 到，已过 {days} 天，请催问"
            yield Reason("document_late", Light.YELLOW, text, source)
        else:
            expected = f"，预计 {_day(each.expected_on, today)} 到" if each.expected_on else ""
            yield Reason("document_awaited", Light.WAITING, f"在等{named}{expected}", source)


def _of_figures(facts: TaskFacts, today: date, plans: Plans) -> Iterator[Reason]:
    for each in facts.indicators:
        code, asked = _judged(each, facts, today, plans)
        source = Source(From.METRIC, each.metric or "", each.start_on, each.end_on)
        yield Reason(code, asked, f"{each.name}{_told(each, code)}", source)


def _judged(indicator: Indicator, facts: TaskFacts, today: date, plans: Plans) -> tuple[str, Light]:
    if indicator.metric is None:
        return "no_source", Light.YELLOW
    if indicator.value is None:
        return "figure_empty", Light.GREEN
    if indicator.target is None or today < facts.starts_on:
        return "figure_shown", Light.GREEN
    if not indicator.is_missed:
        return "target_met", Light.GREEN
    if today > facts.due_on:
        return "target_missed", Light.RED
    is_early = indicator.grows and not _is_soon(facts.due_on, today, plans)
    return ("figure_shown", Light.GREEN) if is_early else ("target_missed", Light.YELLOW)


def _told(indicator: Indicator, code: str) -> str:
    """What a figure's reason says after its name."""
    aim = "" if indicator.target is None else f"，目标{target_text(indicator)}"
    if code == "no_source":
        return f"没有数据来源{aim}"
    if code == "figure_empty":
        return f"还没有可以计算的，不作判断{aim}"
    return f" {value_text(indicator)}{aim}"


def _of_registers(facts: TaskFacts) -> Iterator[Reason]:
    for each in facts.registers:
        source, named = Source(From.REGISTER, each.register), f"台账“{each.name}”"
        if each.late:
            text = f"{named}有 {each.late} 条逾期未办：{_owing(each.late_by)}"
            yield Reason("entries_late", Light.RED, text, source)
        else:
            nothing = "没有在办的条目" if each.last_on else "还没有登记过"
            told = f"在办 {each.open} 条，没有逾期" if each.open else nothing
            yield Reason("entries_in_time", Light.GREEN, f"{named}{told}", source)


def _owing(late_by: Mapping[str, int]) -> str:
    """派出所 2 条，司法所 1 条, who owes most first: the lead of a task has to know whom to ask."""
    ordered = sorted(late_by.items(), key=lambda each: (-each[1], each[0]))
    return "，".join(f"{unit} {count} 条" for unit, count in ordered)


def _of_people(facts: TaskFacts, today: date, plans: Plans) -> Iterator[Reason]:
    if not facts.has_lead:
        yield Reason("no_lead", Light.YELLOW, "还没有确定牵头单位", _TASK)
    kept = any(not each.dropped for each in facts.milestones)
    if not (kept or facts.registers or facts.indicators):
        text = "没有节点、指标和台账，无从判断进展"
        yield Reason("nothing_to_judge", Light.YELLOW, text, _TASK)
    moves_itself = any(each.metric and each.is_live for each in facts.indicators)
    silent = (today - facts.last_heard_on).days
    if silent > plans.silent_days and not facts.awaited and not moves_itself:
        told = "没有新的进展" if facts.was_heard else "还没有记过进展"
        yield Reason("silent", Light.YELLOW, f"已有 {silent} 天{told}", _TASK)


def target_text(indicator: Indicator) -> str:
    """不少于 60 学时."""
    if indicator.comparison is None or indicator.target is None:
        return ""
    word = WORDS[Comparison][indicator.comparison]
    return f"{word} {_united(_plain(indicator.target), indicator.unit)}"


def value_text(indicator: Indicator) -> str:
    """60.0%（3÷5）, or 3 件; of fewer than five cases no share is told: 3 件中 1 件.

    A share that misses its target is never rounded so that it seems to meet it.
    """
    value, under = indicator.value, indicator.denominator if indicator.is_share else None
    if value is None:
        return "没有数值"
    if under is not None and indicator.unit == PERCENT and under < LEAST:
        noun = indicator.counted_in
        return f"{under} {noun}中 {indicator.numerator} {noun}"
    over = "" if under is None else f"（{indicator.numerator}÷{under}）"
    if value.denominator == 1 and indicator.unit != PERCENT:
        return f"{_united(str(value), indicator.unit)}{over}"
    return f"{_united(_rounded(indicator, value), indicator.unit)}{over}"


def _rounded(indicator: Indicator, value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    told = exact.quantize(_TENTH, ROUND_HALF_UP)
    if indicator.is_missed:
        at_most = indicator.comparison is Comparison.AT_MOST
        beyond = told <= (indicator.target or 0) if at_most else told >= (indicator.target or 0)
        if beyond:
            told = exact.quantize(_TENTH, ROUND_CEILING if at_most else ROUND_FLOOR)
    return str(told)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _united(number: str, unit: str) -> str:
    return f"{number}%" if unit == PERCENT else f"{number} {unit}"


def _titled(title: str) -> str:
    return title if title.startswith("《") else f"《{title}》"


def _is_soon(day: date, today: date, plans: Plans) -> bool:
    return today <= day <= today + timedelta(days=plans.soon_days)


def _until(day: date, today: date) -> str:
    if day <= today:
        return f"{_day(day, today)} 到期" if day < today else "今天到期"
    return f"{_day(day, today)} 到期，还有 {_days(today, day)} 天"


def _days(start: date, end: date) -> int:
    return (end - start).days


def _day(day: date, today: date) -> str:
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tasks stand in which light; those given up are told apart and have none."""

    lights: Mapping[Light, int]
    dropped: int = 0

    @property
    def total(self) -> int:
        """All tasks, but for those given up."""
        return sum(self.lights.values())

    def sentence(self) -> str:
        """30 项任务：完成 3，绿灯 20，黄灯 5，红灯 2; nobody waits is not said."""
        told = [Light.DONE, Light.GREEN, Light.YELLOW, Light.RED]
        if self.lights[Light.WAITING]:
            told.append(Light.WAITING)
        counts = "，".join(f"{LIGHT[each]} {self.lights[each]}" for each in told)
        given_up = f"；另有 {self.dropped} 项已取消" if self.dropped else ""
        return f"{self.total} 项任务：{counts}{given_up}"


def tally(lit: Iterable[Lit]) -> Tally:
    """Count the lights."""
    found = list(lit)
    counts = Counter(each.light for each in found if not each.dropped)
    lights = MappingProxyType({each: counts[each] for each in SEVERITY})
    return Tally(lights, sum(each.dropped for each in found))
