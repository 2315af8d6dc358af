"""关联 on the page of a dispute: what it is tied to, and where to tie it."""

from typing import Any
from uuid import UUID

from flask import url_for

from config.words import label
from service.queries import link as links
from service.queries.dispute import Opened
from service.queries.link import LinkView
from service.web import show
from service.web.door import actor, desk, now


def shown(opened: Opened) -> dict[str, Any]:
    """For the dispute's own page: what it is tied to, and where to tie it, for who may."""
    dispute_id, may = opened.view.id, "dispute.link" in opened.may
    known = opened.key is not None  # whom else it is about tells whom it is about
    found = links.of_opened(dispute_id, actor=actor(), desk=desk(), now=now()) if known else []
    return {
        "ties": [_tie(each, dispute_id, may=may) for each in found],
        "tie_url": url_for("link.ask", dispute_id=dispute_id) if may else None,
    }


def _tie(each: LinkView, dispute_id: UUID, *, may: bool) -> dict[str, Any]:
    what = show.category(each.category, desk().policy) if each.category else each.organisation
    told = "，".join(part for part in (what, label(each.relation)) if part)
    change = url_for("link.ask", dispute_id=dispute_id, number=each.number) if may else None
    return {
        "number": each.number,
        "label": f"{each.number}（{told}）",
        "url": url_for("dispute.detail", dispute_id=each.id) if each.id else None,
        "why": "、".join(label(reason) for reason in each.reasons),
        "change_url": change,
    }
