"""Look at the register of mediators 调解员名册: pages of it, one with their load and leave.

How many disputes somebody brought to an agreement is told to the head of their unit and to the
director alone, and never without what kind they were 案件结构: nobody is ranked by it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from config.mediator_word import Gender, RecusalState, Relation
from config.vocabulary import AbsenceReason, DisputeStatus, Outcome, Role
from models import (
    Dispute,
    Interest,
    Mediator,
    MediatorLeave,
    Organisation,
    Recusal,
    User,
    UserRole,
    db,
)
from models.base import sorted_text
from service.desk import Desk
from service.errors import NotFound
from service.queries import candidate, sight, substitution
from service.queries import user as users
from service.queries.access import of_town
from service.queries.page import Page, as_id, beyond, encode_cursor, read_cursor
from service.rules import access, identity
from service.rules import dispute as dispute_rules
from service.rules.access import Actor, Scope

NOT_FOUND: Final = "没有找到这位调解员"
YEAR: Final = timedelta(days=365)
NAME: Final = sorted_text(80)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; None narrows nothing."""

    q: str = ""
    organisation: UUID | None = None
    skill: str | None = None
    language: str | None = None
    active: bool | None = True


@dataclass(frozen=True, slots=True)
class UnitView:
    """The unit of a mediator."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorRow:
    """One who mediates. `id` is the account's where there is one: steps name mediators by it.

    `register_id` None: an account that is not in the register yet. `open` counts the open
    disputes; `away` is today; `listed`: in the register, appointed and not given up.
    """

    id: UUID
    register_id: UUID | None
    name: str
    organisation: UnitView
    user_id: UUID | None
    gender: Gender | None
    village: str | None
    skills: Sequence[str]
    languages: Sequence[str]
    certificate: str | None
    appointed_from: date | None
    appointed_until: date | None
    load_limit: int | None
    active: bool
    listed: bool
    away: bool
    open: int
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveView:
    """One leave, now or to come."""

    id: UUID
    from_on: date
    until_on: date
    reason: AbsenceReason


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestView:
    """One declared relation; the number masked."""

    id: UUID
    relation: Relation
    name: str = field(repr=False)
    id_number: str | None = field(repr=False)
    declared_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MixRow:
    """Of one category, in a year: ended in mediation, of these agreed, and days at the middle."""

    category: str
    ended: int
    agreed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorView:
    """One in full. `by_status` are open disputes; the last three are for their head alone."""

    row: MediatorRow
    id_number: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    leaves: Sequence[LeaveView]
    by_status: dict[DisputeStatus, int]
    interests: Sequence[InterestView] | None
    mix: Sequence[MixRow] | None
    recusals: dict[RecusalState, int] | None


def page(
    filters: Filters,
    *,
    actor: Actor,
    today: date,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[MediatorRow]:
    """A page of who mediates in the town, by name: the register, and accounts not in it yet."""
    every = _everybody(filters, actor).subquery()
    keys, query = (every.c.name, every.c.id), sa.select(every)
    if cursor:
        query = query.where(beyond(keys, _last(cursor, actor), descending=False))
    found = db.session.execute(query.order_by(*keys).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        following = encode_cursor([str(found[limit - 1].id)])
    total = None
    if count:
        total = db.session.scalar(sa.select(sa.func.count()).select_from(every)) or 0
    return Page(_rows(found[:limit], today), following, total)


def _last(cursor: str, actor: Actor) -> tuple[str, UUID]:
    """Name and id of who stood last on the page before; a name itself is no place to be told."""
    (last,) = read_cursor(cursor, as_id)
    every = _everybody(Filters(active=None), actor).subquery()
    name = db.session.scalar(sa.select(every.c.name).where(every.c.id == last))
    return name or "", last


def one(mediator_id: UUID, *, actor: Actor, heads: bool, desk: Desk, today: date) -> MediatorView:
    """One in full; `heads`: for the head of their unit or the director. NotFound elsewhere."""
    every = _everybody(Filters(active=None), actor).subquery()
    found = db.session.execute(
        sa.select(every).where(
            sa.or_(every.c.id == mediator_id, every.c.register_id == mediator_id)
        )
    ).all()
    if not found or found[0].register_id is None:
        raise NotFound(NOT_FOUND)
    row = db.session.get_one(Mediator, found[0].register_id, populate_existing=True)
    number, phone, address = (
        candidate.opened(row, name, desk) for name in ("id_number", "phone", "address")
    )
    return MediatorView(
        row=_rows(found, today)[0],
        id_number=identity.mask_id(number) if number and heads else None,
        phone=identity.mask_phone(phone) if phone else None,
        address=address if heads else None,
        leaves=_leaves(row.id, today),
        by_status=_by_status(row.user_id),
        interests=_interests(row.id, desk) if heads else None,
        mix=_mix(row.user_id, today) if heads else None,
        recusals=_recusals(row.user_id) if heads else None,
    )


def named(mediator_id: UUID) -> tuple[UUID, UUID] | None:
    """The row of the register and the unit behind an id: the row's own, or that of the account."""
    found = db.session.execute(
        sa.select(Mediator.id, _unit().label("unit"))
        .outerjoin(User, User.id == Mediator.user_id)
        .where(sa.or_(Mediator.id == mediator_id, Mediator.user_id == mediator_id))
    ).first()
    return (found.id, found.unit) if found else None


def unit_of(row: Mediator) -> UUID:
    """The unit whose head keeps a row: where the account is now, else what the row says."""
    asked = sa.select(_unit()).select_from(Mediator)
    joined = asked.outerjoin(User, User.id == Mediator.user_id)
    return db.session.scalars(joined.where(Mediator.id == row.id)).one()


def _unit() -> sa.ColumnElement[UUID]:
    return sa.func.coalesce(User.organisation_id, Mediator.organisation_id)


def _everybody(filters: Filters, actor: Actor) -> sa.CompoundSelect[Any]:
    """Accounts that mediate, with their row or without; and rows without an account."""
    beside = sa.and_(Mediator.user_id == User.id, User.active)
    mediates = sa.select(UserRole.user_id).where(UserRole.role == Role.MEDIATOR)
    accounts = (
        _columns(User.id, sa.func.coalesce(Mediator.name, sa.cast(User.name, NAME)), User.id)
        .select_from(User)
        .outerjoin(Mediator, Mediator.user_id == User.id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.active, User.id.in_(mediates), of_town(actor, User.organisation_id))
    )
    others = (
        _columns(Mediator.id, Mediator.name, sa.null())
        .select_from(Mediator)
        .outerjoin(User, beside)
        .join(Organisation, Organisation.id == Mediator.organisation_id)
        .where(
            sa.or_(User.id.is_(None), User.id.not_in(mediates)),
            of_town(actor, Mediator.organisation_id),
        )
    )
    return sa.union_all(*(each.where(*_conditions(filters)) for each in (accounts, others)))


def _columns(key: Any, name: Any, user_id: Any) -> sa.Select[Any]:
    return sa.select(
        sa.cast(key, sa.Uuid).label("id"),
        name.label("name"),
        sa.cast(user_id, sa.Uuid).label("user_id"),
        Mediator.id.label("register_id"),
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation"),
    )


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.q.strip():
        name = sa.func.coalesce(Mediator.name, User.name)
        found.append(name.contains(filters.q.strip(), autoescape=True))
    if filters.organisation is not None:
        found.append(Organisation.id == filters.organisation)
    if filters.active is not None:
        found.append(sa.func.coalesce(Mediator.active, sa.true()).is_(filters.active))
    for column, code in ((Mediator.skills, filters.skill), (Mediator.languages, filters.language)):
        if code is not None:
            found.append(sa.cast(column, sa.Text).contains(f'"{code}"', autoescape=True))
    return found


def _rows(found: Sequence[Any], today: date) -> list[MediatorRow]:
    ids = [each.user_id for each in found if each.user_id is not None]
    known = [each.register_id for each in found if each.register_id is not None]
    asked = sa.select(Mediator).where(Mediator.id.in_(known))
    rows = {each.id: each for each in db.session.scalars(asked)} if known else {}
    carried = _open(ids) if ids else {}
    away = _away(known, today) if known else set()
    away |= substitution.away(today).keys() if ids else set()
    return [
        _row(
            each,
            rows.get(each.register_id),
            away=bool({each.user_id, each.register_id} & away),
            carried=carried.get(each.user_id, 0),
            today=today,
        )
        for each in found
    ]


def _row(found: Any, row: Mediator | None, *, away: bool, carried: int, today: date) -> MediatorRow:
    return MediatorRow(
        id=found.id,
        register_id=found.register_id,
        name=found.name,
        organisation=UnitView(found.organisation_id, found.organisation),
        user_id=found.user_id,
        gender=row.gender if row else None,
        village=row.village if row else None,
        skills=row.skills if row else (),
        languages=row.languages if row else (),
        certificate=row.certificate if row else None,
        appointed_from=row.appointed_from if row else None,
        appointed_until=row.appointed_until if row else None,
        load_limit=row.load_limit if row else None,
        active=row.active if row else True,
        listed=row is not None and candidate.is_listed(row, today),
        away=away,
        open=carried,
        version=row.version if row else None,
    )


@sight.whole("who may mediate")
def _open(ids: Collection[UUID]) -> dict[UUID | None, int]:
    counted = sa.select(Dispute.mediator_id, sa.func.count()).where(
        Dispute.mediator_id.in_(ids), Dispute.status.in_(dispute_rules.OPEN)
    )
    found = db.session.execute(counted.group_by(Dispute.mediator_id))
    return {row[0]: row[1] for row in found}


def _away(ids: Collection[UUID], today: date) -> set[UUID]:
    asked = sa.select(MediatorLeave.mediator_id).where(
        MediatorLeave.mediator_id.in_(ids), candidate.is_leave(today)
    )
    return set(db.session.scalars(asked)) if ids else set()


def _leaves(mediator_id: UUID, today: date) -> list[LeaveView]:
    asked = sa.select(MediatorLeave).where(
        MediatorLeave.mediator_id == mediator_id,
        MediatorLeave.ended_at.is_(None),
        MediatorLeave.until_on >= today,
    )
    ordered = asked.order_by(MediatorLeave.from_on, MediatorLeave.id)
    return [
        LeaveView(id=each.id, from_on=each.from_on, until_on=each.until_on, reason=each.reason)
        for each in db.session.scalars(ordered)
    ]


def _interests(mediator_id: UUID, desk: Desk) -> list[InterestView]:
    asked = sa.select(Interest).where(
        Interest.mediator_id == mediator_id, Interest.ended_at.is_(None)
    )
    found = []
    for each in db.session.scalars(asked.order_by(Interest.entered_at, Interest.id)):
        name, number = candidate.told_of(each, desk)
        found.append(
            InterestView(
                id=each.id,
                relation=each.relation,
                name=name,
                id_number=identity.mask_id(number) if number else None,
                declared_on=each.declared_on,
            )
        )
    return found


@sight.whole("who may mediate")
def _by_status(user_id: UUID | None) -> dict[DisputeStatus, int]:
    if user_id is None:
        return {}
    counted = sa.select(Dispute.status, sa.func.count()).where(
        Dispute.mediator_id == user_id, Dispute.status.in_(dispute_rules.OPEN)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted.group_by(Dispute.status))}
    return {status: found[status] for status in DisputeStatus if status in found}


@sight.whole("who may mediate")
def _mix(user_id: UUID | None, today: date) -> list[MixRow]:
    """What ended in mediation within a year, by category; restricted ones are counted nowhere."""
    if user_id is None:
        return []
    agreed = sa.func.count(sa.case((Dispute.outcome == Outcome.AGREED, 1)))
    counted = sa.select(Dispute.category, sa.func.count(), agreed).where(
        Dispute.mediator_id == user_id,
        Dispute.outcome.in_((Outcome.AGREED, Outcome.NOT_AGREED)),
        Dispute.closed_on > today - YEAR,
        Dispute.merged_into_id.is_(None),
        Dispute.restricted.is_(False),
    )
    ordered = counted.group_by(Dispute.category).order_by(Dispute.category)
    return [MixRow(category=c, ended=n, agreed=a) for c, n, a in db.session.execute(ordered)]


@sight.whole("who may mediate")
def _recusals(user_id: UUID | None) -> dict[RecusalState, int]:
    if user_id is None:
        return {}
    counted = sa.select(Recusal.state, sa.func.count()).where(Recusal.mediator_id == user_id)
    found = db.session.execute(counted.group_by(Recusal.state))
    return {row[0]: row[1] for row in found}


def reaches(scope: Scope, organisation_id: UUID) -> bool:
    """Whether a right to keep the register reaches the mediators of a unit."""
    if Reach.TOWN in scope.reach:
        return access.is_of_town(scope.actor, organisation_id)
    return Reach.ORGANISATION in scope.reach and organisation_id in scope.actor.homes


def free_accounts(scope: Scope) -> list[tuple[UUID, str]]:
    """Mediators with an account and no row yet, as far as the scope reaches, as options."""
    taken = set(db.session.scalars(sa.select(Mediator.user_id)))
    return [
        (each.id, f"{each.organisation}　{each.name}")
        for each in users.mediators()
        if each.id not in taken and reaches(scope, each.organisation_id)
    ]
