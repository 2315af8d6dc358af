"""Handovers 移交 as their pages and the page of a dispute show them."""

from datetime import datetime, timedelta
from typing import Any, Final

from flask import url_for

from config.vocabulary import HandoverKind, HandoverState
from config.words import label
from service.queries import handover as queries
from service.queries.dispute import Opened
from service.queries.handover import HandoverRow, HandoverView
from service.rules import handover as rules
from service.rules import office_hours
from service.web import show
from service.web.door import actor, desk, now
from service.web.route import basis
from service.web.show import Mark

S = HandoverState
TONES: Final = {
    S.OPEN: "warn",
    S.ACCEPTED: "ok",
    S.RETURNED: "stop",
    S.BOUNCED: "stop",
}
SOON: Final = timedelta(hours=1)
SHOWN: Final = 3  # on the page of a dispute


def row(each: HandoverRow) -> dict[str, Any]:
    """One row of a list."""
    policy, zone = desk().policy, desk().zone
    detail = url_for("dispute.detail", dispute_id=each.dispute_id) if each.dispute_id else None
    url = _url(each, "handover.detail") if each.dispute_id else None
    return {
        "url": url,
        "dispute_url": detail,
        "number": each.number,
        "restricted": each.restricted,
        "category_label": "" if each.restricted else show.category(each.category, policy),
        "status_label": show.status(each.status, None if each.restricted else each.outcome),
        "lead": each.lead or "",
        "kind_label": label(each.kind),
        "state_label": label(each.state),
        "state_tone": TONES.get(each.state, "plain"),
        "from": each.from_organisation,
        "to": each.to_organisation,
        "channels": _channels(each),
        "sent_text": show.moment(each.sent_at, zone),
        "answered_text": show.moment(each.answered_at, zone) if each.answered_at else "",
        "left": left(each),
        "why": why(each),
        "times_back": each.times_back,
    }


def _channels(each: HandoverRow) -> str:
    """人民调解 → 行政调解; nothing where the centre dispatched."""
    if each.from_channel is None or each.from_channel is each.to_channel:
        return ""
    return f"{label(each.from_channel)} → {label(each.to_channel)}"


def _url(each: HandoverRow, endpoint: str) -> str:
    return url_for(endpoint, dispute_id=each.dispute_id, handover_id=each.id)


def why(each: HandoverRow) -> str:
    """The coded reason it was returned for."""
    reason = desk().policy.handovers.reasons.get(each.return_code or "")
    return reason.name if reason else ""


def left(each: HandoverRow) -> Mark | None:
    """How much office time is left for the answer."""
    if each.state is not S.OPEN:
        return None
    if each.due_at is None:
        return Mark("soon", "等签收")
    data, tools = desk().policy.handovers, desk()
    rest = office_hours.between(now(), each.due_at, data.hours, tools.calendar, tools.zone)
    by = f"{show.moment(each.due_at, tools.zone)} 前"
    if not rest:
        return Mark("over", "已到时限", by)
    tone = "soon" if rest <= SOON else "ok"
    return Mark(tone, f"还有 {hours(rest)}", by, _is_provisional(each.due_at))


def _is_provisional(due_at: datetime) -> bool:
    """Whether the instant lies in a year whose days off are not published yet 暂定."""
    return not desk().calendar.is_published(desk().today(due_at))


def _due_text(due_at: datetime | None) -> str:
    if due_at is None:
        return ""
    return show.moment(due_at, desk().zone) + ("（暂定）" if _is_provisional(due_at) else "")


def _term() -> str:
    """8 小时办公时间，本中心内部时限（…）: how long a unit has, and by what."""
    data = desk().policy.handovers
    return "，".join([hours(data.answer), *(basis(**each.as_dict()) for each in data.basis)])


def hours(length: timedelta) -> str:
    """3 小时 20 分办公时间."""
    minutes = max(int(length.total_seconds()) // 60, 1)
    whole, rest = divmod(minutes, 60)
    told = (f"{whole} 小时" if whole else "", f"{rest} 分" if rest else "")
    return " ".join(filter(None, told)) + "办公时间"


def section(opened: Opened) -> dict[str, Any] | None:
    """What components/handovers.html draws of a dispute; None where there is nothing to say."""
    found = queries.of_opened(opened, actor=actor(), desk=desk(), now=now())
    view = opened.view
    waits = any(each.state is S.OPEN for each in found)
    may = "handover.send" in opened.may and not view.restricted and not waits
    offered = may and view.status in rules.SENDABLE and view.organisation is not None
    if not found and not offered:
        return None
    newest = [row(each) for each in reversed(found)]
    return {
        "rows": newest[:SHOWN],
        "folded": newest[SHOWN:],
        "send_url": url_for("handover.new", dispute_id=view.id) if offered else None,
    }


def detail(view: HandoverView) -> dict[str, Any]:
    """One letter with its words."""
    zone = desk().zone
    shown = row(view.row)
    handed = view.row.kind is not HandoverKind.DISPATCH
    address: dict[str, Any] = {"dispute_id": view.dispute, "handover_id": view.row.id}
    return shown | {
        "number_text": f"{view.row.number}-{view.row.ordinal}",
        "handed": handed,
        "sealed": view.sealed,
        "sent_by": view.sent_by or "",
        "answered_by": view.answered_by or "",
        "due_text": _due_text(view.row.due_at),
        "term_text": _term() if view.row.due_at else "",
        "accepted_text": show.moment(view.row.accepted_at, zone) if view.row.accepted_at else "",
        "consent": label(view.consent) if view.consent else "",
        "consent_on": show.long_day(view.consent_on) if view.consent_on else "",
        "consent_people": "、".join(view.consent_people),
        "ground": view.ground or "",
        "papers": list(view.papers),
        "risk": view.risk or "",
        "reason": view.reason or "",
        "return_words": view.return_words or "",
        "version": view.version,
        "paper_url": url_for("handover.paper", **address) if handed else None,
        "accept_url": url_for("handover.accept", **address) if view.may_answer else None,
        "return_url": url_for("handover.give_back", **address) if view.may_answer else None,
        "withdraw_url": url_for("handover.withdraw", **address) if view.may_withdraw else None,
    }
