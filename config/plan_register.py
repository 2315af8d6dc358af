"""The registers 工作台账 that a yearly plan asks for, as data: `plan_registers.toml`, frozen.

One kind of register for all of them: what columns it has, which steps mark how far a row is, what
is due by when, what must be shown before it may end, and what of it is counted.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis
from config.plan import EvidenceKind

DEFAULT: Final = Path(__file__).with_name("plan_registers.toml")
RECORDED: Final = "recorded"  # how far a row is before its first step
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
_SERIES: Final = re.compile(r"[A-Z]{2,4}")
_DAY_OF_YEAR: Final = re.compile(r"[0-9]{2}-[0-9]{2}")


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


class ColumnType(StrEnum):
    """What a column holds."""

    TEXT = "text"  # one line
    LONG = "long"  # several lines
    DATE = "date"
    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"
    PERSON = "person"  # the name of a member of staff


class EntryState(StrEnum):
    """Whether a row still has something to come; registers call it by words of their own."""

    OPEN = "open"
    ENDED = "ended"
    VOIDED = "voided"


class CountKind(StrEnum):
    """How a figure of a register is counted."""

    COUNT = "count"  # rows
    RATE = "rate"  # rows that hit ÷ rows
    SUM = "sum"  # a number added up
    SHARE = "share"  # a number added up ÷ another one added up
    DISTINCT = "distinct"  # how many options of a choice have rows
    PERSON = "person"  # people whose numbers reach a target ÷ all people


class Over(StrEnum):
    """Which rows of a period a figure is over."""

    STARTED = "started"  # those that began in it
    STANDING = "standing"  # those that are there at its end
    ENDED = "ended"  # those that ended in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `personal`: of a citizen, kept sealed; `public`: may stand in what is published.

    `past`: a day that cannot be to come. `not_above` is another number it cannot exceed.
    """

    name: str
    label: str
    type: ColumnType
    required: bool = False
    hint: str = ""
    options: Mapping[str, str] = field(default_factory=_nothing)
    unit: str = ""
    decimals: int = 0
    least: Decimal | None = None
    most: Decimal | None = None
    not_above: str = ""
    past: bool = False
    personal: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; it is taken on a day. `name` is the stage it leads to, `label` what the day is.

    A `compulsory` one that is passed over is a gap. An `excusable` one may be said not to apply,
    with a reason. `asks` are the columns that must be filled to take it.
    """

    name: str
    stage: str
    label: str
    compulsory: bool = False
    excusable: bool = False
    asks: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """For which rows: each column has one of these values, `filled` ones have any, `empty` none."""

    values: Mapping[str, frozenset[str | bool]] = field(default_factory=_nothing)
    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due by when; the step `until` meets it, and without one the row's end does.

    The day is counted by the clock `rule` after the first of `after` that is there, stated by the
    column `on`, or the same every `yearly` day (month and day) of the year a column says, `plus`.
    """

    rule: str
    until: str
    after: tuple[str, ...] = ()
    on: str = ""
    yearly: tuple[int, int] | None = None
    of: str = ""
    plus: int = 0
    when: When = When()


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which rows are counted. None asks nothing.

    `late`: some term of it was missed, or is over; `overdue`: one is over and it is not met yet.
    """

    values: Mapping[str, frozenset[str | bool]] = field(default_factory=_nothing)
    filled: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    untaken: tuple[str, ...] = ()
    state: EntryState | None = None
    late: bool | None = None
    overdue: bool | None = None
    gaps: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One figure of a register; `least` and `most` are the target, where there is one.

    `where` are the rows, `hits` those of a rate that count. `column` is what is added up, or told
    apart; `beside` what a share is of. Of people: `people` is the register (and its column
    of names) of everybody, `each` how much everybody needs.
    """

    id: str
    name: str
    definition: str
    kind: CountKind
    over: Over
    unit: str = ""
    where: Where = Where()
    hits: Where = Where()
    column: str = ""
    beside: str = ""
    people: str = ""
    each: Decimal = Decimal(0)
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def is_rate(self) -> bool:
        """Whether it is a part of a whole."""
        return self.kind in (CountKind.RATE, CountKind.SHARE, CountKind.PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register. `title` and `starts` are columns: what a row is called, the day it begins.

    `person` is the column of whom it is about, `amount` the number it brings; `ends` the step
    that ends a row. `proof`: before that, there is a file of each of these kinds ("a|b": one or
    the other). With `gaps` a step may be taken past one that is missing, which is shown.
    """

    id: str
    name: str
    series: str
    hint: str
    title: str
    starts: str
    person: str
    amount: str
    ends: str
    gaps: bool
    proof: tuple[tuple[EvidenceKind, ...], ...]
    states: Mapping[EntryState, str]
    basis: tuple[Basis, ...]
    columns: Mapping[str, Column]
    steps: Mapping[str, Step]
    due: tuple[Due, ...]
    counts: Mapping[str, Count]

    @property
    def personal(self) -> frozenset[str]:
        """The columns that are kept sealed."""
        return frozenset(each.name for each in self.columns.values() if each.personal)

    def stage(self, name: str) -> str:
        """What it is called to have come so far."""
        return self.steps[name].stage if name in self.steps else self.states[EntryState.OPEN]


@dataclass(frozen=True, slots=True)
class Registers:
    """Every register, in the order of the file, and every figure by its id."""

    version: int
    by_id: Mapping[str, Register]
    counts: Mapping[str, tuple[Register, Count]]

    def __getitem__(self, register_id: str) -> Register:
        return self.by_id[register_id]

    def __contains__(self, register_id: object) -> bool:
        return register_id in self.by_id

    @property
    def all(self) -> tuple[Register, ...]:
        """The registers in their order."""
        return tuple(self.by_id.values())


def load(path: Path | None = None, *, known: Collection[str] | None = None) -> Registers:
    """Read the packaged registers, or those of a file; ValueError says what contradicts what.

    `known` are the ids of the clock rules, where the terms are to be checked as well.
    """
    return parse((path or DEFAULT).read_text(encoding="utf-8"), known=known)


def parse(text: str, *, known: Collection[str] | None = None) -> Registers:
    """Read registers from TOML text."""
    table = tomllib.loads(text)
    by_id: dict[str, Register] = {}
    for row in table["register"]:
        try:
            found = _register(row)
            _check(found, known)
        except (KeyError, TypeError, ValueError) as wrong:
            raise ValueError(f"台账 {row.get('id')}：{_told(wrong)}") from wrong
        if found.id in by_id:
            raise ValueError(f"台账 {found.id} 写了两次")
        by_id[found.id] = found
    if len({each.series for each in by_id.values()}) != len(by_id):
        raise ValueError("两个台账的编号字母不能相同")
    counts = _counts(by_id)
    return Registers(int(table["version"]), MappingProxyType(by_id), MappingProxyType(counts))


def _told(wrong: Exception) -> str:
    return f"缺少 {wrong.args[0]}" if isinstance(wrong, KeyError) else str(wrong)


def _register(row: Mapping[str, Any]) -> Register:
    _only(
        row,
        "id name series hint title starts person amount ends gaps proof states basis columns"
        " steps due counts",
    )  # fmt: skip -- a list of words
    words = {"open": "办理中", "ended": "已办结"} | row.get("states", {})
    return Register(
        id=_shaped(_SLUG, row["id"]),
        name=row["name"],
        series=_shaped(_SERIES, row["series"]),
        hint=row.get("hint", ""),
        title=row["title"],
        starts=row["starts"],
        person=row.get("person", ""),
        amount=row.get("amount", ""),
        ends=row.get("ends", ""),
        gaps=row.get("gaps", False),
        proof=tuple(tuple(map(EvidenceKind, each.split("|"))) for each in row.get("proof", ())),
        states=MappingProxyType(
            {
                EntryState.OPEN: words["open"],
                EntryState.ENDED: words["ended"],
                EntryState.VOIDED: "已作废",
            }
        ),
        basis=basis.read(row["basis"]),
        columns=_named(_column(each) for each in row["columns"]),
        steps=_named(_step(each) for each in row.get("steps", ())),
        due=tuple(_due(each) for each in row.get("due", ())),
        counts=_named((_count(each) for each in row.get("counts", ())), "id"),
    )


def _column(row: Mapping[str, Any]) -> Column:
    _only(
        row,
        "name label type required hint options unit decimals least most not_above past"
        " personal public",
    )  # fmt: skip -- a list of words
    return Column(
        **dict(row)
        | {
            "name": _shaped(_WORD, row["name"]),
            "type": ColumnType(row["type"]),
            "options": MappingProxyType(row.get("options", {})),
            "least": _number(row.get("least")),
            "most": _number(row.get("most")),
        }
    )


def _step(row: Mapping[str, Any]) -> Step:
    _only(row, "name stage label compulsory excusable asks hint")
    return Step(
        **dict(row) | {"name": _shaped(_WORD, row["name"]), "asks": tuple(row.get("asks", ()))}
    )


def _due(row: Mapping[str, Any]) -> Due:
    _only(row, "rule until after on yearly of plus when")
    yearly = row.get("yearly")
    if sum(bool(row.get(each)) for each in ("after", "on", "yearly")) != 1:
        raise ValueError(f"期限 {row['rule']} 要么起算，要么写明，要么每年同一天")
    return Due(
        rule=row["rule"],
        until=row.get("until", ""),
        after=tuple(row.get("after", ())),
        on=row.get("on", ""),
        yearly=None if yearly is None else _day_of_year(yearly),
        of=row.get("of", ""),
        plus=row.get("plus", 0),
        when=_when(row.get("when", {})),
    )


def _day_of_year(text: str) -> tuple[int, int]:
    month, day = map(int, _shaped(_DAY_OF_YEAR, text).split("-"))
    date(2001, month, day)  # raises for what is no day of every year
    return month, day


def _when(row: Mapping[str, Any]) -> When:
    values = {key: _values(raw) for key, raw in row.items() if key not in ("filled", "empty")}
    return When(
        values=MappingProxyType(values),
        filled=tuple(row.get("filled", ())),
        empty=tuple(row.get("empty", ())),
    )


_ASKED: Final = ("filled", "taken", "untaken", "state", "late", "overdue", "gaps")


def _where(row: Mapping[str, Any]) -> Where:
    values = {key: _values(raw) for key, raw in row.items() if key not in _ASKED}
    return Where(
        values=MappingProxyType(values),
        filled=tuple(row.get("filled", ())),
        taken=tuple(row.get("taken", ())),
        untaken=tuple(row.get("untaken", ())),
        state=EntryState(row["state"]) if "state" in row else None,
        late=row.get("late"),
        overdue=row.get("overdue"),
        gaps=row.get("gaps"),
    )


def _values(raw: Any) -> frozenset[str | bool]:
    return frozenset(raw if isinstance(raw, list) else [raw])


def _count(row: Mapping[str, Any]) -> Count:
    _only(row, "id name definition kind over unit where hits column beside people each least most")
    numbers = {key: _number(row[key]) for key in ("each", "least", "most") if key in row}
    return Count(
        **dict(row)
        | numbers
        | {
            "id": _shaped(_WORD, row["id"]),
            "kind": CountKind(row["kind"]),
            "over": Over(row.get("over", Over.STARTED)),
            "where": _where(row.get("where", {})),
            "hits": _where(row.get("hits", {})),
        }
    )


def _number(raw: Any) -> Decimal | None:
    return None if raw is None else Decimal(str(raw))


def _shaped(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text} 不能这样写")
    return text


def _only(row: Mapping[str, Any], names: str) -> None:
    if unknown := set(row) - set(names.split()):
        raise ValueError(f"有未知的键：{'、'.join(sorted(unknown))}")


def _named(rows: Any, key: str = "name") -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for each in rows:
        name = getattr(each, key)
        if name in found:
            raise ValueError(f"{name} 写了两次")
        found[name] = each
    return MappingProxyType(found)


def _check(register: Register, known: Collection[str] | None) -> None:
    """Raise ValueError for a name that nothing has, or a thing that is of another type."""
    if not register.basis:
        raise ValueError("没有写依据")
    if set(register.columns) & set(register.steps) or RECORDED in register.steps:
        raise ValueError("一栏和一个环节不能同名")
    _check_heads(register)
    for column in register.columns.values():
        _check_column(register, column)
    for step in register.steps.values():
        _all_in(step.asks, register.columns, "栏目")
    for due in register.due:
        _check_due(register, due, known)
    if len({each.rule for each in register.due}) != len(register.due):
        raise ValueError("同一个期限不能算两次")
    for count in register.counts.values():
        _check_count(register, count)


def _check_heads(register: Register) -> None:
    title, starts = register.columns[register.title], register.columns[register.starts]
    if title.type not in (ColumnType.TEXT, ColumnType.PERSON) or title.personal:
        raise ValueError("作标题的栏目应是文字，且不是公民个人的")
    if starts.type is not ColumnType.DATE or not (title.required and starts.required):
        raise ValueError("标题和开始日期都要必填，开始日期应是日期")
    if register.person and register.columns[register.person].type is not ColumnType.PERSON:
        raise ValueError("说明是谁的栏目应是工作人员")
    if register.amount and register.columns[register.amount].type is not ColumnType.NUMBER:
        raise ValueError("计入的数应是数字")
    if register.ends and register.ends != next(reversed(list(register.steps)), None):
        raise ValueError("办结的环节应是最后一个")
    if register.steps and not register.ends:
        raise ValueError("有环节的台账要写明哪一个是办结")
    if register.proof and not register.ends:
        raise ValueError("没有办结环节的台账不能要求佐证")


def _check_column(register: Register, column: Column) -> None:
    if column.name in _ASKED or column.name == "empty":
        raise ValueError(f"栏目不能叫 {column.name}")
    if (column.type is ColumnType.CHOICE) != bool(column.options):
        raise ValueError(f"{column.label} 的选项不对")
    if not 0 <= column.decimals <= 2:  # models/plan_entry.py keeps hundredths
        raise ValueError(f"{column.label} 最多两位小数")
    if column.not_above:
        _all_in((column.not_above,), register.columns, "栏目")
    if column.personal and column.public:
        raise ValueError(f"{column.label} 是个人信息，不能公开")


def _check_due(register: Register, due: Due, known: Collection[str] | None) -> None:
    if known is not None and due.rule not in known:
        raise ValueError(f"没有期限 {due.rule}")
    if due.until and due.until not in register.steps:
        raise ValueError(f"没有环节 {due.until}")
    _all_in(due.after, {**register.columns, **register.steps}, "栏目或环节")
    _all_in((due.on, due.of), {**register.columns, "": None}, "栏目")
    if (due.yearly is None) != (due.of == ""):
        raise ValueError("每年同一天的期限要写明是哪一年的栏目")
    _check_values(register, due.when.values)
    _all_in((*due.when.filled, *due.when.empty), register.columns, "栏目")


def _check_count(register: Register, count: Count) -> None:
    for where in (count.where, count.hits):
        _check_values(register, where.values)
        _all_in(where.filled, register.columns, "栏目")
        _all_in((*where.taken, *where.untaken), register.steps, "环节")
    needs = {
        CountKind.SUM: (count.column,),
        CountKind.SHARE: (count.column, count.beside),
        CountKind.DISTINCT: (count.column,),
        CountKind.PERSON: (count.column, register.person),
    }.get(count.kind, ())
    _all_in(needs, register.columns, "栏目")
    if count.kind is CountKind.RATE and count.hits == Where():
        raise ValueError(f"{count.name} 没有说计入哪些")
    if count.kind is CountKind.PERSON and not (count.people and count.each > 0):
        raise ValueError(f"{count.name} 没有说每人多少、都有谁")
    personal = {*count.where.values, *count.hits.values, count.column, count.beside}
    if personal & register.personal:
        raise ValueError(f"{count.name} 不能按个人信息计数")


def _check_values(register: Register, asked: Mapping[str, frozenset[str | bool]]) -> None:
    for name, values in asked.items():
        column = register.columns.get(name)
        if column is None or column.type not in (ColumnType.CHOICE, ColumnType.FLAG):
            raise ValueError(f"不能按 {name} 分")
        allowed: set[str | bool] = set(column.options) or {True, False}
        if not values <= allowed:
            raise ValueError(f"{column.label} 没有这些选项")


def _all_in(names: Collection[str], known: Collection[str], what: str) -> None:
    if missing := sorted(set(names) - set(known)):
        raise ValueError(f"没有这些{what}：{'、'.join(missing) or '（空）'}")


def _counts(registers: Mapping[str, Register]) -> dict[str, tuple[Register, Count]]:
    found: dict[str, tuple[Register, Count]] = {}
    for register in registers.values():
        for count in register.counts.values():
            if count.id in found:
                raise ValueError(f"指标 {count.id} 写了两次")
            if count.people and count.people not in registers:
                raise ValueError(f"{count.name}：没有台账 {count.people}")
            if count.people and not registers[count.people].person:
                raise ValueError(f"{count.name}：台账 {count.people} 不是人员名册")
            found[count.id] = register, count
    return found


# what a dictionary of figures offers wherever a town has no registers of its own
SHIPPED: Final = load()
