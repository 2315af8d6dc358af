"""共享与指定 on the page of a dispute: who sees it besides, and how to let somebody see it."""

from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from config.words import label
from service.queries import restricted as queries
from service.queries.dispute import Opened, SharedView
from service.queries.restricted import GlassView, NamedView
from service.queries.share import ShareView
from service.rules.restricted import GlassState
from service.web import show
from service.web.door import actor, desk, now

STATES = {
    GlassState.PENDING: ("等第二人决定", "warn"),
    GlassState.LAPSED: ("没有人处理，已过时", "plain"),
    GlassState.REFUSED: ("没有同意", "plain"),
    GlassState.OPEN: ("正在查阅", "stop"),
    GlassState.OVER: ("已经结束", "plain"),
}


def section(opened: Opened) -> dict[str, Any]:
    """What components/guarded.html draws of a dispute."""
    view, may = opened.view, opened.may
    named = queries.of_opened(view.id) if view.restricted else []
    may_share = "dispute.share" in may and not view.restricted
    page = url_for("restricted.page", dispute_id=view.id)
    marks = {"dispute.restrict"} if not view.restricted else {"dispute.name", "dispute.unrestrict"}
    return {
        "restricted": view.restricted,
        "named": [f"{each.person}（{each.organisation}）" for each in named if not each.ended_at],
        "shares": [shared(each) for each in opened.shared] if may_share else [],
        "share_url": url_for("share.listed", dispute_id=view.id) if may_share else None,
        "page_url": page if marks & may else None,
        "name_url": f"{page}#g-named" if "dispute.name" in may else None,
        "glass_url": f"{page}#g-glass" if view.sealed and "dispute.break_glass" in may else None,
        "glass": glass_of(opened),
        "open_text": left(desk().policy.restricted.glass_open),
    }


def glass_of(opened: Opened) -> dict[str, Any] | None:
    """What the viewer asked for last, while it waits or is open."""
    if not opened.view.restricted or "dispute.break_glass" not in opened.may:
        return None
    found = queries.mine(opened.view.id, actor=actor(), desk=desk(), now=now())
    running = found is not None and found.state in (GlassState.PENDING, GlassState.OPEN)
    return glass(found) if found is not None and running else None


def glass(each: GlassView) -> dict[str, Any]:
    """One request in words."""
    zone, waits = desk().zone, desk().policy.restricted.glass_waits
    text, tone = STATES[each.state]
    until = each.until if each.decided_at else each.asked_at + waits
    return {
        "number": each.number,
        "organisation": each.organisation or "",
        "asker": each.asker,
        "asker_organisation": each.asker_organisation,
        "asked_text": show.moment(each.asked_at, zone),
        "state": each.state.value,
        "state_label": text,
        "state_tone": tone,
        "decided_text": f"{show.moment(each.decided_at, zone)} {each.decided_by or ''}".strip()
        if each.decided_at
        else "",
        "until_text": show.moment(until, zone) if until else "",
        "left_text": left(until - now()) if until and until > now() else "",
        "ended_text": show.moment(each.ended_at, zone) if each.ended_at else "",
        "end_url": url_for("restricted.end_glass", glass_id=each.id),
        "decide_url": url_for("restricted.glass", glass_id=each.id)
        if each.state is GlassState.PENDING and each.asker_id != actor().user_id
        else None,
    }


def left(span: timedelta) -> str:
    """3 小时 20 分; the last minute counts whole."""
    minutes = -(-int(span.total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} 小时" if hours else "", f"{rest} 分" if rest else "")))


def person(each: NamedView, dispute_id: Any) -> dict[str, Any]:
    """One naming in words."""
    zone = desk().zone
    return {
        "name": each.person,
        "organisation": each.organisation,
        "named_text": f"{show.moment(each.named_at, zone)} {each.named_by}",
        "ended_text": show.moment(each.ended_at, zone) if each.ended_at else "",
        "end_url": None
        if each.ended_at
        else url_for("restricted.end_naming", dispute_id=dispute_id, named_id=each.id),
    }


def shared(each: SharedView) -> dict[str, str]:
    """One share in force, in words."""
    return {
        "organisation": each.organisation,
        "purpose_label": label(each.purpose),
        "until_text": _until(each.until),
    }


def _until(until: datetime | None) -> str:
    """到 2026年11月22日, the last day included."""
    if until is None:
        return "到办完"
    last = desk().today(until - timedelta(seconds=1))
    return f"到 {show.day(last, year=desk().today(now()).year)}"


def share(each: ShareView) -> dict[str, Any]:
    """One share in words."""
    zone = desk().zone
    return {
        "id": each.id,
        "organisation": each.organisation,
        "purpose_label": label(each.purpose),
        "basis": each.basis or "",
        "shared_text": f"{show.moment(each.shared_at, zone)} {each.shared_by or ''}".strip(),
        "until_text": _until(each.until),
        "running": each.running,
        "ended_text": show.moment(each.ended_at, zone) if each.ended_at else "",
    }
