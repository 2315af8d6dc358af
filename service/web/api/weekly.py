"""The weekly letter 周报 for programs: publish it, read it as it was frozen, subscribe to it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response

from config.weekly import Letter
from schemas.base import PageQuery
from schemas.weekly import (
    FileQuery,
    PublishIn,
    ReportOut,
    RevisionOut,
    SubscribeIn,
    SubscriptionOut,
)
from service.errors import Invalid, NotFound
from service.notices.weekly import MARKS
from service.operations import weekly as operations
from service.queries import subscription
from service.queries import weekly as queries
from service.queries.weekly import PublishedView
from service.reports import docx, weekly_suits
from service.reports import weekly as reports
from service.rules.calendar import Week
from service.rules.weekly import WeekFigures
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-weekly", __name__, url_prefix="/api/v1", description="周报")
Form = Callable[[WeekFigures, ZoneInfo], str | bytes]
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "html": "text/html; charset=utf-8",
        "xlsx": XLSX,
        "docx": docx.MEDIA,
    }
)
FORMS: Final[Mapping[Letter, Mapping[str, Form]]] = MappingProxyType(
    {
        Letter.WEEK: {
            "html": reports.html,
            "xlsx": reports.workbook,
            "docx": reports.document,
        },
        Letter.SUITS: {
            "html": weekly_suits.html,
            "xlsx": weekly_suits.workbook,
            "docx": weekly_suits.document,
        },
    }
)


@blp.get("/reports/weekly")
@action("report.read")
@blp.arguments(PageQuery, location="query")
@blp.response(200)
def listed(query: dict[str, Any]) -> Response:
    """Published letters, newest week first, without their figures."""
    page = queries.page(limit=query["limit"], cursor=query["cursor"])
    return answer_page(page, RevisionOut().dump)


@blp.get("/reports/weekly/<week>")
@action("report.read")
@blp.response(200, ReportOut)
def read(week: str) -> Response:
    """One letter as it was frozen, with its hash."""
    return answer(ReportOut().dump(_published(week)))


@blp.post("/reports/weekly/<week>")
@action("report.publish")
@blp.arguments(PublishIn)
@blp.response(201, ReportOut)
@idempotent
def publish(_body: dict[str, Any], week: str) -> Response:
    """Freeze the week; a week that was published before is answered unchanged."""
    try:
        asked = Week.parse(week)
    except ValueError as wrong:
        raise Invalid({"week": [str(wrong)]}) from wrong
    stored = operations.publish(asked, actor=actor(), desk=desk(), now=now())
    response = answer(ReportOut().dump(stored), status=201)
    response.headers["Location"] = f"/api/v1/reports/weekly/{asked}"
    return response


@blp.get("/reports/weekly/<week>/revisions")
@action("report.read")
@blp.response(200)
def revisions(week: str) -> Response:
    """Every revision of one letter, oldest first."""
    items = [RevisionOut().dump(each) for each in queries.revisions(_week(week))]
    return answer({"items": items, "next_cursor": None})


@blp.get("/reports/weekly/<week>/files/<kind>")
@action("report.read")
@blp.arguments(FileQuery, location="query")
@blp.response(200)
@noted("export", "report")
def file(query: dict[str, Any], week: str, kind: str) -> Response:
    """The letter as a page (html), a workbook (xlsx) or a Word document (docx), as it was frozen.

    `letter=suits` is that of suits and letters to be answered alone.
    """
    if kind not in MEDIA:
        raise NotFound("周报没有这种格式的文件，现有 html、xlsx 和 docx")
    told, letter = _published(week), query["letter"]
    made = FORMS[letter][kind](told.figures, desk().zone)
    response = Response(made, content_type=MEDIA[kind])
    name = f"{MARKS[letter][1]}-{told.week}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blp.get("/subscriptions")
@action("subscription.read")
@blp.response(200)
def subscriptions() -> Response:
    """Every order for who manages them; one's own for a leader."""
    items = [SubscriptionOut().dump(each) for each in subscription.visible_to(actor(), desk())]
    return answer({"items": items, "next_cursor": None})


@blp.post("/subscriptions")
@action("subscription.manage")
@blp.arguments(SubscribeIn)
@blp.response(201, SubscriptionOut)
@idempotent
def subscribe(body: dict[str, Any]) -> Response:
    """Let a user have one of the Monday letters by mail."""
    made = operations.subscribe(
        body["user"],
        body["email"],
        kind=body["kind"],
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    found = subscription.visible_to(actor(), desk())
    return answer(
        SubscriptionOut().dump(next(each for each in found if each.id == made)), status=201
    )


@blp.delete("/subscriptions/<uuid:subscription_id>")
@action("subscription.manage")
@blp.response(204)
def unsubscribe(subscription_id: UUID) -> Response:
    """End an order."""
    operations.unsubscribe(subscription_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)


def _week(text: str) -> Week:
    """The week in an address; one that does not exist has no letter."""
    try:
        return Week.parse(text)
    except ValueError as wrong:
        raise NotFound(str(wrong)) from wrong


def _published(week: str) -> PublishedView:
    found = queries.published(_week(week))
    if found is None:
        raise NotFound("这一周的周报还没有发布")
    return found
