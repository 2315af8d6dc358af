"""Look at joint handling 联调: the tasks of a dispute, and those of a unit.

A co-unit reads its own task and opinion and no other's; that others work along, it knows. Who
leads, and the director, read them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.basis import Basis
from config.vocabulary import DisputeStatus, JointState
from models import Clock, Dispute, JointTask, Organisation, User, db
from service.desk import Desk
from service.errors import Forbidden, NotFound
from service.gateways.keyring import FieldKey
from service.queries.access import visible
from service.queries.clock_promise import rule_of
from service.queries.dispute import Opened
from service.queries.dispute import opened as open_dispute
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import joint_task as rules
from service.rules.access import Actor, Scope

NOT_FOUND: Final = "没有找到这项协办任务"
NOT_YOURS: Final = "这件纠纷的协办任务只有牵头单位、协办单位和中心主任看"
S = JointState
Lead, Asker, Answerer, Waiver = aliased(Organisation), *(aliased(User) for _ in range(3))


class Desktop(StrEnum):
    """Which tasks are looked at."""

    ASKED = "asked"  # 等本单位答复
    DONE = "done"  # 本单位答复过的
    LED = "led"  # 我们牵头、还没有结果的


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task of one co-unit; its words are None for who does not read them.

    `late_days` is how late the answer came, or is by now. `waived_by` None: it ended by itself.
    """

    id: UUID
    dispute_id: UUID
    number: str
    category: str
    status: DisputeStatus
    lead: str | None
    organisation_id: UUID
    organisation: str
    state: JointState
    asked_by: str
    asked_at: datetime
    due_on: date
    provisional: bool
    basis: tuple[Basis, ...]
    late_days: int
    answered_by: str | None
    answered_at: datetime | None
    waived_by: str | None
    waived_at: datetime | None
    words: str | None = field(repr=False, default=None)
    opinion: str | None = field(repr=False, default=None)
    reason: str | None = field(repr=False, default=None)
    may_answer: bool = False
    may_waive: bool = False


def of_opened(opened: Opened, *, actor: Actor, desk: Desk, now: datetime) -> list[TaskRow]:
    """The tasks of a dispute that was opened for the viewer, newest handling first."""
    if not opened.along or "joint.read" not in opened.may or opened.key is None:
        return []
    mine = _ROWS.where(JointTask.dispute_id == opened.view.id)
    found = db.session.execute(mine.order_by(JointTask.asked_at, JointTask.id)).all()
    return [_row(each, desk, now, opened=opened, actor=actor) for each in found]


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[TaskRow]:
    """The same by id; NotFound for who may not read the dispute, Forbidden where that is all."""
    opened = open_dispute(dispute_id, actor=actor, desk=desk, now=now)
    if "joint.read" not in opened.may:
        raise Forbidden(NOT_YOURS)
    return of_opened(opened, actor=actor, desk=desk, now=now)


def one(dispute_id: UUID, task_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> TaskRow:
    """One of them; NotFound where there is none that the viewer may know of."""
    found = of_dispute(dispute_id, actor=actor, desk=desk, now=now)
    for each in found:
        if each.id == task_id:
            return each
    raise NotFound(NOT_FOUND)


def page(
    desktop: Desktop,
    *,
    scope: Scope,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[TaskRow]:
    """A page in `scope` (joint.read), without words: what waits the longest first, or newest."""
    keys, descending = (JointTask.asked_at, JointTask.id), desktop is Desktop.DONE
    conditions = [visible(scope, now), *_on(desktop, scope, desk, now)]
    query = _ROWS.where(*conditions)
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond(keys, place, descending=descending))
    ordered = query.order_by(*(key.desc() if descending else key.asc() for key in keys))
    found: Sequence[Any] = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last: JointTask = found[limit - 1].JointTask
        following = encode_cursor([last.asked_at.isoformat(), str(last.id)])
    total = None
    if count:
        joined = sa.select(sa.func.count()).select_from(JointTask).join(Dispute)
        total = db.session.scalar(joined.where(*conditions)) or 0
    return Page([_row(each, desk, now) for each in found[:limit]], following, total)


def waiting_count(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many wait for the answer of the unit."""
    scope = read_scope(actor, desk)
    waits = [visible(scope, now), *_on(Desktop.ASKED, scope, desk, now)]
    asked = sa.select(sa.func.count()).select_from(JointTask).join(Dispute)
    return db.session.scalar(asked.where(*waits)) or 0


def _on(desktop: Desktop, scope: Scope, desk: Desk, now: datetime) -> list[ColumnElement[bool]]:
    if desktop is Desktop.LED:
        leads = access.scope(scope.actor, "joint.waive", desk.policy.access)
        return [JointTask.state.in_(rules.UNSETTLED), visible(leads, now)]
    waits = JointTask.state == S.OPEN
    home = JointTask.organisation_id == scope.actor.organisation_id
    return [home, waits if desktop is Desktop.ASKED else ~waits]


_ROWS: Final = (
    sa.select(
        JointTask,
        Dispute.number,
        Dispute.category,
        Dispute.status,
        Lead.name.label("lead"),
        Organisation.name.label("organisation"),
        Asker.name.label("asker"),
        Answerer.name.label("answerer"),
        Waiver.name.label("waiver"),
        Clock,
    )
    .join(Dispute, Dispute.id == JointTask.dispute_id)
    .join(Organisation, Organisation.id == JointTask.organisation_id)
    .join(Clock, Clock.id == JointTask.clock_id)
    .join(Asker, Asker.id == JointTask.asked_by)
    .outerjoin(Lead, Lead.id == Dispute.organisation_id)
    .outerjoin(Answerer, Answerer.id == JointTask.answered_by)
    .outerjoin(Waiver, Waiver.id == JointTask.waived_by)
    .execution_options(populate_existing=True)
)


def _row(
    found: Any,
    desk: Desk,
    now: datetime,
    *,
    opened: Opened | None = None,
    actor: Actor | None = None,
) -> TaskRow:
    row: JointTask = found.JointTask
    term: Clock = found.Clock
    mine = actor is not None and row.organisation_id == actor.organisation_id
    may = opened.may if opened else frozenset()
    key = opened.key if opened and (mine or "joint.waive" in may) else None
    return TaskRow(
        id=row.id,
        dispute_id=row.dispute_id,
        number=found.number,
        category=found.category,
        status=found.status,
        lead=found.lead,
        organisation_id=row.organisation_id,
        organisation=found.organisation,
        state=row.state,
        asked_by=found.asker,
        asked_at=row.asked_at,
        due_on=term.due_on,
        provisional=term.provisional,
        basis=rule_of(term, desk.policy.clocks).basis,
        late_days=_late_days(row, term.due_on, desk, now),
        answered_by=found.answerer,
        answered_at=row.answered_at,
        waived_by=found.waiver,
        waived_at=row.waived_at,
        words=_words(key, row, "words"),
        opinion=_words(key, row, "opinion"),
        reason=rules.WHY[row.ended_as] if row.ended_as else _words(key, row, "reason"),
        may_answer=mine and row.state is S.OPEN and "joint.answer" in may,
        may_waive=row.state in rules.UNSETTLED and "joint.waive" in may,
    )


def _words(key: FieldKey | None, row: JointTask, name: str) -> str | None:
    if key is None:
        return None
    return key.open_optional(getattr(row, f"{name}_sealed"), f"joint_task.{name}:{row.id}")


def _late_days(row: JointTask, due_on: date, desk: Desk, now: datetime) -> int:
    """How late it was answered, or is by now; what was let off unanswered is late no more."""
    if row.answered_at is None and row.waived_at is not None:
        return 0
    return max((desk.today(row.answered_at or now) - due_on).days, 0)


def may_start(opened: Opened) -> bool:
    """Whether the viewer may ask units along now."""
    view = opened.view
    led = view.status in rules.STARTABLE and view.organisation is not None
    return "joint.start" in opened.may and led and not view.restricted


def read_scope(actor: Actor, desk: Desk) -> Scope:
    """How far somebody may look at tasks."""
    return access.scope(actor, "joint.read", desk.policy.access)
