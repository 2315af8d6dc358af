"""Notices 消息 for programs: one's own inbox, and that one was read."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.base import PageQuery
from schemas.notice import NoticeOut, NoticePageOut
from service.operations import notice as operations
from service.queries import notice as queries
from service.web.door import actor, answer, desk, now, signed_in
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-notice", __name__, url_prefix="/api/v1", description="消息")


@blp.get("/notices")
@signed_in
@blp.arguments(PageQuery(exclude=["count"]), location="query")
@blp.response(200, NoticePageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of one's own inbox, unread first."""
    page = queries.page(actor=actor(), desk=desk(), now=now(), **query)
    shape = NoticeOut()
    return answer(
        {
            "items": [shape.dump(each) for each in page.items],
            "next_cursor": page.next_cursor,
            "unread": queries.unread(actor=actor(), desk=desk(), now=now()),
        }
    )


@blp.post("/notices/<uuid:notice_id>/read")
@signed_in
@blp.response(200, NoticeOut)
def read(notice_id: UUID) -> Response:
    """Note that it was read; once is enough."""
    operations.read(notice_id, actor=actor(), now=now())
    return answer(NoticeOut().dump(queries.one(notice_id, actor=actor(), desk=desk(), now=now())))
