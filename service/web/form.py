"""Forms 表单: what a browser posted, as the same shapes the JSON door takes."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.facts import FACTS, FactKind
from service.errors import Invalid, KeyReused
from service.operations import idempotency
from service.operations.idempotency import Answer, Claim
from service.web.door import actor, desk, now
from service.web.idempotency import KEPT_HEADERS, digest

IN_PART: Final = "页面不完整，请返回刷新后再试"

# fields that are the form's own business, never part of what is written down
OWN: Final = frozenset({"csrf_token", "form_key", "version", "action", "next", "party_rows"})
SEVERAL: Final = frozenset(
    {
        "assist",
        "came",
        "causes",
        "checks",
        "co_units",
        "denied",
        "disputes",
        "go_to",
        "guided_to",
        "kinds",
        "languages",
        "members",
        "must_attend",
        "parties",
        "readers",
        "reasons",
        "registers",
        "scopes",
        "skills",
        "takes",
        "weekdays",
    }
)
FLAGS: Final = frozenset(
    {"restricted", "satisfied", "attended", "urgent", "upheld", "holds", "simplified", "public"}
)
WHOLE: Final = frozenset(
    {"people_count", "civil", "administrative", "settled_before", "turned_criminal"}
)
MONEY: Final = frozenset({"amount"})
# what somebody writes about a party; the rest of its row stands there from the beginning
WRITTEN: Final = frozenset({"name", "phone", "id_number", "address"})
# lists whose rows a form numbers, and what makes a row one
ROWS: Final[Mapping[str, frozenset[str]]] = {
    "indicators": frozenset({"name", "metric", "weight"}),
    "vetoes": frozenset({"name", "metric", "over"}),
    "parties": WRITTEN,
    "links": frozenset({"relation"}),
    "tasks": frozenset({"organisation", "words"}),
    "items": frozenset({"words", "number"}),
    "decisions": frozenset({"words", "organisation", "due_on"}),
    "demands": frozenset({"text"}),
    "measures": frozenset({"text"}),
    "mends": frozenset({"words", "organisation", "due_on"}),
}
TRUTH: Final[Mapping[str, bool]] = {"true": True, "on": True, "false": False}
Fields = dict[str, list[str]]

FORM_KEY: Final = re.compile(r"[0-9a-f]{32}")


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
    given = posted.get("form_key", "")
    key = given if FORM_KEY.fullmatch(given) else uuid4().hex
    told = {path: "；".join(messages) for path, messages in (errors or {}).items()}
    return Form(key, values, told)


def renewed(posted: MultiDict[str, str], said: str) -> Form:
    """The form as it was typed under a key of its own, with what is to be said about all of it."""
    return replace(typed(posted, {"": [said]}), key=uuid4().hex)


def once(
    produce: Callable[[], ResponseReturnValue],
    *,
    shown: Callable[[Form], str],
    twice: str,
    at: Callable[[Fields], Fields] = lambda fields: fields,
) -> ResponseReturnValue:
    """Do what the posted form asks, once however often it is sent, with the same answer each time.

    `produce` loads, judges and writes; what it refuses as Invalid comes back on the form `shown`
    draws, each error where `at` says. `twice` is said when other content comes under the key of a
    form that was taken already.
    """
    try:
        return kept(produce)
    except Invalid as refusal:
        return shown(typed(request.form, at(refusal.fields))), 422
    except KeyReused:
        return shown(renewed(request.form, twice)), 422


def kept(produce: Callable[[], ResponseReturnValue]) -> Response:
    """The answer `produce` gave to the posted form the first time it was sent.

    Raises what `produce` raises, which is not kept, and KeyReused and KeyBusy.
    """
    key, path = typed(request.form).key, f"page:{request.path}"[:100]
    claim = Claim(actor().user_id, path, key, _fingerprint())
    answer = idempotency.once(claim, lambda: _answer(produce()), desk=desk(), now=now())
    return Response(answer.body, answer.status, answer.headers)


def _fingerprint() -> str:
    """What was posted but for what is the form's own; files by their digest."""
    told = [(name, text) for name, text in request.form.items(multi=True) if name not in OWN]
    files = [(name, digest(each)) for name, each in request.files.items(multi=True) if each]
    return urlencode(sorted(told, key=lambda pair: pair[0]) + sorted(files))


def _answer(made: ResponseReturnValue) -> Answer:
    response = make_response(made)
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, response.get_data(), headers)


def local_address(text: str) -> str | None:
    """`text` when it is the path of a page of ours; None for anything that leads elsewhere."""
    try:
        parts = urlsplit(text.replace("\\", "/"))
    except ValueError:
        return None
    ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if ours and not parts.netloc and not parts.scheme and text.isprintable() else None


def see(address: str) -> Response:
    """Go and look there: the answer to every form that was taken."""
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})


def version() -> int:
    """The version of what the form was filled in for; Invalid when the page came here in part."""
    given = request.form.get("version", "")
    if not (given.isascii() and given.isdigit()):
        raise Invalid({"": [IN_PART]})
    return int(given[:9])


def body(posted: MultiDict[str, str]) -> dict[str, Any]:
    """The posted fields as a JSON body: dotted names nested, blanks left out, words read.

    Numbered rows of `ROWS` become a list in their order; a row in which nothing that counts is
    filled is none.
    """
    nested: dict[str, Any] = {}
    for name, entries in posted.lists():
        last = name.rpartition(".")[2]
        filled = [entry for entry in entries if entry.strip()]
        if name in OWN or not filled:
            continue
        value = filled if last in SEVERAL else _read(name, last, filled[-1])
        _put(nested, name.split("."), value)
    for name, counting in ROWS.items():
        rows = nested.get(name)
        if isinstance(rows, dict):
            told = [rows[place] for place in sorted(rows, key=_place)]
            nested[name] = [row for row in told if isinstance(row, dict) and row.keys() & counting]
    return nested


def _put(target: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        inner: Any = target.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # a name that is both a field and a group was not posted by a page of ours
        target = inner
    target[path[-1]] = value


def _place(text: str) -> int:
    return int(text[:4]) if text.isascii() and text.isdigit() else 0


def _read(name: str, last: str, entry: str) -> Any:
    text = entry.strip()
    if name.startswith("facts."):
        fact = FACTS.get(last)
        return TRUTH.get(text, text) if fact and fact.kind is FactKind.BOOLEAN else text
    if last in FLAGS:
        return TRUTH.get(text, text)
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if last in WHOLE:
        return int(plain[:12]) if plain.isascii() and plain.isdigit() else text
    if last in MONEY:
        return plain.removeprefix("¥").removesuffix("元")
    return text


def local_instant(text: Any, zone: ZoneInfo) -> Any:
    """A browser's local date and time, in the office's zone; what is none stays as it is."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except (TypeError, ValueError):
        return text


def group(name: str) -> dict[str, Any]:
    """The posted fields of one group of a form; none where something else came by that name."""
    found = body(request.form).get(name)
    return dict(found) if isinstance(found, dict) else {}


def described(name: str, text: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A field as the templates draw it (components/forms.html).

    `conditional`: it depends on the rest of the form whether it is due, as `hint` says.
    `usual`: how many of its options are shown at once; the others stand folded below (None: all
    are shown). `attrs`: further attributes of the control.
    """
    blank = {"options": [], "required": False, "conditional": False, "hint": "", "usual": None}
    blank["attrs"] = {}
    return {"name": name, "label": text, "kind": kind, "rows": 3, "maxlength": None} | blank | more
