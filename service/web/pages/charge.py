"""领导包案: a leader's own list, and one dispute: who answers for it, what was done about it."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.charge import ChargeIn, ChargeQuery, LookIn, MeasureIn
from service.errors import Conflict, Invalid, StepNotAllowed
from service.operations import charge as operations
from service.queries import charge as queries
from service.queries import user as users
from service.queries.charge import ChargeState, ChargesView
from service.web import charge
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("charge", __name__)
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
TABS: Final = {
    ChargeState.RUNNING: ("正在包案", "没有正在包案的纠纷。中心主任在纠纷页面指定包案领导。"),
    ChargeState.ENDED: ("已经结束", "还没有结束的包案。"),
}
HINT: Final = "包案领导和承办的人看得到，不写当事人姓名和电话"


@bp.get("/charges")
@action("charge.read")
def listed() -> ResponseReturnValue:
    """A list, by what stands in the address."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(ChargeQuery, given)
        state = ChargeState(query.pop("state"))
        page = queries.page(state, actor=actor(), desk=desk(), now=now(), **query)
    except Invalid:
        flash("有的条件看不懂，已经去掉", "warn")
        return forms.see(url_for("charge.listed"))
    first = url_for("charge.listed", state=state.value)
    following = url_for("charge.listed", state=state.value, cursor=page.next_cursor)
    return render_template(
        "charge/list.html",
        title="领导包案",
        rows=[charge.row(each) for each in page.items],
        shown=len(page.items),
        tabs=[
            {
                "label": label,
                "url": url_for("charge.listed", state=each.value),
                "current": each is state,
            }
            for each, (label, _) in TABS.items()
        ],
        empty=TABS[state][1],
        next_url=following if page.next_cursor else None,
        first_url=first if "cursor" in given else None,
    )


@bp.get("/disputes/<uuid:dispute_id>/charge")
@action("charge.read")
@noted("read", "charge")
def of_dispute(dispute_id: UUID) -> ResponseReturnValue:
    """One dispute: who answers for it, who did, and the measures."""
    return _page(dispute_id, Form())


@bp.post("/disputes/<uuid:dispute_id>/charge")
@action("charge.name")
def name(dispute_id: UUID) -> ResponseReturnValue:
    """Name the leader, or another one."""

    def produce() -> None:
        body = load_body(ChargeIn, _part("name"))
        operations.name(dispute_id, body["leader"], actor=actor(), desk=desk(), now=now())
        flash("已指定包案领导")

    return _written(dispute_id, "name", produce)


@bp.post("/disputes/<uuid:dispute_id>/charge/measures")
@action("charge.write")
def write(dispute_id: UUID) -> ResponseReturnValue:
    """Write a measure."""

    def produce() -> None:
        body = load_body(MeasureIn, _part("measure"))
        operations.write(dispute_id, **body, actor=actor(), desk=desk(), now=now())
        flash("已记下措施")

    return _written(dispute_id, "measure", produce)


@bp.post("/disputes/<uuid:dispute_id>/charge/look")
@action("charge.write")
def look(dispute_id: UUID) -> ResponseReturnValue:
    """Note a look."""

    def produce() -> None:
        body = load_body(LookIn, _part("look"))
        operations.look(dispute_id, **body, actor=actor(), desk=desk(), now=now())
        flash("已记下过问")

    return _written(dispute_id, "look", produce)


def _part(name: str) -> dict[str, Any]:
    told = forms.body(request.form).get(name)
    return told if isinstance(told, dict) else {}


def _written(dispute_id: UUID, part: str, write: Callable[[], None]) -> ResponseReturnValue:
    """Write one of the forms of the page; what is wrong stands at its field."""

    def produce() -> ResponseReturnValue:
        try:
            write()
        except (Conflict, StepNotAllowed) as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        return forms.see(url_for("charge.of_dispute", dispute_id=dispute_id))

    def at(fields: forms.Fields) -> forms.Fields:
        return {f"{part}.{name}" if name else "": said for name, said in fields.items()}

    return forms.once(produce, shown=lambda form: _page(dispute_id, form), twice=TWICE, at=at)


def _page(dispute_id: UUID, form: Form) -> str:
    view = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return render_template(
        "charge/show.html",
        title=f"领导包案 {view.dispute.number}",
        dispute=charge.dispute(view.dispute),
        charges=[charge.charge(each) for each in view.charges],
        form=form,
        parts=_parts(view, dispute_id),
        list_url=url_for("charge.listed"),
    )


def _parts(view: ChargesView, dispute_id: UUID) -> list[dict[str, Any]]:
    """The forms of who may write: a measure, a look, and another leader."""
    made, today = forms.described, desk().today(now()).isoformat()
    looked = {"hint": "不填就是今天", "attrs": {"max": today}}
    runs = any(each.ended_at is None for each in view.charges)
    found = []
    if view.may_write:
        words = made(
            "measure.words", "措施", "textarea", required=True, maxlength=1000, hint=HINT, rows=4
        )
        found += [
            _form("写措施", "记下措施", url_for("charge.write", dispute_id=dispute_id), words),
            _form(
                "记过问",
                "记下过问",
                url_for("charge.look", dispute_id=dispute_id),
                made("look.looked_on", "领导哪天过问", "date", **looked),
            ),
        ]
    if view.may_name:
        offered = [(str(e.id), f"{e.name}（{e.organisation}）") for e in users.leaders(actor())]
        leader = made(
            "name.leader", "哪位领导", "select", options=[("", "请选择"), *offered], required=True
        )
        title = "换包案领导" if runs else "指定包案领导"
        found.append(_form(title, "指定", url_for("charge.name", dispute_id=dispute_id), leader))
    return found


def _form(title: str, button: str, url: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "button": button, "url": url, "fields": list(fields)}
