"""A year is appraised: scheme by two, announced, objected to, answered by others, frozen."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config.evaluation import Stage
from config.vocabulary import Outcome, Role
from models import Episode, Event, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import evaluation as operations
from service.operations.evaluation import Decision
from service.operations.weekly import canonical
from service.queries import evaluation as queries
from service.rules.access import Actor
from tests.factories.evaluation import AFTER, JUNE, SCHEME, YEAR, lived
from tests.factories.town import Stretch, Town

DAY = timedelta(days=1)


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    with app.app_context():
        made = Town()
        lived(made)
        yield made


@pytest.fixture
def told(app: Flask) -> dict[str, Any]:
    return {"desk": app.extensions["fengqiao"], "now": AFTER}


def published(town: Town, told: dict[str, Any]) -> tuple[Actor, Actor]:
    """The scheme is in force; who drafted it, and who published it."""
    planner, leader = town.user(Role.PLANNER), town.user(Role.LEADER)
    draft = operations.draft(YEAR, SCHEME, actor=planner, **told)
    operations.publish(draft, YEAR, version=1, actor=leader, **told)
    return planner, leader


def points(town: Town, actor: Actor, told: dict[str, Any], **which: Any) -> dict[Any, Any]:
    """What each unit has, as the actor may see it."""
    view = queries.year_of(YEAR, actor=actor, **told, **which)
    return {each.organisation: (each.total, each.grade) for each in view.units}


def test_a_year_goes_from_its_scheme_to_a_frozen_result(  # noqa: PLR0915 -- one year, from its scheme to its end
    town: Town, told: dict[str, Any]
) -> None:
    director, liaison = town.user(Role.DIRECTOR), town.user(Role.LIAISON, town.committee)
    shipped = queries.year_of(YEAR, actor=director, **told)
    assert (shipped.yearly.edition, shipped.stored, shipped.is_over) == (0, None, True)
    with pytest.raises(Conflict, match="还没有发布"):
        operations.announce(YEAR, actor=director, **told)
    planner, leader = published(town, told)
    live = points(town, director, told)
    assert live == {
        town.committee: (Decimal("73.33"), "合格"),
        town.station: (Decimal("30.00"), "不合格（一票否决）"),
    }
    # nobody objects to what is not announced; a year that runs is not announced
    with pytest.raises(Conflict):
        operations.object_to(YEAR, town.committee, "success", "少算了", actor=liaison, **told)
    with pytest.raises(Conflict, match="还没有结束"):
        operations.announce(2026, actor=planner, **told)
    shown = operations.announce(YEAR, actor=planner, **told)
    assert shown.objections_until == date(2026, 1, 12)
    with pytest.raises(Conflict, match="已经公示"):
        operations.announce(YEAR, actor=director, **told)
    with pytest.raises(Conflict, match="方案不能再改"):
        operations.draft(YEAR, SCHEME, actor=planner, **told)
    # what was announced stays, whatever is entered later
    town.dispute(Stretch(JUNE, JUNE, Outcome.AGREED), organisation=town.committee)
    assert points(town, director, told) == live
    objected = operations.object_to(
        YEAR, town.committee, "success", "漏记一件", actor=liaison, **told
    )
    struck = operations.object_to(
        YEAR,
        town.station,
        "failed",
        "登记错了",
        actor=town.user(Role.LIAISON, town.station),
        **told,
    )
    with pytest.raises(Conflict, match="已经提过"):
        operations.object_to(YEAR, town.committee, "success", "再说", actor=liaison, **told)
    with pytest.raises(NotFound):
        operations.object_to(YEAR, town.station, "sued", "别人的", actor=liaison, **told)
    with pytest.raises(Invalid):
        operations.object_to(YEAR, town.committee, "nothing", "没有", actor=liaison, **told)
    late = told | {"now": AFTER + 8 * DAY}
    with pytest.raises(Conflict, match="异议期已在"):
        operations.object_to(YEAR, town.committee, "sued", "晚了", actor=liaison, **late)
    # answered by somebody of another unit, once, at its version, inside the weight
    own = replace(leader, organisation_id=town.committee)
    yes = Decision(upheld=True, points=Decimal("5.5"), reason="补计一件")
    with pytest.raises(Forbidden):
        operations.decide(objected, YEAR, yes, version=1, actor=own, **told)
    with pytest.raises(Stale):
        operations.decide(objected, YEAR, yes, version=9, actor=leader, **told)
    with pytest.raises(Invalid):
        operations.decide(
            objected, YEAR, replace(yes, points=Decimal(40)), version=1, actor=leader, **told
        )
    with pytest.raises(Conflict, match="异议期到"):
        operations.freeze(YEAR, actor=leader, **told)
    with pytest.raises(Conflict, match="还有 2 项异议"):
        operations.freeze(YEAR, actor=leader, **late)
    operations.decide(objected, YEAR, yes, version=1, actor=leader, **told)
    lifted = Decision(upheld=True, reason="有一件登记错了")
    operations.decide(struck, YEAR, lifted, version=1, actor=director, **told)
    with pytest.raises(Conflict, match="已经答复"):
        operations.decide(struck, YEAR, lifted, version=2, actor=director, **told)
    with pytest.raises(Forbidden):  # who announced, or drafted the scheme, freezes nothing
        operations.freeze(YEAR, actor=replace(planner, roles=frozenset({Role.LEADER})), **late)
    final = operations.freeze(YEAR, actor=leader, **late)
    # 2 of 3 agreed by now: 44.44, and 5.50 by the objection
    assert points(town, director, late) == {
        town.committee: (Decimal("89.94"), "良好"),
        town.station: (Decimal("30.00"), "不合格"),
    }
    assert hashlib.sha256(canonical(final.body)).hexdigest() == final.sha256
    unit = next(each for each in final.yearly.units if each.organisation == town.committee)
    assert (unit.lines[0].adjusted, unit.lines[0].reason) == (Decimal("5.50"), "补计一件")
    # nothing later changes it: a revision stands beside it, and says why
    with transaction() as session:
        session.execute(sa.delete(Episode))
    assert points(town, director, late)[town.committee] == (Decimal("89.94"), "良好")
    with pytest.raises(Invalid):
        operations.freeze(YEAR, actor=leader, **late)
    second = operations.freeze(YEAR, "纠纷记录更正", actor=leader, **late)
    assert (second.revision, second.reason) == (2, "纠纷记录更正")
    first = queries.stored(YEAR, Stage.FINAL, 1)
    assert first is not None
    assert (first.body, first.sha256) == (final.body, final.sha256)
    assert [each.stage.value for each in queries.revisions(YEAR)] == ["announced", "final", "final"]
    deeds = db.session.scalars(sa.select(Event.action).where(Event.subject == "evaluation"))
    assert len(list(deeds)) == 9


def test_who_drafts_does_not_publish_and_a_wrong_scheme_is_told_at_its_place(
    town: Town, told: dict[str, Any]
) -> None:
    planner, leader = town.user(Role.PLANNER), town.user(Role.LEADER)
    odd = replace(SCHEME.indicators[0], metric="no_such_rate")
    with pytest.raises(Invalid) as refusal:
        operations.draft(
            YEAR, replace(SCHEME, indicators=(odd, SCHEME.indicators[1])), actor=planner, **told
        )
    assert list(refusal.value.fields) == ["indicators.0.metric"]
    draft = operations.draft(YEAR, SCHEME, actor=planner, **told)
    with pytest.raises(Conflict, match="等发布"):
        operations.draft(YEAR, SCHEME, actor=planner, **told)
    both = replace(planner, roles=frozenset({Role.PLANNER, Role.LEADER}))
    with pytest.raises(Forbidden):
        operations.publish(draft, YEAR, version=1, actor=both, **told)
    with pytest.raises(NotFound):
        operations.publish(draft, 2024, version=1, actor=leader, **told)
    operations.withdraw(draft, YEAR, version=1, actor=planner, **told)
    again = operations.draft(YEAR, SCHEME, actor=planner, **told)
    operations.publish(again, YEAR, version=1, actor=leader, **told)
    with pytest.raises(Conflict):
        operations.withdraw(again, YEAR, version=2, actor=planner, **told)
    assert [each.number for each in queries.editions(YEAR)] == [1]


def test_a_unit_reads_its_own_and_a_town_its_units(town: Town, told: dict[str, Any]) -> None:
    published(town, told)
    mine = town.user(Role.LIAISON, town.station)
    assert list(points(town, mine, told)) == [town.station]
    assert list(points(town, town.user(Role.AUDITOR), told)) == [town.committee, town.station]
    other = replace(town.user(Role.LEADER), town=frozenset({town.committee}))
    assert list(points(town, other, told)) == [town.committee]
    with pytest.raises(Forbidden):
        points(town, town.user(Role.WINDOW), told)
