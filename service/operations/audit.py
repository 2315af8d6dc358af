"""Write the trail 审计: one entry for every deed, in the transaction of the deed itself.

Entries are collected while a transaction runs and chained as the last thing before it commits:
the end of the chain is what everybody waits for, so it is held for the shortest time. If the
trail cannot be written, the deed did not happen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, AuditHead, AuditResult, Event, db, insert, transaction
from service.gateways.keyring import FieldKey
from service.rules import audit as rules
from service.rules.access import Actor

PENDING: Final = "trail"
LOOK: Final = "dispute.look"
# a person who opens the same thing again within this time is still looking at it
ONE_LOOK: Final = timedelta(minutes=30)
REFUSED: Final = "-refused"


@dataclass(frozen=True, slots=True)
class _Deed:
    """What waits to be chained; `reason` stands with `event` in words, here only its hash."""

    values: Mapping[str, Any]
    reason: str | None = field(default=None, repr=False)
    event: Event | None = None


def note(  # noqa: PLR0913 -- a deed has this many sides; all but two are keyword-only
    session: Session,
    action: str,
    *,
    subject: str | None,
    subject_id: UUID | None,
    actor: Actor | None,
    now: datetime,
    result: AuditResult = AuditResult.DONE,
    fields: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
    reason: str | None = None,
    key: FieldKey | None = None,
    address: str | None = None,
) -> None:
    """Have one deed written to the trail when the transaction of `session` commits.

    `detail` must hold codes, counts and ids only. A `reason` in somebody's words needs the `key`
    of what it is about. `address` is where it came from when no actor is known.
    """
    if reason is not None and key is None:
        raise ValueError("a reason is sealed")
    sealed = key.seal_optional(reason, f"audit.reason:{subject_id}") if key else None
    values = {
        "happened_at": now,
        "actor_id": actor.user_id if actor else None,
        "actor_name": actor.name if actor else None,
        "organisation_id": actor.organisation_id if actor else None,
        "roles": sorted(role.value for role in actor.roles) if actor else [],
        "address": actor.address if actor else address,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "result": result,
        "fields": sorted(fields),
        "detail": dict(detail or {}),
        "reason_sealed": sealed,
        "request_id": actor.request_id if actor else None,
    }
    session.info.setdefault(PENDING, []).append(_Deed(values))


def follow(session: Session, event: Event, *, actor: Actor | None, reason: str | None) -> None:
    """Have the deed that `event` tells of written to the trail as well."""
    detail = dict(event.detail)
    fields = detail.pop("fields", ())
    moved = {"from": event.from_status, "to": event.to_status}
    note(
        session,
        f"{event.subject}.{event.action}",
        subject=event.subject,
        subject_id=event.subject_id,
        actor=actor,
        now=event.happened_at,
        result=AuditResult.DENIED if event.action.endswith(REFUSED) else AuditResult.DONE,
        fields=fields,
        detail=detail | {name: status for name, status in moved.items() if status},
    )
    values = session.info[PENDING].pop().values
    session.info[PENDING].append(_Deed(values, reason, event))


def saw(
    action: str,
    *,
    subject: str,
    subject_id: UUID | None,
    actor: Actor,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down that somebody read, printed, exported or downloaded something."""
    with transaction() as session:
        note(
            session,
            action,
            subject=subject,
            subject_id=subject_id,
            actor=actor,
            now=now,
            detail=detail,
        )


def looked(dispute_id: UUID, *, actor: Actor, now: datetime, glass: UUID | None = None) -> None:
    """Write down that somebody opened a dispute; who still looks at it is not written again.

    Through broken `glass` 紧急查阅 every look is written down, with the id of the glass.
    """
    if glass is not None:
        detail = {"glass": str(glass)}
        saw(LOOK, subject="dispute", subject_id=dispute_id, actor=actor, now=now, detail=detail)
        return
    before = sa.select(AuditEntry.seq).where(
        AuditEntry.subject_id == dispute_id,
        AuditEntry.actor_id == actor.user_id,
        AuditEntry.action == LOOK,
        AuditEntry.happened_at > now - ONE_LOOK,
    )
    if db.session.scalar(before.limit(1)) is None:
        saw(LOOK, subject="dispute", subject_id=dispute_id, actor=actor, now=now)


def denied(
    action: str,
    *,
    subject: str | None,
    subject_id: UUID | None,
    actor: Actor,
    now: datetime,
    detail: Mapping[str, Any],
) -> None:
    """Write down that somebody asked for what is not theirs, whether it is there or not."""
    with transaction() as session:
        note(
            session,
            action,
            subject=subject,
            subject_id=subject_id,
            actor=actor,
            now=now,
            result=AuditResult.DENIED,
            detail=detail,
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """What appends to the trail; `key` never lies in the database."""

    key: bytes = field(repr=False)

    def __call__(self, session: Session) -> None:
        """Chain what the transaction of `session` did."""
        deeds: list[_Deed] = session.info.pop(PENDING, [])
        if not deeds:
            return
        seq, last = _locked_head(session)
        rows = []
        for deed in deeds:
            seq, before, row = seq + 1, last, self._row(deed)
            last = rules.entry_hash(seq, before, row, self.key)
            rows.append(row | {"seq": seq, "prev_hash": before, "hash": last})
        session.execute(sa.insert(AuditEntry), rows)
        self._move(session, seq, last)

    def _row(self, deed: _Deed) -> dict[str, Any]:
        mac = None if deed.reason is None else rules.reason_mac(deed.reason, self.key)
        event_id = deed.event.id if deed.event is not None else None
        return {**deed.values, "reason_mac": mac, "event_id": event_id}

    def _move(self, session: Session, seq: int, last: bytes) -> None:
        session.execute(
            sa.update(AuditHead)
            .where(AuditHead.id == 1)
            .values(seq=seq, hash=last, mac=rules.head_mac(seq, last, self.key))
            .execution_options(synchronize_session=False)
        )


def _locked_head(session: Session) -> tuple[int, bytes]:
    """The end of the chain, ours until the commit; whoever writes first makes it."""
    asked = sa.select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    found = session.execute(asked).first()
    if found is None:
        first = {"id": 1, "seq": 0, "hash": rules.BEGINNING, "mac": b""}
        made = insert(session, AuditHead).values(first)
        session.execute(made.on_conflict_do_nothing(index_elements=[AuditHead.id]))
        found = session.execute(asked).one()
    return found.seq, found.hash
