"""Exchanging figures with the court 数据交换 for programs: our sheet out, the court's sheet in."""

from typing import Any, Final
from uuid import UUID

from flask import Response

from schemas.base import PageQuery
from schemas.exchange import (
    ExchangeDetailOut,
    ExchangeFileIn,
    ExchangeKeepIn,
    ExchangeOut,
    ExchangePageOut,
)
from service.operations import exchange as operations
from service.queries import exchange as queries
from service.reports import exchange as reports
from service.web.door import action, actor, answer, bulky, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-exchange", __name__, url_prefix="/api/v1", description="数据交换")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blp.get("/exchanges")
@action("exchange.read")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ExchangePageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the sheets that came from the court, newest first."""
    return answer_page(queries.page(actor=actor(), **query), ExchangeOut().dump)


@blp.get("/exchanges/sheet")
@action("exchange.run")
@blp.response(200, content_type=XLSX)
@noted("export", "exchange")
def sheet() -> Response:
    """Our cases as a sheet for the court."""
    return Response(reports.workbook(queries.our_cases(actor())), mimetype=XLSX)


@blp.post("/exchanges")
@action("exchange.run")
@bulky
@blp.arguments(ExchangeFileIn, location="files")
@blp.response(201, ExchangeDetailOut)
@idempotent
def read(files: dict[str, Any]) -> Response:
    """Hold the court's sheet against ours; nothing of ours is changed."""
    content = files["file"].stream.read()
    made = operations.read(content, actor=actor(), desk=desk(), now=now())
    response = _shown(made, status=201)
    response.headers["Location"] = f"/api/v1/exchanges/{made}"
    return response


@blp.get("/exchanges/<uuid:exchange_id>")
@action("exchange.read")
@blp.response(200, ExchangeDetailOut)
def one(exchange_id: UUID) -> Response:
    """One sheet with its rows."""
    return _shown(exchange_id)


@blp.post("/exchanges/<uuid:exchange_id>/keep")
@action("exchange.run")
@blp.arguments(ExchangeKeepIn)
@blp.response(200, ExchangeDetailOut)
def keep(body: dict[str, Any], exchange_id: UUID) -> Response:
    """Keep it: every row that differs has its reason."""
    reasons = {each["ordinal"]: each["reason"] for each in body["reasons"]}
    operations.keep(
        exchange_id, reasons, version=required_version(), actor=actor(), desk=desk(), now=now()
    )
    return _shown(exchange_id)


@blp.post("/exchanges/<uuid:exchange_id>/drop")
@action("exchange.run")
@blp.response(200, ExchangeDetailOut)
def drop(exchange_id: UUID) -> Response:
    """Put it aside."""
    operations.drop(exchange_id, version=required_version(), actor=actor(), desk=desk(), now=now())
    return _shown(exchange_id)


def _shown(exchange_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(exchange_id, actor=actor())
    told = ExchangeDetailOut().dump({"sheet": view, "rows": queries.rows(exchange_id)})
    return answer(told, status=status, version=view.version)
