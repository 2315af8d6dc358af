"""Once, however often it is asked: the first answer to a key is kept with its effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import IdempotencyRecord, transaction
from service.desk import Desk
from service.errors import KeyBusy, KeyReused


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
            return _kept(session, claim, fingerprint, desk)
        answer = produce()
        record = session.get_one(IdempotencyRecord, (claim.user_id, claim.route, claim.key))
        record.status = answer.status
        record.headers = dict(answer.headers)
        record.answer_sealed = desk.keyring.seal(answer.body, _place(claim))
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
    lapsed = sa.delete(IdempotencyRecord).where(*_mine(claim), IdempotencyRecord.expires_at <= now)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = (
        dialect.insert(IdempotencyRecord)
        .values(
            user_id=claim.user_id,
            route=claim.route,
            key=claim.key,
            fingerprint=fingerprint,
            headers={},
            expires_at=expires_at,
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyRecord.key)
    )
    try:
        session.execute(lapsed)
        return session.execute(insert).first() is not None
    except OperationalError as refusal:  # only a twin's row can keep this one waiting
        if refusal.connection_invalidated:
            raise
        raise KeyBusy from refusal


def _kept(session: Session, claim: Claim, fingerprint: bytes, desk: Desk) -> Answer:
    record = session.get_one(IdempotencyRecord, (claim.user_id, claim.route, claim.key))
    if record.fingerprint != fingerprint or record.status is None or record.answer_sealed is None:
        raise KeyReused
    body = desk.keyring.open(record.answer_sealed, _place(claim))
    headers = {str(name): str(value) for name, value in record.headers.items()}
    return Answer(record.status, body, headers, replayed=True)


def _mine(claim: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        IdempotencyRecord.user_id == claim.user_id,
        IdempotencyRecord.route == claim.route,
        IdempotencyRecord.key == claim.key,
    )


def _place(claim: Claim) -> str:
    return f"idempotency_record.answer:{claim.user_id}:{claim.route}:{claim.key}"
