"""登录: in and out, the second factor, and the first password of a new account."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, flash, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.errors import Invalid, NotSignedIn, SignInRefused, TooOften
from service.operations import password as passwords
from service.operations import sign_in as operations
from service.operations import sign_in_slip
from service.operations.sign_in import HalfWay, SignedIn
from service.queries import setup
from service.queries.sign_in_slip import SignInSlip
from service.rules import access
from service.rules import password as password_rules
from service.rules.access import Actor
from service.web import form as forms
from service.web.cookie import clear_cookie, set_cookie
from service.web.door import (
    actor,
    answer,
    brief,
    desk,
    now,
    origin,
    public,
    signed_in,
    unnoticed,
    unsettled,
    visitor,
)
from service.web.form import Form

bp = Blueprint("sign_in", __name__)
NAMED: Final = "named"
HELD_BACK: Final = "试得太频繁了，请过 {minutes} 分钟再试，或者请管理员重新发一个登录码"
TRY_LATER: Final = "试得太频繁了，请过 {minutes} 分钟再试"
CODE_REFUSED: Final = "动态口令不对、已经用过，或者等得太久了；多次不对会暂时锁定账户"
REFUSED: Final = "用户名或登录码不对，登录码已经用过或者过期了，或者账户暂时锁定"


@bp.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    """The form; somebody already signed in goes on."""
    if visitor() is not None:
        return forms.see(_target())
    return _page(Form(key="", values={"username": session.pop(NAMED, "")}))


@bp.post("/sign-in")
@public
@brief
def submit() -> ResponseReturnValue:
    """Check and open a session; a code is asked on a page of its own, as is a first password."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        begun = operations.enter(username, password, origin=origin(), desk=desk(), now=now())
    except SignInRefused as refusal:
        return _page(forms.typed(request.form, {"": [refusal.detail]})), 401
    except TooOften as refusal:
        return _held_back(refusal, TRY_LATER, _page)
    if isinstance(begun, SignInSlip):  # answered here: an address would keep the code
        return _choose(begun, Form(key=""))
    if isinstance(begun, HalfWay):
        return _ask_code(Form(key=""), begun.ticket), 401
    return _let_in(begun)


@bp.post("/sign-in/code")
@public
@brief
def finish() -> ResponseReturnValue:
    """Check the code of the second factor and open a session."""
    ticket, code = request.form.get("half_way", ""), request.form.get("code", "")
    try:
        begun = operations.finish(ticket, code, origin=origin(), desk=desk(), now=now())
    except SignInRefused:
        return _ask_code(forms.typed(request.form, {"": [CODE_REFUSED]}), ticket), 401
    except TooOften as refusal:
        return _held_back(refusal, TRY_LATER, lambda shown: _ask_code(shown, ticket))
    return _let_in(begun)


@bp.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """End the session."""
    found = visitor()
    if found is not None:
        operations.sign_out(found.token, actor=actor(), now=now())
    flash("已退出")
    return clear_cookie(forms.see(url_for("sign_in.form")))


@bp.get("/first-sign-in")
@public
def slip() -> ResponseReturnValue:
    """The two fields of a sign-in slip; script fills them from the fragment of its link."""
    return _slip_page(Form(key=""))


@bp.post("/first-sign-in")
@public
@brief
def choose() -> ResponseReturnValue:
    """Look at the slip, and set the first password when one came along; the code is spent."""
    username, code = request.form.get("username", ""), request.form.get("sign_in_code", "")
    try:
        found = sign_in_slip.look(username, code, address=_caller(), desk=desk(), now=now())
        if "password" not in request.form:
            return _choose(found, Form(key=""))
        return _chosen(found)
    except SignInRefused:
        return _slip_page(forms.typed(request.form, {"": [REFUSED]})), 401
    except TooOften as refusal:
        return _held_back(refusal, HELD_BACK, _slip_page)


@bp.get("/first-sign-in/<long_code>")
@public
def link(long_code: str) -> ResponseReturnValue:
    """A link of the earlier kind, whose code is too long to be guessed; others lead nowhere."""
    try:
        found = sign_in_slip.follow(long_code, address=_caller(), desk=desk(), now=now())
    except TooOften as refusal:
        return _held_back(refusal, HELD_BACK, _slip_page)
    return _choose(found, Form(key=""))


@bp.get("/session")
@signed_in
@unnoticed
@unsettled
def session_left() -> ResponseReturnValue:
    """Whose session stands and for how long; asking does not prolong it."""
    return _session_left()


@bp.post("/session")
@signed_in
@unsettled
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


def _let_in(begun: SignedIn) -> Response:
    """Hand over the session; the one this browser had before ends."""
    found = visitor()
    if found is not None:
        operations.sign_out(found.token, actor=actor(), now=now())
    return set_cookie(forms.see(_target(begun.actor)), begun.token, begun.expires_at)


def _chosen(found: SignInSlip) -> ResponseReturnValue:
    password = request.form.get("password", "")
    try:
        _refuse_password(password, username=found.username)
        sign_in_slip.set_password(found, password, desk=desk(), now=now())
    except Invalid as refusal:
        return _choose(found, forms.typed(request.form, refusal.fields)), 422
    session[NAMED] = found.username  # their next page has it typed already
    flash(f"密码已设置，请用账号 {found.username} 登录")
    return forms.see(url_for("sign_in.form"))


def _refuse_password(password: str, *, username: str) -> None:
    """Raises Invalid with all that is wrong with the two fields in one go."""
    problem = passwords.problem(password, username=username, desk=desk())
    wrong = {"password": [problem]} if problem else {}
    if password != request.form.get("again", ""):
        wrong["again"] = ["两次输入的密码不一样"]
    if wrong:
        raise Invalid(wrong)


def _held_back(refusal: TooOften, said: str, shown: Callable[[Form], str]) -> Response:
    """The form again, and how long to wait."""
    told = said.format(minutes=-(-refusal.seconds // 60))
    page = shown(forms.typed(request.form, {"": [told]}))
    return Response(page, 429, {"Retry-After": str(refusal.seconds)})


def _caller() -> str:
    return request.remote_addr or ""


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


def _ask_code(shown: Form, ticket: str) -> str:
    return render_template(
        "sign_in_code.html",
        title="输入动态口令",
        form=shown,
        half_way=ticket,
        next=request.values.get("next", ""),
        post_url=url_for("sign_in.finish"),
        back_url=url_for("sign_in.form"),
    )


def _slip_page(shown: Form) -> str:
    return render_template(
        "first_sign_in.html",
        title="第一次登录",
        form=shown,
        slip=None,
        asked_for="",
        url=url_for("sign_in.choose"),
    )


def _choose(found: SignInSlip, shown: Form) -> str:
    return render_template(
        "first_sign_in.html",
        title="设置密码",
        form=shown,
        slip=found,
        asked_for=password_rules.asked_for(desk().policy.passwords),
        url=url_for("sign_in.choose"),
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
