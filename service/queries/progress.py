"""Look at how far a dispute has come 办理进度, for its slip's holder or for who reads it out."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Row

from config.vocabulary import DisputeStatus, Outcome
from models import Agreement, Dispute, Organisation, db
from service.desk import Desk
from service.gateways.keyring import CannotOpen, Keyring, new_code
from service.queries import number as numbers
from service.queries import sight
from service.queries.access import visible
from service.queries.search import with_identity
from service.rules import access
from service.rules.access import Actor
from service.rules.progress import CODE_ALPHABET, CODE_LENGTH

# any one of these: an unknown number is opened and compared like a known one
DECOY_ID: Final = UUID("00000000-0000-4000-8000-000000000000")


@dataclass(frozen=True, slots=True)
class Progress:
    """Stage, unit and the next date; never a name, never the other side."""

    id: UUID
    number: str
    status: DisputeStatus
    organisation: str
    next_on: date | None
    provisional: bool
    phone: str  # of the unit


@dataclass(frozen=True, slots=True)
class Look:
    """What a slip led to: its dispute's progress, or nothing; and whose number it was, if any's."""

    progress: Progress | None
    dispute_id: UUID | None


@sight.whole("progress by a slip")
def of_slip(number: str, code: str, *, desk: Desk) -> Look:
    """The progress behind a number and a code, both as `rules.progress.cleaned` leaves them.

    Unknown numbers, wrong codes, restricted and voided disputes come out alike and cost alike:
    one select, one key and one code opened, one comparison.
    """
    row = db.session.execute(_columns().where(Dispute.number == number)).one_or_none()
    told = _where_it_goes_on(row)
    matches = hmac.compare_digest(_code(row, desk.keyring).encode(), code.encode())
    found = told is not None and matches and _may_be_told(told)
    return Look(_progress(told, number) if told and found else None, row.id if row else None)


def of_number(number: str, *, actor: Actor, desk: Desk, now: datetime) -> Progress | None:
    """The progress of a dispute within the viewer's own scope; nothing of a restricted one."""
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    statement = _columns().where(Dispute.number == number, visible(scope, now))
    return _told(db.session.execute(statement).one_or_none(), number)


@sight.whole("progress by an ID number")
def of_party(number: str, id_number: str, *, desk: Desk) -> Progress | None:
    """The progress of a dispute in which a party has this ID number; none of a restricted one."""
    theirs = with_identity(id_number, desk.keyring)
    statement = _columns().where(Dispute.id.in_(numbers.stands_for(number)), theirs)
    return _told(db.session.execute(statement).one_or_none(), number)


def _told(row: Row[Any] | None, number: str) -> Progress | None:
    row = _where_it_goes_on(row)
    return _progress(row, number) if row and _may_be_told(row) else None


@sight.whole("the number a merged one leads to")
def _where_it_goes_on(row: Row[Any] | None) -> Row[Any] | None:
    """The row itself, or that of the dispute it went into 并案: both slips tell the one stage."""
    if row is None or row.merged_into_id is None:
        return row
    return db.session.execute(_columns().where(Dispute.id == row.merged_into_id)).one_or_none()


def _columns() -> sa.Select[*tuple[Any, ...]]:
    centre = sa.select(Organisation.name).where(Organisation.prefix.is_not(None)).limit(1)
    performed_by = (
        sa.select(Agreement.performed_by)
        .where(Agreement.dispute_id == Dispute.id, Agreement.performed_on.is_(None))
        .order_by(Agreement.ordinal.desc())
        .limit(1)
    )
    return sa.select(
        Dispute.id,
        Dispute.number,
        Dispute.sealed_key,
        Dispute.code_sealed,
        Dispute.status,
        Dispute.outcome,
        Dispute.restricted,
        Dispute.merged_into_id,
        Dispute.due_on,
        Dispute.due_paused,
        Dispute.due_provisional,
        sa.func.coalesce(
            Organisation.name, Dispute.office_text, centre.scalar_subquery(), ""
        ).label("unit"),
        Organisation.phone,
        performed_by.scalar_subquery().label("performed_by"),
    ).outerjoin(Organisation, Organisation.id == Dispute.organisation_id)


def _may_be_told(row: Row[Any]) -> bool:
    return not row.restricted and row.outcome is not Outcome.MISTAKEN


def _progress(row: Row[Any], number: str) -> Progress:
    agreed = row.status is DisputeStatus.AGREED
    return Progress(
        id=row.id,
        number=number,
        status=row.status,
        organisation=row.unit,
        next_on=row.performed_by if agreed else None if row.due_paused else row.due_on,
        provisional=not agreed and row.due_provisional,
        phone=row.phone or "",
    )


def _code(row: Row[Any] | None, keyring: Keyring) -> str:
    """The code of the row's slip, or one that nobody holds."""
    sealed_key, sealed_code = _decoy(keyring)
    dispute_id = DECOY_ID
    if row is not None:
        sealed_key, sealed_code, dispute_id = row.sealed_key, row.code_sealed, row.id
    try:
        key = keyring.field_key(sealed_key, f"dispute:{dispute_id}")
        return key.open(sealed_code, f"dispute.code:{dispute_id}")
    except CannotOpen:  # told as a miss: an error would tell that the number exists
        return new_code(CODE_ALPHABET, CODE_LENGTH)


@lru_cache(maxsize=4)
def _decoy(keyring: Keyring) -> tuple[bytes, bytes]:
    sealed_key, key = keyring.new_field_key(f"dispute:{DECOY_ID}")
    return sealed_key, key.seal(new_code(CODE_ALPHABET, CODE_LENGTH), f"dispute.code:{DECOY_ID}")
