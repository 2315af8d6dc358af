"""Whoever is refused a deed stands in the trail, by whichever route they asked: G55."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.vocabulary import AuditResult, Role
from models import AuditEntry, db
from service.rules import access
from service.web.door import PUBLIC
from tests.factories.matrix import Subject, World
from tests.factories.office import Office
from tests.factories.question.asker import Asker
from tests.factories.question.due import SIGNED_IN
from tests.factories.question.route import Route, routes
from tests.factories.visitor import session_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ROLES = (Role.WINDOW, Role.DIRECTOR, Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN, Role.LEGAL)
# asked of who may, these answer before they look for what the address names
ANSWERED_FIRST = {400, 409, 412, 422, 428}


@pytest.fixture
def asker(office: Office) -> Asker:
    """Somebody of each of several roles, who all together may do nearly everything."""
    people = {role: office.actor(role) for role in ROLES}
    subjects = [
        Subject(role.value, each, session_of(office.app, each)) for role, each in people.items()
    ]
    return Asker(World(office, seed=1, subjects=subjects))


def unsafe(asker: Asker) -> Iterator[Route]:
    """Every route by which something may be done, for who has a right to it."""
    for route in routes(asker.app, everywhere=True):
        if route.method != "GET" and route.action not in (PUBLIC, SIGNED_IN):
            yield route


def asking(asker: Asker, route: Route, *, may: bool) -> Subject | None:
    """Somebody who has the right, or has not."""
    for each in asker.world.subjects:
        assert each.actor is not None
        if access.may(each.actor, route.action, asker.policy) is may:
            return each
    return None


def denied(asker: Asker, subject: Subject, route: Route) -> tuple[int, list[tuple[object, ...]]]:
    """The answer to one request about what is not there, and the denials it left."""
    with asker.app.app_context():
        last = db.session.scalar(sa.select(sa.func.max(AuditEntry.seq))) or 0
    answer = asker.ask(subject, route, asker.address(route, None))
    with asker.app.app_context():
        found = db.session.execute(
            sa.select(AuditEntry.actor_id, AuditEntry.detail).where(
                AuditEntry.seq > last, AuditEntry.result == AuditResult.DENIED
            )
        )
        return answer.status, [(who, told["endpoint"], told["status"]) for who, told in found]


def entry(subject: Subject, route: Route, status: int) -> tuple[UUID, str, int]:
    """What a denial says."""
    assert subject.actor is not None
    return subject.actor.user_id, route.endpoint, status


def test_who_has_no_right_leaves_one_entry_on_every_route(asker: Asker) -> None:
    wrong, asked = [], set()
    for route in unsafe(asker):
        subject = asking(asker, route, may=False)
        assert subject is not None, route.name
        found = denied(asker, subject, route)
        asked.add(route.endpoint)
        if found != (403, [entry(subject, route, 403)]):
            wrong.append((route.name, *found))
    assert wrong == []
    assert len(asked) > 130


def test_who_asks_for_what_is_not_there_leaves_one_entry(asker: Asker) -> None:
    wrong, asked = [], set()
    for route in unsafe(asker):
        subject = asking(asker, route, may=True)
        if subject is None or not route.nouns or route.nouns == ["form_key"]:
            continue
        status, told = denied(asker, subject, route)
        if status in ANSWERED_FIRST:
            continue
        asked.add(route.endpoint)
        if (status, told) != (404, [entry(subject, route, 404)]):
            wrong.append((route.name, status, told))
    assert wrong == []
    assert len(asked) > 80
