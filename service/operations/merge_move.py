"""Move what belongs to one dispute to another 并案, table by table, by `queries.merge_rule`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from models import (
    Base,
    ClockChange,
    ClockStep,
    Dispute,
    Link,
    Party,
    RepeatVisit,
)
from service.gateways.keyring import FieldKey
from service.operations.merge_record import BETWEEN, NOW, Watch, as_stored
from service.queries.merge_rule import BY_TABLE, RULES, Fate, MergeRule
from service.queries.party import identity_of
from service.queries.sealed import FIELDS
from service.rules import merge as rules

# columns of the row of a dispute that are counted from its clocks
FOLLOWS: Final = "due_on due_rule due_provisional due_paused remedy_on remedy_rule".split()
# what is known of somebody beside the name, and what is found by it
KNOWN_OF: Final = {
    "id_number": ("id_type", "id_number_index"),
    "phone": ("phone_index", "phone_tail_index"),
    "address": (),
}
TABLES: Final = {each.class_.__tablename__: each.class_ for each in Base.registry.mappers}


@dataclass(slots=True)
class Moving:
    """Two disputes on their way to be one: `gone` goes into `into`.

    `copies` are the names of files copied for `into`. `twins`: whom of `gone` there is in `into`
    already, by id. `filled`: what such an entry lacked and the other had, each as the two ids and
    the word of what it is.
    """

    session: Session
    watch: Watch
    into: Dispute
    gone: Dispute
    new_key: FieldKey
    old_key: FieldKey
    copies: dict[UUID, UUID]
    twins: dict[UUID, UUID] = field(default_factory=dict)
    filled: list[list[str]] = field(default_factory=list)

    def of(self, rule: MergeRule, dispute: Dispute) -> Sequence[Any]:
        """The rows of a table that the rule speaks of, in their order."""
        table = rule.table
        asked = sa.select(table).where(*rule.of(dispute.id), *rule.which)
        order = [getattr(table, rule.numbered)] if rule.numbered else []
        return self.session.scalars(asked.order_by(*order, *inspect(table).primary_key)).all()

    def take(self, row: Any, rule: MergeRule, **changes: Any) -> None:
        """Give a row to the other dispute, what is sealed in it sealed again."""
        self.watch.look(row)
        with resealed(row, self.old_key, self.new_key):
            for name, value in ({str(rule.holder): self.into.id} | changes).items():
                setattr(row, name, value)


def all_of(moving: Moving) -> None:
    """Move every table, each by its rule; parties first, for others name them."""
    for rule in RULES:
        if rule.goes:
            MOVERS.get(rule.table.__tablename__, plainly)(moving, rule)
            moving.session.flush()


def plainly(moving: Moving, rule: MergeRule) -> None:
    """Move the rows the rule speaks of, counted on, but for those the other has already."""
    there = moving.of(rule, moving.into)
    known = {_alike(each, rule) for each in there} if rule.fate is Fate.UNLIKE else set()
    count = _count(moving, rule)
    for row in moving.of(rule, moving.gone):
        if _alike(row, rule) in known:
            continue
        count += 1
        moving.take(row, rule, **({rule.numbered: count} if rule.numbered else {}))


def found(session: Session, table: str, key: str, stood: Mapping[str, Any]) -> Any:
    """The row of a table that a record names, as it is now; None when there is none."""
    kind = TABLES[table]
    named = zip(inspect(kind).primary_key, stood.get(NOW, key).split(BETWEEN), strict=True)
    values = [as_stored(column.type, each) for column, each in named]
    return session.get(kind, tuple(values), populate_existing=True)


@contextmanager
def resealed(row: Any, old: FieldKey, new: FieldKey) -> Iterator[None]:
    """Open what is sealed in a row before it changes hands, and seal it where it came to be."""
    fields = [each for each in FIELDS if each.column.class_ is type(row) and each.owner is Dispute]
    clear = {
        each: old.open_optional(getattr(row, each.column.key), _place(row, each.place))
        for each in fields
    }
    yield
    for each, text in clear.items():
        setattr(row, each.column.key, new.seal_optional(text, _place(row, each.place)))


def _place(row: Any, place: str) -> str:
    return place.format_map({column.key: getattr(row, column.key) for column in row.__table__.c})


def _alike(row: Any, rule: MergeRule) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in rule.alike) if rule.alike else (row,)


def _count(moving: Moving, rule: MergeRule) -> int:
    """How far the other has counted."""
    if rule.numbered is None:
        return 0
    column = getattr(rule.table, rule.numbered)
    holder = getattr(rule.table, str(rule.holder))
    most = moving.session.scalar(sa.select(sa.func.max(column)).where(holder == moving.into.id))
    first = 1 if rule.table is RepeatVisit else 0  # the first visit is the registration
    return first if most is None else int(most)


def _parties(moving: Moving, rule: MergeRule) -> None:
    """The same person stands once; who spoke for somebody speaks for them there."""
    theirs, ours = moving.of(rule, moving.gone), moving.of(rule, moving.into)
    same = rules.twins(
        [identity_of(each, moving.new_key) for each in ours],
        [identity_of(each, moving.old_key) for each in theirs],
    )
    moving.twins = {theirs[place].id: ours[mine].id for place, mine in same.items()}
    for place, mine in same.items():
        _fill(moving, ours[mine], theirs[place])
    count = max((each.position for each in ours), default=-1)
    for row in theirs:
        moving.watch.look(row)
        stays = row.id in moving.twins
        speaks_for = moving.twins.get(row.represents_id, row.represents_id)
        if not stays:
            count += 1
            moving.take(row, rule, position=count, represents_id=speaks_for)
        elif row.represents_id is not None and row.represents_id not in moving.twins:
            row.represents_id = None  # whom they spoke for went on


def _fill(moving: Moving, ours: Party, theirs: Party) -> None:
    """What the entry that stays does not know of somebody, and the other does, it knows now."""
    for name, plain in KNOWN_OF.items():
        told = getattr(theirs, f"{name}_sealed")
        if told is None or getattr(ours, f"{name}_sealed") is not None:
            continue
        clear = moving.old_key.open(told, f"party.{name}:{theirs.id}")
        setattr(ours, f"{name}_sealed", moving.new_key.seal(clear, f"party.{name}:{ours.id}"))
        for column in plain:
            setattr(ours, column, getattr(theirs, column))
        moving.filled.append([str(ours.id), str(theirs.id), name])


def emptied(
    session: Session, filled: Sequence[Sequence[str]], new_key: FieldKey, old_key: FieldKey
) -> None:
    """Take back what `_fill` wrote, unless it was corrected since."""
    for mine, other, name in filled:
        ours, theirs = (
            session.get(Party, UUID(each), populate_existing=True) for each in (mine, other)
        )
        if ours is None or theirs is None:
            continue
        now = new_key.open_optional(getattr(ours, f"{name}_sealed"), f"party.{name}:{mine}")
        told = old_key.open_optional(getattr(theirs, f"{name}_sealed"), f"party.{name}:{other}")
        for column in (f"{name}_sealed", *KNOWN_OF[name]) if now == told else ():
            setattr(ours, column, None)


def _bases(moving: Moving, rule: MergeRule) -> None:
    """They name parties: of somebody who stands there already, that entry."""
    known = {_alike(each, rule) for each in moving.of(rule, moving.into)}
    for row in moving.of(rule, moving.gone):
        named = {
            name: moving.twins.get(getattr(row, name), getattr(row, name))
            for name in ("party_id", "given_by_id")
        }
        mark = tuple(named.get(name, getattr(row, name)) for name in rule.alike)
        if mark not in known:
            moving.take(row, rule, **named)
            continue
        moving.watch.look(row)
        for name, value in named.items():  # it stays: it must not name who went on
            if value not in moving.twins.values():
                setattr(row, name, None)


def _sessions(moving: Moving, rule: MergeRule) -> None:
    count = _count(moving, rule)
    for row in moving.of(rule, moving.gone):
        count += 1
        came = {str(moving.twins.get(UUID(who), who)): how for who, how in row.attendance.items()}
        moving.take(row, rule, ordinal=count, attendance=came)


def _repeats(moving: Moving, rule: MergeRule) -> None:
    count = _count(moving, rule)
    for row in moving.of(rule, moving.gone):
        count += 1
        who = moving.twins.get(row.party_id, row.party_id)
        moving.take(row, rule, ordinal=count, party_id=who)


def _attachments(moving: Moving, rule: MergeRule) -> None:
    """Their bytes lie there twice meanwhile: the old ones are needed to part the two again."""
    for row in moving.of(rule, moving.gone):
        moving.take(row, rule, stored_as=moving.copies.get(row.id, row.stored_as))


def _clocks(moving: Moving, rule: MergeRule) -> None:
    """What binds whoever handles it: the parties' own time, and dates that others set."""
    known = {_alike(each, rule) for each in moving.of(rule, moving.into)}
    for row in moving.of(rule, moving.gone):
        if _alike(row, rule) in known:
            continue
        for table in (ClockChange, ClockStep):
            mine = sa.select(table).where(table.clock_id == row.id)
            for each in moving.session.scalars(mine):
                moving.take(each, BY_TABLE[table.__tablename__])
        moving.take(row, rule)


def _with_their_clock(_: Moving, __: MergeRule) -> None:
    """Nothing by itself: changes and steps go with their clock."""


def _links(moving: Moving, _: MergeRule) -> None:
    """What was decided about the one that goes is decided about the one that remains."""
    session, into, gone = moving.session, moving.into, moving.gone
    ends = (Link.dispute_id, Link.other_id)
    tied = {
        each: session.scalars(sa.select(Link).where(sa.or_(*(end == each for end in ends)))).all()
        for each in (into.id, gone.id)
    }
    known = {_other(each, into.id) for each in tied[into.id]} | {into.id}
    for row in tied[gone.id]:
        other = _other(row, gone.id)
        if other in known:
            continue
        moving.watch.look(row)
        newer = session.get_one(Dispute, other)
        first = (into.registered_at, into.id) >= (newer.registered_at, newer.id)
        row.dispute_id, row.other_id = (into.id, other) if first else (other, into.id)


def _other(row: Link, mine: UUID) -> UUID:
    return row.other_id if row.dispute_id == mine else row.dispute_id


MOVERS: Final[dict[str, Callable[[Moving, MergeRule], None]]] = {
    "party": _parties,
    "basis": _bases,
    "mediation_session": _sessions,
    "repeat_visit": _repeats,
    "attachment": _attachments,
    "clock": _clocks,
    "clock_change": _with_their_clock,
    "clock_step": _with_their_clock,
    "link": _links,
}
