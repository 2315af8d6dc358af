"""Entries 台账条目 of a plan's registers: what may be written, which step follows, what is due.

What a register is made of is data (`config/plan_register.py`); this judges one row against it.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from config import plan
from config.clock import Clocks
from config.day import FIRST_DAY, LAST_DAY, UNREASONABLE
from config.plan import EvidenceKind
from config.plan_register import RECORDED, Column, ColumnType, Due, EntryState, Register, Step, When
from config.text import Malformed, clean_line, clean_text
from service.errors import Invalid, StepNotAllowed
from service.rules import deadlines
from service.rules.calendar import WorkCalendar

Value = str | bool | date | Decimal
FIELD: Final = "values."  # how the field of a column is called in forms and in refusals
MOST_LINE: Final = 120  # characters of one line, and of a name; models/plan_entry.py keeps 200
MOST_NAME: Final = 30
MOST_TEXT: Final = 2000
LARGEST: Final = Decimal(10) ** 13
_Reader = Callable[[Column, object, date], Value]
_NUMBER: Final = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")
_APART: Final = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_TRUE: Final = frozenset({True, "true", "yes", "on", "1"})
_FALSE: Final = frozenset({False, "false", "no", "off", "0"})


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken `on` a day, or that does not apply: then `excuse` says why."""

    on: date | None
    excuse: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a row says, as far as the rules ask."""

    register: Register
    values: Mapping[str, Value]
    taken: Mapping[str, Taken]
    voided: bool = False

    @property
    def on_date(self) -> date:
        """The day it began."""
        return _day(self.values[self.register.starts])

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.values[self.register.title])

    @property
    def person(self) -> str | None:
        """Whom of the staff it is about."""
        return str(self.values[self.register.person]) if self._has(self.register.person) else None

    @property
    def hundredths(self) -> int | None:
        """The number it brings, as it is stored."""
        if not self._has(self.register.amount):
            return None
        return int(Decimal(str(self.values[self.register.amount])) * 100)

    @property
    def ended_on(self) -> date | None:
        """The day of its last step."""
        last = self.taken.get(self.register.ends)
        return last.on if last else None

    @property
    def state(self) -> EntryState:
        """Whether something is to come."""
        if self.voided:
            return EntryState.VOIDED
        return EntryState.OPEN if self.ended_on is None else EntryState.ENDED

    @property
    def stage(self) -> str:
        """How far it has come: the last of its steps that was taken."""
        return next(
            (each for each in reversed(list(self.register.steps)) if each in self.taken), RECORDED
        )

    @property
    def gaps(self) -> tuple[Step, ...]:
        """The compulsory steps that were passed over."""
        order = list(self.register.steps.values())
        reached = max((order.index(self.register.steps[each]) for each in self.taken), default=-1)
        return tuple(
            each for each in order[:reached] if each.compulsory and each.name not in self.taken
        )

    def _has(self, name: str) -> bool:
        return bool(name) and name in self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A day something is due: counted after `start_on`, or `stated`; met on a day, or not yet."""

    rule: str
    start_on: date
    stated: date | None
    until: str
    met_on: date | None


@dataclass(frozen=True, slots=True)
class Owed:
    """A term with the day it ends; `provisional`: the calendar of that year is not out yet."""

    rule: str
    due_on: date
    provisional: bool
    met_on: date | None

    def is_over(self, as_of: date) -> bool:
        """Whether it has run out unmet, as it stood at the end of a day."""
        return self.due_on < as_of and (self.met_on is None or self.met_on > as_of)

    def is_late(self, as_of: date) -> bool:
        """Whether it was missed, then or by now: what came late stays late."""
        met = self.met_on is not None and self.met_on <= as_of
        return self.due_on < (self.met_on if met and self.met_on else as_of)


def read(register: Register, raw: Mapping[str, object], *, today: date) -> dict[str, Value]:
    """The values of a row, each of its type; what is empty is left out.

    Raises Invalid that names every field which is missing, wrong, or none of this register.
    """
    wrong = {f"{FIELD}{name}": ["没有这一栏"] for name in raw if name not in register.columns}
    found: dict[str, Value] = {}
    for column in register.columns.values():
        try:
            value = _read(column, raw.get(column.name), today)
        except ValueError as refusal:
            wrong[FIELD + column.name] = [str(refusal)]
            continue
        if value is not None:
            found[column.name] = value
    for column in register.columns.values():
        problem = _against_others(column, found)
        if problem and FIELD + column.name not in wrong:
            wrong[FIELD + column.name] = [problem]
    if wrong:
        raise Invalid(wrong)
    return found


def check(row: Row) -> None:
    """Raise Invalid when what a row says no longer goes with the steps it has taken."""
    wrong: dict[str, list[str]] = {}
    for name, taken in row.taken.items():
        step = row.register.steps[name]
        for asked in _unfilled(row, step, taken):
            wrong[FIELD + asked] = [f"“{step.stage}”的条目要填写这一栏"]
    first = min((each.on for each in row.taken.values() if each.on), default=None)
    if first is not None and row.on_date > first:
        wrong[FIELD + row.register.starts] = [f"不能晚于已经填写的环节（{first.isoformat()}）"]
    if wrong:
        raise Invalid(wrong)


def take(row: Row, name: str, said: Taken, *, kinds: Collection[EvidenceKind], today: date) -> Row:
    """The row after a step; one taken before gets another day.

    `kinds` are those of the files that show what was done. Raises StepNotAllowed where the step
    cannot come now, Invalid for a day out of order, a column or a file that is missing.
    """
    register, step = row.register, row.register.steps[name]
    allowed = next_steps(row)
    if row.state is not EntryState.OPEN or name not in {*allowed, *row.taken}:
        raise StepNotAllowed(_refusal(row, step), list(allowed))
    wrong = {"on": _wrong_day(row, step, said, today), "excuse": _wrong_excuse(step, said)}
    wrong |= {FIELD + asked: f"“{step.stage}”要填写这一栏" for asked in _unfilled(row, step, said)}
    if name == register.ends and (lacking := missing(register, kinds)):
        wrong["evidence"] = f"没有佐证不能办结，请先上传：{'；'.join(map(either, lacking))}"
    found = {field: [problem] for field, problem in wrong.items() if problem}
    if found:
        raise Invalid(found)
    taken = MappingProxyType({**row.taken, name: said})
    return Row(register=register, values=row.values, taken=taken)


def reopened(row: Row) -> Row:
    """The row without its last step; StepNotAllowed where it has not ended."""
    if row.state is not EntryState.ENDED:
        raise StepNotAllowed("没有办结，不用重新打开", list(next_steps(row)))
    kept = {name: each for name, each in row.taken.items() if name != row.register.ends}
    return Row(register=row.register, values=row.values, taken=MappingProxyType(kept))


def next_steps(row: Row) -> tuple[str, ...]:
    """The steps that may be taken now and were not: past what is compulsory only with `gaps`."""
    if row.state is not EntryState.OPEN:
        return ()
    found: list[str] = []
    for step in row.register.steps.values():
        if step.name in row.taken:
            continue
        found.append(step.name)
        if step.compulsory and not row.register.gaps:
            break
    return tuple(found)


def missing(
    register: Register, kinds: Collection[EvidenceKind]
) -> tuple[tuple[EvidenceKind, ...], ...]:
    """What must still be shown before a row may end; one of each group is enough."""
    return tuple(group for group in register.proof if not set(group) & set(kinds))


def either(group: Sequence[EvidenceKind]) -> str:
    """One of these kinds of file, in words."""
    return "或者".join(plan.WORDS[EvidenceKind][each] for each in group)


def terms(row: Row) -> tuple[Term, ...]:
    """What is due, or was: a step that does not apply owes nothing."""
    found = (_term(row, due) for due in row.register.due if _holds(due.when, row.values))
    return tuple(each for each in found if each is not None)


def owed(row: Row, *, clocks: Clocks, calendar: WorkCalendar) -> tuple[Owed, ...]:
    """The same with the days they end, by the law and the working days there are."""
    found: list[Owed] = []
    for each in terms(row):
        if each.stated is not None:
            found.append(Owed(each.rule, each.stated, False, each.met_on))
            continue
        counted = deadlines.deadline(clocks[each.rule], each.start_on, calendar)
        found.append(Owed(each.rule, counted.due_on, counted.provisional, each.met_on))
    return tuple(found)


def stored(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row as JSON: what stands open, and what is of citizens and is sealed."""
    personal = row.register.personal
    plain: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    for name, value in row.values.items():
        (sealed if name in personal else plain)[name] = _as_json(value)
    for name, each in row.taken.items():
        plain[name] = {"excuse": each.excuse} if each.on is None else each.on.isoformat()
    return plain, sealed


def restored(
    register: Register, plain: Mapping[str, Any], sealed: Mapping[str, Any], *, voided: bool = False
) -> Row:
    """The row of what was stored; what the register no longer has is left aside."""
    values: dict[str, Value] = {}
    for name, raw in {**plain, **sealed}.items():
        column = register.columns.get(name)
        if column is not None:
            values[name] = _of_json(column, raw)
    taken = {
        name: Taken(None, plain[name]["excuse"])
        if isinstance(plain[name], dict)
        else Taken(date.fromisoformat(plain[name]))
        for name in register.steps
        if name in plain
    }
    return Row(
        register=register,
        values=MappingProxyType(values),
        taken=MappingProxyType(taken),
        voided=voided,
    )


def shown(column: Column, value: Value | None) -> str:
    """A value in words, as pages and papers show it."""
    if value is None:
        return ""
    if column.type is ColumnType.CHOICE:
        return column.options.get(str(value), str(value))
    if column.type is ColumnType.FLAG:
        return "是" if value else "否"
    if column.type is ColumnType.NUMBER:
        return f"{plain_number(Decimal(str(value)))}{column.unit}"
    return value.isoformat() if isinstance(value, date) else str(value)


def plain_number(value: Decimal) -> str:
    """`60`, `1.5`: without zeros that nobody wrote."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read(column: Column, raw: object, today: date) -> Value | None:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if column.required:
            raise ValueError(f"请{_verb(column)}{column.label}")
        return None
    read_one: _Reader = _READERS[column.type]
    return read_one(column, raw, today)


def _verb(column: Column) -> str:
    chosen = column.type in (ColumnType.CHOICE, ColumnType.FLAG)
    return "选择" if chosen else "填写"


def _line(_: Column, raw: object, __: date) -> Value:
    return _text(raw, MOST_LINE, clean_line)


def _name(_: Column, raw: object, __: date) -> Value:
    """A name as it is matched with others: 张 三 is 张三."""
    return _APART.sub("", _text(raw, MOST_NAME, clean_line))


def _long(_: Column, raw: object, __: date) -> Value:
    return _text(raw, MOST_TEXT, clean_text)


def _text(raw: object, limit: int, clean: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("应为文字")
    try:
        return str(clean(raw, limit=limit))
    except Malformed as wrong:
        raise ValueError(wrong.reason) from wrong


def _on(column: Column, raw: object, today: date) -> Value:
    try:
        day = raw if type(raw) is date else date.fromisoformat(str(raw))
    except ValueError as wrong:
        raise ValueError("应为日期，如 2026-09-22") from wrong
    if not FIRST_DAY <= day < LAST_DAY:
        raise ValueError(UNREASONABLE)
    if column.past and day > today:
        raise ValueError("不能晚于今天")
    return day


def _choice(column: Column, raw: object, _: date) -> Value:
    if not isinstance(raw, str) or raw not in column.options:
        raise ValueError("没有这个选项")
    return raw


def _flag(_: Column, raw: object, __: date) -> Value:
    known = isinstance(raw, (str, bool))
    if not known or raw not in _TRUE | _FALSE:
        raise ValueError("应为是或者否")
    return raw in _TRUE


def _number(column: Column, raw: object, _: date) -> Value:
    text = unicodedata.normalize("NFKC", str(raw)).strip().replace(",", "")
    if isinstance(raw, bool) or not text.isascii() or not _NUMBER.fullmatch(text):
        raise ValueError("应为数字")
    value = Decimal(text)
    if value != value.quantize(Decimal(1).scaleb(-column.decimals)):
        few = f"最多 {column.decimals} 位小数" if column.decimals else "应为整数"
        raise ValueError(few)
    if column.least is not None and value < column.least:
        raise ValueError(f"不能小于 {plain_number(column.least)}")
    if abs(value) >= LARGEST or (column.most is not None and value > column.most):
        raise ValueError(f"不能大于 {plain_number(column.most or LARGEST)}")
    return value


_READERS: Final[Mapping[ColumnType, _Reader]] = MappingProxyType(
    {
        ColumnType.TEXT: _line,
        ColumnType.PERSON: _name,
        ColumnType.LONG: _long,
        ColumnType.DATE: _on,
        ColumnType.CHOICE: _choice,
        ColumnType.FLAG: _flag,
        ColumnType.NUMBER: _number,
    }
)


def _against_others(column: Column, values: Mapping[str, Value]) -> str | None:
    mine = values.get(column.name)
    if not column.not_above or not isinstance(mine, Decimal):
        return None
    other = values.get(column.not_above)
    return "不能大于前面的数" if isinstance(other, Decimal) and mine > other else None


def _unfilled(row: Row, step: Step, said: Taken) -> list[str]:
    """What a step wants filled and is not; one that does not apply wants nothing."""
    return [name for name in step.asks if name not in row.values] if said.on else []


def _refusal(row: Row, step: Step) -> str:
    if row.state is EntryState.VOIDED:
        return "已经作废，不能再填写"
    if row.state is EntryState.ENDED:
        return f"{row.register.states[EntryState.ENDED]}，要改请先重新打开"
    before = row.register.steps[next_steps(row)[-1]]
    return f"请先填写“{before.stage}”，再填写“{step.stage}”"


def _wrong_day(row: Row, step: Step, said: Taken, today: date) -> str | None:
    if said.excuse is not None:
        return "不适用的环节不填日期" if said.on else None
    if said.on is None:
        return f"请填写{step.label}"
    if said.on > today:
        return "不能晚于今天"
    earliest, latest = _between(row, step)
    if said.on < earliest:
        return f"不能早于前面的环节（{earliest.isoformat()}）"
    if latest is not None and said.on > latest:
        return f"不能晚于后面的环节（{latest.isoformat()}）"
    return None


def _between(row: Row, step: Step) -> tuple[date, date | None]:
    """From the day of the last step before it to that of the first one after it."""
    order = list(row.register.steps)
    place = order.index(step.name)
    days = {name: each.on for name, each in row.taken.items() if each.on is not None}
    before = [days[name] for name in order[:place] if name in days]
    after = [days[name] for name in order[place + 1 :] if name in days]
    return max([row.on_date, *before]), min(after, default=None)


def _wrong_excuse(step: Step, said: Taken) -> str | None:
    if said.excuse is None:
        return None
    if not step.excusable:
        return "这个环节不能不适用"
    return None if said.excuse.strip() else "请写明为什么不适用"


def _term(row: Row, due: Due) -> Term | None:
    met = row.taken.get(due.until)
    if met is not None and met.on is None:
        return None
    stated = _stated(row, due)
    start = row.on_date if stated else _start(row, due)
    if start is None:
        return None
    return Term(
        rule=due.rule,
        start_on=min(start, stated) if stated else start,
        stated=stated,
        until=due.until,
        met_on=met.on if met else row.ended_on,
    )


def _stated(row: Row, due: Due) -> date | None:
    if due.yearly is not None and due.of in row.values:
        return date(int(Decimal(str(row.values[due.of]))) + due.plus, *due.yearly)
    return _day(row.values[due.on]) if due.on in row.values else None


def _start(row: Row, due: Due) -> date | None:
    for name in due.after:
        if name in row.values:
            return _day(row.values[name])
        if name in row.taken and row.taken[name].on is not None:
            return row.taken[name].on
    return None


def _holds(when: When, values: Mapping[str, Value]) -> bool:
    return (
        all(values.get(name, False) in wanted for name, wanted in when.values.items())
        and all(name in values for name in when.filled)
        and not any(name in values for name in when.empty)
    )


def _day(value: Value) -> date:
    if not isinstance(value, date):
        raise TypeError("a column of days holds days")
    return value


def _as_json(value: Value) -> str | bool:
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else value


def _of_json(column: Column, raw: Any) -> Value:
    if column.type is ColumnType.DATE:
        return date.fromisoformat(raw)
    return Decimal(raw) if column.type is ColumnType.NUMBER else raw
