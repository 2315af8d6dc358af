"""Disputes 纠纷 for programs: register, read, correct, take steps."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from config.vocabulary import DisputeStatus, Step
from schemas.base import PageQuery
from schemas.correction import CorrectIn
from schemas.dispute import (
    BRIEF_FIELDS,
    DisputeOut,
    DisputePageOut,
    DisputeRowOut,
    RegisterIn,
)
from schemas.event import EventOut
from schemas.mediation import AgreementOut, SessionIn, SessionOut, VisitIn, VisitOut
from schemas.platform import ProgramQuery
from schemas.step import SHAPES, StepIn
from service.errors import Invalid, NotFound
from service.operations import correction as corrections
from service.operations import dispute as operations
from service.operations import mediation as mediations
from service.operations import step as steps
from service.operations.dispute import Visit
from service.queries import dispute as queries
from service.queries import dispute_row, event
from service.queries import mediation as mediation_queries
from service.queries import platform as platforms
from service.queries.dispute_row import Filters
from service.rules import access
from service.web import merge, platform
from service.web.door import action, actor, answer, desk, for_programs, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.steps import load_body
from service.web.witness import looked_at

blp = StrictBlueprint("api-dispute", __name__, url_prefix="/api/v1", description="纠纷")
PAGE_KEYS = ("limit", "cursor", "count")
WHOLE = DisputeOut()  # with what it nests it takes longer to make than to use


@blp.post("/disputes")
@action("dispute.register")
@for_programs
@blp.arguments(RegisterIn)
@blp.response(201, DisputeOut)
@idempotent
def register(body: dict[str, Any]) -> Response:
    """Register a visit; the first of its disputes is shown, the others are linked."""
    if platform.is_calling():
        return platform.register(Visit(**body))
    made = operations.register(Visit(**body), actor=actor(), desk=desk(), now=now())
    view = queries.one(made[0].id, actor=actor(), desk=desk(), now=now())
    shown = WHOLE.dump(view) | {"receipt": {"code": made[0].code}}
    shown["linked"] = [
        {"id": str(each.id), "number": each.number, "receipt": {"code": each.code}}
        for each in made[1:]
    ]
    response = answer(shown, status=201, version=view.version)
    response.headers["Location"] = f"/api/v1/disputes/{view.id}"
    return response


@blp.get("/disputes")
@action("dispute.list")
@for_programs
@blp.arguments(ProgramQuery, location="query")
@blp.response(200, DisputePageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the disputes the caller may see."""
    paging = {key: query.pop(key) for key in PAGE_KEYS}
    if platform.is_calling():
        return platform.listed(query, paging)
    if query.pop("source_reference"):
        raise Invalid({"source_reference": ["只有送来的平台能按自己的编号查"]})
    page = dispute_row.page(
        Filters(**query),
        scope=access.scope(actor(), "dispute.list", desk().policy.access),
        today=desk().today(now()),
        now=now(),
        keyring=desk().keyring,
        **paging,
    )
    whole, brief = DisputeRowOut(), DisputeRowOut(only=BRIEF_FIELDS)
    return answer_page(page, lambda row: (brief if row.brief else whole).dump(row))


@blp.get("/disputes/<uuid:dispute_id>")
@action("dispute.read")
@for_programs
@blp.response(200, DisputeOut)
@looked_at
def read(dispute_id: UUID) -> Response:
    """One dispute as the caller may see it."""
    if platform.is_calling():
        return platform.one(platforms.one(dispute_id, actor=actor(), desk=desk(), now=now()))
    return _shown(dispute_id)


@blp.patch("/disputes/<uuid:dispute_id>")
@action("dispute.correct")
@blp.arguments(CorrectIn)
@blp.response(200, DisputeOut)
def correct(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Correct what was registered."""
    made = corrections.correct(
        dispute_id, body, version=required_version(), actor=actor(), desk=desk(), now=now()
    )
    if not body.get("siblings"):
        return _shown_after(dispute_id, made.status)
    left = [{"number": e.number, "role": e.role.value, "place": e.place} for e in made.left]
    told = {"siblings": {"corrected": list(made.followed), "left": left}}
    return _shown_after(dispute_id, made.status, told)


@blp.post("/disputes/<uuid:dispute_id>/steps/<step>")
@action("dispute.{step}")
@blp.arguments(StepIn)
@blp.response(200, DisputeOut)
def take(body: dict[str, Any], dispute_id: UUID, step: str) -> Response:
    """Take one legal step."""
    word = _step(step)
    status = steps.take(
        dispute_id,
        word,
        load_body(SHAPES[word], body),
        version=required_version(),
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _shown_after(dispute_id, status)


@blp.get("/disputes/<uuid:dispute_id>/parties")
@action("dispute.read")
@blp.response(200)
@looked_at
def parties(dispute_id: UUID) -> Response:
    """The parties as the caller may see them."""
    view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({"items": DisputeOut(only=["parties"]).dump(view)["parties"]})


@blp.get("/disputes/<uuid:dispute_id>/events")
@action("dispute.read")
@blp.arguments(PageQuery, location="query")
@blp.response(200)
@looked_at
def events(query: dict[str, Any], dispute_id: UUID) -> Response:
    """What happened to the dispute, oldest first."""
    page = event.of_dispute(
        dispute_id,
        actor=actor(),
        desk=desk(),
        now=now(),
        limit=query["limit"],
        cursor=query["cursor"],
    )
    return answer_page(page, EventOut().dump)


@blp.get("/disputes/<uuid:dispute_id>/sessions")
@action("dispute.read")
@blp.response(200)
@looked_at
def sessions(dispute_id: UUID) -> Response:
    """The mediation sessions held."""
    found = mediation_queries.sessions(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({"items": [SessionOut().dump(each) for each in found]})


@blp.post("/disputes/<uuid:dispute_id>/sessions")
@action("dispute.session")
@blp.arguments(SessionIn)
@blp.response(201, SessionOut)
@idempotent
def hold_session(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Record a mediation session."""
    made = mediations.hold_session(dispute_id, body, actor=actor(), desk=desk(), now=now())
    found = mediation_queries.sessions(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer(SessionOut().dump(next(s for s in found if s.id == made)), status=201)


@blp.get("/disputes/<uuid:dispute_id>/agreement")
@action("dispute.read")
@blp.response(200, AgreementOut)
@looked_at
def agreement(dispute_id: UUID) -> Response:
    """The newest agreement."""
    found = mediation_queries.agreement(dispute_id, actor=actor(), desk=desk(), now=now())
    if found is None:
        raise NotFound("这件纠纷还没有调解协议")
    return answer(AgreementOut().dump(found))


@blp.get("/disputes/<uuid:dispute_id>/visits")
@action("dispute.read")
@blp.response(200)
@looked_at
def visits(dispute_id: UUID) -> Response:
    """The follow-up visits made."""
    found = mediation_queries.visits(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({"items": [VisitOut().dump(each) for each in found]})


@blp.post("/disputes/<uuid:dispute_id>/visits")
@action("dispute.visit")
@blp.arguments(VisitIn)
@blp.response(201, VisitOut)
@idempotent
def visit(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Record a follow-up visit."""
    made = mediations.visit(dispute_id, body, actor=actor(), desk=desk(), now=now())
    found = mediation_queries.visits(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer(VisitOut().dump(next(v for v in found if v.id == made)), status=201)


def _shown(dispute_id: UUID, told: Mapping[str, Any] | None = None) -> Response:
    view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
    shown = {**WHOLE.dump(view), **(told or {})}
    return answer(shown | merge.leading(view), version=view.version)


def _shown_after(
    dispute_id: UUID, status: DisputeStatus, told: Mapping[str, Any] | None = None
) -> Response:
    """The dispute after a change; its status only when the change took it away from the caller."""
    try:
        return _shown(dispute_id, told)
    except NotFound:
        gone: dict[str, Any] = {"id": str(dispute_id), "status": status.value, "steps": []}
        return answer({**gone, **(told or {})})


def _step(name: str) -> Step:
    try:
        return Step(name)
    except ValueError as refusal:
        raise NotFound("没有这一步") from refusal
