"""更正登记 as a form: what stands, what may be written over it, and what of it was.

A field that says what it said before is no correction, nor is an empty one of a party: nobody
types a hidden number again to keep it. A party's fields stand under `who.<its id>`, those of
somebody new under `new.<row>`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from werkzeug.datastructures import MultiDict

from config.facts import FACTS
from config.money import yuan_text
from config.vocabulary import PartyRole
from schemas.correction import NO_CHANGES, CorrectIn
from schemas.dispute import MAX_PARTIES
from service.errors import Invalid
from service.queries.dispute import DisputeView
from service.queries.party import PartyView
from service.rules.party import SPEAKERS
from service.web import form as forms
from service.web.steps import load_body

PLAIN: Final = (
    "category",
    "narrative",
    "source",
    "source_reference",
    "occurred_on",
    "amount",
    "people_count",
    "interpreter",
)
PLACE: Final = ("village", "detail")
WRITTEN: Final = ("name", "phone", "id_number", "address")
CHOSEN: Final = ("role", "kind", "id_type", "language", "represents", "authority", "representative")
EMPTIED: Final = ("phone", "id_number", "address")  # what may be taken out of a party again
# a masked interpreter stays when nothing is written over it
NO_INTERPRETER: Final = "no_interpreter"
MOST_FRESH_ROWS: Final = 20
NOTHING: Final = "没有要更正的内容"
SAID: Final = {
    "reason": "请填写为什么更正",
    "category": "请选择纠纷类别",
    "narrative": "请填写事情经过",
}
OWN: Final = forms.OWN | {"base"}
EMPTY: Final = ("请填写", "请选择")
Values = Mapping[str, Any]


def key_of(party_id: UUID) -> str:
    """The name under which a party's fields stand."""
    return f"who.{party_id.hex}"


def standing(view: DisputeView) -> dict[str, str]:
    """What the form begins with: everything as it stands, of parties what is chosen from lists."""
    told = {
        "category": view.category,
        "narrative": view.narrative,
        "source": view.source.value,
        "source_reference": view.source_reference,
        "occurred_on": view.occurred_on,
        "amount": None if view.amount_fen is None else yuan_text(view.amount_fen),
        "people_count": view.people_count,
        "interpreter": view.interpreter if view.clear else None,
        "place.village": view.place.village,
        "place.detail": view.place.detail,
    }
    told |= {f"facts.{name}": view.facts.get(name) for name in FACTS}
    for party in view.parties:
        told |= _standing_party(party, view.parties)
    return {name: _text(value) for name, value in told.items()}


def in_clear(view: DisputeView) -> list[str]:
    """What of the form stands in clear, for who mediates the dispute; for others nothing does."""
    if not view.clear:
        return []
    told = [f"parties.{place}.name" for place, _ in enumerate(view.parties)]
    told += [
        f"parties.{place}.{name}"
        for place, each in enumerate(view.parties)
        for name in ("phone", "address")
        if getattr(each, name)
    ]
    told += ["place.detail"] if view.place.detail else []
    return told + (["interpreter"] if view.interpreter else [])


def _standing_party(party: PartyView, everybody: list[PartyView]) -> dict[str, Any]:
    key = key_of(party.id)
    whom = None if party.represents is None else key_of(everybody[party.represents].id)
    return {
        f"{key}.role": party.role.value,
        f"{key}.kind": party.kind.value,
        f"{key}.id_type": party.id_type.value if party.id_type else "",
        f"{key}.language": party.language.value,
        f"{key}.represents": whom,
        f"{key}.authority": party.authority.value if party.authority else "",
        f"{key}.representative": party.representative,
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _cleaned(str(value))


def _cleaned(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def marks(values: Mapping[str, str]) -> str:
    """What the form began with, as short digests that come back with it (`base`)."""
    return " ".join(f"{name}={_digest(text)}" for name, text in values.items())


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


def touched(posted: MultiDict[str, str], view: DisputeView) -> frozenset[str]:
    """The fields somebody wrote in: other than they began, else other than they stand now."""
    began = _began(posted) or {name: _digest(text) for name, text in standing(view).items()}
    empty = _digest("")
    return frozenset(
        name
        for name, text in posted.items()
        if name not in OWN and _digest(_cleaned(text)) != began.get(name, empty)
    )


def moved(posted: MultiDict[str, str], view: DisputeView) -> frozenset[str]:
    """The fields that stand otherwise by now than when the form was opened."""
    began = _began(posted)
    return frozenset(
        name
        for name, text in standing(view).items()
        if name in began and began[name] != _digest(text)
    )


def _began(posted: MultiDict[str, str]) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in posted.get("base", "").split() if "=" in pair)


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted form as a body for CorrectIn, and the names under which its parties stood."""

    body: dict[str, Any]
    parties: tuple[str, ...]

    def changes(self, judge: Callable[[dict[str, Any]], Mapping[str, list[str]]]) -> dict[str, Any]:
        """The body checked by its shape; Invalid when it changes nothing or says not why.

        `judge` tells what else is wrong, so that who forgot to say why learns it in one go.
        """
        if not self.body.keys() - {"reason"}:
            raise Invalid({"": [NOTHING]})
        loaded, problems = self._loaded()
        if not self.body.get("reason"):
            problems["reason"] = [EMPTY[0]]
        if problems and loaded:
            problems = {**judge(loaded), **problems}
        if problems:
            raise Invalid(problems)
        return loaded

    def _loaded(self) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """What of the body has its shape, and what is wrong with the rest."""
        try:
            return load_body(CorrectIn, self.body), {}
        except Invalid as refusal:
            wrong = {path.partition(".")[0] for path in refusal.fields}
            rest = {name: value for name, value in self.body.items() if name not in wrong}
            good = load_body(CorrectIn, rest) if rest.keys() - NO_CHANGES else {}
            return good, dict(refusal.fields)

    def on_page(self, errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """The errors under the names of the fields of the page."""
        told: dict[str, list[str]] = {}
        for path, messages in errors.items():
            words = [SAID.get(path, said) if said in EMPTY else said for said in messages]
            told.setdefault(self._name(path), words)
        return told

    def _name(self, path: str) -> str:
        top, _, rest = path.partition(".")
        if top != "parties":
            return path
        place, _, name = rest.partition(".")
        known = place.isdigit() and int(place) < len(self.parties)
        return f"{self.parties[int(place)]}.{name}" if known and name != "id" else ""


def read(posted: MultiDict[str, str], view: DisputeView) -> Posted:
    """The posted fields as the corrections they make of what stands."""
    raw, stands = forms.body(posted), standing(view)
    body: dict[str, Any] = {
        name: raw.get(name, "" if name in SAID else None)
        for name in PLAIN
        if name in posted and _cleaned(posted[name]) != stands[name]
    }
    if posted.get(NO_INTERPRETER) == "true":
        body["interpreter"] = None
    body |= _place(posted, raw.get("place"), view) | _facts(posted, raw.get("facts"), view)
    keys = _who_stays(posted, view)
    told = [_party(posted, key, view, keys) for key in keys]
    if len(keys) != len(view.parties) or any(each.keys() - {"id"} for each in told):
        body["parties"] = told
    if posted.get("siblings") == "true" and "parties" in body:
        body["siblings"] = True
    if isinstance(raw.get("reason"), str):
        body["reason"] = raw["reason"]
    return Posted(body, tuple(keys))


def _place(posted: Values, raw: Any, view: DisputeView) -> dict[str, Any]:
    stands: dict[str, Any] = {"village": view.place.village, "detail": view.place.detail}
    given = raw if isinstance(raw, dict) else {}
    told = stands | {name: given.get(name) for name in PLACE if f"place.{name}" in posted}
    return {} if told == stands else {"place": told}


def _facts(posted: Values, raw: Any, view: DisputeView) -> dict[str, Any]:
    given = raw if isinstance(raw, dict) else {}
    shown = [name for name in FACTS if f"facts.{name}" in posted]
    told = {name: value for name, value in view.facts.items() if name not in shown}
    told |= {name: given[name] for name in shown if name in given}
    return {} if told == view.facts else {"facts": told}


def fresh_rows(posted: Values) -> list[str]:
    """The rows of new parties in which something is written."""
    return [
        row
        for row in map(str, range(MOST_FRESH_ROWS))
        if any(str(posted.get(f"new.{row}.{name}", "")).strip() for name in WRITTEN)
    ]


def _who_stays(posted: Values, view: DisputeView) -> list[str]:
    stay = [key_of(each.id) for each in view.parties]
    stay = [key for key in stay if posted.get(f"{key}.gone") != "true"]
    return stay + [f"new.{row}" for row in fresh_rows(posted)]


def _party(
    posted: MultiDict[str, str], key: str, view: DisputeView, keys: list[str]
) -> dict[str, Any]:
    """What a row says of its party: of one that stands what is other, of a new one everything."""
    given = {name: _cleaned(posted.get(f"{key}.{name}", "")) for name in (*WRITTEN, *CHOSEN)}
    known = next((each for each in view.parties if key_of(each.id) == key), None)
    stands = standing(view) if known else {}
    told: dict[str, Any] = {name: given[name] for name in WRITTEN if given[name]}
    told |= {
        name: given[name] or None
        for name in CHOSEN
        if f"{key}.{name}" in posted and given[name] != stands.get(f"{key}.{name}", "")
    }
    told |= {name: None for name in EMPTIED if posted.get(f"{key}.no_{name}") == "true"}
    if "representative" in told:
        told["representative"] = told["representative"] == "true"
    role = given["role"] or (known.role.value if known else "")
    return _spoken_for(told, role, known, keys)


def _spoken_for(
    told: dict[str, Any], role: str, known: PartyView | None, keys: list[str]
) -> dict[str, Any]:
    """Whom it speaks for as a place in the list; who is no agent or guardian speaks for nobody."""
    if role not in SPEAKERS:
        told.pop("represents", None)
        if known and known.represents is not None:
            told["represents"] = None
    elif told.get("represents") is not None:
        whom = told["represents"]  # who is not there stands past the end, where it is refused
        told["represents"] = keys.index(whom) if whom in keys else MAX_PARTIES
    if role != PartyRole.AGENT:
        told.pop("authority", None)
        if known and known.authority:
            told["authority"] = None
    return ({"id": str(known.id)} if known else {}) | told
