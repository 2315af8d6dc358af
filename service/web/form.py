"""Forms 表单: what a browser posted, as the same shapes the JSON door takes."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from config.facts import FACTS, FactKind

# fields that are the form's own business, never part of what is written down
OWN: Final = frozenset({"csrf_token", "form_key", "version", "action", "next", "party_rows"})
SEVERAL: Final = frozenset({"assist", "reasons", "go_to"})
FLAGS: Final = frozenset({"restricted", "satisfied", "attended"})
WHOLE: Final = frozenset({"people_count"})
MONEY: Final = frozenset({"amount"})
TRUTH: Final[Mapping[str, bool]] = {"true": True, "on": True, "false": False}


@dataclass(frozen=True, slots=True)
class Form:
    """A form as shown: its one-time key, what was typed, and what is wrong with it."""

    key: str = field(default_factory=lambda: uuid4().hex)
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def typed(posted: MultiDict[str, str], errors: Mapping[str, list[str]] | None = None) -> Form:
    """The form as it was typed, with its key kept, and every error at its field."""
    values: dict[str, Any] = {
        name: entries if name.rpartition(".")[2] in SEVERAL else entries[-1]
        for name, entries in posted.lists()
        if name not in OWN
    }
    key = posted.get("form_key") or uuid4().hex
    told = {path: "；".join(messages) for path, messages in (errors or {}).items()}
    return Form(key, values, told)


def body(posted: MultiDict[str, str]) -> dict[str, Any]:
    """The posted fields as a JSON body: dotted names nested, blanks left out, words read.

    A row of parties without a name, phone and number is no party.
    """
    nested: dict[str, Any] = {}
    for name, entries in posted.lists():
        last = name.rpartition(".")[2]
        filled = [entry for entry in entries if entry.strip()]
        if name in OWN or not filled:
            continue
        value = filled if last in SEVERAL else _read(name, last, filled[-1])
        _put(nested, name.split("."), value)
    if "parties" in nested:
        rows = [nested["parties"][place] for place in sorted(nested["parties"], key=_place)]
        nested["parties"] = [row for row in rows if row.keys() & {"name", "phone", "id_number"}]
    return nested


def _put(target: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        target = target.setdefault(step, {})
    target[path[-1]] = value


def _place(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _read(name: str, last: str, entry: str) -> Any:
    text = entry.strip()
    if name.startswith("facts."):
        fact = FACTS.get(last)
        return TRUTH.get(text, text) if fact and fact.kind is FactKind.BOOLEAN else text
    if last in FLAGS:
        return TRUTH.get(text, text)
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if last in WHOLE:
        return int(plain) if plain.isascii() and plain.isdigit() else text
    if last in MONEY:
        return plain.removeprefix("¥").removesuffix("元")
    return text
