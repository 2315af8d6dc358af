"""Decisions about pairs: kept with the newer one, changed with a trace, never about the unseen."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.vocabulary import LinkRelation, MatchReason, NoticeKind, Role, Step
from models import Dispute, Event, Link, Notice, db
from service.errors import Forbidden, Invalid, NotFound
from service.operations import link as operations
from service.queries import link as queries
from service.queries.link import LinkView
from service.rules.access import Actor
from tests.factories.dispute import RESPONDENT, Handling, let_in, registered
from tests.factories.moment import MONDAY, MONDAY_10AM, MONDAY_11AM
from tests.factories.office import Office
from tests.factories.person import mobile

pytestmark = pytest.mark.usefixtures("inside")
L = LinkRelation
STRANGER = {"role": "applicant", "name": "赵甲一", "phone": mobile(77)}


def again(office: Office, number: str, relation: LinkRelation = L.SAME, **more: Any) -> Handling:
    """Another visit whose registrar chose something about `number`."""
    links = [{"number": number, "relation": relation}]
    return registered(office, now=MONDAY_10AM, links=links, **more)


def decide(
    office: Office, dispute: UUID, number: str, relation: LinkRelation, actor: Actor
) -> None:
    operations.decide(
        dispute,
        {"number": number, "relation": relation},
        actor=actor,
        desk=office.desk,
        now=MONDAY_11AM,
    )


def ties(office: Office, dispute: Handling, actor: Actor | None = None) -> list[LinkView]:
    who = actor or office.director
    return queries.of_dispute(dispute.id, actor=who, desk=office.desk, now=MONDAY_11AM)


def stored() -> list[tuple[UUID, UUID, LinkRelation]]:
    rows = db.session.execute(sa.select(Link.dispute_id, Link.other_id, Link.relation)).all()
    return [(row[0], row[1], row[2]) for row in rows]


def linked_events() -> list[dict[str, Any]]:
    query = sa.select(Event.detail).where(Event.action == "link").order_by(Event.id)
    return list(db.session.scalars(query))


def test_a_decision_is_kept_with_the_reasons_weighed_anew(office: Office) -> None:
    first = registered(office)
    second = again(office, first.row.number.lower())
    link = db.session.scalars(sa.select(Link)).one()
    assert (link.dispute_id, link.other_id, link.relation) == (second.id, first.id, L.SAME)
    assert link.decided_by == office.window.user_id
    assert link.reasons == ["id_number", "pair", "phone", "narrative", "category"]


def test_both_disputes_show_it_to_their_readers(office: Office) -> None:
    first = registered(office)
    second = again(office, first.row.number, L.LINKED)
    assert [(t.number, t.id, t.relation) for t in ties(office, first)] == [
        (second.row.number, second.id, L.LINKED)
    ]
    assert [(t.number, t.category) for t in ties(office, second)] == [
        (first.row.number, "neighbour")
    ]


def test_not_the_same_is_kept_but_not_shown(office: Office) -> None:
    first = registered(office)
    second = again(office, first.row.number, L.DIFFERENT)
    assert stored() == [(second.id, first.id, L.DIFFERENT)]
    assert ties(office, first) == ties(office, second) == []


@pytest.mark.parametrize("number", ["LXZ2026-99999", "", "x" * 40])
def test_an_unknown_number_is_told_at_its_field_and_nothing_is_registered(
    office: Office, number: str
) -> None:
    first = registered(office)
    links = [
        {"number": first.row.number, "relation": L.LINKED},
        {"number": number, "relation": L.SAME},
    ]
    with pytest.raises(Invalid) as refusal:
        registered(office, links=links)
    assert refusal.value.fields == {"links.1.number": ["没有这个编号，请核对"]}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Dispute)) == 1
    assert stored() == []


def test_a_foreign_number_may_be_chosen_only_when_it_matches(office: Office) -> None:
    first = registered(office)
    clerk = office.actor(Role.WINDOW, "justice")
    with pytest.raises(Invalid):
        again(office, first.row.number, actor=clerk, parties=[STRANGER], narrative="另一回事")
    second = again(office, first.row.number, actor=clerk)
    (tie,) = ties(office, second, clerk)
    assert tie == LinkView(
        number=first.row.number, organisation=None, relation=L.SAME, reasons=tie.reasons
    )
    assert MatchReason.ID_NUMBER in tie.reasons


def test_a_restricted_number_is_as_unknown_as_none(office: Office) -> None:
    hidden = registered(office, restricted=True, actor=office.actor(Role.WINDOW, "justice"))
    with pytest.raises(Invalid) as refusal:
        again(office, hidden.row.number)
    assert refusal.value.fields == {"links.0.number": ["没有这个编号，请核对"]}


def test_a_restricted_dispute_is_tied_silently(office: Office) -> None:
    first = registered(office)
    colleague = office.actor(Role.WINDOW, name="b")
    hidden = again(office, first.row.number, restricted=True, actor=colleague)
    assert ties(office, first, office.window) == []
    assert ties(office, first) == []
    let_in(hidden, office.director)
    assert [tie.id for tie in ties(office, first)] == [hidden.id]
    assert db.session.scalars(sa.select(Link.reasons)).one()[0] == "id_number"


def test_a_later_decision_changes_the_row_and_keeps_the_old_one_as_an_event(
    office: Office,
) -> None:
    first = registered(office)
    second = again(office, first.row.number)
    decide(office, first.id, second.row.number, L.DIFFERENT, office.director)
    decide(office, first.id, second.row.number, L.DIFFERENT, office.director)
    assert stored() == [(second.id, first.id, L.DIFFERENT)]
    assert [(e["before"], e["relation"]) for e in linked_events()] == [
        (None, "same"),
        ("same", "different"),
    ]


def test_who_may_not_change_a_dispute_ties_nothing_to_it(office: Office) -> None:
    first, second = registered(office), registered(office)
    with pytest.raises(NotFound):
        decide(office, first.id, second.row.number, L.SAME, office.mediator)
    sent = registered(office)
    sent.take(Step.DISPATCH)
    with pytest.raises(Forbidden):
        decide(office, sent.id, second.row.number, L.SAME, office.liaison)


def test_a_dispute_is_not_tied_to_itself(office: Office) -> None:
    first = registered(office)
    with pytest.raises(Invalid) as refusal:
        decide(office, first.id, first.row.number, L.SAME, office.director)
    assert refusal.value.fields == {"number": ["不能与自己关联"]}


def test_whoever_dispatches_hears_which_are_the_same(office: Office) -> None:
    first, third = registered(office), registered(office)
    second = again(office, first.row.number)
    decide(office, third.id, first.row.number, L.LINKED, office.director)
    told = queries.same_as(
        [first.id, second.id, third.id], actor=office.director, desk=office.desk, now=MONDAY_11AM
    )
    assert {each: [other and other.id for other in others] for each, others in told.items()} == {
        first.id: [second.id],
        second.id: [first.id],
    }


def test_one_that_was_voided_is_nobodys_double(office: Office) -> None:
    first = registered(office)
    second = again(office, first.row.number)
    first.take(Step.VOID, {"reason": "登记了两次"}, actor=office.director)
    told = queries.same_as([second.id], actor=office.director, desk=office.desk, now=MONDAY_11AM)
    assert told == {}


def test_decisions_are_counted_by_the_days_of_the_office(office: Office) -> None:
    first = registered(office)
    again(office, first.row.number)
    again(office, first.row.number, L.DIFFERENT, parties=[STRANGER, RESPONDENT])
    counted = queries.counts(MONDAY, MONDAY, desk=office.desk)
    assert counted == {L.LINKED: 0, L.SAME: 1, L.DIFFERENT: 1}
    before = date(2026, 11, 1)
    assert queries.counts(before, before, desk=office.desk) == dict.fromkeys(L, 0)


def test_the_directors_are_told_that_one_is_the_same_as_another(office: Office) -> None:
    director = office.director
    first = registered(office)
    second = again(office, first.row.number)
    told = db.session.scalars(
        sa.select(Notice.dispute_id).where(
            Notice.user_id == director.user_id, Notice.kind == NoticeKind.SAME
        )
    )
    assert list(told) == [second.id]
