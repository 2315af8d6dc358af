"""Look at attendance 签到: who has to be at the centre today, and a month of every unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from models import Attendance, db
from service.desk import Desk
from service.queries import duty_list
from service.queries import member as members
from service.queries.member import MemberView
from service.rules import access
from service.rules import attendance as rules
from service.rules import duty_list as duty_rules
from service.rules.access import Actor
from service.rules.attendance import Coming, Kept
from service.rules.calendar import ONE_DAY
from service.rules.member import Sitting, sits


@dataclass(frozen=True, slots=True)
class Noted:
    """One coming as the page of today shows it."""

    id: UUID
    coming: Coming


@dataclass(frozen=True, slots=True)
class Expected:
    """A member on a day: how it sits, whether it has to be here, who is on duty, who came."""

    unit: MemberView
    sitting: Sitting
    due: bool
    on_duty: tuple[str, ...]
    noted: tuple[Noted, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A member over a month."""

    unit: MemberView
    kept: Kept


def of_day(day: date, *, actor: Actor, desk: Desk) -> list[Expected]:
    """Every member that sits at the centre on `day`, those that have to be here first."""
    scope = access.require(actor, "attendance.read", desk.policy.access)
    units = [each for each in members.listed(scope, first=day, last=day) if each.active]
    turns = duty_list.of_units([each.id for each in units], first=day, last=day)
    noted = _noted([each.id for each in units], day, day)
    found = []
    for unit in units:
        sitting = unit.sitting(day)
        if sitting is not None:
            due = sits(sitting, day, desk.calendar)
            duty = duty_rules.on_duty(day, turns.get(unit.id, ()), desk.calendar)
            came = tuple(each for each in noted if each[0] == unit.id)
            found.append(Expected(unit, sitting, due, duty.names, tuple(one for _, one in came)))
    return sorted(found, key=lambda each: not each.due)


def of_month(first: date, *, actor: Actor, desk: Desk, now: datetime) -> list[Month]:
    """Every member over the month of `first`, as far as it has passed; today is not over yet."""
    scope = access.require(actor, "attendance.read", desk.policy.access)
    before = min(_next_month(first), desk.today(now))
    last = max(first, before - ONE_DAY)
    units = members.listed(scope, first=first, last=last)
    return _months(units, first, before, desk)


def of_unit(
    organisation_id: UUID, first: date, *, actor: Actor, desk: Desk, now: datetime
) -> Month:
    """One member over a month; NotFound when the caller may not see it."""
    scope = access.require(actor, "attendance.read", desk.policy.access)
    unit = members.one(organisation_id, scope)
    return _months([unit], first, min(_next_month(first), desk.today(now)), desk)[0]


def _months(units: Sequence[MemberView], first: date, before: date, desk: Desk) -> list[Month]:
    noted = _noted([each.id for each in units], first, before)
    return [
        Month(
            unit,
            rules.kept(
                unit.seats,
                [one.coming for at, one in noted if at == unit.id],
                first=max(first, unit.joined_on),
                before=min(before, unit.left_on + ONE_DAY) if unit.left_on else before,
                calendar=desk.calendar,
            ),
        )
        for unit in units
    ]


def _noted(ids: Sequence[UUID], first: date, last: date) -> list[tuple[UUID, Noted]]:
    rows = db.session.scalars(
        sa.select(Attendance)
        .where(
            Attendance.organisation_id.in_(ids),
            Attendance.on_date.between(first, last),
            Attendance.withdrawn_at.is_(None),
        )
        .order_by(Attendance.on_date, Attendance.asked_at, Attendance.came_at, Attendance.id)
    )
    return [
        (
            row.organisation_id,
            Noted(row.id, Coming(row.on_date, row.name, row.asked_at, row.came_at)),
        )
        for row in rows
    ]


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
