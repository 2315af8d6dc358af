"""Attachments 附件: take one in, hand its bytes out, withdraw one, and keep the store tidy.

The file is judged, sealed and on disk before the transaction that makes it an attachment begins:
nobody waits for a lock while a file is looked at, and there is never a row without its file. A
file that did not become an attachment is dropped, or swept a day later if the process died.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import AttachmentKind, DisputeStatus, Media
from models import Attachment, Dispute, transaction
from service.desk import Desk
from service.errors import Conflict, Gone, Invalid, NotFound, Unavailable
from service.gateways import attachment as gateway
from service.gateways.attachment import Store
from service.gateways.keyring import FieldKey
from service.operations import audit, load
from service.operations.event import record
from service.queries import attachment as queries
from service.queries.attachment import AttachmentView
from service.rules import attachment as rules
from service.rules.access import Actor

log = logging.getLogger(__name__)
LOCATED: Final = (
    "这个文件里写着拍摄的地点。地点就是证据的，请勾选“连同拍摄地点一起保存”再上传；"
    "不是的，请关掉相机的位置信息重拍，或者截图后再上传"
)
DOWNLOAD: Final = "dispute.attachment_download"
ARCHIVED: Final = "这件纠纷已经归档，附件不能再增减"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentDraft:
    """A file as it came, and what paper it is.

    `keep_location`: where it was taken is meant to be kept with it.
    """

    name: str
    content: bytes = field(repr=False)
    kind: AttachmentKind
    keep_location: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file that lies in the store, sealed with `key`, and may become an attachment."""

    id: UUID
    stored_as: UUID
    name: str
    kind: AttachmentKind
    media: Media
    located: bool
    size: int
    sha256: str
    key: FieldKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """An attachment and its bytes, as they came."""

    view: AttachmentView
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files belonged to nothing, and which files are missing."""

    removed: int
    missing: list[UUID]


@contextmanager
def taken_in(
    dispute_id: UUID,
    draft: AttachmentDraft,
    *,
    store: Store,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Iterator[Candidate]:
    """Judge the file and store it for as long as the block lasts; longer when `add` took it.

    Raises NotFound, Forbidden, FileRefused, TooLarge, StorageFull.
    """
    found = queries.opened(dispute_id, queries.WRITE, actor=actor, desk=desk, now=now)
    candidate = judged(draft, found.key)
    store.keep(candidate.stored_as, draft.content, candidate.key)
    try:
        yield candidate
    finally:
        if not queries.is_kept(candidate.id):
            store.drop(candidate.stored_as)


def add(dispute_id: UUID, candidate: Candidate, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Make the stored file an attachment of the dispute; Conflict when it takes no more."""
    with transaction() as session:
        dispute = _dispute(session, dispute_id, actor=actor, desk=desk, now=now)
        if load.field_key(dispute, desk).key != candidate.key.key:
            raise Unavailable("这件纠纷的密钥刚刚换过，请重新上传")
        _refuse_too_many(session, dispute_id)
        session.add(_row(dispute_id, candidate, actor=actor, now=now))
        record(
            session,
            dispute_id,
            subject="dispute",
            action="attachment",
            actor=actor,
            now=now,
            detail={"attachment": str(candidate.id), "kind": candidate.kind.value},
        )
    return candidate.id


def withdraw(
    dispute_id: UUID, attachment_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Take an attachment back: it stays in the list with the reason, its bytes are not given."""
    with transaction() as session:
        dispute = _dispute(session, dispute_id, actor=actor, desk=desk, now=now)
        row = session.get(Attachment, attachment_id)
        if row is None or (row.subject, row.subject_id) != (queries.DISPUTE, dispute_id):
            raise NotFound("没有找到这个附件")
        if row.withdrawn_at is not None:
            raise Conflict("这个附件已经撤销过了")
        key = load.field_key(dispute, desk)
        row.withdrawn_at, row.withdrawn_by = now, actor.user_id
        row.withdrawal_sealed = key.seal(reason, queries.withdrawal_place(row.id))
        record(
            session,
            dispute_id,
            subject="dispute",
            action="attachment-withdraw",
            actor=actor,
            now=now,
            reason=reason,
            detail={"attachment": str(row.id), "kind": row.kind.value},
            key=key,
        )


def give(
    dispute_id: UUID,
    attachment_id: UUID,
    *,
    store: Store,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Given:
    """The bytes of an attachment, written down before they are given.

    Raises NotFound, Forbidden, and Gone when it was withdrawn or the file is damaged.
    """
    found = queries.opened(dispute_id, queries.READ, actor=actor, desk=desk, now=now)
    view = queries.one(found, attachment_id)
    if view.withdrawal is not None:
        raise Gone("这个附件已经撤销，不再提供")
    content = store.read(view.stored_as, view.sha256, found.key)
    audit.saw(
        DOWNLOAD,
        subject=queries.DISPUTE,
        subject_id=dispute_id,
        actor=actor,
        now=now,
        detail={"attachment": str(view.id), "kind": view.kind.value},
    )
    return Given(view, content)


def sweep(store: Store, now: datetime) -> Swept:
    """Delete the files that have belonged to nothing for a day, and name those that are missing.

    The withdrawn are not missed.
    """
    known = queries.stored(now)
    nobodys = [path for path in store.left(now) if gateway.named(path) not in known]
    for path in nobodys:
        path.unlink(missing_ok=True)
    there = set(store.names())
    missing = sorted(each for each, counts in known.items() if counts and each not in there)
    for each in missing:
        log.error("an attachment has no file", extra={"stored_as": each.hex})
    return Swept(len(nobodys), missing)


def judged(draft: AttachmentDraft, key: FieldKey) -> Candidate:
    """The file as one that may be kept; raises FileRefused, TooLarge, Invalid for a place in it."""
    rules.check_size(len(draft.content))
    named = rules.check_name(draft.name)
    judged = gateway.judge(draft.content)
    rules.check_content(named, judged.media)
    if judged.located and not draft.keep_location:
        raise Invalid({"keep_location": [LOCATED]}, LOCATED)
    return Candidate(
        id=uuid4(),
        stored_as=uuid4(),
        name=draft.name,
        kind=draft.kind,
        media=judged.media,
        located=judged.located,
        size=len(draft.content),
        sha256=hashlib.sha256(draft.content).hexdigest(),
        key=key,
    )


def _dispute(
    session: Session, dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> Dispute:
    dispute = load.dispute_for_change(
        session, dispute_id, "attachment", version=None, actor=actor, desk=desk, now=now
    )
    if dispute.status is DisputeStatus.ARCHIVED:
        raise Conflict(ARCHIVED)
    return dispute


def _refuse_too_many(session: Session, dispute_id: UUID) -> None:
    there = sa.select(sa.func.count()).where(
        Attachment.subject == queries.DISPUTE, Attachment.subject_id == dispute_id
    )
    if (session.scalar(there) or 0) >= rules.MOST_OF_ONE:
        raise Conflict(f"一件纠纷最多 {rules.MOST_OF_ONE} 个附件，这件已经满了")


def _row(dispute_id: UUID, candidate: Candidate, *, actor: Actor, now: datetime) -> Attachment:
    return Attachment(
        id=candidate.id,
        subject=queries.DISPUTE,
        subject_id=dispute_id,
        name_sealed=candidate.key.seal(candidate.name, queries.name_place(candidate.id)),
        kind=candidate.kind,
        media=candidate.media,
        located=candidate.located,
        size=candidate.size,
        sha256=candidate.sha256,
        stored_as=candidate.stored_as,
        uploaded_by=actor.user_id,
        uploaded_at=now,
    )
