"""行政应诉: the register of reviews and lawsuits."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

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
from service.operations.idempotency import Answer, Claim, once
from service.operations.lawsuit import LawsuitDraft
from service.queries import event
from service.queries import lawsuit as queries
from service.queries import organisation as organisations
from service.queries.lawsuit import Filters, LawsuitView
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.parser import flatten
from service.web.steps import load_body

bp = Blueprint("lawsuit", __name__)


@bp.get("/lawsuits")
@action("lawsuit.list")
def listed() -> ResponseReturnValue:
    """The cases, latest served first."""
    given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    try:
        query = LawsuitQuery().load(given)
    except ValidationError as refusal:
        raise Invalid(flatten(refusal.messages)) from refusal
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    page = queries.page(Filters(**query), **paging)
    following = url_for("lawsuit.listed", **(given | {"cursor": page.next_cursor or ""}))
    may_record = access.may(actor(), "lawsuit.record", desk().policy.access)
    return render_template(
        "lawsuit/list.html",
        title="行政应诉",
        rows=[show.lawsuit(row) for row in page.items],
        next_url=following if page.next_cursor else None,
        new_url=url_for("lawsuit.new") if may_record else None,
        empty="还没有登记复议或诉讼案件。",
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
    posted = forms.typed(request.form)

    def produce() -> Answer:
        draft = LawsuitDraft(**load_body(RecordIn, _body()))
        made = operations.record(draft, actor=actor(), desk=desk(), now=now())
        return Answer(303, b"", {"Location": url_for("lawsuit.detail", lawsuit_id=made)})

    try:
        claim = Claim(actor().user_id, "page:/lawsuits/new", posted.key, str(posted.values))
        kept = once(claim, produce, desk=desk(), now=now())
    except Invalid as refusal:
        return _form(forms.typed(request.form, refusal.fields)), 422
    return Response(kept.body, kept.status, kept.headers)


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
        if not version.isdigit():
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
    address = url_for("lawsuit.detail", lawsuit_id=lawsuit_id)
    return Response(status=303, headers={"Location": address})


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
    timeline = event.of_subject("lawsuit", lawsuit_id)
    return render_template(
        "lawsuit/detail.html",
        title=f"案件 {view.case_number or '（案号待补）'}",
        lawsuit=_shown(view),
        step=_step(view),
        form=form,
        events=[
            {
                "at_text": show.moment(each.happened_at, desk().zone),
                "actor": " ".join(p for p in (each.organisation, each.actor) if p) or "系统",
                "action": show.lawsuit_event_label(each.action),
                "note": each.reason or "",
            }
            for each in reversed(timeline.items)
        ],
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
    text = label(step)
    return {
        "label": text,
        "url": url_for("lawsuit.take", lawsuit_id=view.id, step=step.value),
        "button": f"登记{text}",
        "consequence": "撤诉要写明原因，按原因分别统计。" if step is LawsuitStep.DECIDE else "",
        "danger": False,
        "fields": _fields() if step is LawsuitStep.DECIDE else [],
    }


def _fields() -> list[dict[str, Any]]:
    def field(name: str, text: str, kind: str, options: Any = (), hint: str = "") -> dict[str, Any]:
        needed = name != "withdrawal_cause"
        return {
            "name": name,
            "label": text,
            "kind": kind,
            "options": list(options),
            "required": needed,
            "hint": hint,
            "rows": 1,
            "maxlength": None,
        }

    causes = [("", "不是撤诉"), *labels(WithdrawalCause).items()]
    return [
        field("decided_on", "裁判日期", "date"),
        field("served_on", "裁判文书送达日期", "date"),
        field("outcome", "结果", "radio", labels(LawsuitOutcome).items()),
        field("withdrawal_cause", "撤诉原因", "select", causes, "结果为撤诉时必填"),
    ]


def _filter(name: str, text: str, words: Any, given: dict[str, str]) -> dict[str, Any]:
    options = list(labels(words).items())
    return {"name": name, "label": text, "value": given.get(name, ""), "options": options}
