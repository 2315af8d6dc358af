"""Look at member units 成员单位: which there are, how they sit at the centre, what they take."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from config.vocabulary import OrganisationKind
from models import Membership, Organisation, Seat, db
from service.errors import NotFound
from service.queries.access import of_town
from service.rules import member as rules
from service.rules.access import Scope
from service.rules.member import Remit, Sitting


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """One member; `id` is that of the organisation. `seats` are in the order of their days."""

    id: UUID
    name: str
    kind: OrganisationKind
    address: str | None
    joined_on: date
    left_on: date | None
    inside_town: bool
    duty_phone: str | None
    phone: str | None
    remit: Remit
    seats: tuple[Sitting, ...]
    active: bool
    version: int

    def is_member(self, day: date) -> bool:
        """Whether it is one on `day`; `active` says whether the unit itself is in use."""
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)

    def sitting(self, day: date) -> Sitting | None:
        """How it sits at the centre on `day`."""
        return next((each for each in self.seats if each.holds(day)), None)


def listed(scope: Scope, *, first: date, last: date) -> list[MemberView]:
    """The members `scope` reaches that were one on some day from `first` to `last`."""
    return _views(
        reached(scope),
        Membership.joined_on <= last,
        sa.or_(Membership.left_on.is_(None), Membership.left_on >= first),
    )


def all_of(scope: Scope) -> list[MemberView]:
    """Every member `scope` reaches, with those that left and those that are still to come."""
    return _views(reached(scope))


def one(organisation_id: UUID, scope: Scope) -> MemberView:
    """One member; NotFound when there is none the scope reaches."""
    found = _views(reached(scope), Membership.organisation_id == organisation_id)
    if not found:
        raise NotFound("没有找到这个成员单位")
    return found[0]


def remits(ids: Collection[UUID], *, day: date) -> Mapping[UUID, Remit]:
    """What each of these organisations takes; one that is no member on `day` stands not there."""
    rows = db.session.execute(
        sa.select(Membership.organisation_id, Membership.takes, Membership.refuses).where(
            Membership.organisation_id.in_(ids), in_force(day)
        )
    )
    return {row.organisation_id: rules.remit(row.takes, row.refuses) for row in rows}


def strangers(scope: Scope) -> list[tuple[UUID, str]]:
    """The active organisations that are no member yet and may become one, in the office's order."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(
            Organisation.active,
            Organisation.id.not_in(sa.select(Membership.organisation_id)),
            of_town_or_none(scope),
        )
        .order_by(Organisation.position, Organisation.name)
    )
    return [(row.id, row.name) for row in rows]


def of_town_or_none(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition that a unit is of the town, or stands under no unit: one from outside."""
    inside = of_town(scope.actor, Organisation.id)
    return sa.or_(inside, Organisation.parent_id.is_(None))


def in_force(day: date) -> sa.ColumnElement[bool]:
    """The condition that a membership holds on `day`."""
    return sa.and_(
        Membership.joined_on <= day,
        sa.or_(Membership.left_on.is_(None), Membership.left_on >= day),
    )


def reached(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition on members that `scope` reaches: of its town or its centre, or its own."""
    actor = scope.actor
    ways = []
    if Reach.TOWN in scope.reach:
        ways += [
            of_town(actor, Membership.organisation_id),
            of_town(actor, Membership.centre_id),
        ]
    if Reach.ORGANISATION in scope.reach:
        ways.append(Membership.organisation_id.in_(actor.homes))
    return sa.or_(sa.false(), *ways)


def _views(*conditions: sa.ColumnElement[bool]) -> list[MemberView]:
    rows = db.session.execute(
        sa.select(Membership, Organisation)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(*conditions)
        .order_by(Organisation.position, Organisation.name)
    ).all()
    seats = _seats(unit.id for _, unit in rows)
    return [
        MemberView(
            id=unit.id,
            name=unit.name,
            kind=unit.kind,
            address=unit.address,
            joined_on=row.joined_on,
            left_on=row.left_on,
            inside_town=row.inside_town,
            duty_phone=row.duty_phone,
            phone=unit.phone,
            remit=rules.remit(row.takes, row.refuses),
            seats=tuple(seats.get(unit.id, ())),
            active=unit.active,
            version=row.version,
        )
        for row, unit in rows
    ]


def _seats(ids: Iterable[UUID]) -> dict[UUID, list[Sitting]]:
    found: dict[UUID, list[Sitting]] = {}
    for row in db.session.scalars(
        sa.select(Seat).where(Seat.organisation_id.in_(list(ids))).order_by(Seat.from_on)
    ):
        sitting = Sitting(row.kind, row.weekdays, row.from_on, row.until_on)
        found.setdefault(row.organisation_id, []).append(sitting)
    return found
