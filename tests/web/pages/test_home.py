"""The desk: every number is the number of the rows it opens."""

import re
from collections.abc import Callable

import pytest

from config.vocabulary import DisputeStatus, Role, Step
from service.rules.access import Actor
from tests.factories.court import tribunal
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

S = DisputeStatus
FIGURE = re.compile(r'<a href="([^"]+)" aria-label="([^"]+) (\d+)件，看明细">')
TILE = re.compile(r'<li class="card"><a href="[^"]+">([^<]+)</a>')
UNITS = {Role.MEDIATOR: "committee", Role.LIAISON: "committee"}


@pytest.mark.parametrize(
    "role", [Role.WINDOW, Role.MEDIATOR, Role.LIAISON, Role.DIRECTOR, Role.LEADER]
)
def test_every_figure_counts_the_rows_it_opens(
    office: Office, visit: Callable[[Actor], Visitor], case: Callable[..., Handling], role: Role
) -> None:
    for status in S:
        case(status)
    visitor = visit(office.actor(role, UNITS.get(role, "centre")))
    figures = FIGURE.findall(visitor.get("/").html.replace("&amp;", "&"))
    assert len(figures) == 4
    for link, name, count in figures:
        shown = visitor.get(f"{link}&count=true").text
        assert f"共 {count} 件" in shown, name


def test_nobody_is_told_to_finish_what_is_finished(
    office: Office, visit: Callable[[Actor], Visitor], case: Callable[..., Handling]
) -> None:
    handling = case(S.ARCHIVED)
    assert str(handling.id) not in visit(office.mediator).get("/").html


@pytest.mark.parametrize("role", [Role.WINDOW, Role.DIRECTOR, Role.LEADER])
def test_danger_stands_at_the_top_of_the_desk_of_who_may_be_told(
    office: Office, visit: Callable[[Actor], Visitor], case: Callable[..., Handling], role: Role
) -> None:
    handling = case(facts={"danger": True}, actor=office.window)
    case()
    visitor = visit(office.window if role is Role.WINDOW else office.actor(role))
    page = visitor.get("/")
    assert page.html.count('class="tag tag-stop tag-danger"') == (0 if role is Role.LEADER else 2)
    if role is not Role.LEADER:
        sections = page.html.split("<section")
        assert ('id="sec-danger"' in sections[1], str(handling.id) in sections[1]) == (True, True)


def test_danger_that_is_over_is_on_no_desk(
    office: Office, visit: Callable[[Actor], Visitor], case: Callable[..., Handling]
) -> None:
    handling = case(facts={"danger": True})
    with office.app.app_context():
        now = handling.row.registered_at
        handling.take(Step.WITHDRAW, {"reason": "不办了"}, actor=office.director, now=now)
    assert "有人身危险" not in visit(office.director).get("/").text


def test_a_role_without_pages_is_told_so(office: Office, visit: Callable[[Actor], Visitor]) -> None:
    told = visit(office.actor(Role.PLANNER)).get("/").text
    assert ("工作日历”里编制" in told, "哪些亮红灯" in told) == (True, True)


@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (Role.AUDITOR, ["紧急查阅", "用户与权限", "审计", "备份状态"]),
        (Role.SYSADMIN, ["用户与权限", "审计", "备份状态", "账户", "单位", "初始设置"]),
        (Role.SECADMIN, ["紧急查阅", "用户与权限", "审计", "账户"]),
    ],
)
def test_who_looks_after_the_system_is_led_to_its_rooms(
    office: Office, visit: Callable[[Actor], Visitor], role: Role, rooms: list[str]
) -> None:
    page = visit(office.actor(role)).get("/")
    assert sorted(TILE.findall(page.html)) == sorted(rooms)


def test_the_auditor_is_led_to_what_they_oversee(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    page = visit(office.actor(Role.AUDITOR)).get("/")
    assert {"/audit", "/rights", "/break-glass", "/backups"} <= set(page.links)
    assert "暂时没有要办的事" not in page.text


def test_the_administrator_is_led_to_what_they_keep(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    page = visit(office.actor(Role.SYSADMIN)).get("/")
    assert {"/users", "/organisations", "/setup"} <= set(page.links)
    assert "暂时没有要办的事" not in page.text


def test_what_is_used_less_stands_under_headings_where_it_is_much(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    heading = re.compile(r'<div class="bar-group" role="group" aria-label="([^"]+)">')
    assert heading.findall(visit(office.director).get("/").html) == [
        "办案和联动",
        "应诉和府院府检联动",
        "年度计划",
        "窗口",
        "统计和台账",
        "单位和人员",
        "规则和系统",
    ]
    assert heading.findall(visit(office.actor(Role.AUDITOR)).get("/").html) == []


def test_the_desk_of_a_court_leads_to_what_it_sent(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    sent = "/court-referrals?box=sent"
    with office.app.app_context():
        tribunal(office)
    desks = [visit(office.actor(Role.LIAISON, each)).get("/") for each in ("court", "station")]
    assert [sent in each.links for each in desks] == [True, False]


def test_the_desk_of_a_unit_lists_what_the_unit_has_and_not_what_it_handed_over(
    office: Office, visit: Callable[[Actor], Visitor], case: Callable[..., Handling]
) -> None:
    ours = case(S.DISPATCHED)
    theirs = case(actor=office.liaison)
    with office.app.app_context():
        elsewhere = {
            "organisation": str(office.units["station"]),
            "mediator": None,
            "reason": "动了手",
        }
        now = theirs.row.registered_at
        theirs.take(Step.DISPATCH, elsewhere, actor=office.director, now=now)
    page = visit(office.liaison).get("/")
    assert (f"/disputes/{ours.id}" in page.links, f"/disputes/{theirs.id}" in page.links) == (
        True,
        False,
    )
