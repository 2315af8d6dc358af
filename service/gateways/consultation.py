"""Consultations 咨询: what is kept of one under its own key, sealed and opened."""

from typing import Any, Final
from uuid import UUID

from service.gateways.keyring import FieldKey, Keyring

SEALED: Final = ("name", "phone")
WORDS: Final = ("question", "answer")  # sealed when a restricted dispute came of it


def place_of(consultation_id: UUID) -> str:
    """Where the key of a consultation belongs."""
    return f"consultation:{consultation_id}"


def key_of(row: Any, keyring: Keyring) -> FieldKey:
    """The key of a consultation, of a row with its id and sealed key."""
    return keyring.field_key(row.sealed_key, place_of(row.id))


def seal(key: FieldKey, consultation_id: UUID, name: str, text: str | None) -> bytes | None:
    """One of its fields, sealed; nothing stays nothing."""
    return key.seal_optional(text, _field(consultation_id, name))


def who_asked(row: Any, keyring: Keyring) -> tuple[str | None, str | None]:
    """Name and phone in clear, of a row with its sealed columns; masking is the caller's."""
    if row.name_sealed is None and row.phone_sealed is None:
        return None, None
    key = key_of(row, keyring)
    name, phone = (
        key.open_optional(getattr(row, f"{each}_sealed"), _field(row.id, each)) for each in SEALED
    )
    return name, phone


def words(row: Any, keyring: Keyring) -> tuple[str, str]:
    """Question and answer, opened when they are sealed."""
    key = key_of(row, keyring)
    question, answer = (
        getattr(row, each)
        or key.open_optional(getattr(row, f"{each}_sealed"), _field(row.id, each))
        or ""
        for each in WORDS
    )
    return question, answer


def _field(consultation_id: UUID, name: str) -> str:
    return f"consultation.{name}:{consultation_id}"
