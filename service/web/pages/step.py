"""One step or one addition on a page of its own 程序步骤、调解会、回访."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import Step
from schemas.base import Strict
from schemas.mediation import SessionIn, VisitIn
from schemas.step import SHAPES
from service.errors import Invalid, NotFound, Stale, StepNotAllowed
from service.operations import mediation as mediations
from service.operations import step as operations
from service.queries import dispute as queries
from service.queries.dispute import DisputeView
from service.web import conflict, show, step_form
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.step_form import ADDITIONS, CONSEQUENCES, DANGEROUS
from service.web.steps import load_body

bp = Blueprint("step", __name__)
BROKEN: Final = "页面不完整，请返回刷新后再试"
TWICE: Final = "刚才已经保存过一次了。要再记一次，请核对内容后再点保存"


@bp.get("/disputes/<uuid:dispute_id>/steps/<step>")
@action("dispute.{step}")
def ask(dispute_id: UUID, step: str) -> ResponseReturnValue:
    """The page of one step."""
    view, word = _view(dispute_id), _word(step)
    return _page(view, word, Form(key="", values=step_form.proposed(word, view)))


@bp.post("/disputes/<uuid:dispute_id>/steps/<step>")
@action("dispute.{step}")
def take(dispute_id: UUID, step: str) -> ResponseReturnValue:
    """Take the step; what was typed stays when it cannot be taken."""
    word, before = _word(step), _view(dispute_id)
    try:
        operations.take(
            dispute_id,
            word,
            load_body(SHAPES[word], forms.body(request.form)),
            version=_version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        return _page(before, word, forms.typed(request.form, refusal.fields)), 422
    except Stale:
        return _conflict(_view(dispute_id), word), 412
    return _taken(before, word)


def _taken(before: DisputeView, step: Step) -> Response:
    """Say what happened, and go on: where the form came from, or to the dispute if still ours."""
    try:
        after = _view(before.id)
    except NotFound:
        flash(f"{before.number} {step_form.done(step, before)}")
        return forms.see(url_for("home.desk"))
    flash(f"{before.number} {step_form.done(step, after)}")
    back = forms.local_address(request.form.get("next", ""))
    return forms.see(back or url_for("dispute.detail", dispute_id=before.id))


@bp.get("/disputes/<uuid:dispute_id>/add/<kind>")
@action("dispute.read")
def addition(dispute_id: UUID, kind: str) -> ResponseReturnValue:
    """The page of one addition."""
    if kind not in ADDITIONS:
        raise NotFound
    return _addition_page(_view(dispute_id), kind, Form())


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


def _add(
    dispute_id: UUID, kind: str, shape: type[Strict], write: Callable[..., UUID]
) -> ResponseReturnValue:
    def produce() -> Response:
        body = load_body(shape, _addition_body(kind))
        write(dispute_id, body, actor=actor(), desk=desk(), now=now())
        flash("已记下这次调解会" if kind == "sessions" else "已记下这次回访")
        return forms.see(url_for("dispute.detail", dispute_id=dispute_id))

    def shown(form: Form) -> str:
        return _addition_page(_view(dispute_id), kind, form)

    return forms.once(produce, shown=shown, twice=TWICE)


def _addition_body(kind: str) -> dict[str, Any]:
    raw = forms.body(request.form)
    if kind == "sessions":
        came = raw.pop("came", None)
        raw["attendance"] = [
            {"party": party, "attended": said == "true"}
            for party, said in (came.items() if isinstance(came, dict) else ())
        ]
        held_at = raw.get("held_at")
        raw["held_at"] = forms.local_instant(held_at, desk().zone) if held_at else None
    return {name: value for name, value in raw.items() if value is not None}


def _addition_page(view: DisputeView, kind: str, form: Form) -> str:
    text = ADDITIONS[kind][0]
    endpoint = "step.add_session" if kind == "sessions" else "step.add_visit"
    return render_template(
        "dispute/step.html",
        title=f"{text}：{view.number}",
        step={
            "url": url_for(endpoint, dispute_id=view.id),
            "button": "保存",
            "danger": False,
            "consequence": "",
            "fields": step_form.addition_fields(view, kind),
        },
        form=form,
        version=None,
        next="",
        about=conflict.about(view),
    )


def _page(view: DisputeView, step: Step, form: Form) -> str:
    if step not in view.steps:
        raise StepNotAllowed("这件纠纷现在不能进行这一步", [each.value for each in view.steps])
    text = step_form.name_of(step, view.status)
    found = step_form.suggested(step, view)
    return render_template(
        "dispute/step.html",
        title=f"{text}：{view.number}",
        suggested=found,
        step={
            "url": url_for("step.take", dispute_id=view.id, step=step.value),
            "button": f"确认{text}",
            "danger": step in DANGEROUS,
            "consequence": CONSEQUENCES[step],
            "fields": step_form.fields(step, view, found),
        },
        form=form,
        version=view.version,
        next=forms.local_address(request.form.get("next", "")) or "",
        about=conflict.about(view),
    )


def _conflict(view: DisputeView, step: Step) -> str:
    """Somebody was quicker: what they did, and what was typed, to be sent again or let go."""
    still_open = step in view.steps
    text = step_form.name_of(step, view.status)
    version = request.form.get("version", "")
    seen = int(version[:9]) if version.isascii() and version.isdigit() else 0
    return render_template(
        "conflict.html",
        title="内容已被修改",
        about=conflict.about(view),
        status_label=show.status(view.status, view.outcome),
        events=conflict.entries(conflict.since(view, seen), view),
        form=forms.typed(request.form),
        fields=step_form.fields(step, view),
        action=text,
        retry_url=url_for("step.take", dispute_id=view.id, step=step.value) if still_open else None,
        version=view.version,
    )


def _view(dispute_id: UUID) -> DisputeView:
    return queries.one(dispute_id, actor=actor(), desk=desk(), now=now())


def _version() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit()):
        raise Invalid({"version": [BROKEN]})
    return int(text[:9])


def _word(name: str) -> Step:
    try:
        return Step(name)
    except ValueError as refusal:
        raise NotFound("没有这一步") from refusal
