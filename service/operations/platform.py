"""Take disputes from other platforms 外部平台: each of their numbers comes in once."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.words import label
from models import Dispute, Event, User, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid
from service.operations import dispute as disputes
from service.operations.dispute import Visit
from service.operations.event import record
from service.operations.load import field_key
from service.operations.number import PATIENCE_S, wait_in_line
from service.queries.platform import reference_indexes, reference_source
from service.rules.access import Actor

SENT = "send"
SAID = "platform-content"


@dataclass(frozen=True, slots=True)
class Sent:
    """The dispute of a platform's number; `repeated` when it had come in before."""

    id: UUID
    repeated: bool


def send(visit: Visit, *, actor: Actor, desk: Desk, now: datetime) -> Sent:
    """Register what a platform sent, once for each of its numbers, however often it comes.

    Raises Invalid, and Conflict when the number had come with another content.
    """
    _check(visit, actor)
    known = reference_indexes(actor, visit.source_reference, desk)
    with transaction() as session:
        _wait_for_turn(session, actor)
        found = session.scalar(sa.select(Dispute).where(Dispute.platform_index.in_(known)))
        if found is not None:
            _compare(session, found, visit, desk)
            return Sent(found.id, repeated=True)
        made = disputes.register(visit, actor=actor, desk=desk, now=now)[0].id
        key = field_key(session.get_one(Dispute, made), desk)
        source = reference_source(actor, visit.source_reference)
        rows = Dispute.__table__
        assert isinstance(rows, sa.Table)
        session.execute(  # the table, not the class: it stays the version that was registered
            sa.update(rows)
            .where(rows.c.id == made)
            .values(
                platform_index=known[0],
                indexed_sealed=key.seal(source, f"dispute.indexed:{made}"),
            )
        )
        told = {"content": key.digest(SAID, _said(visit)).hex()}
        record(session, made, subject="dispute", action=SENT, actor=actor, now=now, detail=told)
    return Sent(made, repeated=False)


def _check(visit: Visit, actor: Actor) -> None:
    if actor.source is None:
        raise Forbidden
    problems: dict[str, list[str]] = {}
    if not visit.source_reference:
        problems["source_reference"] = ["请填写你方平台的编号"]
    if visit.source is not actor.source:
        problems["source"] = [f"这个令牌送来的，来源是“{label(actor.source)}”"]
    if visit.links:
        problems["links"] = ["外部平台不能关联本中心的纠纷"]
    if problems:
        raise Invalid(problems)


def _wait_for_turn(session: Session, actor: Actor) -> None:
    """One sending of an account after the other, so that the second finds the first."""
    wait_in_line(session, PATIENCE_S)
    mine = sa.select(User.id).where(User.id == actor.user_id)
    session.execute(mine.with_for_update(key_share=True))


def _compare(session: Session, dispute: Dispute, visit: Visit, desk: Desk) -> None:
    """Conflict unless the same was said the first time; what the office corrected is no matter."""
    told = session.scalar(
        sa.select(Event.detail).where(
            Event.subject == "dispute", Event.subject_id == dispute.id, Event.action == SENT
        )
    )
    said = _said(visit)
    mine = field_key(dispute, desk).digest(SAID, said)
    # before keys could change, it was kept under an index key
    every = {each.hex() for each in (mine, *desk.keyring.indexes(SAID, said))}
    if told is None or told.get("content") not in every:
        raise Conflict(f"这个编号已经送来过，内容不同：本中心编号 {dispute.number}")


def _said(visit: Visit) -> str:
    """Everything said; what was left empty is as if it were not there."""
    return json.dumps(_filled(asdict(visit)), sort_keys=True, default=str)


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        said = {name: each for name, each in value.items() if each or type(each) is int}
        return {name: _filled(each) for name, each in said.items()}
    if isinstance(value, list):
        return [_filled(each) for each in value]
    return value
