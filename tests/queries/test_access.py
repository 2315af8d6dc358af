"""The SQL of a scope says the same as the rule, for every kind of dispute and every role."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from config import access as config
from config.access import Reach
from config.vocabulary import (
    Channel,
    DisputeStatus,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    Outcome,
    Role,
    SharePurpose,
    Source,
)
from models import Dispute, Glass, Handover, Named, Share, db, transaction
from service.queries.access import Within, in_full, known, standing, visible, ways_to
from service.queries.dispute_row import rows
from service.rules import access
from service.rules.access import Actor, Scope
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.statements import plans

POLICY = config.load()
NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
S = DisputeStatus
TAKEN = (S.ACCEPTED, S.MEDIATING, S.AGREED)

pytestmark = pytest.mark.usefixtures("inside")


def settle(office: Office) -> None:
    """A dispute of every kind: who registered it, when and where, in whose hands, restricted."""
    me, other = office.mediator.user_id, office.window.user_id
    home, away = office.units["committee"], office.units["station"]
    kinds = product(
        (S.REGISTERED, S.DISPATCHED, S.MEDIATING, S.CLOSED),
        (False, True),  # restricted
        ((me, NOW), (me, NOW - timedelta(hours=24)), (other, NOW), (None, NOW)),
        (home, away),  # registered at
        ((None, None), (home, None), (home, me), (away, other)),  # unit and mediator
        (None, home, away),  # assisting
    )
    with transaction() as session:
        for place, kind in enumerate(kinds):
            status, restricted, (clerk, at), desk, (unit, mediator), assisting = kind
            if status is not S.REGISTERED and unit is None:
                continue
            if status is S.MEDIATING and mediator is None:
                continue
            closed = status is S.CLOSED
            row = Dispute(
                number=f"LXZ2026-{place:05d}",
                code_sealed=b"-",
                sealed_key=b"-",
                registered_at=at,
                registered_on=MONDAY,
                registered_by=clerk,
                registered_at_organisation_id=desk,
                source=Source.WALK_IN,
                category="neighbour",
                narrative=None if restricted else "-",
                narrative_sealed=b"-" if restricted else None,
                restricted=restricted,
                channel=Channel.PEOPLE,
                status=status,
                organisation_id=unit,
                mediator_id=mediator,
                accepted_on=MONDAY if status in TAKEN else None,
                outcome=Outcome.GUIDED if closed else None,
                closed_on=MONDAY if closed else None,
            )
            session.add(row)
            session.flush()
            if assisting:
                until = NOW + timedelta(hours=23) if place % 2 else None
                ended = NOW if place % 3 == 0 else None
                session.add(
                    Share(
                        dispute_id=row.id,
                        organisation_id=assisting,
                        purpose=SharePurpose.ASSIST,
                        shared_at=NOW - timedelta(days=1),
                        until=until,
                        ended_at=ended,
                    )
                )
            if restricted and place % 2:
                session.add(_named(row.id, me, other, ended=place % 5 == 0))
            if restricted and place % 3 == 0:
                session.add(_glass(row.id, me, other, agreed=place % 4 != 0))
            if place % 3 == 1:
                row.first_dispatched_at = NOW
                ways = (away, home) if place % 2 else (home, away)
                session.add(_handover(row.id, *ways, waits=place % 4 != 0, sent=place % 5 != 0))


def _named(dispute_id: UUID, who: UUID, by: UUID, *, ended: bool) -> Named:
    return Named(
        dispute_id=dispute_id,
        user_id=who,
        named_by=by,
        named_at=NOW,
        ended_at=NOW if ended else None,
    )


def _handover(
    dispute_id: UUID, sender: UUID, receiver: UUID, *, waits: bool, sent: bool
) -> Handover:
    """From unit to unit; or, where it was not `sent` by one, dispatched by the centre."""
    return Handover(
        dispute_id=dispute_id,
        ordinal=1,
        episode=1,
        kind=HandoverKind.TRANSFER if sent else HandoverKind.DISPATCH,
        state=HandoverState.OPEN if waits else HandoverState.RETURNED,
        from_organisation_id=sender,
        to_organisation_id=receiver,
        from_channel=Channel.PEOPLE if sent else None,
        to_channel=Channel.PEOPLE,
        sent_at=NOW,
        sent_on=MONDAY,
        consent=HandoverConsent.SIGNED if sent else None,
        answered_at=None if waits else NOW,
    )


def _glass(dispute_id: UUID, who: UUID, by: UUID, *, agreed: bool) -> Glass:
    return Glass(
        dispute_id=dispute_id,
        user_id=who,
        asked_at=NOW,
        reason_sealed=b"-",
        decided_by=by,
        decided_at=NOW,
        until=NOW + timedelta(hours=4) if agreed else None,
    )


def test_rule_and_sql_agree_for_every_kind_of_dispute_and_every_right(office: Office) -> None:
    settle(office)
    disputes = db.session.scalars(sa.select(Dispute)).all()
    standings = {row.id: standing(db.session(), row, NOW) for row in disputes}
    assert len(disputes) > 300
    me = office.mediator
    scopes = {
        access.scope(
            Actor(me.user_id, me.name, me.organisation_id, frozenset({role})), action, POLICY
        )
        for role, action in product(Role, POLICY.actions)
    }  # fmt: skip -- one actor a line
    for scope in scopes:
        for ruled, asked in ((access.covers, known), (access.opens, in_full)):
            by_rule = {key for key, stand in standings.items() if ruled(scope, stand, NOW)}
            by_sql = set(db.session.scalars(sa.select(Dispute.id).where(asked(scope, NOW))))
            assert by_sql == by_rule, scope


def test_rule_and_sql_agree_for_every_union_of_reaches_and_through_the_day(
    office: Office,
) -> None:
    settle(office)
    disputes = db.session.scalars(sa.select(Dispute)).all()
    words = (Reach.CREATED, Reach.ASSIGNED, Reach.WAITING, Reach.ORGANISATION, Reach.TOWN)
    others = (Reach.SHARED, Reach.NAMED, Reach.GLASS, Reach.SEALED, Reach.LEAD)
    more = (*others, Reach.INCOMING, Reach.HANDED)
    unions = [frozenset(each) for size in range(6) for each in combinations(words, size)]
    unions += [frozenset(each) for size in range(1, 4) for each in combinations(more, size)]
    for hours in (0, 23, 24):
        now = NOW + timedelta(hours=hours)
        standings = {row.id: standing(db.session(), row, now) for row in disputes}
        for reach, actor in product(unions, _alike(office)):
            scope = Scope(actor, reach)
            by_rule = {key for key, stand in standings.items() if access.covers(scope, stand, now)}
            by_sql = set(db.session.scalars(sa.select(Dispute.id).where(known(scope, now))))
            assert by_sql == by_rule, (reach, actor, hours)


def _alike(office: Office) -> list[Actor]:
    """The mediator alone, above another unit, in a town of one unit, standing in for a clerk."""
    me, away = office.mediator, office.units["station"]
    return [
        me,
        replace(me, below=frozenset({away})),
        replace(me, town=frozenset({away})),
        replace(me, stands_for=frozenset({office.window.user_id})),
    ]


def test_a_scope_of_nothing_sees_nothing(office: Office) -> None:
    registered(office)
    scope = Scope(office.director, frozenset())
    assert db.session.scalars(sa.select(Dispute.id).where(visible(scope, MONDAY_9AM))).all() == []


def test_a_leader_has_a_brief_row_of_everything_and_nothing_in_full(office: Office) -> None:
    registered(office)
    registered(office, restricted=True)
    scope = access.scope(office.leader, "dispute.list", POLICY)
    counted = sa.select(sa.func.count(Dispute.id))
    assert db.session.scalar(counted.where(visible(scope, MONDAY_9AM))) == 2
    assert db.session.scalar(counted.where(in_full(scope, MONDAY_9AM))) == 0


COLUMNS = (Dispute.registered_at, Dispute.id)


def test_the_first_of_all_ways_are_the_first_of_what_is_visible(office: Office) -> None:
    settle(office)
    words = (Reach.CREATED, Reach.ASSIGNED, Reach.WAITING, Reach.ORGANISATION, Reach.TOWN)
    narrow = [Dispute.status != S.MEDIATING]
    reaches = [frozenset(words[:size]) for size in range(6)]
    for reach, descending in product(reaches, (True, False)):
        order = [each.desc() if descending else each.asc() for each in COLUMNS]
        scope = Scope(office.mediator, reach)
        seen = sa.select(*COLUMNS).where(visible(scope, NOW), *narrow).order_by(*order)
        every = list(map(tuple, db.session.execute(seen)))
        within = Within(narrow, ways_to(scope, NOW))
        for offset, limit in ((0, 4), (3, 4), (0, 10_000)):
            query = within.first(COLUMNS, descending=descending, limit=limit, offset=offset)
            found = list(map(tuple, db.session.execute(query)))
            assert found == every[offset : offset + limit], (reach, offset, limit)


def plan(office: Office, within: Within, columns: Sequence[Any], *, descending: bool) -> list[str]:
    """How SQLite would find a page of it."""
    query = within.first(columns, descending=descending, limit=16)
    told = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    rows = db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {told}"))
    return [row[-1] for row in rows]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.LIAISON, Role.WINDOW, Role.DIRECTOR])
def test_no_list_sorts_all_that_somebody_may_see(office: Office, role: Role) -> None:
    scope = access.scope(office.actor(role), "dispute.list", POLICY)
    within = Within([], ways_to(scope, NOW))
    newest = plan(office, within, COLUMNS, descending=True)
    assert not [step for step in newest if step in ("SCAN dispute", "MULTI-INDEX OR")]
    sorts = [step for step in newest if step == "USE TEMP B-TREE FOR ORDER BY"]
    # pages of all ways are put together; what is shared with, names or is handed to one is few
    assert len(sorts) <= 1 + len({Reach.SHARED, Reach.NAMED, Reach.INCOMING} & scope.reach)
    due = within.along(Dispute.due_on.is_not(None))
    found, *_ = plan(office, due, (Dispute.due_on, Dispute.id), descending=False)
    found = found.replace("COVERING ", "")
    assert found == "SEARCH dispute USING INDEX ix_dispute_due (due_on>?)"
    following = within.along(Dispute.next_on.is_not(None))
    found, *_ = plan(office, following, (Dispute.next_on, Dispute.id), descending=False)
    found = found.replace("COVERING ", "")
    assert found == "SEARCH dispute USING INDEX ix_dispute_next (next_on>?)"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.LIAISON, Role.WINDOW, Role.DIRECTOR])
def test_a_count_by_due_date_reads_only_what_somebody_may_see(office: Office, role: Role) -> None:
    scope = access.scope(office.actor(role), "dispute.list", POLICY)
    within = Within([], ways_to(scope, NOW))

    def look() -> None:
        rows(
            within,
            today=MONDAY,
            sort="due",
            count=True,
            full=in_full(scope, NOW),
            reader=scope.actor.user_id,
        )

    counted = plans(look)[-1]
    assert [step for step in counted.splitlines() if step.startswith("SCAN dispute")] == []
    assert "SEARCH dispute" in counted


@pytest.mark.plans
def test_what_waits_at_a_unit_is_found_by_an_index_of_its_own(office: Office) -> None:
    registered(office).until(S.DISPATCHED)
    scope = access.scope(office.mediator, "dispute.list", POLICY)
    query = Within([], ways_to(scope, NOW)).first(COLUMNS, descending=True, limit=16)
    walk = plans(lambda: db.session.execute(query))[0]
    assert walk.count("ix_dispute_waiting") == 1
