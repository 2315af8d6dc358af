"""Take deleted words out of the files 检索待办: what became restricted leaves no clear copy.

SQLite's index notes a deletion beside the deleted terms, and both stay in its file until its parts
are merged into one; the pages from before stay in the write-ahead log until that is emptied.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Duty, TextDuty, db, insert, transaction
from models.base import BUSY_TIMEOUT_MS

PAGES: Final = 250  # merged in one transaction; it keeps other writers waiting for so long
PATIENCE_MS: Final = 250
MERGE: Final = "INSERT INTO dispute_words(dispute_words, rank) VALUES ('merge', :pages)"
WORK_DONE: Final = 2  # a merge that counts fewer changes found nothing to merge


def purge(limit: int) -> int:
    """Do up to `limit` short steps of it; how many, 0 when nothing waits.

    It can stop after any of them. On PostgreSQL nothing ever waits.
    """
    done = 0
    while done < limit and _step():
        done += 1
    return done


def _step() -> bool:
    waiting = set(db.session.scalars(sa.select(TextDuty.kind).where(TextDuty.kind != Duty.FILL)))
    if waiting & {Duty.MERGE, Duty.MERGING}:
        _merge()
        return True
    return Duty.TRUNCATE in waiting and _truncate()


def _merge() -> None:
    """Merge some pages: of all parts when something was deleted since, else of those begun with."""
    with transaction() as session:
        if _done(session, Duty.MERGE):
            _noted(session, Duty.MERGING)
            session.execute(sa.text(MERGE), {"pages": -PAGES})
            return
        before = _changes(session)
        session.execute(sa.text(MERGE), {"pages": PAGES})
        if _changes(session) - before < WORK_DONE:
            _done(session, Duty.MERGING)
            _noted(session, Duty.TRUNCATE)


def _truncate() -> bool:
    """Empty the write-ahead log, unless somebody reads from it: then at another tick."""
    db.session.rollback()  # our own look would be such a reader
    connection = db.engine.raw_connection()
    cursor: Any = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")  # writers wait meanwhile
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.close()
    if busy:
        return False
    with transaction() as session:
        _done(session, Duty.TRUNCATE)
    return True


def _done(session: Session, kind: Duty) -> bool:
    """Strike a duty off; whether it stood there."""
    struck = sa.delete(TextDuty).where(TextDuty.kind == kind).returning(TextDuty.kind)
    return session.scalar(struck.execution_options(synchronize_session=False)) is not None


def _noted(session: Session, kind: Duty) -> None:
    noted = insert(session, TextDuty).values(kind=kind)
    session.execute(noted.on_conflict_do_nothing(index_elements=[TextDuty.kind]))


def _changes(session: Session) -> int:
    """How many rows this connection has changed so far, those of the index's own tables too."""
    connection: Any = session.connection().connection.driver_connection
    return int(connection.total_changes)
