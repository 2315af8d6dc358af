"""数据交换: our sheet for the court, the court's sheet held against it, and why it differs."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.exchange import TO_EXPLAIN, ExchangeReason, ExchangeState, ExchangeVerdict, name, names
from schemas.base import PageQuery
from service.errors import Conflict, Invalid, Stale
from service.operations import exchange as operations
from service.queries import exchange as queries
from service.queries.exchange import ExchangeRowView, ExchangeView
from service.reports import exchange as reports
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, bulky, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("exchange", __name__)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES: Final = {
    ExchangeVerdict.SAME: "ok",
    ExchangeVerdict.DIFFERS: "warn",
    ExchangeVerdict.UNKNOWN: "warn",
    ExchangeVerdict.MISSING: "warn",
    ExchangeVerdict.WRONG: "stop",
}


@bp.get("/exchanges")
@action("exchange.read")
def listed() -> ResponseReturnValue:
    """The sheets that came, and the form for the next one."""
    return _listed(Form(key=""))


@bp.get("/exchanges/sheet")
@action("exchange.run")
@noted("export", "exchange")
def sheet() -> ResponseReturnValue:
    """Our cases as a sheet for the court."""
    return Response(
        reports.workbook(queries.our_cases(actor())),
        mimetype=XLSX,
        headers={"Content-Disposition": 'attachment; filename="exchange.xlsx"'},
    )


@bp.post("/exchanges")
@action("exchange.run")
@bulky
def read() -> ResponseReturnValue:
    """Hold the court's sheet against ours."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid({"file": ["请选择一个 Excel 文件"]})
        made = operations.read(given.stream.read(), actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        return _listed(forms.typed(request.form, refusal.fields)), 422
    return forms.see(url_for("exchange.detail", exchange_id=made))


@bp.get("/exchanges/<uuid:exchange_id>")
@action("exchange.read")
def detail(exchange_id: UUID) -> ResponseReturnValue:
    """One sheet, what has to be explained first."""
    return _detail(exchange_id, Form(key=""))


@bp.post("/exchanges/<uuid:exchange_id>/keep")
@action("exchange.run")
def keep(exchange_id: UUID) -> ResponseReturnValue:
    """Keep it with its reasons."""
    try:
        operations.keep(
            exchange_id, _reasons(), version=forms.version(), actor=actor(), desk=desk(), now=now()
        )
        flash("已核对")
    except Invalid as refusal:
        return _detail(exchange_id, forms.typed(request.form, refusal.fields)), 422
    except (Conflict, Stale) as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("exchange.detail", exchange_id=exchange_id))


@bp.post("/exchanges/<uuid:exchange_id>/drop")
@action("exchange.run")
def drop(exchange_id: UUID) -> ResponseReturnValue:
    """Put it aside."""
    try:
        operations.drop(exchange_id, version=forms.version(), actor=actor(), desk=desk(), now=now())
        flash("已作废，可以重新上传")
    except (Conflict, Stale, Invalid) as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("exchange.listed"))


def _reasons() -> dict[int, ExchangeReason]:
    """The chosen reasons by the ordinal of their row; what is no reason is none."""
    known = set(ExchangeReason)
    return {
        int(field[8:14]): ExchangeReason(value)
        for field, value in request.form.items()
        if field.startswith("reasons.") and field[8:14].isdecimal() and value in known
    }


def _listed(form: Form) -> str | Response:
    given = {key: value for key, value in request.args.items() if value}
    try:
        page = queries.page(actor=actor(), **load_body(PageQuery, given))
    except Invalid:
        flash("有的条件看不懂，已经去掉", "warn")
        return forms.see(url_for("exchange.listed"))
    runs = access.may(actor(), "exchange.run", desk().policy.access)
    following = url_for("exchange.listed", cursor=page.next_cursor) if page.next_cursor else None
    return render_template(
        "exchange/list.html",
        title="与法院数据交换",
        rows=[_sheet(each) for each in page.items],
        form=form,
        upload_url=url_for("exchange.read") if runs else None,
        sheet_url=url_for("exchange.sheet") if runs else None,
        next_url=following,
        first_url=url_for("exchange.listed") if "cursor" in given else None,
    )


def _detail(exchange_id: UUID, form: Form) -> str:
    view = queries.one(exchange_id, actor=actor())
    runs = access.may(actor(), "exchange.run", desk().policy.access)
    waits = runs and view.state is ExchangeState.READ
    found = queries.rows(exchange_id)
    options = [("", "请选择"), *names(ExchangeReason).items()]
    return render_template(
        "exchange/detail.html",
        title=f"法院来表 {show.moment(view.read_at, desk().zone)}",
        sheet=_sheet(view),
        rows=[_row(each, waits=waits) for each in found],
        options=options,
        form=form,
        labels={f"reasons.{each.ordinal}": each.case_number or "" for each in found},
        keep_url=url_for("exchange.keep", exchange_id=exchange_id) if waits else None,
        drop_url=url_for("exchange.drop", exchange_id=exchange_id) if waits else None,
        back_url=url_for("exchange.listed"),
    )


def _sheet(view: ExchangeView) -> dict[str, Any]:
    counts = {verdict: view.counts.get(verdict, 0) for verdict in ExchangeVerdict}
    return {
        "url": url_for("exchange.detail", exchange_id=view.id),
        "read_text": show.moment(view.read_at, desk().zone),
        "read_by": view.read_by,
        "state_label": name(view.state),
        "state_tone": "warn" if view.state is ExchangeState.READ else "plain",
        "counts": [
            {"label": name(verdict), "number": number, "tone": TONES[verdict]}
            for verdict, number in counts.items()
        ],
        "version": view.version,
    }


def _row(each: ExchangeRowView, *, waits: bool) -> dict[str, Any]:
    return {
        "ordinal": each.ordinal,
        "place": f"第 {each.place} 行" if each.place else "",
        "verdict_label": name(each.verdict),
        "tone": TONES[each.verdict],
        "case_number": each.case_number or "",
        "number": each.number or "",
        "theirs": each.theirs or "",
        "ours": each.ours or "",
        "problem": each.problem or "",
        "reason": name(each.reason) if each.reason else "",
        "asks": waits and each.verdict in TO_EXPLAIN,
    }
