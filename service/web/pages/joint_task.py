"""联调: who is asked along for a dispute, what a unit is asked, its opinion, and the lists."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.access import Reach
from schemas.joint_task import TaskAnswerIn, TaskQuery, TaskRefuseIn, TasksIn, TaskWaiveIn
from service.errors import Conflict, Forbidden, Invalid
from service.operations import joint_task as operations
from service.operations.joint_task import TaskDraft
from service.queries import dispute as disputes
from service.queries import joint_task as queries
from service.queries import organisation as organisations
from service.queries.joint_task import Desktop
from service.rules import access
from service.web import conflict, joint_task, presence
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("joint_task", __name__)
NOT_YOURS: Final = "由牵头单位或者中心主任请别的单位协办"
TWICE: Final = "刚才已经提出过了。要再请别的单位协办，请核对内容后再点"
PLACES: Final = 3  # co-units the form has room for; more are asked by sending it again
RULE: Final = "SLA.JOINT"
DESKTOPS: Final = {
    Desktop.ASKED: ("等本单位答复", "没有等本单位答复的协办任务。"),
    Desktop.LED: ("我们牵头的", "没有还在等协办单位的纠纷。要请别的单位协办，请打开那件纠纷。"),
    Desktop.DONE: ("本单位办过的", "本单位还没有答复过协办任务。"),
}


@bp.get("/joint-tasks")
@action("joint.read")
def listed() -> ResponseReturnValue:
    """A list, by what stands in the address."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(TaskQuery, given)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        kept: dict[str, Any] = {k: v for k, v in given.items() if k not in refusal.fields}
        return forms.see(url_for("joint_task.listed", **kept))
    desktop = Desktop(query.pop("desktop")) if "desktop" in given else _first(query)
    scope = queries.read_scope(actor(), desk())
    try:
        page = queries.page(desktop, scope=scope, desk=desk(), now=now(), **query)
    except Invalid:
        return forms.see(url_for("joint_task.listed", desktop=desktop.value))
    following = url_for("joint_task.listed", desktop=desktop.value, cursor=page.next_cursor)
    return render_template(
        "joint_task/list.html",
        title="协办任务",
        rows=[joint_task.row(each) for each in page.items],
        shown=len(page.items),
        tabs=[
            {
                "label": _tab(each),
                "url": url_for("joint_task.listed", desktop=each.value),
                "current": each is desktop,
            }
            for each in _offered()
        ],
        empty=DESKTOPS[desktop][1],
        next_url=following if page.next_cursor else None,
        first_url=url_for("joint_task.listed", desktop=desktop.value)
        if "cursor" in given
        else None,
    )


def _tab(desktop: Desktop) -> str:
    """What a list is called; the director leads nothing, and looks at the whole town."""
    town = Reach.TOWN in queries.read_scope(actor(), desk()).reach
    return "全镇等协办的" if town and desktop is Desktop.LED else DESKTOPS[desktop][0]


def _offered() -> list[Desktop]:
    """A mediator answers for no unit; who leads nothing waits for nobody."""
    answers, waits = (
        access.may(actor(), each, desk().policy.access) for each in ("joint.answer", "joint.waive")
    )
    return [each for each in DESKTOPS if (waits if each is Desktop.LED else answers)]


def _first(query: dict[str, Any]) -> Desktop:
    query.pop("desktop")
    return _offered()[0]


@bp.get("/disputes/<uuid:dispute_id>/tasks/new")
@action("joint.start")
def new(dispute_id: UUID) -> ResponseReturnValue:
    """The form: which units, and what each is asked to do."""
    return _form(dispute_id, Form())


@bp.post("/disputes/<uuid:dispute_id>/tasks/new")
@action("joint.start")
def start(dispute_id: UUID) -> ResponseReturnValue:
    """Ask them along."""

    def produce() -> ResponseReturnValue:
        body = load_body(TasksIn, forms.body(request.form))
        drafts = [TaskDraft(**each) for each in body["tasks"]]
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        _try(lambda: operations.start(dispute_id, drafts, **told))
        flash(f"已请 {len(drafts)} 个单位协办，对方收到消息")
        return forms.see(url_for("dispute.detail", dispute_id=dispute_id))

    return forms.once(produce, shown=lambda form: _form(dispute_id, form), twice=TWICE)


@bp.get("/disputes/<uuid:dispute_id>/tasks/<uuid:task_id>")
@action("joint.read")
@noted("read", "joint")
def detail(dispute_id: UUID, task_id: UUID) -> ResponseReturnValue:
    """One task, with the answer for who may give it."""
    return _detail(dispute_id, task_id, Form())


@bp.post("/disputes/<uuid:dispute_id>/tasks/<uuid:task_id>/answer")
@action("joint.answer")
def answer(dispute_id: UUID, task_id: UUID) -> ResponseReturnValue:
    """The co-unit's opinion."""

    def write() -> None:
        body = load_body(TaskAnswerIn, _part("answer"))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.answer(dispute_id, task_id, body["words"], **told)
        flash("已答复，牵头单位收到消息")

    return _written(dispute_id, task_id, "answer", write)


@bp.post("/disputes/<uuid:dispute_id>/tasks/<uuid:task_id>/refuse")
@action("joint.answer")
def refuse(dispute_id: UUID, task_id: UUID) -> ResponseReturnValue:
    """The co-unit cannot do it."""

    def write() -> None:
        body = load_body(TaskRefuseIn, _part("refuse"))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.answer(dispute_id, task_id, body["words"], refuses=True, **told)
        flash("已告诉牵头单位不能办")

    return _written(dispute_id, task_id, "refuse", write)


@bp.post("/disputes/<uuid:dispute_id>/tasks/<uuid:task_id>/waive")
@action("joint.waive")
def waive(dispute_id: UUID, task_id: UUID) -> ResponseReturnValue:
    """The lead waits no longer."""

    def write() -> None:
        body = load_body(TaskWaiveIn, _part("waive"))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.waive(dispute_id, task_id, body["reason"], **told)
        flash("已写明不再等，办结时不再等这一项")

    return _written(dispute_id, task_id, "waive", write)


def _part(name: str) -> dict[str, Any]:
    told = forms.body(request.form).get(name)
    return told if isinstance(told, dict) else {}


def _try(deed: Callable[[], object]) -> None:
    """Do it; what contradicts what is stored is said over the form, which stays as it was typed."""
    try:
        deed()
    except Conflict as refusal:
        raise Invalid({"": [refusal.detail]}) from refusal


def _written(
    dispute_id: UUID, task_id: UUID, part: str, write: Callable[[], None]
) -> ResponseReturnValue:
    """Write one of the forms of the page; what is wrong stands at its field."""

    def produce() -> ResponseReturnValue:
        _try(write)
        return forms.see(url_for("dispute.detail", dispute_id=dispute_id))

    def at(fields: forms.Fields) -> forms.Fields:
        return {f"{part}.{name}" if name else "": said for name, said in fields.items()}

    return forms.once(
        produce, shown=lambda form: _detail(dispute_id, task_id, form), twice=TWICE, at=at
    )


def _detail(dispute_id: UUID, task_id: UUID, form: Form) -> str:
    view = queries.one(dispute_id, task_id, actor=actor(), desk=desk(), now=now())
    return render_template(
        "joint_task/show.html",
        title=f"协办任务 {view.number}",
        task=joint_task.row(view),
        form=form,
        answer_fields=[
            forms.described("answer.words", "意见", "textarea", required=True, maxlength=2000)
        ],
        refuse_fields=[
            forms.described(
                "refuse.words", "为什么不能办", "textarea", required=True, maxlength=1000
            )
        ],
        waive_fields=[
            forms.described(
                "waive.reason", "为什么不再等", "textarea", required=True, maxlength=500
            )
        ],
        list_url=url_for("joint_task.listed"),
    )


def _form(dispute_id: UUID, form: Form) -> str:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if opened.key is None or "joint.start" not in opened.may:
        raise Forbidden(NOT_YOURS)
    view = opened.view
    lead = view.organisation.id if view.organisation else None
    others = [each for each in organisations.active() if each.id != lead]
    there = presence.today(others)
    units = [("", "请选择"), *(presence.option(each, view.category, there) for each in others)]
    return render_template(
        "joint_task/new.html",
        title=f"请别的单位协办：{view.number}",
        about=conflict.about(view),
        lead=view.organisation.name if view.organisation else "",
        form=form,
        places=[_place(place, units) for place in range(PLACES)],
        post_url=url_for("joint_task.start", dispute_id=dispute_id),
        days=desk().policy.clocks[RULE].length,
    )


def _place(place: int, units: list[tuple[str, str]]) -> dict[str, Any]:
    """One co-unit with its task; the first has to be filled in."""
    needed, made = place == 0, forms.described
    return {
        "title": f"协办单位 {place + 1}",
        "fields": [
            made(
                f"tasks.{place}.organisation", "哪个单位", "select", options=units, required=needed
            ),
            made(
                f"tasks.{place}.words",
                "请它办什么",
                "textarea",
                required=needed,
                maxlength=1000,
                hint="写清要查明或者提出什么意见" if needed else "",
            ),
        ],
    }
