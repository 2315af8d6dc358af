"""Lawsuits 行政复议与行政诉讼 for programs: record, read, list, take steps."""

from typing import Any, Final
from uuid import UUID

from flask import Response

from config.vocabulary import LawsuitStep
from schemas.lawsuit import (
    SHAPES,
    CaseReviewIn,
    DutyDoneIn,
    DutyListOut,
    HearingIn,
    HearingListOut,
    LawsuitDutyIn,
    LawsuitOut,
    LawsuitPageOut,
    LawsuitQuery,
    LawsuitRowOut,
    MendDoneIn,
    RecordIn,
)
from schemas.step import StepIn
from service.operations import case_review, duty, hearing
from service.operations import lawsuit as operations
from service.operations.case_review import MendDraft, ReviewDraft
from service.operations.lawsuit import LawsuitDraft
from service.queries import lawsuit as queries
from service.queries.lawsuit import Filters, LawsuitView
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.steps import load_body
from service.web.witness import noted

blp = StrictBlueprint("api-lawsuit", __name__, url_prefix="/api/v1", description="行政应诉")
PAGE_KEYS: Final = ("limit", "cursor", "count")
# a step we do not have is an address that does not exist
STEPS: Final = ",".join(LawsuitStep)


@blp.post("/lawsuits")
@action("lawsuit.record")
@blp.arguments(RecordIn)
@blp.response(201, LawsuitOut)
@idempotent
def record(body: dict[str, Any]) -> Response:
    """Record a case."""
    made = operations.record(LawsuitDraft(**body), actor=actor(), desk=desk(), now=now())
    response = _shown(made, status=201)
    response.headers["Location"] = f"/api/v1/lawsuits/{made}"
    return response


@blp.get("/lawsuits")
@action("lawsuit.list")
@blp.arguments(LawsuitQuery, location="query")
@blp.response(200, LawsuitPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the cases, latest served first."""
    paging = {key: query.pop(key) for key in PAGE_KEYS}
    today = desk().today(now())
    page = queries.page(Filters(**query), actor=actor(), today=today, **paging)
    return answer_page(page, LawsuitRowOut().dump)


@blp.get("/lawsuits/<uuid:lawsuit_id>")
@action("lawsuit.read")
@blp.response(200, LawsuitOut)
@noted("read", "lawsuit")
def read(lawsuit_id: UUID) -> Response:
    """One case as the caller may see it."""
    return _shown(lawsuit_id)


@blp.post(f"/lawsuits/<uuid:lawsuit_id>/steps/<any({STEPS}):step>")
@action("lawsuit.{step}")
@blp.arguments(StepIn)
@blp.response(200, LawsuitOut)
def take(body: dict[str, Any], lawsuit_id: UUID, step: str) -> Response:
    """Take one legal step."""
    word = LawsuitStep(step)
    operations.take(
        lawsuit_id,
        word,
        load_body(SHAPES[word], body),
        version=required_version(),
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _shown(lawsuit_id)


@blp.get("/lawsuits/<uuid:lawsuit_id>/hearings")
@action("lawsuit.read")
@blp.response(200, HearingListOut)
@noted("read", "lawsuit")
def hearings(lawsuit_id: UUID) -> Response:
    """The hearings of a case, planned and held."""
    return answer(HearingListOut().dump({"items": _view(lawsuit_id).hearings}))


@blp.post("/lawsuits/<uuid:lawsuit_id>/hearings")
@action("lawsuit.hear")
@blp.arguments(HearingIn)
@blp.response(201, LawsuitOut)
@idempotent
def plan(body: dict[str, Any], lawsuit_id: UUID) -> Response:
    """Note a summons to a hearing, and who is to come."""
    hearing.plan(lawsuit_id, **body, **_told())
    return _shown(lawsuit_id, status=201)


@blp.get("/lawsuits/<uuid:lawsuit_id>/duties")
@action("lawsuit.read")
@blp.response(200, DutyListOut)
@noted("read", "lawsuit")
def duties(lawsuit_id: UUID) -> Response:
    """The duties of a case."""
    return answer(DutyListOut().dump({"items": _view(lawsuit_id).duties}))


@blp.post("/lawsuits/<uuid:lawsuit_id>/duties")
@action("lawsuit.duty")
@blp.arguments(LawsuitDutyIn)
@blp.response(201, LawsuitOut)
@idempotent
def impose(body: dict[str, Any], lawsuit_id: UUID) -> Response:
    """Write down a duty of a decided case."""
    duty.impose(lawsuit_id, **body, **_told())
    return _shown(lawsuit_id, status=201)


@blp.post("/lawsuits/<uuid:lawsuit_id>/duties/<int:ordinal>/done")
@action("lawsuit.duty")
@blp.arguments(DutyDoneIn)
@blp.response(200, LawsuitOut)
def settle(body: dict[str, Any], lawsuit_id: UUID, ordinal: int) -> Response:
    """Write down that a duty was done."""
    duty.settle(lawsuit_id, ordinal, **body, **_told())
    return _shown(lawsuit_id)


@blp.post("/lawsuits/<uuid:lawsuit_id>/case_review")
@action("lawsuit.review")
@blp.arguments(CaseReviewIn)
@blp.response(201, LawsuitOut)
@idempotent
def review(body: dict[str, Any], lawsuit_id: UUID) -> Response:
    """Write the review of a lost case."""
    draft = ReviewDraft(**body | {"mends": [MendDraft(**each) for each in body["mends"]]})
    case_review.write(lawsuit_id, draft, **_told())
    return _shown(lawsuit_id, status=201)


@blp.post("/lawsuits/<uuid:lawsuit_id>/case_review/mends/<int:ordinal>/done")
@action("lawsuit.review")
@blp.arguments(MendDoneIn)
@blp.response(200, LawsuitOut)
def mended(body: dict[str, Any], lawsuit_id: UUID, ordinal: int) -> Response:
    """Write down that something was mended."""
    case_review.settle(lawsuit_id, ordinal, **body, **_told())
    return _shown(lawsuit_id)


def _told() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _view(lawsuit_id: UUID) -> LawsuitView:
    return queries.one(lawsuit_id, **_told())


def _shown(lawsuit_id: UUID, *, status: int = 200) -> Response:
    view = _view(lawsuit_id)
    return answer(LawsuitOut().dump(view), status=status, version=view.version)
