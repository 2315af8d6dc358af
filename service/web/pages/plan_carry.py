"""结转: this year's plan becomes the next year's, after a look at what goes along."""

from typing import Final

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.plan_carry import PlanCarryIn
from service.errors import Conflict, Invalid
from service.operations import plan_carry as operations
from service.queries import plan as queries
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("plan_carry", __name__)
TWICE: Final = "刚才已经结转过了"


@bp.get("/plans/<int:year>/carry")
@action("plan.edit")
def asked(year: int) -> ResponseReturnValue:
    """What goes along and what stays, before it is done."""
    return _form(year, Form())


@bp.post("/plans/<int:year>/carry")
@action("plan.edit")
def carry_over(year: int) -> ResponseReturnValue:
    """Make the next year's plan."""

    def produce() -> ResponseReturnValue:
        load_body(PlanCarryIn, forms.body(request.form))
        try:
            operations.carry_over(year, actor=actor(), desk=desk(), now=now())
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash(f"已结转到 {year + 1} 年；正式文本印发以后导入，和它对照")
        return forms.see(url_for("plan.board", year=year + 1))

    return forms.once(produce, shown=lambda form: _form(year, form), twice=TWICE)


def _form(year: int, form: Form) -> str:
    view = queries.one(year, actor=actor(), desk=desk(), now=now())
    return render_template(
        "plan_carry/new.html",
        title=f"把 {year} 年的计划结转到 {year + 1} 年",
        tasks=view.tally.total,
        dropped=view.tally.dropped,
        following=year + 1,
        form=form,
        carry_url=url_for("plan_carry.carry_over", year=year),
        plan_url=url_for("plan.board", year=year),
    )
