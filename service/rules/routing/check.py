"""Checking a rulebook 校验分流规则 before it is used: every word known, every rule reachable."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from config.clock import Clocks
from config.condition import All, AnyOf, Condition, Is, Not, Unless, subjects_of
from config.facts import FACTS, FactKind
from config.routing import Companion, Effect, Rule, Rulebook, Start
from config.vocabulary import Acceptance, Channel, OrganisationKind, TimeUnit
from service.rules.routing.witness import witness

_OFFICES = frozenset(kind.value for kind in OrganisationKind)
_DATES = ("registered_on", "accepted_on")
_ID: Final = re.compile(r"[a-z0-9_.]{1,60}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in Chinese; `rule` and `field` say where, if it is at one rule."""

    said: str
    rule: str | None = None
    field: str | None = None

    @property
    def text(self) -> str:
        """The whole sentence, for where its place is not shown beside it."""
        return self.said if self.rule is None else f"规则 {self.rule} {self.said}"


class RulebookFault(ValueError):
    """A rulebook that must not be used; `found` is everything that is wrong, `faults` in words."""

    def __init__(self, found: Iterable[Fault]) -> None:
        self.found = tuple(found)
        self.faults = tuple(fault.text for fault in self.found)
        super().__init__("分流规则有误：" + "；".join(self.faults))


def check(rulebook: Rulebook, clocks: Clocks, categories: Collection[str]) -> None:
    """Raise RulebookFault unless the rulebook can be used; `categories` are the known codes.

    Ids are unique; every category, fact, value, office, table, clock and text is known; the last
    rule, and no other, catches all; every rule has facts under which it is the one that decides.
    """
    faults = list(_wrong_words(rulebook, clocks, categories))
    if not faults:
        faults = [*_wrong_end(rulebook), *_shadowed(rulebook, categories)]
    if faults:
        raise RulebookFault(faults)


def _wrong_words(book: Rulebook, clocks: Clocks, categories: Collection[str]) -> Iterator[Fault]:
    for rule in [*book.rules, book.visit]:
        for field, said in _rule_faults(rule, book, clocks, categories):
            yield Fault(said, rule.id, field)
    yield from map(Fault, _wrong_elsewhere(book, clocks, categories))


def _wrong_elsewhere(book: Rulebook, clocks: Clocks, categories: Collection[str]) -> Iterator[str]:
    yield from _twice(row.id for row in book.rules)
    yield from _twice(row.id for row in book.companions)
    for companion in book.companions:
        for said in _companion_faults(companion, book, clocks, categories):
            yield f"伴随 {companion.id} {said}"
    yield from _table_faults(book, categories)
    yield from _clock_faults(book, clocks, categories)
    for row in book.levels:
        yield from (f"等级 {row.level} {said}" for said in _words(row.when, book, categories))


def _twice(ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"编号 {one} 重复"
        seen.add(one)


def _rule_faults(
    rule: Rule, book: Rulebook, clocks: Clocks, categories: Collection[str]
) -> Iterator[tuple[str, str]]:
    """The field and what is wrong with it."""
    yield from (("when", said) for said in _words(rule.when, book, categories))
    yield from _effect_faults(rule.effect, book, clocks)
    yield from _at("lead", "牵头", "单位", [rule.lead], _office_words(book))
    organs = filter(None, [rule.presumed_organ])
    yield from _at("presumed_organ", "推定机关", "单位", organs, _OFFICES)
    yield from _at("ask", "追问", "要素", rule.ask, FACTS)
    yield from _shape_faults(rule, book)
    if (rule.accept is Acceptance.YES) is (rule.channel is Channel.NONE):
        yield "channel", "的受理（accept）与调解方式（channel）不一致"
    if rule.accept is Acceptance.NO and not rule.ground:
        yield "ground", "不受理却没有写明事由（ground）"
    if rule.accept is Acceptance.NO and not rule.effect.go_to:
        yield "go_to", "不受理却没有写明去向（go_to）"
    if not rule.effect.reasons:
        yield "reasons", "没有写明理由（reasons）"
    if not rule.effect.basis:
        yield "basis", "没有写明依据（basis）"
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        yield "valid_to", "的生效日期（valid_from）晚于失效日期（valid_to）"


def _shape_faults(rule: Rule, book: Rulebook) -> Iterator[tuple[str, str]]:
    if not _ID.fullmatch(rule.id):
        yield "id", "的编号（id）只能用小写字母、数字、点和下划线，最多 60 个"
    if (rule.accept is Acceptance.SPLIT or rule.split_off) and not _splits(rule, book):
        yield "split_off", "的拆分（split_off）要写明拆出的一项，而且写在条件里"


def _splits(rule: Rule, book: Rulebook) -> bool:
    """Whether what it splits off is always there; a visit has its matters instead."""
    if rule is book.visit:
        return rule.split_off is None
    parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
    needed = {part.subject for part in parts if isinstance(part, Is)}
    return rule.accept is Acceptance.SPLIT and rule.split_off in needed & FACTS.keys()


def _companion_faults(
    row: Companion, book: Rulebook, clocks: Clocks, categories: Collection[str]
) -> Iterator[str]:
    yield from _words(row.when, book, categories)
    yield from (said for _, said in _effect_faults(row.effect, book, clocks))


def _effect_faults(effect: Effect, book: Rulebook, clocks: Clocks) -> Iterator[tuple[str, str]]:
    offices, started = _office_words(book), {row.clock for row in book.starts}
    yield from _at("assist", "协助", "单位", effect.assist, offices)
    yield from _at("go_to", "去向", "单位", effect.go_to, offices)
    unknown = [each for each in effect.deadlines if each not in clocks.by_id]
    yield from _at("deadlines", "期限", "期限", unknown, clocks.by_id)
    known = [each for each in effect.deadlines if each in clocks.by_id]
    yield from _at("deadlines", "期限", "起算", known, started)
    yield from _at("must_do", "应做", "应做事项", effect.must_do, book.must_do)
    yield from _at("must_not", "不得", "不得事项", effect.must_not, book.must_not)


def _at(
    field: str, name: str, what: str, words: Iterable[str], known: Collection[str]
) -> Iterator[tuple[str, str]]:
    return ((field, said) for said in _unknown(f"{name}（{field}）", what, words, known))


def _unknown(field: str, what: str, words: Iterable[str], known: Collection[str]) -> Iterator[str]:
    return (f"的{field}里有未知的{what} {word}" for word in words if word not in known)


def _office_words(book: Rulebook) -> frozenset[str]:
    return _OFFICES | {f"@{name}" for name in [*book.organ_tables, *book.category_tables]}


def _words(condition: Condition, book: Rulebook, categories: Collection[str]) -> Iterator[str]:
    """What is unknown in a condition: a subject, or a value its subject cannot have."""
    derived = {row.name for row in book.derived}
    known = {"category", "people_count", *derived, *FACTS}
    yield from _unknown("条件（when）", "要素", sorted(subjects_of(condition)), known)
    for part in _comparisons(condition):
        if part.subject == "category":
            possible: Collection[object] = categories
        elif part.subject in derived:
            possible = (True, False)
        else:
            possible = FACTS[part.subject].values if part.subject in FACTS else part.values
        strange = [str(value) for value in part.values if value not in possible]
        yield from (f"的条件（when）里要素 {part.subject} 没有 {v} 这个值" for v in strange)


def _comparisons(condition: Condition) -> Iterator[Is]:
    match condition:
        case Is():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _comparisons(part)
        case Not(part) | Unless(part):
            yield from _comparisons(part)


def _table_faults(book: Rulebook, categories: Collection[str]) -> Iterator[str]:
    for tables, keys in ((book.organ_tables, _OFFICES), (book.category_tables, categories)):
        for name, rows in tables.items():
            told = [*_unknown("键", "词", rows, {*keys, "default"}), *_strange_offices(rows)]
            yield from (f"表 {name} {fault}" for fault in told)
            if "default" not in rows:
                yield f"表 {name} 没有 default"
    barred = {organ: (organ, *offices) for organ, offices in book.conflicts.items()}
    yield from (f"表 conflict {fault}" for fault in _strange_offices(barred))
    yield from (
        f"表 closed {said}" for said in _unknown("键", "不得事项", book.closed, book.must_not)
    )
    yield from (f"表 closed {fault}" for fault in _strange_offices(book.closed))
    yield from _text_faults(book)


def _text_faults(book: Rulebook) -> Iterator[str]:
    """A text may speak of a date by its name in braces, and of nothing else."""
    dates = {name for name, fact in FACTS.items() if fact.kind is FactKind.DATE} | {*_DATES}
    plain = {(name, "", None) for name in dates} | {(None, None, None)}
    for code, text in (*book.must_do.items(), *book.must_not.items()):
        try:
            told = {part[1:] for part in Formatter().parse(text)}
        except ValueError:
            told = {("", "", "")}
        if told - plain:
            yield f"文字 {code} 的花括号里只能写一个日期要素"


def _strange_offices(rows: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for key, offices in rows.items():
        if not offices:
            yield f"的 {key} 行是空的"
        yield from _unknown(f" {key} 行", "单位", offices, _OFFICES)


def _clock_faults(book: Rulebook, clocks: Clocks, categories: Collection[str]) -> Iterator[str]:
    for row in book.starts:
        told = [
            *_unknown(
                "期限（clock、after）", "期限", filter(None, [row.clock, row.after]), clocks.by_id
            ),
            *_unknown("起算日（first 等）", "要素", _start_facts(row), {*FACTS, *_DATES}),
            *_words(row.when, book, categories),
        ]
        yield from (f"起算 {row.clock} {fault}" for fault in told)
        yield from _start_faults(row, book, clocks)
    unconditional = {row.clock for row in book.starts if row.when == All(())}
    for derived in book.derived:
        told = [
            *_unknown("期限（clock）", "无条件起算的期限", [derived.clock], unconditional),
            *_unknown("比较日（on）", "要素", derived.on, {*FACTS, *_DATES}),
        ]
        yield from (f"推算 {derived.name} {fault}" for fault in told)


def _start_faults(row: Start, book: Rulebook, clocks: Clocks) -> Iterator[str]:
    rule = clocks.by_id.get(row.clock)
    if rule and (rule.stated or rule.unit is TimeUnit.HOUR):
        yield f"起算 {row.clock} 以小时计或者由来函写明，推算不出日期"
    after, waits = row.after, {each.clock: each.after for each in book.starts if each.after}
    for _ in waits:
        if after == row.clock:
            yield f"起算 {row.clock} 绕回了自己"
            return
        after = waits.get(after) if after else None


def _start_facts(row: Start) -> tuple[str, ...]:
    return (*row.first, *row.not_before, *row.restarted_by)


def _wrong_end(book: Rulebook) -> Iterator[Fault]:
    if not book.rules:
        yield Fault("一条规则也没有")
        return
    *earlier, last = book.rules
    if last.when != All(()) or last.valid_from or last.valid_to:
        yield Fault(f"最后一条规则 {last.id} 必须兜底")
    for rule in earlier:
        if rule.when == All(()):
            yield Fault("没有条件，挡住了后面的规则", rule.id, "when")


def _shadowed(book: Rulebook, categories: Collection[str]) -> Iterator[Fault]:
    for rule in book.rules:
        if witness(rule, book, categories) is None:
            yield Fault("永远轮不到", rule.id, "when")
