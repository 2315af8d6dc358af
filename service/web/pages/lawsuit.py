"""行政应诉: the register of reviews and lawsuits."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
    WithdrawalCause,
)
from config.words import label, labels
from schemas.lawsuit import SHAPES, LawsuitQuery, RecordIn
from service.errors import Invalid, NotFound, Stale
from service.operations import lawsuit as operations
from service.operations.lawsuit import LawsuitDraft
from service.queries import event
from service.queries import lawsuit as queries
from service.queries import organisation as organisations
from service.queries.lawsuit import Filters, LawsuitView
from service.rules import access
from service.web import form as forms
from service.web import show, timeline
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("lawsuit", __name__)
TWICE: Final = "这个案件刚才已经登记过了。要再登记一件，请核对内容后再点登记"
DONE: Final = {
    LawsuitStep.DECIDE: "已登记裁判结果，执行完毕后可以办结",
    LawsuitStep.CLOSE: "案件已办结",
}


@bp.get("/lawsuits")
@action("lawsuit.list")
def listed() -> ResponseReturnValue:
    """The cases, latest served first."""
    given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(LawsuitQuery, given)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        rest = {name: value for name, value in given.items() if name not in refusal.fields}
        return forms.see(url_for("lawsuit.listed", **rest))
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    today = desk().today(now())
    page = queries.page(Filters(**query), actor=actor(), today=today, **paging)
    following = url_for("lawsuit.listed", **(given | {"cursor": page.next_cursor or ""}))
    may_record = access.may(actor(), "lawsuit.record", desk().policy.access)
    may_read = access.may(actor(), "lawsuit.read", desk().policy.access)
    return render_template(
        "lawsuit/list.html",
        title="行政应诉",
        rows=[show.lawsuit(row, linked=may_read) for row in page.items],
        next_url=following if page.next_cursor else None,
        new_url=url_for("lawsuit.new") if may_record else None,
        empty="没有符合条件的案件。" if set(given) - {"cursor"} else "还没有登记复议、诉讼案件。",
        filters=[
            _filter("procedure", "程序", LawsuitProcedure, given),
            _filter("status", "状态", LawsuitStatus, given),
            _filter("outcome", "结果", LawsuitOutcome, given),
        ],
        list_url=url_for("lawsuit.listed"),
    )


@bp.get("/lawsuits/new")
@action("lawsuit.record")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(Form(values={"procedure": "litigation", "instance": "first"}))


@bp.post("/lawsuits/new")
@action("lawsuit.record")
def record() -> ResponseReturnValue:
    """Record a case."""

    def produce() -> Response:
        draft = LawsuitDraft(**load_body(RecordIn, _body()))
        made = operations.record(draft, actor=actor(), desk=desk(), now=now())
        flash("已登记案件")
        return forms.see(url_for("lawsuit.detail", lawsuit_id=made))

    return forms.once(produce, shown=_form, twice=TWICE)


@bp.get("/lawsuits/<uuid:lawsuit_id>")
@action("lawsuit.read")
def detail(lawsuit_id: UUID) -> ResponseReturnValue:
    """One case, with the step that is open."""
    return _detail(lawsuit_id, Form(key=""))


@bp.post("/lawsuits/<uuid:lawsuit_id>/steps/<step>")
@action("lawsuit.{step}")
def take(lawsuit_id: UUID, step: str) -> ResponseReturnValue:
    """Take one step."""
    if step not in set(LawsuitStep):
        raise NotFound("没有这一步")
    word = LawsuitStep(step)
    version = request.form.get("version", "")
    try:
        if not (version.isascii() and version.isdigit()):
            raise Invalid({"version": ["页面不完整，请返回刷新后再试"]})
        operations.take(
            lawsuit_id,
            word,
            load_body(SHAPES[word], forms.body(request.form)),
            version=int(version[:9]),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        return _detail(lawsuit_id, forms.typed(request.form, refusal.fields)), 422
    except Stale as refusal:
        return _detail(lawsuit_id, forms.typed(request.form, {"": [refusal.detail]})), 412
    flash(DONE[word])
    return forms.see(url_for("lawsuit.detail", lawsuit_id=lawsuit_id))


def _body() -> dict[str, Any]:
    raw = forms.body(request.form)
    plaintiffs = str(raw.pop("plaintiffs", ""))
    raw["plaintiffs"] = [line.strip() for line in plaintiffs.splitlines() if line.strip()]
    return raw


def _form(form: Form) -> str:
    return render_template(
        "lawsuit/new.html",
        title="登记复议、诉讼案件",
        form=form,
        procedures=list(labels(LawsuitProcedure).items()),
        instances=list(labels(LawsuitInstance).items()),
        organisations=[("", "请选择"), *((str(e.id), e.name) for e in organisations.active())],
        post_url=url_for("lawsuit.record"),
        back_url=url_for("lawsuit.listed"),
    )


def _detail(lawsuit_id: UUID, form: Form) -> str:
    view = queries.one(lawsuit_id, actor=actor(), desk=desk(), now=now())
    found = event.of_subject("lawsuit", lawsuit_id)
    return render_template(
        "lawsuit/detail.html",
        title=f"案件 {view.case_number or '（案号待补）'}",
        lawsuit=_shown(view),
        step=_step(view),
        form=form,
        events=[timeline.entry(each, desk().zone, {}) for each in reversed(found.items)],
    )


def _shown(view: LawsuitView) -> dict[str, Any]:
    cause, dispute, previous = view.withdrawal_cause, view.dispute, view.previous
    links = show.lawsuit(view) | {
        "act": view.act,
        "plaintiffs": view.plaintiffs,
        "withdrawal_cause_label": label(cause) if cause else None,
        "decided_text": show.long_day(view.decided_on) if view.decided_on else None,
        "dispute": None,
        "previous": None,
        "closed": view.status is LawsuitStatus.CLOSED,
        "version": view.version,
    }
    if dispute:
        address = url_for("dispute.detail", dispute_id=dispute.id) if dispute.id else None
        links["dispute"] = {"number": dispute.number, "url": address}
    if previous:
        links["previous"] = {
            "case_number": previous.case_number or "上一审",
            "url": url_for("lawsuit.detail", lawsuit_id=previous.id),
        }
    return links


def _step(view: LawsuitView) -> dict[str, Any] | None:
    if not view.steps:
        return None
    step = view.steps[0]
    decides = step is LawsuitStep.DECIDE
    return {
        "label": "登记裁判结果" if decides else "办结案件",
        "url": url_for("lawsuit.take", lawsuit_id=view.id, step=step.value),
        "button": "登记裁判结果" if decides else "办结案件",
        "consequence": "撤诉要写明原因。" if decides else "裁判结果已经执行完毕再办结。",
        "fields": _fields() if decides else [],
    }


def _fields() -> list[dict[str, Any]]:
    causes = [("", "不是撤诉"), *labels(WithdrawalCause).items()]
    return [
        forms.described("decided_on", "裁判日期", "date", required=True),
        forms.described("served_on", "裁判文书送达日期", "date", required=True),
        forms.described(
            "outcome", "结果", "radio", options=list(labels(LawsuitOutcome).items()), required=True
        ),
        forms.described(
            "withdrawal_cause",
            "撤诉原因",
            "select",
            options=causes,
            hint="结果是撤诉时必填",
            conditional=True,
        ),
    ]


def _filter(name: str, text: str, words: Any, given: dict[str, str]) -> dict[str, Any]:
    options = list(labels(words).items())
    return {"name": name, "label": text, "value": given.get(name, ""), "options": options}
