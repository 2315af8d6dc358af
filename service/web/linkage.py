"""府检府院联动 as its pages show it."""

from typing import Any, Final
from uuid import UUID

from flask import url_for

from config.linkage import PERIODS, LinkagePeriod, Register
from service.queries import linkage as queries
from service.queries.linkage import (
    ChainView,
    Count,
    LetterView,
    LinkageRow,
    LinkageView,
    StageView,
)
from service.web import show
from service.web.clock import law
from service.web.door import actor, desk, now
from service.web.show import Mark

BOXES: Final = {
    "": "全部",
    "due": "有期限的",
    "soon": "七天内到期",
    "late": "超期",
    "open": "没有办完",
    "done": "办完",
}


def row(each: LinkageRow, *, linked: bool = True) -> dict[str, Any]:
    """One row of a list; it opens only for who may read it."""
    register = desk().policy.linkages[each.register]
    period = each.period if each.period is not LinkagePeriod.ONCE else None
    return {
        "url": address(register, "detail", linkage_id=each.id) if linked else None,
        "number": each.number,
        "register_label": register.name,
        "sort_label": register.sorts.get(each.sort, each.sort),
        "title": each.title or "",
        "asker": each.asker,
        "sign": each.sign or "",
        "organisation": each.organisation,
        "received_text": show.day(each.received_on, year=desk().today(now()).year),
        "stage_label": register.stages[each.stage].name,
        "stage_tone": "plain" if each.ended_on else "warn",
        "deadline": _deadline(each),
        "period_label": PERIODS[period] if period else "",
    }


def detail(view: LinkageView) -> dict[str, Any]:
    """One row with its stages."""
    register = desk().policy.linkages[view.row.register]
    ended = view.row.ended_on
    return row(view.row) | {
        "sealed": register.sealed,
        "words": view.words or "",
        "asker_label": register.asker,
        "sign_label": register.sign,
        "day_label": register.day,
        "received_text": show.long_day(view.row.received_on),
        "due_text": show.long_day(view.row.due_on) if view.row.due_on else "",
        "ended_text": show.long_day(ended) if ended else "",
        "basis": "；".join(law(register.basis)),
        "lawsuit": _suit(view),
        "letters": [_letter(each) for each in view.letters],
        "names": [each.name for each in view.names],
        "stages": [_stage(register, each) for each in view.stages],
        "version": view.version,
    }


def count(each: Count, *, opens: bool) -> dict[str, Any]:
    """The numbers of a register; each leads to exactly its rows, where they may be listed."""
    register = desk().policy.linkages[each.register]

    def cell(number: int, box: str) -> dict[str, Any]:
        told = {"register": register.id.value} | ({"box": box} if box else {})
        url = address(register, "listed", **told) if opens and number else None
        return {"text": str(number), "url": url}

    return {
        "name": register.name,
        "total": cell(each.total, ""),
        "open": cell(each.open, "open"),
        "late": cell(each.late, "late"),
        "is_late": each.late > 0,
    }


def address(register: Register, page: str, /, **values: Any) -> str:
    """Where a page of a register is: the sealed ones have a room of their own."""
    names = {"listed": "referrals", "new": "refer_new", "detail": "referral"}
    return url_for(f"linkage.{names[page] if register.sealed else page}", **values)


def _deadline(each: LinkageRow) -> Mark | None:
    if each.due_on is None:
        return None
    today = desk().today(now())
    if each.ended_on is None:
        return show.deadline(each.due_on, today, provisional=each.provisional)
    late = (each.ended_on - each.due_on).days
    return Mark("over", f"逾期 {late} 天") if late > 0 else Mark("ended", "按期")


def _stage(register: Register, each: StageView) -> dict[str, Any]:
    late = (each.on - each.due_on).days if each.late and each.due_on else 0
    return {
        "at_text": show.long_day(each.on),
        "actor": each.recorded_by,
        "action": register.stages[each.stage].name,
        "said": "　".join(filter(None, (each.paper, f"逾期 {late} 天" if late else ""))),
        "note": each.words or "",
        "change": None,
    }


def chains(*, letter: str | None = None, lawsuit: UUID | None = None) -> list[dict[str, Any]]:
    """The cases of the procuratorate that a letter, by its number, or a suit belongs to."""
    found = queries.chains_of(letter=letter, lawsuit=lawsuit, actor=actor(), desk=desk())
    return [_chain(each) for each in found]


def _chain(each: ChainView) -> dict[str, Any]:
    url = url_for("linkage.detail", linkage_id=each.id) if each.id else None
    return {"number": each.number, "title": each.title, "url": url}


def _letter(each: LetterView) -> dict[str, str]:
    url = url_for("suggestion.detail", suggestion_id=each.id)
    return {"number": each.document_number, "url": url}


def _suit(view: LinkageView) -> dict[str, Any] | None:
    if view.lawsuit is None:
        return None
    opens = view.lawsuit.id is not None
    url = url_for("lawsuit.detail", lawsuit_id=view.lawsuit.id) if opens else None
    return {"number": view.lawsuit.case_number, "url": url}
