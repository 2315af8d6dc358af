"""Supervision 督办 as its pages and the page of a dispute show it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import url_for

from config.vocabulary import SupervisionKind
from config.words import label
from service.queries import supervision as queries
from service.queries.dispute import Opened
from service.queries.supervision import Chosen, SupervisionRow, SupervisionView
from service.rules import access
from service.rules import supervision as rules
from service.rules.supervision import STATE_WORDS, SupervisionState
from service.web import show
from service.web.door import actor, desk, now
from service.web.show import Mark

K = SupervisionKind
TONES: Final = {
    SupervisionState.LATE: "stop",
    SupervisionState.OPEN: "warn",
    SupervisionState.ANSWERED: "ok",
}
URGED: Final = "已催办"
# what the printed paper of a kind is called; an urge is none
PAPERS: Final[Mapping[SupervisionKind, str]] = MappingProxyType(
    {
        K.ORDER: "督办单",
        K.LISTED: "挂牌督办通知书",
        K.CIRCULAR: "督办情况通报",
        K.TALK: "约谈通知书",
    }
)
DEEDS: Final = {
    "supervision-order": "下达",
    "supervision-answer": "答复",
    "supervision-back": "退回答复",
    "supervision-end": "结束",
}
SHOWN: Final = 3  # on the page of a dispute


def row(each: SupervisionRow) -> dict[str, Any]:
    """One row of a list."""
    today = desk().today(now())
    press = desk().policy.supervisions[each.kind]
    detail = url_for("dispute.detail", dispute_id=each.dispute_id) if each.dispute_id else None
    return {
        "url": url_for("supervision.detail", supervision_id=each.id),
        "title": each.number or press.name,
        "kind_label": press.name,
        "local": press.local,
        "numbered": each.number is not None,
        "state": each.state.value,
        "state_label": state(each),
        "state_tone": TONES.get(each.state, "plain"),
        "deadline": deadline(each),
        "dispute_number": each.dispute_number,
        "dispute_url": detail,
        "restricted": each.restricted,
        "category_label": "" if each.restricted else show.category(each.category, desk().policy),
        "status_label": label(each.status),
        "organisation": each.organisation,
        "ordered_text": show.day(desk().today(each.ordered_at), year=today.year),
        "ordered_by": each.ordered_by,
    }


def state(each: SupervisionRow) -> str:
    """Where it stands, in words; an urge has been made, no more."""
    return URGED if each.kind is K.URGE else STATE_WORDS[each.state]


def deadline(each: SupervisionRow) -> Mark | None:
    """By when the reply is due, while it is waited for; how late it came when it came late."""
    today = desk().today(now())
    if each.state in (SupervisionState.OPEN, SupervisionState.LATE) and each.reply_by:
        mark = show.deadline(each.reply_by, today)
        said = f"最迟{show.day(each.reply_by, year=today.year)}"
        return Mark(mark.tone, mark.text, said) if mark else None
    return Mark("over", f"迟答 {each.late_days} 天") if each.late_days else None


def section(opened: Opened) -> dict[str, Any] | None:
    """What components/supervisions.html draws of a dispute; None for who has no business there."""
    may_order = "supervision.order" in opened.may
    rows = queries.of_opened(opened, actor=actor(), desk=desk(), now=now())
    view = opened.view
    pressable = rules.is_pressable(view.status, has_unit=view.organisation is not None)
    offered = may_order and pressable
    if not rows and not offered:
        return None
    return {
        "rows": [row(each) for each in rows[:SHOWN]],
        "folded": [row(each) for each in rows[SHOWN:]],
        "order_url": url_for("supervision.new", dispute=view.id) if offered else None,
    }


def pick_url() -> str | None:
    """Where ticked rows of a list lead, for who may press about them."""
    may = access.may(actor(), "supervision.order", desk().policy.access)
    return url_for("supervision.new") if may else None


def chosen(each: Chosen, *, ticked: bool) -> dict[str, Any]:
    """A chosen dispute as a brief row; one that nobody has in hand is not ticked."""
    policy, today = desk().policy, desk().today(now())
    return {
        "id": str(each.id),
        "number": each.number,
        "category_label": "受限" if each.restricted else show.category(each.category, policy),
        "status_label": label(each.status),
        "organisation": each.organisation or "没有承办单位",
        "deadline": show.deadline(
            each.due_on, today, provisional=each.due_provisional, paused=each.due_paused
        ),
        "pressable": each.pressable,
        "ticked": ticked and each.pressable,
    }


def detail(view: SupervisionView) -> dict[str, Any]:
    """One paper with its words and its course."""
    today, zone = desk().today(now()), desk().zone
    shown = row(view.row)
    return shown | {
        "words": view.words,
        "reply": view.reply,
        "sealed": view.sealed,
        "replied_text": show.moment(view.row.replied_at, zone) if view.row.replied_at else "",
        "replied_by": view.replied_by or "",
        "due": show.deadline(
            view.due_on, today, provisional=view.due_provisional, paused=view.due_paused
        ),
        "reply_by_text": show.long_day(view.row.reply_by) if view.row.reply_by else "",
        "paper_url": url_for("supervision.paper", supervision_id=view.row.id)
        if view.row.kind in PAPERS and not view.sealed
        else None,
        "paper_label": PAPERS.get(view.row.kind, ""),
        "course": [
            {
                "at_text": show.moment(each.at, zone),
                "actor": each.actor,
                "deed": DEEDS[each.deed],
                "words": each.words or "",
            }
            for each in view.course
        ],
    }
