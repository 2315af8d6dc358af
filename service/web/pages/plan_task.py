"""计划任务: one task with what is done about it, its change, the tasks of my unit and my own."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.base import Strict
from schemas.plan_task import (
    ChangePlanMilestoneIn,
    ChangePlanTaskIn,
    PlanArrivalIn,
    PlanDependenceIn,
    PlanDoneIn,
    PlanMilestoneIn,
    PlanNoteIn,
    PlanReasonIn,
)
from service.operations import plan_change as changes
from service.operations import plan_dependence as dependences
from service.operations import plan_milestone as milestones
from service.operations import plan_task as operations
from service.operations.plan_dependence import Arrival, DependenceDraft
from service.operations.plan_milestone import MilestoneDraft
from service.queries import plan_light
from service.queries import plan_task as queries
from service.rules import plan_task as rules
from service.web import form as forms
from service.web import plan_task, plan_task_form, plan_task_page
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.plan_task_page import taken, who
from service.web.steps import load_body

bp = Blueprint("plan_task", __name__)
TASK: Final = "/plans/<int:year>/tasks/<number>"
MILESTONE: Final = f"{TASK}/milestones/<uuid:milestone_id>"
DEPENDENCE: Final = f"{TASK}/dependences/<uuid:dependence_id>"


@bp.get("/plans/mine")
@action("plan.read")
def mine() -> ResponseReturnValue:
    """The tasks of my unit and my own, what wants me first first."""
    year = queries.newest_year(actor(), today=desk().today(now()))
    found = queries.of_mine(year, **who()) if year is not None else []
    lit = plan_light.by_number(year, [e.number for e in found], **who()) if year else {}
    rows = [plan_task.row(each, lit[each.number]) for each in plan_task.pressing(found, lit)]
    return render_template(
        "plan_task/mine.html",
        title="我的任务",
        year=year,
        rows=[each for each in rows if not each["over"]],
        over=[each for each in rows if each["over"]],
        board_url=plan_task.board_url(year) if year is not None else None,
    )


@bp.get("/plan-tasks")
@bp.get("/plan-milestones")
@action("plan.read")
def owed() -> ResponseReturnValue:
    """Where messages about several tasks lead."""
    return forms.see(url_for("plan_task.mine"))


@bp.get("/plan-tasks/<uuid:plan_task_id>")
@action("plan.read")
def of_task(plan_task_id: UUID) -> ResponseReturnValue:
    """Where messages about a task lead."""
    found = queries.where_is(plan_task_id, actor=actor(), desk=desk())
    return forms.see(plan_task_page.address(*found))


@bp.get("/plan-milestones/<uuid:milestone_id>")
@action("plan.read")
def of_milestone(milestone_id: UUID) -> ResponseReturnValue:
    """The task of a milestone: where messages about it lead."""
    found = queries.where_is_milestone(milestone_id, actor=actor(), desk=desk())
    return forms.see(f"{plan_task_page.address(*found)}#t-milestones")


@bp.get(TASK)
@action("plan.read")
def detail(year: int, number: str) -> ResponseReturnValue:
    """One task, with what may be done about it."""
    return plan_task_page.shown(year, number, Form())


@bp.post(f"{TASK}/progress")
@action("plan.progress")
def note(year: int, number: str) -> ResponseReturnValue:
    """Note how it gets on."""

    def act() -> None:
        body = _told(PlanNoteIn, "note")
        operations.note(year, number, body["text"], on_date=body["on_date"], **who())

    return taken(year, number, "note", act, "进展已记下")


@bp.post(f"{TASK}/finish")
@action("plan.progress")
def finish(year: int, number: str) -> ResponseReturnValue:
    """Say that it is done."""

    def act() -> None:
        on = _told(PlanDoneIn, "finish")["done_on"]
        operations.finish(year, number, on, version=forms.version(), **who())

    return taken(year, number, "finish", act, "任务已办结")


@bp.post(f"{TASK}/reopen")
@action("plan.progress")
def reopen(year: int, number: str) -> ResponseReturnValue:
    """Take it up again after it was said to be done."""

    def act() -> None:
        why = _told(PlanReasonIn, "reopen")["reason"]
        operations.reopen(year, number, why, version=forms.version(), **who())

    return taken(year, number, "reopen", act, "任务已重新打开")


@bp.post(f"{TASK}/drop")
@action("plan.edit")
def drop(year: int, number: str) -> ResponseReturnValue:
    """Give it up."""

    def act() -> None:
        why = _told(PlanReasonIn, "drop")["reason"]
        operations.drop(year, number, why, version=forms.version(), **who())

    return taken(year, number, "drop", act, "任务已取消")


@bp.post(f"{TASK}/resume")
@action("plan.edit")
def resume(year: int, number: str) -> ResponseReturnValue:
    """Take it up again after it was given up."""

    def act() -> None:
        operations.resume(year, number, version=forms.version(), **who())

    return taken(year, number, "resume", act, "任务已恢复")


@bp.post(f"{TASK}/milestones")
@action("plan.progress")
def set_milestone(year: int, number: str) -> ResponseReturnValue:
    """Set a milestone."""

    def act() -> None:
        draft = MilestoneDraft(**_told(PlanMilestoneIn, "milestone"))
        milestones.add(year, number, draft, **who())

    return taken(year, number, "milestone", act, "节点已设")


@bp.post(MILESTONE)
@action("plan.progress")
def change_milestone(year: int, number: str, milestone_id: UUID) -> ResponseReturnValue:
    """Call it otherwise or move it."""
    at = f"mc{milestone_id.hex}"

    def act() -> None:
        told, version = _told(ChangePlanMilestoneIn, at), forms.version()
        milestones.change(year, number, milestone_id, told, version=version, **who())

    return taken(year, number, at, act, "节点已修改")


@bp.post(f"{MILESTONE}/finish")
@action("plan.progress")
def finish_milestone(year: int, number: str, milestone_id: UUID) -> ResponseReturnValue:
    """Say that it is reached."""
    at = f"mf{milestone_id.hex}"

    def act() -> None:
        on = _told(PlanDoneIn, at)["done_on"]
        milestones.finish(year, number, milestone_id, on, version=forms.version(), **who())

    return taken(year, number, at, act, "节点已完成")


@bp.post(f"{MILESTONE}/drop")
@action("plan.progress")
def drop_milestone(year: int, number: str, milestone_id: UUID) -> ResponseReturnValue:
    """Give it up."""
    at = f"md{milestone_id.hex}"

    def act() -> None:
        why = _told(PlanReasonIn, at)["reason"]
        milestones.drop(year, number, milestone_id, why, version=forms.version(), **who())

    return taken(year, number, at, act, "节点已取消")


@bp.post(f"{TASK}/dependences")
@action("plan.progress")
def wait_for(year: int, number: str) -> ResponseReturnValue:
    """Say which document it waits for."""

    def act() -> None:
        draft = DependenceDraft(**_told(PlanDependenceIn, "dependence"))
        dependences.add(year, number, draft, **who())

    return taken(year, number, "dependence", act, "已登记要等的文件")


@bp.post(f"{DEPENDENCE}/arrive")
@action("plan.progress")
def arrive(year: int, number: str, dependence_id: UUID) -> ResponseReturnValue:
    """Note that it came."""
    at = f"da{dependence_id.hex}"

    def act() -> None:
        came = Arrival(**_told(PlanArrivalIn, at))
        dependences.arrive(year, number, dependence_id, came, version=forms.version(), **who())

    return taken(year, number, at, act, "已登记收到")


@bp.post(f"{DEPENDENCE}/drop")
@action("plan.progress")
def wait_no_more(year: int, number: str, dependence_id: UUID) -> ResponseReturnValue:
    """Wait for it no more."""
    at = f"dd{dependence_id.hex}"

    def act() -> None:
        why = _told(PlanReasonIn, at)["reason"]
        dependences.drop(year, number, dependence_id, why, version=forms.version(), **who())

    return taken(year, number, at, act, "不再等这份文件")


@bp.get(f"{TASK}/change")
@action("plan.edit")
def ask_change(year: int, number: str) -> ResponseReturnValue:
    """What is planned of it, to write over."""
    return _change(year, number, None)


@bp.post(f"{TASK}/change")
@action("plan.edit")
def change(year: int, number: str) -> ResponseReturnValue:
    """Change it; what was emptied says that there is nothing."""

    def produce() -> ResponseReturnValue:
        told = plan_task_form.changed(forms.body(request.form))
        body = load_body(ChangePlanTaskIn, told)
        at = forms.version()
        plan_task_page.judged(lambda: changes.change(year, number, body, version=at, **who()))
        flash("已修改，期限按修改后的计")
        return forms.see(plan_task_page.address(year, number))

    return forms.once(
        produce,
        shown=lambda form: _change(year, number, form),
        twice=plan_task_page.AGAIN,
        at=plan_task_form.at_places,
    )


def _change(year: int, number: str, form: Form | None) -> str:
    view = queries.one(year, number, **who())
    rules.check_open(view.state)
    groups = plan_task_form.change_fields(view)
    parts = [*groups["measures"], *groups["indicators"]]
    return render_template(
        "plan_task/change.html",
        title=f"修改任务 {view.number}　{view.name}",
        groups=groups,
        fields=[
            *groups["head"],
            groups["co_units"],
            *(field for each in parts for field in each["fields"]),
            groups["registers"],
        ],
        form=form or Form(values=plan_task_form.change_values(view)),
        version=view.version,
        text=view.text,
        post_url=plan_task_form.url("change", view),
        task_url=plan_task_page.address(year, number),
    )


def _told(shape: type[Strict], at: str) -> dict[str, Any]:
    """The posted fields of one form, in its shape."""
    return load_body(shape, forms.group(at))
