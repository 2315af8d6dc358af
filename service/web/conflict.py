"""Somebody was quicker 内容已被修改: what a form is about, and what others did meanwhile."""

from collections.abc import Iterable
from typing import Any, Final

from flask import url_for

from service.queries import event
from service.queries.dispute import DisputeView
from service.queries.event import EventView
from service.web import show, timeline
from service.web.door import actor, desk, now

MOST_EVENTS: Final = 500


def about(view: DisputeView) -> dict[str, Any]:
    """The dispute a form belongs to, above it and on templates/conflict.html."""
    return {
        "number": view.number,
        "parties": " 与 ".join(each.name for each in view.parties[:2]),
        "matter": show.category(view.category, desk().policy),
        "url": url_for("dispute.detail", dispute_id=view.id),
        "deadline": show.due(view.due, desk().today(now())),
    }


def since(view: DisputeView, seen: int) -> list[EventView]:
    """What was written down after version `seen`."""
    found = event.of_dispute(
        view.id, actor=actor(), desk=desk(), now=now(), limit=MOST_EVENTS
    ).items
    return [each for each in found if (each.version or 0) > seen]


def entries(events: Iterable[EventView], view: DisputeView) -> list[dict[str, Any]]:
    """The events as components/timeline.html draws them."""
    names = {str(view.organisation.id): view.organisation.name} if view.organisation else {}
    return [timeline.entry(each, desk().zone, names) for each in events]
