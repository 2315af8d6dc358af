"""Leaders in charge 领导包案 as their pages and the page of a dispute show them."""

from typing import Any, Final

from flask import url_for

from service.queries import charge as queries
from service.queries.charge import BriefDispute, ChargeRow, ChargeView
from service.queries.dispute import Opened
from service.web import show
from service.web.door import desk, now

SHOWN: Final = 2  # measures on the page of a dispute


def section(opened: Opened) -> dict[str, Any] | None:
    """What components/charge.html draws of a dispute; None where there is nothing to tell."""
    found = queries.of_opened(opened)
    names = queries.may_name(opened)
    if not found and not names:
        return None
    runs = next((charge(each) for each in found if each.ended_at is None), None)
    return {
        "running": runs,
        "measures": runs["measures"][:SHOWN] if runs else [],
        "ended": sum(each.ended_at is not None for each in found),
        "url": url_for("charge.of_dispute", dispute_id=opened.view.id),
        "names": names,
    }


def charge(each: ChargeView) -> dict[str, Any]:
    """One charge with its measures."""
    zone, year = desk().zone, desk().today(now()).year
    return {
        "leader": each.leader,
        "named_by": each.named_by,
        "named_text": show.day(desk().today(each.named_at), year=year),
        "looked_text": show.day(each.looked_on, year=year),
        "ended_text": show.day(desk().today(each.ended_at), year=year) if each.ended_at else "",
        "ended_as": each.ended_as or "",
        "measures": [
            {
                "by": measure.written_by,
                "at_text": show.moment(measure.written_at, zone),
                "words": measure.words,
            }
            for measure in each.measures
        ],
    }


def row(each: ChargeRow) -> dict[str, Any]:
    """One row of a list."""
    return dispute(each.dispute) | charge(each.charge)


def dispute(each: BriefDispute) -> dict[str, Any]:
    """The dispute as a brief row; it opens for who may read it."""
    today, policy = desk().today(now()), desk().policy
    return {
        "url": url_for("charge.of_dispute", dispute_id=each.id),
        "dispute_url": url_for("dispute.detail", dispute_id=each.id) if each.opens else None,
        "number": each.number,
        "category_label": show.category(each.category, policy) if each.category else "受限",
        "status_label": show.status(each.status, None),
        "organisation": each.organisation or "没有承办单位",
        "deadline": show.deadline(
            each.due_on, today, provisional=each.due_provisional, paused=each.due_paused
        ),
    }
