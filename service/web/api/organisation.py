"""Organisations 单位, their mediators, categories and users for programs."""

from flask import Response

from service.queries import organisation as queries
from service.queries import user as users
from service.web.door import action, answer, desk, signed_in
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-organisation", __name__, url_prefix="/api/v1", description="单位")


@blp.get("/organisations")
@signed_in
@blp.response(200)
def organisations() -> Response:
    """Every active organisation."""
    items = [
        {"id": str(each.id), "kind": each.kind, "name": each.name, "phone": each.phone}
        for each in queries.active()
    ]
    return answer({"items": items, "next_cursor": None})


@blp.get("/mediators")
@signed_in
@blp.response(200)
def mediators() -> Response:
    """Everybody who may be named mediator."""
    items = [
        {
            "id": str(each.id),
            "name": each.name,
            "organisation": {"id": str(each.organisation_id), "name": each.organisation},
        }
        for each in users.mediators()
    ]
    return answer({"items": items, "next_cursor": None})


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


@blp.get("/users")
@action("user.list")
@blp.response(200)
def listed() -> Response:
    """Every account, without anything secret."""
    items = [
        {
            "id": str(each.id),
            "username": each.username,
            "name": each.name,
            "organisation": each.organisation,
            "roles": each.roles,
            "active": each.active,
        }
        for each in users.accounts()
    ]
    return answer({"items": items, "next_cursor": None})
