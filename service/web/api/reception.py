"""Reception days 接访日程 for programs: a month, plan, call off, who came."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.reception import (
    ReceptionFullOut,
    ReceptionIn,
    ReceptionMonthOut,
    ReceptionQuery,
    ReceptionVisitIn,
)
from service.operations import reception as operations
from service.operations.reception import ReceptionDraft
from service.queries import reception as queries
from service.web import month as months
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-reception", __name__, url_prefix="/api/v1", description="领导接访")


@blp.get("/reception_days")
@action("reception.read")
@blp.arguments(ReceptionQuery, location="query")
@blp.response(200, ReceptionMonthOut)
def month(query: dict[str, Any]) -> Response:
    """The receptions of a month, those that were called off among them."""
    first = months.first_of(query["month"], desk().today(now()))
    items = queries.month(first, actor=actor(), desk=desk(), now=now())
    return answer(ReceptionMonthOut().dump({"month": months.named(first), "items": items}))


@blp.post("/reception_days")
@action("reception.plan")
@blp.arguments(ReceptionIn)
@blp.response(201, ReceptionFullOut)
@idempotent
def plan(body: dict[str, Any]) -> Response:
    """Plan one."""
    made = operations.plan(ReceptionDraft(**body), actor=actor(), desk=desk(), now=now())
    return _shown(made, status=201)


@blp.get("/reception_days/<uuid:reception_id>")
@action("reception.read")
@blp.response(200, ReceptionFullOut)
def detail(reception_id: UUID) -> Response:
    """One, with what was brought to it."""
    return _shown(reception_id)


@blp.post("/reception_days/<uuid:reception_id>/call-off")
@action("reception.plan")
@blp.response(200, ReceptionFullOut)
def call_off(reception_id: UUID) -> Response:
    """Call it off."""
    operations.call_off(reception_id, actor=actor(), desk=desk(), now=now())
    return _shown(reception_id)


@blp.post("/reception_days/<uuid:reception_id>/visits")
@action("reception.note")
@blp.arguments(ReceptionVisitIn)
@blp.response(201, ReceptionFullOut)
@idempotent
def visit(body: dict[str, Any], reception_id: UUID) -> Response:
    """Note a dispute that was brought to it."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.visit(reception_id, body["number"], **told)
    return _shown(reception_id, status=201)


@blp.post("/reception_days/<uuid:reception_id>/visits/<uuid:visit_id>/withdraw")
@action("reception.note")
@blp.response(200, ReceptionFullOut)
def withdraw(reception_id: UUID, visit_id: UUID) -> Response:
    """It was noted by mistake."""
    operations.withdraw(reception_id, visit_id, actor=actor(), desk=desk(), now=now())
    return _shown(reception_id)


def _shown(reception_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(reception_id, actor=actor(), desk=desk(), now=now())
    return answer(ReceptionFullOut().dump(view), status=status)
