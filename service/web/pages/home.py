"""工作台: what needs me now, for each role."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import DisputeStatus, Role
from service.queries import dispute_row
from service.queries.dispute_row import Filters
from service.rules import access
from service.web import show
from service.web.door import actor, now, signed_in
from service.web.door import desk as instruments

bp = Blueprint("home", __name__)
ROWS = 10

# role -> the lists of its desk: (id, title, filters, what to say when there is nothing)
SECTIONS: dict[Role, tuple[tuple[str, str, Filters, str], ...]] = {
    Role.WINDOW: (
        ("today", "今天我登记的", Filters(), "今天还没有登记。来访人到了，点“登记来访”。"),
    ),
    Role.MEDIATOR: (
        ("late", "已超期", Filters(mine=True, overdue=True, sort="due"), "没有超期的，保持住。"),
        ("mine", "我在办的", Filters(mine=True, sort="due"), "手上没有在办的纠纷。"),
        ("waiting", "等本单位签收", Filters(status=DisputeStatus.DISPATCHED), "没有等签收的纠纷。"),
    ),
    Role.LIAISON: (
        ("waiting", "等本单位签收", Filters(status=DisputeStatus.DISPATCHED), "没有等签收的纠纷。"),
        ("late", "本单位已超期", Filters(overdue=True, sort="due"), "没有超期的。"),
    ),
    Role.DIRECTOR: (
        ("new", "待分派", Filters(status=DisputeStatus.REGISTERED), "没有等分派的纠纷。"),
        ("late", "全镇已超期", Filters(overdue=True, sort="due"), "全镇没有超期的纠纷。"),
    ),
    Role.LEADER: (("late", "已超期", Filters(overdue=True, sort="due"), "全镇没有超期的纠纷。"),),
}
LINKS = {
    "lawsuit.list": ("行政应诉", "lawsuit.listed", "复议、诉讼和撤诉登记"),
    "dispute.list": ("纠纷列表", "dispute.listed", "查找和筛选"),
    "ledger.preview": ("台账导入", "ledger.upload", "把单位的 Excel 台账导进来"),
}


@bp.get("/")
@signed_in
def desk() -> ResponseReturnValue:
    """The desk of whoever is signed in."""
    me = actor()
    today = instruments().today(now())
    roles = [role for role in SECTIONS if role in me.roles]
    sections = {each[0]: each for role in roles for each in SECTIONS[role]}
    primary = None
    if access.may(me, "dispute.register", instruments().policy.access):
        primary = {"label": "登记来访", "url": url_for("dispute.new"), "key": None}
    return render_template(
        "desk.html",
        title="工作台",
        today_text=show.long_day(today),
        sentence=[],
        primary=primary,
        figures=_figures(),
        sections=[_section(*each) for each in sections.values()],
        links=_links(),
    )


def _section(key: str, title: str, filters: Filters, empty: str) -> dict[str, Any]:
    today = instruments().today(now())
    if key == "today":
        filters = Filters(registered_from=today)
    scope = access.scope(actor(), "dispute.list", instruments().policy.access)
    page = dispute_row.page(filters, scope=scope, today=today, now=now(), limit=ROWS, count=True)
    brief = dispute_row.is_brief(scope)
    policy = instruments().policy
    return {
        "id": key,
        "title": title,
        "count": page.total,
        "note": "",
        "rows": [show.row(each, today=today, policy=policy, brief=brief) for each in page.items],
        "brief": brief,
        "empty": empty,
        "more_label": "看全部",
        "more_url": url_for("dispute.listed", **_query(filters)) if page.next_cursor else None,
    }


def _query(filters: Filters) -> dict[str, Any]:
    query: dict[str, Any] = {"sort": filters.sort}
    if filters.status:
        query["status"] = filters.status.value
    if filters.overdue:
        query["overdue"] = "true"
    if filters.mine:
        query["mine"] = "true"
    if filters.registered_from:
        query["registered_from"] = filters.registered_from.isoformat()
    return query


def _figures() -> list[dict[str, Any]]:
    scope = access.scope(actor(), "dispute.list", instruments().policy.access)
    if not scope.reach:
        return []
    today = instruments().today(now())
    counts = dispute_row.counts(scope, today=today, now=now())
    late = counts["overdue"]
    return [
        _figure("在办", counts["open"], {}),
        _figure("待分派", counts.get("registered", 0), {"status": "registered"}),
        _figure("3 天内到期", counts["soon"], {"sort": "due"}),
        _figure("超期", late, {"overdue": "true", "sort": "due"}, "stop" if late else "plain"),
    ]


def _figure(text: str, value: int, query: dict[str, Any], tone: str = "plain") -> dict[str, Any]:
    return {
        "label": text,
        "value": str(value),
        "unit": "件",
        "note": "",
        "url": url_for("dispute.listed", **query),
        "tone": tone,
    }


def _links() -> list[dict[str, str]]:
    policy = instruments().policy.access
    return [
        {"label": text, "url": url_for(endpoint), "note": note}
        for action, (text, endpoint, note) in LINKS.items()
        if access.may(actor(), action, policy)
    ]
