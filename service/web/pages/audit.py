"""审计、我的操作记录: who did what to what, whether that is whole, and its rows as a workbook."""

from typing import Any, Final

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import AuditKind, AuditResult
from config.words import labels
from schemas.audit import AuditQuery
from service.errors import Invalid
from service.operations import audit as operations
from service.queries import audit as queries
from service.queries.audit import Asked, EntryView
from service.queries.page import Page
from service.reports import audit as reports
from service.rules import access
from service.rules.audit import Verdict
from service.web import form as forms
from service.web import show, trail
from service.web.deed import THINGS
from service.web.door import action, actor, desk, now
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("audit", __name__)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST: Final = 2000
ALARM: Final = "请马上报告中心主任，不要改动任何数据"
VERDICTS: Final = {
    "whole": "完整，没有被改动",
    "mismatch": "被改动过",
    "truncated": "末尾被截去",
    "anchor_mismatch": "与锚点不符",
}


@bp.get("/audit")
@action("audit.oversee")
@noted("open", "audit")
def listed() -> ResponseReturnValue:
    """What others did, as far as one may know of it."""
    return _page("audit.listed", "审计")


@bp.get("/audit/mine")
@action("audit.read")
def mine() -> ResponseReturnValue:
    """What one did oneself."""
    return _page("audit.mine", "我的操作记录", mine=True)


@bp.get("/audit/workbook")
@action("audit.oversee")
@noted("export", "audit")
def workbook() -> ResponseReturnValue:
    """The newest rows that the filters leave, as shown, at most two thousand."""
    try:
        query = _query()
    except Invalid:
        return forms.see(url_for("audit.listed"))
    rows: list[dict[str, Any]] = []
    asked, cursor = trail.asked_in(query), None
    while asked is not None and len(rows) < MOST:
        page = _found(asked, cursor, mine=False, limit=200)
        rows += [trail.row(each) for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    return Response(
        reports.workbook(rows),
        mimetype=XLSX,
        headers={"Content-Disposition": 'attachment; filename="audit.xlsx"'},
    )


@bp.post("/audit/verify")
@action("audit.verify")
def verify() -> ResponseReturnValue:
    """Look at the newest part of the trail now."""
    key, path = trail.key_and_anchors()
    operations.verified(key, path, actor=actor(), now=now())
    return forms.see(url_for("audit.listed"))


def _query() -> dict[str, Any]:
    """What the filters ask for; how long a page is, is ours to say."""
    given = {name: value for name, value in request.args.items() if value}
    return load_body(AuditQuery, given)


def _page(endpoint: str, title: str, *, mine: bool = False) -> ResponseReturnValue:
    given: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name != "cursor"
    }
    try:
        query = _query()
        asked, cursor = trail.asked_in(query), query["cursor"]
        page: Page[EntryView] = _found(asked, cursor, mine=mine) if asked else Page([], None)
    except Invalid as refusal:
        flash("；".join(refusal.fields.get("number", ["有的条件看不懂，已经去掉"])), "warn")
        left: dict[str, Any] = {
            name: text for name, text in given.items() if name not in refusal.fields
        }
        return forms.see(url_for(endpoint, **left))
    following = page.next_cursor
    return render_template(
        "audit/list.html",
        title=title,
        mine=mine,
        rows=[trail.row(each) for each in page.items],
        filters=_filters(given, mine=mine),
        dates=[
            {"name": name, "label": text, "value": given.get(name, "")}
            for name, text in (("from", "从哪天"), ("to", "到哪天"))
        ],
        number=given.get("number", ""),
        unknown=asked is None,
        list_url=url_for(endpoint),
        next_url=url_for(endpoint, **given, cursor=following) if following else None,
        first_url=url_for(endpoint, **given) if request.args.get("cursor") else None,
        export_url=None if mine else url_for("audit.workbook", **given),
        verification=None if mine else _verification(),
        verify_url=url_for("audit.verify") if _may("audit.verify") and not mine else None,
        most=MOST,
    )


def _found(asked: Asked, cursor: str | None, *, mine: bool, limit: int = 50) -> Page[EntryView]:
    return queries.page(
        asked, actor=actor(), desk=desk(), now=now(), limit=limit, cursor=cursor, mine=mine
    )


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)


def _filters(given: dict[str, Any], *, mine: bool) -> list[dict[str, Any]]:
    people = [] if mine else queries.actors(actor=actor(), desk=desk())
    choices = [
        ("actor", "人员", [(str(each), name) for each, name in people]),
        ("kind", "种类", list(labels(AuditKind).items())),
        ("subject", "对象", [(word, THINGS[word]) for word in trail.SUBJECTS]),
        ("result", "结果", list(labels(AuditResult).items())),
    ]
    return [
        {"name": name, "label": text, "options": options, "value": given.get(name, "")}
        for name, text, options in choices
        if options
    ]


def _verification() -> dict[str, Any]:
    """What the last look at the trail found."""
    found = queries.last_verification()
    if found is None:
        return {"tone": "warn", "text": "还没有核对过审计记录是否完整"}
    when = show.moment(found.happened_at, desk().zone)
    verdict = found.detail["verdict"]
    bad = found.detail.get("first_bad")
    text = f"{when}由{found.actor}核对到第 {found.detail['checked']} 条：{VERDICTS[verdict]}"
    if verdict == Verdict.WHOLE.name.lower():
        return {"tone": "ok", "text": text}
    where = f"，从第 {bad} 条起有问题" if bad else ""
    return {"tone": "stop", "text": f"{text}{where}。{ALARM}"}
