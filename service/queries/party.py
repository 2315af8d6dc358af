"""Look at parties 当事人: masked for everybody but the mediator who works with them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import Authority, IdType, Language, PartyKind, PartyRole
from models import Party, db
from service.gateways.keyring import FieldKey
from service.rules import identity

HIDDEN = "已登记，不显示"


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


def lines(dispute_ids: Sequence[UUID], *, clear: Collection[UUID] = frozenset()) -> dict[UUID, str]:
    """`张** 与 某某公司`: first applicant and respondent of each dispute, masked unless `clear`."""
    found = db.session.execute(
        sa.select(Party.dispute_id, Party.role, Party.kind, Party.name)
        .where(
            Party.dispute_id.in_(dispute_ids),
            Party.role.in_((PartyRole.APPLICANT, PartyRole.RESPONDENT)),
        )
        .order_by(Party.dispute_id, Party.position)
    )
    sides: dict[UUID, dict[PartyRole, list[str]]] = {}
    for dispute_id, role, kind, name in found:
        shown = name or ""
        sides.setdefault(dispute_id, {}).setdefault(role, []).append(
            shown if dispute_id in clear else masked_name(kind, shown)
        )
    return {each: _line(both) for each, both in sides.items()}


def _line(sides: dict[PartyRole, list[str]]) -> str:
    halves = [
        _side(sides[role]) for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT) if role in sides
    ]
    return " 与 ".join(halves)


def _side(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 人"


def masked_name(kind: PartyKind, name: str) -> str:
    """A person's name with its given part hidden; an organisation's name is public."""
    return name if kind is PartyKind.ORGANISATION else identity.mask_name(name)
