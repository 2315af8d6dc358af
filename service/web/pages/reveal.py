"""脱敏查看: one masked field in clear, for a reason, for a minute."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.reveal import RevealIn
from service.errors import Invalid, TooOften
from service.operations import reveal as operations
from service.operations.reveal import Revealed
from service.queries import dispute as queries
from service.queries.dispute import DisputeView
from service.web import form as forms
from service.web import reveal, show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("reveal", __name__)
SECONDS: Final = 60
OFTEN: Final = "这一小时看得太多了，已经告诉安全管理员和审计员。请过 {minutes} 分钟再看"


@bp.get("/disputes/<uuid:dispute_id>/reveal")
@action("dispute.reveal")
def ask(dispute_id: UUID) -> ResponseReturnValue:
    """Which field, and the question why."""
    view = _view(dispute_id)
    field = request.args.get("field") or "id_number"
    return _page(view, field, Form(key="", values={"field": field}))


@bp.post("/disputes/<uuid:dispute_id>/reveal")
@action("dispute.reveal")
def reveal_one(dispute_id: UUID) -> ResponseReturnValue:
    """The value; nothing of the answer is kept anywhere."""
    view, field = _view(dispute_id), request.form.get("field", "")
    try:
        body = load_body(RevealIn, forms.body(request.form))
        made = operations.reveal(
            dispute_id, body["field"], body["reason"], actor=actor(), desk=desk(), now=now()
        )
    except Invalid as refusal:
        return _page(view, field, forms.typed(request.form, refusal.fields)), 422
    except TooOften as refusal:
        said = OFTEN.format(minutes=-(-refusal.seconds // 60))
        page = _page(view, field, forms.typed(request.form, {"": [said]}))
        return Response(page, 429, {"Retry-After": str(refusal.seconds)})
    return _page(view, field, Form(key=""), made)


def _view(dispute_id: UUID) -> DisputeView:
    operations.allowed(dispute_id, actor=actor(), desk=desk(), now=now())
    return queries.one(dispute_id, actor=actor(), desk=desk(), now=now())


def _page(view: DisputeView, field: str, form: Form, made: Revealed | None = None) -> str:
    try:
        called = reveal.called(field, view)
    except Invalid as refusal:
        called, form = "", forms.typed(request.form, refusal.fields)
    return render_template(
        "reveal/ask.html",
        title=f"查看隐藏的内容：{view.number}",
        called=called,
        field=field,
        form=form,
        value=made.value if made else None,
        at_text=show.moment(made.revealed_at, desk().zone) if made else "",
        seconds=SECONDS,
        post_url=url_for("reveal.reveal_one", dispute_id=view.id),
        back_url=url_for("dispute.detail", dispute_id=view.id),
    )
