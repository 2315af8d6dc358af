"""One step or one addition on a page of its own 程序步骤、调解会、回访."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import (
    AgreementForm,
    DeclineGround,
    DisputeStatus,
    FailureReason,
    OrganisationKind,
    Step,
    VisitResult,
)
from config.words import labels
from schemas.base import Strict
from schemas.mediation import SessionIn, VisitIn
from schemas.step import SHAPES
from service.errors import Invalid, NotFound, Stale, StepNotAllowed
from service.operations import mediation as mediations
from service.operations import step as operations
from service.operations.idempotency import Answer, Claim, once
from service.queries import dispute as queries
from service.queries import organisation as organisations
from service.queries import user as users
from service.queries.dispute import DisputeView
from service.rules import dispute as rules
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("step", __name__)
DANGEROUS: Final = frozenset({Step.VOID, Step.TERMINATE, Step.DECLINE, Step.FAIL, Step.WITHDRAW})
CONSEQUENCES: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.DISPATCH: "承办单位会在待签收里看到这件纠纷。",
        Step.ACCEPT: "从今天起计算办理期限。",
        Step.RETURN: "退回中心重新分派，承办记录保留。",
        Step.AGREE: "进入待履行；履行后办结。",
        Step.FAIL: "以“调解不成”办结，并应告知当事人可以仲裁、诉讼等。",
        Step.WITHDRAW: "以“申请人撤回”办结；不计成功，也不计失败。",
        Step.TERMINATE: "以“终止调解”办结。",
        Step.DECLINE: "以“不予受理”办结；须告诉来访人该去哪里、期限还剩多久。",
        Step.CLOSE: "办结后不再计算期限；需要时可由中心主任重新办理。",
        Step.REOPEN: "另起一轮，原来的办结日期保留。",
        Step.VOID: "登记有误的不计入统计，编号保留。",
        Step.ARCHIVE: "归档后不能再改。",
        Step.PERFORM: "登记双方已按协议履行。",
    }
)


def _field(name: str, text: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    blank = {"options": [], "required": False, "hint": "", "rows": 3, "maxlength": None}
    return {"name": name, "label": text, "kind": kind} | blank | more


def _reason(text: str = "理由") -> dict[str, Any]:
    return _field("reason", text, "textarea", required=True, maxlength=500)


def _note() -> dict[str, Any]:
    return _field("note", "说明", "textarea", maxlength=500)


def fields(step: Step, view: DisputeView) -> list[dict[str, Any]]:
    """What a step asks, as fields of a form."""
    if step is Step.DISPATCH:
        return _dispatch_fields()
    if step is Step.ASSIGN:
        unit = view.organisation.id if view.organisation else None
        mediators = [(str(each.id), each.name) for each in users.mediators(unit)]
        return [_field("mediator", "调解员", "select", options=mediators, required=True)]
    return _PLAIN_FIELDS[step]() if step in _PLAIN_FIELDS else []


def _dispatch_fields() -> list[dict[str, Any]]:
    units = [(str(each.id), each.name) for each in organisations.active()]
    return [
        _field("organisation", "承办单位", "select", options=units, required=True),
        _field("assist", "协办单位", "checkboxes", options=units),
        _field("reason", "改派理由", "textarea", hint="与建议单位不同时必填", maxlength=500),
    ]


def _agree_fields() -> list[dict[str, Any]]:
    formats = list(labels(AgreementForm).items())
    return [
        _field("form", "协议形式", "radio", options=formats, required=True),
        _field("terms", "协议内容", "textarea", rows=6, hint="书面协议必填", maxlength=5000),
        _field("amount", "协议金额", "money"),
        _field("performed_by", "履行期限", "date"),
    ]


def _fail_fields() -> list[dict[str, Any]]:
    reasons = list(labels(FailureReason).items())
    return [_field("reasons", "不成的原因", "checkboxes", options=reasons, required=True), _note()]


def _decline_fields() -> list[dict[str, Any]]:
    grounds = list(labels(DeclineGround).items())
    doors = list(labels(OrganisationKind).items())
    return [
        _field("ground", "事由", "radio", options=grounds, required=True),
        _field("go_to", "该去哪里", "select", options=[("", "请选择"), *doors], required=True),
        _field("reason", "说明", "textarea", maxlength=500),
    ]


_PLAIN_FIELDS: Final[Mapping[Step, Callable[[], list[dict[str, Any]]]]] = MappingProxyType(
    {
        Step.RETURN: lambda: [_reason("退回理由")],
        Step.AGREE: _agree_fields,
        Step.FAIL: _fail_fields,
        Step.WITHDRAW: lambda: [_reason("撤回情况")],
        Step.TERMINATE: lambda: [_reason("终止理由")],
        Step.DECLINE: _decline_fields,
        Step.REOPEN: lambda: [_reason("重新办理的理由")],
        Step.VOID: lambda: [_reason("哪里有误")],
    }
)

# additions to a dispute in work: kind -> (label, action, statuses)
ADDITIONS: Final[Mapping[str, tuple[str, str, frozenset[DisputeStatus]]]] = MappingProxyType(
    {
        "sessions": ("记一次调解会", "dispute.session", frozenset({DisputeStatus.MEDIATING})),
        "visits": (
            "记一次回访",
            "dispute.visit",
            frozenset({DisputeStatus.AGREED, DisputeStatus.CLOSED}),
        ),
    }
)


def button(view: DisputeView, step: Step) -> dict[str, Any]:
    """A step as a button: at once when it asks nothing and ends nothing, else its own page."""
    ends = rules.ends(step)
    direct = SHAPES[step]().fields == {} and not ends
    return {
        "name": step.value,
        "label": show.step_label(step),
        "url": url_for("step.take" if direct else "step.ask", dispute_id=view.id, step=step.value),
        "hint": CONSEQUENCES.get(step, ""),
        "direct": direct,
        "danger": step in DANGEROUS,
    }


@bp.get("/disputes/<uuid:dispute_id>/steps/<step>")
@action("dispute.{step}")
def ask(dispute_id: UUID, step: str) -> ResponseReturnValue:
    """The page of one step."""
    view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
    return _page(view, _word(step), Form(values=_proposed(view, _word(step))))


@bp.post("/disputes/<uuid:dispute_id>/steps/<step>")
@action("dispute.{step}")
def take(dispute_id: UUID, step: str) -> ResponseReturnValue:
    """Take the step; what was typed stays when it cannot be taken."""
    word = _word(step)
    try:
        operations.take(
            dispute_id,
            word,
            load_body(SHAPES[word], _body(word)),
            version=_version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
        return _page(view, word, forms.typed(request.form, refusal.fields)), 422
    except Stale as refusal:
        return _conflict(dispute_id, word, refusal.changed), 412
    return _see(request.form.get("next") or url_for("dispute.detail", dispute_id=dispute_id))


@bp.get("/disputes/<uuid:dispute_id>/add/<kind>")
@action("dispute.read")
def addition(dispute_id: UUID, kind: str) -> ResponseReturnValue:
    """The page of one addition."""
    view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
    return _addition_page(view, _kind(kind), Form())


@bp.post("/disputes/<uuid:dispute_id>/add/sessions")
@action("dispute.session")
def add_session(dispute_id: UUID) -> ResponseReturnValue:
    """Record a mediation session."""
    return _add(dispute_id, "sessions", SessionIn, mediations.hold_session)


@bp.post("/disputes/<uuid:dispute_id>/add/visits")
@action("dispute.visit")
def add_visit(dispute_id: UUID) -> ResponseReturnValue:
    """Record a follow-up visit."""
    return _add(dispute_id, "visits", VisitIn, mediations.visit)


def _add(dispute_id: UUID, kind: str, shape: type[Strict], write: Any) -> ResponseReturnValue:
    posted = forms.typed(request.form)
    home = url_for("dispute.detail", dispute_id=dispute_id)

    def produce() -> Answer:
        body = load_body(shape, _addition_body(kind))
        write(dispute_id, body, actor=actor(), desk=desk(), now=now())
        return Answer(303, b"", {"Location": home})

    try:
        claim = Claim(actor().user_id, f"page:{request.path}"[:100], posted.key, str(posted.values))
        kept = once(claim, produce, desk=desk(), now=now())
    except Invalid as refusal:
        view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
        return _addition_page(view, kind, forms.typed(request.form, refusal.fields)), 422
    return Response(kept.body, kept.status, kept.headers)


def _addition_body(kind: str) -> dict[str, Any]:
    raw = forms.body(request.form)
    if kind == "sessions":
        raw["attendance"] = [
            {"party": name.removeprefix("came."), "attended": value == "true"}
            for name, value in request.form.items()
            if name.startswith("came.") and value
        ]
        raw.pop("came", None)
        raw["held_at"] = _local_instant(raw.get("held_at"))
    return {name: value for name, value in raw.items() if value is not None}


def _local_instant(text: Any) -> str | None:
    """A browser's local date and time in the office's zone."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=desk().zone).isoformat()
    except ValueError:
        return text


def _addition_fields(view: DisputeView, kind: str) -> list[dict[str, Any]]:
    if kind == "sessions":
        came = [("true", "到场"), ("false", "未到")]
        parties = [
            _field(f"came.{each.id}", f"{each.name}到场吗", "radio", options=came)
            for each in view.parties
        ]
        return [
            _field("held_at", "时间", "datetime", required=True),
            _field("place", "地点", required=True, maxlength=100),
            *parties,
            _field("minutes", "调解记录", "textarea", required=True, rows=8, maxlength=10_000),
        ]
    answers = [("true", "满意"), ("false", "不满意"), ("", "未表态")]
    results = list(labels(VisitResult).items())
    return [
        _field("visited_on", "回访日期", "date", required=True),
        _field("result", "履行情况", "radio", options=results, required=True),
        _field("satisfied", "当事人态度", "radio", options=answers),
        _field("note", "说明", "textarea", maxlength=1000),
    ]


def _addition_page(view: DisputeView, kind: str, form: Form) -> str:
    text = ADDITIONS[kind][0]
    endpoint = "step.add_session" if kind == "sessions" else "step.add_visit"
    return render_template(
        "dispute/step.html",
        title=f"{text}：{view.number}",
        step={
            "label": text,
            "url": url_for(endpoint, dispute_id=view.id),
            "button": "保存",
            "danger": False,
            "consequence": "",
            "fields": _addition_fields(view, kind),
        },
        form=form,
        version=None,
        about=_about(view),
    )


def _page(view: DisputeView, step: Step, form: Form) -> str:
    if step not in view.steps:
        raise StepNotAllowed("这件纠纷现在不能进行这一步", [each.value for each in view.steps])
    text = show.step_label(step)
    return render_template(
        "dispute/step.html",
        title=f"{text}：{view.number}",
        step={
            "label": text,
            "url": url_for("step.take", dispute_id=view.id, step=step.value),
            "button": f"确认{text}",
            "danger": step in DANGEROUS,
            "consequence": CONSEQUENCES.get(step, ""),
            "fields": fields(step, view) + _close_fields(step, view),
        },
        form=form,
        version=view.version,
        about=_about(view),
    )


def _close_fields(step: Step, view: DisputeView) -> list[dict[str, Any]]:
    if step is not Step.CLOSE:
        return []
    outcomes = [
        (outcome.value, show.outcome_label(outcome))
        for outcome in sorted(rules.CLOSABLE_AS.get(view.status, frozenset()))
    ]
    return [
        _field("outcome", "办理结果", "radio", options=outcomes, required=True),
        _field("reason", "说明", "textarea", maxlength=500),
    ]


def _proposed(view: DisputeView, step: Step) -> dict[str, Any]:
    """What the form begins with: the only possible outcome, the unit the rules named."""
    if step is Step.CLOSE:
        outcomes = rules.CLOSABLE_AS.get(view.status, frozenset())
        return {"outcome": next(iter(outcomes)).value} if len(outcomes) == 1 else {}
    if step is Step.DISPATCH and view.route and view.route["lead"]:
        units = organisations.of_kinds([OrganisationKind(view.route["lead"])])
        return {"organisation": str(units[0].id)} if units else {}
    return {}


def _conflict(dispute_id: UUID, step: Step, changed: list[str]) -> str:
    view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
    changes = [
        {"label": show.FIELD_LABELS.get(each, each), "before": "", "after": "", "yours": None}
        for each in changed
    ]
    open_now = step in view.steps
    return render_template(
        "conflict.html",
        title="内容已被修改",
        about={"number": view.number, "url": url_for("dispute.detail", dispute_id=dispute_id)},
        by_text="",
        changes=changes,
        form=forms.typed(request.form),
        fields=fields(step, view) + _close_fields(step, view),
        retry={
            "url": url_for("step.take", dispute_id=dispute_id, step=step.value),
            "button": f"仍然{show.step_label(step)}",
        }
        if open_now
        else None,
        version=view.version,
    )


def _about(view: DisputeView) -> dict[str, Any]:
    today = desk().today(now())
    due = view.due
    return {
        "number": view.number,
        "parties": " 与 ".join(each.name for each in view.parties[:2]),
        "matter": show.category(view.category, desk().policy),
        "url": url_for("dispute.detail", dispute_id=view.id),
        "deadline": show.deadline(due.on, today, provisional=due.provisional) if due else None,
    }


def _body(step: Step) -> dict[str, Any]:
    raw = forms.body(request.form)
    if step is Step.DECLINE and isinstance(raw.get("go_to"), str):
        raw["go_to"] = [raw["go_to"]]
    return raw


def _version() -> int:
    text = request.form.get("version", "")
    if not text.isdigit():
        raise Invalid({"version": ["页面不完整，请返回刷新后再试"]})
    return int(text[:9])


def _word(name: str) -> Step:
    try:
        return Step(name)
    except ValueError as refusal:
        raise NotFound("没有这一步") from refusal


def _kind(name: str) -> str:
    if name not in ADDITIONS:
        raise NotFound
    return name


def _see(address: str) -> Response:
    safe = address.startswith("/") and not address.startswith(("//", "/\\"))
    return Response(status=303, headers={"Location": address if safe else url_for("home.desk")})
