"""On what the data of a dispute is processed 处理依据, for programs."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.basis import BasisListOut, BasisOut, ConsentIn, WithdrawConsentIn
from service.operations import basis as operations
from service.operations.basis import Consent
from service.queries import basis as queries
from service.queries import dispute as disputes
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-basis", __name__, url_prefix="/api/v1", description="处理依据")


@blp.get("/disputes/<uuid:dispute_id>/bases")
@action("dispute.read")
@blp.response(200, BasisListOut)
def listed(dispute_id: UUID) -> Response:
    """The duty and the consents."""
    return _shown(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/bases")
@action("dispute.basis")
@blp.arguments(ConsentIn)
@blp.response(201, BasisListOut)
@idempotent
def consent(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Note a consent."""
    operations.consent(dispute_id, Consent(**body), actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id, status=201)


@blp.post("/disputes/<uuid:dispute_id>/bases/<uuid:basis_id>/withdraw")
@action("dispute.basis")
@blp.arguments(WithdrawConsentIn)
@blp.response(200, BasisListOut)
def withdraw(body: dict[str, Any], dispute_id: UUID, basis_id: UUID) -> Response:
    """Note that a consent was withdrawn."""
    when, why = body["withdrawn_on"], body["reason"]
    operations.withdraw(dispute_id, basis_id, when, why, actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id)


def _shown(dispute_id: UUID, *, status: int = 200) -> Response:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    shape = BasisOut()
    found = queries.of_dispute(opened, desk())
    items = [shape.dump(each) for each in found]
    missing = queries.without_consent(opened, found)
    return answer({"items": items, "missing": missing}, status=status)
