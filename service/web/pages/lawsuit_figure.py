"""应诉统计 and 诉源治理: what is counted of lawsuits, and what the court counted of the town."""

from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.litigation import MonthIn
from service.errors import Invalid
from service.operations import litigation as operations
from service.operations.litigation import MonthDraft
from service.queries import lawsuit_figures as queries
from service.queries.metric import MetricView
from service.queries.page import as_day
from service.reports import weekly as reports
from service.rules import access
from service.rules.statistics import Period, Rate
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("lawsuit_figure", __name__)
TWICE: Final = "这个月刚才已经登记过了。要改，请核对内容后再点"
FIRST_YEAR, LAST_YEAR = 2000, 2199


@bp.get("/lawsuits/figures")
@action("lawsuit.list")
def figures() -> ResponseReturnValue:
    """The figures of a period, this year by default; every number opens its rows."""
    today = desk().today(now())
    period = _period(today)
    scope = access.scope(actor(), "lawsuit.list", desk().policy.access)
    found = queries.measure(period, scope=scope, policy=desk().policy, today=today)
    last = date.fromordinal(period.end_on.toordinal() - 1)
    return render_template(
        "lawsuit/figures.html",
        title="应诉统计",
        lines=[_line(each) for each in found.figures.values()],
        causes=[
            {
                "label": each.label,
                "cell": _cell("lawsuits_withdrawn", f"{each.count} 件", period, cause=each.cause),
                "preceded": _cell(
                    "lawsuits_withdrawn",
                    f"{each.preceded} 件",
                    period,
                    cause=each.cause,
                    preceded="yes",
                ),
            }
            for each in found.causes
        ],
        period_text=f"{show.long_day(period.start_on)}至{show.long_day(last)}",
        period={"from": period.start_on.isoformat(), "to": last.isoformat()},
        here_url=url_for("lawsuit_figure.figures"),
        list_url=url_for("lawsuit.listed"),
    )


@bp.get("/litigation")
@action("litigation.read")
def monitor() -> ResponseReturnValue:
    """诉源治理: what the court counted, month by month."""
    return _monitor(Form())


@bp.post("/litigation")
@action("litigation.enter")
def enter() -> ResponseReturnValue:
    """Enter a month."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form)
        if isinstance(raw.get("month"), str) and len(raw["month"]) == len("2026-11"):
            raw["month"] += "-01"
        draft = MonthDraft(**load_body(MonthIn, raw))
        operations.enter(draft, actor=actor(), desk=desk(), now=now())
        flash("已登记这个月的数据")
        return forms.see(url_for("lawsuit_figure.monitor", year=draft.month.year))

    return forms.once(produce, shown=_monitor, twice=TWICE)


def _monitor(form: Form) -> str:
    today, made = desk().today(now()), forms.described
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    found = queries.monitor(year, policy=desk().policy)
    people = desk().policy.population
    enters = access.may(actor(), "litigation.enter", desk().policy.access)
    return render_template(
        "lawsuit/monitor.html",
        title=f"诉源治理 {year} 年",
        found=found,
        months=[
            {
                "text": f"{each.month.year} 年 {each.month.month} 月",
                "each": each,
                "note": f"第 {each.revision} 次登记" if each.revision > 1 else "",
            }
            for each in found.months
        ],
        per_10k=f"{float(found.per_10k):.2f}" if found.per_10k is not None else None,
        people=people,
        form=form,
        fields=[
            made("month", "月份", "month", required=True, hint="例如 2026-11"),
            made("civil", "一审民事收案", "number", required=True),
            made("administrative", "一审行政收案", "number", required=True),
            made("settled_before", "诉前化解", "number", required=True),
            made("turned_criminal", "民转刑", "number", required=True),
            made("source", "数据出处", required=True, maxlength=100, hint="哪个单位、哪份通报"),
        ]
        if enters
        else [],
        post_url=url_for("lawsuit_figure.enter"),
        earlier_url=url_for("lawsuit_figure.monitor", year=year - 1),
        later_url=url_for("lawsuit_figure.monitor", year=year + 1) if year < today.year else None,
    )


def _period(today: date) -> Period:
    """The period of the address, its last day included; this year where it says none."""
    given = {key: request.args.get(key, "") for key in ("from", "to")}
    if not any(given.values()):
        return Period(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    try:
        start, last = (as_day(given[key]) for key in ("from", "to"))
    except ValueError as refusal:
        raise Invalid({"from": ["日期应为 年-月-日"]}) from refusal
    if last < start or last.year > LAST_YEAR:
        raise Invalid({"to": ["结束日期不能早于开始日期"]})
    return Period(start, date.fromordinal(last.toordinal() + 1))


def _line(view: MetricView) -> dict[str, Any]:
    found = view.metric
    if view.denominator is None:
        text, parts = f"{view.numerator} 件", ""
    else:
        text = reports.share_of(Rate(view.numerator, view.denominator))
        parts = f"{view.numerator} ÷ {view.denominator}"
        parts += f"，未到期 {view.not_yet_due}" if view.not_yet_due else ""
    cell = _cell(found.id, text, view.period)
    return {"label": found.label, "cell": cell, "parts": parts, "definition": found.definition}


def _cell(metric_id: str, text: str, period: Period, **narrowed: str) -> dict[str, str | None]:
    """A number, and its rows for who may open figures."""
    address: dict[str, Any] = {"from": period.start_on, "to": period.end_on} | narrowed
    opens = access.may(actor(), "metric.read", desk().policy.access)
    url = url_for("figure.rows", metric_id=metric_id, **address) if opens else None
    return {"text": text, "url": url}
