"""The plan's reports for programs: made by one, published by another, frozen, as a Word file."""

from io import BytesIO
from uuid import uuid4

import docx
import pytest
from flask import Flask

from config.vocabulary import STAFF, Role
from tests.factories.office import Office
from tests.factories.plan import YEAR, planned
from tests.factories.program import Program, program

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PATH = f"/api/v1/plans/{YEAR}/reports"
READERS = {Role.PLANNER, Role.DIRECTOR, Role.LEADER}


@pytest.fixture
def office(app: Flask, office: Office) -> Office:
    with app.app_context():
        planned(office)
    return office


def of(office: Office, role: Role) -> Program:
    with office.app.app_context():
        return program(office, office.actor(role))


def test_the_year_s_report_is_made_by_one_and_published_by_another(office: Office) -> None:
    planner, leader = of(office, Role.PLANNER), of(office, Role.LEADER)
    assert planner.post(PATH, {}).status_code == 400  # no Idempotency-Key
    made = planner.post(PATH, {}, key="a")
    body = made.get_json()
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert (body["period"], body["kind"], body["revision"]) == (str(YEAR), "year", 1)
    assert body["published_at"] is None
    assert [each["number"] for each in body["body"]["tasks"]] == ["1", "2", "3", "4", "5"]
    assert planner.post(PATH, {}, key="a").get_json() == body

    again = planner.post(PATH, {}, key=uuid4().hex)
    assert (again.status_code, list(again.get_json()["errors"])) == (422, ["reason"])
    second = planner.post(PATH, {"reason": "补上了佐证"}, key=uuid4().hex).get_json()
    assert (second["revision"], second["reason"]) == (2, "补上了佐证")

    publish = f"{PATH}/2/publish"
    assert planner.post(publish, {}, version='"1"').status_code == 403
    assert leader.post(publish, {}).status_code == 428
    assert leader.post(f"{PATH}/{2**64}/publish", {}, version='"1"').status_code == 404
    assert leader.post(publish, {}, version='"7"').status_code == 412
    published = leader.post(publish, {}, version='"1"')
    assert (published.status_code, published.headers["ETag"]) == (200, '"2"')
    assert published.get_json()["published_at"] is not None
    assert published.get_json()["sha256"] == second["sha256"]
    assert leader.post(publish, {}, version='"2"').status_code == 409

    listed = leader.get(PATH).get_json()
    assert [each["revision"] for each in listed["items"]] == [2, 1]
    assert leader.get(f"{PATH}/{YEAR}").get_json()["revision"] == 2
    first = leader.get(f"{PATH}/{YEAR}?revision=1").get_json()
    assert (first["sha256"], first["body"]) == (body["sha256"], body["body"])


def test_it_is_given_out_as_a_word_file_in_full_and_as_it_is_published(office: Office) -> None:
    planner = of(office, Role.PLANNER)
    planner.post(PATH, {}, key="a")
    for query, name in (("", "jihua-2026.docx"), ("?public=true", "jihua-2026-gongkai.docx")):
        answer = planner.get(f"{PATH}/{YEAR}/files/docx{query}")
        assert answer.status_code == 200
        assert name in answer.headers["Content-Disposition"]
        words = [each.text for each in docx.Document(BytesIO(answer.data)).paragraphs]
        assert "送审稿" in words
        assert any(each.startswith("任务1　应急演练") for each in words)
    for path in ("2026-03", "2025", "2026-13", "x"):
        assert planner.get(f"{PATH}/{path}/files/docx").status_code == 404
    assert planner.get("/api/v1/plans/2019/reports").status_code == 404


def test_only_who_steers_the_plan_reads_its_reports(office: Office) -> None:
    for role in STAFF:
        expected = 200 if role in READERS else 403
        assert of(office, role).get(PATH).status_code == expected, role
