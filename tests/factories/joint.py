"""Joint handling for tests: units asked along, answering, let off; inside an app context."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import Role
from models import JointTask, db
from service.operations import joint_task as operations
from service.operations.joint_task import TaskDraft
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.moment import MONDAY_9AM

WORDS = "请查明院墙是哪年修的，出一份意见"
OPINION = "院墙修于二〇〇九年，早于邻房"
WAIVED = "双方已经和解，不用再查"


def asked(
    handling: Handling,
    *units: str,
    actor: Actor | None = None,
    words: str = WORDS,
    now: datetime = MONDAY_9AM,
) -> list[UUID]:
    """Ask units along, by the liaison of the committee unless another is named."""
    office = handling.office
    drafts = [TaskDraft(organisation=office.units[each], words=words) for each in units]
    who = actor or office.liaison
    return operations.start(handling.id, drafts, actor=who, desk=office.desk, now=now)


def answered(
    handling: Handling,
    task: UUID,
    unit: str = "station",
    *,
    refuses: bool = False,
    now: datetime = MONDAY_9AM,
) -> None:
    """A co-unit's liaison answers."""
    who = handling.office.actor(Role.LIAISON, unit)
    told: dict[str, Any] = {"actor": who, "desk": handling.office.desk, "now": now}
    operations.answer(handling.id, task, OPINION, refuses=refuses, **told)


def waived(
    handling: Handling, task: UUID, *, actor: Actor | None = None, now: datetime = MONDAY_9AM
) -> None:
    """The lead waits no longer."""
    who = actor or handling.office.mediator
    told: dict[str, Any] = {"actor": who, "desk": handling.office.desk, "now": now}
    operations.waive(handling.id, task, WAIVED, **told)


def rows(handling: Handling) -> list[JointTask]:
    """The tasks of a dispute, oldest first, as they are stored."""
    mine = sa.select(JointTask).where(JointTask.dispute_id == handling.id)
    ordered = mine.order_by(JointTask.asked_at, JointTask.id)
    return list(db.session.scalars(ordered.execution_options(populate_existing=True)))
