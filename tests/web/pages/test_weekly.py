"""周报 in a browser: the week that is over, a week that runs, few cases, the worst first."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from flask import Flask

from config.vocabulary import Outcome, Role
from service.clock import utc_now
from service.rules.calendar import Week
from tests.factories.town import Stretch, Town
from tests.factories.visitor import Page, Visitor

DAY = timedelta(days=1)
MONDAY = date(2025, 3, 3)
WEEK = "/weekly/2025-W10"
PERIOD = {"from": "2025-03-03", "to": "2025-03-10"}
A, N = Outcome.AGREED, Outcome.NOT_AGREED
SUMMARY = re.compile(r'<p class="sentence">(.*?)</p>')
FIGURE = re.compile(r'aria-label="调解成功率 ([^"]*)，看明细"')


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    with app.app_context():
        yield Town()


@pytest.fixture
def leader(app: Flask, town: Town) -> Visitor:
    return Visitor(app, town.user(Role.LEADER))


@pytest.fixture
def today(app: Flask) -> date:
    day: date = app.extensions["fengqiao"].today(utc_now())
    return day


def sentence(page: Page) -> str:
    found = SUMMARY.search(page.html)
    assert found
    return re.sub(r"<[^>]*>", "", found[1])


def ended(town: Town, *outcomes: Outcome) -> None:
    for outcome in outcomes:
        town.dispute(Stretch(MONDAY, MONDAY + DAY, outcome))


def test_monday_opens_the_week_that_is_over(leader: Visitor, today: date) -> None:
    last = Week.of(today).previous()
    assert leader.get("/weekly").location == f"/weekly/{last}"
    page = leader.follow(leader.get("/weekly"))
    assert "下周（未结束）" in page.text
    assert "本周尚未结束" not in page.text


def test_a_week_that_runs_says_so_and_is_compared_with_none(
    leader: Visitor, town: Town, today: date
) -> None:
    running = Week.of(today)
    for _ in range(3):
        town.dispute(Stretch(running.previous().start_on))
    town.dispute(Stretch(today))
    page = leader.get(f"/weekly/{running}")
    until = re.search(r"数据截至 (\S+ \d\d:\d\d)", page.html)
    assert until
    assert sentence(page) == (
        f"本周尚未结束（截至{until[1]}），至今受理 1 件，办结 0 件。在办 4 件。"
    )
    assert "比上周" not in page.text
    assert "近 11 周受理与办结" in page.text
    assert f"{running}</th>" not in page.html


def test_the_workbook_of_a_week_that_runs_compares_nothing(
    app: Flask, town: Town, today: date
) -> None:
    town.dispute(Stretch(today))
    leader = Visitor(app, town.user(Role.LEADER))
    answer = leader._client.get(f"/weekly/{Week.of(today)}/workbook")
    sheet = openpyxl.load_workbook(BytesIO(answer.get_data()))["本周"]
    assert sheet["A3"].value == "本周尚未结束，至今受理 1 件，办结 0 件。在办 1 件。"
    assert [sheet["B5"].value, sheet["C5"].value] == ["本周至今", "上周全周"]


@pytest.mark.parametrize(
    ("outcomes", "figure", "cell"),
    [
        ((), "—", "—"),
        ((A, A), "2 件中 2 件", "2 件中 2 件"),
        ((A, N, N, N), "4 件中 1 件", "4 件中 1 件"),
        ((A, A, A, A, N), "80.0%", "80.0%（4／5）"),
    ],
)
def test_a_rate_of_few_cases_tells_the_cases(
    outcomes: tuple[Outcome, ...], figure: str, cell: str, leader: Visitor, town: Town
) -> None:
    ended(town, *outcomes)
    page = leader.get(WEEK)
    assert FIGURE.findall(page.html) == [figure]
    total = page.html.split("<tfoot>")[1].split("</tfoot>")[0]
    assert re.sub(r"<[^>]*>", " ", total).split()[6:] == cell.split()
    behind = leader.get("/figures/mediation_success_rate", **PERIOD)
    assert f"调解成功率 {cell}。" in behind.text


def test_what_is_longest_overdue_comes_first(leader: Visitor, town: Town, today: date) -> None:
    for late in (1, 9, 4):
        town.dispute(Stretch(MONDAY - late * DAY), due_on=today - late * DAY)
    worst_first = ["超期 9 天", "超期 4 天", "超期 1 天"]
    for path in (WEEK, "/figures/disputes_overdue?from=2025-03-03&to=2025-03-10"):
        assert re.findall(r"超期 \d+ 天", leader.get(path).text) == worst_first


def test_a_category_has_one_name_on_every_page(leader: Visitor, town: Town) -> None:
    town.dispute(Stretch(MONDAY), category="consumer", due_on=MONDAY)
    page = leader.get(WEEK)
    assert "主要在消费。" in sentence(page)
    assert '<th scope="row">消费</th>' in page.html
    assert "消费者权益保护" not in page.text
