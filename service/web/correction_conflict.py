"""更正登记 that came too late: which of the typed fields somebody else has just corrected."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from service.queries.dispute import DisputeView
from service.queries.event import EventView
from service.web import correction

Field = dict[str, Any]


def told(
    fields: Sequence[Field],
    posted: MultiDict[str, str],
    view: DisputeView,
    since: Iterable[EventView],
) -> list[Field]:
    """The fields; beside each that others changed meanwhile stands what it says now, masked."""
    changed = correction.moved(posted, view) | _rewritten(view, since)
    stands = correction.standing(view) | _written(view)
    return [
        dict(each, hint=f"对方刚改为：{_words(each, stands[each['name']])}")
        if each["name"] in changed
        else each
        for each in fields
    ]


def _words(field: Field, text: str) -> str:
    choices: Mapping[str, str] = dict(field["options"])
    return choices.get(text, text) or "没有写"


def _written(view: DisputeView) -> dict[str, str]:
    """What is written of the parties, as the viewer may see it."""
    return {
        f"{correction.key_of(each.id)}.{name}": getattr(each, name) or ""
        for each in view.parties
        for name in correction.WRITTEN
    }


def _rewritten(view: DisputeView, since: Iterable[EventView]) -> frozenset[str]:
    """The fields others wrote in, by the events; two masked names may look the same.

    Events count the parties of a role. Once somebody went or changed sides, the places no longer
    say who was meant, and nothing is said.
    """
    parties = [
        each for event in since if event.action == "correct" for each in _parties(event.detail)
    ]
    if any(each["change"] == "removed" or "role" in each.get("fields", ()) for each in parties):
        return frozenset()
    found = set()
    for each in parties:
        of_role = [party for party in view.parties if party.role == each["role"]]
        if each["change"] == "changed" and each["place"] <= len(of_role):
            key = correction.key_of(of_role[each["place"] - 1].id)
            found |= {f"{key}.{name}" for name in each["fields"] if name in correction.WRITTEN}
    return frozenset(found)


def _parties(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(detail.get("parties", ()))
