"""A year's appraisal by program: who reads what, the working, objections, papers that open."""

import zipfile
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from flask import Flask

from config import evaluation as schemes
from config.vocabulary import STAFF, Role
from service.operations import evaluation as operations
from service.rules.access import Actor
from tests.factories.evaluation import AFTER, SCHEME, YEAR, lived
from tests.factories.office import Office
from tests.factories.program import Program, program
from tests.factories.town import Town

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PATH = f"/api/v1/evaluations/{YEAR}"
SCHEMES, OBJECTIONS = f"{PATH}/schemes", f"{PATH}/objections"
READERS = {Role.LIAISON, Role.DIRECTOR, Role.LEGAL, Role.PLANNER, Role.LEADER, Role.AUDITOR}


@pytest.fixture
def town(app: Flask) -> Town:
    with app.app_context():
        made = Town()
        lived(made)
        return made


def of(app: Flask, town: Town, role: Role, unit: UUID | None = None) -> Program:
    """The program of somebody new."""
    with app.app_context():
        actor: Actor = town.user(role, unit)
    return program(Office(app, app.extensions["fengqiao"], {}), actor)


def test_a_year_is_drafted_published_announced_objected_to_and_answered(
    app: Flask, town: Town
) -> None:
    planner, leader = of(app, town, Role.PLANNER), of(app, town, Role.LEADER)
    body = schemes.as_table(SCHEME)
    odd = body | {"indicators": [body["indicators"][0] | {"weight": "59"}, body["indicators"][1]]}
    for wrong, at in (
        (odd, "indicators"),
        (body | {"grades": []}, "grades"),
        (body | {"indicators": [body["indicators"][0] | {"weight": 0.6}]}, "indicators.0.weight"),
    ):
        refused = planner.post(SCHEMES, wrong, key=uuid4().hex)
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, [at])
    assert planner.post(SCHEMES, body).status_code == 400  # no Idempotency-Key
    made = planner.post(SCHEMES, body, key="d")
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert planner.post(SCHEMES, body, key="d").get_json() == made.get_json()
    assert made.get_json()["scheme"] == body
    publish = f"{SCHEMES}/{made.get_json()['id']}/publish"
    assert leader.post(publish).status_code == 428
    assert planner.post(publish, version='"1"').status_code == 403
    assert leader.post(publish, version='"1"').get_json()["published_by"]
    shown = leader.get(PATH).get_json()
    assert (shown["stage"], shown["edition"], shown["faults"]) == ("live", 1, [])
    assert [each["total"] for each in shown["items"]] == ["73.33", "30.00"]
    line = shown["items"][1]["lines"][0]
    assert (line["numerator"], line["denominator"], line["score"]) == (0, 2, "0.00")
    # the number opens exactly its rows
    rows = leader.get(
        f"/api/v1/metrics/{line['metric']}/rows?from={YEAR}-01-01&to={YEAR + 1}-01-01"
        f"&organisation={town.station}"
    )
    assert len(rows.get_json()["items"]) == line["denominator"]
    announced = planner.post(f"{PATH}/announce", {}, key="a")
    assert (announced.status_code, announced.get_json()["stage"]) == (201, "announced")
    station = of(app, town, Role.LIAISON, town.station)
    objection = {"organisation": str(town.station), "code": "success", "words": "有两件不是我们的"}
    raised = station.post(OBJECTIONS, objection, key="o")
    assert (raised.status_code, raised.get_json()["state"]) == (201, "open")
    again = station.post(OBJECTIONS, objection, key=uuid4().hex)
    assert (again.status_code, again.get_json()["code"]) == (409, "conflict")
    one = f"{OBJECTIONS}/{raised.get_json()['id']}"
    committee = of(app, town, Role.LIAISON, town.committee)
    assert committee.get(one).status_code == 404
    assert (committee.get(OBJECTIONS).get_json()["items"], station.get(one).status_code) == (
        [],
        200,
    )
    no = {"upheld": False, "reason": "登记的承办单位是派出所"}
    assert station.post(f"{one}/decide", no, version='"1"').status_code == 403
    assert leader.post(f"{one}/decide", no | {"points": "1"}, version='"1"').status_code == 422
    decided = leader.post(f"{one}/decide", no, version='"1"')
    assert (decided.get_json()["state"], decided.headers["ETag"]) == ("rejected", '"2"')
    early = leader.post(f"{PATH}/freeze", {}, key=uuid4().hex)
    assert early.status_code == 409
    listed = leader.get(f"{PATH}/revisions").get_json()["items"]
    assert [(each["stage"], each["sha256"]) for each in listed] == [
        ("announced", announced.get_json()["sha256"])
    ]
    told: dict[str, Any] = leader.get(f"{PATH}?stage=announced").get_json()
    assert told["sha256"] == announced.get_json()["sha256"]
    assert leader.get(f"{PATH}?stage=final").status_code == 404
    assert leader.get("/api/v1/evaluations/1200").status_code == 404


def test_every_role_reads_what_is_theirs(app: Flask, town: Town) -> None:
    with app.app_context():
        told: dict[str, Any] = {"desk": app.extensions["fengqiao"], "now": AFTER}
        draft = operations.draft(YEAR, SCHEME, actor=town.user(Role.PLANNER), **told)
        operations.publish(draft, YEAR, version=1, actor=town.user(Role.LEADER), **told)
    for role in STAFF:
        answer = of(app, town, role, town.committee).get(PATH)
        assert (answer.status_code == 200) == (role in READERS), role
        if role in READERS:
            units = [each["organisation"] for each in answer.get_json()["items"]]
            whole = [str(town.committee), str(town.station)]
            assert units == (whole[:1] if role is Role.LIAISON else whole), role


def test_the_papers_open_and_say_the_same_numbers(app: Flask, town: Town) -> None:
    leader = of(app, town, Role.LEADER)
    assert leader.get(f"{PATH}/files/pdf").status_code == 404
    page = leader.get(f"{PATH}/files/html")
    assert (page.status_code, "实时计算，数字会变" in page.text) == (200, True)
    book = openpyxl.load_workbook(BytesIO(leader.get(f"{PATH}/files/xlsx").data))
    names = [row[0].value for row in book["结果"].iter_rows(min_row=5, max_col=1)]
    assert names == ["柳溪派出所"]
    made = leader.get(f"{PATH}/files/docx").data
    with zipfile.ZipFile(BytesIO(made)) as archive:
        text = "".join(ET.fromstring(archive.read("word/document.xml")).itertext())
    assert f"{YEAR} 年度考核结果" in text
    assert all(each in text for each in ("柳溪派出所", "行政诉讼", "0÷2＝0%"))
