"""Evidence 佐证: take a file in, hand its bytes out, say that it is public, take it back.

As with attachments the file is judged, sealed and on disk before the transaction begins. What is
said here of an `Owner` is said of a task and of an entry alike: whoever calls `keep` and its like
has asked for the right, holds the row of the owner locked, and makes its new version. Those for
tasks stand at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.clock_subject import ClockSubject
from config.plan import EvidenceKind
from config.vocabulary import AttachmentKind
from config.words import label
from models import PlanEvidence, PlanMilestone, PlanTask, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from service.gateways.attachment import Store
from service.operations import audit
from service.operations import plan_task as tasks
from service.operations.attachment import AttachmentDraft, Candidate, judged
from service.operations.load import plan_task_for_change
from service.queries import plan_evidence as queries
from service.queries.plan_evidence import EvidenceView, Owner
from service.rules import access
from service.rules import plan_task as rules
from service.rules.access import Actor

MOST: Final = 200  # of one owner
TWICE: Final = "这个文件已经上传过了（内容完全一样），不用再传"
BACK: Final = "这份佐证已经撤销"
NOT_THEIRS_TO_SHOW: Final = "别人上传的佐证由上传的人、牵头单位或者计划员登记公开"
NOT_THEIRS: Final = "别人上传的佐证由上传的人、牵头单位或者计划员撤销"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDraft:
    """A file as it came, and what it shows; without words that is what its kind is called."""

    name: str
    content: bytes = field(repr=False)
    kind: EvidenceKind = EvidenceKind.OTHER
    about: str | None = None
    milestone: UUID | None = None
    public: bool = False
    published_on: date | None = None
    published_at: str | None = None
    keep_location: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Whether a file is public, and since when and where it can be seen."""

    public: bool
    published_on: date | None = None
    published_at: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the store under a key of its own, and may become evidence."""

    candidate: Candidate
    sealed_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A file and its bytes, as they came."""

    view: EvidenceView
    content: bytes = field(repr=False)


# -- of any owner --------------------------------------------------------------------------------


@contextmanager
def stored(draft: EvidenceDraft, *, store: Store, desk: Desk) -> Iterator[Stored]:
    """Judge the file and store it for as long as the block lasts; longer when `keep` took it.

    Raises FileRefused, TooLarge, StorageFull, Invalid at `keep_location`.
    """
    made = uuid4()
    sealed_key, key = desk.keyring.new_field_key(queries.key_place(made))
    told = AttachmentDraft(
        name=draft.name,
        content=draft.content,
        kind=AttachmentKind.OTHER,
        keep_location=draft.keep_location,
    )
    candidate = replace(judged(told, key), id=made)
    store.keep(candidate.stored_as, draft.content, candidate.key)
    try:
        yield Stored(candidate, sealed_key)
    finally:
        if not queries.is_kept(made):
            store.drop(candidate.stored_as)


def keep(
    session: Session,
    owner: Owner,
    given: Stored,
    draft: EvidenceDraft,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> dict[str, Any]:
    """Make the stored file evidence of its owner; what the event is to say of it.

    Raises Conflict when it is there already or there is too much, Invalid for a day to come.
    """
    check_publication(_publication(draft), desk.today(now))
    candidate = given.candidate
    stands = queries.mine(owner) & PlanEvidence.withdrawn_at.is_(None)
    digests = session.scalars(sa.select(PlanEvidence.sha256).where(stands)).all()
    if candidate.sha256 in digests:
        raise Conflict(TWICE)
    if len(digests) >= MOST:
        raise Conflict(f"最多 {MOST} 份佐证，已经满了")
    of_task = owner.subject is ClockSubject.PLAN_TASK
    session.add(
        PlanEvidence(
            id=candidate.id,
            task_id=owner.id if of_task else None,
            entry_id=None if of_task else owner.id,
            milestone_id=draft.milestone,
            kind=draft.kind,
            about=draft.about or label(draft.kind),
            sealed_key=given.sealed_key,
            name_sealed=candidate.key.seal(candidate.name, queries.name_place(candidate.id)),
            media=candidate.media,
            size=candidate.size,
            sha256=candidate.sha256,
            stored_as=candidate.stored_as,
            public=draft.public,
            published_on=draft.published_on,
            published_at=draft.published_at,
            uploaded_by=actor.user_id,
            uploaded_at=now,
        )
    )
    detail = {"evidence": str(candidate.id), "kind": draft.kind.value}
    if draft.milestone:
        detail["milestone"] = str(draft.milestone)
    return detail | ({"public": "true"} if draft.public else {})


def standing(session: Session, owner: Owner, evidence_id: UUID) -> PlanEvidence:
    """A file of its owner that was not taken back. Raises NotFound, Gone."""
    mine = queries.mine(owner) & (PlanEvidence.id == evidence_id)
    row = session.scalar(
        sa.select(PlanEvidence).where(mine).execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(queries.NOT_FOUND)
    if row.withdrawn_at is not None:
        raise Gone(BACK)
    return row


def publish(row: PlanEvidence, told: Publication, *, today: date) -> dict[str, Any]:
    """Say whether it is public, since when and where; what the event is to say of it."""
    check_publication(told, today)
    row.public = told.public
    row.published_on, row.published_at = told.published_on, told.published_at
    detail: dict[str, Any] = {"evidence": str(row.id), "public": str(told.public).lower()}
    return detail | ({"on": told.published_on.isoformat()} if told.published_on else {})


def take_back(row: PlanEvidence, reason: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """It shows nothing any more, and says why; what the event is to say of it."""
    row.withdrawn_by, row.withdrawn_at, row.reason = actor.user_id, now, reason
    return {"evidence": str(row.id), "kind": row.kind.value}


def give(
    owner: Owner, evidence_id: UUID, *, store: Store, actor: Actor, desk: Desk, now: datetime
) -> Given:
    """The bytes of a file, written down before they are given; its owner was opened for them.

    Raises NotFound, Gone when it was taken back or is damaged.
    """
    view = queries.one(owner, evidence_id, desk=desk)
    if view.withdrawal is not None:
        raise Gone(BACK)
    content = store.read(view.stored_as, view.sha256, queries.key_of(owner, view.id, desk=desk))
    audit.saw(
        f"{owner.subject.value}.evidence_download",
        subject=owner.subject.value,
        subject_id=owner.id,
        actor=actor,
        now=now,
        detail={"evidence": str(view.id), "kind": view.kind.value},
    )
    return Given(view, content)


def check_publication(told: Publication, today: date) -> None:
    """Raises Invalid for what is not public but has a day, and for a day to come."""
    if not told.public and (told.published_on or told.published_at):
        raise Invalid({"public": ["写了公开日期或者位置，请勾选已经公开"]})
    if told.published_on is not None and told.published_on > today:
        raise Invalid({"published_on": [rules.TO_COME]})


def _publication(draft: EvidenceDraft) -> Publication:
    return Publication(
        public=draft.public, published_on=draft.published_on, published_at=draft.published_at
    )


# -- of a task -----------------------------------------------------------------------------------


@contextmanager
def taken_in(
    year: int, number: str, draft: EvidenceDraft, *, store: Store, actor: Actor, desk: Desk
) -> Iterator[Stored]:
    """As `stored`, for a task the caller may prove. Raises NotFound and Forbidden too."""
    queries.of_task(year, number, actor=actor, desk=desk)
    with stored(draft, store=store, desk=desk) as given:
        yield given


def add(
    year: int,
    number: str,
    given: Stored,
    draft: EvidenceDraft,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Make the stored file evidence of a task; its id. Raises NotFound, Forbidden, Conflict."""
    with transaction() as session:
        task = _task(session, year, number, None, actor=actor, desk=desk)
        rules.check_not_dropped(task.state)
        _check_milestone(session, task, draft.milestone)
        told: dict[str, Any] = {"actor": actor, "now": now}
        detail = keep(session, owner_of(task), given, draft, desk=desk, **told)
        tasks.noted(session, task, "task-evidence-add", detail=detail, **told)
    return given.candidate.id


def withdraw(
    year: int,
    number: str,
    evidence_id: UUID,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take a file of a task back: who uploaded it, or who leads the task.

    Raises NotFound, Forbidden, Stale, Gone, Conflict for the last one of a task that is done.
    """
    with transaction() as session:
        task = _task(session, year, number, version, actor=actor, desk=desk)
        row = standing(session, owner_of(task), evidence_id)
        _check_theirs(task, row, NOT_THEIRS, actor=actor, desk=desk)
        rules.check_withdrawal(task.state, others=tasks.proofs(session, task.id) - 1)
        detail = take_back(row, reason, actor=actor, now=now)
        tasks.noted(
            session,
            task,
            "task-evidence-withdraw",
            actor=actor,
            now=now,
            detail=detail,
            reason=reason,
        )


def set_publication(
    year: int,
    number: str,
    evidence_id: UUID,
    told: Publication,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say whether a file of a task is public. Raises as `withdraw`, and Invalid."""
    with transaction() as session:
        task = _task(session, year, number, version, actor=actor, desk=desk)
        row = standing(session, owner_of(task), evidence_id)
        _check_theirs(task, row, NOT_THEIRS_TO_SHOW, actor=actor, desk=desk)
        detail = publish(row, told, today=desk.today(now))
        tasks.noted(session, task, "task-evidence-publish", actor=actor, now=now, detail=detail)


def owner_of(task: PlanTask) -> Owner:
    """A task as what evidence shows something of."""
    return Owner(ClockSubject.PLAN_TASK, task.id)


def _task(
    session: Session, year: int, number: str, version: int | None, *, actor: Actor, desk: Desk
) -> PlanTask:
    return plan_task_for_change(
        session, year, number, queries.RIGHT, version=version, actor=actor, desk=desk
    )


def _check_theirs(
    task: PlanTask, row: PlanEvidence, refusal: str, *, actor: Actor, desk: Desk
) -> None:
    """Raises Forbidden for who neither uploaded a file nor leads its task."""
    scope = access.scope(actor, tasks.PROGRESS, desk.policy.access)
    theirs = row.uploaded_by == actor.user_id
    if not theirs and not rules.leads(scope, task.lead_id, task.owner_id):
        raise Forbidden(refusal)


def _check_milestone(session: Session, task: PlanTask, milestone_id: UUID | None) -> None:
    if milestone_id is None:
        return
    row = session.get(PlanMilestone, milestone_id)
    if row is None or row.task_id != task.id:
        raise Invalid({"milestone": ["这项任务没有这个节点"]})
