"""Note attendance 签到: a unit came, was asked to come, and what was noted by mistake."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.text import clean_line
from models import Attendance, Membership, Organisation, transaction
from service.desk import Desk
from service.errors import Conflict, NotFound
from service.operations import member as members
from service.operations.event import record
from service.queries import duty_list
from service.rules import access
from service.rules.access import Actor

ACTION: Final = "attendance.sign"
LONGEST: Final = 80


def sign_in(
    organisation_id: UUID, name: str = "", *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """A unit is here today: one click. Who was asked for 随驻 has come; once signed in is enough.

    Without a `name` it is who is on duty there today, else the unit itself.
    """
    with transaction() as session:
        row = _present_member(session, organisation_id, actor=actor, desk=desk, now=now)
        today = desk.today(now)
        said = clean_line(name, limit=LONGEST)
        for each in _of_today(session, organisation_id, today):
            if each.came_at is None:
                each.came_at, each.name = now, said or each.name
                _note(session, row, "attendance-come", actor=actor, now=now)
                return each.id
            if not said or said == each.name:
                return each.id
        made = uuid4()
        session.add(
            Attendance(
                id=made,
                organisation_id=organisation_id,
                on_date=today,
                name=said or _who(session, organisation_id, desk=desk, now=now),
                came_at=now,
                noted_by=actor.user_id,
            )
        )
        _note(session, row, "attendance-come", actor=actor, now=now)
    return made


def ask(organisation_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """A unit was asked to come 随驻, now; a call nobody has answered yet stays the one there is."""
    with transaction() as session:
        row = _present_member(session, organisation_id, actor=actor, desk=desk, now=now)
        today = desk.today(now)
        for each in _of_today(session, organisation_id, today):
            if each.came_at is None:
                return each.id
        made = uuid4()
        session.add(
            Attendance(
                id=made,
                organisation_id=organisation_id,
                on_date=today,
                name=_who(session, organisation_id, desk=desk, now=now),
                asked_at=now,
                noted_by=actor.user_id,
            )
        )
        _note(session, row, "attendance-ask", actor=actor, now=now)
    return made


def withdraw(attendance_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Take back what was noted by mistake, on the same day."""
    with transaction() as session:
        found = session.get(Attendance, attendance_id, with_for_update=True)
        if found is None:
            raise NotFound("没有这条签到")
        scope = access.require(actor, ACTION, desk.policy.access)
        row = members.held(session, found.organisation_id, scope, gone="没有这条签到")
        if found.withdrawn_at is not None:
            return
        if found.on_date != desk.today(now):
            raise Conflict("只能撤销当天的签到")
        found.withdrawn_by, found.withdrawn_at = actor.user_id, now
        _note(session, row, "attendance-withdraw", actor=actor, now=now)


def _member(session: Session, organisation_id: UUID, *, actor: Actor, desk: Desk) -> Membership:
    """The membership, locked; NotFound out of reach."""
    return members.held(session, organisation_id, access.require(actor, ACTION, desk.policy.access))


def _present_member(
    session: Session, organisation_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> Membership:
    """The same of a unit that is a member today; Conflict when it is none yet or no longer."""
    row = _member(session, organisation_id, actor=actor, desk=desk)
    today = desk.today(now)
    if today < row.joined_on or (row.left_on is not None and row.left_on < today):
        raise Conflict("这个单位今天不是成员单位，不用签到")
    return row


def _of_today(session: Session, organisation_id: UUID, today: object) -> list[Attendance]:
    """What was noted today, a call that waits first."""
    found = session.scalars(
        sa.select(Attendance).where(
            Attendance.organisation_id == organisation_id,
            Attendance.on_date == today,
            Attendance.withdrawn_at.is_(None),
        )
    )
    return sorted(found, key=lambda each: each.came_at is not None)


def _who(session: Session, organisation_id: UUID, *, desk: Desk, now: datetime) -> str:
    found = duty_list.present([organisation_id], day=desk.today(now), calendar=desk.calendar)
    names = found[organisation_id].names if organisation_id in found else ()
    return ("、".join(names) or session.get_one(Organisation, organisation_id).name)[:LONGEST]


def _note(session: Session, row: Membership, action: str, *, actor: Actor, now: datetime) -> None:
    record(
        session,
        row.id,
        subject="member",
        action=action,
        actor=actor,
        now=now,
        detail={"organisation": str(row.organisation_id)},
    )
