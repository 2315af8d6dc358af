"""Files of letters 建议书: take in an original, a proof, a receipt; hand its bytes out.

As with attachments the file is judged, sealed and on disk before the transaction begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from config.suggestion import SuggestionPaper
from config.vocabulary import AttachmentKind
from models import Suggestion, SuggestionDemand, SuggestionFile, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.gateways.attachment import Store
from service.operations import audit
from service.operations.attachment import AttachmentDraft, Candidate, judged
from service.operations.event import record
from service.queries import suggestion as queries
from service.queries import suggestion_part as parts
from service.queries.suggestion_part import SuggestionFileView
from service.rules import access
from service.rules.access import Actor

ATTACH: Final = "suggestion.attach"
MOST: Final = 100
NOT_THEIRS: Final = "这份建议书的材料不由您上传"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """A file as it came, and what it is; `demand` is the number of the demand it proves."""

    name: str
    content: bytes = field(repr=False)
    paper: SuggestionPaper
    demand: int | None = None
    keep_location: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A file and its bytes, as they came."""

    view: SuggestionFileView
    content: bytes = field(repr=False)


@contextmanager
def taken_in(
    suggestion_id: UUID, draft: FileDraft, *, store: Store, actor: Actor, desk: Desk
) -> Iterator[Candidate]:
    """Judge the file and store it for as long as the block lasts; longer when `add` took it.

    Raises NotFound, Forbidden, FileRefused, TooLarge, StorageFull, Invalid at `demand`.
    """
    row, key = queries.opened(suggestion_id, actor=actor, desk=desk)
    _check_theirs(row, actor, desk)
    candidate = judged(
        AttachmentDraft(
            name=draft.name,
            content=draft.content,
            kind=AttachmentKind.OTHER,
            keep_location=draft.keep_location,
        ),
        key,
    )
    store.keep(candidate.stored_as, draft.content, candidate.key)
    try:
        yield candidate
    finally:
        if not parts.is_kept(candidate.id):
            store.drop(candidate.stored_as)


def add(
    suggestion_id: UUID,
    candidate: Candidate,
    draft: FileDraft,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Make the stored file one of the letter; Conflict when it takes no more."""
    access.require(actor, ATTACH, desk.policy.access)
    with transaction() as session:
        row, key = queries.opened(suggestion_id, actor=actor, desk=desk)
        _check_theirs(row, actor, desk)
        mine = SuggestionFile.suggestion_id == row.id
        if (session.scalar(sa.select(sa.func.count()).where(mine)) or 0) >= MOST:
            raise Conflict(f"一份建议书最多 {MOST} 个文件，这份已经满了")
        known = sa.select(SuggestionDemand.number).where(SuggestionDemand.suggestion_id == row.id)
        if draft.demand is not None and draft.demand not in set(session.scalars(known)):
            raise Invalid({"demand": ["建议书里没有这一条"]})
        session.add(
            SuggestionFile(
                id=candidate.id,
                suggestion_id=row.id,
                paper=draft.paper,
                demand=draft.demand,
                round=row.round,
                name_sealed=key.seal(draft.name, f"suggestion_file.name:{candidate.id}"),
                media=candidate.media,
                size=candidate.size,
                sha256=candidate.sha256,
                stored_as=candidate.stored_as,
                uploaded_by=actor.user_id,
                uploaded_at=now,
            )
        )
        detail = {"file": str(candidate.id), "paper": draft.paper.value}
        record(
            session,
            row.id,
            subject="suggestion",
            action="suggestion-attach",
            actor=actor,
            now=now,
            detail=detail | ({"demand": draft.demand} if draft.demand else {}),
        )
    return candidate.id


def give(
    suggestion_id: UUID, file_id: UUID, *, store: Store, actor: Actor, desk: Desk, now: datetime
) -> Given:
    """The bytes of a file, written down before they are given; NotFound, Gone when damaged."""
    row, key = queries.opened(suggestion_id, actor=actor, desk=desk)
    view = next((each for each in parts.files(row, key) if each.id == file_id), None)
    if view is None:
        raise NotFound("没有找到这个文件")
    content = store.read(view.stored_as, view.sha256, key)
    audit.saw(
        "suggestion.attachment_download",
        subject="suggestion",
        subject_id=row.id,
        actor=actor,
        now=now,
        detail={"file": str(view.id), "paper": view.paper.value},
    )
    return Given(view, content)


def _check_theirs(row: Suggestion, actor: Actor, desk: Desk) -> None:
    scope = access.require(actor, ATTACH, desk.policy.access)
    if not access.is_reached(scope, row.organisation_id):
        raise Forbidden(NOT_THEIRS)
