"""指导记录: what the justice office told which committee, and what is still to be put right."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.guidance import GuidanceIn
from service.errors import Conflict
from service.operations import guidance as operations
from service.operations.guidance import GUIDED, GuidanceDraft
from service.queries import guidance as queries
from service.queries import organisation as organisations
from service.queries.guidance import GuidanceView
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form, described
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("guidance", __name__)
TWICE: Final = "这次指导刚才已经记下了。要再记一次，请核对内容后再点"


@bp.get("/guidance")
@action("guidance.read")
@noted("open", "guidance")
def listed() -> ResponseReturnValue:
    """The log, newest first, with the form for who writes it."""
    return _page(Form())


@bp.post("/guidance")
@action("guidance.record")
def record() -> ResponseReturnValue:
    """Write down one visit."""

    def produce() -> Response:
        told = load_body(GuidanceIn, forms.body(request.form))
        operations.record(GuidanceDraft(**told), actor=actor(), desk=desk(), now=now())
        flash("已记下")
        return forms.see(url_for("guidance.listed"))

    return forms.once(produce, shown=_page, twice=TWICE)


@bp.post("/guidance/<uuid:guidance_id>/done")
@action("guidance.record")
def done(guidance_id: UUID) -> ResponseReturnValue:
    """What had to follow was done."""
    try:
        operations.done(guidance_id, actor=actor(), desk=desk(), now=now())
        flash("已记下整改完成")
    except Conflict as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("guidance.listed"))


def _page(form: Form) -> str:
    open_only = request.args.get("open") == "true"
    page = queries.page(
        actor=actor(), desk=desk(), open_only=open_only, cursor=request.args.get("cursor")
    )
    writes = access.may(actor(), "guidance.record", desk().policy.access) and _is_office()
    following = url_for(
        "guidance.listed", cursor=page.next_cursor, open="true" if open_only else None
    )
    return render_template(
        "guidance/list.html",
        title="指导记录",
        rows=[_row(each, writes=writes) for each in page.items],
        open_only=open_only,
        all_url=url_for("guidance.listed"),
        open_url=url_for("guidance.listed", open="true"),
        next_url=following if page.next_cursor else None,
        writes=writes,
        form=form,
        fields=_fields() if writes else [],
        post_url=url_for("guidance.record"),
    )


def _is_office() -> bool:
    """Whether the caller is of a justice office, which alone writes the log."""
    return organisations.one(actor().organisation_id).kind is operations.K.JUSTICE_OFFICE


def _row(each: GuidanceView, *, writes: bool) -> dict[str, Any]:
    today = desk().today(now())
    due = each.follow_up_on if each.done_on is None else None
    may_finish = writes and due is not None and each.organisation_id in actor().homes
    return {
        "day": show.day(each.guided_on, year=today.year),
        "committee": each.committee,
        "by": f"{each.organisation}　{each.guided_by}",
        "topic": desk().policy.members.topics.get(each.topic, each.topic),
        "finding": each.finding,
        "follow_up": each.follow_up or "",
        "deadline": show.deadline(due, today),
        "done": f"{show.day(each.done_on, year=today.year)}整改完成" if each.done_on else "",
        "done_url": url_for("guidance.done", guidance_id=each.id) if may_finish else None,
    }


def _fields() -> list[dict[str, Any]]:
    today = desk().today(now()).isoformat()
    me = actor()
    units = [
        (str(each.id), each.name)
        for each in organisations.active()
        if each.kind in GUIDED and access.is_of_town(me, each.id)
    ]
    topics = list(desk().policy.members.topics.items())
    return [
        described(
            "committee", "指导了谁", "select", options=[("", "请选择"), *units], required=True
        ),
        described("guided_on", "哪天", "date", required=True, attrs={"max": today}),
        described("guided_by", "谁去的", required=True, maxlength=80),
        described("topic", "指导什么", "select", options=[("", "请选择"), *topics], required=True),
        described("finding", "看到的情况", "textarea", required=True, rows=4, maxlength=2000),
        described("follow_up", "要整改的", "textarea", rows=2, maxlength=1000),
        described("follow_up_on", "哪天以前改好", "date", conditional=True, hint="有要整改的才填"),
    ]
