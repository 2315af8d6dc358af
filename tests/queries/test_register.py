"""The register lists every visit as its reader may see it, in few questions, and the log agrees."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from config.vocabulary import Role, Source, Step
from models import transaction
from service.operations import consultation as consultations
from service.queries import register as queries
from service.queries.register import Days, Register
from service.rules import register as rules
from service.rules.access import Actor
from service.rules.register import EntryKind
from tests.factories.consultation import asked
from tests.factories.dispute import APPLICANT, RESPONDENT, every, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM, MONDAY_11AM, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
TWO_MATTERS = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]


def read(
    office: Office, actor: Actor | None = None, *, last_on: date = MONDAY, **more: Any
) -> Register:
    most = more.pop("most", queries.MOST)
    days = Days(first_on=MONDAY, last_on=last_on, **more)
    reader = actor or office.window
    return queries.read(days, actor=reader, desk=office.desk, now=MONDAY_11AM, most=most)


@contextmanager
def asked_of_the_database() -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


def test_visits_stand_in_the_order_they_came_with_consultations_among_them(
    office: Office,
) -> None:
    registered(office, now=MONDAY_11AM)
    asked(office, now=MONDAY_10AM)
    registered(office)
    registered(office, now=TUESDAY_9AM)
    told = [(entry.kind, entry.at and f"{entry.at:%H:%M}") for entry in read(office).entries]
    assert told == [
        (EntryKind.DISPUTE, "09:00"),
        (EntryKind.CONSULTATION, "10:00"),
        (EntryKind.DISPUTE, "11:00"),
    ]


def test_who_came_is_masked_for_everybody_and_counted(office: Office) -> None:
    registered(office, people_count=6)
    registered(
        office, parties=[APPLICANT, APPLICANT | {"name": "钱一", "id_number": None}, RESPONDENT]
    )
    asked(office)
    told = [(entry.visitor, entry.people) for entry in read(office).entries]
    assert sorted(told) == [("王**", 6), ("王**等", 2), ("赵**", 1)]


def test_of_a_restricted_visit_nothing_is_told(office: Office) -> None:
    registered(office, restricted=True, people_count=6)
    for reader in (office.window, office.director):
        (entry,) = read(office, reader).entries
        assert (entry.visitor, entry.matter, entry.people) == ("受限", "", None)


def test_several_matters_of_one_visit_stand_together(office: Office) -> None:
    every(office, matters=TWO_MATTERS)
    registered(office, now=MONDAY_10AM)
    entries = read(office).entries
    places = rules.places(entries)
    assert [places[entry.visit] for entry in entries] == [1, 1, 2]


def test_a_mistaken_registration_stays_with_its_reason(office: Office) -> None:
    registered(office).take(Step.VOID, {"reason": "登记时选错了人"})
    (entry,) = read(office).entries
    assert (entry.is_void, entry.void_reason) == (True, "登记时选错了人")


def test_the_reason_of_a_restricted_one_stays_sealed(office: Office) -> None:
    registered(office, restricted=True).take(Step.VOID, {"reason": "登记时选错了人"})
    (entry,) = read(office, office.director).entries
    assert (entry.is_void, entry.void_reason) == (True, "")


def test_a_consultation_that_became_a_dispute_says_which(office: Office) -> None:
    made = asked(office)
    dispute = registered(office, now=MONDAY_10AM)
    with transaction() as session:
        consultations.became(
            session, made, dispute.id, actor=office.window, desk=office.desk, now=MONDAY_10AM
        )
    first, _ = read(office).entries
    assert (first.kind, first.became) == (EntryKind.TURNED, dispute.row.number)


def test_what_became_a_restricted_dispute_stands_without_words_and_name(office: Office) -> None:
    made = asked(office)
    registered(office, restricted=True, consultation=made, now=MONDAY_10AM)
    first, _ = read(office, office.director).entries
    assert (first.id, first.visitor, first.matter, first.people) == (made, "受限", "", None)
    assert first.restricted


def test_a_unit_reads_what_came_to_it_and_the_director_all_or_one(office: Office) -> None:
    registered(office)
    registered(office, actor=office.mediator)
    asked(office, actor=office.mediator)
    assert len(read(office).entries) == 1
    assert len(read(office, office.liaison).entries) == 2
    assert len(read(office, office.director).entries) == 3
    centre = office.units["centre"]
    assert len(read(office, office.director, organisation=centre).entries) == 1
    assert len(read(office, organisation=office.units["committee"]).entries) == 1


def test_who_may_not_read_it_reads_nothing(office: Office) -> None:
    registered(office)
    assert read(office, office.leader).entries == ()


def test_danger_is_told_by_the_visitor_or_found_by_the_rules(office: Office) -> None:
    registered(office, facts={"danger": True})
    registered(office, facts={"danger": False})
    registered(office, facts={"domestic_violence": True})
    entries = read(office, office.director).entries
    assert [entry.urgent for entry in entries] == [True, False, True]


def test_a_view_is_cut_with_the_whole_number_told(office: Office) -> None:
    registered(office)
    asked(office, now=MONDAY_10AM)
    registered(office, now=MONDAY_11AM)
    found = read(office, most=2)
    assert ([entry.number for entry in found.entries], found.total, found.is_cut) == (
        ["LXZ2026-00001", "LXZZX2026-00001"],
        3,
        True,
    )


def test_many_visits_ask_the_database_no_more_than_few(office: Office) -> None:
    registered(office)
    asked(office)
    with asked_of_the_database() as few:
        read(office)
    for minute in range(1, 4):
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute))
        asked(office, now=MONDAY_9AM + timedelta(minutes=minute))
    with asked_of_the_database() as many:
        assert len(read(office).entries) == 8
    assert len(many) == len(few)


def test_the_log_counts_the_very_rows_of_the_register(office: Office) -> None:
    every(office, matters=TWO_MATTERS, people_count=5)
    registered(office, source=Source.PHONE, now=MONDAY_10AM)
    registered(office, now=MONDAY_10AM).take(Step.VOID, {"reason": "登记时选错了人"})
    registered(office, facts={"danger": True}, source=Source.GRID, now=MONDAY_11AM)
    asked(office, source=Source.PHONE, actor=office.actor(Role.WINDOW, name="second"))
    entries = read(office, office.director).entries
    counts = rules.counted(read(office, office.director, most=None).entries)
    assert counts.disputes + counts.consultations + counts.turned + counts.void == len(entries)
    assert counts.visits == counts.walk_in + counts.phone + counts.elsewhere == 4
    assert (counts.disputes, counts.consultations, counts.void) == (4, 1, 1)
    assert (counts.collective, counts.urgent) == (1, 1)
    assert sum(line.visits for line in counts.hours) == counts.visits
    assert sum(line.disputes for line in counts.clerks) == counts.disputes


def test_the_people_of_a_dispute_are_masked_in_its_story_too(office: Office) -> None:
    story = "王小满说李大有家和赵铁柱家的羊都进了菜地，请求"
    registered(office, narrative=story + "中心" * 10)
    asked(office, now=MONDAY_10AM, question="赵小满问房东不退押金怎么办")
    dispute, question = read(office).entries
    assert dispute.matter == "王**说李**家和赵铁柱家的羊都进了菜地，请求" + "中心" * 8 + "中…"
    assert question.matter == "赵**问房东不退押金怎么办"
