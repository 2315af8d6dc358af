"""The routing rules 分流规则 as data, read from `routing.toml` into frozen values.

Reading refuses what is no TOML of this shape; whether the words are known and every rule can be
reached is for `service.rules.routing.check`.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from config import basis, condition
from config import field as fields
from config.basis import Basis
from config.condition import Condition
from config.vocabulary import Acceptance, Channel, DeclineGround, Level

DEFAULT: Final = Path(__file__).with_name("routing.toml")
LONGEST: Final = 3660  # days before the end of a term that a derived fact may speak of
Tables = Mapping[str, Mapping[str, Any]]
T = TypeVar("T")
E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule or a companion adds to an answer.

    Offices are organisation kinds, or `@table`, looked up by the deciding organ or the category.
    `must_do` and `must_not` are codes of the rulebook's texts, `deadlines` ids of clocks.
    """

    assist: tuple[str, ...]
    go_to: tuple[str, ...]
    reasons: tuple[str, ...]
    basis: tuple[Basis, ...]
    deadlines: tuple[str, ...]
    must_do: tuple[str, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing rule: the first one whose condition is known to hold decides.

    `ask` names facts worth asking once it has matched; `level` is the least warning level;
    `ground` says why a matter is not taken; `presumed_organ` stands in for an unknown deciding
    organ; `split_off` names the fact that leaves as a matter of its own (accept = split).
    """

    id: str
    title: str
    when: Condition
    accept: Acceptance
    channel: Channel
    lead: str
    effect: Effect
    ask: tuple[str, ...]
    level: Level
    ground: DeclineGround | None
    presumed_organ: str | None
    split_off: str | None
    valid_from: date | None
    valid_to: date | None

    def is_in_force(self, on: date | None) -> bool:
        """Whether the rule governs disputes registered on `on`; without a date, the newest do."""
        if on is None:
            return self.valid_to is None
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Companion:
    """What goes along with any answer whose facts (and acceptance, channel) fit."""

    id: str
    when: Condition
    accept: frozenset[Acceptance]
    channel: frozenset[Channel]
    effect: Effect


@dataclass(frozen=True, slots=True)
class Start:
    """What starts a clock: the first known of `first`, or the due date of the clock `after`.

    Every fact of `not_before` must be known, and the later date counts; a later date among
    `restarted_by` counts instead. The first row of a clock whose `when` holds is used.
    """

    clock: str
    first: tuple[str, ...]
    after: str | None
    not_before: tuple[str, ...]
    restarted_by: tuple[str, ...]
    when: Condition


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact worked out from a clock: the first known of `on` lies after its due date, or, with
    `within` days, no more than so many days before it.
    """

    name: str
    clock: str
    on: tuple[str, ...]
    within: int | None


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A warning level and what raises it."""

    level: Level
    when: Condition


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """One version of all routing rules. Compared by identity: a version is loaded once.

    `closed` are doors of the category tables that a code of `must_not` closes. `text` is the TOML
    it was read from.
    """

    version: int
    title: str
    rules: tuple[Rule, ...]
    visit: Rule
    companions: tuple[Companion, ...]
    starts: tuple[Start, ...]
    derived: tuple[Derived, ...]
    levels: tuple[LevelRow, ...]
    organ_tables: Mapping[str, Mapping[str, tuple[str, ...]]]
    category_tables: Mapping[str, Mapping[str, tuple[str, ...]]]
    conflicts: Mapping[str, tuple[str, ...]]
    closed: Mapping[str, tuple[str, ...]]
    must_do: Mapping[str, str]
    must_not: Mapping[str, str]
    text: str = field(default="", repr=False)


def load(path: Path | None = None) -> Rulebook:
    """Read a rulebook file (the packaged one by default). Raises ValueError when it is wrong."""
    return parse((path or DEFAULT).read_text(encoding="utf-8"))


def parse(text: str) -> Rulebook:
    """Read a rulebook from TOML text. Raises ValueError naming every row that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise ValueError(f"分流规则不是 TOML：{wrong}") from wrong
    missing = [name for name in _PARTS if name not in table]
    if missing:
        raise ValueError(f"分流规则缺少 {'、'.join(missing)}")
    faults: list[str] = []
    visits = _rows(_rule, "规则", [{**table["visit"], "id": "visit", "when": {}}], faults)
    rules = _rows(_rule, "规则", table["rule"], faults)
    companions = _rows(_companion, "伴随", table["companion"], faults)
    starts = _rows(_start, "起算", table["start"], faults)
    derived = _rows(_derived, "推算", _named(table["derived"]), faults)
    levels = _rows(_level, "等级", table["level"], faults)
    organ_tables = _tables(table["by_organ"], faults)
    category_tables = _tables(table["by_category"], faults)
    conflicts = _table("conflict", table["conflict"], faults)
    closed = _table("closed", table.get("closed", {}), faults)
    must_do, must_not = (_texts(name, table[name], faults) for name in ("must_do", "must_not"))
    if faults:
        raise ValueError("分流规则有误：" + "；".join(faults))
    return Rulebook(
        version=int(table["version"]),
        title=table["title"],
        rules=rules,
        visit=visits[0],
        companions=companions,
        starts=starts,
        derived=derived,
        levels=levels,
        organ_tables=organ_tables,
        category_tables=category_tables,
        conflicts=conflicts,
        closed=closed,
        must_do=must_do,
        must_not=must_not,
        text=text,
    )


_PARTS: Final = (
    "version title rule visit companion start derived level by_organ by_category conflict "
    "must_do must_not"
).split()
_EFFECT: Final = frozenset("assist go_to reasons basis deadlines must_do must_not".split())
_RULE: Final = _EFFECT | frozenset(
    "id title when accept channel lead ask level ground presumed_organ split_off "
    "valid_from valid_to".split()
)
_COMPANION: Final = _EFFECT | frozenset("id when accept channel".split())
_START: Final = frozenset("clock first after not_before restarted_by when".split())


def _rows(
    read: Callable[[Mapping[str, Any]], T],
    kind: str,
    rows: Iterable[Mapping[str, Any]],
    faults: list[str],
) -> tuple[T, ...]:
    """Read every row; what is wrong with one is added to `faults` with its id and its field."""
    found: list[T] = []
    for place, row in enumerate(rows, 1):
        try:
            found.append(read(row))
        except (KeyError, TypeError, ValueError) as wrong:
            where = next((row[key] for key in _NAMES if key in row), f"第 {place} 条")
            faults.append(f"{kind} {where} {_said(wrong)}")
    return tuple(found)


_NAMES: Final = ("id", "name", "clock", "level")


def _said(wrong: KeyError | TypeError | ValueError) -> str:
    """A refusal in Chinese: a field that is not there, or what a field says of itself."""
    return f"缺少 {wrong.args[0]}" if isinstance(wrong, KeyError) else str(wrong)


def _named(rows: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [{**row, "name": name} for name, row in rows.items()]


def _word(row: Mapping[str, Any], field: str, kind: type[E]) -> E:
    """A word of a fixed list."""
    return _one_of(row[field], field, kind)


def _one_of(word: object, field: str, kind: type[E]) -> E:
    try:
        return kind(word)
    except ValueError as wrong:
        known = "、".join(str(each.value) for each in kind)
        raise ValueError(f"的 {field} 没有 {word} 这个值（可以是 {known}）") from wrong


def _known_keys(row: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if unknown := set(row) - allowed:
        raise ValueError(f"有未知的键 {'、'.join(sorted(unknown))}")


def _rule(row: Mapping[str, Any]) -> Rule:
    _known_keys(row, _RULE)
    return Rule(
        id=fields.text(row, "id"),
        title=fields.text(row, "title"),
        when=condition.read(row["when"]),
        accept=_word(row, "accept", Acceptance),
        channel=_word(row, "channel", Channel),
        lead=fields.text(row, "lead"),
        effect=_effect(row),
        ask=fields.texts(row, "ask"),
        level=_one_of(row.get("level", "none"), "level", Level),
        ground=_word(row, "ground", DeclineGround) if "ground" in row else None,
        presumed_organ=fields.maybe_text(row, "presumed_organ"),
        split_off=fields.maybe_text(row, "split_off"),
        valid_from=fields.day(row, "valid_from"),
        valid_to=fields.day(row, "valid_to"),
    )


def _effect(row: Mapping[str, Any]) -> Effect:
    return Effect(
        assist=fields.texts(row, "assist"),
        go_to=fields.texts(row, "go_to"),
        reasons=fields.texts(row, "reasons"),
        basis=basis.read(row.get("basis", ())),
        deadlines=fields.texts(row, "deadlines"),
        must_do=fields.texts(row, "must_do"),
        must_not=fields.texts(row, "must_not"),
    )


def _companion(row: Mapping[str, Any]) -> Companion:
    _known_keys(row, _COMPANION)
    return Companion(
        id=fields.text(row, "id"),
        when=condition.read(row["when"]),
        accept=frozenset(
            _one_of(word, "accept", Acceptance) for word in row.get("accept", Acceptance)
        ),
        channel=frozenset(
            _one_of(word, "channel", Channel) for word in row.get("channel", Channel)
        ),
        effect=_effect(row),
    )


def _start(row: Mapping[str, Any]) -> Start:
    _known_keys(row, _START)
    return Start(
        clock=fields.text(row, "clock"),
        first=fields.texts(row, "first"),
        after=fields.maybe_text(row, "after"),
        not_before=fields.texts(row, "not_before"),
        restarted_by=fields.texts(row, "restarted_by"),
        when=condition.read(row.get("when", {})),
    )


def _derived(row: Mapping[str, Any]) -> Derived:
    within = fields.whole(row, "within", LONGEST)
    return Derived(row["name"], fields.text(row, "clock"), fields.texts(row, "on"), within)


def _level(row: Mapping[str, Any]) -> LevelRow:
    return LevelRow(_word(row, "level", Level), condition.read(row["when"]))


def _tables(raw: Tables, faults: list[str]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return MappingProxyType({name: _table(name, rows, faults) for name, rows in raw.items()})


def _table(name: str, rows: Mapping[str, Any], faults: list[str]) -> Mapping[str, tuple[str, ...]]:
    """Offices by a word."""
    found = {word: _of_table(name, fields.texts, rows, word, faults) for word in rows}
    return MappingProxyType({word: offices or () for word, offices in found.items()})


def _texts(name: str, rows: Mapping[str, Any], faults: list[str]) -> Mapping[str, str]:
    """The texts by their codes."""
    found = {code: _of_table(name, fields.text, rows, code, faults) for code in rows}
    return MappingProxyType({code: text or "" for code, text in found.items()})


def _of_table(
    name: str,
    read: Callable[[Mapping[str, Any], str], T],
    rows: Mapping[str, Any],
    word: str,
    faults: list[str],
) -> T | None:
    try:
        return read(rows, word)
    except ValueError as wrong:
        faults.append(f"表 {name} {wrong}")
        return None
