"""Visits again: kept with the dispute, sealed, led on by a merge; and what is a new dispute."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, LinkRelation, Role, Step
from models import Party, RepeatVisit, db
from service.errors import Conflict, Invalid, NotFound
from service.gateways.attachment import Store
from service.operations import merge
from service.operations import repeat as operations
from service.queries import link
from service.queries import repeat as queries
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, TUESDAY
from tests.factories.office import Office
from tests.factories.person import resident_id

pytestmark = pytest.mark.usefixtures("inside")


def note(handling: Handling, actor: Actor | None = None, **told: Any) -> None:
    operations.note(
        handling.id,
        {"came_on": MONDAY, "words": "问进度"} | told,
        actor=actor or handling.office.director,
        desk=handling.office.desk,
        now=MONDAY_9AM,
    )


def by_card(office: Office, number: str, id_number: str, **told: Any) -> tuple[str, int]:
    return operations.note_by_card(
        {"number": number, "id_number": id_number, "came_on": MONDAY} | told,
        actor=office.actor(Role.WINDOW, "justice"),
        desk=office.desk,
        now=MONDAY_9AM,
    )


def test_what_was_said_is_sealed_and_shown_to_who_reads_the_dispute(office: Office) -> None:
    one = registered(office)
    who = db.session.scalars(sa.select(Party.id).where(Party.role == "applicant")).one()
    note(one, party=who)
    row = db.session.scalars(sa.select(RepeatVisit)).one()
    assert "问进度".encode() not in (row.words_sealed or b"")
    (shown,) = queries.of_dispute(one.id, actor=office.director, desk=office.desk, now=MONDAY_9AM)
    assert (shown.ordinal, shown.party_id, shown.words) == (2, who, "问进度")


def test_what_cannot_be_is_refused_at_its_field(office: Office) -> None:
    one, other = registered(office), registered(office)
    theirs = sa.select(Party.id).where(Party.dispute_id == other.id).limit(1)
    for told, field in (
        ({"came_on": TUESDAY}, "came_on"),
        ({"came_on": MONDAY - timedelta(days=1)}, "came_on"),
        ({"party": db.session.scalar(theirs)}, "party"),
    ):
        with pytest.raises(Invalid) as refusal:
            note(one, **told)
        assert list(refusal.value.fields) == [field]
    with pytest.raises(Conflict, match="有新的事实的"):
        note(one, new_facts=True)
    with pytest.raises(NotFound):
        note(one, actor=office.actor(Role.LIAISON, "justice"))


def test_by_the_card_every_miss_is_told_alike(office: Office) -> None:
    one, hidden = registered(office), registered(office, restricted=True)
    number, closed = one.row.number, hidden.row.number
    assert by_card(office, number, resident_id(1)) == (number, 2)
    for wrong in (
        (number, resident_id(3)),
        (closed, resident_id(1)),
        ("LXZ2026-9", resident_id(1)),
    ):
        with pytest.raises(NotFound, match="编号和证件对不上"):
            by_card(office, *wrong)


def test_the_number_of_a_merged_one_leads_to_the_one_that_remained(
    office: Office, tmp_path: Path
) -> None:
    into, gone = registered(office), registered(office)
    merge.merge(
        into.id,
        {"number": gone.row.number, "reason": "同一件"},
        version=1,
        store=Store(tmp_path),
        actor=office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    assert by_card(office, gone.row.number, resident_id(1)) == (into.row.number, 2)


def test_who_withdrew_and_comes_again_gets_a_new_number_tied_to_the_old(office: Office) -> None:
    old = registered(office).until(DisputeStatus.MEDIATING)
    old.take(Step.WITHDRAW, {"reason": "不调了"})
    links = [{"number": old.row.number, "relation": LinkRelation.LINKED}]
    later = MONDAY_9AM + timedelta(days=15)
    new = registered(office, now=later, links=links)
    assert new.row.number != old.row.number
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": later}
    assert [each.number for each in link.of_dispute(new.id, **told)] == [old.row.number]
