"""The calendar by program: a year, an explained date, a draft, what it moves, its signature."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from config.vocabulary import STAFF, Role
from tests.factories.calendar import YEAR_2027, clock
from tests.factories.dispute import registered
from tests.factories.office import Office
from tests.factories.program import of_role

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
YEAR = "/api/v1/calendar/2027"
DRAFT: dict[str, Any] = YEAR_2027.as_json() | {"source": "国办发明电〔2026〕9号"}


def test_a_year_is_drawn_up_looked_at_and_signed(office: Office) -> None:
    with office.app.app_context():
        handled = registered(office)
        term = clock(office, handled.id, "MEDI.PM", date(2026, 12, 25))
        number = handled.row.number
    planner, director = of_role(office, Role.PLANNER), of_role(office, Role.DIRECTOR)
    before = planner.get(YEAR).get_json()
    assert (before["published"], before["calendar"], before["off"]) == (False, 1, [])
    made = planner.post(f"{YEAR}/drafts", DRAFT, key="d")
    assert (made.status_code, made.get_json()["signed_at"]) == (201, None)
    path = made.headers["Location"]
    assert planner.get(path).get_json() == made.get_json()
    moved = director.get(f"{path}/moves?count=true").get_json()
    assert moved["items"] == [
        {
            "clock": str(term),
            "number": number,
            "restricted": False,
            "organisation": None,
            "rule": "MEDI.PM",
            "due_before": "2027-02-05",
            "due_after": "2027-02-15",
            "provisional_before": True,
            "provisional_after": False,
        }
    ]
    assert (moved["counts"]["later"], moved["next_cursor"]) == (1, None)
    assert director.post(f"{path}/sign").status_code == 428
    assert director.post(f"{path}/sign", version='"9"').status_code == 412
    signed = director.post(f"{path}/sign", version=made.headers["ETag"])
    assert (signed.status_code, signed.get_json()) == (200, moved["counts"])
    after = planner.get(YEAR).get_json()
    assert (after["published"], after["calendar"]) == (True, 2)
    assert [each["from"] for each in after["off"]] == ["2027-01-01", "2027-02-05", "2027-04-03"]
    assert [each["signed_by"] for each in after["versions"]] == [office.director.name]


def test_what_is_wrong_with_a_draft_is_told_at_its_row(office: Office) -> None:
    planner = of_role(office, Role.PLANNER)
    wrong = DRAFT | {"work": [{"name": "春节", "on": "2027-02-15"}]}
    refused = planner.post(f"{YEAR}/drafts", wrong, key="w")
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == ["work.0.on"]
    short = planner.post(f"{YEAR}/drafts", {"off": [{"name": "元旦"}], "x": 1}, key="s")
    assert sorted(short.get_json()["errors"]) == ["off.0.from", "off.0.to", "source", "x"]
    assert planner.post(f"{YEAR}/drafts", DRAFT, key="a").status_code == 201
    assert planner.post(f"{YEAR}/drafts", DRAFT, key="b").status_code == 409


def test_who_may_do_what(office: Office) -> None:
    planner = of_role(office, Role.PLANNER)
    path = planner.post(f"{YEAR}/drafts", DRAFT, key="d").headers["Location"]
    policy = office.desk.policy.access
    for role in sorted(STAFF):
        program = of_role(office, role)
        reads = 200 if policy.reach(role, "calendar.read") else 403
        assert program.get(YEAR).status_code == reads, role
        assert program.get(path).status_code == reads, role
        assert program.get(f"{path}/moves").status_code == reads, role
        if role is not Role.PLANNER:
            assert program.post(f"{YEAR}/drafts", DRAFT, key=role).status_code == 403, role
        if role is not Role.DIRECTOR:
            assert program.post(f"{path}/sign", version='"1"').status_code == 403, role
    assert planner.get(f"{YEAR}/drafts/{uuid4()}").status_code == 404
    assert planner.get(path.replace("2027", "2028")).status_code == 404
    assert planner.get("/api/v1/calendar/1066").status_code == 404


def test_a_date_is_explained_with_the_calendar_in_force(office: Office) -> None:
    window = of_role(office, Role.WINDOW)
    asked = {"rule": "MEDI.PM", "from": "2026-12-25"}
    found = window.get("/api/v1/calendar/explain", query_string=asked).get_json()
    assert (found["due_on"], found["provisional"], len(found["days"])) == ("2027-02-05", True, 42)
    planner, director = of_role(office, Role.PLANNER), of_role(office, Role.DIRECTOR)
    made = planner.post(f"{YEAR}/drafts", DRAFT, key="d")
    director.post(f"{made.headers['Location']}/sign", version=made.headers["ETag"])
    found = window.get("/api/v1/calendar/explain", query_string=asked).get_json()
    assert (found["due_on"], found["provisional"]) == ("2027-02-15", False)
    assert found["basis"] == [{"law": "医疗纠纷预防和处理条例", "article": "38", "grade": "A"}]


@pytest.mark.parametrize(
    ("rule", "start", "field"),
    [
        ("NOPE", "2026-12-25", "rule"),
        ("LAB.MED", "yesterday", "from"),
        ("LAB.MED", "2026-12-25T08:00+08:00", "from"),
        ("LAB.MED", "9999-12-25", "from"),
        ("DV.ORDER", "2026-12-25", "from"),
        ("DV.ORDER", "0001-01-01T00:00+08:00", "from"),
        ("LAB.MED", "", "from"),
        ("", "2026-12-25", "rule"),
    ],
)
def test_what_cannot_be_explained_is_refused_at_its_field(
    office: Office, rule: str, start: str, field: str
) -> None:
    asked = {"rule": rule, "from": start}
    found = of_role(office, Role.WINDOW).get("/api/v1/calendar/explain", query_string=asked)
    assert (found.status_code, list(found.get_json()["errors"])) == (422, [field])


def test_hours_run_on_from_an_instant(office: Office) -> None:
    asked = {"rule": "DV.ORDER", "from": "2026-12-31T10:00+08:00"}
    found = of_role(office, Role.WINDOW).get("/api/v1/calendar/explain", query_string=asked)
    assert found.get_json()["due_on"] == "2027-01-03T10:00:00+08:00"


def test_the_days_of_hours_are_the_offices(office: Office) -> None:
    asked = {"rule": "DV.ORDER.URG", "from": "2026-11-21T17:00Z"}
    found = of_role(office, Role.WINDOW).get("/api/v1/calendar/explain", query_string=asked)
    shown = found.get_json()
    assert (shown["from"], shown["in_force"]) == ("2026-11-22T01:00:00+08:00", True)
    assert [each["date"] for each in shown["days"]] == ["2026-11-23"]
