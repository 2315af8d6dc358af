"""What is kept how long 保存期限 for programs: due, lists, agreeing, running, holding back."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.retention import (
    ErasureListOut,
    ErasureOut,
    HoldIn,
    HoldListOut,
    HoldOut,
    KeptOut,
    RetentionOut,
)
from service.operations import erasure as operations
from service.operations import hold as holds
from service.queries import retention as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-retention", __name__, url_prefix="/api/v1", description="保存期限")


@blp.get("/retention")
@action("retention.read")
@blp.response(200, RetentionOut)
def shown() -> Response:
    """Every kind of thing: how long it is kept, on what basis, how many are due."""
    counted = {each.keep.kept: each for each in queries.summary(desk=desk(), now=now())}
    shape = KeptOut()
    items = []
    for keep in desk().policy.retention.all.values():
        told = counted.get(keep.kept)
        items.append(
            shape.dump(keep)
            | {"due": told.due if told else None, "stopped": told.stopped if told else None}
        )
    return answer({"today": desk().today(now()).isoformat(), "items": items})


@blp.post("/erasures")
@action("retention.propose")
@blp.response(201, ErasureOut)
@idempotent
def propose() -> Response:
    """Put what is due on a list."""
    made = operations.propose(actor=actor(), desk=desk(), now=now())
    response = _list(made, status=201)
    response.headers["Location"] = f"/api/v1/erasures/{made}"
    return response


@blp.get("/erasures")
@action("retention.read")
@blp.response(200, ErasureListOut)
def erasures() -> Response:
    """The newest lists."""
    shape = ErasureOut()
    items = [shape.dump(each) for each in queries.erasures()]
    return answer({"items": items, "next_cursor": None})


@blp.get("/erasures/<uuid:erasure_id>")
@action("retention.read")
@blp.response(200, ErasureOut)
def erasure(erasure_id: UUID) -> Response:
    """One list."""
    return _list(erasure_id)


@blp.post("/erasures/<uuid:erasure_id>/agree")
@action("retention.approve")
@blp.response(200, ErasureOut)
def agree(erasure_id: UUID) -> Response:
    """Agree to a list, as director or as security administrator."""
    operations.agree(erasure_id, actor=actor(), desk=desk(), now=now())
    return _list(erasure_id)


@blp.post("/erasures/<uuid:erasure_id>/refuse")
@action("retention.approve")
@blp.response(200, ErasureOut)
def refuse(erasure_id: UUID) -> Response:
    """Send a list back."""
    operations.refuse(erasure_id, actor=actor(), desk=desk(), now=now())
    return _list(erasure_id)


@blp.post("/erasures/<uuid:erasure_id>/run")
@action("retention.run")
@blp.response(200, ErasureOut)
def run(erasure_id: UUID) -> Response:
    """Forget everything on an agreed list, for good."""
    operations.run(erasure_id, actor=actor(), desk=desk(), now=now())
    return _list(erasure_id)


@blp.post("/holds")
@action("retention.hold")
@blp.arguments(HoldIn)
@blp.response(201, HoldOut)
@idempotent
def place(body: dict[str, Any]) -> Response:
    """Hold a dispute back from being forgotten."""
    made = holds.place(body["number"], body["ground"], actor=actor(), desk=desk(), now=now())
    shown = next(each for each in queries.holds(actor=actor()) if each.id == made)
    response = answer(HoldOut().dump(shown), status=201)
    response.headers["Location"] = "/api/v1/holds"
    return response


@blp.get("/holds")
@action("retention.read")
@blp.response(200, HoldListOut)
def held() -> Response:
    """What is held back by somebody's mark."""
    shape = HoldOut()
    return answer(
        {"items": [shape.dump(each) for each in queries.holds(actor=actor())], "next_cursor": None}
    )


@blp.post("/holds/<uuid:hold_id>/lift")
@action("retention.hold")
@blp.response(204)
def lift(hold_id: UUID) -> Response:
    """Let a dispute go again."""
    holds.lift(hold_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)


def _list(erasure_id: UUID, *, status: int = 200) -> Response:
    return answer(ErasureOut().dump(queries.erasure(erasure_id)), status=status)
