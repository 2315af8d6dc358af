"""Attachments 附件 for programs: list, add, look at, download, withdraw."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.attachment import (
    AttachmentFileIn,
    AttachmentIn,
    AttachmentListOut,
    AttachmentOut,
    AttachmentWithdrawIn,
)
from service.operations import attachment as operations
from service.operations.attachment import Candidate
from service.queries import attachment as queries
from service.web import attachment
from service.web.door import action, actor, answer, bulky, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-attachment", __name__, url_prefix="/api/v1", description="附件")


@blp.get("/disputes/<uuid:dispute_id>/attachments")
@action("dispute.attachment_read")
@blp.response(200, AttachmentListOut)
def listed(dispute_id: UUID) -> Response:
    """The attachments of the dispute, oldest first; the withdrawn too."""
    found = queries.opened(dispute_id, queries.READ, actor=actor(), desk=desk(), now=now())
    shape = AttachmentOut()
    return answer({"items": [shape.dump(each) for each in queries.of_shelf(found)]})


@blp.post("/disputes/<uuid:dispute_id>/attachments")
@action("dispute.attachment")
@bulky
@blp.arguments(AttachmentIn, location="form")
@blp.arguments(AttachmentFileIn, location="files")
@blp.response(201, AttachmentOut)
def add(form: dict[str, Any], files: dict[str, Any], dispute_id: UUID) -> Response:
    """Add one file of at most 20 MB; it is looked at before it is taken."""
    draft = attachment.draft(files["file"], form)
    with operations.taken_in(
        dispute_id, draft, store=attachment.store(), actor=actor(), desk=desk(), now=now()
    ) as candidate:
        return _added(dispute_id, candidate)


@idempotent
def _added(dispute_id: UUID, candidate: Candidate) -> Response:
    made = operations.add(dispute_id, candidate, actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id, made, status=201)


@blp.get("/disputes/<uuid:dispute_id>/attachments/<uuid:attachment_id>")
@action("dispute.attachment_read")
@blp.response(200, AttachmentOut)
def one(dispute_id: UUID, attachment_id: UUID) -> Response:
    """What an attachment is, without its bytes."""
    return _shown(dispute_id, attachment_id)


@blp.get("/disputes/<uuid:dispute_id>/attachments/<uuid:attachment_id>/content")
@action("dispute.attachment_read")
@blp.response(200, content_type="application/octet-stream")
def content(dispute_id: UUID, attachment_id: UUID) -> Response:
    """The bytes as they came, checked against their digest; 410 when they are not those."""
    return attachment.sent(dispute_id, attachment_id)


@blp.post("/disputes/<uuid:dispute_id>/attachments/<uuid:attachment_id>/withdraw")
@action("dispute.attachment")
@blp.arguments(AttachmentWithdrawIn)
@blp.response(200, AttachmentOut)
def withdraw(body: dict[str, Any], dispute_id: UUID, attachment_id: UUID) -> Response:
    """Take one back; it stays in the list with the reason, its bytes are no longer given."""
    operations.withdraw(
        dispute_id, attachment_id, body["reason"], actor=actor(), desk=desk(), now=now()
    )
    return _shown(dispute_id, attachment_id)


def _shown(dispute_id: UUID, attachment_id: UUID, *, status: int = 200) -> Response:
    found = queries.opened(dispute_id, queries.READ, actor=actor(), desk=desk(), now=now())
    return answer(AttachmentOut().dump(queries.one(found, attachment_id)), status=status)
