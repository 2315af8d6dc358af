"""Meetings 会议 for programs: call, look, write the minutes, say what came of a decision."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.meeting import (
    FollowUpIn,
    MeetingDecisionOut,
    MeetingDetailOut,
    MeetingIn,
    MeetingOut,
    MeetingPageOut,
    MeetingQuery,
    MinutesIn,
    OwedPageOut,
    OwedQuery,
)
from service.operations import meeting as operations
from service.operations.meeting import DecisionDraft, ItemDraft, MeetingDraft, Minutes
from service.queries import meeting as queries
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-meeting", __name__, url_prefix="/api/v1", description="会议")


@blp.get("/meetings")
@action("meeting.read")
@blp.arguments(MeetingQuery, location="query")
@blp.response(200, MeetingPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the meetings one may know of, newest first."""
    page = queries.page(actor=actor(), desk=desk(), now=now(), **query)
    return answer_page(page, MeetingOut().dump)


@blp.get("/meetings/decisions")
@action("meeting.read")
@blp.arguments(OwedQuery, location="query")
@blp.response(200, OwedPageOut)
def owed(query: dict[str, Any]) -> Response:
    """A page of the decisions that wait, what is due first first."""
    page = queries.owed(actor=actor(), desk=desk(), now=now(), **query)
    return answer_page(page, MeetingDecisionOut().dump)


@blp.post("/meetings")
@action("meeting.call")
@blp.arguments(MeetingIn)
@blp.response(201, MeetingDetailOut)
@idempotent
def call(body: dict[str, Any]) -> Response:
    """Call a meeting."""
    draft = MeetingDraft(**body | {"items": [ItemDraft(**each) for each in body["items"]]})
    made = operations.call(draft, actor=actor(), desk=desk(), now=now())
    return _shown(made, status=201)


@blp.get("/meetings/<uuid:meeting_id>")
@action("meeting.read")
@blp.response(200, MeetingDetailOut)
@noted("read", "meeting")
def read(meeting_id: UUID) -> Response:
    """One meeting, with what one may read of it."""
    return _shown(meeting_id)


@blp.post("/meetings/<uuid:meeting_id>/minutes")
@action("meeting.call")
@blp.arguments(MinutesIn)
@blp.response(200, MeetingDetailOut)
def record(body: dict[str, Any], meeting_id: UUID) -> Response:
    """Write the minutes, once. `If-Match` is the ETag of the meeting."""
    minutes = Minutes(
        words=body["words"],
        attended=body["attended"],
        said={each["item"]: each["words"] for each in body["said"]},
        decisions=[DecisionDraft(**each) for each in body["decisions"]],
    )
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.record(meeting_id, minutes, version=required_version(), **told)
    return _shown(meeting_id)


@blp.post("/meetings/<uuid:meeting_id>/decisions/<uuid:decision_id>/settle")
@action("meeting.follow")
@blp.arguments(FollowUpIn)
@blp.response(200, MeetingDetailOut)
def settle(body: dict[str, Any], meeting_id: UUID, decision_id: UUID) -> Response:
    """Say what came of a decision."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.settle(meeting_id, decision_id, body["words"], dropped=body["dropped"], **told)
    return _shown(meeting_id)


def _shown(meeting_id: UUID, status: int = 200) -> Response:
    view = queries.one(meeting_id, actor=actor(), desk=desk(), now=now())
    return answer(MeetingDetailOut().dump(view), version=view.version, status=status)
