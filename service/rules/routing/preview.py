"""Routing a dispute 分流预览: one rule decides, companions add, several matters part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from config.clock import Clocks
from config.routing import Companion, Effect, Rule, Rulebook
from config.vocabulary import Acceptance, Level
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import in_force
from service.rules.routing.answer import Note, RouteAnswer, RuleVersion
from service.rules.routing.explanation import changes, questions, runner_up
from service.rules.routing.matching import matched
from service.rules.routing.request import RoutingRequest
from service.rules.routing.situation import Bench, deadlines_of, situate
from service.rules.routing.truth import Situation, holds
from service.rules.routing.verdict import (
    Judged,
    barred_by,
    closed_doors,
    judge,
    offices,
    outcome,
)

T = TypeVar("T")
_RISING = (Level.NONE, Level.YELLOW, Level.ORANGE, Level.RED)


def preview(
    request: RoutingRequest, rulebook: Rulebook, clocks: Clocks, calendar: WorkCalendar
) -> RouteAnswer:
    """Answer where a dispute, or each dispute of a visit, goes. The facts must be valid words."""
    bench = Bench(rulebook, clocks, calendar)
    return _visit(request, bench) if request.matters else _dispute(request, bench)


def _dispute(
    request: RoutingRequest, bench: Bench, apart: frozenset[str] = frozenset()
) -> RouteAnswer:
    """The answer to one dispute; facts that left it as matters of their own stay `apart`."""
    situation = situate(request, bench)
    judged = judge(bench.rulebook, situation)
    rule = bench.rulebook.rules[judged.place]
    answer = _explained(_answered(rule, situation, bench), judged, situation, bench)
    if rule.split_off is None or rule.split_off in apart:
        return answer
    rest = {name: value for name, value in request.facts.items() if name != rule.split_off}
    report = request.part("other", {rule.split_off: request.facts[rule.split_off]})
    parts = [request.part(request.category, rest), report]
    done = apart | {rule.split_off}
    return _with_parts(answer, [_dispute(part, bench, done) for part in parts])


def _visit(request: RoutingRequest, bench: Bench) -> RouteAnswer:
    """A visit with several matters; what needs protection in the visit itself comes first."""
    situation = situate(request, bench)
    decided = bench.rulebook.rules[judge(bench.rulebook, situation).place]
    rule = decided if decided.accept is Acceptance.PROTECT else bench.rulebook.visit
    parts = [request.part(matter.category, matter.facts) for matter in request.matters]
    return _with_parts(_answered(rule, situation, bench), [_dispute(part, bench) for part in parts])


def _with_parts(answer: RouteAnswer, parts: list[RouteAnswer]) -> RouteAnswer:
    return replace(
        answer,
        go_to=_once([*answer.go_to, *(office for part in parts for office in part.go_to)]),
        level=_highest([answer.level, *(part.level for part in parts)]),
        parts=tuple(parts),
    )


def _explained(
    answer: RouteAnswer, judged: Judged, situation: Situation, bench: Bench
) -> RouteAnswer:
    found = changes(judged, situation, bench)
    return replace(
        answer,
        runner_up=runner_up(judged, situation, bench),
        flips=tuple(change.flip for change in found),
        ask=questions(judged, found, situation, bench),
    )


def _answered(rule: Rule, situation: Situation, bench: Bench) -> RouteAnswer:
    book = bench.rulebook
    on = situation.get("registered_on")
    day = on if isinstance(on, date) else None
    along = _companions(rule, situation, book)
    effects = [rule.effect, *(row.effect for row in along)]
    decided = outcome(book, rule, situation)
    barred = barred_by(book, rule, situation)
    assist = offices(book, rule, _each(effects, "assist"), situation)
    return RouteAnswer(
        accept=decided.accept,
        channel=decided.channel,
        lead=decided.lead,
        assist=_once(office for office in assist if office not in {decided.lead, *barred}),
        go_to=_once(_open_doors(rule, effects, barred, situation, book)),
        reasons=_once(_each(effects, "reasons")),
        basis=_once(row for effect in effects for row in in_force(effect.basis, day)),
        deadlines=deadlines_of(_each(effects, "deadlines"), situation, bench),
        must_do=_notes(_each(effects, "must_do"), book.must_do, situation),
        must_not=_notes(_each(effects, "must_not"), book.must_not, situation),
        runner_up=None,
        flips=(),
        ask=(),
        level=_level(rule, situation, book),
        rule=RuleVersion(rule.id, book.version),
        matched=matched(rule, situation, bench),
        companions=tuple(row.id for row in along),
    )


def _companions(rule: Rule, situation: Situation, book: Rulebook) -> list[Companion]:
    return [
        row
        for row in book.companions
        if rule.accept in row.accept and rule.channel in row.channel and holds(row.when, situation)
    ]


def _open_doors(
    rule: Rule,
    effects: Sequence[Effect],
    barred: frozenset[str],
    situation: Situation,
    book: Rulebook,
) -> list[str]:
    """Where to go: not to the organ that decided, unless the table of review names its kind.

    The tax office above a tax office is the one such case. Nor to a door of a category's table that
    must not be gone to, unless it is the only one.
    """
    found: list[str] = []
    closed = closed_doors(book, _each(effects, "must_not"))
    for word in _each(effects, "go_to"):
        looked_up = word[1:] in book.organ_tables
        named = [*offices(book, rule, [word], situation)]
        if word[1:] in book.category_tables:
            named = [office for office in named if office not in closed] or named
        found.extend(office for office in named if looked_up or office not in barred)
    return found


def _each(effects: Iterable[Effect], name: str) -> list[str]:
    return [word for effect in effects for word in getattr(effect, name)]


def _notes(
    codes: Iterable[str], texts: Mapping[str, str], situation: Situation
) -> tuple[Note, ...]:
    known = _Told(situation)
    return tuple(Note(code, texts[code].format_map(known)) for code in dict.fromkeys(codes))


class _Told(dict[str, object]):
    """What is known, for a text that speaks of a date; that may still have to be asked."""

    def __missing__(self, name: str) -> str:
        return "（日期待问）"


def _level(rule: Rule, situation: Situation, book: Rulebook) -> Level:
    raised = (row.level for row in book.levels if holds(row.when, situation))
    return _highest([rule.level, *raised])


def _highest(levels: Iterable[Level]) -> Level:
    return max(levels, key=_RISING.index)


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
