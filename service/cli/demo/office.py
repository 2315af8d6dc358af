"""The offices and accounts of the demo, and the hours in which they work."""

import secrets
import string
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Final
from uuid import UUID

from config.demo import Account as Person
from config.demo import Office, Town
from config.password import Passwords
from config.vocabulary import STAFF, Role
from service.desk import Desk
from service.operations import organisation as organisations
from service.operations import user as users
from service.operations.organisation import OrganisationDraft
from service.operations.user import UserDraft
from service.rules import password as rules
from service.rules.access import Actor

PASSWORD_LENGTH: Final = 14
AT_ONCE: Final = 4  # hashed at a time, as at sign-in
_ALPHABET: Final = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))
_OPENS_AT: Final = 8 * 60 + 40
_CLOSES_AT: Final = 17 * 60 + 20


@dataclass(frozen=True, slots=True)
class Account:
    """One account, its password in clear for whoever started the demo."""

    username: str
    password: str
    name: str
    role: Role
    organisation: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Who can act: everybody by username, the offices that take disputes by their kind."""

    actors: Mapping[str, Actor]
    offices: Mapping[str, list[Office]]
    ids: Mapping[str, UUID]  # of the organisations, by name

    def mediator_of(self, office: Office) -> Actor:
        """The mediator of an office that takes disputes."""
        assert office.account is not None
        return self.actors[office.account]

    def office_of(self, actor: Actor) -> Office:
        """The office that takes disputes and in which somebody works."""
        offices = (each for kind in self.offices.values() for each in kind)
        return next(each for each in offices if self.ids[each.name] == actor.organisation_id)


def found(town: Town, *, desk: Desk, now: datetime) -> tuple[Staff, list[Account]]:
    """Create the organisations and accounts of the town, each with a password of its own."""
    ids = {
        office.name: organisations.create(
            OrganisationDraft(
                kind=office.kind,
                name=office.name,
                prefix=office.prefix,
                position=place,
                address=office.address,
                phone=office.phone,
                hours=office.hours,
                letterhead=office.letterhead,
                seal=office.seal,
            ),
            actor=None,
            now=now,
        )
        for place, office in enumerate(town.offices)
    }
    accounts = _accounts(town, desk.policy.passwords)
    actors = _hire(accounts, ids, desk=desk, now=now) | {
        each.username: _enter(_draft(each, None, ids), None, desk=desk, now=now)
        for each in town.accounts
        if each.leaves
    }
    offices: dict[str, list[Office]] = {}
    for office in town.offices:
        if office.account:
            offices.setdefault(office.kind.value, []).append(office)
    return Staff(actors, offices, ids), accounts


def new_password(username: str, policy: Passwords) -> str:
    """A random password that the rules take and that can be read aloud."""
    length = max(PASSWORD_LENGTH, policy.profile.shortest)
    while True:
        password = "".join(secrets.choice(_ALPHABET) for _ in range(length))
        if rules.problem(password, username=username, policy=policy) is None:
            return password


def at_work(day: date, desk: Desk, rng: Random) -> datetime:
    """A minute of the office hours of `day`, or of the next working day after it."""
    working = desk.calendar.next_working_day(day)
    opens = datetime.combine(working, time(), tzinfo=desk.zone)
    return (opens + timedelta(minutes=rng.randint(_OPENS_AT, _CLOSES_AT))).astimezone(UTC)


def back(now: datetime, ago: int, desk: Desk, rng: Random) -> datetime:
    """A minute of office hours `ago` days back, never after the present."""
    found_at = at_work(desk.today(now) - timedelta(days=ago), desk, rng)
    return min(found_at, now - timedelta(minutes=rng.randint(5, 170)))


def later(since: datetime, days: float, desk: Desk, rng: Random) -> datetime:
    """A minute of office hours about `days` after `since`, never before it."""
    wanted = (since + timedelta(days=days)).astimezone(desk.zone).date()
    found_at = at_work(wanted, desk, rng)
    return found_at if found_at > since else since + timedelta(minutes=rng.randint(15, 90))


def soon(since: datetime, days: float, now: datetime, desk: Desk, rng: Random) -> datetime:
    """The same as `later`, but in any case before the present; `since` has to be that as well."""
    return min(later(since, days, desk, rng), since + (now - since) / 2)


def _accounts(town: Town, policy: Passwords) -> list[Account]:
    named = [
        Account(
            each.username,
            new_password(each.username, policy),
            each.name,
            each.role,
            each.organisation,
        )
        for each in town.accounts
        if not each.leaves
    ]
    mediators = [
        Account(
            office.account, new_password(office.account, policy), name, Role.MEDIATOR, office.name
        )
        for office, name in zip(
            (office for office in town.offices if office.account), town.mediator_names, strict=False
        )
        if office.account
    ]
    return sorted(named + mediators, key=_roles_first)


def _roles_first(account: Account) -> tuple[bool, int]:
    """The one account of each role, named for it, before the others."""
    return account.username != account.role.value, STAFF.index(account.role)


def _hire(
    accounts: list[Account], ids: Mapping[str, UUID], *, desk: Desk, now: datetime
) -> dict[str, Actor]:
    """Everybody who signs in; their passwords are hashed side by side, which is slow by design."""
    drafts = [_draft(each, each.password, ids) for each in accounts]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        stored = list(pool.map(partial(users.hashed, desk=desk), drafts))
    return {
        draft.username: _enter(draft, each, desk=desk, now=now)
        for draft, each in zip(drafts, stored, strict=True)
    }


def _draft(account: Account | Person, password: str | None, ids: Mapping[str, UUID]) -> UserDraft:
    return UserDraft(
        username=account.username,
        name=account.name,
        organisation=ids[account.organisation],
        roles=[account.role],
        email=f"{account.username}@example.com" if account.role is Role.LEADER else None,
        password=password,
    )


def _enter(draft: UserDraft, stored: str | None, *, desk: Desk, now: datetime) -> Actor:
    user_id = users.enter(draft, stored, actor=None, desk=desk, now=now)
    return Actor(user_id, draft.name, draft.organisation, frozenset(draft.roles))
