"""Evidence 佐证 of a plan's tasks for programs: hand in, get, say that it is public, take back."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.attachment import AttachmentFileIn
from schemas.plan_evidence import (
    PlanEvidenceIn,
    PlanEvidenceListOut,
    PlanEvidenceOut,
    PlanPublicationIn,
)
from schemas.plan_task import PlanReasonIn
from service.operations import plan_evidence as operations
from service.operations.plan_evidence import EvidenceDraft, Publication, Stored
from service.queries import plan_evidence as queries
from service.queries.plan_evidence import Owner
from service.web import attachment, plan_evidence
from service.web.door import action, actor, answer, bulky, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint(
    "api-plan-evidence", __name__, url_prefix="/api/v1/plans", description="任务佐证"
)
EVIDENCE = "/<int:year>/tasks/<number>/evidence"


@blp.get(EVIDENCE)
@action("plan.evidence")
@blp.response(200, PlanEvidenceListOut)
def listed(year: int, number: str) -> Response:
    """The files of a task, oldest first; those taken back too."""
    return answer(
        PlanEvidenceListOut().dump({"items": queries.of(_owner(year, number), desk=desk())})
    )


@blp.post(EVIDENCE)
@action("plan.evidence")
@bulky
@blp.arguments(PlanEvidenceIn, location="form")
@blp.arguments(AttachmentFileIn, location="files")
@blp.response(201, PlanEvidenceOut)
def add(form: dict[str, Any], given: dict[str, Any], year: int, number: str) -> Response:
    """Hand in one file of at most 20 MB; it is looked at before it is taken."""
    draft = plan_evidence.draft(given["file"], form)
    with operations.taken_in(
        year, number, draft, store=attachment.store(), actor=actor(), desk=desk()
    ) as stored:
        return _added(year, number, stored, draft)


@idempotent
def _added(year: int, number: str, stored: Stored, draft: EvidenceDraft) -> Response:
    made = operations.add(year, number, stored, draft, **_who())
    return _shown(year, number, made, status=201)


@blp.get(f"{EVIDENCE}/<uuid:evidence_id>")
@action("plan.evidence")
@blp.response(200, content_type="application/octet-stream")
def content(year: int, number: str, evidence_id: UUID) -> Response:
    """The bytes as they came, checked against their digest; 410 when they are not those."""
    return plan_evidence.sent(_owner(year, number), evidence_id)


@blp.patch(f"{EVIDENCE}/<uuid:evidence_id>")
@action("plan.evidence")
@blp.arguments(PlanPublicationIn)
@blp.response(200, PlanEvidenceOut)
def publish(body: dict[str, Any], year: int, number: str, evidence_id: UUID) -> Response:
    """Say whether it is public, since when and where. `If-Match` is the ETag of the task."""
    told = {"version": required_version()} | _who()
    operations.set_publication(year, number, evidence_id, Publication(**body), **told)
    return _shown(year, number, evidence_id)


@blp.post(f"{EVIDENCE}/<uuid:evidence_id>/steps/withdraw")
@action("plan.evidence")
@blp.arguments(PlanReasonIn)
@blp.response(200, PlanEvidenceOut)
def withdraw(body: dict[str, Any], year: int, number: str, evidence_id: UUID) -> Response:
    """Take it back. `If-Match` is the ETag of the task."""
    told = {"version": required_version()} | _who()
    operations.withdraw(year, number, evidence_id, body["reason"], **told)
    return _shown(year, number, evidence_id)


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _owner(year: int, number: str) -> Owner:
    return queries.of_task(year, number, actor=actor(), desk=desk())


def _shown(year: int, number: str, evidence_id: UUID, *, status: int = 200) -> Response:
    found = queries.one(_owner(year, number), evidence_id, desk=desk())
    return answer(PlanEvidenceOut().dump(found), status=status)
