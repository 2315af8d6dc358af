"""Exchange figures with the court 数据交换: read its sheet beside ours, explain, keep it.

Nothing of ours is changed by it: who explains a difference mends it where it lies, or asks the
court to.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.exchange import ExchangeReason, ExchangeState
from models import Exchange, ExchangeRow, Organisation, transaction
from service.desk import Desk
from service.errors import Conflict, NotFound, Stale
from service.gateways import workbook
from service.operations.event import record as record_event
from service.operations.number import PATIENCE_S, wait_in_line
from service.queries.access import of_town
from service.queries.exchange import NOT_FOUND, our_cases
from service.rules import access
from service.rules import exchange as rules
from service.rules.access import Actor


def read(content: bytes, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Hold the court's sheet against ours; the id of what was found. Invalid at `file`.

    A sheet that is being looked at already is that one, not another.
    """
    access.require(actor, "exchange.run", desk.policy.access)
    sheets, digest = workbook.read(content), hashlib.sha256(content).hexdigest()
    with transaction() as session:
        _wait_for_ones_turn(session, actor)
        known = session.scalar(
            sa.select(Exchange.id).where(
                Exchange.digest == digest,
                Exchange.state == ExchangeState.READ,
                of_town(actor, Exchange.organisation_id),
            )
        )
        if known is not None:
            return known
        rows = rules.compare(sheets, our_cases(actor))
        made = uuid4()
        session.add(
            Exchange(
                id=made,
                state=ExchangeState.READ,
                organisation_id=actor.organisation_id,
                digest=digest,
                read_by=actor.user_id,
                read_at=now,
            )
        )
        session.flush()  # its rows name its id
        session.add_all(
            ExchangeRow(
                exchange_id=made,
                ordinal=ordinal,
                place=each.place,
                verdict=each.verdict,
                case_number=each.case_number,
                number=each.number,
                theirs=each.theirs,
                ours=each.ours,
                problem=each.problem,
            )
            for ordinal, each in enumerate(rows, 1)
        )
        _note(session, made, "exchange-read", {"rows": len(rows)}, actor=actor, now=now)
    return made


def _wait_for_ones_turn(session: Session, actor: Actor) -> None:
    """Who sends the same sheet in the same moment waits at the unit, and finds it read."""
    wait_in_line(session, PATIENCE_S)
    session.get(Organisation, actor.organisation_id, with_for_update={"key_share": True})


def keep(
    exchange_id: UUID,
    reasons: Mapping[int, ExchangeReason],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Keep it 核对: every row that differs has its reason. Invalid at `reasons.N`."""
    with transaction() as session:
        row = _held(session, exchange_id, version, actor=actor, desk=desk)
        found = session.scalars(
            sa.select(ExchangeRow).where(ExchangeRow.exchange_id == row.id)
        ).all()
        rules.check_reasons({each.ordinal: each.verdict for each in found}, reasons)
        for each in found:
            each.reason = reasons.get(each.ordinal)
        _settle(row, ExchangeState.KEPT, actor=actor, now=now)
        _note(session, row.id, "exchange-keep", {"reasons": len(reasons)}, actor=actor, now=now)


def drop(exchange_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime) -> None:
    """Put it aside: it was the wrong sheet, or it comes again mended."""
    with transaction() as session:
        row = _held(session, exchange_id, version, actor=actor, desk=desk)
        _settle(row, ExchangeState.DROPPED, actor=actor, now=now)
        _note(session, row.id, "exchange-drop", {}, actor=actor, now=now)


def _held(
    session: Session, exchange_id: UUID, version: int, *, actor: Actor, desk: Desk
) -> Exchange:
    access.require(actor, "exchange.run", desk.policy.access)
    row = session.scalar(
        sa.select(Exchange)
        .where(Exchange.id == exchange_id, of_town(actor, Exchange.organisation_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(NOT_FOUND)
    if row.version != version:
        raise Stale(["state"])
    if row.state is not ExchangeState.READ:
        raise Conflict("这张表已经核对过了")
    return row


def _settle(row: Exchange, state: ExchangeState, *, actor: Actor, now: datetime) -> None:
    row.state, row.settled_by, row.settled_at = state, actor.user_id, now


def _note(
    session: Session,
    exchange_id: UUID,
    deed: str,
    detail: dict[str, int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record_event(
        session, exchange_id, subject="exchange", action=deed, actor=actor, now=now, detail=detail
    )
