"""Files 佐证 that show what an entry says: take one in, hand its bytes out, take it back.

As with attachments the file is judged, sealed and on disk before the transaction begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.plan import EvidenceKind
from config.plan_register import EntryState
from config.vocabulary import AttachmentKind
from models import PlanEntry, PlanEvidence, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.gateways.attachment import Store
from service.gateways.keyring import FieldKey
from service.operations import audit
from service.operations.attachment import AttachmentDraft, Candidate, judged
from service.operations.event import record
from service.operations.plan_entry import NOT_THEIRS, held
from service.queries import plan_entry as queries
from service.queries.plan_entry import EvidenceView
from service.rules import access
from service.rules import plan_entry as rules
from service.rules.access import Actor

ATTACH: Final = "plan_entry.evidence"
MOST: Final = 50
NO_FILE: Final = "没有找到这个文件"
TWICE: Final = "这个文件已经上传过了（内容完全一样），不用再传"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDraft:
    """A file as it came and what it shows; `public`: made public on a day, at an address."""

    name: str
    content: bytes = field(repr=False)
    kind: EvidenceKind
    about: str
    public: bool = False
    published_on: date | None = None
    published_at: str | None = None
    keep_location: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the store, and its own key as its row keeps it."""

    candidate: Candidate
    sealed_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A file and its bytes, as they came."""

    view: EvidenceView
    content: bytes = field(repr=False)


@contextmanager
def taken_in(
    register_id: str,
    entry_id: UUID,
    draft: EvidenceDraft,
    *,
    store: Store,
    actor: Actor,
    desk: Desk,
) -> Iterator[Stored]:
    """Judge the file and store it for as long as the block lasts; longer when `add` took it.

    Raises NotFound, Forbidden, FileRefused, TooLarge, StorageFull, Invalid.
    """
    entry, key = queries.opened(register_id, entry_id, actor=actor, desk=desk)
    _check_theirs(entry, actor, desk)
    stored = _judged(draft, key, desk)
    store.keep(stored.candidate.stored_as, draft.content, stored.candidate.key)
    try:
        yield stored
    finally:
        if not queries.is_kept(stored.candidate.id):
            store.drop(stored.candidate.stored_as)


def add(
    register_id: str,
    entry_id: UUID,
    stored: Stored,
    draft: EvidenceDraft,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Make the stored file one of the row.

    Raises Conflict when the same file is there, when it takes no more, or was voided.
    """
    made = stored.candidate
    _check_published(draft, desk.today(now))
    with transaction() as session:
        entry, _, row = held(session, register_id, entry_id, ATTACH, actor=actor, desk=desk)
        if row.voided:
            raise Conflict("已经作废，不能再上传")
        mine = PlanEvidence.entry_id == entry.id
        stands = mine & PlanEvidence.withdrawn_at.is_(None)
        if made.sha256 in session.scalars(sa.select(PlanEvidence.sha256).where(stands)).all():
            raise Conflict(TWICE)
        if (session.scalar(sa.select(sa.func.count()).where(mine)) or 0) >= MOST:
            raise Conflict(f"一个条目最多 {MOST} 个文件，这个已经满了")
        session.add(
            PlanEvidence(
                id=made.id,
                entry_id=entry.id,
                kind=draft.kind,
                about=draft.about,
                sealed_key=stored.sealed_key,
                name_sealed=made.key.seal(draft.name, f"plan_evidence.name:{made.id}"),
                media=made.media,
                size=made.size,
                sha256=made.sha256,
                stored_as=made.stored_as,
                public=draft.public,
                published_on=draft.published_on,
                published_at=draft.published_at,
                uploaded_by=actor.user_id,
                uploaded_at=now,
            )
        )
        detail = {"file": str(made.id), "kind": draft.kind.value}
        _note(session, entry, "plan-entry-evidence", detail, actor=actor, now=now)
    return made.id


def give(
    register_id: str,
    entry_id: UUID,
    evidence_id: UUID,
    *,
    store: Store,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Given:
    """The bytes of a file, written down before they are given; NotFound, Gone when damaged.

    What was withdrawn is no longer given.
    """
    entry, _ = queries.opened(register_id, entry_id, actor=actor, desk=desk)
    _check_theirs(entry, actor, desk)
    view = next((e for e in queries.evidence(entry, desk) if e.id == evidence_id), None)
    if view is None or view.withdrawn_at is not None:
        raise NotFound(NO_FILE)
    content = store.read(view.stored_as, view.sha256, queries.file_key(view.id, desk))
    audit.saw(
        "plan_entry.attachment_download",
        subject="plan_entry",
        subject_id=entry.id,
        actor=actor,
        now=now,
        detail={"file": str(view.id), "kind": view.kind.value},
    )
    return Given(view, content)


def withdraw(
    register_id: str,
    entry_id: UUID,
    evidence_id: UUID,
    reason: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take a file back: it stays to be seen that it was there. Raises NotFound, Conflict.

    What a row that has ended rests on cannot be taken back before it is opened again.
    """
    with transaction() as session:
        entry, _, row = held(session, register_id, entry_id, ATTACH, actor=actor, desk=desk)
        found = session.get(PlanEvidence, evidence_id)
        if found is None or found.entry_id != entry.id:
            raise NotFound(NO_FILE)
        if found.withdrawn_at is not None:
            raise Conflict("这个文件已经撤销了")
        others = sa.select(PlanEvidence.kind).where(
            PlanEvidence.entry_id == entry.id,
            PlanEvidence.withdrawn_at.is_(None),
            PlanEvidence.id != found.id,
        )
        kinds = list(session.scalars(others))
        if row.state is EntryState.ENDED and rules.missing(row.register, kinds):
            raise Conflict("已经办结的条目要有这份佐证，请先重新打开，或者先上传另一份")
        found.withdrawn_by, found.withdrawn_at, found.reason = actor.user_id, now, reason
        detail = {"file": str(found.id), "kind": found.kind.value}
        _note(session, entry, "plan-entry-evidence-withdraw", detail, actor=actor, now=now)


def _judged(draft: EvidenceDraft, outer: FieldKey, desk: Desk) -> Stored:
    """The file as one that may be kept, under a key of its own."""
    asked = AttachmentDraft(
        name=draft.name,
        content=draft.content,
        kind=AttachmentKind.OTHER,
        keep_location=draft.keep_location,
    )
    found = judged(asked, outer)
    sealed_key, key = desk.keyring.new_field_key(f"plan_evidence:{found.id}")
    return Stored(replace(found, key=key), sealed_key)


def _check_published(draft: EvidenceDraft, today: date) -> None:
    told = draft.published_on or draft.published_at
    if told and not draft.public:
        raise Invalid({"public": ["填了公开日期或者位置的，请勾选主动公开"]})
    if draft.published_on and draft.published_on > today:
        raise Invalid({"published_on": ["不能晚于今天"]})


def _check_theirs(entry: PlanEntry, actor: Actor, desk: Desk) -> None:
    scope = access.require(actor, ATTACH, desk.policy.access)
    if not access.is_reached(scope, entry.organisation_id):
        raise Forbidden(NOT_THEIRS)


def _note(
    session: Session,
    entry: PlanEntry,
    deed: str,
    detail: dict[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record(
        session,
        entry.id,
        subject="plan_entry",
        action=deed,
        actor=actor,
        now=now,
        detail={"register": entry.register} | detail,
    )
