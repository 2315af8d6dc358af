"""Keep disputes and consultations findable 检索: bigrams of their words and of names in clear."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from models import (
    Consultation,
    Dispute,
    DisputeText,
    Duty,
    LedgerBatch,
    Party,
    TextDuty,
    db,
    insert,
    transaction,
)
from service.desk import Desk
from service.gateways.consultation import who_asked
from service.gateways.keyring import CannotOpen
from service.gateways.pinyin import initials
from service.operations.base import check_keys
from service.operations.party import phone_tail
from service.queries.page import beyond
from service.rules import search

log = logging.getLogger(__name__)
AT_ONCE: Final = 250  # disputes in one transaction; it keeps other writers waiting for so long
_NEW: Final = sa.insert(DisputeText)
Named = dict[UUID, list[tuple[str, str | None]]]


def index(session: Session, dispute: Dispute) -> None:
    """Write the words of `dispute` into the index anew.

    A restricted one has none there, nor has one that went into another: those lead to that one.
    """
    if dispute.restricted or dispute.merged_into_id is not None:
        _forget(session, DisputeText.dispute_id == dispute.id)
        return
    gone = _merged_into(session, dispute)
    named = session.execute(
        sa.select(Party.name, Party.initials)
        .where(Party.dispute_id.in_([dispute.id, *gone]), Party.name.is_not(None))
        .order_by(sa.case((Party.dispute_id == dispute.id, 0), else_=1), Party.position, Party.id)
    ).all()
    told = list(dict.fromkeys((row[0] or "", row[1]) for row in named))
    words = "\n".join([dispute.narrative or "", *gone.values()])
    _write(session, [entry(dispute.id, words, told)], DisputeText.dispute_id)


def _merged_into(session: Session, dispute: Dispute) -> dict[UUID, str]:
    """The narratives of what went into it 并案: who looks for their words finds this one."""
    found = session.execute(
        sa.select(Dispute.id, Dispute.narrative)
        .where(Dispute.merged_into_id == dispute.id)
        .order_by(Dispute.registered_at, Dispute.id)
    )
    return {row[0]: row[1] or "" for row in found}


def index_new(session: Session, fresh: Mapping[Dispute, Sequence[Party]]) -> None:
    """Write the words of disputes just registered with these parties; restricted ones have none."""
    entries = [
        entry(
            dispute.id,
            dispute.narrative or "",
            [(party.name or "", party.initials) for party in parties],
        )
        for dispute, parties in fresh.items()
        if not dispute.restricted
    ]
    if entries:
        session.connection().execute(_NEW, entries)


def entry(
    dispute_id: UUID, narrative: str, names: Iterable[tuple[str, str | None]]
) -> dict[str, Any]:
    """The row of the index for one dispute that is not restricted, to be written in bulk."""
    made = search.entry(narrative, names)
    return {
        "dispute_id": dispute_id,
        "names": made.names,
        "words": made.words,
        "terms": made.terms,
    }


def index_consultation(session: Session, row: Consultation, desk: Desk) -> None:
    """Write the question of `row` into the index anew, and who asked as keyed hashes.

    What became a restricted dispute has no entry. Raises CannotOpen under another data key.
    """
    if row.question is None:
        _forget(session, DisputeText.consultation_id == row.id)
        return
    _write(session, [consultation_entry(row, desk)], DisputeText.consultation_id)


def consultation_entry(row: Any, desk: Desk) -> dict[str, Any]:
    """The row of the index for one consultation whose question is in clear."""
    index = desk.keyring.index
    name, phone = who_asked(row, desk.keyring)
    hashes = [index("name", search.fold(name))] if name else []
    if phone:
        hashes += [index("phone", phone), index("phone_tail", phone[-4:])]
    made = search.sealed_entry(row.question, hashes)
    return {
        "consultation_id": row.id,
        "names": made.names,
        "words": made.words,
        "terms": made.terms,
    }


def forget_batch(session: Session, batch_id: UUID) -> None:
    """Take the disputes of a withdrawn import out of the index."""
    mine = sa.select(Dispute.id).where(Dispute.batch_id == batch_id)
    session.execute(
        sa.delete(DisputeText)
        .where(DisputeText.dispute_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    _purge_later(session)


def fill_missing(desk: Desk, limit: int) -> int:
    """Index up to `limit` disputes that are older than the index; how many, 0 when all are known.

    It goes from the newest to the oldest in short transactions and can stop after any of them.
    Initials and the ends of phone numbers that parties lack are written too. Raises Conflict
    under another data key.
    """
    waiting = sa.select(TextDuty.kind).where(TextDuty.kind == Duty.FILL)
    if db.session.scalar(waiting) is None:
        return 0
    check_keys(desk.keyring)
    done = 0
    while done < limit and (some := _fill_some(desk, min(AT_ONCE, limit - done))):
        done += some
    return done


def _fill_some(desk: Desk, count: int) -> int:
    """One transaction of it; 0 at the end, and while another worker is at it."""
    with transaction() as session:
        duty = session.get(TextDuty, Duty.FILL, with_for_update={"skip_locked": True})
        if duty is None:
            return 0
        found = session.execute(_older(duty, count)).all()
        if not found:
            session.delete(duty)
            return 0
        names = _completed(session, found, desk)
        withdrawn = _withdrawn(session, found)
        entries = [
            entry(row.id, row.narrative, names[row.id])
            for row in found
            if not row.restricted and row.merged_into_id is None and row.batch_id not in withdrawn
        ]
        if entries:
            _write(session, entries, DisputeText.dispute_id)
        duty.registered_at, duty.dispute_id = found[-1].registered_at, found[-1].id
        return len(found)


def _older(duty: TextDuty, count: int) -> sa.Select[*tuple[Any, ...]]:
    """The next disputes, held so that none becomes restricted while its words are written."""
    keys = (Dispute.registered_at, Dispute.id)
    query = sa.select(
        *keys,
        Dispute.restricted,
        Dispute.narrative,
        Dispute.batch_id,
        Dispute.sealed_key,
        Dispute.merged_into_id,
    )
    if duty.dispute_id is not None:
        query = query.where(beyond(keys, (duty.registered_at, duty.dispute_id), descending=True))
    newest = query.order_by(*(key.desc() for key in keys)).limit(count)
    return newest.with_for_update(read=True)


def _withdrawn(session: Session, disputes: Sequence[Any]) -> set[UUID]:
    """Which of their imports are withdrawn; asked once nobody can withdraw one any more."""
    batches = {row.batch_id for row in disputes if row.batch_id is not None}
    return set(
        session.scalars(
            sa.select(LedgerBatch.id).where(
                LedgerBatch.id.in_(batches), LedgerBatch.withdrawn_at.is_not(None)
            )
        )
    )


def _completed(session: Session, disputes: Sequence[Any], desk: Desk) -> Named:
    """Write what the parties of these disputes lack; their clear names with initials."""
    keys = {row.id: row.sealed_key for row in disputes}
    names: Named = {dispute_id: [] for dispute_id in keys}
    lacking = []
    for party in session.execute(_parties(keys)).all():
        tail = party.phone_tail_index or _tail(party, keys[party.dispute_id], desk)
        letters = party.initials
        if party.name is not None:
            letters = letters or initials(party.name)
            names[party.dispute_id].append((party.name, letters))
        if (letters, tail) != (party.initials, party.phone_tail_index):
            lacking.append({"party_id": party.id, "letters": letters, "tail": tail})
    if lacking:
        mine = Party.id == sa.bindparam("party_id")
        update = (
            sa.update(Party)
            .where(mine)
            .values(initials=sa.bindparam("letters"), phone_tail_index=sa.bindparam("tail"))
        )
        session.connection().execute(update, lacking)
    return names


def _parties(dispute_ids: Iterable[UUID]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Party.id,
            Party.dispute_id,
            Party.name,
            Party.initials,
            Party.phone_sealed,
            Party.phone_tail_index,
        )
        .where(Party.dispute_id.in_(dispute_ids))
        .order_by(Party.dispute_id, Party.position)
    )


def _tail(party: Any, sealed_key: bytes, desk: Desk) -> bytes | None:
    """The blind index of the end of a sealed phone; one that does not open stays as it is."""
    if party.phone_sealed is None:
        return None
    try:
        key = desk.keyring.field_key(sealed_key, f"dispute:{party.dispute_id}")
        return phone_tail(key.open(party.phone_sealed, f"party.phone:{party.id}"), desk.keyring)
    except CannotOpen:
        log.exception("phone does not open", extra={"party": str(party.id)})
        return None


def _write(session: Session, entries: list[dict[str, Any]], owner: Any) -> None:
    written = insert(session, DisputeText).values(entries)
    changed = {name: written.excluded[name] for name in ("names", "words", "terms")}
    session.execute(written.on_conflict_do_update(index_elements=[owner], set_=changed))


def _forget(session: Session, mine: ColumnElement[bool]) -> None:
    gone = session.execute(
        sa.delete(DisputeText)
        .where(mine)
        .returning(DisputeText.id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        _purge_later(session)


def forget(session: Session, dispute_id: UUID, consultation_ids: Sequence[UUID] = ()) -> None:
    """Take a dispute and what led to it out of the index, and old pages out of the files."""
    _forget(session, DisputeText.dispute_id == dispute_id)
    forget_consultations(session, consultation_ids)
    _purge_later(session)


def forget_consultations(session: Session, consultation_ids: Sequence[UUID]) -> None:
    """Take consultations out of the index, and old pages out of the files."""
    _forget(session, DisputeText.consultation_id.in_(consultation_ids))
    _purge_later(session)


def _purge_later(session: Session) -> None:
    """Leave it to a job to take deleted terms out of the file; only SQLite's index keeps them."""
    if session.get_bind().dialect.name == "sqlite":
        noted = insert(session, TextDuty).values(kind=Duty.MERGE)
        session.execute(noted.on_conflict_do_nothing(index_elements=[TextDuty.kind]))
