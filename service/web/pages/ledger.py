"""台账导入: choose a workbook, see each row's fate, import the good ones, take a batch back."""

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from config.vocabulary import LedgerFate
from config.words import label
from service.errors import Conflict, Invalid, NotFound
from service.gateways import upload as uploads
from service.operations import ledger as operations
from service.queries import ledger as queries
from service.rules import access
from service.rules.ledger import Ledger, LedgerRow
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form

bp = Blueprint("ledger", __name__)
PAGE = 50
UNDOING = "撤回后这批纠纷按登记有误办结，编号保留。有人办理过的批次不能撤回。"


@bp.get("/ledger")
@action("ledger.preview")
def upload() -> ResponseReturnValue:
    """The form, the preview of what was just tried, and the batches."""
    token = request.args.get("token", "")
    preview = _preview(token) if token else None
    return _page(Form(key=""), preview)


@bp.post("/ledger")
@action("ledger.preview")
def try_out() -> ResponseReturnValue:
    """Read the workbook without writing, and keep it sealed for the import that may follow."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid({"file": ["请选择一个 Excel 文件"]})
        content = given.stream.read()
        operations.preview(content, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        return _page(forms.typed(request.form, refusal.fields), None), 422
    token = uploads.keep(_folder(), content, actor().user_id, desk().keyring)
    return forms.see(url_for("ledger.upload", token=token, name=given.filename))


@bp.post("/ledger/commit")
@action("ledger.commit")
def commit() -> ResponseReturnValue:
    """Write the ok rows; pressing twice writes once, for the second time they are duplicates."""
    token = request.form.get("token", "")
    content = uploads.fetch(_folder(), token, actor().user_id, desk().keyring)
    if content is None:
        raise NotFound("试读的文件已过期，请重新选择文件")
    name = request.form.get("name") or "台账.xlsx"
    made = operations.take_in(content, name, actor=actor(), desk=desk(), now=now())
    uploads.drop(_folder(), token)
    counts = made.ledger.counts
    left = f"；重复 {counts['duplicate']} 行、有误 {counts['error']} 行没有写入"
    if made.batch_id is None:
        flash(f"没有新的内容可以导入{left}", "warn")
    else:
        flash(f"已导入 {counts['ok']} 件{left}", "ok")
    return forms.see(url_for("ledger.upload"))


@bp.post("/ledger/<uuid:batch_id>/undo")
@action("ledger.commit")
def undo(batch_id: UUID) -> ResponseReturnValue:
    """Withdraw a batch nobody has worked on."""
    try:
        count = operations.undo(batch_id, actor=actor(), desk=desk(), now=now())
        flash(f"已撤回 {count} 件，这些纠纷按登记有误办结，编号保留", "ok")
    except Conflict as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("ledger.upload"))


def _page(form: Form, preview: dict[str, Any] | None) -> str:
    return render_template(
        "ledger/import.html",
        title="台账导入",
        form=form,
        upload_url=url_for("ledger.try_out"),
        preview=preview,
        batches=[_batch(each) for each in queries.batches()] if _may_commit() else None,
    )


def _preview(token: str) -> dict[str, Any] | None:
    content = uploads.fetch(_folder(), token, actor().user_id, desk().keyring)
    if content is None:
        flash("试读的文件已过期，请重新选择文件", "warn")
        return None
    found = operations.preview(content, actor=actor(), desk=desk(), now=now())
    which = request.args.get("show", "error" if found.counts["error"] else "all")
    chosen = [row for row in found.rows if which in ("all", row.fate.value)]
    start = _start()
    name = request.args.get("name", "台账.xlsx")
    here: dict[str, Any] = {"token": token, "name": name}
    following = url_for("ledger.upload", **here, show=which, start=start + PAGE)
    return {
        "file_name": name,
        "counts": found.counts,
        "rows": [_row(row) for row in chosen[start : start + PAGE]],
        "show": which,
        "show_urls": {
            key: url_for("ledger.upload", **here, show=key)
            for key in ("all", *(fate.value for fate in LedgerFate))
        },
        "next_url": following if len(chosen) > start + PAGE else None,
        "commit_url": url_for("ledger.commit") if _may_commit() else None,
        "commit_note": _note(found),
        "token": token,
    }


def _note(found: Ledger) -> str:
    if not _may_commit():
        return "您可以试读；导入由中心主任进行。"
    unheaded = "、".join(found.unheaded)
    note = "只要还没有人办理，导入后可以整批撤回。"
    return f"{note}没有表头、没有读的工作表：{unheaded}。" if unheaded else note


def _row(row: LedgerRow) -> dict[str, Any]:
    values = row.values
    words = desk().policy.ledger
    parts = (
        show.day(values.registered_on, year=None) if values.registered_on else "",
        show.category(values.category, desk().policy) if values.category else "",
        (values.narrative or "").replace("\n", " ")[:40],
    )
    return {
        "sheet": row.sheet,
        "row": row.row,
        "cell": f"{row.column}{row.row}" if row.column else "",
        "fate": row.fate.value,
        "fate_label": label(row.fate),
        "field_label": words.labels.get(row.field or "", ""),
        "reason": row.reason or "",
        "summary": " · ".join(part for part in parts if part),
    }


def _batch(batch: queries.BatchView) -> dict[str, Any]:
    withdrawn = batch.withdrawn_at is not None
    return {
        "file_name": batch.file_name,
        "imported_at_text": show.moment(batch.imported_at, desk().zone),
        "imported_by": batch.imported_by or "命令行",
        "row_count": batch.row_count,
        "state_label": "已撤回" if withdrawn else "已导入",
        "state_tone": "plain" if withdrawn else "ok",
        "undo_url": None if withdrawn else url_for("ledger.undo", batch_id=batch.id),
        "undo_note": "" if withdrawn else UNDOING,
    }


def _start() -> int:
    text = request.args.get("start", "0")
    return int(text[:6]) if text.isascii() and text.isdigit() else 0


def _may_commit() -> bool:
    return access.may(actor(), "ledger.commit", desk().policy.access)


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.data_dir / "uploads"
