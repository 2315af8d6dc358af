"""初始设置: the administrator's four steps from an empty database to a centre that works."""

from typing import Any, Final

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from service.errors import Conflict, Invalid, Stale
from service.operations import setup as operations
from service.queries import organisation as organisations
from service.queries import setup as queries
from service.queries import user as accounts
from service.queries.organisation import OrganisationCard
from service.web import address, slip
from service.web import form as forms
from service.web import organisation as form_of_unit
from service.web import setup as progress
from service.web.door import action, actor, desk, now
from service.web.form import Form

bp = Blueprint("setup", __name__)
CENTRE: Final = ("name", "prefix", "address", "phone", "hours", "letterhead", "seal", "seal_keeper")
# what the first receipt cannot do without, and what is asked when it is left blank
MUST: Final = {
    "name": "请填写本中心的名称",
    "prefix": "请填写编号前缀",
    "address": "请填写地址，要印在回执上",
    "phone": "请填写电话，要印在回执上",
}
EXAMPLES: Final = {
    "name": "例如：某某镇综治中心",
    "prefix": "2 到 8 个大写字母，例如：MMZ；编过号就不能改",
    "address": "例如：某某镇镇东街 1 号",
    "phone": "例如：0475-0000000",
}


@bp.get("/setup")
@action("setup.run")
def begin() -> ResponseReturnValue:
    """What there is to do, and how far it is."""
    state = progress.state()
    return render_template(
        "setup/begin.html",
        title="初始设置",
        finished=state.finished,
        steps=progress.steps(state),
        next=progress.following(state),
    )


@bp.get("/setup/centre")
@action("setup.run")
def centre() -> ResponseReturnValue:
    """The centre as the register has it; what nobody has told yet is empty."""
    card, unsaid = progress.centre(), queries.unsaid(desk().policy.home)
    values = form_of_unit.values_of(card) | dict.fromkeys(unsaid, "")
    return _centre_page(card, Form(key="", values=values), card.version)


@bp.post("/setup/centre")
@action("setup.run")
def save_centre() -> ResponseReturnValue:
    """Save the centre and go on."""
    card, version = progress.centre(), form_of_unit.posted_version()
    try:
        _refuse_blank(card)
        form_of_unit.save(card, version=version, only=CENTRE)
    except Invalid as refusal:
        return _centre_page(card, forms.typed(request.form, refusal.fields), version), 422
    except Stale:
        here = url_for("setup.save_centre")
        return form_of_unit.conflict(card.id, version, retry_url=here), 412
    flash("已保存本中心")
    return forms.see(url_for("setup_unit.units"))


def _refuse_blank(card: OrganisationCard) -> None:
    asked = [name for name in _asked(card) if not request.form.get(name, "").strip()]
    if asked:
        raise Invalid({name: [MUST[name]] for name in asked})


def _asked(card: OrganisationCard) -> list[str]:
    """What must be told of the centre; the prefix is asked until it gave numbers."""
    return [each["name"] for each in form_of_unit.fields(card) if each["name"] in MUST]


@bp.get("/setup/check")
@action("setup.run")
def check() -> ResponseReturnValue:
    """Everything that was told, to be looked through, and what is still missing."""
    state, card = progress.state(), progress.centre()
    return render_template(
        "setup/check.html",
        title="核对",
        steps=progress.steps(state, "setup.check"),
        finished=state.finished,
        lacking=[label(role) for role in state.lacking],
        kinds=[label(kind) for kind in state.kinds],
        centre=_told(card),
        told=state.told,
        units=[
            (each.name, label(each.kind)) for each in organisations.active() if each.id != card.id
        ],
        accounts=_accounts(),
        centre_url=url_for("setup.centre"),
        outside=address.place(),
        people_url=url_for("setup_people.people"),
        units_url=url_for("setup_unit.units"),
        finish_url=url_for("setup.finish"),
    )


@bp.post("/setup/finish")
@action("setup.run")
def finish() -> ResponseReturnValue:
    """Done."""
    try:
        operations.finish(actor=actor(), desk=desk(), now=now())
    except Conflict as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("setup.check"))
    flash("初始设置已完成")
    return forms.see(url_for("home.desk"))


def _centre_page(card: OrganisationCard, form: Form, version: int) -> str:
    return render_template(
        "setup/centre.html",
        title="本中心",
        steps=progress.steps(progress.state(), "setup.centre"),
        form=form,
        fields=[
            each | _exemplified(each["name"])
            for each in form_of_unit.fields(card)
            if each["name"] in CENTRE
        ],
        prefix=None if not organisations.numbered() else card.prefix,
        version=version,
        post_url=url_for("setup.save_centre"),
    )


def _exemplified(name: str) -> dict[str, Any]:
    return {"required": True, "hint": EXAMPLES[name]} if name in MUST else {}


def _told(card: OrganisationCard) -> list[tuple[str, str, bool]]:
    """What the centre is, line by line: what, how, and whether it must not be empty."""
    unsaid = queries.unsaid(desk().policy.home)
    return [
        (
            form_of_unit.LABELS[name],
            "" if name in unsaid else getattr(card, name) or "",
            name in MUST,
        )
        for name in CENTRE
    ]


def _accounts() -> list[tuple[str, str, str, str]]:
    return [
        (each.name, each.username, slip.roles(each), each.organisation)
        for each in accounts.accounts(now=now())
        if each.active
    ]
