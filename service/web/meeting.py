"""Meetings 会议 as their pages and papers show them."""

from typing import Any, Final

from flask import url_for

from config.meeting import DecisionState, MeetingState, name
from config.words import label
from service.queries.meeting import DecisionView, ItemView, MeetingRow, MeetingView
from service.web import show
from service.web.door import desk, now
from service.web.show import Mark

TONES: Final = {
    MeetingState.CALLED: "warn",
    MeetingState.HELD: "ok",
    DecisionState.OPEN: "warn",
    DecisionState.DONE: "ok",
}
CAME: Final[dict[bool | None, str]] = {True: "到会", False: "未到", None: ""}
HIDDEN: Final = "受限，您看不到内容"
ON_PAPER: Final = "受限，另行通报"


def row(each: MeetingRow) -> dict[str, Any]:
    """One meeting in a list."""
    return {
        "url": url_for("meeting.detail", meeting_id=each.id),
        "title": each.title,
        "kind_label": name(each.kind),
        "state_label": name(each.state),
        "state_tone": TONES[each.state],
        "organisation": each.organisation,
        "held_text": show.moment(each.held_at, desk().zone),
        "place": each.place,
        "open": each.open,
        "late": each.late,
    }


def item(each: ItemView) -> dict[str, Any]:
    """One item of the agenda."""
    url = url_for("dispute.detail", dispute_id=each.dispute_id) if each.dispute_id else None
    return {
        "ordinal": each.ordinal,
        "number": each.number or "",
        "dispute_url": url,
        "status_label": label(each.status) if each.status else "",
        "hidden": HIDDEN if each.hidden else "",
        "words": each.words or "",
        "minutes": each.minutes or "",
    }


def decision(each: DecisionView) -> dict[str, Any]:
    """One decision, with its follow-up."""
    today = desk().today(now())
    address: dict[str, Any] = {"meeting_id": each.meeting_id, "decision_id": each.id}
    late = show.deadline(each.due_on, today) if each.state is DecisionState.OPEN else None
    said = f"最迟{show.day(each.due_on, year=today.year)}"
    return {
        "id": str(each.id),
        "meeting_url": url_for("meeting.detail", meeting_id=each.meeting_id),
        "title": each.title,
        "ordinal": each.ordinal,
        "number": each.number or "",
        "organisation": each.organisation,
        "due_text": show.long_day(each.due_on),
        "deadline": Mark(late.tone, late.text, said) if late else None,
        "state_label": name(each.state),
        "state_tone": TONES.get(each.state, "plain"),
        "hidden": HIDDEN if each.hidden else "",
        "words": each.words or "",
        "follow_up": each.follow_up or "",
        "settled_by": each.settled_by or "",
        "settled_text": show.moment(each.settled_at, desk().zone) if each.settled_at else "",
        "settle_url": url_for("meeting.settle", **address) if each.may_settle else None,
    }


def detail(view: MeetingView) -> dict[str, Any]:
    """One meeting with everything the viewer may read of it."""
    zone, held = desk().zone, view.row.state is MeetingState.HELD
    address: dict[str, Any] = {"meeting_id": view.row.id}
    return row(view.row) | {
        "held": held,
        "called_by": view.called_by,
        "called_text": show.moment(view.called_at, zone),
        "recorded_by": view.recorded_by or "",
        "recorded_text": show.moment(view.recorded_at, zone) if view.recorded_at else "",
        "minutes": view.minutes or "",
        "members": [
            {"name": each.organisation, "came": CAME[each.attended]} for each in view.members
        ],
        "items": [item(each) for each in view.items],
        "decisions": [decision(each) for each in view.decisions],
        "record_url": url_for("meeting.minutes", **address) if view.may_record else None,
        "notice_url": url_for("meeting.paper", **address, sheet="notice"),
        "minutes_url": url_for("meeting.paper", **address, sheet="minutes") if held else None,
    }


def on_paper(view: MeetingView) -> dict[str, Any]:
    """What its papers say, whoever prints them: of a restricted dispute nothing but its number.

    They are handed to every member, who may not all read it.
    """
    shown = detail(view)
    shut = {each.ordinal for each in view.items if each.restricted or each.hidden}
    closed = {str(each.id) for each in view.decisions if each.restricted or each.hidden}
    items = [
        each | ({"words": ON_PAPER, "minutes": ""} if each["ordinal"] in shut else {})
        for each in shown["items"]
    ]
    decisions = [
        each | ({"words": ON_PAPER, "follow_up": ""} if each["id"] in closed else {})
        for each in shown["decisions"]
    ]
    return {
        "number": "",
        "title": shown["title"],
        "kind": shown["kind_label"],
        "held": shown["held_text"],
        "place": shown["place"],
        "by": shown["organisation"],
        "called_on": show.long_day(view.called_at.astimezone(desk().zone).date()),
        "members": shown["members"],
        "minutes": shown["minutes"],
        "items": [
            {k: each[k] for k in ("ordinal", "number", "words", "minutes")} for each in items
        ],
        "decisions": [
            {k: each[k] for k in ("ordinal", "number", "words", "organisation", "due_text")}
            for each in decisions
        ],
    }
