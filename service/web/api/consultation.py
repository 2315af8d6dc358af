"""Consultations 咨询 for programs: record, read, correct, list."""

from typing import Any, Final
from uuid import UUID

from flask import Response

from schemas.consultation import (
    ConsultationOut,
    ConsultationPageOut,
    ConsultationQuery,
    ConsultationRowOut,
    ConsultIn,
    CorrectConsultationIn,
)
from service.operations import consultation as operations
from service.operations.consultation import Asked
from service.queries import consultation as queries
from service.queries.consultation import Filters
from service.rules import access
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-consultation", __name__, url_prefix="/api/v1", description="咨询")
PAGE_KEYS: Final = ("limit", "cursor", "count")


@blp.post("/consultations")
@action("consultation.record")
@blp.arguments(ConsultIn)
@blp.response(201, ConsultationOut)
@idempotent
def record(body: dict[str, Any]) -> Response:
    """Record a consultation; it is no dispute and counts as none."""
    made = operations.record(Asked(**body), actor=actor(), desk=desk(), now=now())
    response = _shown(made, status=201)
    response.headers["Location"] = f"/api/v1/consultations/{made}"
    return response


@blp.get("/consultations")
@action("consultation.list")
@blp.arguments(ConsultationQuery, location="query")
@blp.response(200, ConsultationPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the consultations the caller may see, newest first."""
    paging = {key: query.pop(key) for key in PAGE_KEYS}
    scope = access.scope(actor(), "consultation.list", desk().policy.access)
    page = queries.page(Filters(**query), scope=scope, desk=desk(), now=now(), **paging)
    return answer_page(page, ConsultationRowOut().dump)


@blp.get("/consultations/<uuid:consultation_id>")
@action("consultation.list")
@blp.response(200, ConsultationOut)
def read(consultation_id: UUID) -> Response:
    """One consultation as the caller may see it."""
    return _shown(consultation_id)


@blp.patch("/consultations/<uuid:consultation_id>")
@action("consultation.record")
@blp.arguments(CorrectConsultationIn)
@blp.response(200, ConsultationOut)
def correct(body: dict[str, Any], consultation_id: UUID) -> Response:
    """Correct what was recorded."""
    operations.correct(
        consultation_id, body, version=required_version(), actor=actor(), desk=desk(), now=now()
    )
    return _shown(consultation_id)


def _shown(consultation_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(consultation_id, actor=actor(), desk=desk(), now=now())
    return answer(ConsultationOut().dump(view), status=status, version=view.version)
