"""Parties 当事人 as rows: personal fields sealed with the dispute's key and indexed."""

from uuid import uuid4

from models import Dispute, Party
from service.desk import Desk
from service.gateways.keyring import FieldKey, Keyring
from service.gateways.pinyin import initials
from service.rules.party import PartyDraft


def rows(dispute: Dispute, parties: list[PartyDraft], key: FieldKey, desk: Desk) -> list[Party]:
    """The parties of a dispute, those for whom others speak before the others.

    In this order they can be stored: an agent's row names its principal's.
    """
    made = [_row(dispute, place, party, key, desk) for place, party in enumerate(parties)]
    for row, party in zip(made, parties, strict=True):
        if party.represents is not None:
            row.represents_id = made[party.represents].id
    return sorted(made, key=lambda row: row.represents_id is not None)


def seal_names(dispute: Dispute, key: FieldKey) -> None:
    """Take the names of a dispute that has just become restricted out of sight."""
    for party in dispute.parties:
        if party.name is not None:
            party.name_sealed = key.seal(party.name, f"party.name:{party.id}")
            party.name = party.initials = None


def phone_tail(phone: str | None, keyring: Keyring) -> bytes | None:
    """The blind index of a phone's last four digits."""
    return keyring.index("phone_tail", phone[-4:]) if phone else None


def _row(dispute: Dispute, place: int, party: PartyDraft, key: FieldKey, desk: Desk) -> Party:
    party_id = uuid4()
    index = desk.keyring.index
    return Party(
        id=party_id,
        dispute_id=dispute.id,
        position=place,
        role=party.role,
        kind=party.kind,
        name=None if dispute.restricted else party.name,
        name_sealed=key.seal(party.name, f"party.name:{party_id}") if dispute.restricted else None,
        id_type=party.id_type,
        id_number_sealed=key.seal_optional(party.id_number, f"party.id_number:{party_id}"),
        id_number_index=index("id_number", party.id_number) if party.id_number else None,
        phone_sealed=key.seal_optional(party.phone, f"party.phone:{party_id}"),
        phone_index=index("phone", party.phone) if party.phone else None,
        address_sealed=key.seal_optional(party.address, f"party.address:{party_id}"),
        language=party.language,
        initials=None if dispute.restricted else initials(party.name),
        phone_tail_index=phone_tail(party.phone, desk.keyring),
        authority=party.authority,
        representative=party.representative,
    )
