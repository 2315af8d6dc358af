from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import OrganisationKind, Role
from models import Event, User, UserSession, db
from service.desk import Desk
from service.errors import Forbidden, Invalid, NotFound, SignInRefused
from service.operations import organisation as organisations
from service.operations import user as operations
from service.operations.organisation import OrganisationDraft
from service.operations.sign_in import sign_in
from service.operations.user import UserDraft
from service.queries import user as queries
from tests.factories.town import Town

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PASSWORD = "Tr4ctor-green"


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        found: Desk = app.extensions["fengqiao"]
        yield found


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town()


@pytest.fixture
def draft(town: Town) -> UserDraft:
    return UserDraft(
        username="window-2",
        name="何晓云",
        organisation=town.centre,
        roles=[Role.WINDOW],
        password=PASSWORD,
    )


def refused(draft: UserDraft, desk: Desk) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        operations.create(draft, actor=None, desk=desk, now=NOW)
    return list(refusal.value.fields)


def test_a_created_account_signs_in_with_its_roles(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    begun = sign_in("window-2", PASSWORD, desk=desk, now=NOW)
    assert (begun.actor.user_id, begun.actor.roles) == (made, frozenset({Role.WINDOW}))
    event = db.session.scalars(sa.select(Event).where(Event.subject_id == made)).first()
    assert event is not None
    assert (event.action, event.detail) == ("create", {"roles": ["window"]})


def test_every_wrong_field_is_named(draft: UserDraft, desk: Desk) -> None:
    wrong = replace(draft, username="X", name="", roles=[], password="short")
    assert refused(wrong, desk) == ["username", "name", "roles", "password"]
    assert refused(replace(draft, organisation=uuid4()), desk) == ["organisation"]
    operations.create(draft, actor=None, desk=desk, now=NOW)
    assert refused(draft, desk) == ["username"]


def test_only_a_system_administrator_creates_accounts(
    draft: UserDraft, town: Town, desk: Desk
) -> None:
    with pytest.raises(Forbidden):
        operations.create(draft, actor=town.user(Role.DIRECTOR), desk=desk, now=NOW)
    operations.create(draft, actor=town.user(Role.SYSADMIN), desk=desk, now=NOW)


def test_an_invitation_sets_the_first_password_once(draft: UserDraft, desk: Desk) -> None:
    invited = replace(draft, password=None)
    made = operations.create(invited, actor=None, desk=desk, now=NOW)
    token = operations.invite(made, actor=None, desk=desk, now=NOW)
    with pytest.raises(SignInRefused):
        sign_in("window-2", PASSWORD, desk=desk, now=NOW)
    assert queries.invited(token, now=NOW) == "window-2"
    assert operations.accept_invitation(token, PASSWORD, now=NOW) == "window-2"
    assert sign_in("window-2", PASSWORD, desk=desk, now=NOW).actor.user_id == made
    with pytest.raises(NotFound):
        operations.accept_invitation(token, "An0ther-green", now=NOW)


def test_the_token_of_an_invitation_is_stored_as_a_hash(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    token = operations.invite(made, actor=None, desk=desk, now=NOW)
    stored = db.session.get_one(User, made).invite_hash
    assert stored is not None
    assert token not in stored


def test_a_new_invitation_ends_the_one_before(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    first = operations.invite(made, actor=None, desk=desk, now=NOW)
    second = operations.invite(made, actor=None, desk=desk, now=NOW)
    assert queries.invited(first, now=NOW) is None
    assert queries.invited(second, now=NOW) == "window-2"


def test_an_invitation_ends_after_a_day(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    token = operations.invite(made, actor=None, desk=desk, now=NOW)
    day = timedelta(days=1)
    assert queries.invited(token, now=NOW + day - timedelta(seconds=1)) == "window-2"
    assert queries.invited(token, now=NOW + day) is None
    with pytest.raises(NotFound):
        operations.accept_invitation(token, PASSWORD, now=NOW + day)


def test_a_weak_password_leaves_the_invitation_usable(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    token = operations.invite(made, actor=None, desk=desk, now=NOW)
    with pytest.raises(Invalid) as refusal:
        operations.accept_invitation(token, "short", now=NOW)
    assert list(refusal.value.fields) == ["password"]
    assert operations.accept_invitation(token, PASSWORD, now=NOW) == "window-2"


def test_a_new_password_ends_every_session_and_lifts_a_lock(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    sign_in("window-2", PASSWORD, desk=desk, now=NOW)
    for _ in range(desk.policy.sign_in.failure_count):
        with pytest.raises(SignInRefused):
            sign_in("window-2", "wrong", desk=desk, now=NOW)
    token = operations.invite(made, actor=None, desk=desk, now=NOW)
    operations.accept_invitation(token, "An0ther-green", now=NOW)
    running = sa.select(sa.func.count()).where(UserSession.ended_at.is_(None))
    assert db.session.scalar(running) == 0
    sign_in("window-2", "An0ther-green", desk=desk, now=NOW)


@pytest.mark.usefixtures("town")
def test_only_one_organisation_opens_the_numbers_and_names_are_single() -> None:
    kind = OrganisationKind.GOVERNANCE_CENTRE
    second = OrganisationDraft(kind=kind, name="柳溪镇综治中心", prefix="XX", parent=uuid4())
    with pytest.raises(Invalid) as refusal:
        organisations.create(second, actor=None, now=NOW)
    assert list(refusal.value.fields) == ["name", "prefix", "parent"]
