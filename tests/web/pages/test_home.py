"""The desk: every number is the number of the rows it opens."""

import re
from collections.abc import Callable

import pytest

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

S = DisputeStatus
FIGURE = re.compile(r'<a href="([^"]+)" aria-label="([^"]+) (\d+)件，看明细">')
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


@pytest.mark.parametrize("role", [Role.SECADMIN, Role.AUDITOR, Role.PLANNER])
def test_a_role_without_pages_is_told_so(
    office: Office, visit: Callable[[Actor], Visitor], role: Role
) -> None:
    assert "暂时没有要办的事" in visit(office.actor(role)).get("/").text


def test_the_administrator_is_led_to_what_they_keep(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    page = visit(office.actor(Role.SYSADMIN)).get("/")
    assert {"/users", "/organisations", "/setup"} <= set(page.links)
    assert "暂时没有要办的事" not in page.text
