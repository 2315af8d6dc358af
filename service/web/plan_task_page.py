"""The page of a task, drawn again by every form that stands on it."""

from collections.abc import Callable
from typing import Any, Final

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from config.clock_subject import ClockSubject
from service.errors import Conflict, Gone, Invalid, Stale, StepNotAllowed
from service.queries import plan_evidence as proofs
from service.queries import plan_part as parts
from service.queries import plan_task as queries
from service.queries.plan_evidence import EvidenceView, Owner
from service.queries.plan_task import PlanTaskView
from service.web import clock_explained, plan_task, plan_task_form
from service.web import form as forms
from service.web.door import actor, desk, now
from service.web.form import Form

AGAIN: Final = "刚才已经登记过了。要再登记一次，请核对内容后再点"
CHANGED: Final = "刚才有人改过这项任务，请看一下现在的情况，再点一次"
NOTES: Final = 50  # on the page; the rest by the door of programs


def who() -> dict[str, Any]:
    """Who asks, with what, and when."""
    return {"actor": actor(), "desk": desk(), "now": now()}


def address(year: int, number: str) -> str:
    """Where a task stands."""
    return url_for("plan_task.detail", year=year, number=number)


def taken(
    year: int, number: str, at: str, act: Callable[[], object], said: str
) -> ResponseReturnValue:
    """Do once what the form `at` asks, and show the task; what is wrong stands at its fields."""

    def produce() -> ResponseReturnValue:
        judged(act)
        flash(said)
        return forms.see(address(year, number))

    return forms.once(
        produce,
        shown=lambda form: shown(year, number, form),
        twice=AGAIN,
        at=lambda fields: placed(at, fields),
    )


def judged(act: Callable[[], object]) -> None:
    """Do it; what the task as it stands does not allow is said over the whole form."""
    try:
        act()
    except Stale as refusal:
        raise Invalid({"": [CHANGED]}) from refusal
    except (Conflict, StepNotAllowed, Gone) as refusal:
        raise Invalid({"": [refusal.detail]}) from refusal


def placed(at: str, fields: forms.Fields) -> forms.Fields:
    """The errors of one form, where its fields stand on the page."""
    return {f"{at}.{name}" if name else "": said for name, said in fields.items()}


def shown(year: int, number: str, form: Form) -> str:
    """The page of a task, with a form as it was typed."""
    view = queries.one(year, number, **who())
    files = _files(view)
    told = plan_task.detail(view, parts.notes(view.id, limit=NOTES).items, files)
    held = plan_task_form.values(view, files or ()) | dict(form.values)
    steps = plan_task_form.steps(view)
    beside = {
        "note_form": plan_task_form.note_form(view),
        "milestone_add": plan_task_form.milestone_add(view),
        "dependence_add": plan_task_form.dependence_add(view),
        "upload": plan_task_form.upload_form(view),
    }
    drawn = [
        *filter(None, beside.values()),
        *steps,
        *(
            each
            for part in ("milestones", "dependences", "evidence")
            for each in _forms(told[part])
        ),
    ]
    main = plan_task_form.main_step(view)
    return render_template(
        "plan_task/detail.html",
        title=f"{view.number}　{view.name}",
        task=told,
        form=Form(form.key, held, form.errors),
        steps=[each for each in steps if each["main"]],
        others=[each for each in steps if not each["main"]],
        go=plan_task.way(view, told["source"])
        if beside["note_form"] and (main is None or told["source"])
        else None,
        fields=[field for each in drawn for field in each["fields"]],
        terms=clock_explained.section_of(ClockSubject.PLAN_TASK, view.id),
        events=plan_task.timeline(view),
        change_url=plan_task_form.url("change", view) if _changes(view) else None,
        board_url=plan_task.board_url(year),
        mine_url=url_for("plan_task.mine"),
        **beside,
    )


def _forms(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [form for each in parts for form in each["forms"]]


def _files(view: PlanTaskView) -> list[EvidenceView] | None:
    """The evidence, for whoever may see it."""
    if not view.proves:
        return None
    return proofs.of(Owner(ClockSubject.PLAN_TASK, view.id), desk=desk())


def _changes(view: PlanTaskView) -> bool:
    return view.edits and view.state is plan_task.S.OPEN
