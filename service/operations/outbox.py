"""The outbox 发件箱: promise a message with its cause, deliver it afterwards, give up in the end.

A message is claimed with a lease in one transaction, sent outside of any, and marked in a second.
A worker killed in between leaves a lapsed lease; the next one sends the same bytes again and says
so (`maybe_duplicate`), because nobody can know whether the first were taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import OutboxState
from models import HeldMessage, OutboxMessage, insert, transaction
from service.desk import Desk
from service.gateways.mail import Mail, NotDelivered
from service.rules import outbox as rules
from service.rules.outbox import Message

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Claim:
    """One message in our hands until `lease_until`."""

    id: UUID
    content: bytes
    recipient: str
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round of delivery did."""

    sent: int = 0
    failed: int = 0


def promise(
    session: Session, message: Message, *, desk: Desk, now: datetime, hold: bool = False
) -> bool:
    """Put a rendered message into the caller's transaction; False when it was promised before.

    With `hold` it waits for a person: it may have been sent before a restore.
    """
    inserted = session.execute(
        insert(session, OutboxMessage)
        .values(
            id=uuid4(),
            dedupe_key=message.dedupe_key,
            recipient=message.recipient,
            message_id=message.message_id,
            content=message.content,
            state=OutboxState.NEW,
            attempts=0,
            queued_at=now,
            next_attempt_at=now,
            give_up_at=now + desk.policy.outbox.give_up,
            maybe_duplicate=False,
        )
        .on_conflict_do_nothing()
        .returning(OutboxMessage.id)
    )
    fresh = inserted.scalar_one_or_none()
    if fresh is not None and hold:
        session.add(HeldMessage(outbox_id=fresh, held_at=now))
    return fresh is not None


def deliver_due(mail: Mail, *, desk: Desk, clock: Clock) -> Delivered:
    """Send what is due, one message after the other; stop when the server is away.

    The clock is asked for every message, because one that hangs takes its time.
    """
    sent = failed = 0
    for _ in range(desk.policy.outbox.batch):
        claim = _claim(desk, clock())
        if claim is None:
            break
        try:
            mail.send(claim.content, claim.recipient)
        except NotDelivered as refusal:
            failed += 1
            _mark_failed(claim, refusal, desk, clock())
            if refusal.away:
                break
        else:
            sent += 1
            _mark_sent(claim, clock())
    return Delivered(sent, failed)


def _claim(desk: Desk, now: datetime) -> Claim | None:
    """Take the message that waits longest; those that waited too long are given up on the way."""
    free = ~sa.exists().where(HeldMessage.outbox_id == OutboxMessage.id)
    waiting = (OutboxMessage.state == OutboxState.NEW) & (OutboxMessage.next_attempt_at <= now)
    lapsed = (OutboxMessage.state == OutboxState.SENDING) & (OutboxMessage.lease_until <= now)
    waiting, lapsed = waiting & free, lapsed & free
    with transaction() as session:
        _give_up(session, waiting | lapsed, now)
        row = session.scalar(
            sa.select(OutboxMessage)
            .where(waiting | lapsed)
            .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        row.maybe_duplicate = row.maybe_duplicate or row.state is OutboxState.SENDING
        row.state, row.attempts = OutboxState.SENDING, row.attempts + 1
        row.lease_until = now + desk.policy.outbox.lease
        return Claim(row.id, row.content, row.recipient, row.lease_until)


def _give_up(session: Session, due: sa.ColumnElement[bool], now: datetime) -> None:
    session.execute(
        sa.update(OutboxMessage)
        .where(due, OutboxMessage.give_up_at <= now)
        .values(state=OutboxState.DEAD, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _mark_sent(claim: Claim, now: datetime) -> None:
    with transaction() as session:
        row = session.get_one(OutboxMessage, claim.id, with_for_update=True)
        row.state, row.sent_at, row.lease_until = OutboxState.SENT, now, None
        row.last_error = None


def _mark_failed(claim: Claim, refusal: NotDelivered, desk: Desk, now: datetime) -> None:
    """Note the failure, unless the lease lapsed and another worker has the message now."""
    with transaction() as session:
        row = session.get_one(OutboxMessage, claim.id, with_for_update=True)
        if row.state is not OutboxState.SENDING or row.lease_until != claim.lease_until:
            return
        row.state = OutboxState.DEAD if refusal.final else OutboxState.NEW
        row.lease_until, row.last_error = None, refusal.cause[:300]
        row.maybe_duplicate = row.maybe_duplicate or refusal.unsure
        row.next_attempt_at = now + rules.pause(
            row.attempts, row.message_id, desk.policy.outbox, away=refusal.away
        )
