"""Candidates: found by what the form says so far, few, and never more than may be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import MatchReason, Role, Step
from models import db
from service.desk import Desk
from service.queries import duplicate as queries
from service.queries.duplicate import Candidate
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT, every, let_in, registered
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id

pytestmark = pytest.mark.usefixtures("inside")
R = MatchReason
PLACE = {"village": "东沙村", "detail": "三组 12 号"}


def look(office: Office, actor: Actor | None = None, **told: Any) -> list[Candidate]:
    """What is found, as the director sees it an hour later."""
    chosen = told.pop("chosen", ())
    desk = told.pop("desk", office.desk)
    asked = queries.typed(told, desk=desk, now=MONDAY_10AM)
    return queries.candidates(
        asked, actor=actor or office.director, desk=desk, now=MONDAY_10AM, chosen=chosen
    )


def narrow(office: Office, **bounds: Any) -> Desk:
    """A desk whose policy looks at few rows of what many have."""
    policy = office.desk.policy
    return replace(
        office.desk, policy=replace(policy, duplicates=replace(policy.duplicates, **bounds))
    )


def codes(found: list[Candidate]) -> list[list[MatchReason]]:
    return [[reason.code for reason in each.reasons] for each in found]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):  # SQLite's BEGIN is one too
            sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_nothing_typed_finds_nothing(office: Office) -> None:
    registered(office)
    assert look(office) == []
    assert look(office, category="neighbour", parties=[{"role": "applicant"}]) == []


@pytest.mark.parametrize(
    ("party", "code"),
    [
        ({"id_number": resident_id(1)}, R.ID_NUMBER),
        ({"id_number": resident_id(1).lower() + " "}, R.ID_NUMBER),
        ({"phone": f"+86 {mobile(1)}"}, R.PHONE),
    ],
)
def test_a_number_finds_its_dispute_however_it_is_typed(
    office: Office, party: dict[str, str], code: MatchReason
) -> None:
    made = registered(office)
    found = look(office, parties=[{"role": "applicant"} | party])
    assert [each.id for each in found] == [made.id]
    assert codes(found) == [[code]]


def test_a_number_that_does_not_check_is_left_out_not_refused(office: Office) -> None:
    registered(office)
    wrong = {"role": "applicant", "id_number": "150525", "phone": "12"}
    assert look(office, parties=[wrong]) == []


def test_a_name_finds_at_the_same_village_and_lately_in_the_same_category(office: Office) -> None:
    registered(office, place=PLACE)
    named = {"role": "applicant", "name": "王小满"}
    assert codes(look(office, parties=[named], place={"village": "东沙村"})) == [[R.NAME_VILLAGE]]
    assert codes(look(office, parties=[named], category="neighbour")) == [[R.NAME, R.CATEGORY]]
    assert look(office, parties=[named]) == []


def test_the_same_two_people_are_found_the_other_way_round(office: Office) -> None:
    registered(office)
    parties = [{"role": "applicant", "name": "李大有"}, {"role": "respondent", "name": "王小满"}]
    (found,) = look(office, parties=parties)
    assert found.reasons[0].text == "双方当事人相同，今年登记过"


def test_the_same_door_is_found_though_its_place_is_sealed(office: Office) -> None:
    registered(office, place=PLACE)
    at = {"village": "东沙村", "detail": "三组12号"}
    assert codes(look(office, category="neighbour", place=at)) == [[R.PLACE, R.DETAIL]]


def test_a_story_told_again_is_found_among_the_newest_of_its_category(office: Office) -> None:
    story = NARRATIVE + "，去年说好了修，到现在也没有修，请中心帮忙调解一下"
    registered(office, narrative=story)
    assert codes(look(office, category="neighbour", narrative=story + "。")) == [
        [R.NARRATIVE, R.CATEGORY]
    ]


def test_an_agent_is_in_many_disputes_that_have_nothing_in_common(office: Office) -> None:
    agent = {"role": "agent", "name": "律一", "phone": mobile(9)}
    registered(office, parties=[APPLICANT, RESPONDENT, agent])
    assert look(office, parties=[agent]) == []


def test_few_are_shown_the_likeliest_first(office: Office) -> None:
    for _ in range(6):
        registered(office)
    best = registered(office, parties=[APPLICANT, RESPONDENT | {"phone": mobile(5)}])
    found = look(office, parties=[APPLICANT, {"role": "respondent", "phone": mobile(5)}])
    assert len(found) == 5
    assert found[0].id == best.id


@pytest.mark.parametrize(
    "told",
    [
        {"parties": [{"role": "applicant", "phone": mobile(1)}]},
        {
            "parties": [{"role": "applicant", "name": "王小满"}],
            "place": {"village": "东沙村"},
        },
        {
            "parties": [
                {"role": "applicant", "name": "王小满"},
                {"role": "respondent", "name": "李大有"},
            ]
        },
    ],
)
def test_of_what_many_have_the_newest_are_found(office: Office, told: dict[str, Any]) -> None:
    cases = [
        registered(office, place=PLACE, now=MONDAY_9AM - timedelta(hours=hours))
        for hours in (3, 0, 1, 2)  # the newest is neither the first nor the last written
    ]
    desk = narrow(office, of_key=1, of_sign=2, newest=2)
    found = look(office, desk=desk, **told)
    assert [each.id for each in found] == [cases[1].id, cases[2].id]


def test_a_rare_name_finds_its_dispute_however_long_ago(office: Office) -> None:
    rare = registered(office, parties=[APPLICANT, RESPONDENT | {"name": "慕容雪"}])
    for minute in range(1, 4):
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute))
    parties = [
        {"role": "applicant", "name": "王小满"},
        {"role": "respondent", "name": "慕容雪"},
    ]
    found = look(office, desk=narrow(office, of_key=2, newest=1), parties=parties)
    assert [each.id for each in found] == [rare.id]


def test_what_was_chosen_stays_in_sight(office: Office) -> None:
    made = registered(office)
    assert [each.id for each in look(office, chosen=[made.row.number])] == [made.id]
    stranger = office.actor(Role.WINDOW, "justice")
    assert look(office, stranger, chosen=[made.row.number]) == []


def test_a_mistaken_entry_is_nobodys_double(office: Office) -> None:
    made = registered(office)
    made.take(Step.VOID, {"reason": "登记错了"})
    assert look(office, parties=[APPLICANT]) == []


def test_a_foreign_dispute_shows_number_unit_and_reasons_only(office: Office) -> None:
    made = registered(office)
    made.take(Step.DISPATCH)
    stranger = office.actor(Role.WINDOW, "justice")
    (found,) = look(office, stranger, parties=[APPLICANT])
    assert found == Candidate(
        number=made.row.number,
        organisation="柳溪镇人民调解委员会",
        reasons=found.reasons,
    )
    assert [each.code for each in found.reasons] == [R.ID_NUMBER, R.PHONE]


def test_a_restricted_dispute_does_not_exist_for_who_may_not_read_it(office: Office) -> None:
    made = registered(office, restricted=True)
    assert look(office, office.actor(Role.WINDOW, "justice"), parties=[APPLICANT]) == []
    assert look(office, office.liaison, parties=[APPLICANT]) == []
    assert look(office, office.director, parties=[APPLICANT]) == []
    let_in(made, office.director)
    (found,) = look(office, office.director, parties=[APPLICANT])
    assert (found.id, found.parties, found.summary) == (made.id, "受限", "")


def test_parties_are_masked_for_everybody(office: Office) -> None:
    registered(office)
    (found,) = look(office, parties=[APPLICANT])
    assert (found.parties, found.summary) == ("王** 与 李**", NARRATIVE)


def test_the_number_of_statements_does_not_grow(office: Office) -> None:
    told = {"category": "neighbour", "place": PLACE, "parties": [APPLICANT, RESPONDENT]}
    registered(office, place=PLACE)
    director = office.director
    with statements() as one:
        look(office, director, **told)
    for _ in range(8):
        registered(office, place=PLACE)
    with statements() as many:
        look(office, director, **told)
    assert len(one) == len(many) == 5


def test_a_dispute_is_no_pairing_of_itself_and_of_nothing_unknown(office: Office) -> None:
    made, other = registered(office), registered(office)
    numbers = [made.row.number, other.row.number, "LXZ2026-99999"]
    paired = queries.pairings(
        made.id, numbers, actor=office.director, desk=office.desk, now=MONDAY_10AM
    )
    assert list(paired) == [other.row.number]
    assert paired[other.row.number].reasons == (
        R.ID_NUMBER,
        R.PAIR,
        R.PHONE,
        R.NARRATIVE,
        R.CATEGORY,
    )


def test_the_matters_of_one_visit_are_there_to_be_found_by_the_next(office: Office) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    every(office, matters=matters, now=MONDAY_9AM)
    assert len(look(office, parties=[APPLICANT])) == 2


def test_the_people_of_a_dispute_are_masked_in_its_story_too(office: Office) -> None:
    registered(office, narrative="王小满与李大有因院墙滴水争吵，赵铁柱在场")
    (found,) = look(office, parties=[APPLICANT])
    assert found.summary == "王**与李**因院墙滴水争吵，赵铁柱在场"
