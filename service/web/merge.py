"""并案 on pages and for programs: what went into a dispute, and where a merged one leads."""

from typing import Any

from flask import url_for

from service.queries import merge as queries
from service.queries.dispute import DisputeView, Opened
from service.queries.merge import MergedView
from service.queries.person import Beside
from service.rules import merge as rules
from service.rules.dispute import OPEN
from service.web import show
from service.web.door import actor, desk, now


def leading(view: DisputeView) -> dict[str, Any]:
    """`merged_into` of one that was merged, for programs; the id for who may read that one."""
    if not view.merged:
        return {}
    found = queries.leads(view.id, actor=actor(), desk=desk(), now=now())
    if found is None:
        return {}
    into = {"number": found.number, "id": str(found.id) if found.id else None}
    return {"merged_into": into}


def section(opened: Opened, beside: Beside) -> dict[str, Any]:
    """For the page of a dispute: what went into it, and where to merge and look for more."""
    dispute_id, may = opened.view.id, opened.may
    ways = "dispute.link" in may and opened.key is not None
    found = queries.of_opened(opened, desk=desk()) if beside.merges else []
    merges = "dispute.merge" in may and opened.key is not None and opened.view.status in OPEN
    return {
        "merge_url": url_for("merge.ask", dispute_id=dispute_id) if merges else None,
        "items": [_item(each, opened) for each in found],
        "like_url": url_for("duplicate.like", dispute_id=dispute_id) if ways else None,
        "recusal_url": url_for("recusal.listed", dispute_id=dispute_id)
        if opened.view.mediator and may & {"recusal.ask", "recusal.decide"}
        else None,
        "repeat_url": url_for("repeat.ask", dispute_id=dispute_id)
        if "dispute.repeat" in may and opened.key is not None
        else None,
    }


def _item(each: MergedView, opened: Opened) -> dict[str, Any]:
    today = desk().today(now())
    may = "dispute.merge" in opened.may and each.directly and today <= each.undone_until
    undo = url_for("merge.ask_undo", dispute_id=opened.view.id, merge_id=each.merge_id)
    facts = [
        ("类别", show.category(each.category, desk().policy)),
        ("登记", show.day(each.registered_on, year=today.year)),
        ("发生日期", show.day(each.occurred_on, year=today.year) if each.occurred_on else ""),
        ("地点", each.place),
        ("金额", show.yuan(each.amount_fen)),
        ("人数", each.people_count),
        *((fact["label"], fact["value"]) for fact in show.facts(each.facts)),
    ]
    return {
        "number": each.number,
        "facts": [(name, value) for name, value in facts if value not in (None, "")],
        "narrative": each.narrative,
        "merged_text": f"{show.moment(each.merged_at, desk().zone)} {each.merged_by} 并入",
        "reason": each.reason,
        "undo_url": undo if may else None,
        "until_text": show.long_day(each.undone_until),
        "days": rules.UNDONE_WITHIN.days,
    }
