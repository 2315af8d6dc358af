"""单位: the register of organisations and villages, one of them, and keeping them up to date."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from schemas.organisation import OrganisationIn
from service.errors import Conflict, Invalid, Stale
from service.operations import organisation as operations
from service.operations.organisation import OrganisationDraft
from service.queries import organisation as queries
from service.queries.organisation import OrganisationCard, OrganisationView
from service.rules import access
from service.web import form as forms
from service.web import organisation as units
from service.web.door import action, actor, desk, now, signed_in
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("organisation", __name__)
TWICE: Final = "这个单位刚才已经登记过了。要再登记一个，请核对内容后再点登记"


@bp.get("/organisations")
@signed_in
def listed() -> ResponseReturnValue:
    """The register by group of kinds; who keeps it also sees what was given up."""
    text = request.args.get("q", "").strip()[:60]
    found = queries.register(text, everything=units.manages())
    return render_template(
        "organisation/list.html",
        title="单位",
        query=text,
        list_url=url_for("organisation.listed"),
        groups=_groups([each for each in found if each.active]),
        inactive=[_row(each) for each in found if not each.active],
        empty="没有找到这样的单位。" if text else "还没有登记单位。",
        new_url=url_for("organisation.new") if units.manages() else None,
        import_url=url_for("organisation_list.paste") if units.manages() else None,
    )


@bp.get("/organisations/<uuid:organisation_id>")
@signed_in
def detail(organisation_id: UUID) -> ResponseReturnValue:
    """One organisation, to look at and to print."""
    card = queries.one(organisation_id)
    return render_template(
        "organisation/detail.html",
        title=card.name,
        card=_card(card),
        edit_url=url_for("organisation.edit", organisation_id=card.id) if units.manages() else None,
        keeping=_keeping(card) if units.manages() else None,
        events=units.history(card.id) if units.manages() else [],
    )


@bp.get("/organisations/new")
@action("organisation.manage")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _new(Form(values={"position": "0"}))


@bp.post("/organisations/new")
@action("organisation.manage")
def add() -> ResponseReturnValue:
    """Take an organisation in."""

    def produce() -> Response:
        draft = OrganisationDraft(**load_body(OrganisationIn, units.typed_body()))
        made = operations.add(draft, actor=actor(), desk=desk(), now=now())
        flash("已登记单位")
        return forms.see(url_for("organisation.detail", organisation_id=made))

    return forms.once(produce, shown=_new, twice=TWICE)


@bp.get("/organisations/<uuid:organisation_id>/edit")
@action("organisation.manage")
def edit(organisation_id: UUID) -> ResponseReturnValue:
    """The form with what the register says now."""
    card = queries.one(organisation_id)
    return _edit(card, Form(key="", values=units.values_of(card)), card.version)


@bp.post("/organisations/<uuid:organisation_id>/edit")
@action("organisation.manage")
def change(organisation_id: UUID) -> ResponseReturnValue:
    """Save the form; when somebody was quicker, what was typed is kept and can be sent again."""
    here = url_for("organisation.change", organisation_id=organisation_id)
    card, version = queries.one(organisation_id), units.posted_version()
    try:
        units.save(card, version=version)
    except Invalid as refusal:
        return _edit(card, forms.typed(request.form, refusal.fields), version), 422
    except Stale:
        return units.conflict(organisation_id, version, retry_url=here), 412
    flash("已保存")
    return forms.see(url_for("organisation.detail", organisation_id=organisation_id))


@bp.post("/organisations/<uuid:organisation_id>/deactivate")
@action("organisation.manage")
def deactivate(organisation_id: UUID) -> ResponseReturnValue:
    """Give it up, if nothing hangs on it."""
    return _switch(organisation_id, active=False)


@bp.post("/organisations/<uuid:organisation_id>/reactivate")
@action("organisation.manage")
def reactivate(organisation_id: UUID) -> ResponseReturnValue:
    """Take it back into use."""
    return _switch(organisation_id, active=True)


def _new(form: Form) -> str:
    return render_template(
        "organisation/form.html",
        title="登记单位",
        form=form,
        fields=units.fields(None),
        post_url=url_for("organisation.add"),
        back_url=url_for("organisation.listed"),
        button="登记单位",
        version=None,
    )


def _edit(card: OrganisationCard, form: Form, version: int) -> str:
    return render_template(
        "organisation/form.html",
        title=f"修改：{card.name}",
        form=form,
        fields=units.fields(card),
        post_url=url_for("organisation.change", organisation_id=card.id),
        back_url=url_for("organisation.detail", organisation_id=card.id),
        button="保存",
        version=version,
    )


def _switch(organisation_id: UUID, *, active: bool) -> ResponseReturnValue:
    turn = operations.reactivate if active else operations.deactivate
    try:
        version = units.posted_version()
        turn(organisation_id, version=version, actor=actor(), desk=desk(), now=now())
        flash("已恢复使用" if active else "已停用，以后选单位时不再出现")
    except (Conflict, Stale) as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("organisation.detail", organisation_id=organisation_id))


def _groups(found: list[OrganisationView]) -> list[dict[str, Any]]:
    words = desk().policy.organisations
    return [
        {"name": group.name, "rows": rows}
        for group in words.groups
        if (rows := [_row(each) for each in found if words.group_of(each.kind) == group.name])
    ]


def _row(each: OrganisationView) -> dict[str, Any]:
    return {
        "url": url_for("organisation.detail", organisation_id=each.id),
        "name": each.name,
        "kind_label": label(each.kind),
        "address": each.address or "",
        "phone": each.phone or "",
        "hours": each.hours or "",
    }


def _card(card: OrganisationCard) -> dict[str, Any]:
    return {
        "kind_label": label(card.kind),
        "active": card.active,
        "parent": card.parent
        and {
            "name": card.parent.name,
            "url": url_for("organisation.detail", organisation_id=card.parent.id),
        },
        "facts": [
            (units.LABELS[name], value)
            for name in ("address", "phone", "hours", "letterhead", "seal", "seal_keeper", "prefix")
            if (value := getattr(card, name))
        ],
    }


def _keeping(card: OrganisationCard) -> dict[str, Any]:
    """What whoever keeps the register may do to this one, and what stands in the way."""
    turn = "organisation.deactivate" if card.active else "organisation.reactivate"
    left = queries.burden(card.id, now=now())
    policy = desk().policy.access
    shows_accounts = access.may(actor(), "user.list", policy)
    shows_tokens = access.may(actor(), "token.list", policy)
    return {
        "switch_url": None if card.prefix else url_for(turn, organisation_id=card.id),
        "version": card.version,
        "disputes": left.disputes,
        "accounts": left.accounts,
        "accounts_url": url_for("user.listed", organisation=card.id) if shows_accounts else None,
        "tokens": left.tokens,
        "tokens_url": url_for("token.listed") if shows_tokens else None,
    }
