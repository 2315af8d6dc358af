"""登记来访 as it was posted: which rows are meant, and every error back at the row it is about.

A row with nothing written in it is no party and no matter. So the places the rules count are not
the numbers of the rows on the page; `Posted` knows both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from config.facts import FACTS, FactKind
from config.vocabulary import PartyRole
from schemas.dispute import MAX_MATTERS, MAX_PARTIES, RegisterIn
from service.errors import Invalid
from service.rules import roster
from service.rules.party import SPEAKERS
from service.rules.roster import Person
from service.web import form as forms
from service.web.intake_label import OF_A_PARTY
from service.web.parser import flatten

# what the page asks for its own ends
OWN: Final = ("roster", "roster_open", "consultation")
# facts about the people of a visit, true of each of its matters
OF_PEOPLE: Final = frozenset({"danger", "domestic_violence", "minor_victim"})
# facts a story may speak of, asked beside it
OF_STORY: Final = OF_PEOPLE | {"crime_suspected"}
WRITTEN_OF_A_MATTER: Final = frozenset({"category", "narrative", "amount"})
FIRST_FREE_ROW: Final = 2
_ROW: Final = re.compile(r"(parties|matters)\.(\d{1,4})\.(.+)", re.ASCII)
# the parts of the form from top to bottom
IN_ORDER: Final = (
    "parties",
    "interpreter",
    "category",
    "facts",
    "narrative",
    "matters",
    "place",
    "occurred_on",
)  # fmt: skip -- one list
# the fields of a row of parties, and of one of matters, as they stand in it
IN_A_ROW: Final = (*OF_A_PARTY, "category", "amount", "narrative")
SAID: Final[Mapping[str, str]] = {
    "name": "请填写姓名或名称",
    "category": "请选择纠纷类别",
    "narrative": "请填写事情经过",
    "parties": "请填写申请人的姓名或名称",
    "source": "请选择来源",
}
TOO_MANY: Final = f"当事人最多 {MAX_PARTIES} 人，请分次登记"
EMPTY: Final = ("请填写", "请选择")


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted form as a body for RegisterIn, and the rows its parties and matters came from."""

    body: dict[str, Any]
    parties: tuple[str, ...]
    matters: tuple[str, ...]
    unsaid: dict[str, list[str]]

    def judged(self) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """What can be read of the body, and what is wrong with the shape of the rest."""
        try:
            return dict(RegisterIn().load(self.body)), dict(self.unsaid)
        except ValidationError as refusal:
            return dict(refusal.valid_data or {}), self.unsaid | flatten(refusal.messages)

    def on_page(self, errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """The errors under the names of the fields of the page, from top to bottom."""
        told: dict[str, list[str]] = {}
        for path, messages in errors.items():
            name = self._name(path)
            words = [SAID.get(path.rpartition(".")[2], m) if m in EMPTY else m for m in messages]
            told.setdefault(name, words)
        return dict(sorted(told.items(), key=lambda each: _rank(each[0])))

    def _name(self, path: str) -> str:
        if path == "parties":
            return "parties.0.name"
        found = _ROW.fullmatch(path)
        if found is None:
            return "" if path in ("matters", "links") else path
        top, place, rest = found[1], int(found[2]), found[3]
        if top == "matters" and place == 0:
            return rest
        numbers = self.parties if top == "parties" else ("0", *self.matters)
        return f"{top}.{numbers[place]}.{rest}" if place < len(numbers) else ""


def crowd(posted: MultiDict[str, str]) -> str:
    """What to say of a form with more parties than one visit may have; "" when they fit.

    Whoever looks at a form asks this first: so many rows are told, not judged one by one.
    """
    found = {
        name.split(".")[1]
        for name, text in posted.items(multi=True)
        if name.startswith("parties.") and name.rpartition(".")[2] in forms.WRITTEN and text.strip()
    }
    return TOO_MANY if len(found) > MAX_PARTIES else ""


def uncrowded(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form without its parties when they are too many to be looked at."""
    if not crowd(posted):
        return posted
    kept = (each for each in posted.items(multi=True) if not each[0].startswith("parties."))
    return MultiDict(kept)


def read(posted: MultiDict[str, str]) -> Posted:
    """The posted fields as a body: rows counted anew, the matters of the visit put together."""
    body = forms.body(posted)
    for name in OWN:
        body.pop(name, None)
    _deny(body, body.pop("denied", []))
    parties = rows(posted, "parties", forms.WRITTEN)
    unsaid: dict[str, list[str]] = {}
    if isinstance(body.get("parties"), list) and len(body["parties"]) == len(parties):
        for place, party in enumerate(body["parties"]):
            _read_party(party, f"parties.{place}", parties, unsaid)
        if all(party.get("role") != PartyRole.APPLICANT for party in body["parties"]):
            unsaid["parties"] = [EMPTY[0]]
    matters = rows(posted, "matters", WRITTEN_OF_A_MATTER)
    given = body.pop("matters", None)
    if matters and isinstance(given, dict):
        further = [given[row] for row in matters if isinstance(given.get(row), dict)]
        _put_together(body, further)
    return Posted(body, parties, matters, unsaid)


def _deny(body: dict[str, Any], denied: list[str]) -> None:
    """What the story spoke of and was asked about is not so, unless it was ticked all the same."""
    facts = body.setdefault("facts", {}) if denied else {}
    for name in OF_STORY.intersection(denied):
        if isinstance(facts, dict):
            facts.setdefault(name, False)


def rows(posted: MultiDict[str, str], top: str, written: frozenset[str]) -> tuple[str, ...]:
    """The numbers of the rows of `top` in which one of the fields `written` is filled."""
    found = {
        row[2]
        for name, text in posted.items(multi=True)
        if (row := _ROW.fullmatch(name)) and row[1] == top and row[3] in written and text.strip()
    }
    return tuple(sorted(found, key=int))


def split(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """The fields with what an ID-card reader typed into a name put where it belongs.

    A number alone stays in the name, and is told there; nothing already written is replaced.
    """
    told = posted.copy()
    for row in rows(posted, "parties", frozenset({"name"})):
        name = f"parties.{row}."
        found = roster.card(posted.get(f"{name}name", ""))
        if found is None or not found.name or posted.get(f"{name}id_number", "").strip():
            continue
        told[f"{name}name"], told[f"{name}id_number"] = found.name, found.id_number or ""
        if found.address and not posted.get(f"{name}address", "").strip():
            told[f"{name}address"] = found.address
    return told


def without(posted: MultiDict[str, str], top: str, row: str) -> MultiDict[str, str]:
    """The form without one of the rows of `top`; the two sides of a dispute stay."""
    if top == "parties" and int(row) < FIRST_FREE_ROW:
        return posted
    gone = f"{top}.{row}."
    return MultiDict(each for each in posted.items(multi=True) if not each[0].startswith(gone))


def with_people(
    posted: MultiDict[str, str], people: tuple[Person, ...]
) -> tuple[MultiDict[str, str], int]:
    """The form with the people of a roster as applicants after everybody who stands there.

    The first takes the row of the applicant when nothing is written in it. Also answers how many
    rows were made. Raises Invalid when they would be too many.
    """
    told = posted.copy()
    taken = rows(posted, "parties", forms.WRITTEN)
    if len(taken) + len(people) > MAX_PARTIES:
        raise Invalid({"roster": [TOO_MANY]})
    start = max((int(row) + 1 for row in taken), default=0)
    places = list(range(max(start, FIRST_FREE_ROW), MAX_PARTIES * 2))
    if "0" not in taken:
        places.insert(0, 0)
    for place, person in zip(places, people, strict=False):
        _write(told, place, person)
    count = len(_applicants(told))
    if not told.get("people_count", "").strip():
        told["people_count"] = str(count)
    told["roster"] = ""
    return told, len(people)


def _write(told: MultiDict[str, str], place: int, person: Person) -> None:
    name = f"parties.{place}."
    told[f"{name}role"] = PartyRole.APPLICANT.value
    told[f"{name}name"] = person.name
    told[f"{name}phone"] = person.phone or ""
    told[f"{name}id_number"] = person.id_number or ""
    if person.address:
        told[f"{name}address"] = person.address
    if place >= FIRST_FREE_ROW:
        told[f"{name}listed"] = "1"


def _applicants(posted: MultiDict[str, str]) -> list[str]:
    return [
        row
        for row in rows(posted, "parties", forms.WRITTEN)
        if role_of(posted, row) == PartyRole.APPLICANT
    ]


def role_of(posted: Mapping[str, Any], row: str) -> str:
    """What the party of a row is; whoever comes from a roster is an applicant."""
    if posted.get(f"parties.{row}.listed"):
        return PartyRole.APPLICANT.value
    usual = {"0": PartyRole.APPLICANT, "1": PartyRole.RESPONDENT}.get(row, PartyRole.THIRD_PARTY)
    return str(posted.get(f"parties.{row}.role") or usual.value)


def _read_party(
    party: dict[str, Any], path: str, rows_: tuple[str, ...], unsaid: dict[str, list[str]]
) -> None:
    """What its row says in words of the page: who comes from a list, whom somebody speaks for."""
    if party.pop("listed", None):
        party["role"] = PartyRole.APPLICANT.value
    role, whom = str(party.get("role")), party.pop("represents", None)
    if party.get("representative") is not None:
        party["representative"] = party["representative"] == "true"
    if role != PartyRole.AGENT:
        party.pop("authority", None)
    if role not in SPEAKERS:
        return
    party.pop("representative", None)
    if whom is None:
        unsaid[f"{path}.represents"] = ["请选择代表谁"]
    elif whom not in rows_:
        unsaid[f"{path}.represents"] = ["代表的那一位还没有填写，请先填写姓名"]
    else:
        party["represents"] = rows_.index(whom)


def _put_together(body: dict[str, Any], further: list[dict[str, Any]]) -> None:
    """The first matter is what the form says itself; facts about the people hold for all."""
    facts = body.get("facts") or {}
    first = {"category": body.get("category"), "facts": facts, "amount": body.pop("amount", None)}
    body["matters"] = [first, *map(_read_matter, further)][: MAX_MATTERS + 1]
    if isinstance(facts, dict):
        body["facts"] = {name: value for name, value in facts.items() if name in OF_PEOPLE}


def _read_matter(matter: dict[str, Any]) -> dict[str, Any]:
    facts = matter.get("facts")
    if isinstance(facts, dict):
        matter["facts"] = {name: _fact(name, value) for name, value in facts.items()}
    return matter


def _fact(name: str, value: Any) -> Any:
    known = FACTS.get(name)
    truth = known is not None and known.kind is FactKind.BOOLEAN
    return forms.TRUTH.get(value, value) if truth and isinstance(value, str) else value


def _rank(path: str) -> tuple[int, int, int]:
    found = _ROW.fullmatch(path)
    top = path.partition(".")[0]
    place = IN_ORDER.index(top) if top in IN_ORDER else len(IN_ORDER)
    if found is None:
        return place, 0, 0
    field = found[3]
    return place, int(found[2]), IN_A_ROW.index(field) if field in IN_A_ROW else len(IN_A_ROW)
