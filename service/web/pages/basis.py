"""处理依据: the duty, the consents, and the forms to note one or its withdrawal."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import BasisGround, ConsentForm, PartyRole
from config.words import label, labels
from schemas.basis import ConsentIn, WithdrawConsentIn
from service.errors import Invalid
from service.operations import basis as operations
from service.operations.basis import Consent
from service.queries import basis as queries
from service.queries import dispute as disputes
from service.queries.dispute import Opened
from service.web import basis, show
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("basis", __name__)
TWICE: Final = "刚才已经记过一次了。要再记一条，请核对内容后再点记下"


@bp.get("/disputes/<uuid:dispute_id>/bases")
@action("dispute.read")
def listed(dispute_id: UUID) -> ResponseReturnValue:
    """What stands, and the form for one more consent."""
    return _page(_opened(dispute_id), Form())


@bp.post("/disputes/<uuid:dispute_id>/bases")
@action("dispute.basis")
def consent(dispute_id: UUID) -> ResponseReturnValue:
    """Note a consent."""

    def produce() -> Response:
        given = Consent(**load_body(ConsentIn, forms.body(request.form)))
        operations.consent(dispute_id, given, actor=actor(), desk=desk(), now=now())
        flash("已记下同意")
        return forms.see(url_for("basis.listed", dispute_id=dispute_id))

    return forms.once(produce, shown=lambda form: _page(_opened(dispute_id), form), twice=TWICE)


@bp.post("/disputes/<uuid:dispute_id>/bases/<uuid:basis_id>/withdraw")
@action("dispute.basis")
def withdraw(dispute_id: UUID, basis_id: UUID) -> ResponseReturnValue:
    """Note that a consent was withdrawn."""
    try:
        body = load_body(WithdrawConsentIn, forms.body(request.form))
        when, why = body["withdrawn_on"], body["reason"]
        operations.withdraw(dispute_id, basis_id, when, why, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        told = {f"{name}-{basis_id}": words for name, words in refusal.fields.items()}
        return _page(_opened(dispute_id), forms.typed(request.form, told)), 422
    flash("已记下撤回同意；撤回以前做的不受影响")
    return forms.see(url_for("basis.listed", dispute_id=dispute_id))


def _opened(dispute_id: UUID) -> Opened:
    return disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())


def _page(opened: Opened, form: Form) -> str:
    view, found = opened.view, queries.of_dispute(opened, desk())
    return render_template(
        "basis/list.html",
        title=f"个人信息处理依据：{view.number}",
        rows=[_row(each, opened) for each in found],
        hint=basis.hint(opened, found),
        form=form,
        fields=_fields(opened),
        may="dispute.basis" in opened.may,
        today=desk().today(now()).isoformat(),
        post_url=url_for("basis.listed", dispute_id=view.id),
        back_url=url_for("dispute.detail", dispute_id=view.id),
    )


def _row(each: queries.BasisView, opened: Opened) -> dict[str, Any]:
    who = {party.id: f"{label(party.role)} {party.name}" for party in opened.view.parties}
    consents = each.id is not None and each.ground is not BasisGround.STATUTORY
    standing = consents and each.withdrawn_on is None and "dispute.basis" in opened.may
    return {
        "id": each.id,
        "ground_label": label(each.ground),
        "duty": basis.duty(each.duty) if each.duty else "",
        "party": _whose(each.party, who) if each.party or consents else "",
        "given_by": who.get(each.given_by, "") if each.given_by else "",
        "form_label": label(each.form) if each.form else "",
        "scope": each.scope or "",
        "obtained_text": show.long_day(each.obtained_on) if each.obtained_on else "",
        "recorded_by": each.recorded_by or "",
        "withdrawn_text": show.long_day(each.withdrawn_on) if each.withdrawn_on else "",
        "withdrawal": each.withdrawal or "",
        "withdraw_url": url_for("basis.withdraw", dispute_id=opened.view.id, basis_id=each.id)
        if standing
        else None,
    }


def _whose(party: UUID | None, who: dict[UUID, str]) -> str:
    return "所有当事人" if party is None else who.get(party, "")


def _fields(opened: Opened) -> list[dict[str, Any]]:
    people = opened.view.parties
    named = [(str(each.id), f"{label(each.role)} {each.name}") for each in people]
    guardians = [(str(each.id), each.name) for each in people if each.role is PartyRole.GUARDIAN]
    grounds = [each for each in labels(BasisGround).items() if each[0] != BasisGround.STATUTORY]
    return [
        forms.described("ground", "哪一种同意", "radio", options=grounds, required=True),
        forms.described("party", "谁的信息", "select", options=[("", "所有当事人"), *named]),
        forms.described(
            "given_by",
            "监护人",
            "select",
            options=[("", "不是监护人同意"), *guardians],
            hint="未满 14 周岁的，由监护人同意",
        ),
        forms.described(
            "scope",
            "同意用什么信息、做什么用",
            "textarea",
            maxlength=300,
            hint="单独同意必填，例如：把诊断书交给道交调委会计算赔偿",
            conditional=True,
        ),
        forms.described(
            "form", "怎么同意的", "radio", options=list(labels(ConsentForm).items()), required=True
        ),
        forms.described("obtained_on", "哪一天同意的", "date", required=True),
    ]
