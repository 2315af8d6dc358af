"""Tokens 接口令牌 for programs: make, list, revoke."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.base import PageQuery
from schemas.token import TokenIn, TokenOut, TokenPageOut
from service.operations import token as operations
from service.operations.token import TokenDraft
from service.queries import token as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-token", __name__, url_prefix="/api/v1", description="接口令牌")


@blp.post("/tokens")
@action("token.manage")
@blp.arguments(TokenIn)
@blp.response(201, TokenOut)
@idempotent
def make(body: dict[str, Any]) -> Response:
    """Make a token; this answer alone shows it."""
    made = operations.make(TokenDraft(**body), actor=actor(), desk=desk(), now=now())
    shown = TokenOut().dump(queries.one(made.id, desk=desk(), now=now()))
    response = answer(shown | {"token": made.secret}, status=201)
    response.headers["Location"] = f"/api/v1/tokens/{made.id}"
    return response


@blp.get("/tokens")
@action("token.list")
@blp.arguments(PageQuery(exclude=["count"]), location="query")
@blp.response(200, TokenPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the tokens, newest first."""
    page = queries.page(desk=desk(), now=now(), **query)
    return answer_page(page, TokenOut().dump)


@blp.get("/tokens/<uuid:token_id>")
@action("token.list")
@blp.response(200, TokenOut)
def read(token_id: UUID) -> Response:
    """One token."""
    return answer(TokenOut().dump(queries.one(token_id, desk=desk(), now=now())))


@blp.post("/tokens/<uuid:token_id>/revoke")
@action("token.manage")
@blp.response(200, TokenOut)
def revoke(token_id: UUID) -> Response:
    """Shut a token out for good."""
    operations.revoke(token_id, actor=actor(), desk=desk(), now=now())
    return answer(TokenOut().dump(queries.one(token_id, desk=desk(), now=now())))


@blp.delete("/tokens/<uuid:token_id>")
@action("token.manage")
@blp.response(204)
def remove(token_id: UUID) -> Response:
    """The same, for programs that delete; its trace stays."""
    operations.revoke(token_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)
