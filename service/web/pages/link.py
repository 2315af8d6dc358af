"""关联: tying a dispute to another one later, or deciding otherwise than before."""

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import LinkRelation
from config.words import label, labels
from schemas.dispute import LinkIn
from service.errors import Forbidden, Invalid
from service.operations import link as operations
from service.queries import dispute as queries
from service.queries import number as numbers
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("link", __name__)
CONSEQUENCE: Final = (
    "两件的办理信息里都会显示；选“不是同一件”就不再显示。以前的结论留在办理经过里。"
)


@bp.get("/disputes/<uuid:dispute_id>/links")
@action("dispute.link")
def ask(dispute_id: UUID) -> ResponseReturnValue:
    """The page that ties a dispute to another; `number` names one to decide anew about."""
    return _page(dispute_id, Form(key="", values={"number": request.args.get("number", "")[:40]}))


@bp.post("/disputes/<uuid:dispute_id>/links")
@action("dispute.link")
def decide(dispute_id: UUID) -> ResponseReturnValue:
    """Keep the decision; what was typed stays when it cannot be kept."""
    try:
        body = load_body(LinkIn, forms.body(request.form))
        body["number"] = numbers.of_one_read(body["number"], actor=actor(), desk=desk(), now=now())
        operations.decide(dispute_id, body, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        return _page(dispute_id, forms.typed(request.form, refusal.fields)), 422
    flash(f"已记下：与 {body['number']} {label(body['relation'])}")
    return forms.see(url_for("dispute.detail", dispute_id=dispute_id))


def _page(dispute_id: UUID, form: Form) -> str:
    opened = queries.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if "dispute.link" not in opened.may:
        raise Forbidden("这件纠纷不由您办理")
    view = opened.view
    return render_template(
        "dispute/step.html",
        title=f"关联另一件：{view.number}",
        step={
            "url": url_for("link.decide", dispute_id=dispute_id),
            "button": "保存",
            "danger": False,
            "consequence": CONSEQUENCE,
            "fields": [
                forms.described(
                    "number",
                    "另一件的编号",
                    required=True,
                    maxlength=40,
                    hint=f"完整编号如 {numbers.example(desk(), now())}，也可以只写末尾几位",
                ),
                forms.described(
                    "relation",
                    "与这一件的关系",
                    "radio",
                    options=list(labels(LinkRelation).items()),
                    required=True,
                ),
            ],
        },
        form=form,
        version=None,
        next="",
        about={
            "number": view.number,
            "parties": " 与 ".join(each.name for each in view.parties[:2]),
            "matter": show.category(view.category, desk().policy),
            "url": url_for("dispute.detail", dispute_id=view.id),
            "deadline": show.due(view.due, desk().today(now())),
        },
    )
