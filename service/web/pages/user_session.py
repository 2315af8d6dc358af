"""会话: where one is signed in, and to end it there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from service.operations import user_session as operations
from service.queries import user_session as queries
from service.queries.user_session import SessionView
from service.web import form as forms
from service.web import show
from service.web.door import actor, desk, now, signed_in, visitor

bp = Blueprint("user_session", __name__)


@bp.get("/sessions")
@signed_in
def listed() -> ResponseReturnValue:
    """One's own running sessions."""
    policy = desk().policy.sign_in
    running = queries.running(actor().user_id, policy=policy, now=now(), token=_token())
    return render_template(
        "user_session/list.html",
        title="会话",
        rows=[_row(each) for each in running],
        others_url=url_for("user_session.end_others") if len(running) > 1 else None,
        most=policy.session_count,
        idle_minutes=int(policy.idle.total_seconds() // 60),
        hours=int(policy.absolute.total_seconds() // 3600),
    )


@bp.post("/sessions/<uuid:session_id>/end")
@signed_in
def end(session_id: UUID) -> ResponseReturnValue:
    """End one of them."""
    operations.end(session_id, actor=actor(), desk=desk(), now=now())
    flash("已退出那里的登录")
    return forms.see(url_for("user_session.listed"))


@bp.post("/sessions/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all but this one."""
    count = operations.end_others(_token(), actor=actor(), now=now())
    flash(f"已退出其他 {count} 处登录" if count else "没有其他地方登录")
    return forms.see(url_for("user_session.listed"))


def _token() -> str:
    found = visitor()
    return found.token if found else ""


def _row(view: SessionView) -> dict[str, Any]:
    zone = desk().zone
    return {
        "device": view.device or "不详",
        "address": view.address or "不详",
        "started_text": show.moment(view.started_at, zone),
        "seen_text": show.moment(view.seen_at, zone),
        "current": view.current,
        "end_url": None if view.current else url_for("user_session.end", session_id=view.id),
    }
