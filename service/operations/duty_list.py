"""Keep the duty list 值班表 of a unit: write turns, take one out, take in a pasted list."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import DutyTurn, Membership, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound
from service.operations import member as members
from service.operations.event import record
from service.rules import access
from service.rules import duty_list as rules
from service.rules.access import Actor
from service.rules.duty_list import Listed

ACTION: Final = "duty_list.edit"


def write(
    organisation_id: UUID,
    day: str,
    names: str,
    *,
    holidays: bool,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say who is on duty on some weekdays or one day; who stood there until now gives way."""
    row = rules.one(day, names, holidays=holidays, today=desk.today(now))
    if row.problems:
        raise Invalid({each.field: [each.reason] for each in row.problems})
    _write(organisation_id, [row], actor=actor, desk=desk, now=now)


def preview(
    organisation_id: UUID, text: str, *, actor: Actor, desk: Desk, now: datetime
) -> list[Listed]:
    """What each line of a pasted list would become; nothing is written."""
    held(organisation_id, actor=actor, desk=desk)
    return rules.read(text, today=desk.today(now))


def held(organisation_id: UUID, *, actor: Actor, desk: Desk) -> None:
    """Raise NotFound when the caller does not keep the list of this unit."""
    scope = access.require(actor, ACTION, desk.policy.access)
    with transaction() as session:
        members.held(session, organisation_id, scope)


def take_list(
    organisation_id: UUID, text: str, *, actor: Actor, desk: Desk, now: datetime
) -> list[Listed]:
    """Write a pasted list, if no line is wrong: the days it names are as it says, others stay."""
    found = rules.read(text, today=desk.today(now))
    if not any(each.problems for each in found):
        _write(organisation_id, found, actor=actor, desk=desk, now=now)
    return found


def remove(turn_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Take one turn out from today on; the unit whose it was. What lies behind us stays."""
    scope = access.require(actor, ACTION, desk.policy.access)
    today = desk.today(now)
    with transaction() as session:
        turn = session.get(DutyTurn, turn_id)
        if turn is None or (turn.until_on is not None and turn.until_on < today):
            raise NotFound("没有这条值班安排")
        unit = turn.organisation_id
        row = members.held(session, unit, scope, gone="没有这条值班安排")
        _end(session, [turn], today)
        _note(session, row, "duty-remove", actor=actor, now=now)
    return unit


def _write(
    organisation_id: UUID, rows: Sequence[Listed], *, actor: Actor, desk: Desk, now: datetime
) -> None:
    scope = access.require(actor, ACTION, desk.policy.access)
    today = desk.today(now)
    with transaction() as session:
        row = members.held(session, organisation_id, scope)
        weekdays = {each for line in rows for each in line.weekdays}
        dates = {line.on for line in rows if line.on}
        _end(session, _standing(session, organisation_id, weekdays, dates, today), today)
        for line in rows:
            session.add_all(_turns(organisation_id, line, today))
        _note(session, row, "duty-write", actor=actor, now=now, lines=len(rows))


def _standing(
    session: Session, organisation_id: UUID, weekdays: set[int], dates: set[date], today: date
) -> Sequence[DutyTurn]:
    return session.scalars(
        sa.select(DutyTurn).where(
            DutyTurn.organisation_id == organisation_id,
            sa.or_(DutyTurn.until_on.is_(None), DutyTurn.until_on >= today),
            sa.or_(DutyTurn.weekday.in_(weekdays), DutyTurn.on_date.in_(dates)),
        )
    ).all()


def _end(session: Session, turns: Sequence[DutyTurn], today: date) -> None:
    """End turns yesterday; one that would never have been is taken out."""
    for turn in turns:
        if turn.from_on >= today:
            session.delete(turn)
        else:
            turn.until_on = today - timedelta(days=1)
    session.flush()


def _turns(organisation_id: UUID, line: Listed, today: date) -> list[DutyTurn]:
    days: Sequence[tuple[int | None, date | None]] = (
        [(None, line.on)] if line.on else [(each, None) for each in line.weekdays]
    )
    return [
        DutyTurn(
            id=uuid4(),
            organisation_id=organisation_id,
            weekday=weekday,
            on_date=on,
            name=name,
            place=place,
            holidays=line.holidays,
            from_on=on or today,
            until_on=on,
        )
        for weekday, on in days
        for place, name in enumerate(line.names)
    ]


def _note(
    session: Session, row: Membership, action: str, *, actor: Actor, now: datetime, lines: int = 1
) -> None:
    record(
        session,
        row.id,
        subject="member",
        action=action,
        actor=actor,
        now=now,
        detail={"organisation": str(row.organisation_id), "lines": lines},
    )
