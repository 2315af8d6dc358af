"""调解员名册: who mediates, what they can and carry, when they are away, whom they know."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.mediator_word import Relation
from config.vocabulary import AbsenceReason, Language
from config.words import labels
from schemas.mediator import InterestIn, MediatorIn, MediatorLeaveIn, MediatorPatch, MediatorQuery
from service.errors import Conflict, Invalid, Stale
from service.operations import mediator as operations
from service.queries import mediator as queries
from service.queries import organisation as organisations
from service.queries import user as users
from service.queries.mediator import Filters, MediatorView
from service.web import form as forms
from service.web import mediator
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("mediator", __name__)
TWICE: Final = "刚才已经登记过了。要再登记一个，请核对内容后再点登记"
CHANGED: Final = "刚才有人改过，请看一下现在的内容，再改一次"
PAGING: Final = ("limit", "cursor", "count")


@bp.get("/mediators")
@action("mediator.read")
def listed() -> ResponseReturnValue:
    """The register of the town, by name."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(MediatorQuery, given)
        told = {name: query.pop(name) for name in PAGING}
        page = queries.page(Filters(**query), actor=actor(), today=desk().today(now()), **told)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        kept: dict[str, Any] = {k: v for k, v in given.items() if k not in refusal.fields}
        return forms.see(url_for("mediator.listed", **kept))
    asked: dict[str, Any] = {k: v for k, v in given.items() if k != "cursor"}
    following = url_for("mediator.listed", **asked | {"cursor": page.next_cursor})
    return render_template(
        "mediator/list.html",
        title="调解员名册",
        rows=[mediator.row(each) for each in page.items],
        given=given,
        units=[(str(each.id), each.name) for each in organisations.active()],
        skills=[(code, e.label) for code, e in desk().policy.categories.by_code.items()],
        languages=list(labels(Language).items()),
        list_url=url_for("mediator.listed"),
        next_url=following if page.next_cursor else None,
        first_url=url_for("mediator.listed", **asked) if "cursor" in given else None,
        new_url=url_for("mediator.new") if mediator.manages(actor().organisation_id) else None,
    )


@bp.get("/mediators/new")
@action("mediator.manage")
def new() -> ResponseReturnValue:
    """An empty form; with an account that is not in the register, what is known of it."""
    form, asked = mediator.blank(), request.args.get("user", "")
    for each in users.mediators():
        if str(each.id) == asked and mediator.manages(each.organisation_id):
            known = {"user": asked, "name": each.name, "organisation": str(each.organisation_id)}
            form = Form(values={**form.values, **known})
    return _form(form, None)


@bp.post("/mediators/new")
@action("mediator.manage")
def add() -> ResponseReturnValue:
    """Take one in."""

    def produce() -> ResponseReturnValue:
        body = load_body(MediatorIn, _typed())
        made = operations.add(body, actor=actor(), desk=desk(), now=now())
        flash("已登记进名册")
        return forms.see(url_for("mediator.detail", mediator_id=made))

    return forms.once(produce, shown=lambda form: _form(form, None), twice=TWICE)


@bp.get("/mediators/<uuid:mediator_id>")
@action("mediator.read")
@noted("read", "mediator")
def detail(mediator_id: UUID) -> ResponseReturnValue:
    """One: what they can, how much they carry; their head sees relations and outcomes too."""
    return _detail(_view(mediator_id), Form(), Form())


@bp.get("/mediators/<uuid:mediator_id>/edit")
@action("mediator.manage")
def edit(mediator_id: UUID) -> ResponseReturnValue:
    """The form with what the register says; numbers are typed anew."""
    view = _view(mediator_id)
    return _form(Form(key="", values=mediator.values(view)), view)


@bp.post("/mediators/<uuid:mediator_id>/edit")
@action("mediator.manage")
def change(mediator_id: UUID) -> ResponseReturnValue:
    """Save it."""
    view = _view(mediator_id)
    try:
        body = load_body(MediatorPatch, _typed(emptied=True))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.change(mediator_id, body, version=forms.version(), **told)
    except Invalid as refusal:
        return _form(forms.typed(request.form, refusal.fields), view), 422
    except Stale:
        return _form(forms.typed(request.form, {"": [CHANGED]}), view), 412
    flash("已保存")
    return forms.see(url_for("mediator.detail", mediator_id=mediator_id))


@bp.post("/mediators/<uuid:mediator_id>/leaves")
@action("mediator.manage")
def leave(mediator_id: UUID) -> ResponseReturnValue:
    """Note that one is away."""

    def produce() -> ResponseReturnValue:
        body = load_body(MediatorLeaveIn, forms.body(request.form))
        operations.leave(mediator_id, body, actor=actor(), desk=desk(), now=now())
        flash("已登记离岗，这段时间不再推荐")
        return forms.see(url_for("mediator.detail", mediator_id=mediator_id))

    def shown(form: Form) -> str:
        return _detail(_view(mediator_id), form, Form())

    return forms.once(produce, shown=shown, twice=TWICE)


@bp.post("/mediators/<uuid:mediator_id>/leaves/<uuid:leave_id>/end")
@action("mediator.manage")
def back(mediator_id: UUID, leave_id: UUID) -> ResponseReturnValue:
    """One is back."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    return _ended(mediator_id, lambda: operations.back(mediator_id, leave_id, **told), "已回岗")


@bp.post("/mediators/<uuid:mediator_id>/interests")
@action("mediator.manage")
def declare(mediator_id: UUID) -> ResponseReturnValue:
    """Take down a relation one declares."""

    def produce() -> ResponseReturnValue:
        raw = {
            name.removeprefix("close_"): value for name, value in forms.body(request.form).items()
        }
        operations.declare(
            mediator_id, load_body(InterestIn, raw), actor=actor(), desk=desk(), now=now()
        )
        flash("已记下申报，分派和指定时会核对")
        return forms.see(url_for("mediator.detail", mediator_id=mediator_id))

    def shown(form: Form) -> str:
        return _detail(_view(mediator_id), Form(), form)

    return forms.once(
        produce,
        shown=shown,
        twice=TWICE,
        at=lambda wrong: {f"close_{name}": told for name, told in wrong.items()},
    )


@bp.post("/mediators/<uuid:mediator_id>/interests/<uuid:interest_id>/end")
@action("mediator.manage")
def withdraw(mediator_id: UUID, interest_id: UUID) -> ResponseReturnValue:
    """It holds no longer."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    return _ended(
        mediator_id, lambda: operations.withdraw(mediator_id, interest_id, **told), "已去掉这条申报"
    )


def _ended(mediator_id: UUID, deed: Callable[[], None], said: str) -> ResponseReturnValue:
    try:
        deed()
        flash(said)
    except Conflict as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("mediator.detail", mediator_id=mediator_id))


def _typed(*, emptied: bool = False) -> dict[str, Any]:
    """What was posted; of a row that is there, what was emptied is taken away, but for numbers."""
    raw = forms.body(request.form)
    for name in ("skills", "languages"):
        raw[name] = [each for each in request.form.getlist(name) if each]
    if isinstance(limit := raw.get("load_limit"), str) and limit.isascii() and limit.isdigit():
        raw["load_limit"] = int(limit[:6])
    if isinstance(raw.get("active"), str):
        raw["active"] = forms.TRUTH.get(raw["active"], raw["active"])
    if not emptied:
        return raw
    for name in ("user", "gender", "village", "certificate", "appointed_from", "appointed_until"):
        raw.setdefault(name, None)
    for name in ("name", "organisation", "load_limit"):
        raw.setdefault(name, "")
    return raw


def _view(mediator_id: UUID) -> MediatorView:
    found = queries.named(mediator_id)
    heads = found is not None and mediator.manages(found[1])
    today = desk().today(now())
    return queries.one(mediator_id, actor=actor(), heads=heads, desk=desk(), today=today)


def _form(form: Form, view: MediatorView | None) -> str:
    row = view.row if view else None
    place: dict[str, Any] = {"mediator_id": row.register_id} if row else {}
    return render_template(
        "organisation/form.html",
        title=f"修改：{row.name}" if row else "登记调解员",
        form=form,
        fields=mediator.fields(view),
        post_url=url_for("mediator.change" if row else "mediator.add", **place),
        back_url=url_for("mediator.detail" if row else "mediator.listed", **place),
        button="保存" if row else "登记",
        version=row.version if row else None,
    )


def _detail(view: MediatorView, leave_form: Form, interest_form: Form) -> str:
    made = forms.described
    place: dict[str, Any] = {"mediator_id": view.row.register_id}
    heads = view.interests is not None
    reasons = [("", "请选择"), *labels(AbsenceReason).items()]
    relations = [("", "请选择"), *labels(Relation).items()]
    return render_template(
        "mediator/detail.html",
        title=view.row.name,
        one=mediator.detail(view),
        heads=heads,
        list_url=url_for("mediator.listed"),
        edit_url=url_for("mediator.edit", **place) if heads else None,
        leave_url=url_for("mediator.leave", **place),
        leave_form=leave_form,
        leave_fields=[
            made("from", "从哪一天", "date", required=True),
            made("until", "到哪一天", "date", required=True, hint="这一天也算在内"),
            made("reason", "原因", "select", options=reasons, required=True),
        ],
        interest_url=url_for("mediator.declare", **place),
        interest_form=interest_form,
        interest_fields=[
            made("close_relation", "什么关系", "select", options=relations, required=True),
            made("close_name", "对方姓名或单位", required=True, maxlength=100),
            made("close_id_number", "对方证件号码", maxlength=40, hint="填了核对得更准"),
        ],
    )
