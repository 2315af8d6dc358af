"""What is looked for: a dispute being typed, or one that is stored."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from config.text import Malformed
from config.vocabulary import IdType, PartyKind, PartyRole
from models import Dispute, Party, db
from service.desk import Desk
from service.rules import identity
from service.rules.duplicate import Matter, Person

COMPARED: Final = 600  # characters of a narrative; two that begin alike for so long are alike


def typed(told: Mapping[str, Any], *, desk: Desk, now: datetime) -> Matter:
    """What has been typed so far; numbers that do not check are left out, not refused."""
    place, today = told.get("place") or {}, desk.today(now)
    keys = _Keys(desk)
    people = [_person(each, keys, today) for each in told.get("parties") or ()]
    return Matter(
        registered_on=today,
        people=_who_count(people, desk),
        older=keys.older,
        category=told.get("category"),
        village=place.get("village"),
        detail=place.get("detail"),
        occurred_on=told.get("occurred_on"),
        narrative=(told.get("narrative") or "")[:COMPARED],
    )


def stored(dispute: Dispute, desk: Desk) -> Matter:
    """A stored dispute with everything it knows; sealed words are opened."""
    key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
    parties = db.session.scalars(
        sa.select(Party).where(Party.dispute_id == dispute.id).order_by(Party.position)
    )
    keys = _Keys(desk)
    people = [
        Person(
            each.role,
            each.kind,
            each.name or key.open_optional(each.name_sealed, f"party.name:{each.id}"),
            keys.key(
                "id_number",
                key.open_optional(each.id_number_sealed, f"party.id_number:{each.id}"),
            ),
            keys.key("phone", key.open_optional(each.phone_sealed, f"party.phone:{each.id}")),
        )
        for each in parties
    ]
    told = key.open_optional(dispute.narrative_sealed, f"dispute.narrative:{dispute.id}")
    return Matter(
        registered_on=dispute.registered_on,
        people=_who_count(people, desk),
        category=dispute.category,
        village=dispute.village,
        detail=key.open_optional(dispute.place_sealed, f"dispute.place:{dispute.id}"),
        occurred_on=dispute.occurred_on,
        narrative=(dispute.narrative or told or "")[:COMPARED],
        older=keys.older,
    )


class _Keys:
    """Keyed hashes as they are made now, and what they may be stored as while keys change."""

    def __init__(self, desk: Desk) -> None:
        self._keyring = desk.keyring
        self.older: dict[bytes, bytes] = {}

    def key(self, kind: str, value: str | None) -> bytes | None:
        """The newest hash of a value."""
        if not value:
            return None
        newest, *older = self._keyring.indexes(kind, value)
        self.older |= dict.fromkeys(older, newest)
        return newest


def _person(told: Mapping[str, Any], keys: _Keys, today: date) -> Person:
    kind = PartyKind(told.get("kind") or PartyKind.PERSON)
    usual = IdType.USCC if kind is PartyKind.ORGANISATION else IdType.RESIDENT_ID
    id_type = IdType(told.get("id_type") or usual)

    def key(field: str, cleaner: Callable[[str], str]) -> bytes | None:
        try:
            return keys.key(field, cleaner(told[field])) if told.get(field) else None
        except Malformed:
            return None

    return Person(
        role=PartyRole(told.get("role") or PartyRole.THIRD_PARTY),
        kind=kind,
        name=told.get("name"),
        id_key=key("id_number", lambda text: _clean_id(text, id_type, today)),
        phone_key=key("phone", identity.clean_phone),
    )


def _clean_id(text: str, id_type: IdType, today: date) -> str:
    if id_type is IdType.RESIDENT_ID:
        return identity.clean_resident_id(text, today)
    return identity.clean_uscc(text) if id_type is IdType.USCC else text


def _who_count(people: Iterable[Person], desk: Desk) -> tuple[Person, ...]:
    """The first few; an agent is in many disputes that have nothing to do with each other."""
    counted = [each for each in people if each.role is not PartyRole.AGENT]
    return tuple(counted[: desk.policy.duplicates.people])
