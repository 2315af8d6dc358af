"""The live panel beside the intake form: where this would go, and why."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from config.facts import FACTS, Fact, FactKind
from schemas.routing import PreviewIn
from service.errors import Invalid
from service.operations import route as routes
from service.web import form as forms
from service.web.api.routing import request_of
from service.web.door import action, desk, now
from service.web.form import Form
from service.web.route import panel
from service.web.steps import load_body

bp = Blueprint("routing", __name__)
# facts the form asks in places of their own
ASKED_APART = frozenset(
    {"government_party", "danger", "domestic_violence", "minor_victim", "crime_suspected"}
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a half-filled form would go, and what is worth asking.

    `questions` belong to the category, `more` are what the rules would still like to know or have
    been told; `key` names all of them, so that the page knows when to put in others.
    """

    route: dict[str, Any] | None
    questions: list[dict[str, Any]]
    more: list[dict[str, Any]]
    told: bool
    key: str


@bp.post("/routing/preview-panel")
@action("routing.preview")
def show_panel() -> ResponseReturnValue:
    """The panel for what has been typed so far."""
    form = forms.typed(request.form)
    return render_template("routing/preview_panel.html", form=form, outlook=outlook(form))


def outlook(form: Form) -> Outlook:
    """A hint never blocks: what cannot be read yet is left out; no category, no hint."""
    category = str(form.values.get("category") or "")
    known = desk().policy.categories.by_code
    if category not in known:
        return Outlook(None, [], [], told=False, key="")
    answer = _answer(category, form)
    first = [name for name in known[category].questions if name not in ASKED_APART]
    told = {name for name in FACTS if form.values.get(f"facts.{name}")}
    wanted = (told | set(answer["ask"])) - ASKED_APART - set(first)
    more = [name for name in FACTS if name in wanted]
    return Outlook(
        route=panel(answer, today=desk().today(now()), policy=desk().policy),
        questions=[question(FACTS[name]) for name in first],
        more=[question(FACTS[name]) for name in more],
        told=bool(told & set(more)),
        key=" ".join([*first, *more]),
    )


def _answer(category: str, form: Form) -> dict[str, Any]:
    facts = forms.body(request.form).get("facts", {}) if request.method == "POST" else {}
    body: dict[str, Any] = {
        "category": category,
        "registered_on": desk().today(now()).isoformat(),
    }
    count = str(form.values.get("people_count") or "")
    if count.isascii() and count.isdigit() and 0 < int(count[:9]) <= 100_000:
        body["people_count"] = int(count)
    try:
        read = request_of(load_body(PreviewIn, body | {"facts": facts}))
    except Invalid:
        read = request_of(load_body(PreviewIn, body))
    answer: dict[str, Any] = routes.answer(read, desk()).as_dict()
    return answer


def question(fact: Fact) -> dict[str, Any]:
    """A fact as a field of a form; 不清楚 is a real answer and the same as none."""
    kind = "radio"
    options = [("true", "是"), ("false", "否"), ("", "不清楚")]
    if fact.kind is FactKind.DATE:
        kind, options = "date", []
    elif fact.kind is FactKind.CHOICE:
        kind, options = "select", [("", "不清楚"), *_choices(fact)]
    return forms.described(f"facts.{fact.name}", fact.question, kind, options=options)


def _choices(fact: Fact) -> list[tuple[str, str]]:
    """Its words; `unknown` stands there already as 不清楚."""
    return [(word, text) for word, text in fact.choices.items() if word != "unknown"]
