from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import (
    STAFF,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    Role,
    WithdrawalCause,
)
from config.vocabulary import LawsuitStep as S
from models import Event, Lawsuit, db
from service.desk import Desk
from service.errors import Forbidden, Invalid, NotFound, Stale, StepNotAllowed
from service.operations import lawsuit as operations
from service.operations.lawsuit import LawsuitDraft
from service.queries import lawsuit as queries
from service.queries.lawsuit import Filters
from service.rules.access import Actor
from tests.factories.town import Stretch, Town

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DECISION = {
    "decided_on": date(2026, 11, 10),
    "served_on": date(2026, 11, 12),
    "outcome": LawsuitOutcome.WITHDRAWN,
    "withdrawal_cause": WithdrawalCause.SETTLED,
}


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        found: Desk = app.extensions["fengqiao"]
        yield found


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town()


@pytest.fixture
def legal(town: Town) -> Actor:
    return town.user(Role.LEGAL)


@pytest.fixture
def draft(town: Town) -> LawsuitDraft:
    return LawsuitDraft(
        procedure=LawsuitProcedure.LITIGATION,
        instance=LawsuitInstance.FIRST,
        court="柳溪旗人民法院",
        case_number="（2026）内9999行初9001号",
        cause="行政处罚",
        act="限期拆除决定",
        plaintiffs=["乌云其木格", "李国梁"],
        organisation=town.station,
        served_on=date(2026, 9, 1),
    )


def refused(draft: LawsuitDraft, actor: Actor, desk: Desk) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refusal:
        operations.record(draft, actor=actor, desk=desk, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Lawsuit)) == 0
    return refusal.value.fields


def decide(lawsuit_id: UUID, legal: Actor, desk: Desk, *, version: int = 1) -> None:
    operations.decide(lawsuit_id, DECISION, version=version, actor=legal, desk=desk, now=NOW)


def test_a_recorded_case_is_pending_and_masks_its_plaintiffs(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    view = queries.one(made, actor=legal, desk=desk, now=NOW)
    assert (view.status, view.plaintiffs) == (LawsuitStatus.PENDING, ["乌****", "李**"])
    assert (view.steps, view.version) == ([S.ANSWER, S.HEAR, S.DECIDE], 1)


def test_plaintiffs_lie_sealed_with_a_key_of_their_own(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    first = operations.record(draft, actor=legal, desk=desk, now=NOW)
    second = operations.record(replace(draft, case_number=None), actor=legal, desk=desk, now=NOW)
    one, other = db.session.get_one(Lawsuit, first), db.session.get_one(Lawsuit, second)
    assert "乌云".encode() not in one.plaintiffs_sealed
    key = desk.keyring.field_key(one.sealed_key, f"lawsuit:{first}")
    assert key.open(one.plaintiffs_sealed, f"lawsuit.plaintiffs:{first}") == "乌云其木格\n李国梁"
    assert one.sealed_key != other.sealed_key


def test_the_way_of_a_case_is_decided_then_closed_with_an_event_each(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    decide(made, legal, desk)
    operations.close(made, version=2, actor=legal, desk=desk, now=NOW)
    view = queries.one(made, actor=legal, desk=desk, now=NOW)
    assert (view.status, view.withdrawal_cause) == (LawsuitStatus.CLOSED, WithdrawalCause.SETTLED)
    events = db.session.scalars(sa.select(Event).where(Event.subject_id == made).order_by(Event.id))
    assert [(each.action, each.version) for each in events] == [
        ("record", 1),
        ("decide", 2),
        ("close", 3),
    ]


def test_a_case_is_not_closed_before_it_is_decided(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    with pytest.raises(StepNotAllowed) as refusal:
        operations.close(made, version=1, actor=legal, desk=desk, now=NOW)
    assert refusal.value.allowed == ["answer", "hear", "decide"]


def test_a_decision_on_an_old_reading_is_stale_and_says_what_changed(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    decide(made, legal, desk)
    with pytest.raises(Stale) as refusal:
        operations.close(made, version=1, actor=legal, desk=desk, now=NOW)
    assert refusal.value.changed == [
        "checks",
        "clocks",
        "decided_on",
        "decision_served_on",
        "outcome",
        "status",
        "withdrawal_cause",
    ]


def test_an_impossible_decision_changes_nothing(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    body = DECISION | {"decided_on": date(2026, 8, 31)}
    with pytest.raises(Invalid):
        operations.decide(made, body, version=1, actor=legal, desk=desk, now=NOW)
    view = queries.one(made, actor=legal, desk=desk, now=NOW)
    assert (view.status, view.version) == (LawsuitStatus.PENDING, 1)


@pytest.mark.parametrize("role", [role for role in STAFF if role is not Role.LEGAL])
def test_nobody_but_legal_records_a_case(
    role: Role, draft: LawsuitDraft, town: Town, desk: Desk
) -> None:
    with pytest.raises(Forbidden):
        operations.record(draft, actor=town.user(role), desk=desk, now=NOW)


def test_wrong_links_are_refused_at_their_fields(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    assert list(refused(replace(draft, organisation=uuid4()), legal, desk)) == ["organisation"]
    assert list(refused(replace(draft, dispute="LXZ2026-09999"), legal, desk)) == ["dispute"]
    assert list(refused(replace(draft, previous="没有这个案号"), legal, desk)) == ["previous"]
    assert list(refused(replace(draft, served_on=date(2026, 11, 21)), legal, desk)) == ["served_on"]


def test_a_case_number_is_recorded_once_at_one_court(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    operations.record(draft, actor=legal, desk=desk, now=NOW)
    with pytest.raises(Invalid) as refusal:
        operations.record(draft, actor=legal, desk=desk, now=NOW)
    assert list(refusal.value.fields) == ["case_number"]
    operations.record(replace(draft, court="别处人民法院"), actor=legal, desk=desk, now=NOW)


def test_a_dispute_one_may_not_see_is_linked_by_its_number_only(
    draft: LawsuitDraft, town: Town, legal: Actor, desk: Desk
) -> None:
    behind = town.dispute(Stretch(date(2026, 3, 2)))
    number = db.session.scalar(sa.text("SELECT number FROM dispute"))
    with pytest.raises(Invalid):
        operations.record(replace(draft, dispute=str(behind)), actor=legal, desk=desk, now=NOW)
    made = operations.record(replace(draft, dispute=number), actor=legal, desk=desk, now=NOW)
    seen = queries.one(made, actor=legal, desk=desk, now=NOW).dispute
    assert seen is not None
    assert (seen.id, seen.number) == (None, number)
    director = town.user(Role.DIRECTOR)
    opened = queries.one(made, actor=director, desk=desk, now=NOW).dispute
    assert opened is not None
    assert opened.id == behind


def test_an_appeal_names_the_case_before_it(draft: LawsuitDraft, legal: Actor, desk: Desk) -> None:
    first = operations.record(draft, actor=legal, desk=desk, now=NOW)
    appeal = replace(
        draft,
        instance=LawsuitInstance.SECOND,
        court="柳溪市中级人民法院",
        case_number=None,
        previous=draft.case_number,
    )
    made = operations.record(appeal, actor=legal, desk=desk, now=NOW)
    previous = queries.one(made, actor=legal, desk=desk, now=NOW).previous
    assert previous is not None
    assert previous.id == first


def test_a_leader_lists_cases_but_opens_none(
    draft: LawsuitDraft, town: Town, legal: Actor, desk: Desk
) -> None:
    made = operations.record(draft, actor=legal, desk=desk, now=NOW)
    with pytest.raises(NotFound):
        queries.one(made, actor=town.user(Role.LEADER), desk=desk, now=NOW)


def test_pages_go_on_by_key_and_filters_narrow(
    draft: LawsuitDraft, legal: Actor, desk: Desk
) -> None:
    days = [date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 2), date(2026, 9, 3)]
    made = [
        operations.record(
            replace(draft, served_on=day, case_number=None), actor=legal, desk=desk, now=NOW
        )
        for day in days
    ]
    decide(made[0], legal, desk)
    first = queries.page(Filters(), actor=legal, today=TODAY, limit=3, count=True)
    rest = queries.page(Filters(), actor=legal, today=TODAY, limit=3, cursor=first.next_cursor)
    assert [row.served_on for row in (*first.items, *rest.items)] == days[::-1]
    assert {row.id for row in (*first.items, *rest.items)} == set(made)
    assert (first.total, rest.next_cursor) == (4, None)

    def found(**narrow: object) -> list[date]:
        page = queries.page(Filters(**narrow), actor=legal, today=TODAY)  # type: ignore[arg-type]  # one filter at a time
        return [row.served_on for row in page.items]

    assert found(status=LawsuitStatus.DECIDED) == [days[0]]
    assert found(outcome=LawsuitOutcome.UPHELD) == []
    assert found(served_from=days[1], served_to=days[2]) == [days[1], days[1]]
    assert found(procedure=LawsuitProcedure.REVIEW) == []
    assert len(found(organisation=draft.organisation)) == 4


def test_a_cursor_made_elsewhere_is_refused(legal: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        queries.page(Filters(), actor=legal, today=TODAY, cursor="WyJ4IiwieSJd")
    assert list(refusal.value.fields) == ["cursor"]
