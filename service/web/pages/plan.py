"""年度计划: the board of a year by chapter, its approval, and what changed in a month."""

from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Conflict, Invalid, Stale
from service.operations import plan as operations
from service.queries import plan as queries
from service.queries import plan_change as changing
from service.queries.plan_change import Days, LightChange
from service.rules import access
from service.web import form as forms
from service.web import month as months
from service.web import plan as words
from service.web.door import action, actor, desk, now
from service.web.form import Form

bp = Blueprint("plan", __name__)
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
IMPORT_PAGE: Final = "plan_import.new"
MOST: Final = 100  # changes on one page


@bp.get("/plans")
@action("plan.read")
def newest() -> ResponseReturnValue:
    """The board of the newest year; where there is none, how a plan comes in."""
    years = queries.years(actor(), desk=desk())
    if years:
        return forms.see(url_for("plan.board", year=years[0].year))
    return render_template("plan/none.html", title="年度计划", import_url=_import_url())


@bp.get("/plans/<int:year>")
@action("plan.read")
def board(year: int) -> ResponseReturnValue:
    """Every task in reach by its chapter, each with its light and why."""
    return _board(year, Form())


@bp.post("/plans/<int:year>/approve")
@action("plan.approve")
def approve(year: int) -> ResponseReturnValue:
    """Approve the plan as it is worded."""

    def produce() -> ResponseReturnValue:
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        try:
            operations.approve(year, version=forms.version(), **told)
        except Stale as refusal:
            raise Invalid({"": ["计划刚才有人改过，请看过改动再批准"]}) from refusal
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("已经批准")
        return forms.see(url_for("plan.board", year=year))

    return forms.once(produce, shown=lambda form: _board(year, form), twice=TWICE)


@bp.get("/plans/<int:year>/changes")
@action("plan.read")
def changes(year: int) -> ResponseReturnValue:
    """What was done in a month, and which lights turned; this month unless another is asked."""
    today = desk().today(now())
    first = _month(year, today)
    before, after = months.beside(first)
    following = (first + timedelta(days=31)).replace(day=1)
    days = Days(first, following - timedelta(days=1))
    cursor = request.args.get("cursor")
    told: dict[str, Any] = {"actor": actor(), "desk": desk()}
    page = changing.page(year, days, limit=MOST, cursor=cursor, **told)
    turned = changing.lights(year, days, now=now(), **told)
    here = url_for("plan.changes", year=year, month=months.named(first))
    return render_template(
        "plan/changes.html",
        title=f"{months.told(first)}的变化",
        year=year,
        is_running=days.end >= today >= days.start,
        turns=words.turns(turned),
        turned=[words.turned(each, year) for each in sorted(turned, key=_best)],
        days=words.by_day(page.items, year),
        count=len(page.items),
        before_url=url_for("plan.changes", year=year, month=before),
        after_url=url_for("plan.changes", year=year, month=after) if following <= today else None,
        board_url=url_for("plan.board", year=year),
        next_url=f"{here}&cursor={page.next_cursor}" if page.next_cursor else None,
        first_url=here if cursor else None,
    )


def _board(year: int, form: Form) -> str:
    view = queries.one(year, actor=actor(), desk=desk(), now=now())
    chosen = words.chosen(request.args, view)
    years = [each.year for each in queries.years(actor(), desk=desk())]
    older = max((each for each in years if each < year), default=None)
    newer = min((each for each in years if each > year), default=None)
    chapters = words.chapters(view, chosen)
    return render_template(
        "plan/board.html",
        title=f"{year} 年度计划",
        plan_title=view.title or "",
        is_whole=view.is_whole,
        total=view.tally.total,
        dropped=view.tally.dropped,
        sentence=words.sentence(view),
        tabs=words.tabs(view, chosen),
        chosen=chosen,
        units=words.units(view),
        chapters=chapters,
        shown=sum(len(each["rows"]) for each in chapters),
        has_tasks=bool(view.tasks),
        approval=words.approval(view.approval),
        version=view.version,
        form=form,
        approve_url=url_for("plan.approve", year=year),
        board_url=url_for("plan.board", year=year),
        changes_url=url_for("plan.changes", year=year),
        older_url=_year_url(older),
        newer_url=_year_url(newer),
        import_url=_import_url(),
        reports_url=_for("plan_report.read", "plan_report.listed", year),
        carry_url=_for("plan.edit", "plan_carry.asked", year) if newer is None else None,
    )


def _year_url(year: int | None) -> str | None:
    return None if year is None else url_for("plan.board", year=year)


def _for(right: str, endpoint: str, year: int) -> str | None:
    """Where somebody who has the right goes on."""
    may = access.may(actor(), right, desk().policy.access)
    return url_for(endpoint, year=year) if may else None


def _import_url() -> str | None:
    """Where a plan comes in, for who may bring one in."""
    if not access.may(actor(), "plan.import", desk().policy.access):
        return None
    return url_for(IMPORT_PAGE) if IMPORT_PAGE in current_app.view_functions else None


def _month(year: int, today: date) -> date:
    """The month asked for; else this one, or the one of the year that lies nearest to it."""
    if request.args.get("month"):
        return months.of_address(request.args["month"], today)
    if year == today.year:
        return today.replace(day=1)
    return date(year, 12 if year < today.year else 1, 1)


def _best(each: LightChange) -> bool:
    return not words.is_worse(each)
