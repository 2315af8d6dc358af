"""The letter over HTTP: published once, read as frozen, and the same numbers everywhere."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask

from config.vocabulary import Outcome, Role, WithdrawalCause
from service.queries import weekly as queries
from service.rules import access
from service.rules.calendar import Week
from tests.factories.caller import Caller
from tests.factories.town import Stretch, Town

MONDAY = date(2025, 3, 3)
DAY = timedelta(days=1)
WEEK = "2025-W10"
PATH = f"/reports/weekly/{WEEK}"
PERIOD = {"from": "2025-03-03", "to": "2025-03-10"}


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    with app.app_context():
        yield Town()


@pytest.fixture
def calling(app: Flask, town: Town) -> Callable[[Role], Caller]:
    return lambda role: Caller(app, town.user(role))


@pytest.fixture
def director(calling: Callable[[Role], Caller]) -> Caller:
    return calling(Role.DIRECTOR)


def test_a_director_publishes_once_and_everybody_reads_the_same(
    director: Caller, calling: Callable[[Role], Caller], town: Town
) -> None:
    made = director.post(PATH, {})
    town.dispute(Stretch(MONDAY))
    again = director.post(PATH, {})
    read = calling(Role.LEADER).get(PATH)
    assert (made.status_code, again.status_code) == (201, 201)
    assert made.headers["Location"] == f"/api/v1{PATH}"
    assert made.get_data() == again.get_data() == read.get_data()


def test_the_files_of_a_published_week_stay_the_same_bytes(director: Caller, town: Town) -> None:
    director.post(PATH, {})
    before = [director.get(f"{PATH}/files/{kind}").get_data() for kind in ("html", "xlsx")]
    town.dispute(Stretch(MONDAY))
    after = [director.get(f"{PATH}/files/{kind}").get_data() for kind in ("html", "xlsx")]
    assert before == after


def test_published_weeks_are_listed_newest_first(director: Caller) -> None:
    for week in ("2025-W10", "2025-W12", "2025-W11"):
        director.post(f"/reports/weekly/{week}", {})
    first = director.get("/reports/weekly", limit=2).get_json()
    second = director.get("/reports/weekly", limit=2, cursor=first["next_cursor"]).get_json()
    weeks = [each["week"] for each in first["items"] + second["items"]]
    assert (weeks, second["next_cursor"]) == (["2025-W12", "2025-W11", "2025-W10"], None)


def test_a_letter_has_its_revisions(director: Caller) -> None:
    made = director.post(PATH, {}).get_json()
    (only,) = director.get(f"{PATH}/revisions").get_json()["items"]
    assert (only["revision"], only["sha256"]) == (1, made["sha256"])


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (PATH, "这一周的周报还没有发布"),
        ("/reports/weekly/2025-W53", "2025 年没有第 53 周"),
        ("/reports/weekly/last", "“last”不是周次，应写作 2026-W47"),
        (f"{PATH}/files/pdf", "周报没有这种格式的文件，现有 html、xlsx 和 docx"),
    ],
)
def test_what_is_not_there_is_told_in_words(path: str, told: str, director: Caller) -> None:
    answer = director.get(path)
    assert (answer.status_code, answer.get_json()["detail"]) == (404, told)


def test_a_week_that_does_not_exist_is_not_published(director: Caller) -> None:
    answer = director.post("/reports/weekly/2025-W53", {})
    assert (answer.status_code, answer.get_json()["errors"]) == (
        422,
        {"week": ["2025 年没有第 53 周"]},
    )


def test_the_running_week_is_not_published(director: Caller, app: Flask) -> None:
    running = Week.of(app.extensions["fengqiao"].today(datetime.now(UTC)))
    assert director.post(f"/reports/weekly/{running}", {}).status_code == 409


def test_only_a_director_publishes(calling: Callable[[Role], Caller]) -> None:
    assert calling(Role.LEADER).post(PATH, {}).status_code == 403


def test_a_director_keeps_the_list_of_subscribers(director: Caller, town: Town, app: Flask) -> None:
    leader = town.user(Role.LEADER, email="leader@town.test")
    made = director.post("/subscriptions", {"user": str(leader.user_id)})
    assert (made.status_code, made.get_json()["email"]) == (201, "leader@town.test")
    suits = director.post("/subscriptions", {"user": str(leader.user_id), "kind": "suits"})
    own = Caller(app, leader).get("/subscriptions").get_json()["items"]
    ids = {made.get_json()["id"]: "week", suits.get_json()["id"]: "suits"}
    assert {each["id"]: each["kind"] for each in own} == ids
    assert director.delete(f"/subscriptions/{suits.get_json()['id']}").status_code == 204
    assert director.delete(f"/subscriptions/{made.get_json()['id']}").status_code == 204
    ended = director.get("/subscriptions").get_json()["items"]
    assert {each["active"] for each in ended} == {False}


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@d", "a b@c.test", "名@c.test", "@"])
def test_an_address_that_is_none_is_refused(address: str, director: Caller, town: Town) -> None:
    leader = town.user(Role.LEADER)
    answer = director.post("/subscriptions", {"user": str(leader.user_id), "email": address})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["email"])


def test_a_leader_does_not_keep_the_list(calling: Callable[[Role], Caller]) -> None:
    assert calling(Role.LEADER).post("/subscriptions", {}).status_code == 403
    assert calling(Role.WINDOW).get("/subscriptions").status_code == 403


def test_program_page_letter_and_workbook_tell_the_same_numbers(
    director: Caller, town: Town, app: Flask
) -> None:
    _a_week(town)
    body = director.post(PATH, {}).get_json()["body"]
    asked = _asked(director)
    frozen = body["total"] | {
        "overdue": body["overdue"],
        "filed": body["lawsuits"]["filed"],
        "withdrawn": body["lawsuits"]["withdrawn"],
        "by_category": {
            line["key"]: [line["received"], line["closed"], line["closing"]]
            for line in body["by_category"]
        },
    }
    assert {name: frozen[name] for name in asked} == asked
    for line in body["answering"]:
        told = director.get(f"/metrics/{line['metric']}", **PERIOD).get_json()
        same = ("numerator", "denominator")
        assert [line[name] for name in same] == [told[name] for name in same]
    alone = director.get(f"{PATH}/files/html", letter="suits").get_data(as_text=True)
    assert f'撤诉</th><td class="number">{asked["withdrawn"]} 件' in alone
    assert _on_the_page(app, town) == asked
    page = director.get(f"{PATH}/files/html").get_data(as_text=True)
    big = [asked["received"], asked["closed"], "4 件中 1 件", asked["overdue"]]
    assert re.findall(r'class="big">([0-9][^<]*)<', page) == [str(each) for each in big]
    assert _in_the_workbook(director) == asked


def _a_week(town: Town) -> None:
    for place in range(11):
        outcome = list(Outcome)[place % 7] if place % 4 else None
        town.dispute(
            Stretch(MONDAY - (place % 3) * DAY, MONDAY + DAY if outcome else None, outcome),
            organisation=(town.committee, town.station, None)[place % 3],
            category=("neighbour", "family", "labour")[place % 3],
            due_on=None if outcome else MONDAY,
        )
    town.dispute(
        Stretch(MONDAY - 9 * DAY, MONDAY - 8 * DAY, Outcome.NOT_AGREED), Stretch(MONDAY + DAY)
    )
    town.lawsuit(MONDAY)
    for cause in WithdrawalCause:
        town.lawsuit(MONDAY - 60 * DAY, decided_on=MONDAY, withdrawal_cause=cause)


def _asked(director: Caller) -> dict[str, Any]:
    def ask(name: str, **more: str) -> dict[str, Any]:
        told: dict[str, Any] = director.get(f"/metrics/{name}", **PERIOD, **more).get_json()
        return told

    flows = ("received", "closed", "open")
    split = {
        name: {
            group["key"]: group["numerator"]
            for group in ask(f"disputes_{name}", group_by="category")["groups"]
        }
        for name in flows
    }
    keys = {key for groups in split.values() for key in groups}
    success = ask("mediation_success_rate")
    return {
        "received": ask("disputes_received")["numerator"],
        "reopened": ask("disputes_reopened")["numerator"],
        "closed": ask("disputes_closed")["numerator"],
        "closing": ask("disputes_open")["numerator"],
        "overdue": ask("disputes_overdue")["numerator"],
        "success": {key: success[key] for key in ("numerator", "denominator", "value")},
        "filed": ask("lawsuits_filed")["numerator"],
        "withdrawn": ask("lawsuits_withdrawn")["numerator"],
        "by_category": {key: [split[name].get(key, 0) for name in flows] for key in keys},
    }


def _on_the_page(app: Flask, town: Town) -> dict[str, Any]:
    desk = app.extensions["fengqiao"]
    scope = access.scope(town.user(Role.LEADER), "metric.read", desk.policy.access)
    shown = queries.overview(Week.parse(WEEK), scope=scope, desk=desk, now=datetime.now(UTC))
    assert shown.corrections == ()
    told = shown.figures
    rate = told.success.value
    return {
        "received": told.flow.received,
        "reopened": told.flow.reopened,
        "closed": told.flow.closed,
        "closing": told.flow.closing,
        "overdue": told.overdue,
        "success": {
            "numerator": told.success.numerator,
            "denominator": told.success.denominator,
            "value": None if rate is None else float(rate),
        },
        "filed": told.lawsuits.filed,
        "withdrawn": told.lawsuits.withdrawn,
        "by_category": {
            line.key: [line.flow.received, line.flow.closed, line.flow.closing]
            for line in told.categories
        },
    }


def _in_the_workbook(director: Caller) -> dict[str, Any]:
    book = openpyxl.load_workbook(BytesIO(director.get(f"{PATH}/files/xlsx").get_data()))
    told = {row[0]: row[1] for row in book["本周"].iter_rows(values_only=True) if row[0]}
    names = {"邻里": "neighbour", "婚姻家庭": "family", "劳动争议": "labour"}
    return {
        "received": told["受理"],
        "reopened": told["重新办理"],
        "closed": told["办结"],
        "closing": told["期末在办"],
        "overdue": told["超期未结"],
        "success": {
            "numerator": told["调解成功（件）"],
            "denominator": told["调解终结（件）"],
            "value": told["调解成功率"],
        },
        "filed": told["行政诉讼立案"],
        "withdrawn": told["撤诉"],
        "by_category": {
            names[str(row[0])]: [row[2], row[4], row[5]]
            for row in book["按类别"].iter_rows(values_only=True)
            if row[0] in names
        },
    }
