"""Parties 当事人 as rows: personal fields sealed with the dispute's key and indexed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import PartyRole
from models import Dispute, MediationSession, Party
from service.desk import Desk
from service.errors import Invalid
from service.gateways.keyring import FieldKey, Keyring
from service.gateways.pinyin import initials
from service.rules.correction import FIELDS, People, Person
from service.rules.party import PartyDraft

ATTENDED: Final = "参加过调解会的当事人不能去掉"


@dataclass(frozen=True, slots=True)
class _Ink:
    """What a field of a dispute's party is written with."""

    dispute: Dispute
    key: FieldKey
    keyring: Keyring


def rows(dispute: Dispute, parties: list[PartyDraft], key: FieldKey, desk: Desk) -> list[Party]:
    """The parties of a dispute, those for whom others speak before the others.

    In this order they can be stored: an agent's row names its principal's.
    """
    ink = _Ink(dispute, key, desk.keyring)
    made = [_row(place, party, ink) for place, party in enumerate(parties)]
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


def open_names(dispute: Dispute, key: FieldKey) -> None:
    """Give the names of a dispute that is no longer restricted back, to be found by."""
    for party in dispute.parties:
        if party.name_sealed is not None:
            party.name = key.open(party.name_sealed, f"party.name:{party.id}")
            party.initials, party.name_sealed = initials(party.name), None


def phone_tail(phone: str | None, keyring: Keyring) -> bytes | None:
    """The blind index of a phone's last four digits."""
    return keyring.index("phone_tail", phone[-4:]) if phone else None


def stored(dispute: Dispute, key: FieldKey) -> dict[UUID, dict[str, Any]]:
    """The parties as they stand, in clear, in order; `represents` is an id."""
    return {each.id: _told(each, key) for each in dispute.parties}


def check_removable(session: Session, dispute: Dispute, people: People) -> None:
    """Invalid when somebody would be taken away of whom a session 调解会 says they came or not."""
    if not people.removed:
        return
    held = session.scalars(
        sa.select(MediationSession.attendance).where(MediationSession.dispute_id == dispute.id)
    )
    named = {name for attendance in held for name in attendance}
    if named & {str(each) for each in people.removed}:
        raise Invalid({"parties": [ATTENDED]})


def correct(
    session: Session, dispute: Dispute, people: People, key: FieldKey, desk: Desk
) -> list[dict[str, Any]]:
    """Write the parties as they are after a correction; what changed, as an event may say it.

    Everything they are found by follows. Rows refer to each other, so it goes in three flushes.
    """
    rows = {row.id: row for row in dispute.parties}
    said = _said(people, rows)
    for row in rows.values():
        row.represents_id = None
    session.flush()
    for gone in people.removed:
        session.delete(rows.pop(gone))
    ink = _Ink(dispute, key, desk.keyring)
    made = [
        _row(place, each.draft, ink)
        if each.id is None
        else _rewritten(rows[each.id], place, each, ink)
        for place, each in enumerate(people.persons)
    ]
    session.add_all(made)
    session.flush()
    for row, person in zip(made, people.persons, strict=True):
        whom = person.draft.represents
        row.represents_id = None if whom is None else made[whom].id
    session.flush()
    session.expire(dispute, ["parties"])
    return said


def _rewritten(row: Party, place: int, person: Person, ink: _Ink) -> Party:
    row.position = place
    for name in person.fields - {"represents"}:
        _write(row, name, getattr(person.draft, name), ink)
    return row


def _said(people: People, rows: Mapping[UUID, Party]) -> list[dict[str, Any]]:
    """Codes, places and names of fields, nothing of what they said."""
    taken: list[dict[str, Any]] = [
        {"change": "removed", "role": rows[each].role.value, "place": _place(rows, each)}
        for each in people.removed
    ]
    counted: Counter[PartyRole] = Counter()
    for person in people.persons:
        counted[person.draft.role] += 1
        if person.id is not None and not person.fields:
            continue
        taken.append(
            {
                "change": "added" if person.id is None else "changed",
                "role": person.draft.role.value,
                "place": counted[person.draft.role],
                "fields": sorted(person.fields),
            }
        )
    return taken


def _place(rows: Mapping[UUID, Party], party_id: UUID) -> int:
    """Which of those in its role a party is, counted from 1."""
    role = rows[party_id].role
    return [each for each, row in rows.items() if row.role is role].index(party_id) + 1


def _told(row: Party, key: FieldKey) -> dict[str, Any]:
    return {
        "role": row.role,
        "kind": row.kind,
        "name": row.name or key.open_optional(row.name_sealed, f"party.name:{row.id}") or "",
        "id_type": row.id_type,
        "id_number": key.open_optional(row.id_number_sealed, f"party.id_number:{row.id}"),
        "phone": key.open_optional(row.phone_sealed, f"party.phone:{row.id}"),
        "address": key.open_optional(row.address_sealed, f"party.address:{row.id}"),
        "language": row.language,
        "represents": row.represents_id,
        "authority": row.authority,
        "representative": row.representative,
    }


def _row(place: int, party: PartyDraft, ink: _Ink) -> Party:
    row = Party(id=uuid4(), dispute_id=ink.dispute.id, position=place)
    for name in FIELDS:
        if name != "represents":  # the other rows are not there yet
            _write(row, name, getattr(party, name), ink)
    return row


def _write(row: Party, name: str, value: Any, ink: _Ink) -> None:
    """Write one field where it belongs: sealed, indexed, or plain."""
    hidden, seal = ink.dispute.restricted, ink.key.seal_optional
    index, place = ink.keyring.index, f"party.{name}:{row.id}"
    if name == "name":
        row.name, row.name_sealed = (None, seal(value, place)) if hidden else (value, None)
        row.initials = None if hidden else initials(value)
    elif name == "id_number":
        row.id_number_sealed = seal(value, place)
        row.id_number_index = index("id_number", value) if value else None
    elif name == "phone":
        row.phone_sealed = seal(value, place)
        row.phone_index = index("phone", value) if value else None
        row.phone_tail_index = phone_tail(value, ink.keyring)
    elif name == "address":
        row.address_sealed = seal(value, place)
    else:
        setattr(row, name, value)
