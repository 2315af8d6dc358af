"""查找: one box for everything somebody may know of a dispute; the answers stand in groups.

An ID number or a whole phone number is answered where it was posted: it never stands in an
address, and is not shown again.
"""

from contextlib import suppress
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from config.text import holds_private_number
from service.errors import Invalid, NotFound
from service.operations import search as operations
from service.queries import consultation as consultations
from service.queries import dispute as disputes
from service.queries import dispute_row, receipt
from service.queries import number as numbers
from service.queries import search as queries
from service.queries.consultation import ConsultationRow
from service.queries.dispute_row import DisputeRow, Filters
from service.queries.page import Page
from service.queries.search import Elsewhere
from service.rules import access
from service.rules import search as rules
from service.rules.search import Asked, Part
from service.web import consultation, show, supervision
from service.web import form as forms
from service.web.door import action, actor, desk, now

bp = Blueprint("search", __name__)
FIRST: Final = 8
PAGE: Final = 25
MOST_TYPED: Final = 60
MOST_SCANNED: Final = 300
TITLES: Final = {
    Part.NUMBER: "编号",
    Part.PARTY: "当事人",
    Part.NARRATIVE: "经过里的词",
    Part.PHONE: "电话尾号",
}
CONSULTATIONS: Final = "consultation"
PRIVATE: Final = "证件号码和电话请填在查找框里再查，不要写在网址里。"
UNREADABLE: Final = "这串数字不是完整的证件号码或电话，请核对后只填号码。"
SAME_NUMBER: Final = "证件号码相同"
SAME_PHONE: Final = "电话号码相同"


@bp.get("/search")
@action("dispute.list")
def find() -> ResponseReturnValue:
    """What is found, in groups; one group by pages; a full number leads to its dispute."""
    text = request.args.get("q", "").strip()[:MOST_TYPED]
    if rules.is_identity(text) or holds_private_number(text):
        return _page("", notice=PRIVATE)
    number = _meant(text)
    known = None if rules.is_bare(text) else _of_number(number)
    if known is not None:
        return known
    if not text:
        return _page("")
    asked = rules.read(text)
    one = request.args.get("part", "")
    if one in set(Part) or (one == CONSULTATIONS and _may_see_consultations()):
        return _whole_group(text, asked, one)
    groups = [
        _group(text, asked, part, _found(text, part, FIRST))
        for part in TITLES
        if _may_lie(asked, part)
    ]
    if number and rules.is_bare(text):
        groups[0] = _group(number, rules.read(number), Part.NUMBER, _found(number, Part.NUMBER, 1))
    groups += _consulted(text)
    return _page(text, groups=[each for each in groups if each["rows"]], slip=_slip(number))


@bp.post("/search")
@action("dispute.list")
def ask() -> ResponseReturnValue:
    """What was typed or scanned into the box of any page."""
    text = request.form.get("q", "").strip()[:MOST_SCANNED]
    number = _meant(text)
    known = None if rules.is_bare(text) else _of_number(number)
    if known is not None:
        return known
    identity, phone = rules.identity_in(text), rules.phone_in(text)
    if identity:
        return _same_person(identity)
    if phone:
        return _same_phone(phone)
    if holds_private_number(text):
        return _page("", notice=UNREADABLE)
    typed = text if number is None or rules.is_bare(text) else number
    return forms.see(url_for("search.find", q=typed[:MOST_TYPED]))


def _meant(text: str) -> str | None:
    return numbers.meant(text, desk=desk(), now=now())


def _slip(number: str | None) -> dict[str, str] | None:
    """The receipt of a dispute the caller registered and may not read any more."""
    if number is None or not access.may(actor(), "dispute.receipt", desk().policy.access):
        return None
    found = receipt.printable(number, actor=actor(), desk=desk(), now=now())
    if found is None or _of_number(number) is not None:
        return None
    return {"number": number, "url": url_for("receipt.show", dispute_id=found)}


def _of_number(number: str | None) -> ResponseReturnValue | None:
    """The way to what has a full number; None when there is nothing the caller may open."""
    if number is None:
        return None
    who: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    with suppress(NotFound):
        found = disputes.by_number(number, **who)
        return forms.see(url_for("dispute.detail", dispute_id=found))
    if _may_see_consultations():
        with suppress(NotFound):
            found = consultations.by_number(number, **who)
            return forms.see(url_for("consultation.detail", consultation_id=found))
    return None


def _may_see_consultations() -> bool:
    return access.may(actor(), "consultation.list", desk().policy.access)


def _found_consultations(text: str, limit: int, cursor: str | None = None) -> Page[ConsultationRow]:
    return consultations.page(
        consultations.Filters(q=text),
        scope=access.scope(actor(), "consultation.list", desk().policy.access),
        desk=desk(),
        now=now(),
        limit=limit,
        cursor=cursor,
    )


def _consulted(text: str, *, shown: str | None = None) -> list[dict[str, Any]]:
    """The group of consultations, for who may see any; a phone is not `shown` again."""
    if not _may_see_consultations():
        return []
    page = _found_consultations(text, FIRST if shown is None else operations.MOST)
    return [_consultation_group(text if shown is None else shown, page)]


def _consultation_group(text: str, page: Page[ConsultationRow]) -> dict[str, Any]:
    """Its reason says only what a row can have been found by."""
    following = page.next_cursor if text else None
    return {
        "id": CONSULTATIONS,
        "title": "咨询",
        "why": _why_consulted(text),
        "rows": [consultation.row(each) for each in page.items],
        "count": f"前 {len(page.items)} 条" if page.next_cursor else f"{len(page.items)} 条",
        "brief": False,
        "more_url": url_for("search.find", q=text, part=CONSULTATIONS) if following else None,
        "next_url": None,
        "back_url": None,
    }


def _why_consulted(text: str) -> str:
    if not text:
        return SAME_PHONE
    asked = rules.read(text)
    words = "、".join(f"“{piece}”" for piece in asked.pieces)
    ways = [f"问题里有{words}，或者来问的人叫{words}"]
    ways += [f"编号以“{asked.number}”开头"] if asked.number else []
    ways += [f"电话末四位是 {asked.tail}"] if asked.tail else []
    return "，或者".join(ways)


def _may_lie(asked: Asked, part: Part) -> bool:
    """Whether what was typed can be found there at all."""
    possible = {Part.NUMBER: asked.number, Part.PHONE: asked.tail}
    return part not in possible or possible[part] is not None


def _found(text: str, part: Part, limit: int, cursor: str | None = None) -> Page[DisputeRow]:
    return dispute_row.page(
        Filters(q=text, parts=frozenset({part})),
        scope=access.scope(actor(), "dispute.list", desk().policy.access),
        today=desk().today(now()),
        now=now(),
        limit=limit,
        cursor=cursor,
        keyring=desk().keyring,
    )


def _whole_group(text: str, asked: Asked, part: str) -> ResponseReturnValue:
    """One group alone, page by page."""
    cursor = request.args.get("cursor") or None
    try:
        group, after = _page_of(text, asked, part, cursor)
    except Invalid:
        return forms.see(url_for("search.find", q=text, part=part))
    following: dict[str, Any] = {"q": text, "part": part, "cursor": after}
    group["more_url"] = None
    group["next_url"] = url_for("search.find", **following) if after else None
    group["back_url"] = url_for("search.find", q=text)
    return _page(text, groups=[group] if group["rows"] else [])


def _page_of(
    text: str, asked: Asked, part: str, cursor: str | None
) -> tuple[dict[str, Any], str | None]:
    """One page of a group, and where the next begins."""
    if part == CONSULTATIONS:
        consulted = _found_consultations(text, PAGE, cursor)
        return _consultation_group(text, consulted), consulted.next_cursor
    page = _found(text, Part(part), PAGE, cursor)
    return _group(text, asked, Part(part), page), page.next_cursor


def _group(text: str, asked: Asked, part: Part, page: Page[DisputeRow]) -> dict[str, Any]:
    rows = _rows(page.items)
    if part is Part.NARRATIVE:
        _quote(rows, page.items, asked.pieces)
    more = url_for("search.find", q=text, part=part.value) if page.next_cursor else None
    return {
        "id": part.value,
        "title": TITLES[part],
        "why": _why(asked, part),
        "rows": rows,
        "count": f"前 {len(rows)} 件" if page.next_cursor else f"{len(rows)} 件",
        "brief": all(each.brief for each in page.items),
        "more_url": more,
        "next_url": None,
        "back_url": None,
    }


def _rows(items: Any) -> list[dict[str, Any]]:
    today, policy = desk().today(now()), desk().policy
    return [show.row(each, today=today, policy=policy) for each in items]


def _quote(rows: list[dict[str, Any]], items: Any, pieces: tuple[str, ...]) -> None:
    """Show of each narrative the stretch in which the words stand, marked."""
    told = queries.narratives(
        [each.id for each in items if not (each.brief or each.restricted)], actor().user_id
    )
    for row, item in zip(rows, items, strict=True):
        if item.id in told:
            cuts = rules.snippet(told[item.id], pieces)
            row["matter"] = Markup("").join(
                Markup("<mark>{}</mark>").format(cut) if marked else cut for cut, marked in cuts
            )


def _why(asked: Asked, part: Part) -> str:
    """Why a row of the group matched, in words."""
    words = "、".join(f"“{piece}”" for piece in asked.pieces)
    if part is Part.NUMBER:
        return f"编号以“{asked.number}”开头"
    if part is Part.PARTY and asked.initials:
        return f"姓名、名称的拼音首字母以“{asked.initials}”开头，或者里面有{words}"
    if part is Part.PARTY:
        return f"姓名、名称里有{words}"
    if part is Part.PHONE:
        return f"电话末四位是 {asked.tail}"
    return f"经过里有{words}"


def _same_person(number: str) -> ResponseReturnValue:
    try:
        found = operations.by_identity(number, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        return _page("", notice="；".join(refusal.fields["q"])), 422
    group = _plain_group("identity", "证件号码", SAME_NUMBER, found.rows)
    return _page(
        "",
        groups=[group] if found.rows else [],
        elsewhere=[_elsewhere(each) for each in found.elsewhere],
        asked_for="证件号码",
    )


def _same_phone(text: str) -> ResponseReturnValue:
    page = _found(text, Part.PHONE, operations.MOST)
    groups = [
        _plain_group("phone", "电话", SAME_PHONE, list(page.items)),
        *_consulted(text, shown=""),
    ]
    return _page("", groups=[each for each in groups if each["rows"]], asked_for="电话")


def _plain_group(name: str, title: str, why: str, items: list[DisputeRow]) -> dict[str, Any]:
    return {
        "id": name,
        "title": title,
        "why": why,
        "rows": _rows(items),
        "count": f"{len(items)} 件",
        "brief": False,
        "more_url": None,
        "next_url": None,
        "back_url": None,
    }


def _elsewhere(each: Elsewhere) -> dict[str, str]:
    unit = each.organisation or "尚未分派"
    return {"number": each.number, "organisation": unit, "why": SAME_NUMBER}


def _page(
    text: str,
    *,
    groups: list[dict[str, Any]] | None = None,
    elsewhere: list[dict[str, str]] | None = None,
    notice: str = "",
    asked_for: str = "",
    slip: dict[str, str] | None = None,
) -> str:
    policy = desk().policy.access
    return render_template(
        "search/results.html",
        title="查找",
        text=text,
        groups=groups or [],
        pick_url=supervision.pick_url(),
        elsewhere=elsewhere or [],
        notice=notice,
        asked_for=asked_for,
        slip=slip,
        example=numbers.example(desk(), now()),
        by_number_only=not access.may(actor(), "dispute.read", policy),
        by_identity=access.may(actor(), "search.identity", policy),
        consultations=_may_see_consultations(),
        ask_url=url_for("search.ask"),
    )
