"""成员单位: which there are, on what terms, what each takes, and who is on duty there today."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from schemas.member import RefusalEndIn, RefusalIn
from service.errors import Conflict, Invalid, Stale
from service.operations import member as operations
from service.queries import duty_list
from service.queries import member as queries
from service.queries.duty_list import ABSENT
from service.queries.member import MemberView
from service.rules import access
from service.rules.access import Scope
from service.web import form as forms
from service.web import member as members
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form, described
from service.web.organisation import posted_version
from service.web.steps import load_body

bp = Blueprint("member", __name__)
TWICE: Final = "这个单位刚才已经列为成员单位"


@bp.get("/members")
@action("member.read")
def listed() -> ResponseReturnValue:
    """Every member with how it sits, who is on duty today and what it does not take."""
    today, scope = desk().today(now()), _scope()
    views = queries.all_of(scope)
    there = duty_list.present([each.id for each in views], day=today, calendar=desk().calendar)
    rows = [(e, members.row(e, today, there.get(e.id, ABSENT).names)) for e in views]
    active = [each for each in views if each.active and each.is_member(today)]
    missing = [each for each in desk().policy.members.asked if each not in {e.kind for e in active}]
    manages = access.may(actor(), "member.manage", desk().policy.access)
    return render_template(
        "member/list.html",
        title="成员单位",
        rows=[row for view, row in rows if view in active],
        gone=[row for view, row in rows if view not in active],
        missing=[label(each) for each in missing],
        new_url=url_for("member.new") if manages else None,
    )


@bp.get("/members/<uuid:member_id>")
@action("member.read")
def detail(member_id: UUID) -> ResponseReturnValue:
    """One member, to look at and to print."""
    return _shown(queries.one(member_id, _scope()), Form())


@bp.get("/members/new")
@action("member.manage")
def new() -> ResponseReturnValue:
    """An empty form."""
    today = desk().today(now()).isoformat()
    return _form(None, Form(values={"joined_on": today, "inside_town": "true"}))


@bp.post("/members/new")
@action("member.manage")
def take_in() -> ResponseReturnValue:
    """Take a unit in."""

    def produce() -> Response:
        try:
            chosen = UUID(request.form.get("organisation", ""))
        except ValueError:
            raise Invalid({"organisation": ["请选择单位"]}) from None
        try:
            operations.take_in(chosen, members.typed(), actor=actor(), desk=desk(), now=now())
        except Conflict as refusal:
            raise Invalid({"organisation": [refusal.detail]}) from refusal
        flash("已列为成员单位，可以排值班了")
        return forms.see(url_for("member.detail", member_id=chosen))

    return forms.once(produce, shown=lambda form: _form(None, form), twice=TWICE)


@bp.get("/members/<uuid:member_id>/edit")
@action("member.manage")
def edit(member_id: UUID) -> ResponseReturnValue:
    """The form with the terms as they are."""
    view = queries.one(member_id, _scope("member.manage"))
    return _form(view, Form(key="", values=members.values_of(view, desk().today(now()))))


@bp.post("/members/<uuid:member_id>/edit")
@action("member.manage")
def change(member_id: UUID) -> ResponseReturnValue:
    """Save the terms."""
    view = queries.one(member_id, _scope("member.manage"))
    try:
        operations.change(
            member_id,
            members.typed(),
            version=posted_version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        return _form(view, forms.typed(request.form, refusal.fields)), 422
    except Stale:
        return _form(view, forms.renewed(request.form, STALE)), 412
    flash("已保存")
    return forms.see(url_for("member.detail", member_id=member_id))


STALE: Final = "别人刚刚改过这个单位，下面是您填的；核对以后再点保存，会按您填的保存"


@bp.post("/members/<uuid:member_id>/refusals")
@action("member.manage")
def refuse(member_id: UUID) -> ResponseReturnValue:
    """Note a category the unit does not take."""
    view = queries.one(member_id, _scope("member.manage"))
    try:
        raw = forms.body(request.form)
        if isinstance(raw.get("go_to"), list):
            raw["go_to"] = raw["go_to"][-1]
        told = load_body(RefusalIn, raw)
        version = posted_version()
        operations.refuse(member_id, **told, version=version, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        return _shown(view, forms.typed(request.form, refusal.fields)), 422
    except Stale as stale:
        flash(stale.detail, "stop")
        return forms.see(url_for("member.detail", member_id=member_id))
    flash("已写明，分派和移交时会提醒")
    return forms.see(url_for("member.detail", member_id=member_id))


@bp.post("/members/<uuid:member_id>/refusals/end")
@action("member.manage")
def take_again(member_id: UUID) -> ResponseReturnValue:
    """The unit takes a category again."""
    queries.one(member_id, _scope("member.manage"))
    try:
        told = load_body(RefusalEndIn, forms.body(request.form))
        version = posted_version()
        operations.take_again(
            member_id, told["category"], version=version, actor=actor(), desk=desk(), now=now()
        )
        flash("已取消，这一类重新受理")
    except Stale as stale:
        flash(stale.detail, "stop")
    return forms.see(url_for("member.detail", member_id=member_id))


def _scope(name: str = "member.read") -> Scope:
    return access.require(actor(), name, desk().policy.access)


def _form(view: MemberView | None, form: Form) -> str:
    scope = _scope("member.manage")
    unit = view.id if view else None
    return render_template(
        "member/form.html",
        title=f"修改：{view.name}" if view else "新的成员单位",
        form=form,
        fields=members.fields(of_new=None if view else queries.strangers(scope)),
        post_url=url_for("member.change", member_id=unit) if unit else url_for("member.take_in"),
        back_url=url_for("member.detail", member_id=unit) if unit else url_for("member.listed"),
        button="保存" if view else "列为成员单位",
        version=view.version if view else None,
    )


def _shown(view: MemberView, form: Form) -> str:
    today, manages = desk().today(now()), members.may("member.manage", view.id)
    there = duty_list.present([view.id], day=today, calendar=desk().calendar)
    present = there.get(view.id, ABSENT)
    reads_attendance = members.may("attendance.read", view.id)
    return render_template(
        "member/detail.html",
        title=view.name,
        kind_label=label(view.kind),
        outside=not view.inside_town,
        facts=_facts(view),
        duty="、".join(present.names),
        remit=members.remit_words(view),
        refusals=members.refusals(view),
        seats=[_seat(each) for each in view.seats],
        form=form,
        fields=_refusal_fields(view) if manages else [],
        version=view.version,
        refuse_url=url_for("member.refuse", member_id=view.id) if manages else None,
        again_url=url_for("member.take_again", member_id=view.id),
        edit_url=url_for("member.edit", member_id=view.id) if manages else None,
        duty_url=url_for("duty_list.month", member_id=view.id),
        attendance_url=url_for("attendance.of_unit", member_id=view.id)
        if reads_attendance
        else None,
        organisation_url=url_for("organisation.detail", organisation_id=view.id),
    )


def _facts(view: MemberView) -> list[tuple[str, str]]:
    left = f"，{show.day(view.left_on, year=0)}退出" if view.left_on else ""
    told = [
        ("成员单位", f"{show.day(view.joined_on, year=0)}加入{left}"),
        ("入驻", members.seat_words(view.sitting(desk().today(now())))),
        ("地址", view.address or ""),
        ("值班电话", view.duty_phone or view.phone or ""),
    ]
    return [(name, value) for name, value in told if value]


def _seat(sitting: Any) -> str:
    until = f"到 {show.day(sitting.until_on, year=0)}" if sitting.until_on else "起"
    return f"{show.day(sitting.from_on, year=0)}{until}　{members.seat_words(sitting)}"


def _refusal_fields(view: MemberView) -> list[dict[str, Any]]:
    policy = desk().policy
    takes = view.remit.takes or frozenset()
    options = [(each.code, each.label) for each in policy.categories.all if each.code not in takes]
    return [
        described(
            "category", "不受理的类别", "select", options=[("", "请选择"), *options], required=True
        ),
        described(
            "words",
            "为什么",
            required=True,
            maxlength=200,
            hint="例如：要先做医疗损害鉴定",
        ),
        described("go_to", "请当事人去哪里", "select", options=members.doors()),
    ]
