"""Look at duty lists 值班表: who is on duty on a day, a month of a unit, its standing list."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from models import DutyTurn, Membership, Organisation, db
from service.queries import member as members
from service.rules import duty_list as rules
from service.rules import member as member_rules
from service.rules.access import Scope
from service.rules.calendar import WorkCalendar
from service.rules.duty_list import DutyDay, Turn
from service.rules.member import EVERYTHING, Remit


@dataclass(frozen=True, slots=True)
class Present:
    """What a counter has to know of a unit: who is on duty, where to call, what it takes."""

    names: tuple[str, ...]
    phone: str
    remit: Remit


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One member and who is on duty there; `day.gap` where nobody is."""

    id: UUID
    name: str
    phone: str
    day: DutyDay


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn of a list that is in force or to come."""

    id: UUID
    turn: Turn


ABSENT = Present((), "", EVERYTHING)


def present(ids: Collection[UUID], *, day: date, calendar: WorkCalendar) -> Mapping[UUID, Present]:
    """Of each of these organisations that is a member on `day`; one question for all."""
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(Membership, DutyTurn)
        .outerjoin(
            DutyTurn,
            sa.and_(DutyTurn.organisation_id == Membership.organisation_id, _held(day, day)),
        )
        .where(Membership.organisation_id.in_(ids), members.in_force(day))
        .order_by(DutyTurn.weekday, DutyTurn.place)
    ).all()
    turns: dict[UUID, list[Turn]] = {row.organisation_id: [] for row, _ in rows}
    for row, turn in rows:
        if turn is not None:
            turns[row.organisation_id].append(_turn(turn))
    return {
        row.organisation_id: Present(
            rules.on_duty(day, turns[row.organisation_id], calendar).names,
            row.duty_phone or "",
            member_rules.remit(row.takes, row.refuses),
        )
        for row, _ in rows
    }


def today(scope: Scope, *, day: date, calendar: WorkCalendar) -> list[OnDuty]:
    """Every member `scope` reaches with who is on duty on `day`, in the office's order."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name, Organisation.phone, Membership.duty_phone)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(members.reached(scope), members.in_force(day), Organisation.active)
        .order_by(Organisation.position, Organisation.name)
    ).all()
    turns = of_units([row.id for row in rows], first=day, last=day)
    return [
        OnDuty(
            row.id,
            row.name,
            row.duty_phone or row.phone or "",
            rules.on_duty(day, turns.get(row.id, ()), calendar),
        )
        for row in rows
    ]


def of_units(ids: Collection[UUID], *, first: date, last: date) -> Mapping[UUID, Sequence[Turn]]:
    """The turns of these units in force on some day from `first` to `last`."""
    found: dict[UUID, list[Turn]] = {}
    for row in db.session.scalars(
        sa.select(DutyTurn)
        .where(DutyTurn.organisation_id.in_(ids), _held(first, last))
        .order_by(DutyTurn.weekday, DutyTurn.place)
    ):
        found.setdefault(row.organisation_id, []).append(_turn(row))
    return found


def of_month(organisation_id: UUID, first: date) -> Sequence[Turn]:
    """The turns of one unit that touch the month of `first`."""
    last = (first + timedelta(days=31)).replace(day=1)
    return of_units([organisation_id], first=first, last=last).get(organisation_id, ())


def standing(organisation_id: UUID, *, day: date) -> list[TurnView]:
    """The list of a unit from `day` on: the week first, then single days."""
    rows = db.session.scalars(
        sa.select(DutyTurn)
        .where(
            DutyTurn.organisation_id == organisation_id,
            sa.or_(DutyTurn.until_on.is_(None), DutyTurn.until_on >= day),
        )
        .order_by(DutyTurn.on_date, DutyTurn.weekday, DutyTurn.place)
    )
    found = [TurnView(row.id, _turn(row)) for row in rows]
    return sorted(found, key=lambda each: each.turn.on_date or date.min)


def _held(first: date, last: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        DutyTurn.from_on <= last,
        sa.or_(DutyTurn.until_on.is_(None), DutyTurn.until_on >= first),
    )


def _turn(row: DutyTurn) -> Turn:
    return Turn(row.name, row.weekday, row.on_date, row.holidays, row.from_on, row.until_on)
