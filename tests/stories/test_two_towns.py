"""Two towns in one deployment: neither learns from any list or notice what is the other's."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from config.access import Reach
from config.evaluation import as_table
from config.vocabulary import HoldGround, OrganisationKind, Role, Step
from models import Notice, Organisation, db, transaction
from service.clock import utc_now
from service.operations import hold
from service.operations import organisation as organisations
from service.operations.organisation import OrganisationDraft
from service.queries.user import LOOK_AT_THE_TREE
from tests.factories.calendar import clock, drafted
from tests.factories.dispute import APPLICANT, registered
from tests.factories.evaluation import SCHEME
from tests.factories.office import Office
from tests.factories.program import Program, program
from tests.factories.visitor import Visitor

K = OrganisationKind
ASKED = {
    "kind": "access",
    "name": APPLICANT["name"],
    "id_number": APPLICANT["id_number"],
    "identity_check": "card",
    "everything": True,
    "received_on": "2026-01-05",
}
CASE = {
    "procedure": "litigation",
    "instance": "first",
    "court": "柳溪旗人民法院",
    "case_number": "（2026）内9999行初9001号",
    "cause": "行政强制",
    "act": "强制拆除羊圈",
    "plaintiffs": ["乌云其木格"],
    "served_on": "2026-03-02",
}


@pytest.fixture
def towns(office: Office) -> Office:
    """The office under one town government, and another town with a centre of its own."""
    units, now = office.units, utc_now()

    def unit(key: str, kind: K, name: str, parent: str | None) -> None:
        made = OrganisationDraft(kind=kind, name=name, parent=units[parent] if parent else None)
        with office.app.app_context():
            units[key] = organisations.create(made, actor=None, now=now)

    unit("town", K.TOWN_GOVERNMENT, "柳溪镇人民政府", None)
    with office.app.app_context(), transaction() as session:
        for key in ("centre", "committee", "station", "justice"):
            session.get_one(Organisation, units[key]).parent_id = units["town"]
    unit("north", K.TOWN_GOVERNMENT, "北河镇人民政府", None)
    unit("north-centre", K.GOVERNANCE_CENTRE, "北河镇综治中心", "north")
    return office


def north(office: Office, role: Role) -> Program:
    """The program of somebody in the other town."""
    return program(office, office.actor(role, "north-centre"))


def here(office: Office, step: Step | None = None) -> str:
    """The number of a dispute of the first town, registered just now; one step on, if wished."""
    with office.app.app_context():
        made = registered(office, now=utc_now() - timedelta(minutes=5))
        if step is not None:
            made.take(step, now=utc_now())
        return made.row.number


def test_every_role_whose_rights_look_at_the_tree_is_placed_in_it(office: Office) -> None:
    policy = office.desk.policy.access
    bound = {Reach.TOWN, Reach.ORGANISATION, Reach.SEALED, Reach.BRIEF}
    roles = {
        role
        for role in Role
        if any(policy.reach(role, action) & bound for action in policy.actions)
    }
    assert roles <= LOOK_AT_THE_TREE


def test_of_what_comes_in_the_other_towns_director_is_not_told(towns: Office) -> None:
    ours, theirs = (towns.actor(Role.DIRECTOR, each) for each in ("centre", "north-centre"))
    here(towns)
    with towns.app.app_context():
        told = db.session.scalars(sa.select(Notice.user_id)).all()
    assert (told.count(ours.user_id), told.count(theirs.user_id)) == (1, 0)


def test_a_leader_sees_brief_rows_of_their_own_town(towns: Office) -> None:
    number = here(towns)
    path = "/api/v1/disputes?count=true"
    own = program(towns, towns.actor(Role.LEADER, "centre")).get(path).get_json()
    assert ([each["number"] for each in own["items"]], own["total"]) == ([number], 1)
    other = north(towns, Role.LEADER).get(path).get_json()
    assert (other["items"], other["total"]) == ([], 0)


def test_a_request_of_the_people_concerned_stays_in_the_town_it_came_in(towns: Office) -> None:
    number = here(towns)
    clerk = program(towns, towns.actor(Role.WINDOW, "centre"))
    made = clerk.post("/api/v1/data-requests", ASKED, key=uuid4().hex).get_json()
    assert made["numbers"] == [number]
    path = f"/api/v1/data-requests/{made['id']}"
    for role in (Role.WINDOW, Role.DIRECTOR):
        other = north(towns, role)
        assert other.get("/api/v1/data-requests").get_json()["items"] == []
        assert other.get(path).status_code == 404
        page = Visitor(towns.app, towns.actor(role, "north-centre"))
        assert page.get(f"/data-requests/{made['id']}/sheet").status == 404
    decided = north(towns, Role.DIRECTOR).post(
        f"{path}/steps/decide", {"decision": "granted"}, version='"1"'
    )
    assert decided.status_code == 404
    theirs = north(towns, Role.WINDOW).post("/api/v1/data-requests", ASKED, key=uuid4().hex)
    assert theirs.get_json()["numbers"] == []


def test_neither_an_id_number_nor_a_duplicate_tells_of_the_other_town(towns: Office) -> None:
    number = here(towns)
    body = {"category": "neighbour", "parties": [APPLICANT]}
    for unit, found in (("justice", [number]), ("north-centre", [])):
        clerk = towns.actor(Role.WINDOW, unit)
        alike = program(towns, clerk).post("/api/v1/duplicates", body).get_json()["items"]
        assert [each["number"] for each in alike] == found
        visitor = Visitor(towns.app, clerk)
        searched = visitor.fill(visitor.get("/"), "/search", q=str(APPLICANT["id_number"]))
        assert (number in searched.html) == bool(found)


def test_what_is_held_back_in_one_town_stands_on_no_list_of_the_other(towns: Office) -> None:
    number = here(towns)
    ours = towns.actor(Role.DIRECTOR, "centre")
    ground = next(iter(HoldGround))
    with towns.app.app_context():
        hold.place(number, ground, actor=ours, desk=towns.desk, now=utc_now())
    assert len(program(towns, ours).get("/api/v1/holds").get_json()["items"]) == 1
    assert north(towns, Role.DIRECTOR).get("/api/v1/holds").get_json()["items"] == []
    page = Visitor(towns.app, towns.actor(Role.DIRECTOR, "north-centre")).get("/retention")
    assert number not in page.html


def test_who_is_away_and_carries_what_is_the_towns_own_business(towns: Office) -> None:
    here(towns, Step.DISPATCH)
    name = towns.mediator.name
    for unit, stands in (("centre", True), ("north-centre", False)):
        page = Visitor(towns.app, towns.actor(Role.DIRECTOR, unit)).get("/leave")
        assert (f"/users/{towns.mediator.user_id}/hand-over" in page.html) == stands
        assert (name in page.html) == stands


def test_what_a_year_moves_is_listed_to_who_may_know_of_the_disputes(towns: Office) -> None:
    with towns.app.app_context():
        made = registered(towns, now=utc_now())
        clock(towns, made.id, "MEDI.PM", date(2026, 12, 25))
        number = made.row.number
        path = f"/calendar/2027/drafts/{drafted(towns)}"
    people = [
        (towns.actor(Role.DIRECTOR, "centre"), True),
        (towns.actor(Role.PLANNER, "centre"), True),
        (towns.actor(Role.LEADER, "centre"), True),
        (towns.actor(Role.MEDIATOR, "station"), False),
        (towns.actor(Role.DIRECTOR, "north-centre"), False),
        (towns.actor(Role.PLANNER, "north-centre"), False),
        (towns.actor(Role.LEADER, "north-centre"), False),
    ]
    for who, stands in people:
        told = program(towns, who).get(f"/api/v1{path}/moves?count=true").get_json()
        assert [each["number"] for each in told["items"]] == [number] * stands
        assert told["counts"]["later"] == 1
        assert (number in Visitor(towns.app, who).get(path).html) == stands


def test_an_auditor_of_a_town_reads_its_own_trail(towns: Office) -> None:
    number = here(towns)
    path = "/api/v1/audit?limit=100"
    for unit, stands in (("centre", True), ("north-centre", False)):
        auditor = program(towns, towns.actor(Role.AUDITOR, unit))
        named = [each.get("name") for each in auditor.get(path).get_json()["items"]]
        assert (number in named) == stands


def test_a_colleague_of_the_other_town_is_as_nobody(towns: Office) -> None:
    director = north(towns, Role.DIRECTOR)
    asked = [
        director.post(f"/api/v1/users/{each}/hand-over", {"successor": str(uuid4())})
        for each in (towns.mediator.user_id, uuid4())
    ]
    told = [(each.status_code, each.get_json()["detail"]) for each in asked]
    assert told == [(404, "没有找到这个账户")] * 2


@pytest.mark.daily("postgresql")  # whose second wall refuses what is not refused before it
def test_a_case_is_nothing_to_the_other_town_and_none_of_its_units_can_be_charged(
    towns: Office,
) -> None:
    theirs = north(towns, Role.LEGAL)
    ours = program(towns, towns.actor(Role.LEGAL, "centre"))
    path = "/api/v1/lawsuits"

    def case(unit: str) -> dict[str, Any]:
        told: dict[str, Any] = {"organisation": str(towns.units[unit])}
        return CASE | told

    def refused(answer: TestResponse, field: str) -> None:
        told = answer.get_json()
        assert (answer.status_code, list(told.get("errors", {}))) == (422, [field])

    refused(ours.post(path, case("north"), key=uuid4().hex), "organisation")
    made = ours.post(path, case("town"), key=uuid4().hex)
    assert made.status_code == 201, made.text
    mine = f"{path}/{made.get_json()['id']}"
    # the number of a case of ours is not told to who writes the same one down elsewhere
    with towns.app.app_context():
        dispute = registered(towns, now=utc_now() - timedelta(minutes=5))
        behind = {"dispute": dispute.row.number, "court": "北河旗人民法院"}
    for more in ({}, behind):
        other = theirs.post(path, case("north") | more, key=uuid4().hex)
        assert other.status_code == 201, other.text
    page = Visitor(towns.app, towns.actor(Role.DIRECTOR, "centre")).get(f"/disputes/{dispute.id}")
    assert "北河旗人民法院" not in page.html
    refused(ours.post(path, case("town"), key=uuid4().hex), "case_number")
    decided = {"decided_on": "2026-04-01", "served_on": "2026-04-02", "outcome": "revoked"}
    assert ours.post(f"{mine}/steps/decide", decided, version='"1"').status_code == 200
    foreign = {"organisation": str(towns.units["north"]), "due_on": "2026-05-01", "words": "重作"}
    imposed = {"source": "judgment"} | foreign
    refused(ours.post(f"{mine}/duties", imposed, key=uuid4().hex), "organisation")
    review = {
        "causes": ["facts"],
        "reviewers": "司法所",
        "reviewed_on": "2026-04-03",
        "mends": [foreign],
    }
    written = ours.post(f"{mine}/case_review", review, key=uuid4().hex)
    refused(written, "mends.0.organisation")


@pytest.mark.daily("sqlite")
def test_what_is_announced_of_the_other_towns_units_is_not_answered(towns: Office) -> None:
    units, now = towns.units, utc_now()
    made = OrganisationDraft(
        kind=K.POLICE_STATION, name="北河派出所", parent=units["north"], prefix=None
    )
    with towns.app.app_context():
        units["north-station"] = organisations.create(made, actor=None, now=now)
    year = utc_now().year - 1
    path = f"/api/v1/evaluations/{year}"
    planner, leader = (
        program(towns, towns.actor(role, "centre")) for role in (Role.PLANNER, Role.LEADER)
    )
    drafted_now = planner.post(f"{path}/schemes", as_table(SCHEME), key=uuid4().hex)
    publish = f"{path}/schemes/{drafted_now.get_json()['id']}/publish"
    assert leader.post(publish, version='"1"').status_code == 200
    announced = planner.post(f"{path}/announce", {}, key=uuid4().hex)
    assert announced.status_code == 201, announced.text
    assert "北河派出所" not in announced.text
    shown = planner.get(path).text
    assert "北河派出所" not in shown
    assert "柳溪派出所" in shown
