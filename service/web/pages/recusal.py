"""申请回避: a party asks for another mediator; the head of the unit or the director decides."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.mediator_word import RecusalState
from config.words import label
from schemas.recusal import RecusalDecisionIn, RecusalIn
from service.errors import Conflict, Invalid
from service.operations import recusal as operations
from service.queries import dispute as disputes
from service.queries import recusal as queries
from service.queries.dispute import Opened
from service.queries.recusal import RecusalView
from service.rules import dispute as rules
from service.web import conflict, mediator, show
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("recusal", __name__)
TWICE: Final = "刚才已经登记过一次，请核对"
TONES: Final = {RecusalState.ASKED: "warn", RecusalState.GRANTED: "ok"}


@bp.get("/disputes/<uuid:dispute_id>/recusals")
@action("dispute.read")
def listed(dispute_id: UUID) -> ResponseReturnValue:
    """What was asked and decided, and the forms for who may ask or decide."""
    return _page(dispute_id, Form(), Form())


@bp.post("/disputes/<uuid:dispute_id>/recusals")
@action("recusal.ask")
def ask(dispute_id: UUID) -> ResponseReturnValue:
    """Take down that a party does not want the mediator."""

    def produce() -> ResponseReturnValue:
        body = load_body(RecusalIn, forms.body(request.form))
        try:
            operations.ask(dispute_id, body, actor=actor(), desk=desk(), now=now())
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("已登记回避申请，等本单位负责人或者中心主任决定")
        return forms.see(url_for("recusal.listed", dispute_id=dispute_id))

    return forms.once(produce, shown=lambda form: _page(dispute_id, form, Form()), twice=TWICE)


@bp.post("/disputes/<uuid:dispute_id>/recusals/<uuid:recusal_id>/decide")
@action("recusal.decide")
def decide(dispute_id: UUID, recusal_id: UUID) -> ResponseReturnValue:
    """Grant it and name another, or refuse it."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form)
        raw["granted"] = forms.TRUTH.get(str(raw.get("granted")), raw.get("granted", ""))
        body = load_body(RecusalDecisionIn, raw)
        try:
            told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
            operations.decide(dispute_id, recusal_id, body, **told)
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        except Invalid as refusal:
            raise Invalid(_at(refusal.fields)) from refusal
        flash("已同意回避，换了调解员" if body["granted"] else "已决定：不同意回避")
        return forms.see(url_for("recusal.listed", dispute_id=dispute_id))

    return forms.once(produce, shown=lambda form: _page(dispute_id, Form(), form), twice=TWICE)


def _at(wrong: forms.Fields) -> forms.Fields:
    return {"words" if name == "reason" else name: told for name, told in wrong.items()}


def _page(dispute_id: UUID, ask_form: Form, decide_form: Form) -> str:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    found, view = queries.of_opened(opened), opened.view
    waits = next((each for each in found if each.state is RecusalState.ASKED), None)
    ended = view.status in rules.ENDED
    asks = "recusal.ask" in opened.may and opened.key and not waits and view.mediator and not ended
    decides = _may_decide(opened, waits) and not ended
    suggested = None
    if decides and "dispute.assign" in opened.may:
        suggested = mediator.suggestions(
            view.id, view.organisation.id if view.organisation else None
        )
    return render_template(
        "dispute/recusal.html",
        title=f"申请回避：{view.number}",
        about=conflict.about(view),
        mediator=view.mediator.name if view.mediator else "",
        rows=[_row(each, opened) for each in found],
        ask_url=url_for("recusal.ask", dispute_id=dispute_id) if asks else None,
        ask_form=ask_form,
        ask_fields=_ask_fields(opened),
        decide_url=url_for("recusal.decide", dispute_id=dispute_id, recusal_id=waits.id)
        if waits and decides
        else None,
        decide_form=decide_form,
        decide_fields=_decide_fields(suggested),
        suggested=suggested,
    )


def _may_decide(opened: Opened, waits: RecusalView | None) -> bool:
    mine = waits is not None and waits.mediator_id == actor().user_id
    return waits is not None and "recusal.decide" in opened.may and not mine


def _row(each: RecusalView, opened: Opened) -> dict[str, Any]:
    year = desk().today(now()).year
    by = {party.id: party for party in opened.view.parties}
    who = by.get(each.party_id) if each.party_id else None
    return {
        "mediator": each.mediator,
        "who": f"{label(who.role)} {who.name}" if who else "",
        "asked": f"{show.day(each.asked_on, year=year)}，{each.asked_by}记",
        "reason": each.reason or "",
        "state": label(each.state),
        "tone": TONES.get(each.state, "plain"),
        "decided": f"{show.moment(each.decided_at, desk().zone)}，{each.decided_by}"
        if each.decided_at
        else "",
        "words": each.words or "",
        "successor": each.successor or "",
    }


def _ask_fields(opened: Opened) -> list[dict[str, Any]]:
    people = [(str(each.id), f"{label(each.role)} {each.name}") for each in opened.view.parties]
    made = forms.described
    return [
        made("party", "谁申请的", "select", options=[("", "别人，写在下面"), *people]),
        made("reason", "为什么申请回避", "textarea", required=True, maxlength=500),
    ]


def _decide_fields(suggested: dict[str, Any] | None) -> list[dict[str, Any]]:
    made = forms.described
    return [
        made(
            "granted",
            "同意换人吗",
            "radio",
            options=[("true", "同意，换人"), ("false", "不同意")],
            required=True,
        ),
        made(
            "mediator",
            "换成谁",
            "select",
            options=[("", "请选择"), *(mediator.options(suggested) if suggested else [])],
            conditional=True,
            hint="同意的必选",
        ),
        made("words", "决定的理由", "textarea", required=True, maxlength=500),
    ]
