"""Clocks 期限 for programs: the terms of a dispute, their day tables, their changes."""

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from flask import Response

from schemas.clock import (
    ClockChangeIn,
    ClockChangeQuery,
    ClockDecisionIn,
    ClockDetailOut,
    ClockIn,
    ClockListOut,
    ClockOut,
    ClockResumeIn,
    ClockStopIn,
    DayOut,
    WaitingOut,
    WaitingPageOut,
)
from service.desk import Desk
from service.operations import clock_change as changes
from service.operations import clock_entry as entries
from service.operations.clock_change import Decision, Wish
from service.operations.clock_entry import Entry
from service.queries import clock as queries
from service.queries import clock_change as waiting_queries
from service.queries import dispute as disputes
from service.rules.access import Actor
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint


class Deed(TypedDict):
    """What every change of a term is handed besides what it is about."""

    version: int
    actor: Actor
    desk: Desk
    now: datetime


blp = StrictBlueprint("api-clock", __name__, url_prefix="/api/v1", description="期限")


@blp.get("/disputes/<uuid:dispute_id>/clocks")
@action("clock.read")
@blp.response(200, ClockListOut)
def listed(dispute_id: UUID) -> Response:
    """Every term of a dispute."""
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    shape = ClockOut()
    payload = {"items": [shape.dump(each) for each in found]}
    return answer(payload, version=_version(dispute_id))


@blp.post("/disputes/<uuid:dispute_id>/clocks")
@action("clock.enter")
@blp.arguments(ClockIn)
@blp.response(201, ClockDetailOut)
@idempotent
def enter(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Enter a term of the parties or the law, or a date another office wrote down."""
    made = entries.enter(dispute_id, Entry(**body), **_deed())
    return _shown(dispute_id, made, status=201)


@blp.get("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>")
@action("clock.read")
@blp.response(200, ClockDetailOut)
def read(dispute_id: UUID, clock_id: UUID) -> Response:
    """One term with the table of its days, its law and its changes."""
    return _shown(dispute_id, clock_id)


@blp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes")
@action("clock.ask")
@blp.arguments(ClockChangeIn)
@blp.response(201, ClockDetailOut)
@idempotent
def ask(body: dict[str, Any], dispute_id: UUID, clock_id: UUID) -> Response:
    """Ask for a pause or an extension; somebody else decides."""
    changes.ask(dispute_id, clock_id, Wish(**body), **_deed())
    return _shown(dispute_id, clock_id, status=201)


@blp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes/<uuid:change_id>/decision")
@action("clock.approve")
@blp.arguments(ClockDecisionIn)
@blp.response(200, ClockDetailOut)
def decide(body: dict[str, Any], dispute_id: UUID, clock_id: UUID, change_id: UUID) -> Response:
    """Grant it or refuse it."""
    changes.decide(dispute_id, clock_id, change_id, Decision(**body), **_deed())
    return _shown(dispute_id, clock_id)


@blp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes/<uuid:change_id>/drop")
@action("clock.ask")
@blp.response(200, ClockDetailOut)
def drop(dispute_id: UUID, clock_id: UUID, change_id: UUID) -> Response:
    """Take back what one asked for."""
    changes.drop(dispute_id, clock_id, change_id, **_deed())
    return _shown(dispute_id, clock_id)


@blp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/resume")
@action("clock.ask")
@blp.arguments(ClockResumeIn)
@blp.response(200, ClockDetailOut)
def resume(body: dict[str, Any], dispute_id: UUID, clock_id: UUID) -> Response:
    """End the pause."""
    changes.resume(dispute_id, clock_id, body["on"], **_deed())
    return _shown(dispute_id, clock_id)


@blp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/stop")
@action("clock.enter")
@blp.arguments(ClockStopIn)
@blp.response(200, ClockDetailOut)
def stop(body: dict[str, Any], dispute_id: UUID, clock_id: UUID) -> Response:
    """Say that it was met, or that another one takes its place."""
    entries.stop(dispute_id, clock_id, body["ended"], body["on"], **_deed())
    return _shown(dispute_id, clock_id)


@blp.get("/clock-changes")
@action("clock.approve")
@blp.arguments(ClockChangeQuery, location="query")
@blp.response(200, WaitingPageOut)
def waiting(query: dict[str, Any]) -> Response:
    """What waits for the caller's approval."""
    page = waiting_queries.waiting(
        actor=actor(), desk=desk(), now=now(), limit=query["limit"], cursor=query["cursor"]
    )
    shape = WaitingOut()
    payload: dict[str, Any] = {
        "items": [shape.dump(each) for each in page.items],
        "next_cursor": page.next_cursor,
    }
    if query["count"]:
        payload["total"] = waiting_queries.waiting_count(
            actor=actor(), desk=desk(), now=now(), own=True
        )
    return answer(payload)


def _deed() -> Deed:
    """Who does it, to which version, when."""
    return {"version": required_version(), "actor": actor(), "desk": desk(), "now": now()}


def _shown(dispute_id: UUID, clock_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(dispute_id, clock_id, actor=actor(), desk=desk(), now=now())
    table = queries.explained(view, desk=desk(), now=now())
    shape = DayOut()
    days = [shape.dump(each) for each in table.days] if table else []
    payload = ClockOut().dump(view) | {"days": days}
    return answer(payload, status=status, version=_version(dispute_id))


def _version(dispute_id: UUID) -> int:
    return disputes.one(dispute_id, actor=actor(), desk=desk(), now=now()).version
