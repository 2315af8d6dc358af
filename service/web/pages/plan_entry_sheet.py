"""台账批量登记: choose a workbook, see what each row becomes, write the good ones."""

from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from service.errors import Invalid, NotFound
from service.gateways import upload as uploads
from service.operations import plan_entry_sheet as operations
from service.queries import plan_entry as queries
from service.reports import plan_register as reports
from service.rules.plan_sheet import ERROR, KNOWN, OK, Listed, Reading
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form

bp = Blueprint("plan_entry_sheet", __name__)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FATES: Final = {OK: ("可登记", "ok"), KNOWN: ("重复", "plain"), ERROR: ("有误", "stop")}
SHOWN: Final = 200


@bp.get("/registers/<register_id>/import")
@action("plan_entry.record")
def upload(register_id: str) -> ResponseReturnValue:
    """The form, and what becomes of the workbook that was just tried."""
    token = request.args.get("token", "")
    content = uploads.fetch(_folder(), token, actor().user_id, desk().keyring) if token else None
    if token and content is None:
        flash("试读的文件已过期，请重新选择文件", "warn")
    found = operations.preview(register_id, content, **_who()) if content else None
    return _page(register_id, Form(key=""), found, token)


@bp.post("/registers/<register_id>/import")
@action("plan_entry.record")
def try_out(register_id: str) -> ResponseReturnValue:
    """Read the workbook without writing, and keep it sealed for what may follow."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid({"file": ["请选择一个 Excel 文件"]})
        content = given.stream.read()
        operations.preview(register_id, content, **_who())
    except Invalid as refusal:
        return _page(register_id, forms.typed(request.form, refusal.fields), None, ""), 422
    token = uploads.keep(_folder(), content, actor().user_id, desk().keyring)
    return forms.see(url_for("plan_entry_sheet.upload", register_id=register_id, token=token))


@bp.post("/registers/<register_id>/import/commit")
@action("plan_entry.record")
def commit(register_id: str) -> ResponseReturnValue:
    """Write the good rows; pressing twice writes once, the second time they are known."""
    token = request.form.get("token", "")
    content = uploads.fetch(_folder(), token, actor().user_id, desk().keyring)
    if content is None:
        raise NotFound("试读的文件已过期，请重新选择文件")
    counts = operations.take_in(register_id, content, **_who()).counts
    uploads.drop(_folder(), token)
    left = f"；重复 {counts[KNOWN]} 行、有误 {counts[ERROR]} 行没有登记"
    flash(f"已登记 {counts[OK]} 条{left}", "ok" if counts[OK] else "warn")
    return forms.see(url_for("plan_entry.listed", register_id=register_id))


@bp.get("/registers/<register_id>/template")
@action("plan_entry.record")
def template(register_id: str) -> ResponseReturnValue:
    """An empty sheet with the heads of a register."""
    register = queries.register(register_id, desk())
    return Response(
        reports.template(register),
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{register.id}.xlsx"'},
    )


def _page(register_id: str, form: Form, found: Reading | None, token: str) -> str:
    register = queries.register(register_id, desk())
    here: dict[str, Any] = {"register_id": register_id}
    return render_template(
        "plan_entry/import.html",
        title=f"批量登记：{register.name}",
        form=form,
        preview=_told(found, token) if found else None,
        post_url=url_for("plan_entry_sheet.try_out", **here),
        commit_url=url_for("plan_entry_sheet.commit", **here),
        template_url=url_for("plan_entry_sheet.template", **here),
        back_url=url_for("plan_entry.listed", **here),
    )


def _told(found: Reading, token: str) -> dict[str, Any]:
    order = {ERROR: 0, KNOWN: 1, OK: 2}
    rows = sorted(found.rows, key=lambda each: (order[each.fate], each.line))
    return {
        "token": token,
        "counts": found.counts,
        "ignored": "、".join(found.ignored),
        "rows": [_row(each) for each in rows[:SHOWN]],
        "more": max(len(rows) - SHOWN, 0),
    }


def _row(each: Listed) -> dict[str, Any]:
    text, tone = FATES[each.fate]
    return {
        "line": each.line,
        "title": each.title,
        "fate_label": text,
        "fate_tone": tone,
        "said": "；".join(each.reasons) or each.note,
    }


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.data_dir / "uploads"


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}
