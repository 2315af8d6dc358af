"""Look at evidence 佐证: the files of a task or of an entry, each under the name it came with."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.clock_subject import ClockSubject
from config.plan import EvidenceKind
from config.vocabulary import Media
from models import PlanEvidence, PlanMilestone, User, db
from service.desk import Desk
from service.errors import Forbidden, NotFound
from service.gateways.keyring import FieldKey
from service.queries.plan_task import is_within, task_of
from service.rules import access
from service.rules.access import Actor

RIGHT: Final = "plan.evidence"
NOT_YOURS: Final = "这项任务的佐证不由您查看"
NOT_FOUND: Final = "没有找到这份佐证"
_BACK_BY: Final = aliased(User)


@dataclass(frozen=True, slots=True)
class Owner:
    """What evidence shows something of: a task of the plan, or an entry of a register."""

    subject: ClockSubject
    id: UUID


@dataclass(frozen=True, slots=True)
class EvidenceBack:
    """Who took a file back, when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One file; `public` with the day and the place it was made public, where that is known."""

    id: UUID
    name: str = field(repr=False)
    kind: EvidenceKind
    about: str
    milestone: UUID | None
    milestone_name: str | None
    media: Media
    size: int
    sha256: str
    stored_as: UUID
    public: bool
    published_on: date | None
    published_at: str | None
    uploader: UUID
    uploaded_by: str
    uploaded_at: datetime
    withdrawal: EvidenceBack | None


def of_task(year: int, number: str, *, actor: Actor, desk: Desk) -> Owner:
    """A task whose evidence the caller may see; NotFound, or Forbidden when the task is all."""
    policy = desk.policy.access
    task = task_of(year, number, access.scope(actor, "plan.read", policy))
    if not is_within(task, access.require(actor, RIGHT, policy)):
        raise Forbidden(NOT_YOURS)
    return Owner(ClockSubject.PLAN_TASK, task.id)


def of(owner: Owner, *, desk: Desk) -> list[EvidenceView]:
    """The files of what was opened for its viewer, oldest first; those taken back too."""
    return _found(mine(owner), desk)


def one(owner: Owner, evidence_id: UUID, *, desk: Desk) -> EvidenceView:
    """One of them; NotFound for a file of anything else."""
    found = _found(mine(owner) & (PlanEvidence.id == evidence_id), desk)
    if not found:
        raise NotFound(NOT_FOUND)
    return found[0]


def mine(owner: Owner) -> ColumnElement[bool]:
    """The condition that a file shows something of it."""
    of_task = owner.subject is ClockSubject.PLAN_TASK
    return (PlanEvidence.task_id if of_task else PlanEvidence.entry_id) == owner.id


def is_kept(evidence_id: UUID) -> bool:
    """Whether a file has become evidence."""
    asked = sa.select(PlanEvidence.id).where(PlanEvidence.id == evidence_id)
    return db.session.scalar(asked) is not None


def key_place(evidence_id: UUID) -> str:
    """Where the key of one file is sealed for."""
    return f"plan_evidence:{evidence_id}"


def name_place(evidence_id: UUID) -> str:
    """Where the name of one file is sealed for."""
    return f"plan_evidence.name:{evidence_id}"


def key_of(owner: Owner, evidence_id: UUID, *, desk: Desk) -> FieldKey:
    """The key of a file of it; NotFound for a file of anything else."""
    asked = sa.select(PlanEvidence.sealed_key).where(mine(owner), PlanEvidence.id == evidence_id)
    sealed = db.session.scalar(asked)
    if sealed is None:
        raise NotFound(NOT_FOUND)
    return desk.keyring.field_key(sealed, key_place(evidence_id))


def _found(condition: ColumnElement[bool], desk: Desk) -> list[EvidenceView]:
    found = db.session.execute(
        sa.select(PlanEvidence, User.name, PlanMilestone.name, _BACK_BY.name)
        .join(User, User.id == PlanEvidence.uploaded_by)
        .outerjoin(PlanMilestone, PlanMilestone.id == PlanEvidence.milestone_id)
        .outerjoin(_BACK_BY, _BACK_BY.id == PlanEvidence.withdrawn_by)
        .where(condition)
        .order_by(PlanEvidence.uploaded_at, PlanEvidence.id)
        .execution_options(populate_existing=True)
    )
    return [_view(*each, desk) for each in found]


def _view(
    row: PlanEvidence, by: str, milestone: str | None, back_by: str | None, desk: Desk
) -> EvidenceView:
    key = desk.keyring.field_key(row.sealed_key, key_place(row.id))
    back = None
    if row.withdrawn_at is not None:
        back = EvidenceBack(back_by or "", row.withdrawn_at, row.reason or "")
    return EvidenceView(
        id=row.id,
        name=key.open(row.name_sealed, name_place(row.id)),
        kind=row.kind,
        about=row.about,
        milestone=row.milestone_id,
        milestone_name=milestone,
        media=row.media,
        size=row.size,
        sha256=row.sha256,
        stored_as=row.stored_as,
        public=row.public,
        published_on=row.published_on,
        published_at=row.published_at,
        uploader=row.uploaded_by,
        uploaded_by=by,
        uploaded_at=row.uploaded_at,
        withdrawal=back,
    )
