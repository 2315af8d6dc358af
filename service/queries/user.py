"""Look at users 用户: who a token belongs to, who may be named mediator."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from config.policy import SignInPolicy
from config.spelling import fold
from config.vocabulary import Role
from models import Dispute, Organisation, User, UserRole, UserSession, db
from service.errors import NotFound
from service.gateways.keyring import token_hash
from service.queries import organisation_tree, sight, substitution
from service.queries.organisation_tree import Place
from service.rules.access import Actor
from service.rules.dispute import ENDED

# the others reach what is theirs by itself, wherever their organisation stands
LOOK_AT_THE_TREE: Final = frozenset(
    {
        Role.WINDOW,
        Role.MEDIATOR,
        Role.LIAISON,
        Role.DIRECTOR,
        Role.LEADER,
        Role.PLANNER,
        Role.LEGAL,
        Role.AUDITOR,
    }
)
# a program's account is no colleague's
PERSON: Final = User.id.not_in(sa.select(UserRole.user_id).where(UserRole.role == Role.PLATFORM))

# who a session belongs to, a row for each role; asked by every request, so it is built once
_CALLER: Final = (
    sa.select(
        UserSession.seen_at,
        UserSession.expires_at,
        User.id,
        User.name,
        User.username,
        User.organisation_id,
        Organisation.name.label("unit"),
        Organisation.kind.label("unit_kind"),
        UserRole.role,
        User.password_set_at,
        User.second_factor_at,
    )
    .join(User, User.id == UserSession.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .where(
        UserSession.token_hash == sa.bindparam("hash"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > sa.bindparam("now"),
        UserSession.seen_at > sa.bindparam("idle_since"),
        User.active,
    )
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user as the door knows them; the last two are unknown of a program."""

    actor: Actor
    username: str
    organisation: str
    organisation_kind: str
    seen_at: datetime
    expires_at: datetime
    password_set_at: datetime | None = None
    second_factor_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MediatorView:
    """A mediator who may be named."""

    id: UUID
    name: str
    organisation_id: UUID
    organisation: str


def by_token(
    token: str, *, policy: SignInPolicy, now: datetime, today: date | None = None
) -> Caller | None:
    """The caller behind a session token; None when it ended, idled out, or the user may not.

    A program has no session: it comes with a token of its own, which narrows what it may. On
    `today`, in the office's zone, depends for whom a mediator stands in.
    """
    asked = {"hash": token_hash(token), "now": now, "idle_since": now - policy.idle}
    found = db.session.connection().execute(_CALLER, asked).all()
    roles = frozenset(row.role for row in found if row.role is not None)
    if not found or Role.PLATFORM in roles:
        return None
    user = found[0]
    return Caller(
        placed(Actor(user.id, user.name, user.organisation_id, roles), today),
        user.username,
        user.unit,
        user.unit_kind.value,
        user.seen_at,
        user.expires_at,
        user.password_set_at,
        user.second_factor_at,
    )


def mediators(organisation_id: UUID | None = None) -> list[MediatorView]:
    """Active mediators, of one organisation or of all."""
    query = (
        sa.select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.MEDIATOR, User.active)
        .options(selectinload(User.organisation))
        .order_by(User.name, User.id)
    )
    if organisation_id is not None:
        query = query.where(User.organisation_id == organisation_id)
    return [
        MediatorView(user.id, user.name, user.organisation_id, user.organisation.name)
        for user in db.session.scalars(query)
    ]


def leaders(actor: Actor) -> list[MediatorView]:
    """Active leaders of the actor's town."""
    query = (
        sa.select(User.id, User.name, User.organisation_id, Organisation.name)
        .join(UserRole, UserRole.user_id == User.id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(UserRole.role == Role.LEADER, User.active)
        .order_by(Organisation.position, Organisation.name, User.name, User.id)
    )
    if actor.town is not None:
        query = query.where(User.organisation_id.in_(actor.town))
    return [MediatorView(*row) for row in db.session.execute(query)]


def colleagues(organisation_ids: Collection[UUID] | None = None) -> list[MediatorView]:
    """Active people of these organisations or of all, whatever their roles."""
    query = (
        sa.select(User.id, User.name, User.organisation_id, Organisation.name)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.active, PERSON)
        .order_by(Organisation.position, Organisation.name, User.name, User.id)
    )
    if organisation_ids is not None:
        query = query.where(User.organisation_id.in_(organisation_ids))
    return [MediatorView(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as the administrators see it.

    `invited_until` is set while a sign-in code opens it; `has_password` is false until its owner
    has used one.
    """

    id: UUID
    username: str
    name: str
    organisation_id: UUID
    organisation: str
    roles: list[str]
    email: str | None
    active: bool
    locked: bool
    has_password: bool
    invited_until: datetime | None
    second_factor_at: datetime | None
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilters:
    """What the list of accounts is narrowed to; None narrows nothing."""

    text: str = ""
    role: Role | None = None
    organisation: UUID | None = None
    active: bool | None = None
    locked: bool | None = None


def accounts(filters: AccountFilters | None = None, *, now: datetime) -> list[AccountView]:
    """The accounts, by username."""
    chosen = filters or AccountFilters()
    query = _accounts().order_by(User.username)
    if chosen.role is not None:
        holders = sa.select(UserRole.user_id).where(UserRole.role == chosen.role)
        query = query.where(User.id.in_(holders))
    if chosen.organisation is not None:
        query = query.where(User.organisation_id == chosen.organisation)
    if chosen.active is not None:
        query = query.where(User.active.is_(chosen.active))
    views = [_account(user, last, now=now) for user, last in db.session.execute(query)]
    wanted = fold(chosen.text)
    return [
        view
        for view in views
        if wanted in fold(f"{view.name}\n{view.username}") and chosen.locked in (None, view.locked)
    ]


def account(user_id: UUID, *, now: datetime) -> AccountView:
    """One account; NotFound when there is none."""
    found = db.session.execute(_accounts().where(User.id == user_id)).first()
    if found is None:
        raise NotFound("没有找到这个账户")
    user, last = found
    return _account(user, last, now=now)


@sight.whole("handing over")
def carried(user_id: UUID) -> int:
    """How many open disputes the person carries as mediator."""
    query = sa.select(sa.func.count()).where(
        Dispute.mediator_id == user_id, Dispute.status.not_in(ENDED)
    )
    return db.session.scalar(query) or 0


@sight.whole("handing over")
def carried_by_class(user_id: UUID) -> dict[str, int]:
    """The same by class: `disputes` anybody of the unit may take over, `restricted` ones."""
    restricted = sa.func.count(sa.case((Dispute.restricted, 1)))
    every, closed = db.session.execute(
        sa.select(sa.func.count(), restricted).where(
            Dispute.mediator_id == user_id, Dispute.status.not_in(ENDED)
        )
    ).one()
    return {"disputes": every - closed, "restricted": closed}


def _accounts() -> sa.Select[User, datetime | None]:
    newest = (
        sa.select(sa.func.max(UserSession.started_at))
        .where(UserSession.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    return (
        sa.select(User, newest)
        .where(PERSON)
        .options(selectinload(User.organisation), selectinload(User.grants))
    )


def _account(user: User, last: datetime | None, *, now: datetime) -> AccountView:
    link = user.invite_expires_at
    return AccountView(
        id=user.id,
        username=user.username,
        name=user.name,
        organisation_id=user.organisation_id,
        organisation=user.organisation.name,
        roles=sorted(grant.role.value for grant in user.grants),
        email=user.email,
        active=user.active,
        locked=user.locked_until is not None and user.locked_until > now,
        has_password=user.password_hash is not None,
        invited_until=link if link and link > now else None,
        last_sign_in_at=last,
        second_factor_at=user.second_factor_at,
    )


def taken(usernames: Sequence[str]) -> set[str]:
    """Those of the usernames somebody has, a program or a closed account among them."""
    return set(db.session.scalars(sa.select(User.username).where(User.username.in_(usernames))))


def by_username(username: str) -> Actor | None:
    """The active user of that name, ready to act; None when there is none."""
    found = db.session.scalar(
        sa.select(User)
        .where(User.username == username, User.active)
        .options(selectinload(User.grants))
    )
    if found is None:
        return None
    roles = frozenset(grant.role for grant in found.grants)
    return placed(Actor(found.id, found.name, found.organisation_id, roles))


def placed(actor: Actor, today: date | None = None) -> Actor:
    """The actor with their place in the tree of organisations, as far as their roles look at it.

    A mediator also with whom they stand in for `today`.
    """
    if today is not None and Role.MEDIATOR in actor.roles:
        actor = replace(actor, stands_for=substitution.for_actor(actor.user_id, today))
    if not actor.roles & LOOK_AT_THE_TREE:
        return actor
    place = organisation_tree.place(actor.organisation_id)
    return replace(actor, below=place.below, town=place.town)


def placed_together(actors: Iterable[Actor]) -> list[Actor]:
    """As `placed`, for many who do nothing now but are judged: nobody stands in for anybody."""
    people = list(actors)
    units = {each.organisation_id for each in people if each.roles & LOOK_AT_THE_TREE}
    found = organisation_tree.places(units) if units else {}
    return [_at(each, found) if each.roles & LOOK_AT_THE_TREE else each for each in people]


def _at(actor: Actor, found: Mapping[UUID, Place]) -> Actor:
    place = found[actor.organisation_id]
    return replace(actor, below=place.below, town=place.town)
