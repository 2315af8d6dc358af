"""Look at imported ledgers 台账: what is known already, which batches there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from models import Dispute, LedgerBatch, User, db
from service.gateways.keyring import Keyring

CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import."""

    id: UUID
    file_name: str
    row_count: int
    imported_at: datetime
    imported_by: str | None
    withdrawn_at: datetime | None


def known(fingerprints: Iterable[str], keyring: Keyring) -> frozenset[str]:
    """Those of `fingerprints` that stored disputes have, found through their keyed index."""
    by_index = {index: each for each in fingerprints for index in keyring.indexes("matter", each)}
    found: set[str] = set()
    for chunk in _chunks(by_index):
        stored = db.session.scalars(
            sa.select(Dispute.fingerprint).where(Dispute.fingerprint.in_(chunk))
        )
        found |= {by_index[index] for index in stored if index is not None}
    return frozenset(found)


def batches(limit: int = 20) -> list[BatchView]:
    """The newest imports."""
    found = db.session.execute(
        sa.select(LedgerBatch, User.name)
        .outerjoin(User, User.id == LedgerBatch.imported_by)
        .order_by(LedgerBatch.imported_at.desc(), LedgerBatch.id)
        .limit(limit)
    )
    return [
        BatchView(
            batch.id,
            batch.file_name,
            batch.row_count,
            batch.imported_at,
            name,
            batch.withdrawn_at,
        )
        for batch, name in found
    ]


def _chunks(indexes: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(indexes)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
