"""Signing in: every refusal the same, five tries, three sessions, idle half an hour at most."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from config.policy import Limit
from config.vocabulary import Role
from models import AuditEntry, Event, User, UserRole, UserSession, db, transaction
from service.errors import SignInRefused, TooOften
from service.operations import sign_in as operations
from service.operations.sign_in import SignedIn
from service.queries import user as queries
from service.queries.user import Caller
from service.rules.origin import HERE, Origin
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import PASSWORD, Office
from tests.statements import statements

NAME = "window-centre"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clerk(office: Office) -> Office:
    """An office whose clerk has a password."""
    office.actor(Role.WINDOW, password=PASSWORD)
    return office


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every stored hash that the library really compared a password with, while the test ran."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        seen.append(stored)
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return seen


def sign_in(
    office: Office,
    password: str = PASSWORD,
    *,
    username: str = NAME,
    later: timedelta = timedelta(),
    origin: Origin = HERE,
    code: str | None = None,
) -> SignedIn:
    """One try."""
    return operations.sign_in(
        username, password, origin=origin, desk=office.desk, now=MONDAY_9AM + later, code=code
    )


def known(office: Office, signed_in: SignedIn, later: timedelta) -> Caller | None:
    """Whom the token belongs to, later."""
    policy = office.desk.policy.sign_in
    return queries.by_token(signed_in.token, policy=policy, now=MONDAY_9AM + later)


def refused(office: Office, password: str, **more: object) -> str:
    """What a refused try is told."""
    with pytest.raises(SignInRefused) as refusal:
        sign_in(office, password, **more)  # type: ignore[arg-type]  # handed on as they are
    return refusal.value.detail


@pytest.mark.usefixtures("inside")
def test_a_name_and_its_password_open_a_session(clerk: Office) -> None:
    signed_in = sign_in(clerk)
    caller = known(clerk, signed_in, MINUTE)
    assert caller is not None
    assert (caller.username, caller.actor.user_id) == (NAME, clerk.window.user_id)
    assert caller.actor.roles == {Role.WINDOW}
    assert signed_in.expires_at == MONDAY_9AM + timedelta(hours=12)


@pytest.mark.usefixtures("inside")
def test_only_a_hash_of_the_token_is_stored(clerk: Office) -> None:
    token = sign_in(clerk).token
    row = db.session.execute(sa.select(*UserSession.__table__.c)).one()
    assert len(token) >= 43
    assert token not in [str(each) for each in row]


@pytest.mark.usefixtures("inside", "clerk")
def test_no_password_is_stored() -> None:
    stored = db.session.scalars(sa.select(User.password_hash).where(User.username == NAME)).one()
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


@pytest.mark.usefixtures("inside")
def test_unknown_wrong_locked_and_disabled_are_told_the_same(clerk: Office) -> None:
    unknown = refused(clerk, PASSWORD, username="nobody")
    wrong = {refused(clerk, "not this one") for _ in range(5)}
    locked = refused(clerk, PASSWORD)
    with transaction() as session:
        session.execute(sa.update(User).values(active=False, locked_until=None, failure_count=0))
    disabled = refused(clerk, PASSWORD)
    assert {unknown, locked, disabled} | wrong == {"用户名或密码错误，或账户暂时锁定"}


@pytest.mark.usefixtures("inside")
def test_every_refusal_costs_one_comparison(clerk: Office, checked: list[str]) -> None:
    refused(clerk, PASSWORD, username="nobody")
    refused(clerk, PASSWORD, username="no\0body")
    for _ in range(6):
        refused(clerk, "not this one")
    assert len(checked) == 8


@pytest.mark.usefixtures("inside")
def test_the_fifth_failure_locks_for_a_quarter_of_an_hour(clerk: Office) -> None:
    for _ in range(5):
        refused(clerk, "not this one")
    refused(clerk, PASSWORD, later=15 * MINUTE - timedelta(seconds=1))
    assert sign_in(clerk, later=15 * MINUTE).token


@pytest.mark.usefixtures("inside")
def test_a_success_before_the_fifth_failure_forgets_the_others(clerk: Office) -> None:
    for _ in range(3):
        for _ in range(4):
            refused(clerk, "not this one")
        sign_in(clerk)


@pytest.mark.usefixtures("inside")
def test_after_a_lock_there_are_five_tries_again(clerk: Office) -> None:
    for _ in range(5):
        refused(clerk, "not this one")
    for _ in range(4):
        refused(clerk, "not this one", later=16 * MINUTE)
    assert sign_in(clerk, later=16 * MINUTE).token


@pytest.mark.usefixtures("inside")
def test_one_account_locked_leaves_the_others_open(clerk: Office) -> None:
    clerk.actor(Role.DIRECTOR, password=PASSWORD)
    for _ in range(5):
        refused(clerk, "not this one")
    assert sign_in(clerk, username="director-centre").token


def test_two_hundred_tries_at_once_from_everywhere_compare_at_most_five_times(
    clerk: Office, checked: list[str]
) -> None:
    with clerk.app.app_context():
        stored = db.session.scalars(
            sa.select(User.password_hash).where(User.username == NAME)
        ).one()

    def attempt(place: int) -> None:
        # four are compared at a time; who waits too long for that is sent off
        with clerk.app.app_context(), suppress(TooOften):
            refused(clerk, f"guess {place}", origin=Origin(f"192.0.2.{place}"))

    with ThreadPoolExecutor(20) as guessers:
        list(guessers.map(attempt, range(200)))
    assert checked.count(stored or "") == 5
    assert len(checked) <= 200
    with clerk.app.app_context():
        assert refused(clerk, PASSWORD)


@pytest.mark.usefixtures("inside")
def test_a_fourth_session_ends_the_oldest(clerk: Office) -> None:
    sessions = [sign_in(clerk, later=place * MINUTE) for place in range(4)]
    alive = [known(clerk, each, 5 * MINUTE) is not None for each in sessions]
    assert alive == [False, True, True, True]


@pytest.mark.usefixtures("inside")
def test_sessions_that_idled_out_do_not_cost_a_running_one_its_place(clerk: Office) -> None:
    running = sign_in(clerk)
    for place in (1, 2):
        sign_in(clerk, later=place * MINUTE)  # and never used
    operations.touch(running.token, now=MONDAY_9AM + 29 * MINUTE)
    sign_in(clerk, later=50 * MINUTE)
    assert known(clerk, running, 51 * MINUTE) is not None


def test_four_sign_ins_at_once_leave_three_sessions(clerk: Office) -> None:
    def attempt(_: int) -> None:
        with clerk.app.app_context():
            sign_in(clerk)

    with ThreadPoolExecutor(4) as people:
        list(people.map(attempt, range(4)))
    with clerk.app.app_context():
        running = sa.select(sa.func.count(UserSession.id)).where(UserSession.ended_at.is_(None))
        assert db.session.scalar(running) == 3


@pytest.mark.usefixtures("inside")
def test_half_an_hour_without_use_ends_a_session(clerk: Office) -> None:
    signed_in = sign_in(clerk)
    assert known(clerk, signed_in, 30 * MINUTE - timedelta(seconds=1)) is not None
    assert known(clerk, signed_in, 30 * MINUTE) is None


@pytest.mark.usefixtures("inside")
def test_use_keeps_a_session_but_not_beyond_twelve_hours(clerk: Office) -> None:
    signed_in = sign_in(clerk)
    for quarter in range(1, 49):
        operations.touch(signed_in.token, now=MONDAY_9AM + quarter * 15 * MINUTE)
    assert known(clerk, signed_in, timedelta(hours=12, seconds=-1)) is not None
    assert known(clerk, signed_in, timedelta(hours=12)) is None


@pytest.mark.usefixtures("inside")
def test_signing_out_ends_the_session_and_no_other(clerk: Office) -> None:
    first, second = sign_in(clerk), sign_in(clerk)
    operations.sign_out(first.token, actor=first.actor, now=MONDAY_9AM)
    assert known(clerk, first, MINUTE) is None
    assert known(clerk, second, MINUTE) is not None


@pytest.mark.usefixtures("inside")
def test_rights_are_those_of_this_moment(clerk: Office) -> None:
    signed_in = sign_in(clerk)
    with transaction() as session:
        session.add(UserRole(user_id=clerk.window.user_id, role=Role.MEDIATOR))
        session.execute(sa.update(User).values(organisation_id=clerk.units["station"]))
    caller = known(clerk, signed_in, MINUTE)
    assert caller is not None
    assert caller.actor.roles == {Role.WINDOW, Role.MEDIATOR}
    assert caller.actor.organisation_id == clerk.units["station"]


@pytest.mark.usefixtures("inside")
def test_a_disabled_account_is_out_at_once(clerk: Office) -> None:
    signed_in = sign_in(clerk)
    with transaction() as session:
        session.execute(sa.update(User).values(active=False))
    assert known(clerk, signed_in, MINUTE) is None


@pytest.mark.usefixtures("inside")
def test_every_try_and_every_leave_is_an_event(clerk: Office) -> None:
    refused(clerk, "not this one")
    refused(clerk, PASSWORD, username="nobody")
    begun = sign_in(clerk)
    operations.sign_out(begun.token, actor=begun.actor, now=MONDAY_9AM)
    asked = sa.select(Event.action, Event.actor_id).where(Event.action.like("sign%"))
    assert [tuple(row) for row in db.session.execute(asked.order_by(Event.id))] == [
        ("sign-in-refused", None),
        ("sign-in-refused", None),
        ("sign-in", begun.actor.user_id),
        ("sign-out", begun.actor.user_id),
    ]


WAYS = ("unknown", "wrong", "locked", "disabled", "no name at all")


def statements_of(office: Office, way: str) -> list[str]:
    """What goes to the database for one refused try; the values are not in it."""
    usual: dict[str, Any] = {"active": True, "locked_until": None, "failure_count": 0}
    changed: dict[str, dict[str, Any]] = {
        "locked": {"locked_until": MONDAY_9AM + timedelta(hours=1), "failure_count": 5},
        "disabled": {"active": False},
    }
    with transaction() as session:
        session.execute(sa.update(User).values(**usual | changed.get(way, {})))
    name = {"unknown": "nobody", "no name at all": "\ud800"}.get(way, NAME)
    password = "not this one" if way == "wrong" else PASSWORD
    with statements() as sent:
        refused(office, password, username=name, origin=Origin("192.0.2.1"))
    return sent


@pytest.mark.usefixtures("inside")
def test_every_refusal_costs_the_database_the_same(clerk: Office, checked: list[str]) -> None:
    refused(clerk, PASSWORD, username="first", origin=Origin("192.0.2.1"))
    checked.clear()
    sent = {way: statements_of(clerk, way) for way in WAYS}
    assert {way: each == sent["wrong"] for way, each in sent.items()} == dict.fromkeys(WAYS, True)
    assert sum(each.startswith("INSERT INTO event") for each in sent["wrong"]) == 1
    assert len(checked) == len(WAYS)


@pytest.mark.usefixtures("inside")
def test_tries_at_a_name_nobody_has_are_told_of_one_thing_that_says_no_name(clerk: Office) -> None:
    for name in ("nobody", "nobody", "somebody"):
        refused(clerk, PASSWORD, username=name)
    told = db.session.execute(
        sa.select(Event.subject_id, Event.detail).where(Event.action == "sign-in-refused")
    ).all()
    assert (told[0] == told[1], told[0] == told[2], told[0].detail) == (True, False, {})


@pytest.mark.usefixtures("inside")
def test_twenty_refused_tries_from_one_address_end_them_for_five_minutes(clerk: Office) -> None:
    here, there = Origin("192.0.2.1"), Origin("192.0.2.2")
    for place in range(20):
        refused(clerk, PASSWORD, username=f"nobody-{place}", origin=here)
    with pytest.raises(TooOften) as refusal:
        sign_in(clerk, origin=here)
    assert 0 < refusal.value.seconds <= 316
    assert sign_in(clerk, origin=there).token
    later = timedelta(seconds=refusal.value.seconds)
    assert sign_in(clerk, origin=here, later=later).token


@pytest.mark.usefixtures("inside")
def test_a_whole_office_signs_in_from_one_address(clerk: Office) -> None:
    for place in range(30):
        sign_in(clerk, origin=Origin("192.0.2.1"), later=timedelta(seconds=place))


@pytest.mark.usefixtures("inside")
def test_all_the_world_together_has_so_many_tries(clerk: Office) -> None:
    few = replace(clerk.desk.policy.limits, sign_in_by_anybody=Limit(3, 5 * MINUTE))
    office = replace(clerk, desk=replace(clerk.desk, policy=replace(clerk.desk.policy, limits=few)))
    for place in range(3):
        origin = Origin(f"192.0.2.{place}")
        refused(office, PASSWORD, username="nobody", origin=origin)
    with pytest.raises(TooOften):
        sign_in(office, origin=Origin("192.0.2.9"))


@pytest.mark.usefixtures("inside")
def test_a_session_knows_where_it_was_begun(clerk: Office) -> None:
    sign_in(clerk, origin=Origin("2001:db8::1", "Chrome · Windows"))
    kept = db.session.execute(sa.select(UserSession.address, UserSession.device)).one()
    assert tuple(kept) == ("2001:db8::1", "Chrome · Windows")


@pytest.mark.usefixtures("inside")
def test_the_trail_says_where_it_came_from_also_of_who_was_not_let_in(clerk: Office) -> None:
    refused(clerk, "not this one", origin=Origin("192.0.2.5"))
    sign_in(clerk, origin=Origin("192.0.2.6"))
    told = db.session.execute(
        sa.select(AuditEntry.action, AuditEntry.address)
        .where(AuditEntry.action.like("user.sign-in%"))
        .order_by(AuditEntry.seq)
    ).all()
    assert [tuple(each) for each in told] == [
        ("user.sign-in-refused", "192.0.2.5"),
        ("user.sign-in", "192.0.2.6"),
    ]
