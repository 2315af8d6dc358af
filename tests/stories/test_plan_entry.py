"""The registers of the yearly plan: a row from first day to last, and who sees what of it."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from config.vocabulary import ClockEnd, Role
from models import Clock, Event, PlanEntry, db
from service.queries import sight
from tests.factories.file import PDF
from tests.factories.office import Office
from tests.factories.program import Program, of_role, program
from tests.factories.visitor import Page, Visitor
from tests.statements import statements

ALL = "/api/v1/registers"
REQUESTS = f"{ALL}/information-requests"
ASKED = {
    "title": "某路改造的预算",
    "received_on": "2026-03-02",
    "applicant": "鑫淼焱",
    "sort": "citizen",
    "way": "online",
}
Shown = dict[str, Any]


@pytest.fixture
def planner(office: Office) -> Program:
    """Who keeps the plan of the town."""
    return of_role(office, Role.PLANNER)


def written(caller: Program, register: str, values: dict[str, Any], **more: Any) -> Shown:
    """A row as the door showed it."""
    body = {"values": values} | more
    made = caller.post(f"{ALL}/{register}", body, key=uuid4().hex)
    assert made.status_code == 201, made.text
    assert made.headers["Location"].startswith(f"{ALL}/{register}/")
    shown: Shown = made.get_json()
    return shown


def at(shown: Shown) -> str:
    """Where a row is."""
    return f"{ALL}/{shown['row']['register']}/{shown['row']['id']}"


def sent(caller: Program, shown: Shown, way: str, body: Any, *, method: str = "POST") -> Any:
    """The answer to a change on the version that is shown now."""
    tag = caller.get(at(shown)).headers.get("ETag", '"1"')
    return caller.send(method, at(shown) + way, body, version=tag)


def uploaded(caller: Program, shown: Shown, kind: str, **more: Any) -> Any:
    """The answer to a file that shows what was done."""
    form = {
        "kind": kind,
        "about": "答复书和送达凭证",
        "file": (BytesIO(PDF), "答复张三.pdf"),
    } | more
    return caller.send(
        "POST",
        f"{at(shown)}/evidence",
        key=uuid4().hex,
        data=form,
        content_type="multipart/form-data",
    )


def clocks(office: Office) -> set[tuple[str, date, ClockEnd | None]]:
    """Every clock: rule, day, how it ended."""
    with office.app.app_context(), sight.whole("jobs"):
        found = db.session.scalars(sa.select(Clock))
        return {(each.rule, each.due_on, each.ended) for each in found}


def test_a_request_is_its_own_units_and_its_term_follows_what_is_said(
    office: Office, planner: Program
) -> None:
    police, other = (of_role(office, Role.LIAISON, each) for each in ("station", "justice"))
    leader = of_role(office, Role.LEADER)
    body = {"values": ASKED, "organisation": str(office.units["station"])}
    assert planner.post(REQUESTS, body).status_code == 400  # no Idempotency-Key
    assert leader.post(REQUESTS, body, key=uuid4().hex).status_code == 403
    assert other.post(REQUESTS, body, key=uuid4().hex).status_code == 422  # of its own unit only
    assert planner.post(f"{ALL}/nothing", body, key=uuid4().hex).status_code == 404
    wrong = police.post(
        REQUESTS, {"values": ASKED | {"way": "x", "title": "", "z": 1}}, key=uuid4().hex
    )
    assert set(wrong.get_json()["errors"]) == {"values.way", "values.title", "values.z"}
    shown = written(police, "information-requests", ASKED)
    row = shown["row"]
    assert row["number"].startswith("LXZYG2026-")
    assert (row["due_on"], row["due_rule"], row["late"]) == ("2026-03-30", "INFO.REPLY", True)
    assert (row["stage"], row["state"], shown["missing"]) == ("recorded", "open", [["paper"]])
    # another unit's is as if it were not; the leader is not shown the citizen
    assert other.get(at(shown)).status_code == 404
    assert other.get(REQUESTS).get_json()["items"] == []
    read = leader.get(at(shown)).get_json()
    assert (read["hidden"], "applicant" in read["values"]) == (["applicant", "contact"], False)
    assert police.get(at(shown)).get_json()["values"]["applicant"] == "鑫淼焱"
    assert leader.get(REQUESTS).get_json()["items"][0]["title"] == ASKED["title"]
    # the term runs anew from what was completed, and longer once it was extended
    later = sent(police, shown, "", {"values": {"corrected_on": "2026-03-12"}}, method="PATCH")
    assert later.get_json()["row"]["due_on"] == "2026-04-10"
    longer = sent(police, shown, "", {"values": {"extended": True}}, method="PATCH").get_json()
    assert (longer["row"]["due_on"], longer["row"]["due_rule"]) == ("2026-05-12", "INFO.EXTENDED")
    assert police.patch(at(shown), {"values": {}}).status_code == 428
    assert police.patch(at(shown), {"values": {}}, version='"1"').status_code == 412
    assert {(rule, ended) for rule, _, ended in clocks(office)} == {
        ("INFO.REPLY", ClockEnd.REPLACED),
        ("INFO.EXTENDED", None),
    }


def test_a_row_ends_with_what_shows_it_is_opened_again_and_voided(office: Office) -> None:
    police, other = (of_role(office, Role.LIAISON, each) for each in ("station", "justice"))
    leader = of_role(office, Role.LEADER)
    shown = written(police, "information-requests", ASKED | {"extended": "true"})
    answered = {"on": "2026-05-12"}
    bare = sent(police, shown, "/steps/answered", answered).get_json()["errors"]
    assert set(bare) == {"values.outcome", "evidence"}
    assert sent(police, shown, "/steps/nothing", answered).status_code == 404
    answered["values"] = {"outcome": "given"}  # type: ignore[assignment]  # more of the body
    assert uploaded(other, shown, "paper").status_code == 404
    assert uploaded(leader, shown, "paper").status_code == 403
    kept = uploaded(police, shown, "paper").get_json()
    assert uploaded(police, shown, "record").status_code == 409  # the same file once more
    assert (kept["name"], kept["size"]) == ("答复张三.pdf", len(PDF))
    done = sent(police, shown, "/steps/answered", answered).get_json()
    assert (done["row"]["state"], done["row"]["ended_on"]) == ("ended", "2026-05-12")
    assert (done["row"]["due_on"], done["row"]["late"], done["missing"]) == (None, False, [])
    assert leader.get(at(shown)).get_json()["evidence"][0]["name"] == ""
    file = f"/evidence/{kept['id']}"
    assert police.get(f"{at(shown)}{file}/content").data == PDF
    assert leader.get(f"{at(shown)}{file}/content").status_code == 403
    # it came late; when the days asked of others are taken off, it did not

    def in_time() -> int:
        told = police.get(f"{REQUESTS}/counts", query_string={"year": 2026}).get_json()
        rates = {each["id"]: each["numerator"] for each in told["items"]}
        return int(rates["information_on_time_rate"])

    assert in_time() == 0
    sent(police, shown, "", {"values": {"adjusted_on": "2026-05-15"}}, method="PATCH")
    assert in_time() == 1
    sent(police, shown, "", {"values": {"adjusted_on": None}}, method="PATCH")
    assert in_time() == 0
    # what has ended rests on its file
    why = {"reason": "传错了"}
    assert police.post(f"{at(shown)}{file}/withdraw", why).status_code == 409
    assert sent(police, shown, "/steps/answered", answered).status_code == 409
    again = sent(police, shown, "/reopen", why).get_json()
    assert (again["row"]["state"], again["row"]["due_rule"]) == ("open", "INFO.EXTENDED")
    assert police.post(f"{at(shown)}{file}/withdraw", why).status_code == 200
    assert police.get(f"{at(shown)}{file}/content").status_code == 404
    assert sent(police, shown, "/steps/answered", answered).status_code == 422
    gone = sent(police, shown, "/void", {"reason": "重复登记"}).get_json()
    assert (gone["row"]["state"], gone["reason"]) == ("voided", "重复登记")
    assert sent(police, shown, "", {"values": {"title": "x"}}, method="PATCH").status_code == 409
    assert police.get(REQUESTS).get_json()["items"] == []
    voided = police.get(REQUESTS, query_string={"state": "voided"}).get_json()["items"]
    assert [each["id"] for each in voided] == [shown["row"]["id"]]
    assert {(rule, ended) for rule, _, ended in clocks(office)} == {
        ("INFO.EXTENDED", ClockEnd.REPLACED),  # it had not been answered after all
        ("INFO.EXTENDED", ClockEnd.MISTAKEN),
        ("PLAN.ENTRY", ClockEnd.REPLACED),
    }
    with office.app.app_context():
        deeds = list(db.session.scalars(sa.select(Event.action).order_by(Event.id)))
        assert [each.removeprefix("plan-entry-") for each in deeds if "plan-entry" in each] == (
            "record evidence end change change reopen evidence-withdraw void".split()
        )
        stored = db.session.scalars(sa.select(PlanEntry)).one()
        told = str(stored.values) + str(list(db.session.scalars(sa.select(Event.detail))))
        assert "鑫淼焱" not in told
        assert "鑫淼焱".encode() not in (stored.values_sealed or b"")


def test_figures_are_those_of_the_rows_one_reaches(office: Office, planner: Program) -> None:
    police = of_role(office, Role.LIAISON, "station")
    for name, unit in (("甲某", "station"), ("乙某", "station"), ("丙某", "justice")):
        written(
            planner,
            "enforcers",
            {
                "name": name,
                "since": "2020-01-01",
                "certificate": "15-1",
                "valid_until": "2026-03-31" if name == "丙某" else "2031-01-01",
            },
            organisation=str(office.units[unit]),
        )
    for name, hours, on in (
        ("甲某", "30.5", "2026-03-01"),
        ("甲 某", "29.5", "2026-05-01"),
        ("丙某", "59.5", "2026-05-01"),
        ("丙某", "20", "2025-05-01"),
        ("路人", "8", "2026-05-01"),
    ):
        unit = "justice" if name == "丙某" else "station"
        written(
            planner,
            "training-hours",
            {"title": "轮训", "held_on": on, "name": name, "hours": hours, "sort": "law"},
            organisation=str(office.units[unit]),
        )

    def told(caller: Program, register: str) -> Shown:
        asked = caller.get(f"{ALL}/{register}/counts", query_string={"year": 2026})
        shown: Shown = asked.get_json()
        return shown | {each["id"]: each for each in shown["items"]}

    town = told(planner, "training-hours")
    reached = town["training_reached_rate"]
    assert (reached["numerator"], reached["denominator"], reached["on_target"]) == (1, 3, False)
    assert {each["name"]: each["total"] for each in town["people"]} == {
        "甲某": 60,
        "乙某": 0,
        "丙某": 59.5,
    }
    assert (town["strangers"], town["training_hours"]["value"]) == (["路人"], 127.5)
    assert told(police, "training-hours")["training_reached_rate"]["denominator"] == 2
    town = told(planner, "enforcers")
    assert (town["enforcers"]["value"], town["enforcers_expired"]["on_target"]) == (3, False)
    # the dictionary of figures says the same, and shows the rows
    year = {"from": "2026-01-01", "to": "2027-01-01"}
    asked = {"query_string": year | {"group_by": "organisation"}}
    same = planner.get("/api/v1/metrics/training_reached_rate", **asked).get_json()
    assert (same["numerator"], same["denominator"]) == (1, 3)
    assert sorted(each["denominator"] for each in same["groups"]) == [1, 2]
    behind = planner.get("/api/v1/metrics/training_reached_rate/rows", query_string=year)
    rows = behind.get_json()["items"]
    assert (sum(each["counted"] for each in rows), len(rows)) == (1, 3)
    assert {each["register"] for each in rows} == {"enforcers"}
    hours = planner.get("/api/v1/metrics/training_hours", query_string=year).get_json()
    assert hours["value"] == 127.5
    mine = police.get("/api/v1/metrics/training_reached_rate", query_string=year).get_json()
    assert (mine["numerator"], mine["denominator"]) == (1, 2)
    cards = {each["id"]: each for each in planner.get(ALL).get_json()["items"]}
    assert (cards["enforcers"]["open"], cards["enforcers"]["overdue"]) == (3, 1)
    assert len(cards) == len(office.app.extensions["fengqiao"].policy.registers.all)
    years = planner.get("/api/v1/plans/2025/registers/training-hours").get_json()["items"]
    assert [each["person"] for each in years] == ["丙某"]
    found = planner.get(f"{ALL}/training-hours", query_string={"q": "路人", "count": "true"})
    assert found.get_json()["total"] == 1
    late = planner.get(f"{ALL}/enforcers", query_string={"state": "overdue"}).get_json()["items"]
    assert [each["title"] for each in late] == ["丙某"]


def test_rows_come_from_a_workbook_and_go_to_one(office: Office) -> None:
    planner = Visitor(office.app, office.actor(Role.PLANNER))
    here = "/registers/enforcers/import"
    sheet = openpyxl.Workbook()
    page = sheet.active
    assert page is not None
    heads = "姓名 从事执法工作日期 执法证号 证件有效期至 执法领域 责任单位".split()
    page.append(heads)
    page.append(["甲某", "2020-01-01", "15-1", "2031-01-01", "综合", "柳溪派出所"])
    page.append(["乙某", "2020.1.1", "15-2", "2031年1月1日", "综合", None])
    page.append(["丙某", "昨天", "", "", "综合", "没有的单位"])
    held = BytesIO()
    sheet.save(held)

    def tried() -> Page:
        token = planner.get(here).form(here).values["csrf_token"]
        file = FileStorage(BytesIO(held.getvalue()), filename="名册.xlsx")
        return planner.follow(planner.post(here, {"csrf_token": token, "file": file}))

    preview = tried()
    assert all(each in preview.text for each in ("登记这 2 行", "没有“没有的单位”这个单位"))
    done = planner.follow(planner.fill(preview, f"{here}/commit"))
    assert "已登记 2 条；重复 0 行、有误 1 行没有登记" in done.text
    assert "登记这 0 行" in tried().text
    assert "甲某" in planner.get("/registers/enforcers/sheet").text
    for path in ("workbook", "template"):
        given = planner.download(f"/registers/enforcers/{path}")
        book = openpyxl.load_workbook(BytesIO(given.data))
        assert str(book.worksheets[0]["A1"].value) in ("编号", "姓名")
    stranger = Visitor(office.app, office.actor(Role.LIAISON, "justice"))
    assert "甲某" not in stranger.get("/registers/enforcers").text
    year = {"from": "2026-01-01", "to": "2027-01-01"}
    assert "2 人" in planner.get("/figures/enforcers", **year).text
    with office.app.app_context():
        units = set(db.session.scalars(sa.select(PlanEntry.organisation_id)))
        assert units == {office.units["station"], office.units["centre"]}
        one = db.session.scalars(sa.select(PlanEntry.id)).first()
    led = planner.get(f"/plan-entries/{one}")
    assert led.location == f"/registers/enforcers/{one}"
    assert stranger.get(f"/plan-entries/{one}").status == 404


def test_two_roles_of_one_person_see_no_more_of_another_unit(office: Office) -> None:
    police = of_role(office, Role.LIAISON, "station")
    shown = written(police, "information-requests", ASKED | {"extended": "true"})
    kept = uploaded(police, shown, "paper").get_json()
    both = program(office, office.somebody("both", {Role.LEADER, Role.LIAISON}, "justice"))
    assert both.get(f"{at(shown)}/evidence/{kept['id']}/content").status_code == 403
    listed = both.get(f"{at(shown)}/evidence")
    assert [each["name"] for each in listed.get_json()["items"]] == [""]


def test_what_comes_with_a_step_does_not_speak_against_an_earlier_one(planner: Program) -> None:
    shown = written(
        planner,
        "major-decisions",
        {"title": "集中供水", "started_on": "2026-03-02", "matter": "project"},
    )
    first = sent(planner, shown, "/steps/participated", {"on": "2026-03-10"})
    assert first.status_code == 200, first.text
    later = {"on": "2026-06-10", "values": {"started_on": "2026-06-01"}}
    refusal = sent(planner, shown, "/steps/argued", later)
    assert list(refusal.get_json()["errors"]) == ["values.started_on"]
    assert planner.get(at(shown)).get_json()["values"]["started_on"] == "2026-03-02"


def test_a_figure_by_unit_reads_its_register_once(office: Office, planner: Program) -> None:
    asked = "/api/v1/metrics/training_hours?from=2026-01-01&to=2027-01-01&group_by=organisation"

    def cost(*units: str) -> int:
        for unit in units:
            written(
                planner,
                "training-hours",
                {"title": "轮训", "held_on": "2026-03-01", "name": "甲某", "hours": "8"}
                | {"sort": "law"},
                organisation=str(office.units[unit]),
            )
        planner.get(asked)
        with statements() as sent_:
            planner.get(asked)
        return len(sent_)

    assert cost("station") == cost("justice", "committee", "centre")
