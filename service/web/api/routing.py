"""Routing 分流 for programs: preview an answer. The rules themselves are in `rulebook`."""

from typing import Any

from flask import Response

from schemas.routing import PreviewIn, RouteOut
from service.errors import Invalid
from service.operations import route as routes
from service.rules.fact import checked
from service.rules.routing import Matter, RoutingRequest
from service.web.door import action, answer, desk, now
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-routing", __name__, url_prefix="/api/v1/routing", description="分流")


@blp.post("/preview")
@action("routing.preview")
@blp.arguments(PreviewIn)
@blp.response(200, RouteOut)
def preview(body: dict[str, Any]) -> Response:
    """Where a situation would go, and why; nothing is stored."""
    today = desk().today(now())
    return answer(routes.answer(request_of(body), desk(), today=today).as_dict())


def request_of(body: dict[str, Any]) -> RoutingRequest:
    """The rules' request for a preview body; Invalid names every wrong field."""
    known = desk().policy.categories.by_code
    stated = body["matters"] or []
    problems: dict[str, list[str]] = {}
    categories = [("category", body["category"])]
    categories += [(f"matters.{i}.category", each["category"]) for i, each in enumerate(stated)]
    for path, category in categories:
        if category not in known:
            problems[path] = ["没有这个纠纷类型"]
    facts = _facts(body["facts"], "facts", problems)
    matters = [
        Matter(each["category"], _facts(each["facts"], f"matters.{i}.facts", problems))
        for i, each in enumerate(stated)
    ]
    if problems:
        raise Invalid(problems)
    return RoutingRequest(
        category=body["category"],
        registered_on=body["registered_on"],
        accepted_on=body["accepted_on"],
        people_count=body["people_count"],
        facts=facts,
        matters=tuple(matters),
    )


def _facts(raw: dict[str, Any], path: str, problems: dict[str, list[str]]) -> dict[str, Any]:
    try:
        return dict(checked(raw, path))
    except Invalid as refusal:
        problems |= refusal.fields
        return {}
