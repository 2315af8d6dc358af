"""Corrections 更正: what they change, what they restrict, what they leave alone."""

from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import (
    Channel,
    Danger,
    DisputeStatus,
    NoticeKind,
    Role,
)
from models import Event, Party, Route, db
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import correction as operations
from service.queries import dispute as queries
from service.queries import notice as notices
from tests.factories.dispute import NARRATIVE, Handling, let_in, registered
from tests.factories.moment import MONDAY_9AM, TUESDAY
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
DANGER = {"domestic_violence": True}
D = Danger


def correct(handling: Handling, version: int = 1, **changes: Any) -> None:
    """A correction by the director."""
    office = handling.office
    operations.correct(
        handling.id,
        changes,
        version=version,
        actor=office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def test_a_correction_changes_what_it_names_and_nothing_else(office: Office) -> None:
    handling = registered(office, amount=100, people_count=2)
    correct(handling, amount=None, place={"village": "东街社区", "detail": "3 号"})
    view = queries.one(handling.id, actor=office.director, desk=office.desk, now=MONDAY_9AM)
    assert (view.amount_fen, view.people_count, view.narrative) == (None, 2, NARRATIVE)
    assert (view.place.village, view.place.detail) == ("东街社区", "3 号")
    assert view.version == 2


def test_a_correction_writes_one_event_that_names_fields_and_no_values(office: Office) -> None:
    handling = registered(office)
    correct(handling, narrative="另有说法", source_reference="热线 9")
    event = db.session.scalars(sa.select(Event).where(Event.action == "correct")).one()
    assert (event.detail, event.version) == ({"fields": ["narrative", "source_reference"]}, 2)


def test_a_correction_of_category_or_facts_is_routed_anew(office: Office) -> None:
    handling = registered(office)
    correct(handling, category="traffic")
    assert handling.row.channel is Channel.ADMINISTRATIVE
    assert db.session.scalars(sa.select(Route.rule_id).order_by(Route.rule_id)).all() == [
        "neighbour",
        "traffic",
    ]


def test_a_correction_after_the_dispatch_leaves_the_channel_alone(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.ACCEPTED)
    correct(handling, version=handling.row.version, category="traffic")
    assert (handling.row.category, handling.row.channel) == ("traffic", Channel.PEOPLE)


def test_a_correction_that_brings_a_restricting_fact_restricts_the_dispute(
    office: Office,
) -> None:
    handling = registered(office, category="family")
    correct(handling, facts=DANGER)
    row = handling.row
    names = db.session.execute(sa.select(Party.name)).scalars().all()
    assert (row.restricted, row.narrative, names) == (True, None, [None, None])
    view = queries.one(handling.id, actor=office.window, desk=office.desk, now=MONDAY_9AM)
    assert (view.narrative, view.parties[0].name) == (NARRATIVE, "王**")


def test_a_restricted_dispute_stays_so_when_the_fact_is_taken_back(office: Office) -> None:
    handling = registered(office, category="family", facts=DANGER)
    correct(let_in(handling, office.director), facts={})
    assert handling.row.restricted


def test_a_correction_on_an_old_version_says_what_changed_meanwhile(office: Office) -> None:
    handling = registered(office)
    correct(handling, narrative="另有说法")
    correct(handling, version=2, amount=5, source_reference="热线 9")
    with pytest.raises(Stale) as refusal:
        correct(handling, amount=7)
    assert refusal.value.changed == ["amount", "narrative", "source_reference"]
    assert handling.row.amount_fen == 5


def test_a_step_changes_the_status_in_the_words_of_a_stale_correction(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.DISPATCHED)
    with pytest.raises(Stale) as refusal:
        correct(handling, amount=7)
    assert refusal.value.changed == ["status"]


def test_who_may_only_read_it_may_not_correct_it(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.DISPATCHED)
    with pytest.raises(Forbidden):
        operations.correct(
            handling.id,
            {"amount": 5},
            version=2,
            actor=office.liaison,
            desk=office.desk,
            now=MONDAY_9AM,
        )


def test_who_may_not_see_it_is_told_that_it_is_not_there(office: Office) -> None:
    handling = registered(office)
    stranger = office.actor(Role.WINDOW, name="second")
    with pytest.raises(NotFound):
        operations.correct(
            handling.id,
            {"amount": 5},
            version=1,
            actor=stranger,
            desk=office.desk,
            now=MONDAY_9AM,
        )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"category": "nonsense"}, ["category"]),
        ({"facts": {"dangr": True}}, ["facts.dangr"]),
        ({"occurred_on": TUESDAY}, ["occurred_on"]),
        (
            {"facts": {"dangr": True}, "category": "nonsense", "occurred_on": TUESDAY},
            ["category", "occurred_on", "facts.dangr"],
        ),
    ],
)
def test_a_wrong_correction_is_named_and_changes_nothing(
    office: Office, changes: dict[str, Any], fields: list[str]
) -> None:
    handling = registered(office)
    with pytest.raises(Invalid) as refusal:
        correct(handling, **changes)
    assert list(refusal.value.fields) == fields
    assert handling.row.version == 1


@pytest.mark.parametrize("status", [DisputeStatus.CLOSED, DisputeStatus.ARCHIVED])
def test_what_has_ended_is_not_corrected(office: Office, status: DisputeStatus) -> None:
    ended = registered(office).until(status)
    with pytest.raises(Conflict):
        correct(ended, version=ended.row.version, people_count=3)
    assert ended.row.people_count is None


def test_danger_the_story_speaks_of_waits_until_somebody_is_asked(office: Office) -> None:
    handling = registered(office, narrative="他拿刀上门，说要砍人")
    told = [handling.row.danger]
    steps: list[dict[str, Any]] = [
        {"facts": {"danger": False}},
        {"facts": {"danger": True}},
        {"facts": {"danger": False}},
        {"facts": {}},
        {"narrative": "两家为排水沟争吵"},
        {"narrative": "他说要砍人"},
    ]
    for version, changes in enumerate(steps, 1):
        correct(handling, version=version, **changes)
        db.session.expire_all()
        told.append(handling.row.danger)
    assert told == [D.UNASKED, D.NONE, D.PRESENT, D.NONE, D.UNASKED, D.NONE, D.UNASKED]


def test_whoever_dispatches_is_called_to_what_may_be_dangerous(office: Office) -> None:
    director = office.director
    plain = registered(office)
    spoken = registered(office, narrative="他拿刀上门，说要砍人")
    found = notices.page(actor=director, desk=office.desk, now=MONDAY_9AM).items
    assert [(each.number, each.kind, each.urgent) for each in found] == [
        (spoken.row.number, NoticeKind.DANGER, True),
        (plain.row.number, NoticeKind.REGISTERED, False),
    ]
