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
    edition = operations.draft(Change(**body), actor=actor(), desk=desk(), now=now())
    response = _shown(edition, status=201)
    response.headers["Location"] = f"/api/v1/routing/rules/{edition}"
    return response


@blp.get("/<int:edition>")
@action("routing.read")
@blp.response(200, RulebookOut)
def one(edition: int) -> Response:
    """One version with its rules in words."""
    return _shown(edition)


@blp.patch("/<int:edition>")
@action("routing.edit")
@blp.arguments(RulebookChangeIn)
@blp.response(200, RulebookOut)
def revise(body: dict[str, Any], edition: int) -> Response:
    """Change a draft."""
    version = required_version()
    change = Change(**body)
    operations.revise(edition, change, version=version, actor=actor(), desk=desk(), now=now())
    return _shown(edition)


@blp.post("/<int:edition>/check")
@action("routing.edit")
@blp.response(200, RulebookCheckOut)
def check(edition: int) -> Response:
    """Check a draft by the terms and categories of today."""
    version = required_version()
    found = operations.check(edition, version=version, actor=actor(), desk=desk(), now=now())
    view = queries.one(edition, desk().policy.rulebook)
    told = {"state": view.state.value, "faults": [rulebook.fault(each) for each in found]}
    return answer(told, version=view.version)


@blp.post("/<int:edition>/publish")
@action("routing.publish")
@blp.arguments(RulebookPublicationIn)
@blp.response(200, RulebookVersionOut)
def publish(body: dict[str, Any], edition: int) -> Response:
    """Put a draft of somebody else in force from a day on."""
    version, from_on = required_version(), body["in_force_from"]
    operations.publish(edition, from_on, version=version, actor=actor(), desk=desk(), now=now())
    return _short(edition)


@blp.post("/<int:edition>/withdraw")
@action("routing.edit")
@blp.response(200, RulebookVersionOut)
def withdraw(edition: int) -> Response:
    """Take back a draft, or a published version whose day has not come."""
    version = required_version()
    operations.withdraw(edition, version=version, actor=actor(), desk=desk(), now=now())
    return _short(edition)


def _shown(edition: int, *, status: int = 200) -> Response:
    shipped = desk().policy.rulebook
    view, content = queries.one(edition, shipped), queries.content(edition, shipped)
    found = operations.faults(content, edition, desk()) if view.is_draft else ()
    more = {
        "rules": rulebook.rows(queries.book(edition, shipped)),
        "faults": [rulebook.fault(each) for each in found],
        "content": content,
    }
    return answer(_version(view) | more, status=status, version=view.version)


def _short(edition: int) -> Response:
    view = queries.one(edition, desk().policy.rulebook)
    return answer(_version(view), version=view.version)


def _version(view: VersionView) -> dict[str, Any]:
    return rulebook.version(view, desk().rulebooks, desk().today(now()))
