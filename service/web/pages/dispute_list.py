"""列表: the disputes one may see, narrowed by what stands in the address."""

from datetime import date, timedelta
from typing import Any, Final

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.access import Reach
from config.vocabulary import Channel, DisputeStatus, Source
from config.words import labels
from schemas.dispute import DisputeQuery
from service.errors import Invalid
from service.queries import dispute_row
from service.queries import organisation as organisations
from service.queries.dispute_row import SOON, Filters
from service.queries.page import Page
from service.rules import access
from service.rules.access import Scope
from service.web import form as forms
from service.web import show, supervision
from service.web.door import action, actor, desk, now
from service.web.steps import load_body

Query = dict[str, str]
SORTS: Final = (("newest", "新登记在前"), ("oldest", "先登记在前"), ("due", "快到期在前"))
ORDERS: Final = {
    "newest": "新登记在前",
    "oldest": "先登记在前",
    "due": "只列有期限的，快到期在前，当事人的期限也算",
}
BRIEF_DUE: Final = "只列有期限的，快到期在前"
FLAGS: Final = {
    ("overdue", "true"): "已超期",
    ("overdue", "false"): "没超期",
    ("open", "true"): "在办",
    ("open", "false"): "已结束",
    ("dated", "true"): "有期限",
    ("dated", "false"): "不计期限",
    ("urgent", "true"): "有危险",
    ("urgent", "false"): "没有危险",
    ("mine", "true"): "我办的",
}
# what the filters of the form do not show: carried along as it is
CARRIED: Final = ("overdue", "open", "dated", "urgent", "mine", "due_before", "village")


@action("dispute.list")
def listed() -> ResponseReturnValue:
    """The list with its filters; they live in the address."""
    given = {k: v for k, v in request.args.items() if v and k not in ("cursor", "count")}
    try:
        query = load_body(DisputeQuery, {k: v for k, v in request.args.items() if v})
    except Invalid as refusal:
        flash("；".join(refusal.fields.get("q", ["有的条件看不懂，已经去掉"])), "warn")
        return forms.see(_url({k: v for k, v in given.items() if k not in refusal.fields}))
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    scope = access.scope(actor(), "dispute.list", desk().policy.access)
    today = desk().today(now())
    filters = Filters(**query)
    found = dispute_row.page(
        filters, scope=scope, today=today, now=now(), keyring=desk().keyring, **paging
    )
    return _page(found, given, filters.sort, scope, first=not paging["cursor"])


def _page(
    found: Page[Any], given: Query, sort: str, scope: Scope, *, first: bool
) -> ResponseReturnValue:
    brief, today, policy = dispute_row.is_brief(scope), desk().today(now()), desk().policy
    selects = _selects(given)
    may_register = access.may(actor(), "dispute.register", policy.access)
    return render_template(
        "dispute/list.html",
        title="纠纷",
        page={
            "rows": [
                show.row(e, today=today, policy=policy, by_due=sort == "due") for e in found.items
            ],
            "shown": len(found.items),
            "next_url": _url(given | {"cursor": found.next_cursor}) if found.next_cursor else None,
            "first_url": None if first else _url(given),
            "total": found.total,
            "count_url": _url(given | {"count": "true"}),
        },
        brief=brief,
        pick_url=supervision.pick_url(),
        tabs=_tabs(given, scope, today),
        filters=selects[:3],
        more_filters=selects[3:],
        dates=_dates(given),
        more_open=any(given.get(each) for each in ("source", "registered_from", "registered_to")),
        query=given.get("q", ""),
        hidden=[(name, given[name]) for name in CARRIED if name in given],
        chosen=_chosen(given, selects),
        clear_url=url_for("dispute.listed"),
        sort=SORTS,
        sort_value=sort,
        order_text=BRIEF_DUE if sort == "due" and Reach.BRIEF in scope.reach else ORDERS[sort],
        empty=_empty(given, brief=brief),
        primary={"label": "登记来访", "url": url_for("intake.new")} if may_register else None,
        list_url=url_for("dispute.listed"),
    )


def _url(query: Query) -> str:
    address: dict[str, Any] = dict(query)
    return url_for("dispute.listed", **address)


def _empty(given: Query, *, brief: bool) -> str:
    if "q" in given and not brief:
        return "没有找到。可以少写几个字，或者换编号、姓名、电话末四位再找；受限纠纷按编号找。"
    if set(given) - {"sort"}:
        return "没有符合条件的纠纷。换一个条件，或者清除筛选。"
    return "这里还没有您能看到的纠纷。"


def _tabs(given: Query, scope: Scope, today: date) -> list[dict[str, Any]]:
    in_three_days = (today + SOON + timedelta(days=1)).isoformat()
    mine = {"mine": "true", "open": "true"}
    tabs = [
        ("全部", {}, True),
        ("我在办的", mine, Reach.ASSIGNED in scope.reach),
        ("待分派", {"status": "registered"}, {Reach.TOWN, Reach.BRIEF} & scope.reach),
        ("等签收", {"status": "dispatched"}, True),
        ("调解中", {"status": "mediating"}, True),
        ("待履行", {"status": "agreed"}, True),
        ("超期", {"overdue": "true", "sort": "due"}, True),
        ("3 天内到期", {"overdue": "false", "due_before": in_three_days, "sort": "due"}, True),
    ]
    return [
        {"label": text, "url": _url(query), "current": given == query}
        for text, query, offered in tabs
        if offered
    ]


def _selects(given: Query) -> list[dict[str, Any]]:
    categories = desk().policy.categories.by_code
    units = [(str(each.id), each.name) for each in organisations.active()]
    options: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "status": ("状态", list(labels(DisputeStatus).items())),
        "category": ("类别", [(code, each.label) for code, each in categories.items()]),
        "organisation": ("承办单位", units),
        "channel": ("调解方式", list(labels(Channel).items())),
        "source": ("来源", list(labels(Source).items())),
    }
    return [
        {"name": name, "label": text, "value": given.get(name, ""), "options": choices}
        for name, (text, choices) in options.items()
    ]


def _dates(given: Query) -> list[dict[str, str]]:
    names = (("registered_from", "登记自"), ("registered_to", "登记至"))
    return [{"name": name, "label": text, "value": given.get(name, "")} for name, text in names]


def _chosen(given: Query, selects: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Each condition in words, with the address of the list without it."""
    fields = {each["name"]: each for each in (*selects, *_dates(given))}
    told = {name: _condition(name, value, fields.get(name)) for name, value in given.items()}
    return [
        {"label": text, "remove_url": _url({k: v for k, v in given.items() if k != name})}
        for name, text in told.items()
        if text
    ]


def _condition(name: str, value: str, field: dict[str, Any] | None) -> str:
    """One condition in words; "" for what narrows nothing."""
    if field is not None and "options" in field:
        return f"{field['label']}：{dict(field['options']).get(value, value)}"
    if field is not None:
        return f"{field['label']} {show.iso_day(value)}"
    if name == "due_before":
        last = date.fromisoformat(value) - timedelta(days=1)
        return f"{show.long_day(last)}以前到期"
    titles = {"village": "地点", "q": "查找"}
    return f"{titles[name]}：{value}" if name in titles else FLAGS.get((name, value.lower()), "")
