"""Go through a whole table while others write in it: in short transactions, in nobody's way."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from models import db, transaction
from service.gateways.keyring import CannotOpen
from service.queries.page import beyond

log = logging.getLogger(__name__)
AT_ONCE: Final = 200  # rows in one transaction; it keeps other writers waiting for so long
MOST_PASSES: Final = 60
OWN: Final = "own_"
FRESH: Final = "fresh_"
Tell = Callable[[float], None]
Settle = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Which rows of a table, what is read of each, and the values it gets; None: it is right.

    `anew` may raise CannotOpen: such a row stays as it is. Nothing to get, but not None, says that
    it changed something elsewhere.
    """

    name: str
    table: Any
    needs: Sequence[Any]
    condition: ColumnElement[bool]
    anew: Callable[[Session, Any], Mapping[str, Any] | None]
    join: tuple[Any, ColumnElement[bool]] | None = None

    @property
    def keys(self) -> list[Any]:
        """The columns of the table's primary key."""
        return list(sa.inspect(self.table).primary_key)


@dataclass(slots=True)
class Walked:
    """Rows changed, by the names of the walks; `shut`: rows that do not open, at the last pass."""

    changed: dict[str, int] = field(default_factory=dict)
    shut: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Batch:
    last: Sequence[Any] | None
    seen: int = 0
    changed: int = 0
    missed: int = 0
    shut: int = 0


def through(walks: Sequence[Walk], tell: Tell, settle: Settle) -> Walked:
    """Walk until a pass finds nothing to change and nobody in the way."""
    walked, total, looked = Walked(), sum(map(count, walks)), 0
    for _ in range(MOST_PASSES):
        changed = missed = 0
        walked.shut = {}
        for walk in walks:
            for batch in _batches(walk):
                _add(walked.changed, walk.name, batch.changed)
                _add(walked.shut, walk.name, batch.shut)
                changed, missed = changed + batch.changed, missed + batch.missed
                looked += batch.seen
                tell(min(1.0, looked / max(total, 1)))
        if not changed and not missed:
            break
        if missed:
            settle()
    return walked


def count(walk: Walk) -> int:
    """How many rows there are to go through."""
    query = sa.select(sa.func.count()).select_from(walk.table).where(walk.condition)
    return db.session.scalar(query) or 0


def _add(counted: dict[str, int], name: str, more: int) -> None:
    if more:
        counted[name] = counted.get(name, 0) + more


def _batches(walk: Walk) -> Iterator[_Batch]:
    after: Sequence[Any] | None = None
    while True:
        with transaction() as session:
            batch = _batch(session, walk, after)
        if batch.last is None:
            return
        after = batch.last
        yield batch


def _batch(session: Session, walk: Walk, after: Sequence[Any] | None) -> _Batch:
    """One transaction of it. Rows somebody is writing are passed by, so that nobody who waits for
    us is ever waited for.
    """
    keys, conditions = walk.keys, [walk.condition]
    if after is not None:
        conditions.append(beyond(keys, after, descending=False))
    ahead = sa.select(*keys).where(*conditions).order_by(*keys).limit(AT_ONCE)
    found = session.execute(ahead).all()
    if not found:
        return _Batch(None)
    batch = _Batch(list(found[-1]), seen=len(found))
    conditions.append(sa.not_(beyond(keys, batch.last or (), descending=False)))
    rows = session.execute(_locked(walk, conditions)).all()
    batch.missed = max(0, len(found) - len(rows))
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        try:
            fresh = walk.anew(session, row)
        except CannotOpen:
            log.warning("a sealed value does not open", extra={"walk": walk.name})
            batch.shut += 1
            continue
        if fresh is not None:
            mine = {f"{OWN}{place}": row[place] for place in range(len(keys))}
            told = {FRESH + name: value for name, value in fresh.items()}
            changes.setdefault(tuple(fresh), []).append(mine | told)
    for names, values in changes.items():
        batch.changed += len(values)
        if names:
            session.connection().execute(_update(walk, names), values)
    return batch


def _locked(walk: Walk, conditions: Sequence[ColumnElement[bool]]) -> sa.Select[*tuple[Any, ...]]:
    own = [key.label(f"{OWN}{place}") for place, key in enumerate(walk.keys)]
    query = sa.select(*own, *walk.needs).where(*conditions)
    if walk.join is not None:
        query = query.join(*walk.join)
    return query.with_for_update(of=walk.table, skip_locked=True, key_share=True)


def _update(walk: Walk, names: Sequence[str]) -> sa.Update:
    table = walk.table.__table__
    mine = (
        key == sa.bindparam(f"{OWN}{place}", type_=key.type) for place, key in enumerate(walk.keys)
    )
    fresh: dict[str, Any] = {name: sa.bindparam(FRESH + name) for name in names}
    return sa.update(table).where(*mine).values(fresh)
