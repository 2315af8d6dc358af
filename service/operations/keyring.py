"""Change the keys 换密钥 while the service runs: everything sealed is sealed anew with the newest.

Whoever reads meanwhile opens old and new alike. It can be stopped and begun again at any time:
what is done already is seen by its head.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import KeyCheck, db, transaction
from service.desk import Desk
from service.errors import Conflict
from service.gateways.keyring import CODES, HEAD_BYTES, ID_BYTES, INDEX, INDEX_PLACE, VERSION
from service.operations import reindex
from service.operations.base import check_keys
from service.operations.event import record
from service.operations.walk import Settle, Tell, Walk, count, through
from service.queries.sealed import CHECKS, FIELDS, SEALED, Field, Sealed, name_of, place_in

SUBJECT: Final = "system"
SYSTEM: Final = UUID(int=0)


@dataclass(slots=True)
class Rotated:
    """What was done: values by column; `left`: what is not under the newest keys, and why not."""

    key: str
    index_key: str
    cipher: str
    resealed: dict[str, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    indexed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many values were sealed or computed anew."""
        return sum(sum(each.values()) for each in (self.resealed, self.fields, self.indexed))


def rotate(
    *,
    desk: Desk,
    now: datetime,
    fields: bool = False,
    tell: Tell = lambda _: None,
    settle: Settle = lambda: None,
) -> Rotated:
    """Seal everything anew with the newest data key, and compute blind indexes with the newest.

    `fields`: what the keys of disputes seal is sealed anew too, where another algorithm sealed it.
    `settle` is called before rows that somebody was writing are come back to. Raises Conflict when
    a key is missing.
    """
    check_keys(desk.keyring)
    ring = desk.keyring
    done = Rotated(ring.data_ids[0], ring.index_ids[0], ring.algorithm.value)
    _note("rotate_begin", done, now)
    work = [_resealing(each, desk) for each in SEALED]
    done.resealed = through(work, tell, settle).changed
    if fields:
        chosen = [_refielding(each, desk) for each in FIELDS if not each.fixed]
        walked = through(chosen, tell, settle)
        done.fields, done.left = walked.changed, walked.shut
    if index_key(desk) != done.index_key:
        done.indexed, wrong = _reindexed(desk, tell, settle)
        done.left |= wrong
    under_old = {each.name: left for each in work if (left := count(each))}
    done.left |= under_old
    if not under_old:
        through([_resealing(CHECKS, desk)], tell, settle)
    _note("rotate", done, now)
    return done


def uses() -> dict[str, int]:
    """How many values each data key holds, by its id; what version 1 sealed stands under ''."""
    found: dict[str, int] = {}
    for each in (*SEALED, CHECKS):
        version = _cut(each.column, 1, len(VERSION)).label("version")
        name = _cut(each.column, HEAD_BYTES - ID_BYTES + 1, ID_BYTES).label("name")
        made = sa.select(version, name).where(each.column.is_not(None)).subquery()
        counted = sa.select(made.c.version, made.c.name, sa.func.count().label("number"))
        for row in db.session.execute(counted.group_by(made.c.version, made.c.name)):
            known = bytes(row.name).hex() if bytes(row.version) == VERSION else ""
            found[known] = found.get(known, 0) + row.number
    return found


def _resealing(sealed: Sealed, desk: Desk) -> Walk:
    """What the newest data key and the chosen algorithm have not sealed."""

    def anew(_: Session, row: Any) -> dict[str, bytes]:
        place = place_in(row, sealed.place)
        return {sealed.column.key: desk.keyring.reseal(row.value, place)}

    head = sa.literal(desk.keyring.head, sa.LargeBinary)
    return Walk(
        name=name_of(sealed.column),
        table=sealed.column.class_,
        needs=(*sealed.needs, sealed.column.label("value")),
        condition=_cut(sealed.column, 1, HEAD_BYTES) != head,
        anew=anew,
    )


def _refielding(sealed: Field, desk: Desk) -> Walk:
    """What another algorithm than the chosen one sealed with the key of a dispute."""
    holder = sealed.owner.__table__.alias("holder")

    def anew(_: Session, row: Any) -> dict[str, bytes]:
        place = place_in(row, sealed.place)
        mine = f"{sealed.owner.__tablename__}:{row.owner_id}"
        key = desk.keyring.field_key(row.owner_key, mine)
        return {sealed.column.key: key.seal(key.open(row.value, place), place)}

    head = VERSION + CODES[desk.keyring.algorithm]
    return Walk(
        name=name_of(sealed.column),
        table=sealed.column.class_,
        needs=(
            *sealed.needs,
            sealed.column.label("value"),
            holder.c.sealed_key.label("owner_key"),
            holder.c.id.label("owner_id"),
        ),
        condition=_cut(sealed.column, 1, len(head)) != sa.literal(head, sa.LargeBinary),
        anew=anew,
        join=(holder, holder.c.id == sealed.of),
    )


def _reindexed(desk: Desk, tell: Tell, settle: Settle) -> tuple[dict[str, int], dict[str, int]]:
    walks, wrong = reindex.walks(desk)
    walked = through(walks, tell, settle)
    settle()  # what was begun under the old key and written behind our back
    again = through(walks, lambda _: None, settle)
    changed = {
        name: walked.changed.get(name, 0) + again.changed.get(name, 0)
        for name in walked.changed | again.changed
    }
    _note_index_key(desk)
    return changed, {name: len(ids) for name, ids in wrong.items()} | again.shut


def _cut(column: Any, start: int, length: int) -> Any:
    """The bytes of a column from `start`, counted from 1."""
    return sa.func.substr(column, start, length, type_=sa.LargeBinary)


def index_key(desk: Desk) -> str:
    """The id of the key all blind indexes are computed with."""
    kept = db.session.scalar(sa.select(KeyCheck.sealed).where(KeyCheck.name == INDEX))
    if kept is None:
        raise Conflict("数据库里没有记下盲索引用的是哪个密钥")
    return desk.keyring.open(kept, INDEX_PLACE).decode()


def _note_index_key(desk: Desk) -> None:
    with transaction() as session:
        kept = session.get_one(KeyCheck, INDEX)
        kept.sealed = desk.keyring.seal(desk.keyring.index_ids[0].encode(), INDEX_PLACE)


def _note(action: str, done: Rotated, now: datetime) -> None:
    detail = {
        "key": done.key,
        "index_key": done.index_key,
        "cipher": done.cipher,
        "count": done.total,
        "left": sum(done.left.values()),
    }
    with transaction() as session:
        record(session, SYSTEM, subject=SUBJECT, action=action, actor=None, now=now, detail=detail)
