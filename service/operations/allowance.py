"""Take one of what is limited 限次, before it is done, so that parallel tries cannot exceed it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import Limit
from models import Allowance, db, insert, transaction
from service.desk import Desk
from service.errors import TooOften

KEPT = timedelta(days=1)
KEY: Final = (Allowance.kind, Allowance.subject, Allowance.began_at)


def take(kind: str, subject: str, limit: Limit, *, desk: Desk, now: datetime) -> None:
    """Count one use of `kind` by `subject`; TooOften, with the seconds to wait, beyond `limit`.

    What was used in the stretch before counts by the part of it that is still within one stretch of
    now, so that nobody has twice as much around the turn. What is refused does not count.
    It commits by itself unless it stands in a transaction: a use that fails later was a use.
    """
    counter = _Counter(kind, _hidden(kind, subject, desk), limit, now)
    with transaction() as session:
        used = _raised(session, counter)
        wait = _wait(used, _earlier(session, counter), limit, now)
        if wait:
            _lower(session, counter)
    if wait:
        raise TooOften(wait)


def count(
    session: Session, kind: str, subject: str, per: timedelta, *, desk: Desk, now: datetime
) -> int:
    """How often `kind` came by `subject` in this stretch of time, with this time; no limit."""
    limit = Limit(0, per)
    return _raised(session, _Counter(kind, _hidden(kind, subject, desk), limit, now))


def give_back(kind: str, subject: str, limit: Limit, *, desk: Desk, now: datetime) -> None:
    """Take back one use that turned out to be none to be counted."""
    with transaction() as session:
        _lower(session, _Counter(kind, _hidden(kind, subject, desk), limit, now))


def take_different(
    kind: str, subject: str, values: Collection[str], limit: Limit, *, desk: Desk, now: datetime
) -> frozenset[str]:
    """Those of `values` that `subject` may use: a value costs one use, however often it comes.

    What comes again is no write. Values beyond `limit` are missing in the answer.
    """
    began_at = _window(now, limit.per)
    hidden = {_hidden(kind, f"{subject}:{value}", desk): value for value in values}
    seen = sa.select(Allowance.subject).where(
        Allowance.kind == kind, Allowance.began_at == began_at, Allowance.subject.in_(hidden)
    )
    taken = set(db.session.scalars(seen))
    if taken == hidden.keys():
        return frozenset(values)
    counter = _Counter(f"{kind}s", _hidden(kind, subject, desk), limit, now)
    with transaction() as session:
        for value in sorted(hidden.keys() - taken):
            if not _is_first(session, _Counter(kind, value, limit, now)):
                taken.add(value)  # somebody's parallel request was quicker
            elif _raised(session, counter) <= limit.count:
                taken.add(value)
            else:
                session.execute(
                    sa.delete(Allowance).where(
                        Allowance.kind == kind,
                        Allowance.began_at == began_at,
                        Allowance.subject == value,
                    )
                )
                break
    return frozenset(hidden[each] for each in taken)


def seconds_left(limit: Limit, now: datetime) -> int:
    """How long until what is limited so may be done again."""
    return int((_window(now, limit.per) + limit.per - now).total_seconds()) + 1


@dataclass(frozen=True, slots=True)
class _Counter:
    """One row of counting."""

    kind: str
    subject: bytes
    limit: Limit
    now: datetime

    @property
    def first(self) -> dict[str, Any]:
        """The row as it begins."""
        began_at = _window(self.now, self.limit.per)
        return {"kind": self.kind, "subject": self.subject, "began_at": began_at, "used": 1}


def _raised(session: Session, counter: _Counter) -> int:
    """How often it was used, with this time."""
    statement = (
        insert(session, Allowance)
        .values(counter.first)
        .on_conflict_do_update(index_elements=KEY, set_={"used": Allowance.used + 1})
        .returning(Allowance.used)
    )
    used: int = session.execute(statement).scalar_one()
    return used


def _lower(session: Session, counter: _Counter) -> None:
    """One use less."""
    session.execute(
        sa.update(Allowance)
        .where(_row_of(counter, _window(counter.now, counter.limit.per)), Allowance.used > 0)
        .values(used=Allowance.used - 1)
        .execution_options(synchronize_session=False)
    )


def _earlier(session: Session, counter: _Counter) -> int:
    """How often it was used in the stretch before."""
    began_at = _window(counter.now, counter.limit.per) - counter.limit.per
    return session.scalar(sa.select(Allowance.used).where(_row_of(counter, began_at))) or 0


def _row_of(counter: _Counter, began_at: datetime) -> sa.ColumnElement[bool]:
    return (
        (Allowance.kind == counter.kind)
        & (Allowance.subject == counter.subject)
        & (Allowance.began_at == began_at)
    )


def _wait(used: int, earlier: int, limit: Limit, now: datetime) -> int:
    """After how many seconds one more use would be within the limit; 0 when this one is."""
    per = limit.per.total_seconds()
    passed = (now - _window(now, limit.per)).total_seconds()
    if used + earlier * (1 - passed / per) <= limit.count:
        return 0
    if used > limit.count:  # this stretch is full: one use has to slide out of the next one
        return ceil(per - passed + per / max(limit.count, 1))
    return ceil(per * (1 - (limit.count - used) / earlier) - passed)


def _is_first(session: Session, counter: _Counter) -> bool:
    statement = (
        insert(session, Allowance)
        .values(counter.first)
        .on_conflict_do_nothing(index_elements=KEY)
        .returning(Allowance.used)
    )
    return session.execute(statement).first() is not None


def _hidden(kind: str, subject: str, desk: Desk) -> bytes:
    return desk.keyring.index(f"allowance:{kind}", subject)


def forget_expired(now: datetime) -> int:
    """Delete counters nobody will ask for again; how many there were."""
    with transaction() as session:
        gone = session.execute(
            sa.delete(Allowance).where(Allowance.began_at < now - KEPT).returning(Allowance.kind)
        )
        return len(gone.all())


def _window(now: datetime, per: timedelta) -> datetime:
    """The beginning of the stretch `now` lies in."""
    seconds = int(per.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
