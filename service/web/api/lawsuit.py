"""Lawsuits 行政复议与行政诉讼 for programs: record, read, list, take steps."""

from typing import Any, Final
from uuid import UUID

from flask import Response

from config.vocabulary import LawsuitStep
from schemas.lawsuit import (
    SHAPES,
    LawsuitOut,
    LawsuitPageOut,
    LawsuitQuery,
    LawsuitRowOut,
    RecordIn,
)
from schemas.step import StepIn
from service.operations import lawsuit as operations
from service.operations.lawsuit import LawsuitDraft
from service.queries import lawsuit as queries
from service.queries.lawsuit import Filters
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.steps import load_body

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
    page = queries.page(Filters(**query), actor=actor(), **paging)
    return answer_page(page, LawsuitRowOut().dump)


@blp.get("/lawsuits/<uuid:lawsuit_id>")
@action("lawsuit.read")
@blp.response(200, LawsuitOut)
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


def _shown(lawsuit_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(lawsuit_id, actor=actor(), desk=desk(), now=now())
    return answer(LawsuitOut().dump(view), status=status, version=view.version)
