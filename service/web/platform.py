"""How another platform 外部平台 is answered where people are told everything."""

from typing import Any

from flask import Response

from schemas.platform import PLATFORM_FIELDS, PLATFORM_FILTERS, RESTRICTED_FIELDS, PlatformOut
from service.errors import Invalid
from service.operations import platform as operations
from service.operations.dispute import Visit
from service.queries import platform as queries
from service.queries.platform import Filters, PlatformView
from service.web.door import actor, answer, desk, now

# what stands in every query, asked for or not
QUIET = {"sort": "newest", "mine": False}


def is_calling() -> bool:
    """Whether a token is at the door, not a person."""
    return actor().only is not None


def register(visit: Visit) -> Response:
    """Take a dispute in: 201 the first time, 200 with the same one after that."""
    sent = operations.send(visit, actor=actor(), desk=desk(), now=now())
    view = queries.sent(sent.id, actor=actor())
    response = answer(told(view), status=200 if sent.repeated else 201, version=view.version)
    response.headers["Location"] = f"/api/v1/disputes/{view.id}"
    return response


def one(view: PlatformView) -> Response:
    """One dispute."""
    return answer(told(view), version=view.version)


def listed(query: dict[str, Any], paging: dict[str, Any]) -> Response:
    """A page of what it sent."""
    asked = {name: each for name, each in query.items() if each not in (None, "")}
    more = {
        name for name in asked if name not in PLATFORM_FILTERS and asked[name] != QUIET.get(name)
    }
    if more:
        raise Invalid({name: ["外部平台不能按这一项查"] for name in sorted(more)})
    filters = Filters(**{name: asked[name] for name in PLATFORM_FILTERS & asked.keys()})
    page = queries.page(filters, actor=actor(), desk=desk(), now=now(), **paging)
    shown: dict[str, Any] = {
        "items": [told(each) for each in page.items],
        "next_cursor": page.next_cursor,
    }
    if page.total is not None:
        shown["total"] = page.total
    return answer(shown)


def told(view: PlatformView) -> dict[str, Any]:
    """What a platform is told of a dispute."""
    names = RESTRICTED_FIELDS if view.restricted else PLATFORM_FIELDS
    shown: dict[str, Any] = PlatformOut(only=names).dump(view)
    return shown
