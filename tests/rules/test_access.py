"""What a role reaches, dispute by dispute; what no row of the policy names is denied."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from config import access as config
from config.vocabulary import STAFF, DisputeStatus, Role
from service.errors import Forbidden
from service.rules import access
from service.rules.access import Actor, Standing

POLICY = config.load()
NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
ME, OTHER = UUID(int=1), UUID(int=2)
HOME, AWAY = UUID(int=11), UUID(int=12)
ELSEWHERE = Standing(
    status=DisputeStatus.MEDIATING,
    dispatched_before=True,
    restricted=False,
    registered_by=OTHER,
    registered_at=NOW - timedelta(days=30),
    registered_at_organisation_id=AWAY,
    organisation_id=AWAY,
    mediator_id=OTHER,
)


def reaches(standing: Standing, *roles: Role, action: str = "dispute.read") -> bool:
    """Whether somebody at HOME with these roles reaches it."""
    actor = Actor(ME, "某", HOME, frozenset(roles))
    return access.covers(access.scope(actor, action, POLICY), standing, NOW)


def test_a_role_without_the_action_reaches_nothing() -> None:
    mine = replace(ELSEWHERE, registered_by=ME, mediator_id=ME, organisation_id=HOME)
    readers = {role for role in STAFF if reaches(mine, role)}
    assert readers == {Role.MEDIATOR, Role.LIAISON, Role.DIRECTOR}


def test_an_action_nobody_has_reaches_nothing() -> None:
    assert not any(reaches(ELSEWHERE, role, action="dispute.burn") for role in Role)


def opens(standing: Standing, *roles: Role) -> bool:
    """Whether they read it with its content."""
    actor = Actor(ME, "某", HOME, frozenset(roles))
    return access.opens(access.scope(actor, "dispute.read", POLICY), standing, NOW)


def test_the_director_reaches_the_whole_town_and_opens_what_is_not_restricted() -> None:
    restricted = replace(ELSEWHERE, restricted=True)
    assert reaches(ELSEWHERE, Role.DIRECTOR)
    assert opens(ELSEWHERE, Role.DIRECTOR)
    assert reaches(restricted, Role.DIRECTOR)
    assert not opens(restricted, Role.DIRECTOR)
    assert not reaches(restricted, Role.DIRECTOR, action="dispute.correct")


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.MEDIATOR, Role.LIAISON])
def test_who_is_named_opens_a_restricted_dispute_and_nothing_else_by_that(role: Role) -> None:
    named = replace(ELSEWHERE, restricted=True, named=frozenset({ME}))
    assert opens(named, role)
    assert not opens(replace(named, named=frozenset({OTHER})), role)
    assert opens(replace(named, restricted=False), role) is (role is Role.DIRECTOR)


def test_the_director_opens_what_is_behind_the_glass_that_was_broken() -> None:
    broken = replace(ELSEWHERE, restricted=True, glass=frozenset({ME}))
    assert opens(broken, Role.DIRECTOR)
    assert not opens(broken, Role.MEDIATOR)
    assert not opens(replace(broken, glass=frozenset({OTHER})), Role.DIRECTOR)


def test_a_town_beside_another_ends_at_its_own_organisations() -> None:
    actor = Actor(ME, "某", HOME, frozenset({Role.DIRECTOR}), town=frozenset({HOME}))
    scope = access.scope(actor, "dispute.read", POLICY)
    assert not access.covers(scope, ELSEWHERE, NOW)
    assert not access.covers(scope, replace(ELSEWHERE, restricted=True), NOW)
    assert access.covers(scope, replace(ELSEWHERE, organisation_id=HOME), NOW)
    assert access.covers(scope, replace(ELSEWHERE, registered_at_organisation_id=HOME), NOW)


def test_a_liaison_reaches_what_organisations_under_the_own_one_have() -> None:
    above = Actor(ME, "某", HOME, frozenset({Role.LIAISON}), below=frozenset({AWAY}))
    assert access.covers(access.scope(above, "dispute.read", POLICY), ELSEWHERE, NOW)
    assert not access.covers(access.scope(above, "dispute.accept", POLICY), ELSEWHERE, NOW)


def test_who_stands_in_for_a_mediator_reaches_what_is_assigned_to_them() -> None:
    actor = Actor(ME, "某", HOME, frozenset({Role.MEDIATOR}), stands_for=frozenset({OTHER}))
    assert access.covers(access.scope(actor, "dispute.agree", POLICY), ELSEWHERE, NOW)


def test_a_mediator_reaches_what_is_assigned_to_them_restricted_or_not() -> None:
    assert not reaches(ELSEWHERE, Role.MEDIATOR)
    assert reaches(replace(ELSEWHERE, mediator_id=ME), Role.MEDIATOR)
    assert reaches(replace(ELSEWHERE, mediator_id=ME, restricted=True), Role.MEDIATOR)


WAITING = replace(
    ELSEWHERE, status=DisputeStatus.DISPATCHED, organisation_id=HOME, mediator_id=None
)


def test_a_mediator_reaches_what_waits_at_home_for_somebody() -> None:
    assert reaches(WAITING, Role.MEDIATOR)
    assert not reaches(replace(WAITING, mediator_id=OTHER), Role.MEDIATOR)
    assert not reaches(replace(WAITING, organisation_id=AWAY), Role.MEDIATOR)
    assert not reaches(replace(WAITING, status=DisputeStatus.ACCEPTED), Role.MEDIATOR)
    assert not reaches(replace(WAITING, restricted=True), Role.MEDIATOR)


@pytest.mark.parametrize(
    "home",
    [
        {"organisation_id": HOME},
        {"registered_at_organisation_id": HOME},
        {"shared_with": frozenset({AWAY, HOME})},
    ],
)
def test_a_liaison_reaches_what_the_unit_leads_assists_or_registered(
    home: dict[str, object],
) -> None:
    at_home = replace(ELSEWHERE, **home)  # type: ignore[arg-type]  # one field at a time
    assert reaches(at_home, Role.LIAISON)
    assert not reaches(replace(at_home, restricted=True), Role.LIAISON)
    assert not reaches(ELSEWHERE, Role.LIAISON)


FRESH = replace(
    ELSEWHERE,
    status=DisputeStatus.REGISTERED,
    dispatched_before=False,
    registered_by=ME,
    registered_at=NOW,
)


def test_a_clerk_reaches_what_they_registered_until_it_is_dispatched() -> None:
    old = replace(FRESH, registered_at=NOW - timedelta(days=90))
    assert reaches(old, Role.WINDOW)
    assert reaches(replace(old, restricted=True), Role.WINDOW)
    assert not reaches(replace(old, status=DisputeStatus.DISPATCHED), Role.WINDOW)
    assert not reaches(replace(old, registered_by=OTHER), Role.WINDOW)
    assert not reaches(replace(old, dispatched_before=True), Role.WINDOW)


def test_a_clerk_reaches_it_for_a_day_after_registering_whatever_happens_to_it() -> None:
    gone_on = replace(FRESH, status=DisputeStatus.ACCEPTED)
    a_day_ago = NOW - timedelta(hours=24)
    assert reaches(gone_on, Role.WINDOW)
    assert reaches(replace(gone_on, registered_at=a_day_ago + timedelta(seconds=1)), Role.WINDOW)
    assert not reaches(replace(gone_on, registered_at=a_day_ago), Role.WINDOW)
    assert not reaches(replace(gone_on, restricted=True), Role.WINDOW)


def test_a_clerk_prints_the_slip_of_what_they_registered_however_long_ago() -> None:
    long_gone = replace(ELSEWHERE, status=DisputeStatus.ARCHIVED, registered_by=ME)
    assert reaches(long_gone, Role.WINDOW, action="dispute.receipt")
    assert not reaches(ELSEWHERE, Role.WINDOW, action="dispute.receipt")


def test_a_leader_never_reaches_a_dispute_itself() -> None:
    mine = replace(FRESH, mediator_id=ME, organisation_id=HOME)
    assert not reaches(mine, Role.LEADER)
    assert not reaches(mine, Role.LEADER, action="dispute.list")  # brief rows are not the dispute


def test_several_roles_reach_what_any_of_them_does() -> None:
    mine = replace(ELSEWHERE, mediator_id=ME)
    both = (Role.WINDOW, Role.MEDIATOR)
    assert reaches(mine, *both)
    assert reaches(FRESH, *both)
    assert not reaches(ELSEWHERE, *both)


def test_the_town_of_a_leader_leaves_out_what_is_restricted() -> None:
    actor = Actor(ME, "某", HOME, frozenset({Role.LEADER}))
    scope = access.scope(actor, "metric.read", POLICY)
    assert access.covers(scope, ELSEWHERE, NOW)
    assert not access.covers(scope, replace(ELSEWHERE, restricted=True), NOW)


def test_requiring_a_function_gives_its_scope_or_refuses() -> None:
    clerk = Actor(ME, "某", HOME, frozenset({Role.WINDOW}))
    assert access.require(clerk, "dispute.register", POLICY).actor is clerk
    with pytest.raises(Forbidden):
        access.require(clerk, "dispute.dispatch", POLICY)


def test_permitted_keeps_what_may_be_used() -> None:
    clerk = Actor(ME, "某", HOME, frozenset({Role.WINDOW}))
    asked = ["dispute.register", "dispute.close", "user.list"]
    assert access.permitted(clerk, asked, POLICY) == {"dispute.register"}


def test_only_a_director_ends_what_is_restricted() -> None:
    for role in Role:
        actor = Actor(ME, "某", HOME, frozenset({role}))
        assert access.may_end(actor, restricted=False)
        assert access.may_end(actor, restricted=True) is (role is Role.DIRECTOR)


def test_somebody_with_no_role_reaches_nothing() -> None:
    assert not reaches(FRESH)


def test_a_platform_reaches_what_it_sent_and_nothing_else_however_far_it_is() -> None:
    sent = replace(ELSEWHERE, registered_by=ME, restricted=True)
    assert reaches(sent, Role.PLATFORM)
    at_home = replace(ELSEWHERE, organisation_id=HOME, registered_at_organisation_id=HOME)
    assert not reaches(at_home, Role.PLATFORM)
    assert not reaches(replace(sent, registered_by=None), Role.PLATFORM)


def test_a_token_does_no_more_than_it_was_made_for() -> None:
    def token(*scopes: str) -> Actor:
        return Actor(ME, "某", HOME, frozenset({Role.PLATFORM}), only=frozenset(scopes))

    every = POLICY.actions
    assert access.permitted(token("dispute.read"), every, POLICY) == {"dispute.read"}
    assert access.permitted(token("dispute.close", "token.manage"), every, POLICY) == frozenset()
    assert access.permitted(token(), every, POLICY) == frozenset()
