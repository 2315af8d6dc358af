"""The rows behind one number 指标明细: exactly those it counts, brief ones."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Invalid
from service.queries import metric, metric_row
from service.queries.metric import Question
from service.queries.metric_row import BriefConsultation, BriefLawsuit, BriefRow, BriefSuggestion
from service.queries.page import as_day
from service.reports import weekly as reports
from service.rules import access
from service.rules import metric as dictionary
from service.rules.calendar import Week
from service.rules.statistics import Period, Rate
from service.web import form as forms
from service.web import show, suggestion, supervision
from service.web.door import action, actor, desk, now

bp = Blueprint("figure", __name__)


@bp.get("/figures/<metric_id>")
@action("metric.read")
def rows(metric_id: str) -> ResponseReturnValue:
    """Exactly the rows behind one number, brief ones."""
    question = _question(metric_id)
    if question.metric.is_of_litigation:  # its rows are months, which have a page of their own
        return forms.see(url_for("lawsuit_figure.monitor", year=question.period.start_on.year))
    found = metric.figure(question, policy=desk().policy)
    page = metric_row.page(question, limit=50, cursor=request.args.get("cursor"))
    known = ("from", "to", *question.metric.groups)
    given: dict[str, Any] = {k: request.args[k] for k in known if k in request.args}
    following = url_for("figure.rows", metric_id=metric_id, **given, cursor=page.next_cursor)
    disputes = [each for each in page.items if isinstance(each, BriefRow)]
    lawsuits = [each for each in page.items if isinstance(each, BriefLawsuit)]
    asked = [each for each in page.items if isinstance(each, BriefConsultation)]
    letters = [each for each in page.items if isinstance(each, BriefSuggestion)]
    reads = access.may(actor(), "suggestion.read", desk().policy.access)
    today, policy = desk().today(now()), desk().policy
    count = found.numerator if found.denominator is None else found.denominator
    week = Week.of(question.period.start_on)
    return render_template(
        "weekly/rows.html",
        title=f"{question.metric.label}明细",
        figure={
            "label": question.metric.label,
            "value_text": _value(found.numerator, found.denominator),
            "definition": question.metric.definition,
            "period_text": _period_text(question.period),
            "cut_off_text": show.moment(now(), desk().zone),
            "count": count,
        },
        rows=[show.brief_row(each, today=today, policy=policy) for each in disputes],
        brief=True,
        pick_url=supervision.pick_url(),
        lawsuits=[_suit(each) for each in lawsuits],
        consultations=[show.brief_consultation(each, policy=policy) for each in asked],
        letters=[suggestion.brief(each, linked=reads) for each in letters],
        next_url=following if page.next_cursor else None,
        back={"label": "回到周报", "url": url_for("weekly.one", week=str(week))}
        if not question.metric.is_of_suggestions
        else {"label": "回到建议书办复情况", "url": url_for("suggestion.figures")},
        files=[],
    )


def _suit(each: BriefLawsuit) -> dict[str, Any]:
    may_read = access.may(actor(), "lawsuit.read", desk().policy.access)
    return show.brief_lawsuit(each, linked=may_read)


def _question(metric_id: str) -> Question:
    found = dictionary.find(metric_id)
    narrowed = {name: value for name in found.groups if (value := request.args.get(name))}
    return Question(
        metric=found,
        period=Period(_day("from"), _day("to")),
        today=desk().today(now()),
        scope=access.scope(actor(), "metric.read", desk().policy.access),
        narrowed=narrowed,
    )


def _day(name: str) -> date:
    try:
        return as_day(request.args.get(name, ""))
    except ValueError as refusal:
        raise Invalid({name: ["日期应为 年-月-日"]}) from refusal


def _period_text(period: Period) -> str:
    last = date.fromordinal(period.end_on.toordinal() - 1)
    return f"{show.long_day(period.start_on)}至{show.long_day(last)}"


def _value(numerator: int, denominator: int | None) -> str:
    if denominator is None:
        return f"{numerator} 件"
    return reports.share_of(Rate(numerator, denominator))
