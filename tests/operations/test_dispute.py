"""Registering and correcting: what is kept, what is sealed, what is refused and not written."""

from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import (
    Acceptance,
    Authority,
    Channel,
    DisputeStatus,
    Level,
    OrganisationKind,
    Step,
)
from models import Dispute, DisputeText, Episode, Event, Notice, Party, Route, db
from service.errors import Forbidden, Invalid, NotFound
from service.operations import dispute as operations
from service.queries import dispute as queries
from service.queries import event as events
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT, every, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, TUESDAY
from tests.factories.office import Office
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("inside")
DANGER = {"domestic_violence": True}


def rows(table: type[Any]) -> int:
    """How many rows a table has."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_registered_dispute_stands_at_its_beginning(office: Office) -> None:
    row = registered(office).row
    told = (row.status, row.outcome, row.channel, row.level, row.version, row.restricted)
    assert told == (DisputeStatus.REGISTERED, None, Channel.PEOPLE, Level.NONE, 1, False)
    assert (row.registered_at, row.registered_on) == (MONDAY_9AM, MONDAY)
    assert row.registered_by == office.window.user_id
    assert row.registered_at_organisation_id == office.units["centre"]


def test_it_comes_with_one_episode_one_route_and_one_event(office: Office) -> None:
    handling = registered(office)
    (episode,) = db.session.scalars(sa.select(Episode))
    (route,) = db.session.scalars(sa.select(Route))
    event = db.session.scalars(sa.select(Event).where(Event.subject == "dispute")).one()
    assert (episode.dispute_id, episode.ordinal, episode.opened_on) == (handling.id, 1, MONDAY)
    assert (route.dispute_id, route.rule_id, route.lead) == (
        handling.id,
        "neighbour",
        "people_mediation_committee",
    )
    assert (event.action, event.actor_id, event.to_status, event.version, event.detail) == (
        "register",
        office.window.user_id,
        "registered",
        1,
        {"rule": "neighbour", "rule_version": 1},
    )


def test_each_matter_of_a_visit_is_a_dispute_of_its_own_linked_to_the_others(
    office: Office,
) -> None:
    matters = [
        {"category": "neighbour", "facts": {}},
        {"category": "traffic", "facts": {"injury": "slight"}},
    ]
    first, second = every(office, matters=matters)
    stored = {row.id: row for row in db.session.scalars(sa.select(Dispute))}
    assert stored[first.id].category == "neighbour"
    assert stored[second.id].category == "traffic"
    assert stored[second.id].facts == {"injury": "slight"}
    assert stored[first.id].visit_group == stored[second.id].visit_group is not None
    assert rows(Party) == 4


def test_a_single_matter_belongs_to_no_group(office: Office) -> None:
    assert registered(office).row.visit_group is None


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"category": "nonsense"}, {"category"}),
        ({"facts": {"dangr": True}}, {"facts.dangr"}),
        ({"occurred_on": TUESDAY}, {"occurred_on"}),
        ({"parties": [APPLICANT | {"phone": "1"}]}, {"parties.0.phone"}),
        (
            {
                "matters": [
                    {"category": "neighbour", "facts": {}},
                    {"category": "x", "facts": {"y": 1}},
                ]
            },
            {"matters.1.category", "matters.1.facts.y"},
        ),
        (
            {"category": "nonsense", "matters": [{"category": "neighbour", "facts": {}}]},
            {"category"},
        ),
        (
            {"facts": {"dangr": 1}, "matters": [{"category": "neighbour", "facts": {}}]},
            {"facts.dangr"},
        ),
    ],
)  # fmt: skip -- one case a line
def test_wrong_input_is_named_and_nothing_is_written(
    office: Office, changes: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        registered(office, **changes)
    assert set(refusal.value.fields) == fields
    assert (rows(Dispute), rows(Party), rows(Route)) == (0, 0, 0)


def test_who_may_not_register_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        registered(office, actor=office.leader)


@pytest.mark.parametrize("fact", ["domestic_violence", "minor_victim"])
def test_some_facts_restrict_a_dispute_by_themselves(office: Office, fact: str) -> None:
    assert registered(office, category="family", facts={fact: True}).row.restricted
    assert not registered(office, category="family", facts={fact: False}).row.restricted


def test_a_restricted_dispute_keeps_no_name_and_no_narrative_in_clear(office: Office) -> None:
    handling = registered(office, restricted=True)
    row = handling.row
    names = db.session.execute(sa.select(Party.name, Party.name_sealed)).all()
    assert (row.narrative, row.narrative_sealed is None) == (None, False)
    assert [(name, sealed is None) for name, sealed in names] == [(None, False), (None, False)]


def test_one_restricting_matter_restricts_the_whole_visit_whose_story_they_share(
    office: Office,
) -> None:
    matters = [{"category": "debt", "facts": {}}, {"category": "family", "facts": DANGER}]
    every(office, matters=matters)
    assert db.session.scalars(sa.select(Dispute.restricted)).all() == [True, True]


def test_a_fact_of_the_whole_visit_restricts_it_as_well(office: Office) -> None:
    matters = [{"category": "debt", "facts": {}}, {"category": "family", "facts": {}}]
    every(office, facts=DANGER, matters=matters)
    assert db.session.scalars(sa.select(Dispute.restricted)).all() == [True, True]


def test_the_same_person_is_found_by_the_same_index(office: Office) -> None:
    registered(office)
    registered(office)
    indexes = db.session.scalars(sa.select(Party.id_number_index).where(Party.position == 0)).all()
    sealed = db.session.scalars(sa.select(Party.id_number_sealed).where(Party.position == 0)).all()
    assert indexes[0] == indexes[1] is not None
    assert sealed[0] != sealed[1]


def test_the_same_matter_has_the_same_fingerprint_with_and_without_a_respondent_phone(
    office: Office,
) -> None:
    first = registered(office).row.fingerprint
    second = registered(office, parties=[APPLICANT, RESPONDENT | {"phone": None}]).row.fingerprint
    alone = registered(office, parties=[APPLICANT]).row.fingerprint
    assert first == second is not None
    assert alone is None


def test_danger_told_of_a_visit_protects_before_any_of_its_matters_is_mediated(
    office: Office,
) -> None:
    every(
        office,
        facts={"danger": True},
        matters=[{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}],
    )
    told = db.session.execute(sa.select(Route.accept, Route.lead)).all()
    assert told == [(Acceptance.PROTECT, OrganisationKind.POLICE_STATION)] * 2
    assert [row.facts for row in db.session.scalars(sa.select(Dispute))] == [{"danger": True}] * 2


def test_the_words_of_a_restricted_dispute_are_sealed_and_told_to_who_may_read_it(
    office: Office,
) -> None:
    handling = registered(office, restricted=True).until(DisputeStatus.MEDIATING)
    said = {"reasons": ["other_party_hides", "amount_apart"], "note": "张某不露面"}
    handling.take(Step.FAIL, said, actor=office.director)
    stored = db.session.scalars(sa.select(Event).where(Event.action == "fail")).one()
    assert (stored.reason, stored.detail) == (None, {"reasons": ["amount_apart", "other"]})
    told = events.of_dispute(handling.id, actor=office.mediator, desk=office.desk, now=MONDAY_9AM)
    assert told.items[-1].reason == "张某不露面；other_party_hides"


def test_a_dispute_that_comes_back_leaves_the_unit_and_its_registrar(office: Office) -> None:
    handling = registered(office, restricted=True).until(DisputeStatus.DISPATCHED)
    handling.take(Step.RETURN, {"reason": "不属本单位"}, actor=office.mediator)
    assert (handling.row.status, handling.row.organisation_id) == (DisputeStatus.REGISTERED, None)
    with pytest.raises(NotFound):
        queries.one(handling.id, actor=office.window, desk=office.desk, now=MONDAY_9AM)


def test_each_matter_has_a_story_and_an_amount_of_its_own_or_shares_them(office: Office) -> None:
    matters = [
        {"category": "neighbour", "facts": {}},
        {"category": "debt", "facts": {}, "narrative": "借了没还", "amount": 300},
    ]
    first, second = every(office, matters=matters, amount=100)
    stored = {row.id: row for row in db.session.scalars(sa.select(Dispute))}
    told = [(stored[each.id].narrative, stored[each.id].amount_fen) for each in (first, second)]
    assert told == [(NARRATIVE, 100), ("借了没还", 300)]


def test_an_agent_named_before_the_principal_is_stored_with_them(office: Office) -> None:
    agent = {"role": "agent", "name": "李律师", "represents": 1, "authority": "special"}
    handling = registered(office, parties=[agent, APPLICANT, RESPONDENT])
    view = queries.one(handling.id, actor=office.window, desk=office.desk, now=MONDAY_9AM)
    told = [(each.name, each.represents, each.authority) for each in view.parties]
    assert told == [("李**", 1, Authority.SPECIAL), ("王**", None, None), ("李**", None, None)]


def test_a_representative_and_the_interpreter_are_shown(office: Office) -> None:
    chosen = APPLICANT | {"representative": True}
    handling = registered(office, parties=[chosen, RESPONDENT], interpreter="乌日娜")
    view = queries.one(handling.id, actor=office.window, desk=office.desk, now=MONDAY_9AM)
    assert [each.representative for each in view.parties] == [True, False]
    assert view.interpreter == "乌**"


def test_a_child_among_the_parties_restricts_the_dispute(office: Office) -> None:
    child = APPLICANT | {"id_number": "150525201501010011"}
    assert registered(office, parties=[child, RESPONDENT]).row.restricted


def test_a_head_count_below_the_people_named_is_refused(office: Office) -> None:
    second = {"role": "applicant", "name": "周大有"}
    with pytest.raises(Invalid) as refusal:
        registered(office, parties=[APPLICANT, second], people_count=1)
    assert list(refusal.value.fields) == ["people_count"]
    assert rows(Dispute) == 0


def test_a_registration_asks_the_database_little_while_others_wait(office: Office) -> None:
    assert registered(office).row.registered_by != office.director.user_id  # who is told
    with statements() as sent:
        registered(office)
    told = [each.split()[:3] for each in sent if not each.startswith("SELECT set_config")]
    tables = [words[2] for words in told if words[0] == "INSERT"]
    assert sorted(tables) == sorted(
        (
            "audit_entry basis clock counter dispute dispute_text episode event notice party route"
        ).split()
    )
    selected = [words for words in told if words[0] == "SELECT"]
    assert len(selected) == 6  # rules, prefix, calendar, who is told, where they stand, the trail
    assert len(told) == 18  # the last moves the end of the trail


def test_several_matters_take_their_numbers_and_tell_of_themselves_at_once(
    office: Office,
) -> None:
    clerk, told_of = office.window, office.director.user_id
    matters = [{"category": "debt", "facts": {}}, {"category": "neighbour", "facts": {}}]
    assert office.desk.calendar.version == 1  # which is asked for once, before the first
    with statements() as two:
        made = every(office, actor=clerk, matters=matters)
    with statements() as three:
        more = every(office, actor=clerk, matters=[*matters, {"category": "labour", "facts": {}}])
    apart = [[each for each in sent if "INTO event" not in each] for sent in (two, three)]
    assert len(apart[0]) == len(apart[1])  # events SQLite numbers one by one
    assert [each.number[-5:] for each in (*made, *more)] == [f"{n:05d}" for n in range(1, 6)]
    told = db.session.scalars(sa.select(Notice.dispute_id).where(Notice.user_id == told_of)).all()
    assert len(told) == 5
    assert set(told) == {each.id for each in (*made, *more)}
    assert rows(DisputeText) == 5


def test_everything_wrong_with_a_visit_is_told_at_once_and_nothing_is_written(
    office: Office,
) -> None:
    with pytest.raises(Invalid) as refusal:
        registered(
            office,
            parties=[APPLICANT | {"phone": "12"}, RESPONDENT],
            category="nothing",
            facts={"injury": "?"},
            occurred_on=TUESDAY,
            people_count=0,
        )
    assert sorted(refusal.value.fields) == [
        "category",
        "facts.injury",
        "occurred_on",
        "parties.0.phone",
        "people_count",
    ]
    assert rows(Dispute) == 0


def test_what_is_not_said_yet_is_not_judged(office: Office) -> None:
    assert operations.faults({}, desk=office.desk, now=MONDAY_9AM) == {}
    told = {"parties": [{"phone": "12"}], "matters": [{"category": "nothing"}, {}]}
    assert sorted(operations.faults(told, desk=office.desk, now=MONDAY_9AM)) == [
        "matters.0.category",
        "parties.0.phone",
    ]
