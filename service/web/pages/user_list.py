"""账户名单: paste colleagues, see what each row becomes, and get a one-time slip for everybody."""

from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from service.errors import Invalid
from service.operations import user_list as operations
from service.operations.user_list import Judged
from service.web import form as forms
from service.web import slip
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.listing import given_text, shown_again, told

bp = Blueprint("user_list", __name__)
TWICE: Final = "这份名单刚才已经建过账户。要再建，请核对内容后再试"
NAMES: Final = {
    "username": "用户名",
    "name": "姓名",
    "roles": "角色",
    "organisation": "单位",
    "phone": "电话",
    "email": "邮箱",
    "password": "密码",
}
HEAD: Final = ("用户名", "姓名", "角色", "单位")
SHOWN: Final = ("username", "name", "roles", "organisation")
HINT: Final = (
    "一行一个人：用户名、姓名、角色、单位，后面可以再写电话、邮箱。"
    "角色写中文，兼任用分号隔开；单位要先登记。"
)


@bp.get("/users/import")
@action("user.create")
def paste() -> ResponseReturnValue:
    """An empty form."""
    return _page(Form(key=""), None)


@bp.post("/users/import")
@action("user.create")
def submit() -> ResponseReturnValue:
    """Try the list, or create all its accounts when that is what was pressed."""
    if request.form.get("action") == "commit":
        return forms.once(_engaged, shown=_refused, twice=TWICE)
    try:
        return _page(shown_again(), _preview())
    except Invalid as refusal:
        return _page(forms.typed(request.form, refusal.fields), None), 422


def _engaged() -> str:
    made = operations.take_in(given_text(), actor=actor(), desk=desk(), now=now())
    return slip.drawn(made, title=f"已建立 {len(made)} 个账户")


def _refused(form: Form) -> str:
    """A list that was not taken in: what is wrong with its rows, or with all of it."""
    if any(path.startswith("rows.") for path in form.errors):
        return _page(shown_again(), _preview())
    return _page(form, None)


def _preview() -> dict[str, Any]:
    judged = operations.judged(given_text(), actor=actor(), desk=desk())
    wrong = sum(1 for each in judged if each.problems)
    good = len(judged) - wrong
    return {
        "key": Form().key,
        "counts": [("可建立", good, "ok"), ("有误", wrong, "stop")],
        "head": HEAD,
        "rows": [_row(each) for each in judged],
        "text": given_text(),
        "commit": None if wrong else f"建立这 {good} 个账户",
        "note": "把有误的行改好再试；改好之前一个账户也不建。" if wrong else "",
    }


def _row(each: Judged) -> dict[str, Any]:
    values = each.line.values
    roles = "、".join(label(role) for role in each.draft.roles) if each.draft else values["roles"]
    return {
        "line": each.line.number,
        "fate_label": "有误" if each.problems else "可建立",
        "tone": "stop" if each.problems else "ok",
        "cells": (values["username"], values["name"], roles, values["organisation"]),
        "problems": [
            told(each.line.places.get(field, 0), NAMES.get(field, field), "；".join(said))
            for field, said in each.problems.items()
        ],
    }


def _page(form: Form, found: dict[str, Any] | None) -> str:
    return render_template(
        "user/import.html",
        title="粘贴人员名单",
        form=form,
        post_url=url_for("user_list.submit"),
        back_url=url_for("user.listed"),
        hint=HINT,
        preview=found,
    )
