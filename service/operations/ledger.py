"""Import an office's ledger 台账: look first, write the good rows at once, or take it back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import DisputeStatus, LedgerFate, Outcome, Step
from models import Dispute, Episode, Event, Lawsuit, LedgerBatch, transaction
from service.desk import Desk
from service.errors import Conflict, NotFound
from service.gateways import workbook
from service.operations import clock, dispute_text, ledger_entry
from service.operations.event import record
from service.operations.number import take, wait_in_line
from service.queries import sight
from service.queries.ledger import known
from service.rules import access, ledger
from service.rules.access import Actor
from service.rules.ledger import Ledger

PATIENCE_S = 120
LOCK = ("ledger-import", 0)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: every row's fate, and the batch of what was written, if anything was."""

    ledger: Ledger
    batch_id: UUID | None


@sight.whole("importing a ledger")
def preview(content: bytes, *, actor: Actor | None, desk: Desk, now: datetime) -> Ledger:
    """Every row's fate if the workbook were imported now; nothing is written."""
    _may(actor, "ledger.preview", desk)
    return _read(content, desk, now)


@sight.whole("importing a ledger")
def take_in(
    content: bytes, file_name: str, *, actor: Actor | None, desk: Desk, now: datetime
) -> Imported:
    """Write the ok rows as disputes in one transaction; the others are only reported.

    Imports queue behind each other, so the same workbook twice at once still adds nothing twice.
    """
    _may(actor, "ledger.commit", desk)
    sheets = workbook.read(content)
    with transaction() as session:
        wait_in_line(session, PATIENCE_S)
        take(session, *LOCK)
        found = _parse(sheets, desk, now)
        accepted = [row for row in found.rows if row.fate is LedgerFate.OK]
        if not accepted:
            return Imported(found, None)
        batch = LedgerBatch(
            id=uuid4(),
            file_name=file_name[:200],
            file_hash=hashlib.sha256(content).hexdigest(),
            row_count=len(accepted),
            imported_at=now,
            imported_by=actor.user_id if actor else None,
        )
        session.add(batch)
        session.flush()  # the disputes refer to it
        ledger_entry.write(session, accepted, batch.id, actor=actor, desk=desk, now=now)
        record(
            session,
            batch.id,
            subject="ledger_batch",
            action="import",
            actor=actor,
            now=now,
            detail=found.counts,
        )
    return Imported(found, batch.id)


@sight.whole("importing a ledger")
def undo(batch_id: UUID, *, actor: Actor | None, desk: Desk, now: datetime) -> int:
    """Withdraw a batch nobody has worked on: its disputes become mistaken; how many there were."""
    _may(actor, "ledger.commit", desk)
    with transaction() as session:
        batch = session.get(LedgerBatch, batch_id, with_for_update=True)
        if batch is None:
            raise NotFound("没有这个导入批次")
        if batch.withdrawn_at is not None:
            raise Conflict("这个批次已经撤回")
        session.execute(
            sa.select(Dispute.id).where(Dispute.batch_id == batch_id).with_for_update()
        )  # whoever is working on one of them goes first, and is then seen
        if _touched(session, batch_id):
            raise Conflict("这个批次的纠纷已经有人办理，不能整批撤回")
        count = _withdraw(session, batch_id, actor=actor, desk=desk, now=now)
        batch.withdrawn_at = now
        record(
            session,
            batch_id,
            subject="ledger_batch",
            action="withdraw-batch",
            actor=actor,
            now=now,
            detail={"rows": count},
        )
    return count


def _may(actor: Actor | None, action: str, desk: Desk) -> None:
    """A signed-in user needs the right; the command line on the server itself does not."""
    if actor is not None:
        access.require(actor, action, desk.policy.access)


def _read(content: bytes, desk: Desk, now: datetime) -> Ledger:
    return _parse(workbook.read(content), desk, now)


def _parse(sheets: tuple[ledger.Sheet, ...], desk: Desk, now: datetime) -> Ledger:
    """Read twice: once for what the rows are, once more knowing which are stored already."""
    policy = desk.policy
    reading = partial(
        ledger.parse,
        sheets,
        categories=policy.categories,
        sources=policy.sources,
        words=policy.ledger,
        today=desk.today(now),
    )
    first = reading()
    stored = known((row.fingerprint for row in first.rows if row.fingerprint), desk.keyring)
    return reading(known=stored) if stored else first


def _touched(session: Session, batch_id: UUID) -> bool:
    worked_on = (
        sa.select(Event.id)
        .join(Dispute, Dispute.id == Event.subject_id)
        .where(Dispute.batch_id == batch_id, Event.subject == "dispute", Event.action != "import")
        .limit(1)
    )
    sued = (
        sa.select(Lawsuit.id)
        .join(Dispute, Dispute.id == Lawsuit.dispute_id)
        .where(Dispute.batch_id == batch_id)
        .limit(1)
    )
    changed = (
        sa.select(Dispute.id).where(Dispute.batch_id == batch_id, Dispute.version > 1).limit(1)
    )
    return any(session.scalar(each) is not None for each in (worked_on, sued, changed))


def _withdraw(
    session: Session, batch_id: UUID, *, actor: Actor | None, desk: Desk, now: datetime
) -> int:
    today = desk.today(now)
    mine = sa.select(Dispute.id).where(Dispute.batch_id == batch_id)
    session.execute(
        sa.update(Episode)
        .where(Episode.dispute_id.in_(mine))
        .values(outcome=Outcome.MISTAKEN, closed_on=sa.func.coalesce(Episode.closed_on, today))
        .execution_options(synchronize_session=False)
    )
    withdrawn = session.execute(
        sa.update(Dispute)
        .where(Dispute.batch_id == batch_id)
        .values(
            status=DisputeStatus.CLOSED,
            outcome=Outcome.MISTAKEN,
            closed_on=sa.func.coalesce(Dispute.closed_on, today),
            fingerprint=None,
            due_on=None,
            due_rule=None,
            due_provisional=False,
            due_paused=False,
            remedy_on=None,
            remedy_rule=None,
            next_on=None,
            version=Dispute.version + 1,
        )
        .returning(Dispute.id, Dispute.version)
        .execution_options(synchronize_session=False)
    ).all()
    clock.withdrawn(session, mine, desk=desk, now=now)
    dispute_text.forget_batch(session, batch_id)
    for dispute_id, version in withdrawn:
        record(
            session,
            dispute_id,
            subject="dispute",
            action=Step.VOID.value,
            actor=actor,
            now=now,
            change=(None, DisputeStatus.CLOSED),
            detail={"batch": str(batch_id)},
            version=version,
        )
    return len(withdrawn)
