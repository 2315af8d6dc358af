"""初始设置: the administrator's four steps from an empty database to a centre that works."""

import re
from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import STAFF, OrganisationKind, Role
from config.words import label
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations import setup as operations
from service.operations import user_list
from service.operations.user import UserDraft
from service.queries import organisation as organisations
from service.queries import setup as queries
from service.queries import user as accounts
from service.queries.organisation import OrganisationCard
from service.queries.setup import SetupView
from service.web import address
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.pages import organisation, organisation_list, user

bp = Blueprint("setup", __name__)
STEPS: Final = (
    ("setup.centre", "1 本中心"),
    ("setup.units", "2 单位和村"),
    ("setup.people", "3 账户"),
    ("setup.check", "4 核对"),
)
CENTRE: Final = ("name", "prefix", "address", "phone", "hours", "letterhead", "seal", "seal_keeper")
ROWS: Final = 6
MORE: Final = 5
MOST: Final = 60
ROW: Final = re.compile(r"rows\.([0-9]{1,2})\.(name|username|role|organisation)")
UNITS_TWICE: Final = "这些单位刚才已经登记过了。要再登记，请核对内容后再点登记"
TWICE: Final = "这些账户刚才已经建过了。要再建，请核对内容后再点建立"


@bp.get("/setup")
@action("setup.run")
def begin() -> ResponseReturnValue:
    """What there is to do, and how far it is."""
    state = _state()
    return render_template(
        "setup/begin.html",
        title="初始设置",
        finished=state.finished,
        steps=_steps(state),
        next=_next(state),
    )


@bp.get("/setup/centre")
@action("setup.run")
def centre() -> ResponseReturnValue:
    """The centre as the register has it."""
    card = _centre()
    return _centre_page(card, Form(key="", values=organisation.values_of(card)), card.version)


@bp.post("/setup/centre")
@action("setup.run")
def save_centre() -> ResponseReturnValue:
    """Save the centre and go on."""
    card, version = _centre(), organisation.posted_version()
    try:
        organisation.save(card, version=version, only=CENTRE)
    except Invalid as refusal:
        return _centre_page(card, forms.typed(request.form, refusal.fields), version), 422
    except Stale:
        here = url_for("setup.save_centre")
        return organisation.conflict(card.id, version, retry_url=here), 412
    flash("已保存本中心")
    return forms.see(url_for("setup.units"))


@bp.get("/setup/units")
@action("setup.run")
def units() -> ResponseReturnValue:
    """The units that are there, those usually named first, and a list to paste."""
    return _units_page(Form(), None)


@bp.post("/setup/units")
@action("setup.run")
def list_units() -> ResponseReturnValue:
    """Try the pasted list, or take it in."""
    return organisation_list.answered(_units_page, done=url_for("setup.units"))


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
        return organisation_list.take_in(text, done=url_for("setup.units"))
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


@bp.get("/setup/people")
@action("setup.run")
def people() -> ResponseReturnValue:
    """Rows for the people who get an account."""
    return _people_page(Form(), ROWS)


@bp.post("/setup/people")
@action("setup.run")
def engage() -> ResponseReturnValue:
    """Create an account for every row that is filled, all or none, and show the links once."""
    shown = _row_count()
    if request.form.get("action") == "more":
        return _people_page(forms.typed(request.form), min(shown + MORE, MOST))
    return forms.once(
        lambda: _engaged(_filled()), shown=lambda form: _people_page(form, shown), twice=TWICE
    )


@bp.get("/setup/check")
@action("setup.run")
def check() -> ResponseReturnValue:
    """What is still missing."""
    state = _state()
    return render_template(
        "setup/check.html",
        title="核对",
        steps=_steps(state, "setup.check"),
        finished=state.finished,
        lacking=[label(role) for role in state.lacking],
        kinds=[label(kind) for kind in state.kinds],
        units=state.units,
        accounts=state.accounts,
        outside=address.place(),
        people_url=url_for("setup.people"),
        units_url=url_for("setup.units"),
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


def _state() -> SetupView:
    return queries.state(desk().policy.rulebook, desk().today(now()))


def _centre() -> OrganisationCard:
    found = organisations.centre()
    if found is None:
        raise NotFound("还没有本中心，请先在服务器上运行 fengqiao user create-admin")
    return organisations.one(found.id)


def _steps(state: SetupView, current: str = "") -> list[dict[str, Any]]:
    told = {
        "setup.centre": _centre_state(),
        "setup.units": (state.units > 0, f"已登记 {state.units} 个单位"),
        "setup.people": (not state.lacking, f"{state.accounts} 个账户"),
        "setup.check": (state.finished, "已完成" if state.finished else "还没有完成"),
    }
    return [
        {
            "label": text,
            "url": url_for(endpoint),
            "current": endpoint == current,
            "done": told[endpoint][0],
            "state": told[endpoint][1],
        }
        for endpoint, text in STEPS
    ]


def _centre_state() -> tuple[bool, str]:
    """Done once the receipt can say where the centre is and how to call it."""
    card = organisations.centre()
    done = bool(card and card.address and card.phone)
    return done, card.name if card and done else "地址和电话还没有填"


def _next(state: SetupView) -> dict[str, Any]:
    """The first step that is not done; the last one when all are."""
    steps = _steps(state)
    return next((step for step in steps if not step["done"]), steps[-1])


def _centre_page(card: OrganisationCard, form: Form, version: int) -> str:
    return render_template(
        "setup/centre.html",
        title="本中心",
        steps=_steps(_state(), "setup.centre"),
        form=form,
        fields=[each for each in organisation.fields(card) if each["name"] in CENTRE],
        prefix=None if not organisations.numbered() else card.prefix,
        version=version,
        post_url=url_for("setup.save_centre"),
    )


def _units_page(form: Form, preview: dict[str, Any] | None) -> str:
    there = organisations.active()
    kinds = {each.kind for each in there}
    missing = [kind for kind in desk().policy.organisations.first if kind not in kinds]
    return render_template(
        "setup/units.html",
        title="单位和村",
        steps=_steps(_state(), "setup.units"),
        form=form,
        first=[(kind.value, label(kind)) for kind in missing],
        first_url=url_for("setup.name_units"),
        post_url=url_for("setup.list_units"),
        hint=organisation_list.HINT,
        preview=preview,
        there=[(each.name, label(each.kind), _address(each)) for each in there],
        next_url=url_for("setup.people"),
    )


def _address(each: organisations.OrganisationView) -> str:
    return url_for("organisation.detail", organisation_id=each.id)


def _people_page(form: Form, rows: int) -> str:
    return render_template(
        "setup/people.html",
        title="账户",
        steps=_steps(_state(), "setup.people"),
        form=form,
        rows=range(rows),
        roles=[("", "请选择"), *((role.value, label(role)) for role in STAFF)],
        units=user.units(),
        there=[
            (each.name, each.username, "、".join(label(Role(role)) for role in each.roles))
            for each in accounts.accounts(now=now())
            if each.active
        ],
        users_url=url_for("user.listed"),
        import_url=url_for("user_list.paste"),
        post_url=url_for("setup.engage"),
        next_url=url_for("setup.check"),
    )


def _row_count() -> int:
    places = [int(found[1]) for name in request.form if (found := ROW.fullmatch(name))]
    return min(max(places, default=ROWS - 1) + 1, MOST)


def _filled() -> dict[int, dict[str, str]]:
    """The rows in which a name or a username stands, by their place in the form."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        if found := ROW.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = " ".join(text.split())
    return {
        place: row for place, row in sorted(rows.items()) if row.get("name") or row.get("username")
    }


def _engaged(rows: dict[int, dict[str, str]]) -> str:
    if not rows:
        raise Invalid({"rows.0.name": ["请至少填写一个人"]})
    drafts = _drafts(rows)
    places = list(rows)
    try:
        made = user_list.engage(drafts, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        raise Invalid(_at_rows(refusal.fields, places)) from refusal
    back = (url_for("setup.check"), "下一步：核对")
    return user.slips(made, title=f"已建立 {len(made)} 个账户", back=back)


def _drafts(rows: dict[int, dict[str, str]]) -> list[UserDraft]:
    problems: dict[str, list[str]] = {}
    drafts = []
    by_id = {str(each.id): each.id for each in organisations.active()}
    for place, row in rows.items():
        unit, role = by_id.get(row.get("organisation", "")), row.get("role", "")
        if unit is None:
            problems[f"rows.{place}.organisation"] = ["请选择单位"]
        if role not in set(STAFF):
            problems[f"rows.{place}.role"] = ["请选择角色"]
        if unit is None or role not in set(STAFF):
            continue
        drafts.append(
            UserDraft(
                username=row.get("username", ""),
                name=row.get("name", "")[:80],
                organisation=unit,
                roles=[Role(role)],
            )
        )
    if problems:
        raise Invalid(problems)
    return drafts


def _at_rows(fields: dict[str, list[str]], places: list[int]) -> dict[str, list[str]]:
    """Errors by place in the list, at the rows of the form."""
    told = {}
    for path, said in fields.items():
        _, place, field = path.split(".")
        name = "role" if field == "roles" else field
        told[f"rows.{places[int(place)]}.{name}"] = said
    return told
