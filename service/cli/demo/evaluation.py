"""Two years of appraisal in the demo: one frozen, one announced with objections, one drafted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from config.evaluation import Stage
from config.vocabulary import OrganisationKind
from service.cli.demo.office import at_work, back
from service.cli.demo.world import Life, World
from service.operations import evaluation as operations
from service.operations.evaluation import Decision
from service.queries import evaluation as queries
from service.rules import evaluation as rules
from service.rules.evaluation import Appraisal, Line, cents

SEED: Final = 20250105
OBJECTORS: Final = ("liaison-committee", "liaison", "liaison-police", "liaison-market")
SETTLED: Final = timedelta(days=10)  # a year that ended less than this ago is not announced yet
WORDS: Final = "有一件是外镇的，登记时承办单位选错了"
ANSWER: Final = "核对过登记簿，这一件确实不是本镇的"
KEPT: Final = "数字与登记簿一致，不改"


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life; none where the scheme of a deployment asks for what nobody counts."""
    if not rules.faults(world.desk.policy.evaluation):
        yield _years(world, now)


def _years(world: World, now: datetime) -> Life:
    """The year before last is frozen, the last one announced, the running one has a draft."""
    last = (world.desk.today(now) - SETTLED).year - 1
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield from _finished(world, last - 1, rng)
    days = sorted(back(now, ago, world.desk, rng) for ago in (4, 3, 2, 2, 1))
    yield from _announced(world, last, days, rng)
    yield days[4]
    _draft(world, last + 1, days[4])


def _finished(world: World, year: int, rng: Random) -> Life:
    """Published at its end, announced in January, made final once the objections were over."""
    yield (at := at_work(date(year, 12, 20), world.desk, rng))
    _publish(world, year, at)
    yield (at := at_work(date(year + 1, 1, 6), world.desk, rng))
    announced = operations.announce(year, actor=_who(world, "planner"), **_told(world, at))
    until = announced.objections_until or date(year + 1, 1, 20)
    yield (at := at_work(until + timedelta(days=2), world.desk, rng))
    operations.freeze(year, actor=_who(world, "leader"), **_told(world, at))


def _announced(world: World, year: int, days: list[datetime], rng: Random) -> Life:
    """Announced some days ago: one objection holds, one does not, one waits."""
    yield (at := at_work(date(year, 12, 19), world.desk, rng))
    _publish(world, year, at)
    yield days[0]
    operations.announce(year, actor=_who(world, "planner"), **_told(world, days[0]))
    yield days[1]
    raised = _object(world, year, days[1])
    answers = ((True, ANSWER), (False, KEPT))
    yield days[3]
    for (objection, line), (upheld, reason) in zip(raised[:-1], answers, strict=False):
        lost = _lost(line)
        holds = upheld and lost > 0
        points = cents(lost / 2) if holds else None
        what = Decision(upheld=holds, points=points, reason=reason if holds else KEPT)
        told = _told(world, days[3])
        operations.decide(objection, year, what, version=1, actor=_who(world, "director"), **told)


def _object(world: World, year: int, at: datetime) -> list[tuple[Any, Line]]:
    """The objections of the unit that lost most, first to what it lost most by."""
    stored = queries.stored(year, Stage.ANNOUNCED)
    units = {each.organisation: each for each in stored.yearly.units} if stored else {}
    asked = {name: _scored(units.get(_who(world, name).organisation_id)) for name in OBJECTORS}
    name = max(asked, key=lambda each: _lost(asked[each][0]) if asked[each] else -1)
    actor = _who(world, name)
    told = _told(world, at)
    return [
        (
            operations.object_to(
                year, actor.organisation_id, each.code, WORDS, actor=actor, **told
            ),
            each,
        )
        for each in asked[name][:3]
    ]


def _scored(unit: Appraisal | None) -> list[Line]:
    """What of a unit was scored, what it lost most by in front."""
    lines = [each for each in (unit.lines if unit else ()) if each.score is not None]
    return sorted(lines, key=_lost, reverse=True)


def _lost(line: Line) -> Decimal:
    return line.weight - (line.score or 0)


def _draft(world: World, year: int, at: datetime) -> Any:
    shipped = world.desk.policy.evaluation
    kinds = dict.fromkeys((*shipped.kinds, OrganisationKind.PEOPLE_MEDIATION_COMMITTEE))
    scheme = replace(shipped, kinds=tuple(kinds))
    return operations.draft(year, scheme, actor=_who(world, "planner"), **_told(world, at))


def _publish(world: World, year: int, at: datetime) -> None:
    made = _draft(world, year, at)
    told = _told(world, at)
    operations.publish(made, year, version=1, actor=_who(world, "director"), **told)


def _who(world: World, username: str) -> Any:
    return world.staff.actors[username]


def _told(world: World, at: datetime) -> dict[str, Any]:
    return {"desk": world.desk, "now": at}
