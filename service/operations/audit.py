"""Write the trail 审计: one entry for every deed, in the transaction of the deed itself.

Entries are collected while a transaction runs and chained as the last thing before it commits:
the end of the chain is what everybody waits for, so it is held for the shortest time. If the
trail cannot be written, the deed did not happen.
"""

import logging
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.vocabulary import AuditResult
from models import AuditEntry, AuditHead, Event, db, insert, transaction
from service.desk import Desk
from service.errors import Conflict, Unavailable
from service.gateways import anchor as anchors
from service.gateways.keyring import FieldKey
from service.queries import audit_chain, restricted
from service.rules import audit as rules
from service.rules.access import Actor
from service.rules.audit import VERIFIED, Anchor, Found, Verdict

log = logging.getLogger(__name__)
PENDING: Final = "trail"
LOOK: Final = "dispute.look"
# the network address and the id of the request that is being answered, if one is
REQUEST: Final[ContextVar[tuple[str | None, str] | None]] = ContextVar("request", default=None)
# a person who opens the same thing again within this time is still looking at it
ONE_LOOK: Final = timedelta(minutes=30)
REFUSED: Final = "-refused"
# what stands with the event alone, where it can be forgotten: under which number others know it,
# and the fingerprint of what they sent
FORGETTABLE: Final = frozenset({"number", "content"})

# asked and written with every deed while everybody else waits for their end: built once
_HEAD: Final = sa.select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
_ENTRY: Final = sa.insert(AuditEntry)
_MOVE: Final = sa.update(AuditHead).where(AuditHead.id == 1)


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
    of what it is about. Where it came from is known of the actor, or else of the request.
    """
    if reason is not None and key is None:
        raise ValueError("a reason is sealed")
    came_from, request_id = REQUEST.get() or (None, None)
    sealed = key.seal_optional(reason, f"audit.reason:{subject_id}") if key else None
    values = {
        "happened_at": now,
        "actor_id": actor.user_id if actor else None,
        "actor_name": actor.name if actor else None,
        "organisation_id": actor.organisation_id if actor else None,
        "roles": sorted(role.value for role in actor.roles) if actor else [],
        "address": address or (actor.address if actor else None) or came_from,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "result": result,
        "fields": sorted(fields),
        "detail": dict(detail or {}),
        "reason_sealed": sealed,
        "request_id": (actor.request_id if actor else None) or request_id,
    }
    session.info.setdefault(PENDING, []).append(_Deed(values))


def follow(
    session: Session,
    event: Event,
    *,
    actor: Actor | None,
    reason: str | None,
    address: str | None = None,
) -> None:
    """Have the deed that `event` tells of written to the trail as well."""
    detail = {name: told for name, told in event.detail.items() if name not in FORGETTABLE}
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
        address=address,
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
    fields: Sequence[str] = (),
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
            fields=fields,
            detail=detail,
        )


def looked(
    dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime, fields: Sequence[str] = ()
) -> None:
    """Write down that somebody opened a dispute; who still looks at it is not written again.

    `fields` are those that stood in clear where they might be written over: always written, and so
    is every look through broken glass 紧急查阅, with the id of the glass.
    """
    before = sa.select(AuditEntry.seq).where(
        AuditEntry.subject_id == dispute_id,
        AuditEntry.actor_id == actor.user_id,
        AuditEntry.action == LOOK,
        AuditEntry.happened_at > now - ONE_LOOK,
    )
    through = restricted.open_glass(dispute_id, actor=actor, desk=desk, now=now)
    asked = sa.null() if through is None else through.scalar_subquery()
    seen, glass = db.session.execute(sa.select(before.limit(1).scalar_subquery(), asked)).one()
    if seen is None or glass is not None or fields:
        saw(
            LOOK,
            subject="dispute",
            subject_id=dispute_id,
            actor=actor,
            now=now,
            fields=fields,
            detail={"glass": str(glass)} if glass is not None else None,
        )


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


def anchor(path: Path, *, actor: Actor | None, now: datetime) -> Anchor | None:
    """Write down in the file at `path` where the trail ends, and in the trail that it was done.

    None before the first entry. Raises Conflict when the file tells of a later end, or of another
    one: then the trail is not the one that was anchored before, and nothing is written over it.
    The line is on the disk before the entry is: a crash in between leaves one line too many, which
    is as true as the next.
    """
    with transaction() as session:
        seq, last = _locked_head(session)
        made = rules.anchor_of(seq, last, now)
        _must_follow(session, path)
        if seq == 0:
            return None
        anchors.append(path, made)
        note(
            session,
            rules.ANCHORED,
            subject="audit",
            subject_id=None,
            actor=actor,
            now=now,
            detail=rules.told_of(made),
        )
        return made


def verified(key: bytes, path: Path, *, actor: Actor, now: datetime) -> Found:
    """Look at the newest part of the trail, and write down in it what was found."""
    found = audit_chain.verify_newest(key, anchors.read(path))
    with transaction() as session:
        note(
            session,
            VERIFIED,
            subject="audit",
            subject_id=None,
            actor=actor,
            now=now,
            result=AuditResult.DONE if found.verdict is Verdict.WHOLE else AuditResult.FAILED,
            detail={
                "verdict": found.verdict.name.lower(),
                "checked": found.checked,
                "first_bad": found.first_bad,
            },
        )
    return found


def _must_follow(session: Session, path: Path) -> None:
    """The file's last line is a place of this trail, or of one that was there before a restore."""
    found = anchors.read(path)
    if found is None:
        return
    known = replace(found, outlived=audit_chain.outlived(session.connection()))
    wrong = rules.bad_line(known)
    if wrong is not None:
        raise Conflict(f"锚点文件第 {wrong} 行不是原来写下的样子，没有再写")
    newest = found.kept[-1] if found.kept else None
    if newest is None:
        return
    if not audit_chain.stands(newest):
        raise Conflict(f"审计记录与锚点文件里第 {newest.seq} 条不符，没有再写，请运行 audit verify")


@dataclass(frozen=True, slots=True)
class Chain:
    """What appends to the trail; `key` never lies in the database."""

    key: bytes = field(repr=False)

    def __call__(self, session: Session) -> None:
        """Chain what the transaction of `session` did; Unavailable when that cannot be written."""
        deeds: list[_Deed] = session.info.pop(PENDING, [])
        if not deeds:
            return
        try:
            self._append(session, deeds)
        except DBAPIError as refusal:
            if refusal.connection_invalidated:
                raise
            log.exception("the trail cannot be written")
            raise Unavailable from refusal

    def _append(self, session: Session, deeds: Sequence[_Deed]) -> None:
        seq, last = _locked_head(session)
        rows = []
        for deed in deeds:
            seq, before, row = seq + 1, last, self._row(deed)
            last = rules.entry_hash(seq, before, row, self.key)
            rows.append(row | {"seq": seq, "prev_hash": before, "hash": last})
        session.connection().execute(_ENTRY, rows)
        self._move(session, seq, last)

    def _row(self, deed: _Deed) -> dict[str, Any]:
        mac = None if deed.reason is None else rules.reason_mac(deed.reason, self.key)
        event_id = deed.event.id if deed.event is not None else None
        return {**deed.values, "reason_mac": mac, "event_id": event_id}

    def _move(self, session: Session, seq: int, last: bytes) -> None:
        mac = rules.head_mac(seq, last, self.key)
        session.connection().execute(_MOVE, {"seq": seq, "hash": last, "mac": mac})


def _locked_head(session: Session) -> tuple[int, bytes]:
    """The end of the chain, ours until the commit; whoever writes first makes it."""
    found = session.connection().execute(_HEAD).first()
    if found is None:
        first = {"id": 1, "seq": 0, "hash": rules.BEGINNING, "mac": b""}
        made = insert(session, AuditHead).values(first)
        session.execute(made.on_conflict_do_nothing(index_elements=[AuditHead.id]))
        found = session.connection().execute(_HEAD).one()
    return found.seq, found.hash
