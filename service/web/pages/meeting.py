"""会议: call one, its agenda and minutes, what was decided and what came of it, and both papers."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.meeting import MeetingKind, name
from schemas.meeting import FollowUpIn, MeetingIn, MeetingQuery, MinutesIn, OwedQuery
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations import meeting as operations
from service.operations.meeting import DecisionDraft, ItemDraft, MeetingDraft, Minutes
from service.queries import meeting as queries
from service.queries import organisation as organisations
from service.queries import paper as paper_queries
from service.queries.meeting import MeetingView
from service.rules import access
from service.rules import paper as paper_rules
from service.web import form as forms
from service.web import meeting
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("meeting", __name__)
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
CHANGED: Final = "刚才有人写过这次会议，请看一下现在的情况，再点一次"
ITEMS, DECISIONS = 6, 5  # places of the forms
TITLES: Final = {"notice": "会议通知", "minutes": "会议纪要"}


@bp.get("/meetings")
@action("meeting.read")
def listed() -> ResponseReturnValue:
    """The meetings one may know of, newest first."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(MeetingQuery, given)
        page = queries.page(actor=actor(), desk=desk(), now=now(), **query)
    except Invalid:
        flash("有的条件看不懂，已经去掉", "warn")
        return forms.see(url_for("meeting.listed"))
    following = url_for("meeting.listed", cursor=page.next_cursor) if page.next_cursor else None
    return render_template(
        "meeting/list.html",
        title="会议",
        rows=[meeting.row(each) for each in page.items],
        shown=len(page.items),
        new_url=url_for("meeting.new") if _calls() else None,
        owed_url=url_for("meeting.owed"),
        next_url=following,
        first_url=url_for("meeting.listed") if "cursor" in given else None,
    )


@bp.get("/meetings/decisions")
@action("meeting.read")
def owed() -> ResponseReturnValue:
    """The decisions that wait, what is overdue first."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(OwedQuery, given)
        page = queries.owed(actor=actor(), desk=desk(), now=now(), **query)
    except Invalid:
        flash("有的条件看不懂，已经去掉", "warn")
        return forms.see(url_for("meeting.owed"))
    following = url_for("meeting.owed", cursor=page.next_cursor) if page.next_cursor else None
    return render_template(
        "meeting/owed.html",
        title="议定事项落实",
        rows=[meeting.decision(each) for each in page.items],
        shown=len(page.items),
        list_url=url_for("meeting.listed"),
        next_url=following,
        first_url=url_for("meeting.owed") if "cursor" in given else None,
    )


@bp.get("/decisions/<uuid:decision_id>")
@action("meeting.read")
def decision(decision_id: UUID) -> ResponseReturnValue:
    """Where a decision is told of: the page of its meeting."""
    found = queries.of_decision(decision_id, actor=actor(), desk=desk())
    return forms.see(url_for("meeting.detail", meeting_id=found))


@bp.get("/meetings/new")
@action("meeting.call")
def new() -> ResponseReturnValue:
    """The form to call one."""
    return _form(Form(values={"kind": MeetingKind.JOINT.value}))


@bp.post("/meetings/new")
@action("meeting.call")
def call() -> ResponseReturnValue:
    """Call it."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form)
        if raw.get("held_at"):
            raw["held_at"] = forms.local_instant(raw["held_at"], desk().zone)
        body = load_body(MeetingIn, raw)
        draft = MeetingDraft(**body | {"items": [ItemDraft(**each) for each in body["items"]]})
        made = operations.call(draft, actor=actor(), desk=desk(), now=now())
        flash("已召集，请打印会议通知送给参会单位")
        return forms.see(url_for("meeting.detail", meeting_id=made))

    return forms.once(produce, shown=_form, twice=TWICE)


@bp.get("/meetings/<uuid:meeting_id>")
@action("meeting.read")
@noted("read", "meeting")
def detail(meeting_id: UUID) -> ResponseReturnValue:
    """One meeting."""
    return _detail(meeting_id, Form())


@bp.get("/meetings/<uuid:meeting_id>/minutes")
@action("meeting.call")
def minutes(meeting_id: UUID) -> ResponseReturnValue:
    """The form of the minutes."""
    view = _view(meeting_id)
    came = [str(each.organisation_id) for each in view.members]
    return _minutes(view, Form(values={"came": came}))


@bp.post("/meetings/<uuid:meeting_id>/minutes")
@action("meeting.call")
def record(meeting_id: UUID) -> ResponseReturnValue:
    """Write them."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form)
        said = raw.pop("said", None)
        told = said if isinstance(said, dict) else {}
        raw["said"] = [{"item": int(k[:3]), "words": v} for k, v in told.items() if k.isdecimal()]
        raw["attended"] = raw.pop("came", [])
        for each in raw.get("decisions", []):
            if not isinstance(each, dict):
                continue
            if isinstance(each.get("item"), str) and each["item"].isdecimal():
                each["item"] = int(each["item"][:3])
        body = load_body(MinutesIn, raw)
        written = Minutes(
            words=body["words"],
            attended=body["attended"],
            said={each["item"]: each["words"] for each in body["said"]},
            decisions=[DecisionDraft(**each) for each in body["decisions"]],
        )
        told_by: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        _try(lambda: operations.record(meeting_id, written, version=forms.version(), **told_by))
        flash("会议纪要已经写好")
        return forms.see(url_for("meeting.detail", meeting_id=meeting_id))

    return forms.once(produce, shown=lambda form: _minutes(_view(meeting_id), form), twice=TWICE)


@bp.post("/meetings/<uuid:meeting_id>/decisions/<uuid:decision_id>/settle")
@action("meeting.follow")
def settle(meeting_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """Say what came of a decision."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form).get(f"of-{decision_id}")
        told = dict(raw) if isinstance(raw, dict) else {}
        told["dropped"] = told.pop("how", "") == "dropped"
        body = load_body(FollowUpIn, told)
        who: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        _try(
            lambda: operations.settle(
                meeting_id, decision_id, body["words"], dropped=body["dropped"], **who
            )
        )
        flash("已填写落实情况")
        return forms.see(url_for("meeting.detail", meeting_id=meeting_id))

    def at(fields: forms.Fields) -> forms.Fields:
        return {f"of-{decision_id}.{k}" if k else "": said for k, said in fields.items()}

    return forms.once(produce, shown=lambda form: _detail(meeting_id, form), twice=TWICE, at=at)


@bp.get("/meetings/<uuid:meeting_id>/papers/<any(notice, minutes):sheet>")
@action("meeting.read")
@noted("print", "meeting")
def paper(meeting_id: UUID, sheet: str) -> ResponseReturnValue:
    """会议通知 or 会议纪要 to print."""
    view = _view(meeting_id)
    if sheet == "minutes" and view.recorded_at is None:
        raise NotFound("会议纪要还没有写")
    head, fields = paper_queries.letterhead(), meeting.on_paper(view)
    return render_template(
        f"paper/meeting_{sheet}.html",
        title=f"{TITLES[sheet]}：{view.row.title}",
        paper=fields,
        centre=head,
        mark=paper_rules.mark(fields | {"paper": f"meeting_{sheet}", "centre": head.name}),
        detail_url=url_for("meeting.detail", meeting_id=meeting_id),
    )


def _calls() -> bool:
    return access.may(actor(), "meeting.call", desk().policy.access)


def _view(meeting_id: UUID) -> MeetingView:
    return queries.one(meeting_id, actor=actor(), desk=desk(), now=now())


def _try(deed: Callable[[], object]) -> None:
    """Do it; what contradicts what is stored is said over the form, which stays as it was typed."""
    try:
        deed()
    except Stale as refusal:
        raise Invalid({"": [CHANGED]}) from refusal
    except Conflict as refusal:
        raise Invalid({"": [refusal.detail]}) from refusal


def _detail(meeting_id: UUID, form: Form) -> str:
    view, made = _view(meeting_id), forms.described
    shown = meeting.detail(view)
    for each in shown["decisions"]:
        part = f"of-{each['id']}"
        ways = [("done", "已落实")] + ([("dropped", "不再办")] if _calls() else [])
        each["fields"] = [
            made(f"{part}.words", "落实情况", "textarea", required=True, maxlength=1000),
            made(f"{part}.how", "结果", "radio", options=ways, required=True),
        ]
    return render_template(
        "meeting/show.html",
        title=shown["title"],
        meeting=shown,
        form=form,
        list_url=url_for("meeting.listed"),
    )


def _form(form: Form) -> str:
    made = forms.described
    units = [(str(each.id), each.name) for each in organisations.active()]
    kinds = [(each.value, name(each)) for each in MeetingKind]
    return render_template(
        "meeting/new.html",
        title="召集会议",
        form=form,
        fields=[
            made("kind", "什么会议", "radio", options=kinds, required=True),
            made("title", "会议名称", required=True, maxlength=60, hint="不写当事人姓名"),
            made("held_at", "时间", "datetime", required=True),
            made("place", "地点", required=True, maxlength=60),
            made("members", "参会单位", "checkboxes", options=units, required=True, usual=8),
        ],
        places=[
            [
                made(f"items.{n}.words", f"议程 {n + 1}", "textarea", rows=2, maxlength=500),
                made(f"items.{n}.number", "纠纷编号", maxlength=40, hint="不涉及纠纷的不填"),
            ]
            for n in range(ITEMS)
        ],
        post_url=url_for("meeting.call"),
        list_url=url_for("meeting.listed"),
    )


def _minutes(view: MeetingView, form: Form) -> str:
    made = forms.described
    units = [(str(each.id), each.name) for each in organisations.active()]
    came = [(str(each.organisation_id), each.organisation) for each in view.members]
    told = [each for each in view.items if not each.hidden]
    items = [("", "不针对哪一项"), *((str(e.ordinal), f"议程 {e.ordinal}") for e in told)]
    shown = meeting.detail(view)
    return render_template(
        "meeting/minutes.html",
        title=f"写会议纪要：{view.row.title}",
        meeting=shown,
        form=form,
        version=view.version,
        fields=[
            made("came", "到会单位", "checkboxes", options=came),
            *(
                made(f"said.{e.ordinal}", f"议程 {e.ordinal} 的讨论", "textarea", maxlength=2000)
                for e in told
            ),
            made("words", "会议总的情况", "textarea", maxlength=4000, hint="不写具体纠纷的内容"),
        ],
        places=[
            [
                made(
                    f"decisions.{n}.words", f"议定事项 {n + 1}", "textarea", rows=2, maxlength=500
                ),
                made(f"decisions.{n}.item", "针对哪一项", "select", options=items),
                made(
                    f"decisions.{n}.organisation",
                    "负责单位",
                    "select",
                    options=[("", "请选择"), *units],
                ),
                made(f"decisions.{n}.due_on", "最迟哪天完成", "date"),
            ]
            for n in range(DECISIONS)
        ],
        post_url=url_for("meeting.record", meeting_id=view.row.id),
        detail_url=url_for("meeting.detail", meeting_id=view.row.id),
    )
