from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import STAFF, OrganisationKind, Role
from models import Event, User, UserSession, db
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound, SignInRefused
from service.operations import organisation as organisations
from service.operations import user as operations
from service.operations.organisation import OrganisationDraft
from service.operations.sign_in import sign_in
from service.operations.user import UserDraft
from service.queries import user as queries
from service.queries.user import AccountFilters
from service.rules.origin import HERE
from tests.factories.sign_in_slip import set_first
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
    begun = sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)
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
    code = operations.invite(made, actor=None, desk=desk, now=NOW)
    with pytest.raises(SignInRefused):
        sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)
    set_first("window-2", code, PASSWORD, desk=desk, now=NOW)
    assert sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW).actor.user_id == made
    with pytest.raises(SignInRefused):
        set_first("window-2", code, "An0ther-green", desk=desk, now=NOW)


def test_the_code_of_an_invitation_is_stored_as_a_hash(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    code = operations.invite(made, actor=None, desk=desk, now=NOW)
    stored = db.session.get_one(User, made).invite_hash
    assert stored is not None
    assert code.replace("-", "") not in stored


def test_a_new_invitation_ends_the_one_before(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    first = operations.invite(made, actor=None, desk=desk, now=NOW)
    second = operations.invite(made, actor=None, desk=desk, now=NOW)
    with pytest.raises(SignInRefused):
        set_first("window-2", first, PASSWORD, desk=desk, now=NOW)
    set_first("window-2", second, "An0ther-green", desk=desk, now=NOW)


def test_an_invitation_ends_after_a_day(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    code = operations.invite(made, actor=None, desk=desk, now=NOW)
    day = timedelta(days=1)
    with pytest.raises(SignInRefused):
        set_first("window-2", code, PASSWORD, desk=desk, now=NOW + day)
    set_first("window-2", code, "An0ther-green", desk=desk, now=NOW + day - timedelta(seconds=1))


def test_a_weak_password_leaves_the_invitation_usable(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    code = operations.invite(made, actor=None, desk=desk, now=NOW)
    with pytest.raises(Invalid) as refusal:
        set_first("window-2", code, "short", desk=desk, now=NOW)
    assert list(refusal.value.fields) == ["password"]
    set_first("window-2", code, "An0ther-green", desk=desk, now=NOW)


def test_a_new_password_ends_every_session_and_lifts_a_lock(draft: UserDraft, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)
    for _ in range(desk.policy.sign_in.failure_count):
        with pytest.raises(SignInRefused):
            sign_in("window-2", "wrong", origin=HERE, desk=desk, now=NOW)
    code = operations.invite(made, actor=None, desk=desk, now=NOW)
    set_first("window-2", code, "An0ther-green", desk=desk, now=NOW)
    running = sa.select(sa.func.count()).where(UserSession.ended_at.is_(None))
    assert db.session.scalar(running) == 0
    sign_in("window-2", "An0ther-green", origin=HERE, desk=desk, now=NOW)


@pytest.mark.usefixtures("town")
def test_only_one_organisation_opens_the_numbers_and_names_are_single() -> None:
    kind = OrganisationKind.GOVERNANCE_CENTRE
    second = OrganisationDraft(kind=kind, name="柳溪镇综治中心", prefix="XX", parent=uuid4())
    with pytest.raises(Invalid) as refusal:
        organisations.create(second, actor=None, now=NOW)
    assert list(refusal.value.fields) == ["name", "prefix", "parent"]


def entered(draft: UserDraft, desk: Desk) -> UUID:
    """An account whose owner is signed in."""
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    sign_in(draft.username, PASSWORD, origin=HERE, desk=desk, now=NOW)
    return made


def running(user_id: UUID) -> int | None:
    return db.session.scalar(
        sa.select(sa.func.count()).where(
            UserSession.user_id == user_id, UserSession.ended_at.is_(None)
        )
    )


def deeds(user_id: UUID) -> list[str]:
    """What was done to the account, after the sign-ins."""
    found = db.session.scalars(
        sa.select(Event.action).where(Event.subject_id == user_id).order_by(Event.id)
    )
    return [action for action in found if not action.startswith("sign-in")]


def test_a_reset_ends_sessions_and_password_and_gives_a_link(
    draft: UserDraft, town: Town, desk: Desk
) -> None:
    made = entered(draft, desk)
    code = operations.reset(made, actor=town.user(Role.SYSADMIN), desk=desk, now=NOW)
    assert running(made) == 0
    with pytest.raises(SignInRefused):
        sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)
    set_first("window-2", code, "An0ther-green", desk=desk, now=NOW)
    sign_in("window-2", "An0ther-green", origin=HERE, desk=desk, now=NOW)
    assert deeds(made) == ["create", "reset", "set-password"]


def test_one_does_not_reset_or_close_ones_own_account(town: Town, desk: Desk) -> None:
    me = town.user(Role.SYSADMIN)
    for deed in (operations.reset, operations.disable):
        with pytest.raises(Conflict):
            deed(me.user_id, actor=me, desk=desk, now=NOW)


def test_a_closed_account_is_out_at_once_until_it_is_opened(
    draft: UserDraft, town: Town, desk: Desk
) -> None:
    admin, made = town.user(Role.SYSADMIN), entered(draft, desk)
    operations.disable(made, actor=admin, desk=desk, now=NOW)
    assert running(made) == 0
    with pytest.raises(SignInRefused):
        sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)
    with pytest.raises(Conflict):
        operations.reset(made, actor=admin, desk=desk, now=NOW)
    operations.enable(made, actor=admin, desk=desk, now=NOW)
    sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)
    assert deeds(made) == ["create", "disable", "enable"]


def test_a_link_ends_with_the_account(draft: UserDraft, town: Town, desk: Desk) -> None:
    made = operations.create(replace(draft, password=None), actor=None, desk=desk, now=NOW)
    code = operations.invite(made, actor=None, desk=desk, now=NOW)
    admin = town.user(Role.SYSADMIN)
    operations.disable(made, actor=admin, desk=desk, now=NOW)
    operations.enable(made, actor=admin, desk=desk, now=NOW)
    with pytest.raises(SignInRefused):
        set_first("window-2", code, PASSWORD, desk=desk, now=NOW)


def test_sessions_are_forgotten_half_a_year_after_they_ran_out(
    draft: UserDraft, desk: Desk
) -> None:
    made = entered(draft, desk)
    over = NOW + desk.policy.sign_in.absolute + timedelta(days=180)
    assert operations.forget_sessions(desk=desk, now=over) == 0
    assert running(made) == 1
    assert operations.forget_sessions(desk=desk, now=over + timedelta(seconds=1)) == 1
    assert running(made) == 0
    assert deeds(made) == ["create"]


def test_the_last_system_administrator_stays(town: Town, desk: Desk) -> None:
    first, second = town.user(Role.SYSADMIN), town.user(Role.SYSADMIN)
    operations.disable(first.user_id, actor=second, desk=desk, now=NOW)
    with pytest.raises(Conflict):  # the first one's page was still open
        operations.disable(second.user_id, actor=first, desk=desk, now=NOW)
    assert db.session.get_one(User, second.user_id).active


def test_a_lock_is_lifted(draft: UserDraft, town: Town, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    for _ in range(desk.policy.sign_in.failure_count):
        with pytest.raises(SignInRefused):
            sign_in("window-2", "wrong", origin=HERE, desk=desk, now=NOW)
    assert queries.account(made, now=NOW).locked
    operations.unlock(made, actor=town.user(Role.SYSADMIN), desk=desk, now=NOW)
    assert not queries.account(made, now=NOW).locked
    sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)


@pytest.mark.parametrize("role", [role for role in STAFF if role is not Role.SYSADMIN])
def test_nobody_else_keeps_accounts(role: Role, draft: UserDraft, town: Town, desk: Desk) -> None:
    made, actor = entered(draft, desk), town.user(role)
    for deed in (operations.reset, operations.disable, operations.enable, operations.unlock):
        with pytest.raises(Forbidden):
            deed(made, actor=actor, desk=desk, now=NOW)
    assert (running(made), deeds(made)) == (1, ["create"])


def test_the_account_of_a_program_is_nobodys_to_open(town: Town, desk: Desk) -> None:
    admin, program = town.user(Role.SYSADMIN), town.user(Role.PLATFORM)
    for deed in (
        operations.invite,
        operations.reset,
        operations.disable,
        operations.enable,
        operations.unlock,
    ):
        with pytest.raises(NotFound):
            deed(program.user_id, actor=admin, desk=desk, now=NOW)
    with pytest.raises(NotFound):
        queries.account(program.user_id, now=NOW)
    assert [each.id for each in queries.accounts(now=NOW)] == [admin.user_id]


def test_no_person_becomes_a_platform(draft: UserDraft, desk: Desk) -> None:
    assert refused(replace(draft, roles=[Role.PLATFORM]), desk) == ["roles"]
    assert refused(replace(draft, roles=[Role.WINDOW, Role.PLATFORM]), desk) == ["roles"]


def test_a_phone_number_is_checked(draft: UserDraft, desk: Desk) -> None:
    assert refused(replace(draft, phone="12"), desk) == ["phone"]


def test_the_list_tells_state_and_last_sign_in(draft: UserDraft, town: Town, desk: Desk) -> None:
    made = operations.create(draft, actor=None, desk=desk, now=NOW)
    assert queries.account(made, now=NOW).last_sign_in_at is None
    sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW)
    sign_in("window-2", PASSWORD, origin=HERE, desk=desk, now=NOW + timedelta(hours=1))
    assert queries.account(made, now=NOW).last_sign_in_at == NOW + timedelta(hours=1)
    town.user(Role.DIRECTOR, organisation=town.committee)
    for chosen in (
        AccountFilters(text="何晓"),
        AccountFilters(role=Role.WINDOW),
        AccountFilters(organisation=town.centre),
    ):
        assert [each.id for each in queries.accounts(chosen, now=NOW)] == [made]
    assert queries.accounts(AccountFilters(active=False), now=NOW) == []
    assert queries.accounts(AccountFilters(locked=True), now=NOW) == []
