"""Once, however often it is asked: the first answer to a key is kept with its effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from models import IdempotencyRecord, insert_on, transaction
from service.desk import Desk
from service.errors import KeyBusy, KeyReused
from service.operations.number import PATIENCE_S, wait_in_line

# the first request may itself wait in line for its number; its twin outlasts it
TWIN_WAITS_S: Final = PATIENCE_S + 5
_ANSWERED: Final = sa.update(IdempotencyRecord).where(
    IdempotencyRecord.user_id == sa.bindparam("user"),
    IdempotencyRecord.route == sa.bindparam("asked"),
    IdempotencyRecord.key == sa.bindparam("under"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks what, under which key, with which body."""

    user_id: UUID
    route: str
    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, byte for byte."""

    status: int
    body: bytes
    headers: dict[str, str]
    replayed: bool = field(default=False, compare=False)


def once(claim: Claim, produce: Callable[[], Answer], *, desk: Desk, now: datetime) -> Answer:
    """Run `produce` for the first claim of a key, and give its answer to every later one.

    A twin that comes while the first still runs waits for it at the insert. A refusal rolls
    everything back and is not kept. Raises KeyReused when the body differs, KeyBusy when the first
    takes longer than a twin may wait.
    """
    fingerprint = desk.keyring.index("idempotency", claim.body)
    with transaction() as session:
        if not _claimed(session, claim, fingerprint, now + desk.policy.idempotency_kept, now):
            return _kept(session, claim, desk)
        answer = produce()
        session.connection().execute(
            _ANSWERED,
            {
                "user": claim.user_id,
                "asked": claim.route,
                "under": claim.key,
                "status": answer.status,
                "headers": dict(answer.headers),
                "answer_sealed": desk.keyring.seal(answer.body, _place(claim)),
            },
        )
        return answer


def forget_expired(now: datetime) -> int:
    """Delete the answers whose time is over; how many there were."""
    with transaction() as session:
        expired = session.execute(
            sa.delete(IdempotencyRecord)
            .where(IdempotencyRecord.expires_at <= now)
            .returning(IdempotencyRecord.key)
        )
        return len(expired.all())


def _claimed(
    session: Session, claim: Claim, fingerprint: bytes, expires_at: datetime, now: datetime
) -> bool:
    """Whether the key was free; KeyBusy when its first request still runs after a while."""
    row = {
        "user_id": claim.user_id,
        "route": claim.route,
        "key": claim.key,
        "fingerprint": fingerprint,
        "status": None,
        "headers": {},
        "answer_sealed": None,
        "expires_at": expires_at,
    }
    claiming = _claiming(session.get_bind().dialect.name)
    wait_in_line(session, TWIN_WAITS_S)
    try:
        return session.connection().execute(claiming, row | {"now": now}).first() is not None
    except OperationalError as refusal:  # only a twin's row can keep this one waiting
        if refusal.connection_invalidated:
            raise
        raise KeyBusy from refusal


@cache
def _claiming(dialect: str) -> ReturningInsert[str]:
    """Insert the row, or take the place of one whose time is over: then its key is free again."""
    fresh = insert_on(dialect, IdempotencyRecord)
    columns = IdempotencyRecord.__table__.columns.keys()
    return fresh.on_conflict_do_update(
        index_elements=[each.name for each in IdempotencyRecord.__table__.primary_key],
        set_={name: fresh.excluded[name] for name in columns},
        where=IdempotencyRecord.expires_at <= sa.bindparam("now"),
    ).returning(IdempotencyRecord.key)


def _kept(session: Session, claim: Claim, desk: Desk) -> Answer:
    record = session.get_one(IdempotencyRecord, (claim.user_id, claim.route, claim.key))
    known = desk.keyring.indexes("idempotency", claim.body)
    if record.fingerprint not in known or record.status is None or record.answer_sealed is None:
        raise KeyReused
    body = desk.keyring.open(record.answer_sealed, _place(claim))
    headers = {str(name): str(value) for name, value in record.headers.items()}
    return Answer(record.status, body, headers, replayed=True)


def _place(claim: Claim) -> str:
    return f"idempotency_record.answer:{claim.user_id}:{claim.route}:{claim.key}"
