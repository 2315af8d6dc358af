"""初始设置, second step: the units and villages a dispute is handed to."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import OrganisationKind
from config.words import label
from service.errors import Invalid
from service.queries import organisation as organisations
from service.web import form as forms
from service.web import organisation_list as lists
from service.web import setup as progress
from service.web.door import action, desk
from service.web.form import Form

bp = Blueprint("setup_unit", __name__)
UNITS_TWICE: Final = "这些单位刚才已经登记过了。要再登记，请核对内容后再点登记"


@bp.get("/setup/units")
@action("setup.run")
def units() -> ResponseReturnValue:
    """The units that are there, those usually named first, and a list to paste."""
    return _units_page(Form(), None)


@bp.post("/setup/units")
@action("setup.run")
def list_units() -> ResponseReturnValue:
    """Try the pasted list, or take it in."""
    return lists.answered(_units_page, done=url_for("setup_unit.units"))


@bp.post("/setup/units/first")
@action("setup.run")
def name_units() -> ResponseReturnValue:
    """Register the units that were named beside their kinds."""
    return forms.once(_named, shown=lambda form: _units_page(form, None), twice=UNITS_TWICE)


def _named() -> Response:
    named = [
        (kind, " ".join(request.form.get(kind.value, "").split()))
        for kind in desk().policy.organisations.first
    ]
    told = [(kind, name.replace('"', "")) for kind, name in named if name]
    if not told:
        raise Invalid({"": ["请先写上单位的名称"]})
    text = "name,kind\n" + "\n".join(f'"{name}",{kind.value}' for kind, name in told)
    try:
        return lists.take_in(text, done=url_for("setup_unit.units"))
    except Invalid as refusal:
        raise Invalid(_at_kinds(refusal.fields, [kind for kind, _ in told])) from refusal


def _at_kinds(
    fields: dict[str, list[str]], kinds: Sequence[OrganisationKind]
) -> dict[str, list[str]]:
    """Errors by place in the list, at the kinds the form asks for."""
    found: dict[str, list[str]] = {}
    for path, said in fields.items():
        row = path.split(".")[1] if path.startswith("rows.") else None
        found.setdefault(kinds[int(row)].value if row else "", []).extend(said)
    return found


def _units_page(form: Form, preview: dict[str, Any] | None) -> str:
    centre, every = organisations.centre(), organisations.active()
    kinds = {each.kind for each in every}
    there = [each for each in every if centre is None or each.id != centre.id]
    missing = [kind for kind in desk().policy.organisations.first if kind not in kinds]
    return render_template(
        "setup/units.html",
        title="单位和村",
        steps=progress.steps(progress.state(), "setup_unit.units"),
        form=form,
        first=[(kind.value, label(kind)) for kind in missing],
        first_url=url_for("setup_unit.name_units"),
        post_url=url_for("setup_unit.list_units"),
        hint=lists.HINT,
        preview=preview,
        there=[(each.name, label(each.kind), _address(each)) for each in there],
        next_url=url_for("setup_people.people"),
    )


def _address(each: organisations.OrganisationView) -> str:
    return url_for("organisation.detail", organisation_id=each.id)
