"""可能重复: disputes like the one being typed, as the panel beside the intake form shows them."""

from types import MappingProxyType
from typing import Any, Final

from flask import url_for
from werkzeug.datastructures import MultiDict

from config.vocabulary import LinkRelation
from config.words import label, labels
from schemas.duplicate import DuplicateIn
from service.errors import Invalid
from service.operations import duplicate as operations
from service.queries.dispute import Opened
from service.queries.duplicate import Candidate
from service.queries.link import Decided
from service.rules import access
from service.rules.dispute import OPEN
from service.web import form as forms
from service.web import intake_form, show
from service.web.door import actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

# what is looked at of the form, and of each of its parties
LOOKED_AT: Final = ("category", "narrative", "place", "occurred_on", "parties")
OF_A_PARTY: Final = ("role", "kind", "name", "id_type", "id_number", "phone")
UNLIKE: Final = "您选过这一件，现在看不出相同的地方"
EMPTY: Final = MappingProxyType({"duplicates": (), "duplicates_held": False})
CHOICES: Final = list(labels(LinkRelation).items())


def panel(posted: MultiDict[str, str], form: Form | None = None) -> dict[str, Any]:
    """What the panel shows for a posted intake form, with the choices that were made in it.

    `form` carries errors at `links.<n>.number`; they stand at the dispute they are about.
    `duplicates_held` says that not every number was matched.
    """
    body = forms.body(intake_form.uncrowded(posted))
    links = body.get("links")
    rows = links if isinstance(links, list) else []
    chosen = {str(row.get("number")): str(row["relation"]) for row in rows}
    wrong = {
        str(row.get("number")): form.errors.get(f"links.{place}.number", "") if form else ""
        for place, row in enumerate(rows)
    }
    found = operations.check(_told(body), actor=actor(), desk=desk(), now=now(), chosen=[*chosen])
    shown = [
        _shown(each) | {"chosen": chosen.get(each.number, ""), "error": wrong.get(each.number, "")}
        for each in found.items
    ]
    return {"duplicates": shown, "duplicates_held": bool(found.wait)}


def beside(each: Candidate, opened: Opened, decided: Decided | None) -> dict[str, Any]:
    """One dispute like a stored one, and what may be done about the two."""
    mine, told = opened.view.id, ""
    if decided is not None:
        said, when = label(decided.relation), show.moment(decided.at, desk().zone)
        told = f"结论：{said}（{decided.by}，{when}）"
    merges = "dispute.merge" in opened.may and each.status in OPEN
    return _shown(each) | {
        "decided": told,
        "merge_url": url_for("merge.ask", dispute_id=mine, number=each.number) if merges else None,
        "tie_url": url_for("link.ask", dispute_id=mine, number=each.number),
    }


def _told(body: dict[str, Any]) -> dict[str, Any]:
    """A hint never blocks: what cannot be read yet is left out."""
    raw: dict[str, Any] = {name: body[name] for name in LOOKED_AT if name in body}
    raw["parties"] = [
        {name: each[name] for name in OF_A_PARTY if name in each}
        for each in raw.get("parties", ())
        if isinstance(each, dict)
    ]
    try:
        return load_body(DuplicateIn, raw)
    except Invalid as refusal:
        for path in refusal.fields:
            _leave_out(raw, path.split("."))
    try:
        return load_body(DuplicateIn, raw)
    except Invalid:
        return load_body(DuplicateIn, {})


def _leave_out(raw: Any, path: list[str]) -> None:
    for step in path[:-1]:
        raw = raw[int(step)] if isinstance(raw, list) else raw.get(step)
    if isinstance(raw, dict):
        raw.pop(path[-1], None)


def _shown(each: Candidate) -> dict[str, Any]:
    told = {
        "number": each.number,
        "repeat_url": url_for("repeat.ask_by_card", number=each.number),
        "url": None,
        "about": each.organisation or "还没有分派",
        "parties": "",
        "matter": "",
        "reasons": [reason.text for reason in each.reasons] or [UNLIKE],
    }
    if each.id is None or each.status is None or each.registered_on is None:
        return told | {"about": f"{told['about']}，不在您的查看范围"}
    day = show.day(each.registered_on, year=desk().today(now()).year)
    stage = show.status(each.status, each.outcome)
    return told | {
        "url": url_for("dispute.detail", dispute_id=each.id),
        "repeat_url": url_for("repeat.ask", dispute_id=each.id)
        if access.may(actor(), "dispute.repeat", desk().policy.access)
        else "",
        "about": f"{day}登记，{stage}　{told['about']}",
        "parties": each.parties,
        "matter": f"{show.category(each.category or '', desk().policy)}　{each.summary}",
    }
