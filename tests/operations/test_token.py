"""The account a token acts in is a program's: no person's, no colleague's, and a unit's burden."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role, Source, TokenScope
from models import Notice, Token, User, UserSession, db, transaction
from service.errors import Conflict, Invalid, NotFound, SignInRefused
from service.gateways.keyring import token_hash
from service.gateways.passwords import hash_password
from service.operations import organisation as organisations
from service.operations import platform as platforms
from service.operations import token as operations
from service.operations import user as users
from service.operations.sign_in import sign_in
from service.operations.token import Made, TokenDraft
from service.queries import organisation as organisation_queries
from service.queries import setup
from service.queries import token as queries
from service.queries import user as user_queries
from service.rules.access import Actor
from service.rules.origin import HERE
from tests.factories.dispute import Handling, visit
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM, TUESDAY_9AM
from tests.factories.office import PASSWORD, Office

pytestmark = pytest.mark.usefixtures("inside")
HOTLINE = Source.HOTLINE_12345


@pytest.fixture
def keeper(office: Office) -> Actor:
    """The administrator who makes tokens."""
    return office.actor(Role.SYSADMIN)


@pytest.fixture
def make(office: Office, keeper: Actor) -> Callable[..., Made]:
    """Makes a token of the hotline at the justice office."""

    def made(expires_on: date | None = None) -> Made:
        draft = TokenDraft(
            name="热线平台",
            source=HOTLINE,
            organisation=office.units["justice"],
            scopes=list(TokenScope),
            expires_on=expires_on,
        )
        return operations.make(draft, actor=keeper, desk=office.desk, now=MONDAY_9AM)

    return made


def account_of(made: Made) -> UUID:
    return db.session.get_one(Token, made.id).user_id


def give_up(office: Office) -> None:
    unit = office.units["justice"]
    organisations.deactivate(
        unit, version=1, actor=office.director, desk=office.desk, now=TUESDAY_9AM
    )


def test_a_token_acts_as_a_platform_and_as_nothing_else(make: Callable[..., Made]) -> None:
    made = make()
    program = queries.by_secret(made.secret, now=MONDAY_10AM)
    assert program is not None
    actor = program.caller.actor
    assert (actor.user_id, actor.roles) == (account_of(made), frozenset({Role.PLATFORM}))


def test_its_account_is_no_persons(
    office: Office, keeper: Actor, make: Callable[..., Made]
) -> None:
    account = account_of(make())
    for deed in (users.invite, users.reset, users.disable, users.enable, users.unlock):
        with pytest.raises(NotFound):
            deed(account, actor=keeper, desk=office.desk, now=MONDAY_10AM)
    with pytest.raises(NotFound):
        user_queries.account(account, now=MONDAY_10AM)
    assert [each.id for each in user_queries.accounts(now=MONDAY_10AM)] == [keeper.user_id]
    assert setup.state(office.desk.policy, MONDAY).accounts == 1


def test_not_even_a_password_lets_anybody_in_as_a_program(
    office: Office, make: Callable[..., Made]
) -> None:
    account = account_of(make())
    with transaction() as session:
        user = session.get_one(User, account)
        user.password_hash = hash_password(PASSWORD)
        name = user.username
    with pytest.raises(SignInRefused):
        sign_in(name, PASSWORD, origin=HERE, desk=office.desk, now=MONDAY_10AM)


def test_a_session_opens_no_programs_account(office: Office, make: Callable[..., Made]) -> None:
    with transaction() as session:
        session.add(
            UserSession(
                user_id=account_of(make()),
                token_hash=token_hash("planted"),
                started_at=MONDAY_9AM,
                seen_at=MONDAY_9AM,
                expires_at=MONDAY_9AM + timedelta(hours=8),
            )
        )
    policy = office.desk.policy.sign_in
    assert user_queries.by_token("planted", policy=policy, now=MONDAY_9AM) is None


def test_a_unit_is_not_given_up_while_a_platform_is_let_in_there(
    office: Office, keeper: Actor, make: Callable[..., Made]
) -> None:
    unit, made = office.units["justice"], make()
    with pytest.raises(Conflict) as refusal:
        give_up(office)
    assert refusal.value.detail == "“柳溪司法所”还有 1 个可用的接口令牌，现在不能停用"
    operations.revoke(made.id, actor=keeper, desk=office.desk, now=MONDAY_10AM)
    give_up(office)
    assert not organisation_queries.one(unit).active
    with pytest.raises(Invalid) as wrong:
        make()
    assert list(wrong.value.fields) == ["organisation"]


def test_what_has_run_out_holds_no_unit(office: Office, make: Callable[..., Made]) -> None:
    make(expires_on=MONDAY)
    unit = office.units["justice"]
    assert organisation_queries.burden(unit, now=MONDAY_10AM).tokens == 1
    assert not organisation_queries.burden(unit, now=TUESDAY_9AM)
    give_up(office)


def test_a_program_is_told_nothing_of_the_end(office: Office, make: Callable[..., Made]) -> None:
    made = make()
    program = queries.by_secret(made.secret, now=MONDAY_9AM)
    assert program is not None
    came = visit(source=HOTLINE, source_reference="R-1")
    sent = platforms.send(came, actor=program.caller.actor, desk=office.desk, now=MONDAY_9AM)
    Handling(office, sent.id).until(DisputeStatus.CLOSED)
    told = sa.select(sa.func.count()).where(Notice.user_id == account_of(made))
    assert db.session.scalar(told) == 0
