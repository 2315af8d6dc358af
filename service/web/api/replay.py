"""Replays 规则回放 for programs: what a draft of the rules would have changed."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.replay import ReplayIn, ReplayOut, ReplaysOut, ReplaysQuery
from service.operations import replay as operations
from service.queries import replay as queries
from service.queries.replay import Asked
from service.rules import access
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint(
    "api-replay", __name__, url_prefix="/api/v1/routing/replays", description="规则回放"
)


@blp.post("")
@action("routing.replay")
@blp.arguments(ReplayIn)
@blp.response(201, ReplayOut)
@idempotent
def run(body: dict[str, Any]) -> Response:
    """Replay a version against the one it was made from, and keep what was found."""
    asked = Asked(newest=body["last"], from_on=body["registered_from"], to_on=body["registered_to"])
    made = operations.run(
        body["rules"], asked, as_of=body["as_of"], actor=actor(), desk=desk(), now=now()
    )
    response = _shown(made, status=201)
    response.headers["Location"] = f"/api/v1/routing/replays/{made}"
    return response


@blp.get("")
@action("routing.replay")
@blp.arguments(ReplaysQuery, location="query")
@blp.response(200, ReplaysOut)
def listed(query: dict[str, Any]) -> Response:
    """The replays that are kept of a version, the newest first; there are a handful."""
    scope = access.scope(actor(), operations.ACTION, desk().policy.access)
    found = queries.newest(query["rules"], scope=scope)
    return answer(
        {
            "items": [
                {
                    "id": str(each.id),
                    "rules_version": each.draft_version,
                    "made_at": each.made_at.isoformat(),
                    "compared": each.compared,
                    "changed": each.changed,
                }
                for each in found
            ],
            "next_cursor": None,
        }
    )


@blp.get("/<uuid:replay_id>")
@action("routing.replay")
@blp.response(200, ReplayOut)
def one(replay_id: UUID) -> Response:
    """A replay as it was kept."""
    return _shown(replay_id)


def _shown(replay_id: UUID, *, status: int = 200) -> Response:
    scope = access.scope(actor(), operations.ACTION, desk().policy.access)
    view = queries.kept(replay_id, scope=scope, now=now())
    told = {
        "id": str(view.id),
        "rules": view.draft,
        "rules_version": view.draft_version,
        "last": view.newest,
        "registered_from": view.from_on.isoformat() if view.from_on else None,
        "registered_to": view.to_on.isoformat() if view.to_on else None,
        "made_by": view.made_by,
        "made_at": view.made_at.isoformat(),
    }
    return answer(told | view.found.as_dict(), status=status)
