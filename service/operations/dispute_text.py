"""Keep a dispute findable by its words 检索: bigrams of the narrative and of names in clear."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Dispute, DisputeText, Party
from service.rules import search

# SQLite's index may keep deleted terms until its segments merge; so many pages are merged at once
MERGED_PAGES = 2_000


def index(session: Session, dispute: Dispute) -> None:
    """Write the words of `dispute` into the index anew; a restricted one has none there."""
    if dispute.restricted:
        _forget(session, dispute.id)
        return
    named = session.execute(
        sa.select(Party.name, Party.initials)
        .where(Party.dispute_id == dispute.id, Party.name.is_not(None))
        .order_by(Party.position)
    ).all()
    values = entry(dispute.id, dispute.narrative or "", [(row[0] or "", row[1]) for row in named])
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    written = dialect.insert(DisputeText).values(values)
    changed = {name: written.excluded[name] for name in ("names", "words", "terms")}
    session.execute(
        written.on_conflict_do_update(index_elements=[DisputeText.dispute_id], set_=changed)
    )


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


def forget_batch(session: Session, batch_id: UUID) -> None:
    """Take the disputes of a withdrawn import out of the index."""
    mine = sa.select(Dispute.id).where(Dispute.batch_id == batch_id)
    session.execute(
        sa.delete(DisputeText)
        .where(DisputeText.dispute_id.in_(mine))
        .execution_options(synchronize_session=False)
    )


def _forget(session: Session, dispute_id: UUID) -> None:
    gone = session.execute(
        sa.delete(DisputeText)
        .where(DisputeText.dispute_id == dispute_id)
        .returning(DisputeText.id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone and session.get_bind().dialect.name == "sqlite":
        merge = "INSERT INTO dispute_words(dispute_words, rank) VALUES ('merge', :pages)"
        session.execute(sa.text(merge), {"pages": -MERGED_PAGES})
