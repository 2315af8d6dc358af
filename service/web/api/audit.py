"""The trail 审计: a page of it, and whether it is whole."""

from typing import Any

from flask import Response

from schemas.audit import AuditEntryOut, AuditPageOut, AuditQuery, VerificationOut
from service.operations import audit as operations
from service.queries import audit as queries
from service.web.door import action, actor, answer, desk, now
from service.web.parser import StrictBlueprint
from service.web.trail import asked_in, key_and_anchors
from service.web.witness import noted

blp = StrictBlueprint("api-audit", __name__, url_prefix="/api/v1", description="审计记录")


@blp.get("/audit")
@action("audit.read")
@blp.arguments(AuditQuery(exclude=["count"]), location="query")
@blp.response(200, AuditPageOut)
@noted("open", "audit")
def listed(query: dict[str, Any]) -> Response:
    """The entries the caller may see, newest first; no content of a dispute stands in them."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    asked = asked_in(query)
    if asked is None:
        return answer({"items": [], "next_cursor": None})
    found = queries.page(asked, actor=actor(), desk=desk(), now=now(), limit=limit, cursor=cursor)
    items = [AuditEntryOut().dump(each) for each in found.items]
    return answer({"items": items, "next_cursor": found.next_cursor})


@blp.get("/audit/verify")
@action("audit.verify")
@blp.response(200, VerificationOut)
def verify() -> Response:
    """Whether the newest 20 000 entries are as they were written; the command looks at all."""
    key, path = key_and_anchors()
    found = operations.verified(key, path, actor=actor(), now=now())
    told = {"verdict": found.verdict.name.lower()}
    return answer(VerificationOut().dump(found) | told)
