"""Requests of the people concerned 个人信息申请 for programs."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.data_request import (
    AnswerRequestIn,
    DataRequestIn,
    DataRequestOut,
    DataRequestPageOut,
    DataRequestQuery,
    DecideRequestIn,
)
from service.operations import data_request as operations
from service.operations.data_request import RequestDraft
from service.queries import data_request as queries
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint(
    "api-data-request", __name__, url_prefix="/api/v1", description="个人信息申请"
)


@blp.post("/data-requests")
@action("data_request.register")
@blp.arguments(DataRequestIn)
@blp.response(201, DataRequestOut)
@idempotent
def register(body: dict[str, Any]) -> Response:
    """Write a request down."""
    made = operations.register(RequestDraft(**body), actor=actor(), desk=desk(), now=now())
    response = _shown(made, status=201)
    response.headers["Location"] = f"/api/v1/data-requests/{made}"
    return response


@blp.get("/data-requests")
@action("data_request.read")
@blp.arguments(DataRequestQuery, location="query")
@blp.response(200, DataRequestPageOut)
def listed(query: dict[str, Any]) -> Response:
    """The requests, newest first."""
    page = queries.page(
        actor=actor(),
        desk=desk(),
        today=desk().today(now()),
        status=query["status"],
        limit=query["limit"],
        cursor=query["cursor"],
    )
    return answer_page(page, DataRequestOut().dump)


@blp.get("/data-requests/<uuid:data_request_id>")
@action("data_request.read")
@blp.response(200, DataRequestOut)
def read(data_request_id: UUID) -> Response:
    """One request."""
    return _shown(data_request_id)


@blp.post("/data-requests/<uuid:data_request_id>/steps/decide")
@action("data_request.decide")
@blp.arguments(DecideRequestIn)
@blp.response(200, DataRequestOut)
def decide(body: dict[str, Any], data_request_id: UUID) -> Response:
    """Decide it."""
    operations.decide(
        data_request_id,
        body["decision"],
        body["reason"],
        version=required_version(),
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _shown(data_request_id)


@blp.post("/data-requests/<uuid:data_request_id>/steps/answer")
@action("data_request.answer")
@blp.arguments(AnswerRequestIn)
@blp.response(200, DataRequestOut)
def answered(body: dict[str, Any], data_request_id: UUID) -> Response:
    """Note that the answer was given."""
    operations.answer(
        data_request_id,
        body["method"],
        body["answered_on"],
        version=required_version(),
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _shown(data_request_id)


def _shown(data_request_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(data_request_id, actor=actor(), desk=desk(), today=desk().today(now()))
    return answer(DataRequestOut().dump(view), status=status, version=view.version)
