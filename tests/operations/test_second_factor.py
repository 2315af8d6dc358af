"""The second factor: a code works once, wrong ones lock, recovery codes open once each."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.settings import Settings
from config.vocabulary import Role
from models import Event, RecoveryCode, User, UserSession, db
from service.errors import CodeRequired, Conflict, Forbidden, Invalid, NotFound, SignInRefused
from service.gateways import totp
from service.gateways.keyring import token_hash
from service.operations import second_factor as operations
from service.operations import sign_in as door
from service.operations.sign_in import HalfWay, SignedIn
from service.queries import second_factor as queries
from service.rules.access import Actor
from service.rules.origin import HERE
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import PASSWORD, Office

NAME = "director-centre"
STEP = timedelta(seconds=30)
pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A deployment that asks some roles for a code."""
    return replace(settings, second_factor=True)


@pytest.fixture
def director(office: Office) -> Actor:
    """Somebody whose role needs a second factor, with a password and nothing else."""
    return office.actor(Role.DIRECTOR, password=PASSWORD)


@pytest.fixture
def secret(inside: None, office: Office, director: Actor) -> str:
    """The secret of the director, who enrolled an hour ago."""
    return enrolled(office, director)[0]


def enrolled(office: Office, actor: Actor) -> tuple[str, list[str]]:
    """The secret and the recovery codes of who enrols."""
    then = MONDAY_9AM - timedelta(hours=1)
    begun = operations.begin(actor=actor, issuer="柳溪", desk=office.desk, now=then)
    codes = operations.confirm(
        totp.code(begun.secret, then), token="", actor=actor, desk=office.desk, now=then
    )
    return begun.secret, codes


def sign_in(
    office: Office, code: str | None, *, later: timedelta = timedelta(), password: str = PASSWORD
) -> SignedIn:
    """One try with a code."""
    now = MONDAY_9AM + later
    return door.sign_in(NAME, password, origin=HERE, desk=office.desk, now=now, code=code)


def half_way(office: Office, *, later: timedelta = timedelta()) -> str:
    """The ticket of the first step."""
    begun = door.enter(NAME, PASSWORD, origin=HERE, desk=office.desk, now=MONDAY_9AM + later)
    assert isinstance(begun, HalfWay)
    return begun.ticket


def finish(office: Office, ticket: str, code: str, *, later: timedelta = timedelta()) -> SignedIn:
    """The second step."""
    return door.finish(ticket, code, origin=HERE, desk=office.desk, now=MONDAY_9AM + later)


def test_before_it_is_enrolled_the_password_is_enough(office: Office, director: Actor) -> None:
    assert sign_in(office, None).actor.user_id == director.user_id


@pytest.mark.usefixtures("secret")
def test_without_a_code_a_right_password_is_told_so_and_a_wrong_one_is_not(office: Office) -> None:
    with pytest.raises(CodeRequired):
        sign_in(office, None)
    with pytest.raises(SignInRefused):
        sign_in(office, None, password="not this one")


def test_a_right_code_opens_and_opens_once(office: Office, secret: str) -> None:
    code = totp.code(secret, MONDAY_9AM)
    assert sign_in(office, code).token
    with pytest.raises(SignInRefused):
        sign_in(office, code, later=timedelta(seconds=1))
    assert sign_in(office, totp.code(secret, MONDAY_9AM + STEP), later=STEP).token


def test_a_code_is_good_one_step_early_and_late_but_never_an_older_one_again(
    office: Office, secret: str
) -> None:
    codes = [totp.code(secret, MONDAY_9AM + shift * STEP) for shift in (-2, -1, 0, 1, 2)]
    with pytest.raises(SignInRefused):
        sign_in(office, codes[0])
    with pytest.raises(SignInRefused):
        sign_in(office, codes[4])
    assert sign_in(office, f" {codes[3][:3]} {codes[3][3:]} ").token
    with pytest.raises(SignInRefused):  # it is still within a step, and lies before the one used
        sign_in(office, codes[2])


def test_the_code_of_enrolling_does_not_sign_in(office: Office, director: Actor) -> None:
    begun = operations.begin(actor=director, issuer="柳溪", desk=office.desk, now=MONDAY_9AM)
    code = totp.code(begun.secret, MONDAY_9AM)
    operations.confirm(code, token="", actor=director, desk=office.desk, now=MONDAY_9AM)
    with pytest.raises(SignInRefused):
        sign_in(office, code)


def test_ten_wrong_codes_lock_the_account_at_the_fifth(office: Office, secret: str) -> None:
    right = totp.code(secret, MONDAY_9AM)
    wrong = [f"{place:06d}" for place in range(20) if f"{place:06d}" != right][:10]
    for code in wrong:
        with pytest.raises(SignInRefused):
            sign_in(office, code)
    with pytest.raises(SignInRefused):
        sign_in(office, right)
    with pytest.raises(SignInRefused):  # locked, the right password is told nothing either
        sign_in(office, None)
    late = timedelta(minutes=15)
    assert sign_in(office, totp.code(secret, MONDAY_9AM + late), later=late).token


def test_one_code_in_ten_parallel_tries_opens_one_session(office: Office, secret: str) -> None:
    ticket, code = half_way(office), totp.code(secret, MONDAY_9AM)
    before = len(db.session.scalars(sa.select(UserSession)).all())
    db.session.rollback()

    def attempt(_: int) -> bool:
        with office.app.app_context():
            try:
                return bool(finish(office, ticket, code).token)
            except SignInRefused:
                return False

    with ThreadPoolExecutor(4) as people:
        opened = list(people.map(attempt, range(4)))
    assert sum(opened) == 1
    assert len(db.session.scalars(sa.select(UserSession)).all()) == before + 1


def test_two_steps_lead_in_and_the_first_costs_no_try(office: Office, secret: str) -> None:
    tickets = [half_way(office) for _ in range(8)]
    assert finish(office, tickets[0], totp.code(secret, MONDAY_9AM)).token


def test_wrong_codes_at_the_second_step_lock_it(office: Office, secret: str) -> None:
    ticket = half_way(office)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            finish(office, ticket, "nonsense")
    with pytest.raises(SignInRefused):
        finish(office, ticket, totp.code(secret, MONDAY_9AM))
    with pytest.raises(SignInRefused):
        half_way(office)


def test_a_ticket_ends_after_five_minutes_with_the_password_and_when_forged(
    office: Office, secret: str
) -> None:
    ticket, late = half_way(office), timedelta(minutes=5)
    owner, until, seal = ticket.split(".")
    later = f"{owner}.{int(until) + 600}.{seal}"
    none = ("", ".", "x.y.z")
    for forged in (*none, f"{owner}.1.", f"{owner}.{until}.", f"{ticket}0", later, ticket[:-1]):
        with pytest.raises(SignInRefused):
            finish(office, forged, totp.code(secret, MONDAY_9AM))
    late = timedelta(minutes=20)  # the forged ones have locked it meanwhile
    with pytest.raises(SignInRefused):
        finish(office, ticket, totp.code(secret, MONDAY_9AM + late), later=late)
    fresh = half_way(office, later=late)
    db.session.execute(sa.update(User).values(password_hash="another"))
    db.session.commit()
    with pytest.raises(SignInRefused):
        finish(office, fresh, totp.code(secret, MONDAY_9AM + late), later=late)


def test_each_recovery_code_opens_once_and_the_rest_still_do(
    office: Office, director: Actor
) -> None:
    _, codes = enrolled(office, director)
    assert (len(set(codes)), queries.of(director.user_id).codes_left) == (10, 10)
    assert sign_in(office, codes[0].lower().replace("-", " ")).token
    with pytest.raises(SignInRefused):
        sign_in(office, codes[0])
    assert sign_in(office, codes[9]).token
    assert queries.of(director.user_id).codes_left == 8


def test_neither_secret_nor_recovery_codes_are_stored_in_clear(
    office: Office, director: Actor
) -> None:
    secret, codes = enrolled(office, director)
    sealed = db.session.scalars(
        sa.select(User.second_factor_sealed).where(User.id == director.user_id)
    ).one()
    kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert secret.encode() not in (sealed or b"")
    plain = [code.replace("-", "").encode() for code in codes]
    assert [each for each in kept if each in plain] == []


def test_a_wrong_first_code_enrols_nothing(office: Office, director: Actor) -> None:
    operations.begin(actor=director, issuer="柳溪", desk=office.desk, now=MONDAY_9AM)
    with pytest.raises(Invalid) as refusal:
        operations.confirm("0", token="", actor=director, desk=office.desk, now=MONDAY_9AM)
    assert list(refusal.value.fields) == ["code"]
    assert queries.of(director.user_id).since is None
    assert sign_in(office, None).token


def test_enrolling_ends_the_sessions_begun_without_it(office: Office, director: Actor) -> None:
    mine, other = sign_in(office, None), sign_in(office, None)
    begun = operations.begin(actor=director, issuer="柳溪", desk=office.desk, now=MONDAY_9AM)
    code = totp.code(begun.secret, MONDAY_9AM)
    operations.confirm(code, token=mine.token, actor=director, desk=office.desk, now=MONDAY_9AM)
    running = db.session.scalars(
        sa.select(UserSession.token_hash).where(UserSession.ended_at.is_(None))
    ).all()
    assert running == [token_hash(mine.token)]
    assert other.token != mine.token


@pytest.mark.usefixtures("secret")
def test_a_second_factor_is_not_replaced_by_whoever_sits_there(
    office: Office, director: Actor
) -> None:
    with pytest.raises(Conflict):
        operations.begin(actor=director, issuer="柳溪", desk=office.desk, now=MONDAY_9AM)
    with pytest.raises(Conflict):
        operations.confirm("0", token="", actor=director, desk=office.desk, now=MONDAY_9AM)


@pytest.mark.usefixtures("secret")
def test_the_security_administrator_resets_it_and_nobody_else(
    office: Office, director: Actor
) -> None:
    guard = office.actor(Role.SECADMIN)
    for other in (Role.SYSADMIN, Role.AUDITOR, Role.WINDOW):
        with pytest.raises(Forbidden):
            operations.reset(
                director.user_id, actor=office.actor(other), desk=office.desk, now=MONDAY_9AM
            )
    with pytest.raises(Conflict):
        operations.reset(guard.user_id, actor=guard, desk=office.desk, now=MONDAY_9AM)
    with pytest.raises(NotFound):
        operations.reset(office.units["centre"], actor=guard, desk=office.desk, now=MONDAY_9AM)
    operations.reset(director.user_id, actor=guard, desk=office.desk, now=MONDAY_9AM)
    assert sign_in(office, None).token
    assert queries.of(director.user_id).codes_left == 0
    told = db.session.scalars(sa.select(Event.action).where(Event.actor_id == guard.user_id)).all()
    assert told == ["reset-second-factor"]


def test_where_no_code_is_asked_the_password_is_enough(office: Office, secret: str) -> None:
    policy = office.desk.policy
    off = replace(policy, sign_in=replace(policy.sign_in, second_factor=False))
    desk = replace(office.desk, policy=off)
    assert door.sign_in(NAME, PASSWORD, origin=HERE, desk=desk, now=MONDAY_9AM).token
