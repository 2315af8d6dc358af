"""期限: one term explained day by day, its changes asked for and decided, dates of others."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import ClockChangeKind, ClockEnd, ClockKind, TimeUnit
from config.words import label
from schemas.clock import (
    ClockIn,
    ClockResumeIn,
    ClockStopIn,
)
from service.errors import Conflict, Stale
from service.operations import clock_change as changes
from service.operations import clock_entry as entries
from service.operations.clock_entry import Entry
from service.queries import clock as queries
from service.queries import clock_own
from service.queries import dispute as disputes
from service.queries.clock import ClockView
from service.queries.dispute import DisputeView
from service.reports import clock as reports
from service.rules import access
from service.rules.deadlines import Explanation
from service.web import clock as shown
from service.web import clock_form, conflict, day_table, show
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form, described
from service.web.steps import load_body
from service.web.witness import looked_at, noted

bp = Blueprint("clock", __name__)
ASKED_KINDS: Final = (ClockChangeKind.EXTEND, ClockChangeKind.PAUSE)


@bp.get("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>")
@action("clock.read")
@looked_at
def show_one(dispute_id: UUID, clock_id: UUID) -> ResponseReturnValue:
    """How the date of one term came about, and what was changed of it."""
    return _page(clock_form.clock(dispute_id, clock_id), Form())


@bp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/resume")
@action("clock.ask")
def resume(dispute_id: UUID, clock_id: UUID) -> ResponseReturnValue:
    """End the pause."""
    view = clock_form.clock(dispute_id, clock_id)

    def write() -> None:
        body = load_body(ClockResumeIn, clock_form.filled({"on": request.form.get("on")}))
        changes.resume(
            dispute_id,
            clock_id,
            body["on"],
            version=clock_form.version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
        flash("已恢复计时，到期日已经重新算过")

    return clock_form.written(view, write, lambda form: _page(view, form))


@bp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/stop")
@action("clock.enter")
def stop(dispute_id: UUID, clock_id: UUID) -> ResponseReturnValue:
    """Say that it was met, or that another one takes its place."""
    view = clock_form.clock(dispute_id, clock_id)

    def write() -> None:
        told = {"ended": request.form.get("ended"), "on": request.form.get("on")}
        body = load_body(ClockStopIn, clock_form.filled(told))
        entries.stop(
            dispute_id,
            clock_id,
            body["ended"],
            body["on"],
            version=clock_form.version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
        flash("这个期限已经停止计时")

    return clock_form.written(view, write, lambda form: _page(view, form))


@bp.get("/disputes/<uuid:dispute_id>/clocks/new")
@action("clock.enter")
def new(dispute_id: UUID) -> ResponseReturnValue:
    """The form for a term of the parties, of the law or of another office."""
    return _enter_page(clock_form.dispute(dispute_id, "clock.enter"), Form())


@bp.post("/disputes/<uuid:dispute_id>/clocks")
@action("clock.enter")
def enter(dispute_id: UUID) -> ResponseReturnValue:
    """Enter it."""

    def produce() -> Response:
        raw = {
            name: value
            for name, value in forms.body(request.form).items()
            if name in ("rule", "start_on", "due_on", "start_at")
        }
        if isinstance(raw.get("start_at"), str):
            raw["start_at"] = forms.local_instant(raw["start_at"], desk().zone)
        entries.enter(
            dispute_id,
            Entry(**load_body(ClockIn, raw)),
            version=clock_form.version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
        flash("期限已添加")
        return forms.see(url_for("dispute.detail", dispute_id=dispute_id))

    try:
        return forms.once(
            produce,
            shown=lambda form: _enter_page(clock_form.dispute(dispute_id, "clock.enter"), form),
            twice=clock_form.TWICE,
        )
    except (Conflict, Stale) as refusal:
        form = forms.renewed(request.form, clock_form.said_of(refusal))
        return _enter_page(clock_form.dispute(dispute_id, "clock.enter"), form), 409


@bp.get("/deadlines.ics")
@action("clock.read")
@noted("export", "clock")
def deadlines() -> ResponseReturnValue:
    """我的期限: the terms of one's own disputes for a calendar program; no names.

    Such a program may sit anywhere: of a restricted dispute it learns the date alone.
    """
    found = clock_own.own(actor(), desk=desk(), now=now())
    content = reports.calendar(
        [
            reports.Entry(
                uid=each.id,
                on=each.due_on,
                at=each.due_at,
                summary=_summary(each),
            )
            for each in found
        ],
        name="我的期限",
        made_at=now(),
    )
    headers = {
        "Content-Disposition": 'attachment; filename="deadlines.ics"',
        "Cache-Control": "no-store",
    }
    return Response(content, mimetype="text/calendar", headers=headers)


def _summary(each: clock_own.OwnTerm) -> str:
    note = "（暂定）" if each.provisional else ""
    return f"{each.number} {each.name or '期限'}到期{note}，{label(each.status)}"


def _drawn(view: ClockView, found: Explanation) -> dict[str, Any]:
    """Its days as weeks; while a pause lasts none of them is the last."""
    due = view.due_on if view.paused_from is None else None
    return day_table.drawn(found.days, start=view.start_on, due=due)


def _page(view: ClockView, form: Form) -> str:
    opened = disputes.opened(view.dispute_id, actor=actor(), desk=desk(), now=now())
    dispute, today = opened.view, desk().today(now())
    table = queries.explained(view, desk=desk(), now=now())
    may_ask, may_enter = "clock.ask" in opened.may, "clock.enter" in opened.may
    may_approve = "clock.approve" in opened.may
    running = view.stopped_on is None
    told = [shown.change(view, each) for each in view.changes]
    return render_template(
        "clock/show.html",
        title=f"期限：{view.name}",
        about=conflict.about(dispute),
        clock=shown.card(view, today),
        facts=_facts(view, today),
        law=shown.law(view.basis),
        note=_note_of(view),
        table=_drawn(view, table) if table and view.start_at is None else None,
        as_if=view.paused_from is not None,
        as_if_text=show.long_day(table.due) if table and type(table.due) is date else "",
        changes=[
            each
            | {
                "decide_url": each["decide_url"]
                if may_approve and each["asked_by_id"] != actor().user_id
                else None,
                "drop_url": each["drop_url"]
                if may_ask and each["asked_by_id"] == actor().user_id
                else None,
                "letter_url": each["letter_url"] if dispute_material(opened) else None,
            }
            for each in told
        ],
        asks=[
            {
                "label": shown.ASKS[kind],
                "url": clock_form.at("clock_change.ask_form", view, kind=kind.value),
            }
            for kind in ASKED_KINDS
            if may_ask and kind in view.may_ask
        ],
        resume_url=clock_form.at("clock.resume", view)
        if may_ask and view.paused_from is not None
        else None,
        resume_fields=[
            described(
                "on",
                "从哪天起恢复计时",
                "date",
                required=True,
                hint="这一天算第一天；要晚于中止的起日，不能晚于今天",
            )
        ],
        stop_url=clock_form.at("clock.stop", view)
        if may_enter and running and entries.may_stop(view.rule, view.kind, desk())
        else None,
        stop_fields=_stop_fields(view),
        form=form if form.values else Form(values={"on": today.isoformat()}, errors=form.errors),
        version=dispute.version,
    )


def dispute_material(opened: disputes.Opened) -> bool:
    """Whether the viewer may open papers of this dispute."""
    return access.may(actor(), "dispute.material", desk().policy.access) and (
        opened.key is not None
    )


def _facts(view: ClockView, today: date) -> list[tuple[str, str]]:
    known = desk().policy.clocks.by_id.get(view.rule)
    start = show.long_day(view.start_on)
    if view.start_at is not None:
        start = show.moment(view.start_at, desk().zone)
    trigger = view.run.rule.trigger or (known.trigger if known else "")
    due = show.moment(view.due_at, desk().zone) if view.due_at else show.long_day(view.due_on)
    if view.provisional:
        due += "（暂定）"
    rows = [
        ("种类", label(view.kind)),
        ("起算", f"{start}（{trigger}）" if trigger else start),
        ("多长", shown.length(view) or "以写明的日期为准"),
        ("到期日" if view.paused_from is None else "中止以前的到期日", due),
        ("状态", label(view.state)),
    ]
    if view.raw_due_on != view.due_on:
        rolled = f"{show.long_day(view.raw_due_on)}，休息日，顺延到下一个工作日"
        rows.insert(3, ("数到", rolled))
    if view.ended is not None and view.stopped_on is not None:
        rows.append(
            ("怎么结束", f"{label(view.ended)}，{show.day(view.stopped_on, year=today.year)}")
        )
    return rows


def _note_of(view: ClockView) -> str:
    known = desk().policy.clocks.by_id.get(view.rule)
    return known.note if known else ""


def _stop_fields(view: ClockView) -> list[dict[str, Any]]:
    remedy = view.kind is ClockKind.REMEDY
    options = [
        (ClockEnd.MET.value, "当事人已经提出" if remedy else "已经按要求办到"),
        (ClockEnd.REPLACED.value, "登记的日期不对，或者对方改了期限"),
    ]
    return [
        described("ended", "怎么结束的", "radio", options=options, required=True),
        described("on", "哪一天", "date", required=True, hint="邮寄的，写寄出的那天"),
    ]


def _enter_page(view: DisputeView, form: Form) -> str:
    clocks = desk().policy.clocks.by_id.values()
    usable = [each for each in clocks if entries.may_enter(each, desk())]
    stated = [(each.id, each.name) for each in usable if each.stated]
    groups = {
        kind: [(each.id, each.name) for each in usable if each.kind is kind and not each.stated]
        for kind in (ClockKind.REMEDY, ClockKind.STATUTORY)
    }
    in_hours = "、".join(each.name for each in usable if each.unit is TimeUnit.HOUR)
    rules_ = [
        ("交办单位写明日期的", stated),
        ("当事人自己的，过了就没有机会", groups[ClockKind.REMEDY]),
        ("法律给单位定的", groups[ClockKind.STATUTORY]),
    ]
    return render_template(
        "clock/new.html",
        title=f"添加期限：{view.number}",
        about=conflict.about(view),
        fields=[
            described(
                "rule", "哪个期限", "select", options=[("", "请选择"), *rules_], required=True
            ),
            described(
                "due_on",
                "写明的到期日",
                "date",
                hint="交办单位写明日期的填这里，例如 12345 工单、上级交办件",
                conditional=True,
            ),
            described(
                "start_on",
                "起算的日期",
                "date",
                hint="其他期限填从哪天起算，到期日由系统算",
                conditional=True,
            ),
            described(
                "start_at",
                "起算的时刻",
                "datetime",
                hint=f"以小时计的才填：{in_hours}",
                conditional=True,
            ),
        ],
        form=form,
        version=view.version,
        post_url=url_for("clock.enter", dispute_id=view.id),
    )
