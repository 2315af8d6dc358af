"""Docking with the court 诉调对接 for programs: 委派、委托 and 司法确认."""

from typing import Any
from uuid import UUID

from flask import Response

from config.court import ConfirmationStep
from schemas.court import (
    ConfirmationIn,
    ConfirmationsOut,
    ConfirmationStepIn,
    CourtBackIn,
    CourtPageOut,
    CourtQuery,
    CourtReferralIn,
    CourtReferralListOut,
    CourtReferralOut,
    CourtReportIn,
    CourtRowOut,
    TermsIn,
)
from service.errors import NotFound
from service.operations import confirmation as confirmations
from service.operations import court as operations
from service.queries import court as queries
from service.queries.court import Box
from service.web import court
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-court", __name__, url_prefix="/api/v1", description="诉调对接")


@blp.get("/court_referrals")
@action("court.read")
@blp.arguments(CourtQuery, location="query")
@blp.response(200, CourtPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of a box: what waits to be confirmed, is mediated, waits to be told, was sent."""
    box = Box(query.pop("box"))
    page = queries.page(box, actor=actor(), desk=desk(), now=now(), **query)
    return answer_page(page, CourtRowOut().dump)


@blp.get("/disputes/<uuid:dispute_id>/court_referrals")
@action("court.read")
@blp.response(200, CourtReferralListOut)
@noted("read", "court")
def of_dispute(dispute_id: UUID) -> Response:
    """What the court sent about a dispute."""
    return _shown(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/court_referrals")
@action("court.handle")
@blp.arguments(CourtReferralIn)
@blp.response(201, CourtReferralListOut)
@idempotent
def receive(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Record what the court sent."""
    operations.receive(dispute_id, body, actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id, status=201)


@blp.post("/disputes/<uuid:dispute_id>/court_referrals/<uuid:referral_id>/confirm")
@action("court.handle")
@blp.response(200, CourtReferralListOut)
def confirm(dispute_id: UUID, referral_id: UUID) -> Response:
    """Take it on. `If-Match` is the ETag of the dispute."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.confirm(dispute_id, referral_id, version=required_version(), **told)
    return _shown(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/court_referrals/<uuid:referral_id>/send-back")
@action("court.handle")
@blp.arguments(CourtBackIn)
@blp.response(200, CourtReferralListOut)
def send_back(body: dict[str, Any], dispute_id: UUID, referral_id: UUID) -> Response:
    """Send it back with the reason. `If-Match` is the ETag of the dispute."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.send_back(
        dispute_id, referral_id, body["reason"], version=required_version(), **told
    )
    return _shown(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/court_referrals/<uuid:referral_id>/report")
@action("court.handle")
@blp.arguments(CourtReportIn)
@blp.response(200, CourtReferralListOut)
def report(body: dict[str, Any], dispute_id: UUID, referral_id: UUID) -> Response:
    """Tell the court the result. `If-Match` is the ETag of the dispute."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.report(dispute_id, referral_id, body, version=required_version(), **told)
    return _shown(dispute_id)


@blp.get("/disputes/<uuid:dispute_id>/confirmation")
@action("court.read")
@blp.response(200, ConfirmationsOut)
@noted("read", "confirmation")
def confirmation(dispute_id: UUID) -> Response:
    """What the rules say of its agreement, and every application."""
    return _confirmation(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/confirmation")
@action("court.handle")
@blp.arguments(ConfirmationIn)
@blp.response(201, ConfirmationsOut)
@idempotent
def prepare(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Prepare the joint application."""
    confirmations.prepare(dispute_id, body, actor=actor(), desk=desk(), now=now())
    return _confirmation(dispute_id, status=201)


@blp.post("/disputes/<uuid:dispute_id>/confirmation/terms")
@action("court.handle")
@blp.arguments(TermsIn)
@blp.response(200, ConfirmationsOut)
def write_down(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Write down what an oral agreement says. `If-Match` is the ETag of the dispute."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    confirmations.write_down(dispute_id, body["terms"], version=required_version(), **told)
    return _confirmation(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/confirmation/steps/<confirmation_step>")
@action("court.handle")
@blp.arguments(ConfirmationStepIn)
@blp.response(200, ConfirmationsOut)
def take(body: dict[str, Any], dispute_id: UUID, confirmation_step: str) -> Response:
    """Write down its next step. `If-Match` is the ETag of the dispute."""
    if confirmation_step not in set(ConfirmationStep):
        raise NotFound("没有这个步骤")
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    step = ConfirmationStep(confirmation_step)
    confirmations.take(dispute_id, step, body, version=required_version(), **told)
    return _confirmation(dispute_id)


def _shown(dispute_id: UUID, *, status: int = 200) -> Response:
    opened = court.opened(dispute_id)
    shape = CourtReferralOut()
    items = [shape.dump(each) for each in queries.of_opened(opened)]
    return answer({"items": items}, status=status, version=opened.view.version)


def _confirmation(dispute_id: UUID, *, status: int = 200) -> Response:
    opened = court.opened(dispute_id)
    told = ConfirmationsOut().dump(court.judged(opened))
    return answer(told, status=status, version=opened.view.version)
