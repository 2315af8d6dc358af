"""Every page of every role: it answers, and offers nothing that this role is then refused."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask

from config.vocabulary import STAFF, DisputeStatus, LawsuitInstance, LawsuitProcedure, Role
from service.operations import lawsuit as lawsuits
from service.operations.lawsuit import LawsuitDraft
from service.queries import dispute as disputes
from service.rules import access
from service.rules.access import Actor
from service.web.door import PUBLIC, action_of, signed_in_name
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Form, Page, Visitor

UNITS = {Role.MEDIATOR: "committee", Role.LIAISON: "committee"}
# how many pages of one kind are opened: a dispute's own page differs by its state, others little
STATES, ALIKE = 12, 4


def furnish(office: Office, case: Callable[..., Handling], now: datetime) -> None:
    """A dispute in every status, some restricted, and a lawsuit."""
    for status in DisputeStatus:
        case(status)
    case(restricted=True)
    case(DisputeStatus.MEDIATING, restricted=True)
    draft = LawsuitDraft(
        procedure=LawsuitProcedure.LITIGATION,
        instance=LawsuitInstance.FIRST,
        court="某旗人民法院",
        cause="行政处罚",
        act="罚款决定",
        plaintiffs=["赵一"],
        organisation=office.units["station"],
        served_on=date(2026, 10, 12),
    )
    with office.app.app_context():
        lawsuits.record(draft, actor=office.actor(Role.LEGAL), desk=office.desk, now=now)


def walked(visitor: Visitor, most: int) -> dict[str, Page]:
    """Every page one gets to from the desk, by address; of each kind at most so many."""
    found: dict[str, Page] = {}
    alike: Counter[tuple[str | None, tuple[str, ...]]] = Counter()
    waiting, met = ["/"], set[str]()
    while waiting:
        address = waiting.pop(0)
        if address in met:
            continue
        met.add(address)
        kind = _kind(visitor.app, address)
        limit = STATES if kind[0] == "dispute.detail" else most
        if alike[kind] >= limit:
            continue
        alike[kind] += 1
        page = found[address] = visitor.get(address)
        if page.status == 303:
            waiting.append(page.location)
        waiting += [urljoin(address, link).partition("#")[0] for link in page.links if link]
    return found


def _kind(app: Flask, address: str) -> tuple[str | None, tuple[str, ...]]:
    parts = urlsplit(address)
    endpoint, args = _route(app, parts.path, "GET")
    step = str(args.get("step", args.get("kind", "")))
    names = sorted(each.partition("=")[0] for each in parts.query.split("&"))
    return endpoint, (step, *names)


def _route(app: Flask, path: str, method: str) -> tuple[str, dict[str, Any]]:
    with app.test_request_context():
        endpoint, args = app.url_map.bind("localhost").match(path, method=method)
    return endpoint, dict(args)


def refused(visitor: Visitor, actor: Actor, form: Form, office: Office, now: datetime) -> bool:
    """Whether sending the form would be refused for who one is."""
    endpoint, args = _route(visitor.app, urlsplit(form.action).path, form.method.upper())
    with visitor.app.app_context():
        name = action_of(endpoint) or ""
        if name in (PUBLIC, signed_in_name()):
            return False
        if not access.may(actor, name.format(**args), office.desk.policy.access):
            return True
        if "dispute_id" not in args or "step" not in args:
            return False
        view = disputes.one(args["dispute_id"], actor=actor, desk=office.desk, now=now)
        return args["step"] not in view.steps


@pytest.mark.parametrize("most", [ALIKE, pytest.param(STATES, marks=pytest.mark.deep)])
@pytest.mark.parametrize("role", list(STAFF))
@pytest.mark.daily("postgresql")  # where the second wall stands
def test_every_page_answers_and_offers_nothing_that_is_refused(
    office: Office,
    visit: Callable[[Actor], Visitor],
    case: Callable[..., Handling],
    now: datetime,
    *,
    role: Role,
    most: int,
) -> None:
    furnish(office, case, now)
    actor = office.actor(role, UNITS.get(role, "centre"))
    visitor = visit(actor)
    pages = walked(visitor, most)
    assert {a: p.status for a, p in pages.items() if p.status not in (200, 303)} == {}
    for address, page in pages.items():
        if "<html" not in page.html:
            continue
        assert page.headings == [page.title], address
        assert page.html.count("<main") == 1, address
        offered = [form for form in page.forms if form.action]
        assert [f.action for f in offered if refused(visitor, actor, f, office, now)] == []


DUTIES = {
    Role.WINDOW: {"/disputes/new", "/disputes", "/ledger"},
    Role.MEDIATOR: {"/disputes/new", "/disputes"},
    Role.LIAISON: {"/disputes/new", "/disputes", "/ledger", "/weekly"},
    Role.DIRECTOR: {"/disputes/new", "/disputes", "/dispatch", "/weekly", "/lawsuits", "/ledger"},
    Role.LEGAL: {"/lawsuits"},
    Role.LEADER: {"/disputes", "/weekly", "/lawsuits"},
}


@pytest.mark.parametrize("role", list(DUTIES))
def test_what_a_role_works_with_is_one_click_away(
    office: Office, visit: Callable[[Actor], Visitor], role: Role
) -> None:
    page = visit(office.actor(role, UNITS.get(role, "centre"))).get("/")
    assert DUTIES[role] - set(page.links) == set()
