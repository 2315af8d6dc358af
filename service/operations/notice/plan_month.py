"""Notices of what the yearly plan asks for in a month 月度提醒."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from config.clock_subject import ClockSubject
from config.vocabulary import NoticeKind, Role
from models import Notice, User
from service.desk import Desk
from service.operations.notice.clock_subject import NOBODY
from service.operations.notice.telling import actors_of, close, holds, keep, people_of
from service.queries import sight
from service.queries.plan_month import Asked
from service.rules import clock_subject as rules

CAUSE: Final = "plan-month"


@sight.whole("who is told")
def plan_month(
    session: Session, asked: Sequence[Asked], month: str, *, desk: Desk, now: datetime
) -> None:
    """The liaisons of the units of each task are told; what the month before said is over."""
    of_month = Notice.cause.startswith(f"{CAUSE}:{month}:")
    close(session, (Notice.kind == NoticeKind.PLAN_MONTH) & ~of_month, now=now)
    readers = {unit: _liaisons(session, unit, desk) for each in asked for unit in each.units}
    told = [
        {
            "id": uuid4(),
            "user_id": reader,
            "kind": NoticeKind.PLAN_MONTH,
            "cause": f"{CAUSE}:{month}:{each.call.task_id}",
            "subject": ClockSubject.PLAN_TASK,
            "subject_id": each.call.task_id,
            "organisation_id": unit,
            "told_at": now,
        }
        for each in asked
        for unit in each.units
        for reader in readers[unit]
    ]
    keep(session, told)


def _liaisons(session: Session, unit: UUID, desk: Desk) -> list[UUID]:
    """Who answers for a unit, and may know of its tasks."""
    who = (User.organisation_id == unit) & holds(Role.LIAISON)
    asked = people_of([(who, NoticeKind.PLAN_MONTH)])
    found = session.connection().execute(asked, {"me": NOBODY}).all()
    return [
        reader
        for reader, actor in actors_of(found).items()
        if rules.may_know(actor, ClockSubject.PLAN_TASK, unit, desk.policy.access)
    ]
