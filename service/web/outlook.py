"""Where a half-filled intake form would go, and what is worth asking: the rail beside it."""

from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from config.facts import FACTS, Fact, FactKind
from config.vocabulary import PartyRole
from config.words import label
from schemas.dispute import PartyIn
from schemas.routing import PreviewIn
from service.errors import Invalid
from service.operations import route as routes
from service.rules import party as party_rules
from service.rules.fact import restricts
from service.web import form as forms
from service.web import guide, intake_form
from service.web.api.routing import request_of
from service.web.door import desk, now
from service.web.route import panel
from service.web.steps import load_body

MOST_PEOPLE: Final = 100_000
# facts the form asks in places of their own
ASKED_APART = frozenset(
    {"government_party", "danger", "domestic_violence", "minor_victim", "crime_suspected"}
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a half-filled form would go, and what is worth asking.

    `questions` belong to the category, `more` are what the rules would still like to know or have
    been told, `others` are those of the further matters; `key` names all of them, so that the page
    knows when to put in others. `asked_first` is the one question that matters most. `quiet` says
    that access will be limited, `notes` why and what else is to be seen to.
    """

    route: dict[str, Any] | None = None
    guides: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    told: bool = False
    key: str = ""
    asked_first: dict[str, str] | None = None
    notes: list[str] = field(default_factory=list)
    quiet: bool = False


def outlook(posted: MultiDict[str, str]) -> Outlook:
    """A hint never blocks: what cannot be read yet is left out; no category, no hint."""
    if said := intake_form.crowd(posted):
        return Outlook(notes=[said])
    body = intake_form.read(posted).body
    notes, minor = _of_minors(body.get("parties"))
    facts = _facts(body)
    quiet = minor or _restricted(body)
    category = str(body.get("category") or "")
    known = desk().policy.categories.by_code
    if category not in known:
        return Outlook(notes=notes, quiet=quiet)
    answer = _answer(category, facts, body)
    asked = _asked(answer)
    first = [name for name in known[category].questions if name not in ASKED_APART]
    told = {name for name in FACTS if name in facts}
    wanted = (told | set(asked)) - ASKED_APART - set(first)
    more = [name for name in FACTS if name in wanted]
    others = _others(posted)
    categories = [category] if not answer["parts"] else _categories(category, body)
    return Outlook(
        route=panel(answer, today=desk().today(now()), policy=desk().policy),
        guides=guide.cards(answer, categories),
        questions=[question(FACTS[name]) for name in first],
        more=[question(FACTS[name]) for name in more],
        others=others,
        told=bool(told & set(more)),
        key=" ".join([*first, *more, *(each["key"] for each in others)]),
        asked_first=_first(asked),
        notes=notes,
        quiet=quiet,
    )


def is_quiet(posted: MultiDict[str, str]) -> bool:
    """Whether access to what is being filled in will be limited."""
    body = intake_form.read(posted).body
    return _of_minors(body.get("parties"))[1] or _restricted(body)


def _restricted(body: dict[str, Any]) -> bool:
    facts = _facts(body)
    return bool(body.get("restricted")) or restricts(facts)


def _facts(body: dict[str, Any]) -> dict[str, Any]:
    """The facts of the first matter, and what is true of the people."""
    matters = body.get("matters") or [{}]
    told = matters[0].get("facts") if isinstance(matters[0], dict) else None
    facts = told if isinstance(told, dict) else body.get("facts")
    return facts if isinstance(facts, dict) else {}


def _answer(category: str, facts: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    request_body: dict[str, Any] = {
        "category": category,
        "registered_on": desk().today(now()).isoformat(),
    }
    count = body.get("people_count")
    if isinstance(count, int) and 0 < count <= MOST_PEOPLE:
        request_body["people_count"] = count
    known = desk().policy.categories.by_code
    matters = [
        {"category": each["category"], "facts": each.get("facts") or {}}
        for each in (body.get("matters") or [])[1:]
        if each.get("category") in known
    ]
    if matters:
        first = {"category": category, "facts": facts}
        people = {name: facts[name] for name in intake_form.OF_PEOPLE if name in facts}
        told = {"facts": people, "matters": [first, *matters]}
    else:
        told = {"facts": facts}
    try:
        read = request_of(load_body(PreviewIn, request_body | told))
    except Invalid:
        read = request_of(load_body(PreviewIn, request_body))
    answer: dict[str, Any] = routes.answer(read, desk(), today=desk().today(now())).as_dict()
    return answer


def _categories(category: str, body: dict[str, Any]) -> list[str]:
    """The categories of the matters of a visit, the first one's own before them."""
    known = desk().policy.categories.by_code
    more = [each.get("category") for each in (body.get("matters") or [])[1:]]
    return [category, *(str(each) for each in more if each in known)]


def _asked(answer: dict[str, Any]) -> list[str]:
    """What the rules would like to know; of several matters, about the first."""
    parts = answer["parts"]
    return list(answer["ask"] or (parts[0]["ask"] if parts else []))


def _first(asked: list[str]) -> dict[str, str] | None:
    if not asked:
        return None
    fact = FACTS[asked[0]]
    return {"name": f"facts.{fact.name}", "text": fact.question}


def _others(posted: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The questions of each further matter whose category is chosen."""
    known = desk().policy.categories.by_code
    found = []
    rows = intake_form.rows(posted, "matters", intake_form.WRITTEN_OF_A_MATTER)
    for place, row in enumerate(rows, 2):
        category = known.get(posted.get(f"matters.{row}.category", ""))
        names = [name for name in category.questions if name not in ASKED_APART] if category else []
        if category and names:
            found.append(
                {
                    "title": f"第 {place} 件：{category.label}",
                    "questions": [question(FACTS[n], f"matters.{row}.facts") for n in names],
                    "key": f"{row}:{category.code}",
                }
            )
    return found


def _of_minors(parties: Any) -> tuple[list[str], bool]:
    """What to see to where somebody is under eighteen, without names; and whether anybody is."""
    read = [_readable(each) for each in parties] if isinstance(parties, list) else []
    found = party_rules.minors(read, today=desk().today(now()))
    children = party_rules.children(read, today=desk().today(now()))
    notes = []
    for place, guarded in found.items():
        who = label(read[place].get("role") or PartyRole.APPLICANT)
        told = f"第 {place + 1} 位（{who}）未满 18 周岁，这次登记自动限制查阅"
        notes.append(told if guarded else f"{told}。还没有监护人，请登记监护人")
    if children:
        notes.append("有不满 14 周岁的孩子：登记以后，请在这件纠纷里记下监护人的同意")
    return notes, bool(found)


def _readable(party: Any) -> dict[str, Any]:
    """A half-filled row as the rules take it; nothing of it when a word in it is unknown."""
    try:
        return dict(PartyIn().load(party, partial=True))
    except ValidationError:
        return {}


def question(fact: Fact, under: str = "facts") -> dict[str, Any]:
    """A fact as a field of a form; 不清楚 is a real answer and the same as none."""
    kind = "radio"
    options = [("true", "是"), ("false", "否"), ("", "不清楚")]
    if fact.kind is FactKind.DATE:
        kind, options = "date", []
    elif fact.kind is FactKind.CHOICE:
        kind, options = "select", [("", "不清楚"), *_choices(fact)]
    return forms.described(f"{under}.{fact.name}", fact.question, kind, options=options)


def _choices(fact: Fact) -> list[tuple[str, str]]:
    """Its words; `unknown` stands there already as 不清楚."""
    return [(word, text) for word, text in fact.choices.items() if word != "unknown"]
