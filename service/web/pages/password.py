"""修改密码: give oneself another one."""

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Invalid
from service.operations import password as operations
from service.rules import password as rules
from service.rules.sign_in import First
from service.web import form as forms
from service.web.cookie import set_cookie
from service.web.door import actor, brief, desk, first, now, origin, signed_in, unsettled
from service.web.form import Form

bp = Blueprint("password", __name__)


@bp.get("/password")
@signed_in
@unsettled
def form() -> ResponseReturnValue:
    """The three fields."""
    return _page(Form(key=""))


@bp.post("/password")
@signed_in
@unsettled
@brief
def change() -> ResponseReturnValue:
    """Change it; everybody who is signed in to the account elsewhere is out."""
    new = request.form.get("password", "")
    try:
        if new != request.form.get("again", ""):
            raise Invalid({"again": ["两次输入的密码不一样"]})
        return _changed(request.form.get("old", ""), new)
    except Invalid as refusal:
        return _page(forms.typed(request.form, refusal.fields)), 422


def _changed(old: str, new: str) -> Response:
    begun = operations.change(old, new, actor=actor(), origin=origin(), desk=desk(), now=now())
    flash("密码已经修改，其他登录的地方都已退出")
    return set_cookie(forms.see(url_for("home.desk")), begun.token, begun.expires_at)


def _page(shown: Form) -> str:
    return render_template(
        "password.html",
        title="修改密码",
        form=shown,
        due=first() is First.PASSWORD,
        asked_for=rules.asked_for(desk().policy.passwords),
        post_url=url_for("password.change"),
    )
