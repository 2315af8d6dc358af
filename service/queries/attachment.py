"""Look at attachments 附件: those of one dispute, and one of them for whoever may read it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.vocabulary import AttachmentKind, Media
from models import Attachment, Merge, PlanEvidence, SuggestionFile, User, db
from service.desk import Desk
from service.errors import Forbidden, NotFound
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries.dispute import Opened
from service.rules.access import Actor
from service.rules.merge import UNDONE_WITHIN

DISPUTE: Final = "dispute"
KEPT_FOR: Final = UNDONE_WITHIN + timedelta(days=2)  # days are counted at the centre
READ: Final = "dispute.attachment_read"
WRITE: Final = "dispute.attachment"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who took an attachment back, when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """One attachment, `size` in bytes; its bytes are asked for separately."""

    id: UUID
    name: str
    kind: AttachmentKind
    media: Media
    located: bool
    size: int
    sha256: str
    stored_as: UUID
    uploaded_by: str
    uploaded_at: datetime
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The attachments of a dispute, opened for somebody; `key` opens what is sealed of them."""

    dispute_id: UUID
    key: FieldKey = field(repr=False)


def opened(dispute_id: UUID, action: str, *, actor: Actor, desk: Desk, now: datetime) -> Shelf:
    """For who may do `action` to the attachments of a dispute; NotFound who may not see it."""
    found = disputes.opened(dispute_id, actor=actor, desk=desk, now=now)
    shelf = shelf_of(found, action)
    if shelf is None:
        raise Forbidden("这件纠纷的附件不归您看")
    return shelf


def shelf_of(found: Opened, action: str) -> Shelf | None:
    """The same of a dispute that was opened; None for who may not."""
    if action not in found.may or found.key is None:
        return None
    return Shelf(found.view.id, found.key)


def of_shelf(shelf: Shelf) -> list[AttachmentView]:
    """All of them, oldest first; the withdrawn too."""
    return _views(shelf.key, Attachment.subject_id == shelf.dispute_id)


def one(shelf: Shelf, attachment_id: UUID) -> AttachmentView:
    """One of them; NotFound when the dispute has no such attachment."""
    mine = _views(
        shelf.key, Attachment.subject_id == shelf.dispute_id, Attachment.id == attachment_id
    )
    if not mine:
        raise NotFound("没有找到这个附件")
    return mine[0]


def is_kept(attachment_id: UUID) -> bool:
    """Whether the attachment has become one."""
    return (
        db.session.scalar(sa.select(Attachment.id).where(Attachment.id == attachment_id))
        is not None
    )


def stored(now: datetime) -> dict[UUID, bool]:
    """What should lie in the store, and whether it still counts: the withdrawn does not.

    The files of letters 建议书 lie there too.

    Nor do the files of a merged dispute from before its merge, which are kept as long as that may
    be undone.
    """
    found = db.session.execute(sa.select(Attachment.stored_as, Attachment.withdrawn_at.is_(None)))
    undoable = sa.select(Merge.record).where(
        Merge.undone_at.is_(None), Merge.merged_at > now - KEPT_FOR
    )
    before = {
        UUID(row["stored_as"]): False
        for told in db.session.scalars(undoable)
        for row in told["before"].get("attachment", {}).values()
        if "stored_as" in row
    }
    others = (sa.select(SuggestionFile.stored_as), sa.select(PlanEvidence.stored_as))
    kept = {each: True for asked in others for each in db.session.scalars(asked)}
    return before | kept | {stored_as: bool(counts) for stored_as, counts in found}


def files(dispute_id: UUID) -> list[tuple[UUID, UUID, str]]:
    """Id, name in the store and digest of every file of a dispute that is still given out."""
    found = db.session.execute(
        sa.select(Attachment.id, Attachment.stored_as, Attachment.sha256).where(
            Attachment.subject == DISPUTE,
            Attachment.subject_id == dispute_id,
            Attachment.withdrawn_at.is_(None),
        )
    )
    return [(row[0], row[1], row[2]) for row in found]


def _views(key: FieldKey, *conditions: sa.ColumnElement[bool]) -> list[AttachmentView]:
    by, back = aliased(User), aliased(User)
    found = db.session.execute(
        sa.select(Attachment, by.name, back.name)
        .join(by, by.id == Attachment.uploaded_by)
        .outerjoin(back, back.id == Attachment.withdrawn_by)
        .where(Attachment.subject == DISPUTE, *conditions)
        .order_by(Attachment.uploaded_at, Attachment.id)
        .execution_options(populate_existing=True)
    )
    return [_view(row, by_name, back_name, key) for row, by_name, back_name in found]


def _view(row: Attachment, by: str, back: str | None, key: FieldKey) -> AttachmentView:
    return AttachmentView(
        id=row.id,
        name=key.open(row.name_sealed, name_place(row.id)),
        kind=row.kind,
        media=row.media,
        located=row.located,
        size=row.size,
        sha256=row.sha256,
        stored_as=row.stored_as,
        uploaded_by=by,
        uploaded_at=row.uploaded_at,
        withdrawal=_withdrawal(row, back, key),
    )


def _withdrawal(row: Attachment, back: str | None, key: FieldKey) -> Withdrawal | None:
    if row.withdrawn_at is None or row.withdrawal_sealed is None or back is None:
        return None
    reason = key.open(row.withdrawal_sealed, withdrawal_place(row.id))
    return Withdrawal(back, row.withdrawn_at, reason)


def name_place(attachment_id: UUID) -> str:
    """Where the name belongs, for sealing."""
    return f"attachment.name:{attachment_id}"


def withdrawal_place(attachment_id: UUID) -> str:
    """Where the reason of a withdrawal belongs, for sealing."""
    return f"attachment.withdrawal:{attachment_id}"


def current(views: Iterable[AttachmentView]) -> list[AttachmentView]:
    """Those that have not been withdrawn."""
    return [each for each in views if each.withdrawal is None]
