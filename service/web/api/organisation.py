"""Organisations 单位 and the categories for programs."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.organisation import (
    OrganisationCardOut,
    OrganisationChangeIn,
    OrganisationIn,
    OrganisationListOut,
    OrganisationQuery,
    OrganisationRowOut,
)
from service.operations import organisation as operations
from service.operations.organisation import OrganisationDraft
from service.queries import organisation as queries
from service.rules import access
from service.web.door import action, actor, answer, desk, now, required_version, signed_in
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-organisation", __name__, url_prefix="/api/v1", description="单位")


@blp.get("/organisations")
@signed_in
@blp.arguments(OrganisationQuery, location="query")
@blp.response(200, OrganisationListOut)
def organisations(query: dict[str, Any]) -> Response:
    """Every active organisation; with `all=true` every one, for who keeps the register."""
    everything = query.pop("all")
    if everything:
        access.require(actor(), "organisation.manage", desk().policy.access)
    return answer_page(queries.page(everything=everything, **query), OrganisationRowOut().dump)


@blp.post("/organisations")
@action("organisation.manage")
@blp.arguments(OrganisationIn)
@blp.response(201, OrganisationCardOut)
@idempotent
def add(body: dict[str, Any]) -> Response:
    """Take an organisation into the register."""
    made = operations.add(OrganisationDraft(**body), actor=actor(), desk=desk(), now=now())
    response = _shown(made, status=201)
    response.headers["Location"] = f"/api/v1/organisations/{made}"
    return response


@blp.get("/organisations/<uuid:organisation_id>")
@signed_in
@blp.response(200, OrganisationCardOut)
def read(organisation_id: UUID) -> Response:
    """One organisation."""
    return _shown(organisation_id)


@blp.patch("/organisations/<uuid:organisation_id>")
@action("organisation.manage")
@blp.arguments(OrganisationChangeIn)
@blp.response(200, OrganisationCardOut)
def change(body: dict[str, Any], organisation_id: UUID) -> Response:
    """Change an organisation, give it up (`active` false) or take it back."""
    operations.change(
        organisation_id,
        body,
        version=required_version(),
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _shown(organisation_id)


@blp.get("/categories")
@signed_in
@blp.response(200)
def categories() -> Response:
    """The categories of disputes with their codes elsewhere."""
    items = [
        {"code": each.code, "name": each.name, "gb31000": each.event_codes, "moj": each.moj_type}
        for each in desk().policy.categories.by_code.values()
    ]
    return answer({"items": items, "next_cursor": None})


def _shown(organisation_id: UUID, *, status: int = 200) -> Response:
    card = queries.one(organisation_id)
    return answer(OrganisationCardOut().dump(card), status=status, version=card.version)
