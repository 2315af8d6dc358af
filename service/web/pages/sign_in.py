"""登录: in and out, and the first password of a new account."""

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Invalid, NotFound, NotSignedIn, SignInRefused
from service.operations import sign_in as operations
from service.operations import user as users
from service.queries import setup
from service.queries import user as accounts
from service.rules import access
from service.rules.access import Actor
from service.web import form as forms
from service.web.door import (
    answer,
    clear_cookie,
    desk,
    now,
    public,
    set_cookie,
    signed_in,
    unnoticed,
    visitor,
)
from service.web.form import Form

bp = Blueprint("sign_in", __name__)
SPENT = "这个登录码已经用过或者过期了，请管理员重新发一个"


@bp.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    """The form; somebody already signed in goes on."""
    if visitor() is not None:
        return forms.see(_target())
    return _page(Form(key=""))


@bp.post("/sign-in")
@public
def submit() -> ResponseReturnValue:
    """Check and open a session; the code of a slip leads to choosing a password."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    code = accounts.slip_of(username, password, now=now())
    if code is not None:
        return forms.see(url_for("sign_in.invited", token=code))
    try:
        begun = operations.sign_in(username, password, desk=desk(), now=now())
    except SignInRefused as refusal:
        return _page(forms.typed(request.form, {"": [refusal.detail]})), 401
    return set_cookie(forms.see(_target(begun.actor)), begun.token, begun.expires_at)


@bp.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """End the session."""
    found = visitor()
    if found is not None:
        operations.sign_out(found.token, now=now())
    flash("已退出")
    return clear_cookie(forms.see(url_for("sign_in.form")))


@bp.get("/first-sign-in/<token>")
@public
def invited(token: str) -> ResponseReturnValue:
    """Whoever holds a one-time code chooses the account's password."""
    return _choose(token, _account(token), Form(key=""))


@bp.post("/first-sign-in/<token>")
@public
def choose(token: str) -> ResponseReturnValue:
    """Set the first password; the code is spent."""
    password, account = request.form.get("password", ""), _account(token)
    try:
        if password != request.form.get("again", ""):
            raise Invalid({"again": ["两次输入的密码不一样"]})
        users.accept_invitation(token, password, now=now())
    except Invalid as refusal:
        return _choose(token, account, forms.typed(request.form, refusal.fields)), 422
    flash(f"密码已设置，请用账号 {account} 登录")
    return forms.see(url_for("sign_in.form"))


@bp.get("/session")
@signed_in
@unnoticed
def session_left() -> ResponseReturnValue:
    """Whose session stands and for how long; asking does not prolong it."""
    return _session_left()


@bp.post("/session")
@signed_in
def prolong() -> ResponseReturnValue:
    """Somebody is still here: the idle clock starts again."""
    return _session_left()


def _session_left() -> Response:
    found = visitor()
    if found is None:
        raise NotSignedIn
    idle_at = found.caller.seen_at + desk().policy.sign_in.idle
    left = min(idle_at, found.caller.expires_at) - now()
    return answer({"user": str(found.caller.actor.user_id), "seconds": int(left.total_seconds())})


def _account(token: str) -> str:
    account = accounts.invited(token, now=now())
    if account is None:
        raise NotFound(SPENT)
    return account


def _page(shown: Form) -> str:
    given = request.values.get("next", "")
    return render_template(
        "sign_in.html",
        title="登录",
        form=shown,
        notice="请先登录，登录后回到刚才的页面" if given else "",
        next=given,
        sign_in_url=url_for("sign_in.submit"),
    )


def _choose(token: str, account: str, shown: Form) -> str:
    return render_template(
        "first_sign_in.html",
        title="设置密码",
        form=shown,
        account=account,
        url=url_for("sign_in.choose", token=token),
    )


def _target(fresh: Actor | None = None) -> str:
    """Where to go after signing in: a page of ours, else the set-up that waits, else the desk.

    `fresh` is who has just signed in.
    """
    asked = forms.local_address(request.values.get("next", ""))
    if asked or fresh is None:
        return asked or url_for("home.desk")
    runs = access.may(fresh, "setup.run", desk().policy.access)
    return url_for("setup.begin" if runs and setup.is_unfinished() else "home.desk")
