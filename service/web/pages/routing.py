"""The live panel beside the intake form: where this would go, and why."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from config.facts import FACTS, Fact, FactKind
from schemas.routing import PreviewIn
from service.errors import Invalid
from service.operations import route as routes
from service.web import form as forms
from service.web import show
from service.web.api.routing import request_of
from service.web.door import action, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("routing", __name__)
ASKED_APART = frozenset(
    {"government_party", "danger", "domestic_violence", "minor_victim", "crime_suspected"}
)
MOST_QUESTIONS = 6


@bp.post("/routing/preview-panel")
@action("routing.preview")
def panel() -> ResponseReturnValue:
    """The panel for what has been typed so far."""
    form = forms.typed(request.form)
    route, questions, category = live_route(form)
    return render_template(
        "routing/preview_panel.html",
        route=route,
        form=form,
        questions=questions,
        category=category,
    )


def live_route(form: Form) -> tuple[dict[str, Any] | None, list[dict[str, Any]], str]:
    """The route, the questions worth asking and the category for a half-filled form.

    A hint never blocks: what cannot be read yet is left out, and without a category there is none.
    """
    category = str(form.values.get("category") or "")
    known = desk().policy.categories.by_code
    if category not in known:
        return None, [], ""
    facts = forms.body(request.form).get("facts", {}) if request.method == "POST" else {}
    today = desk().today(now())
    body: dict[str, Any] = {"category": category, "registered_on": today.isoformat()}
    count = str(form.values.get("people_count") or "")
    if count.isascii() and count.isdigit() and 0 < int(count) <= 100_000:
        body["people_count"] = int(count)
    try:
        read = request_of(load_body(PreviewIn, body | {"facts": facts}))
    except Invalid:
        read = request_of(load_body(PreviewIn, body))
    answer = routes.answer(read, desk()).as_dict()
    names = [name for name in known[category].questions if name not in ASKED_APART]
    asked = [question(FACTS[name]) for name in names[:MOST_QUESTIONS]]
    return show.route(answer, today=today, policy=desk().policy), asked, category


def question(fact: Fact) -> dict[str, Any]:
    """A fact as a field of a form; 不清楚 is a real answer and the same as none."""
    options = [("true", "是"), ("false", "否"), ("", "不清楚")]
    kind = "radio"
    if fact.kind is FactKind.DATE:
        kind, options = "date", []
    elif fact.kind is FactKind.CHOICE:
        kind, options = "select", [("", "不清楚"), *fact.choices.items()]
    return {
        "name": f"facts.{fact.name}",
        "label": fact.question,
        "kind": kind,
        "options": options,
        "required": False,
        "hint": "",
        "rows": 1,
        "maxlength": None,
    }
