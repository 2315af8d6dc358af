"""登录: in and out, and the first password of a new account."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Invalid, NotFound, SignInRefused
from service.operations import sign_in as operations
from service.operations import user as users
from service.queries import user as accounts
from service.web.door import clear_cookie, desk, now, public, set_cookie, signed_in, visitor
from service.web.form import Form, typed

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    """The form; somebody already signed in goes on."""
    if visitor() is not None:
        return _see(_target())
    return _page(Form())


@bp.post("/sign-in")
@public
def submit() -> ResponseReturnValue:
    """Check and open a session."""
    try:
        begun = operations.sign_in(
            request.form.get("username", ""),
            request.form.get("password", ""),
            desk=desk(),
            now=now(),
        )
    except SignInRefused as refusal:
        return _page(typed(request.form, {"": [refusal.detail]})), 401
    return set_cookie(_see(_target()), begun.token, begun.expires_at)


@bp.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """End the session."""
    found = visitor()
    if found is not None:
        operations.sign_out(found.token, now=now())
    return clear_cookie(_see(url_for("sign_in.form")))


@bp.get("/first-sign-in/<token>")
@public
def invited(token: str) -> ResponseReturnValue:
    """Whoever holds a one-time link chooses the account's password."""
    account = accounts.by_invitation(token, now=now())
    if account is None:
        raise NotFound("这个链接已经用过或已过期，请管理员重新发送")
    return _choose(token, account.username, Form())


@bp.post("/first-sign-in/<token>")
@public
def choose(token: str) -> ResponseReturnValue:
    """Set the first password; the link is spent."""
    password = request.form.get("password", "")
    account = accounts.by_invitation(token, now=now())
    if account is None:
        raise NotFound("这个链接已经用过或已过期，请管理员重新发送")
    try:
        if password != request.form.get("again", ""):
            raise Invalid({"again": ["两次输入的密码不一致"]})
        users.accept_invitation(token, password, now=now())
    except Invalid as refusal:
        return _choose(token, account.username, typed(request.form, refusal.fields)), 422
    return _see(url_for("sign_in.form"))


@bp.get("/session")
@signed_in
def session_left() -> ResponseReturnValue:
    """Nothing but whether the session still stands; asking does not count as working."""
    return Response(status=204)


def _page(shown: Form) -> str:
    notice = "请先登录，登录后回到刚才的页面" if request.args.get("next") else ""
    return render_template(
        "sign_in.html",
        title="登录",
        form=shown,
        needs_totp=False,
        notice=notice,
        next=_given_target(),
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


def _given_target() -> str:
    return request.values.get("next", "")


def _target() -> str:
    """Where to go after signing in: a page of ours, or the desk."""
    given = _given_target()
    parts = urlsplit(given.replace("\\", "/"))
    ours = given.startswith("/") and not given.startswith(("//", "/\\"))
    safe = ours and not parts.netloc and not parts.scheme and given.isprintable()
    return given if safe else url_for("home.desk")


def _see(address: str) -> Response:
    return Response(status=303, headers={"Location": address})
