"""重复来访 on the page of a dispute: who came again, and that somebody has to look into it."""

from typing import Any

from service.queries import person
from service.queries import repeat as queries
from service.queries.dispute import Opened
from service.queries.person import Beside
from service.web import show
from service.web.door import actor, desk, now


def section(opened: Opened, beside: Beside) -> dict[str, Any]:
    """Every visit again, whether it is too often, and the same two people elsewhere."""
    found = queries.of_opened(opened) if beside.repeats else []
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    names = {each.id: each.name for each in opened.view.parties}
    policy = desk().policy.repeats
    return {
        "items": [
            {
                "ordinal": each.ordinal,
                "came_text": show.long_day(each.came_on),
                "who": names.get(each.party_id, "") if each.party_id else "",
                "words": each.words or "",
                "by": f"{each.organisation} {each.recorded_by}",
            }
            for each in found
        ],
        "review": f"{policy.within.days} 天内重复来访 {policy.review_at} 次以上，请中心主任过问"
        if queries.wants_review(found, desk=desk(), now=now())
        else "",
        "again": person.again(opened, **told) if beside.again else [],
    }
