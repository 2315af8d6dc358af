"""A list of units 单位名单 on the pages one is pasted into: tried row by row, taken in at once."""

from collections.abc import Callable
from typing import Any, Final

from flask import Response, flash, request
from flask.typing import ResponseReturnValue

from config.words import label
from service.errors import Invalid
from service.operations import organisation_list as operations
from service.operations.organisation_list import TakenIn
from service.rules.organisation import ORDER, Listed
from service.web import form as forms
from service.web.door import actor, desk, now
from service.web.form import Form
from service.web.listing import given_text, shown_again, told

# draws the page of a list: its form, and what each row becomes once that was tried
Page = Callable[[Form, dict[str, Any] | None], str]
TWICE: Final = "这份名单刚才已经登记过了。要登记另一份，请核对内容后再试"
FATES: Final = {"ok": ("新增", "ok"), "known": ("已有", "plain"), "error": ("有误", "stop")}
HEAD: Final = ("名称", "类别", "上级", "地址", "电话")
HINT: Final = (
    "一行一个单位：名称、类别、上级、地址、电话。可以从 Excel 里整块复制过来；"
    "只有名称也行，类别从名称看得出来就不用写。"
)


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
