"""限制查阅: naming people, asking for urgent reading and deciding it, marking and unmarking."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.base import Strict
from schemas.restricted import DecisionIn, NamedIn, ReasonIn
from service.errors import Conflict, Invalid, NotFound
from service.operations import restricted as operations
from service.queries import dispute as disputes
from service.queries import restricted as queries
from service.queries.dispute import Opened
from service.rules import access
from service.rules.restricted import GlassState
from service.web import conflict
from service.web import form as forms
from service.web import restricted as shown
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("restricted", __name__)
TWICE: Final = "刚才已经交过一次了。要再交一次，请核对内容后再点"
PAGE: Final = 25


@bp.get("/disputes/<uuid:dispute_id>/restricted")
@action("dispute.read")
def page(dispute_id: UUID) -> ResponseReturnValue:
    """Who is named, what one may ask for, and the mark itself."""
    return _page(dispute_id, Form())


@bp.post("/disputes/<uuid:dispute_id>/named")
@action("dispute.name")
def name(dispute_id: UUID) -> ResponseReturnValue:
    """Name somebody."""

    def write(body: dict[str, Any]) -> None:
        person, reason = body["person"], body["reason"]
        operations.name(dispute_id, person, reason, actor=actor(), desk=desk(), now=now())
        flash("已指定，对方收到消息，现在就能查阅")

    return _once(dispute_id, "naming", NamedIn, write)


@bp.post("/disputes/<uuid:dispute_id>/named/<uuid:named_id>/end")
@action("dispute.name")
def end_naming(dispute_id: UUID, named_id: UUID) -> ResponseReturnValue:
    """End a naming."""
    operations.end_naming(dispute_id, named_id, actor=actor(), desk=desk(), now=now())
    flash("已结束指定，对方从现在起看不到内容")
    return forms.see(url_for("restricted.page", dispute_id=dispute_id))


@bp.post("/disputes/<uuid:dispute_id>/break-glass")
@action("dispute.break_glass")
def ask(dispute_id: UUID) -> ResponseReturnValue:
    """Ask to break the glass."""

    def write(body: dict[str, Any]) -> None:
        reason = body["reason"]
        operations.ask_for_glass(dispute_id, reason, actor=actor(), desk=desk(), now=now())
        flash("已申请紧急查阅，等安全管理员决定；最好同时打电话告诉对方")

    return _once(dispute_id, "glass", ReasonIn, write)


@bp.post("/disputes/<uuid:dispute_id>/restrict")
@action("dispute.restrict")
def restrict(dispute_id: UUID) -> ResponseReturnValue:
    """Mark it."""

    def write(body: dict[str, Any]) -> None:
        why = body["reason"]
        operations.restrict(dispute_id, why, actor=actor(), desk=desk(), now=now())
        flash("已限制查阅，同一次来访的几件一起限制")

    return _once(dispute_id, "mark", ReasonIn, write)


@bp.post("/disputes/<uuid:dispute_id>/unrestrict")
@action("dispute.unrestrict")
def unrestrict(dispute_id: UUID) -> ResponseReturnValue:
    """Unmark it."""

    def write(body: dict[str, Any]) -> None:
        why = body["reason"]
        operations.unrestrict(dispute_id, why, actor=actor(), desk=desk(), now=now())
        flash("已解除限制查阅，同一次来访的几件一起解除")

    return _once(dispute_id, "unmark", ReasonIn, write)


@bp.get("/break-glass")
@action("glass.list")
def glasses() -> ResponseReturnValue:
    """Every request, for who decides and who audits."""
    cursor = request.args.get("cursor") or None
    try:
        found = queries.glasses(desk=desk(), now=now(), limit=PAGE, cursor=cursor)
    except Invalid:
        return forms.see(url_for("restricted.glasses"))
    following = url_for("restricted.glasses", cursor=found.next_cursor)
    decides = access.may(actor(), "glass.decide", desk().policy.access)
    return render_template(
        "restricted/glasses.html",
        title="紧急查阅",
        rows=[shown.glass(each) for each in found.items],
        decides=decides,
        next_url=following if found.next_cursor else None,
        first_url=url_for("restricted.glasses") if cursor else None,
    )


@bp.get("/break-glass/<uuid:glass_id>")
@action("glass.decide")
def glass(glass_id: UUID) -> ResponseReturnValue:
    """One request with its reason, to be decided; that it was opened is written down."""
    return _glass_page(glass_id, Form(key=""))


@bp.post("/break-glass/<uuid:glass_id>")
@action("glass.decide")
def decide(glass_id: UUID) -> ResponseReturnValue:
    """Agree or refuse."""
    raw = forms.body(request.form)
    if raw.get("agree") in forms.TRUTH:
        raw["agree"] = forms.TRUTH[raw["agree"]]
    try:
        body = load_body(DecisionIn, raw)
        operations.decide_glass(glass_id, **body, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        return _glass_page(glass_id, forms.typed(request.form, refusal.fields)), 422
    flash("已同意，从现在起打开" if body["agree"] else "已记下：没有同意")
    return forms.see(url_for("restricted.glasses"))


@bp.post("/break-glass/<uuid:glass_id>/end")
@action("dispute.break_glass")
def end_glass(glass_id: UUID) -> ResponseReturnValue:
    """Look no longer."""
    dispute_id = operations.end_glass(glass_id, actor=actor(), desk=desk(), now=now())
    flash("已结束紧急查阅")
    return forms.see(url_for("dispute.detail", dispute_id=dispute_id))


def _once(
    dispute_id: UUID,
    part: str,
    shape: type[Strict],
    write: Callable[[dict[str, Any]], None],
) -> ResponseReturnValue:
    """Read one of the forms of the page and do what it asks; what is wrong stands at its field."""

    def produce() -> ResponseReturnValue:
        told = forms.body(request.form).get(part)
        try:
            write(load_body(shape, told if isinstance(told, dict) else {}))
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        return forms.see(_back(dispute_id))

    def at(fields: forms.Fields) -> forms.Fields:
        return {f"{part}.{name}" if name else "": said for name, said in fields.items()}

    return forms.once(produce, shown=lambda form: _page(dispute_id, form), twice=TWICE, at=at)


def _back(dispute_id: UUID) -> str:
    """Back to the page, or to the desk when the dispute is no longer one's own to see."""
    try:
        disputes.one(dispute_id, actor=actor(), desk=desk(), now=now())
    except NotFound:
        return url_for("home.desk")
    return url_for("restricted.page", dispute_id=dispute_id)


def _page(dispute_id: UUID, form: Form) -> str:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    view = opened.view
    named = queries.of_opened(dispute_id) if view.restricted else []
    return render_template(
        "restricted/show.html",
        title=f"{'指定与紧急查阅' if view.restricted else '限制查阅'}：{view.number}",
        about=conflict.about(view),
        restricted=view.restricted,
        named=[shown.person(each, dispute_id) for each in named],
        form=form,
        parts=_parts(opened),
        glass=shown.glass_of(opened),
        opens=not view.sealed,
        open_text=shown.left(desk().policy.restricted.glass_open),
        waits_text=shown.left(desk().policy.restricted.glass_waits),
    )


def _parts(opened: Opened) -> dict[str, dict[str, Any]]:
    """The forms of the page that are the viewer's, by name."""
    view, may = opened.view, opened.may
    parts: dict[str, dict[str, Any]] = {}
    if "dispute.name" in may:
        people = queries.nameable(actor=actor(), desk=desk())
        options = [(str(each.id), f"{each.organisation}　{each.name}") for each in people]
        who = forms.described(
            "naming.person",
            "要指定的人",
            "select",
            options=[("", "请选择"), *options],
            required=True,
        )
        parts["naming"] = _part("name", opened, [who, _reason("naming", "为什么要让对方看")])
    if "dispute.break_glass" in may and view.sealed:
        least = desk().policy.restricted.glass_reason
        why = _reason("glass", "为什么现在必须看")
        parts["glass"] = _part("ask", opened, [why | {"hint": f"至少 {least} 个字"}])
    if "dispute.restrict" in may and not view.restricted:
        parts["mark"] = _part("restrict", opened, [_reason("mark", "为什么要限制")])
    if "dispute.unrestrict" in may and view.restricted:
        parts["unmark"] = _part("unrestrict", opened, [_reason("unmark", "为什么解除")])
    return parts


def _part(endpoint: str, opened: Opened, fields: list[dict[str, Any]]) -> dict[str, Any]:
    url = url_for(f"restricted.{endpoint}", dispute_id=opened.view.id)
    return {"url": url, "fields": fields}


def _reason(part: str, text: str) -> dict[str, Any]:
    return forms.described(f"{part}.reason", text, "textarea", required=True, maxlength=500)


def _glass_page(glass_id: UUID, form: Form) -> str:
    view = queries.glass(glass_id, desk=desk(), now=now())
    waits = view.state is GlassState.PENDING and view.asker_id != actor().user_id
    span = shown.left(desk().policy.restricted.glass_open)
    options = [("true", f"同意，打开 {span}"), ("false", "不同意")]
    return render_template(
        "restricted/glass.html",
        title=f"紧急查阅：{view.number}",
        row=shown.glass(view),
        reason=operations.glass_reason(glass_id, actor=actor(), desk=desk(), now=now())
        if waits
        else None,
        form=form,
        fields=[
            forms.described("agree", "同意吗", "radio", options=options, required=True),
            forms.described(
                "reason",
                "说明",
                "textarea",
                hint="不同意时必填",
                conditional=True,
                maxlength=500,
            ),
        ],
        post_url=url_for("restricted.decide", glass_id=glass_id),
        back_url=url_for("restricted.glasses"),
    )
