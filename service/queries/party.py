"""Look at parties 当事人: masked for everybody but the mediator who works with them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Select

from config.vocabulary import Authority, IdType, Language, PartyKind, PartyRole
from models import Party, db
from service.gateways.keyring import FieldKey
from service.rules import identity
from service.rules import party as rules
from service.rules.merge import Identity

HIDDEN = "已登记，不显示"
SPEAKERS = frozenset({PartyRole.AGENT, PartyRole.GUARDIAN})


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as this viewer may see it: masked unless they mediate it.

    `represents` is the place of the party it speaks for, counted from 0 in the same list.
    """

    id: UUID
    role: PartyRole
    kind: PartyKind
    name: str
    id_type: IdType | None
    id_number: str | None
    phone: str | None
    address: str | None
    language: Language
    represents: int | None = None
    authority: Authority | None = None
    representative: bool = False


def views(parties: Sequence[Party], key: FieldKey, *, clear: bool) -> list[PartyView]:
    """The parties as shown; `clear` only to the assigned mediator, and never the ID numbers."""
    places = {party.id: place for place, party in enumerate(parties)}
    return [_view(party, key, places, clear=clear) for party in parties]


def children(parties: Sequence[Party], key: FieldKey, today: date) -> tuple[int, ...]:
    """The places of those under fourteen by their ID number."""
    told = [
        {
            "role": each.role,
            "kind": each.kind,
            "id_type": each.id_type,
            "id_number": key.open_optional(each.id_number_sealed, f"party.id_number:{each.id}"),
        }
        for each in parties
    ]
    return tuple(rules.children(told, today=today))


def identity_of(party: Party, key: FieldKey) -> Identity:
    """Who a stored party is, opened, to be compared with another."""
    return Identity(
        kind=party.kind.value,
        side=party.role not in SPEAKERS,
        role=party.role.value,
        name=party.name or key.open_optional(party.name_sealed, f"party.name:{party.id}") or "",
        id_number=key.open_optional(party.id_number_sealed, f"party.id_number:{party.id}"),
        phone=key.open_optional(party.phone_sealed, f"party.phone:{party.id}"),
    )


def _view(party: Party, key: FieldKey, places: Mapping[UUID, int], *, clear: bool) -> PartyView:
    name = party.name or key.open_optional(party.name_sealed, f"party.name:{party.id}") or ""
    id_number = key.open_optional(party.id_number_sealed, f"party.id_number:{party.id}")
    phone = key.open_optional(party.phone_sealed, f"party.phone:{party.id}")
    address = key.open_optional(party.address_sealed, f"party.address:{party.id}")
    return PartyView(
        id=party.id,
        role=party.role,
        kind=party.kind,
        name=name if clear else masked_name(party.kind, name),
        id_type=party.id_type,
        id_number=identity.mask_id(id_number) if id_number else None,
        phone=phone if clear or phone is None else identity.mask_phone(phone),
        address=address if clear or address is None else HIDDEN,
        language=party.language,
        represents=places.get(party.represents_id) if party.represents_id else None,
        authority=party.authority,
        representative=party.representative,
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A party as it is stored, for lists; the name is "" when it is sealed."""

    role: PartyRole
    kind: PartyKind
    name: str
    language: Language


def named(dispute_ids: Collection[UUID] | Select[*tuple[Any, ...]]) -> dict[UUID, list[Named]]:
    """The parties of many disputes in their order, names in the clear: mask before showing."""
    if not isinstance(dispute_ids, Select) and not dispute_ids:
        return {}
    found = db.session.execute(
        sa.select(Party.dispute_id, Party.role, Party.kind, Party.name, Party.language)
        .where(Party.dispute_id.in_(dispute_ids))
        .order_by(Party.dispute_id, Party.position)
    )
    told: dict[UUID, list[Named]] = {}
    for row in found:
        each = Named(row.role, row.kind, row.name or "", row.language)
        told.setdefault(row.dispute_id, []).append(each)
    return told


def people(parties: Iterable[Named]) -> list[str]:
    """The full names of the people among them, which no story may show to who sees them masked."""
    return [each.name for each in parties if each.kind is PartyKind.PERSON and each.name]


def foreign(parties: Iterable[Named]) -> tuple[Language, ...]:
    """The languages that somebody has to translate from, each once."""
    spoken = dict.fromkeys(each.language for each in parties)
    return tuple(each for each in spoken if each is not Language.CHINESE)


def line(parties: Iterable[Named], *, clear: bool = False) -> str:
    """`张** 与 某某公司`: first applicant and respondent, masked unless `clear`."""
    sides: dict[PartyRole, list[str]] = {}
    for each in parties:
        shown = each.name if clear else masked_name(each.kind, each.name)
        sides.setdefault(each.role, []).append(shown)
    halves = [
        _side(sides[role]) for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT) if role in sides
    ]
    return " 与 ".join(halves)


def _side(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 人"


def interpreter(said: str | None, *, clear: bool) -> str | None:
    """Who translates, a person like the others: masked but for who works with them."""
    return said if clear or not said else identity.mask_name(said)


def masked_name(kind: PartyKind, name: str) -> str:
    """A person's name with its given part hidden; an organisation's name is public."""
    return name if kind is PartyKind.ORGANISATION else identity.mask_name(name)
