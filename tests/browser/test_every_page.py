"""Every page there is, taken from the table of routes: no barrier, nothing over the edge."""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.routing import Rule

from config.vocabulary import STAFF, DisputeStatus, Role
from service.web.door import PUBLIC, action_of, signed_in_name
from tests.browser.test_pages import TELEPHONE, is_whole
from tests.factories.dispute import Handling
from tests.factories.office import Office

SitDown = Callable[..., Page]
UNITS: Final = {Role.MEDIATOR: "committee", Role.LIAISON: "committee"}
# who looks at the pages: the roles that between them may see every one, and how many pages each
# is the first to see; a page more or fewer is a number more or fewer here
LOOKED_AT: Final = {
    Role.DIRECTOR: 95,
    Role.MEDIATOR: 1,
    Role.WINDOW: 1,
    Role.SYSADMIN: 10,
    Role.SECADMIN: 2,
}
LOOKERS: Final = tuple(LOOKED_AT)
# answers that are no page: files, parts of pages, redirections, addresses of a secret
NO_PAGES: Final = frozenset(
    {
        "static",
        "lawsuit.owed",
        "plan_task.owed",
        "document.description",
        "document.show",
        "draft.put",
        "sign_in.session_left",
        "sign_in.link",
        "sign_in.form",
        "setup.begin",
        "weekly.newest",
        "weekly.workbook",
        "evaluation.newest",
        "audit.workbook",
        "clock.deadlines",
        "exchange.sheet",
        "plan_entry.entries",
    }
)


def pages(app: Flask, role: Role) -> Iterator[Rule]:
    """The routes of pages that need no argument or a dispute alone, and that `role` may use."""
    policy = app.extensions["fengqiao"].policy.access
    for rule in app.url_map.iter_rules():
        with app.app_context():
            name = action_of(rule.endpoint)
        if (
            rule.rule.startswith("/api")
            or rule.endpoint in NO_PAGES
            or "GET" not in (rule.methods or ())
        ):
            continue
        if name is None or name == PUBLIC or rule.arguments - {"dispute_id"}:
            continue
        if name == signed_in_name() or policy.reach(role, name):
            yield rule


def first_seen_by(app: Flask, role: Role) -> Iterator[Rule]:
    """The pages `role` may use and no looker before it may; the desk differs for everybody."""
    before = {
        rule.endpoint
        for other in LOOKERS[: LOOKERS.index(role)]
        for rule in pages(app, other)
        if rule.rule != "/"
    }
    return (rule for rule in pages(app, role) if rule.endpoint not in before)


@pytest.mark.parametrize("role", LOOKERS)
def test_no_page_has_a_barrier(
    office: Office,
    sit_down: SitDown,
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
    role: Role,
) -> None:
    actor = office.actor(role, UNITS.get(role, "centre"))
    status = DisputeStatus.MEDIATING if role is Role.MEDIATOR else DisputeStatus.REGISTERED
    dispute = str(case(status).id)
    page = sit_down(actor)
    found, looked_at = [], 0
    for rule in first_seen_by(office.app, role):
        path = rule.rule.replace("<uuid:dispute_id>", dispute)
        answer = page.goto(path)
        if answer is None or "html" not in (answer.header_value("content-type") or ""):
            found.append(f"{path}: is no page")
            continue
        looked_at += 1
        try:
            is_whole(page)
            axe(page)
            fits(page)
        except AssertionError as fault:
            found.append(f"{path}: {fault}")
    assert (found, looked_at) == ([], LOOKED_AT[role])


def fits(page: Page) -> None:
    """Nothing hangs over the edge of a telephone."""
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1366, "height": 768})
    assert width <= 360


def test_the_lookers_see_every_page_between_them(app: Flask) -> None:
    def seen(roles: tuple[Role, ...]) -> set[str]:
        return {rule.endpoint for role in roles for rule in pages(app, role)}

    others = seen(tuple(sorted(STAFF))) - seen(LOOKERS)
    assert {each.partition(".")[0] for each in others} <= {
        "lawsuit",
        "lawsuit_paper",
        "suggestion",
    }
