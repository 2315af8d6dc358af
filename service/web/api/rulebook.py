"""Versions of the routing rules 分流规则 for programs: read, drafted, checked, published."""

from typing import Any

from flask import Response

from schemas.rulebook import (
    RulebookChangeIn,
    RulebookCheckOut,
    RulebookDraftIn,
    RulebookOut,
    RulebookPublicationIn,
    RulebooksOut,
    RulebookVersionOut,
)
from service.operations import rulebook as operations
from service.operations.rulebook import Change
from service.queries import rulebook as queries
from service.queries.rulebook import VersionView
from service.web import rulebook
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint(
    "api-rulebook", __name__, url_prefix="/api/v1/routing/rules", description="分流规则"
)


@blp.get("")
@action("routing.read")
@blp.response(200, RulebooksOut)
def listed() -> Response:
    """The rules that govern today in their order, and every version with its dates."""
    stands = desk().rulebooks.on(desk().today(now()))
    return answer(
        {
            "version": stands.version,
            "items": rulebook.rows(stands),
            "next_cursor": None,
            "versions": [_version(each) for each in queries.versions(desk().policy.rulebook)],
        }
    )


@blp.post("")
@action("routing.edit")
@blp.arguments(RulebookDraftIn)
@blp.response(201, RulebookOut)
@idempotent
def draft(body: dict[str, Any]) -> Response:
    """Begin a draft; its faults are told with it."""
    number = operations.draft(Change(**body), actor=actor(), desk=desk(), now=now())
    response = _shown(number, status=201)
    response.headers["Location"] = f"/api/v1/routing/rules/{number}"
    return response


@blp.get("/<int:number>")
@action("routing.read")
@blp.response(200, RulebookOut)
def one(number: int) -> Response:
    """One version with its rules in words."""
    return _shown(number)


@blp.patch("/<int:number>")
@action("routing.edit")
@blp.arguments(RulebookChangeIn)
@blp.response(200, RulebookOut)
def revise(body: dict[str, Any], number: int) -> Response:
    """Change a draft."""
    version = required_version()
    change = Change(**body)
    operations.revise(number, change, version=version, actor=actor(), desk=desk(), now=now())
    return _shown(number)


@blp.post("/<int:number>/check")
@action("routing.edit")
@blp.response(200, RulebookCheckOut)
def check(number: int) -> Response:
    """Check a draft by the terms and categories of today."""
    version = required_version()
    found = operations.check(number, version=version, actor=actor(), desk=desk(), now=now())
    view = queries.one(number, desk().policy.rulebook)
    told = {"state": view.state.value, "faults": [rulebook.fault(each) for each in found]}
    return answer(told, version=view.version)


@blp.post("/<int:number>/publish")
@action("routing.publish")
@blp.arguments(RulebookPublicationIn)
@blp.response(200, RulebookVersionOut)
def publish(body: dict[str, Any], number: int) -> Response:
    """Put a draft of somebody else in force from a day on."""
    version, from_on = required_version(), body["in_force_from"]
    operations.publish(number, from_on, version=version, actor=actor(), desk=desk(), now=now())
    return _short(number)


@blp.post("/<int:number>/withdraw")
@action("routing.edit")
@blp.response(200, RulebookVersionOut)
def withdraw(number: int) -> Response:
    """Take back a draft, or a published version whose day has not come."""
    version = required_version()
    operations.withdraw(number, version=version, actor=actor(), desk=desk(), now=now())
    return _short(number)


def _shown(number: int, *, status: int = 200) -> Response:
    shipped = desk().policy.rulebook
    view, content = queries.one(number, shipped), queries.content(number, shipped)
    found = operations.faults(content, number, desk()) if view.is_draft else ()
    more = {
        "rules": rulebook.rows(queries.book(number, shipped)),
        "faults": [rulebook.fault(each) for each in found],
        "content": content,
    }
    return answer(_version(view) | more, status=status, version=view.version)


def _short(number: int) -> Response:
    view = queries.one(number, desk().policy.rulebook)
    return answer(_version(view), version=view.version)


def _version(view: VersionView) -> dict[str, Any]:
    return rulebook.version(view, desk().rulebooks, desk().today(now()))
