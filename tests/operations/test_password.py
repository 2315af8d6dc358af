"""Changing one's own password: the old one is asked, earlier ones stay out, sessions end."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from config.password import ProfileName
from config.vocabulary import Role
from models import Event, User, UserSession, db
from service.desk import Desk
from service.errors import Invalid, SignInRefused
from service.gateways.keyring import token_hash
from service.operations import password as operations
from service.operations import sign_in as door
from service.operations import user as users
from service.operations.sign_in import SignedIn
from service.rules.access import Actor
from service.rules.origin import HERE, Origin
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import PASSWORD, Office
from tests.factories.sign_in_slip import set_first

NAME = "window-centre"
NEXT = [f"{word}-Kettle-4" for word in ("Orbit", "Bramble", "Vine", "Lampshade", "Onion")]
pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def clerk(office: Office) -> Actor:
    return office.actor(Role.WINDOW, password=PASSWORD)


def change(
    office: Office, actor: Actor, old: str, new: str, *, desk: Desk | None = None, later: int = 0
) -> SignedIn:
    now = MONDAY_9AM + timedelta(minutes=later)
    origin = Origin("192.0.2.7", "Firefox · Linux")
    return operations.change(
        old, new, actor=actor, origin=origin, desk=desk or office.desk, now=now
    )


def refused(office: Office, actor: Actor, old: str, new: str, **more: object) -> dict[str, object]:
    with pytest.raises(Invalid) as refusal:
        change(office, actor, old, new, **more)  # type: ignore[arg-type]  # handed on as they are
    return dict(refusal.value.fields)


def sign_in(office: Office, password: str) -> SignedIn:
    return door.sign_in(NAME, password, origin=HERE, desk=office.desk, now=MONDAY_9AM)


def test_the_new_password_signs_in_and_the_old_one_does_not(office: Office, clerk: Actor) -> None:
    change(office, clerk, PASSWORD, NEXT[0])
    assert sign_in(office, NEXT[0]).token
    with pytest.raises(SignInRefused):
        sign_in(office, PASSWORD)


def test_every_session_ends_and_a_fresh_one_begins(office: Office, clerk: Actor) -> None:
    for _ in range(3):
        sign_in(office, PASSWORD)
    begun = change(office, clerk, PASSWORD, NEXT[0], later=1)
    running = db.session.execute(
        sa.select(UserSession.token_hash, UserSession.address, UserSession.device).where(
            UserSession.ended_at.is_(None)
        )
    ).all()
    assert [tuple(each) for each in running] == [
        (token_hash(begun.token), "192.0.2.7", "Firefox · Linux")
    ]


def test_a_wrong_old_password_counts_as_a_try_and_locks(office: Office, clerk: Actor) -> None:
    wrong = {"old": ["现在的密码不对，或账户暂时锁定"]}
    assert [refused(office, clerk, "not this one", NEXT[0]) for _ in range(5)] == [wrong] * 5
    assert refused(office, clerk, PASSWORD, NEXT[0]) == wrong
    with pytest.raises(SignInRefused):
        sign_in(office, PASSWORD)


def test_a_weak_one_is_told_at_its_field_and_costs_no_try(office: Office, clerk: Actor) -> None:
    for _ in range(6):
        assert refused(office, clerk, PASSWORD, "short") == {
            "password": ["密码应为 10 到 128 个字符"]
        }
    assert change(office, clerk, PASSWORD, NEXT[0]).token


@pytest.mark.parametrize(
    "known", ["Window-Centre-8kq", "柳溪镇综治中心-8kQ", "LiuxizhenZongzhizhongxin8"]
)
def test_what_everybody_knows_of_its_owner_is_refused(
    office: Office, clerk: Actor, known: str
) -> None:
    assert list(refused(office, clerk, PASSWORD, known)) == ["password"]


def test_the_last_five_do_not_come_again_and_the_sixth_does(office: Office, clerk: Actor) -> None:
    used = [PASSWORD, *NEXT[:4]]
    for place, (old, new) in enumerate(pairwise(used)):
        change(office, clerk, old, new, later=place + 1)
    for earlier in used:
        assert refused(office, clerk, used[-1], earlier) == {
            "password": ["最近用过的密码不能再用，请换一个"]
        }
    change(office, clerk, used[-1], NEXT[4], later=9)
    assert change(office, clerk, NEXT[4], PASSWORD, later=10).token


def test_the_other_profile_forgets_all_but_the_present_one(office: Office, clerk: Actor) -> None:
    policy = office.desk.policy
    nist = replace(
        office.desk,
        policy=replace(policy, passwords=replace(policy.passwords, chosen=ProfileName.NIST)),
    )
    first, second = "vineyardkettleorbit", "gravel onion lampshade"
    change(office, clerk, PASSWORD, first, desk=nist, later=1)
    assert list(refused(office, clerk, first, first, desk=nist)) == ["password"]
    change(office, clerk, first, second, desk=nist, later=2)
    assert change(office, clerk, second, first, desk=nist, later=3).token


def test_a_reset_does_not_bring_an_earlier_one_back(office: Office, clerk: Actor) -> None:
    admin = office.actor(Role.SYSADMIN)
    code = users.reset(clerk.user_id, actor=admin, desk=office.desk, now=MONDAY_9AM)
    with pytest.raises(Invalid):
        set_first(NAME, code, PASSWORD, desk=office.desk, now=MONDAY_9AM)
    set_first(NAME, code, NEXT[0], desk=office.desk, now=MONDAY_9AM)
    assert sign_in(office, NEXT[0]).token


def test_who_chose_it_and_when_is_kept_and_the_change_is_an_event(
    office: Office, clerk: Actor
) -> None:
    set_at = sa.select(User.password_set_at).where(User.id == clerk.user_id)
    assert db.session.scalars(set_at).one() is None  # somebody else chose it
    change(office, clerk, PASSWORD, NEXT[0], later=2)
    assert db.session.scalars(set_at).one() == MONDAY_9AM + timedelta(minutes=2)
    told = db.session.scalars(sa.select(Event.action).where(Event.actor_id == clerk.user_id)).all()
    assert told == ["change-password"]
