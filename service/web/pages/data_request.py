"""个人信息申请: people who want to see, copy, correct or delete what is kept about them."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import (
    AnswerMethod,
    DataDecision,
    DataRequestKind,
    DataRequestStatus,
    IdentityCheck,
)
from config.words import label, labels
from schemas.data_request import AnswerRequestIn, DataRequestIn, DecideRequestIn
from service.errors import Invalid, Stale, TooOften
from service.operations import data_request as operations
from service.operations.data_request import RequestDraft
from service.queries import data_request as queries
from service.queries import event
from service.queries import paper as papers
from service.queries.data_request import RequestView, Stored
from service.rules import access
from service.web import form as forms
from service.web import show, timeline
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("data_request", __name__)
TWICE: Final = "这件申请刚才已经登记过了。要再登记一件，请核对内容后再点登记"
OFTEN: Final = "按证件号码查得太多了，请过 {minutes} 分钟再登记"
TONES: Final = {DataRequestStatus.RECEIVED: "warn", DataRequestStatus.DECIDED: "warn"}


@bp.get("/data-requests")
@action("data_request.read")
def listed() -> ResponseReturnValue:
    """The requests, newest first."""
    chosen = request.args.get("status", "")
    status = DataRequestStatus(chosen) if chosen in set(DataRequestStatus) else None
    given: dict[str, Any] = {"status": chosen} if status else {}
    try:
        page = queries.page(
            actor=actor(),
            desk=desk(),
            today=_today(),
            status=status,
            cursor=request.args.get("cursor") or None,
        )
    except Invalid:
        return forms.see(url_for("data_request.listed", **given))
    following = url_for("data_request.listed", **given, cursor=page.next_cursor)
    may = access.may(actor(), "data_request.register", desk().policy.access)
    return render_template(
        "data_request/list.html",
        title="个人信息申请",
        rows=[_row(each) for each in page.items],
        statuses=[("", "全部"), *labels(DataRequestStatus).items()],
        chosen=chosen,
        list_url=url_for("data_request.listed"),
        new_url=url_for("data_request.new") if may else None,
        next_url=following if page.next_cursor else None,
    )


@bp.get("/data-requests/new")
@action("data_request.register")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(Form(values={"received_on": _today().isoformat()}))


@bp.post("/data-requests/new")
@action("data_request.register")
def register() -> ResponseReturnValue:
    """Write a request down."""

    def produce() -> Response:
        draft = RequestDraft(**load_body(DataRequestIn, _body()))
        made = operations.register(draft, actor=actor(), desk=desk(), now=now())
        flash("已登记个人信息申请")
        return forms.see(url_for("data_request.detail", data_request_id=made))

    try:
        return forms.once(produce, shown=_form, twice=TWICE)
    except TooOften as refusal:
        said = OFTEN.format(minutes=-(-refusal.seconds // 60))
        page = _form(forms.typed(request.form, {"": [said]}))
        return Response(page, 429, {"Retry-After": str(refusal.seconds)})


@bp.get("/data-requests/<uuid:data_request_id>")
@action("data_request.read")
def detail(data_request_id: UUID) -> ResponseReturnValue:
    """One request, with the step that is open."""
    return _detail(data_request_id, Form(key=""))


@bp.post("/data-requests/<uuid:data_request_id>/decide")
@action("data_request.decide")
def decide(data_request_id: UUID) -> ResponseReturnValue:
    """Decide it."""

    def take(version: int) -> None:
        body = load_body(DecideRequestIn, forms.body(request.form))
        operations.decide(
            data_request_id,
            body["decision"],
            body["reason"],
            version=version,
            actor=actor(),
            desk=desk(),
            now=now(),
        )

    return _step(data_request_id, take, "已决定，答复以后请登记")


@bp.post("/data-requests/<uuid:data_request_id>/answer")
@action("data_request.answer")
def answer(data_request_id: UUID) -> ResponseReturnValue:
    """Note that the answer was given."""

    def take(version: int) -> None:
        body = load_body(AnswerRequestIn, forms.body(request.form))
        operations.answer(
            data_request_id,
            body["method"],
            body["answered_on"],
            version=version,
            actor=actor(),
            desk=desk(),
            now=now(),
        )

    return _step(data_request_id, take, "已登记答复")


@bp.get("/data-requests/<uuid:data_request_id>/sheet")
@action("data_request.answer")
@noted("print", "data_request")
def sheet(data_request_id: UUID) -> ResponseReturnValue:
    """What is stored about who asked, to be printed and handed to them."""
    found = queries.sheet(data_request_id, actor=actor(), desk=desk())
    return render_template(
        "data_request/sheet.html",
        title="个人信息查阅、复制答复",
        name=found.name,
        id_number=found.id_number,
        disputes=[_stored(each) for each in found.disputes],
        centre=papers.letterhead(),
        today_text=show.long_day(_today()),
        back_url=url_for("data_request.detail", data_request_id=data_request_id),
    )


def _step(data_request_id: UUID, take: Any, done: str) -> ResponseReturnValue:
    try:
        take(forms.version())
    except Invalid as refusal:
        return _detail(data_request_id, forms.typed(request.form, refusal.fields)), 422
    except Stale as refusal:
        return _detail(data_request_id, forms.typed(request.form, {"": [refusal.detail]})), 412
    flash(done)
    return forms.see(url_for("data_request.detail", data_request_id=data_request_id))


def _body() -> dict[str, Any]:
    raw = forms.body(request.form)
    numbers = str(raw.pop("numbers", "")).replace("，", " ").replace("、", " ").replace(",", " ")
    raw["numbers"] = numbers.split()
    raw["everything"] = raw.get("everything") == "true"
    return raw


def _form(form: Form) -> str:
    return render_template(
        "data_request/new.html",
        title="登记个人信息申请",
        form=form,
        kinds=list(labels(DataRequestKind).items()),
        checks=list(labels(IdentityCheck).items()),
        today=_today().isoformat(),
        post_url=url_for("data_request.register"),
        back_url=url_for("data_request.listed"),
    )


def _detail(data_request_id: UUID, form: Form) -> str:
    view = queries.one(data_request_id, actor=actor(), desk=desk(), today=_today())
    found = event.of_subject("data_request", data_request_id)
    may_answer = access.may(actor(), "data_request.answer", desk().policy.access)
    return render_template(
        "data_request/detail.html",
        title=f"个人信息申请：{label(view.kind)}",
        asked=_row(view) | _more(view),
        step=_next(view),
        form=form,
        sheet_url=url_for("data_request.sheet", data_request_id=view.id)
        if view.may_show and may_answer
        else None,
        events=[
            timeline.entry(each, desk().zone, {}, statuses=DataRequestStatus)
            for each in reversed(found.items)
        ],
    )


def _row(view: RequestView) -> dict[str, Any]:
    due = None
    if view.status is not DataRequestStatus.ANSWERED:
        due = show.deadline(view.due_on, _today(), provisional=view.due_provisional)
    return {
        "url": url_for("data_request.detail", data_request_id=view.id),
        "kind_label": label(view.kind),
        "name": view.name,
        "received_text": show.long_day(view.received_on),
        "status_label": label(view.status),
        "status_tone": TONES.get(view.status, "ok"),
        "deadline": due,
        "version": view.version,
    }


def _more(view: RequestView) -> dict[str, Any]:
    term = desk().policy.privacy.term
    return {
        "id_number": view.id_number,
        "phone": view.phone or "",
        "check_label": label(view.identity_check),
        "about": "关于本人的全部信息" if view.everything else "指明的纠纷",
        "numbers": "、".join(view.numbers) or "没有查到公开的纠纷；限制查阅的由中心主任另行答复",
        "wish": view.wish or "",
        "received_by": view.received_by,
        "term": f"{term.days} 个工作日（{term.law}{term.article}，由本中心自定）",
        "decision_label": label(view.decision) if view.decision else "",
        "reason": view.reason or "",
        "decided_text": _day(view.decided_on),
        "decided_by": view.decided_by or "",
        "answered_text": _day(view.answered_on),
        "method_label": label(view.answer_method) if view.answer_method else "",
    }


def _next(view: RequestView) -> dict[str, Any] | None:
    """The form of the step that is open to the viewer."""
    policy = desk().policy.access
    decides = view.status is DataRequestStatus.RECEIVED
    if view.status is DataRequestStatus.ANSWERED:
        return None
    if not access.may(actor(), f"data_request.{'decide' if decides else 'answer'}", policy):
        return None
    endpoint = "data_request.decide" if decides else "data_request.answer"
    return {
        "label": "决定" if decides else "登记答复",
        "url": url_for(endpoint, data_request_id=view.id),
        "fields": _of_decision() if decides else _of_answer(),
    }


def _of_decision() -> list[dict[str, Any]]:
    options = list(labels(DataDecision).items())
    hint = "不同意、只同意一部分的必填，会告诉申请人"
    return [
        forms.described("decision", "决定", "radio", options=options, required=True),
        forms.described("reason", "理由", "textarea", maxlength=500, hint=hint, conditional=True),
    ]


def _of_answer() -> list[dict[str, Any]]:
    options = list(labels(AnswerMethod).items())
    return [
        forms.described("method", "怎么答复的", "radio", options=options, required=True),
        forms.described("answered_on", "哪一天答复的", "date", required=True),
    ]


def _stored(each: Stored) -> dict[str, Any]:
    return {
        "number": each.number,
        "category": show.category(each.category, desk().policy),
        "status_label": label(each.status),
        "registered_text": show.long_day(each.registered_on),
        "closed_text": _day(each.closed_on),
        "own": [
            {
                "role_label": label(mine.role),
                "name": mine.name,
                "phone": mine.phone or "没有登记",
                "address": mine.address or "没有登记",
                "language_label": label(mine.language),
            }
            for mine in each.own
        ],
        "others": "、".join(f"{label(role)} {name}" for role, name in each.others) or "没有",
        "narrative": each.narrative,
    }


def _day(value: date | None) -> str:
    return show.long_day(value) if value else ""


def _today() -> date:
    return desk().today(now())
