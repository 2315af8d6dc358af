"""The same people in the other disputes of their visit 同一次来访: corrections follow them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.rules.correction import People, Told

Parties = Mapping[UUID, Told]


@dataclass(frozen=True, slots=True)
class Followed:
    """What to tell `rules.correction.people` of the other dispute, and whose changes do not go on.

    `left` names parties of the first dispute.
    """

    told: tuple[dict[str, Any], ...]
    left: tuple[UUID, ...]


def followed(people: People, ours: Parties, theirs: Parties) -> Followed:
    """The changes of `people`, who stood as `ours`, laid over the same people among `theirs`.

    Somebody is the same who had the same role, name and ID number, or phone where one of the two
    has no ID number, and is found once on either side; who already stands there as corrected is
    left in peace. Who is new or taken away stays a matter of the first dispute, and so does for
    whom somebody speaks.
    """
    changes: dict[UUID, dict[str, Any]] = {}
    left: list[UUID] = []
    for person in people.persons:
        if person.id is None or not person.fields:
            continue
        after = {name: getattr(person.draft, name) for name in person.fields - {"represents"}}
        found = _once(ours, theirs, person.id)
        if found is not None:
            changes[found] = after
        done = found is None and _matching({**ours[person.id], **after}, theirs)
        if "represents" in person.fields or (found is None and not done):
            left.append(person.id)
    told = tuple({"id": each} | changes.get(each, {}) for each in theirs)
    return Followed(told, tuple(left))


def _once(ours: Parties, theirs: Parties, party_id: UUID) -> UUID | None:
    """The one among `theirs` who is this party of `ours`; None when there is not exactly one."""
    found = _matching(ours[party_id], theirs)
    if len(found) != 1 or len(_matching(theirs[found[0]], ours)) != 1:
        return None
    return found[0]


def _matching(party: Told, among: Parties) -> list[UUID]:
    return [each for each, other in among.items() if _same(party, other)]


def _same(one: Told, other: Told) -> bool:
    if (one["role"], one["name"]) != (other["role"], other["name"]):
        return False
    if one["id_number"] and other["id_number"]:
        return bool(one["id_number"] == other["id_number"])
    if one["phone"] or other["phone"]:
        return bool(one["phone"] == other["phone"])
    return not (one["id_number"] or other["id_number"])
