"""单位名单: paste organisations and villages, see what each row becomes, take all of them in."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from service.errors import Invalid
from service.operations import organisation_list as operations
from service.operations.organisation_list import TakenIn
from service.rules import listing
from service.rules.organisation import ORDER, Listed
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form

bp = Blueprint("organisation_list", __name__)
# draws the page of a list: its form, and what each row becomes once that was tried
Page = Callable[[Form, dict[str, Any] | None], str]
TWICE: Final = "这份名单刚才已经登记过了。要登记另一份，请核对内容后再试"
FATES: Final = {"ok": ("新增", "ok"), "known": ("已有", "plain"), "error": ("有误", "stop")}
HEAD: Final = ("名称", "类别", "上级", "地址", "电话")
HINT: Final = (
    "一行一个单位：名称、类别、上级、地址、电话。可以从 Excel 里整块复制过来；"
    "只有名称也行，类别从名称看得出来就不用写。"
)


@bp.get("/organisations/import")
@action("organisation.manage")
def paste() -> ResponseReturnValue:
    """An empty form."""
    return _page(Form(key=""), None)


@bp.post("/organisations/import")
@action("organisation.manage")
def submit() -> ResponseReturnValue:
    """Try the list, or take it in when that is what was pressed."""
    return answered(_page, done=url_for("organisation.listed"))


def answered(page: Page, *, done: str) -> ResponseReturnValue:
    """The posted list tried on its `page`, or taken in, once, and off to the address `done`."""
    if request.form.get("action") == "commit":
        return forms.once(
            lambda: take_in(given_text(), done=done),
            shown=lambda form: _refused(form, page),
            twice=TWICE,
        )
    try:
        return page(shown_again(), preview(_tried()))
    except Invalid as refusal:
        return page(forms.typed(request.form, refusal.fields), None), 422


def take_in(text: str, *, done: str) -> Response:
    """Write the list, say how many it made, and go to `done`; Invalid at `rows.<n>.<field>`."""
    found = operations.take_in(text, actor=actor(), desk=desk(), now=now())
    if found.counts["error"]:
        raise Invalid(
            {
                f"rows.{place}.{wrong.field}": [wrong.reason]
                for place, row in enumerate(found.rows)
                for wrong in row.problems
            }
        )
    flash(f"已登记 {found.made} 个单位" if found.made else "这些单位都已经登记过")
    return forms.see(done)


def _tried() -> TakenIn:
    return operations.preview(given_text(), actor=actor(), desk=desk())


def _refused(form: Form, page: Page) -> str:
    """A list that was not taken in: what is wrong with its rows, or with all of it."""
    if any(path.startswith("rows.") for path in form.errors):
        return page(shown_again(), preview(_tried()))
    return page(form, None)


def given_text() -> str:
    """What was pasted, or what stands in the file that was chosen instead."""
    file = request.files.get("file")
    if file is not None and file.filename:
        file.stream.seek(0)
        return listing.text_of(file.stream.read())
    return request.form.get("text", "")


def shown_again() -> Form:
    """The form with the text in it, from wherever it came."""
    return Form(key="", values={"text": given_text()})


def preview(found: TakenIn) -> dict[str, Any]:
    """A tried list as components/listing.html shows it."""
    counts = found.counts
    return {
        "key": Form().key,
        "counts": [(FATES[fate][0], counts[fate], FATES[fate][1]) for fate in FATES],
        "head": HEAD,
        "rows": [_row(each) for each in found.rows],
        "text": given_text(),
        "commit": f"登记这 {counts['ok']} 个单位" if counts["ok"] and not counts["error"] else None,
        "note": _note(counts),
    }


def _note(counts: dict[str, int]) -> str:
    if counts["error"]:
        return "把有误的行改好再试；改好之前一行也不写入。"
    return "" if counts["ok"] else "这些单位都已经登记过，没有新的要写入。"


def _row(each: Listed) -> dict[str, Any]:
    text, tone = FATES[each.fate]
    kind = label(each.kind) if each.kind else ""
    return {
        "line": each.line,
        "fate_label": text,
        "tone": tone,
        "cells": (
            each.name,
            kind if each.told or not kind else f"{kind}（按名称）",
            each.parent or "",
            each.address or "",
            each.phone or "",
        ),
        "problems": [
            told(wrong.column, column_name(wrong.field), wrong.reason) for wrong in each.problems
        ],
    }


def column_name(field: str) -> str:
    """What we call a column."""
    return HEAD[ORDER.index(field)] if field in ORDER else ""


def told(column: int, name: str, reason: str) -> str:
    """What is wrong, with the place where."""
    place = f"第 {column} 列" if column else ""
    about = f"{place}（{name}）" if place and name else place or name
    return f"{about}：{reason}" if about else reason


def _page(form: Form, found: dict[str, Any] | None) -> str:
    return render_template(
        "organisation/import.html",
        title="粘贴单位名单",
        form=form,
        post_url=url_for("organisation_list.submit"),
        back_url=url_for("organisation.listed"),
        hint=HINT,
        preview=found,
    )
