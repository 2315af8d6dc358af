"""Arms: the ways to disputes worth weighing, each by an index, each bounded, newest first.

A name or a category that half the town shares costs no more than any other: an arm looks at a
bounded number of rows, and what it misses thereby another arm finds, if it is alike. A name or
number that too many have is looked for among the newest disputes of the town, all such at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CTE, ColumnElement, FromClause, Select

from config.policy import DuplicatePolicy
from config.vocabulary import Outcome, PartyKind, PartyRole
from models import Dispute, Party, db
from service.rules.duplicate import LEAST_NAME, Matter, Person

RECENT: Final = 400  # the newest of a busy category
SIDES: Final = (PartyRole.APPLICANT, PartyRole.RESPONDENT)
PARTY: Final = Party.__table__
COLUMNS: Final = ("id_number_index", "phone_index", "name")
Ids = Select[UUID]
Keyed = tuple[str, set[Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for, and which disputes may come up at all; `full`: those read in full.

    `common` are the names and numbers that too many have, `newest` where those are looked for.
    """

    asked: Matter
    eligible: tuple[ColumnElement[bool], ...]
    full: ColumnElement[bool]
    policy: DuplicatePolicy
    now: datetime
    common: frozenset[tuple[str, Any]] = frozenset()
    newest: CTE | None = None


def look_for(
    asked: Matter,
    full: ColumnElement[bool],
    *,
    policy: DuplicatePolicy,
    now: datetime,
    besides: UUID | None = None,
    ours: ColumnElement[bool] | None = None,
) -> Look:
    """Restricted disputes come up only for who may read them; mistaken and merged ones for nobody.

    `ours` are those of the town where there are others: what is read in full comes up besides.
    """
    eligible: list[ColumnElement[bool]] = [
        sa.or_(Dispute.restricted.is_(False), full),
        sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
        Dispute.merged_into_id.is_(None),
    ]
    if ours is not None:
        eligible.append(sa.or_(ours, full))
    if besides is not None:
        eligible.append(Dispute.id != besides)
    return Look(asked, tuple(eligible), full, policy, now)


def found(look: Look, chosen: Sequence[str]) -> set[UUID]:
    """The ids of everything worth weighing, and of the numbers `chosen`, by two statements."""
    if common := _common(look):
        look = replace(look, common=common, newest=_of_the_newest(common, look.policy))
    arms = [*_of_numbers(look), *_of_names(look), *_of_both_sides(look), *_of_place(look)]
    if chosen:
        arms.append(_newest(look, Dispute.number.in_(chosen)))
    if not arms:
        return set()
    apart = [sa.select(arm.subquery().c.id) for arm in arms]
    return set(db.session.scalars(sa.union_all(*apart)))


def _of_numbers(look: Look) -> Iterator[Ids]:
    """Whoever has the same ID number or phone; those of units say too little."""
    for column, values in _keys(look, _private(look)):
        if column != "name":
            yield _newest(look, among=_together(look, [(column, values)]))


def _of_names(look: Look) -> Iterator[Ids]:
    """Namesakes at the same place, or lately in the same kind of matter."""
    asked = look.asked
    near = [Dispute.village == asked.village] if asked.village else []
    if asked.category:
        near.append(sa.and_(*_lately(look)))
    named = [keyed for keyed in _keys(look, _private(look)) if keyed[0] == "name"]
    if near and named:
        yield _newest(look, sa.or_(*near), among=_together(look, named))


def _of_both_sides(look: Look) -> Iterator[Ids]:
    """Where somebody of one side and somebody of the other both stand, whatever their roles.

    It starts from either side and asks for the other, so the rarer of two names finds all.
    """
    sides = [_keys(look, [e for e in look.asked.people if e.role is side]) for side in SIDES]
    again = Dispute.registered_at >= look.now - look.policy.pair_within
    for first, second in (sides, sides[::-1]) if all(sides) else ():
        begun, there = _together(look, first).subquery(), PARTY.alias("there")
        second_too = sa.exists().where(
            there.c.dispute_id == begun.c.dispute_id,
            sa.or_(*(there.c[column].in_(sorted(values)) for column, values in second)),
        )
        yield _newest(look, again, among=sa.select(begun.c.dispute_id).where(second_too))


def _of_place(look: Look) -> Iterator[Ids]:
    """The newest of the category at the place, and anywhere for a story to be compared with."""
    asked = look.asked
    if not asked.category:
        return
    if asked.village:
        recent = (
            sa.select(Dispute.id.label("dispute_id"), Dispute.village)
            .where(*_lately(look), *look.eligible)
            .order_by(Dispute.registered_at.desc())
            .limit(RECENT)
            .subquery()
        )
        here = sa.select(recent.c.dispute_id).where(recent.c.village == asked.village)
        yield _newest(look, among=here)
    if len(asked.narrative) >= look.policy.narrative_least:
        yield _newest(look, *_lately(look))


def _private(look: Look) -> list[Person]:
    return [each for each in look.asked.people if each.kind is PartyKind.PERSON]


def _keys(look: Look, people: Iterable[Person]) -> list[Keyed]:
    """By which indexed columns of a party these people can be found, and their values there."""
    some = list(people)

    def stored(keys: Iterable[bytes | None]) -> set[bytes]:
        now = {key for key in keys if key}
        return now | {old for old, key in look.asked.older.items() if key in now}

    keyed: list[Keyed] = [
        (COLUMNS[0], stored(each.id_key for each in some)),
        (COLUMNS[1], stored(each.phone_key for each in some)),
        (COLUMNS[2], {each.name for each in some if each.name and len(each.name) >= LEAST_NAME}),
    ]
    return [(column, values) for column, values in keyed if values]


def _together(look: Look, keyed: Iterable[Keyed]) -> Ids:
    """The disputes of parties with any of these values; of a common value the newest ones."""
    pairs = [(column, value) for column, values in keyed for value in sorted(values)]
    parts = [
        sa.select(PARTY.c.dispute_id).where(PARTY.c[column] == value)
        for column, value in pairs
        if (column, value) not in look.common
    ]
    shared = [pair for pair in pairs if pair in look.common]
    if shared and look.newest is not None:
        parts.append(sa.select(look.newest.c.dispute_id).where(_any(look.newest, shared)))
    return sa.select(sa.union(*parts).subquery().c.dispute_id)


def _common(look: Look) -> frozenset[tuple[str, Any]]:
    """The names and numbers asked about that more than `of_key` parties have."""
    most = look.policy.of_key
    pairs = [(column, each) for column, values in _keys(look, look.asked.people) for each in values]
    if not pairs:
        return frozenset()
    counts = [
        sa.select(sa.func.count()).select_from(
            sa.select(PARTY.c.id).where(PARTY.c[column] == value).limit(most + 1).subquery()
        )
        for column, value in pairs
    ]
    told = db.session.execute(sa.select(*(each.scalar_subquery() for each in counts))).one()
    return frozenset(pair for pair, count in zip(pairs, told, strict=True) if count > most)


def _of_the_newest(common: Iterable[tuple[str, Any]], policy: DuplicatePolicy) -> CTE:
    """The parties with a common value in the newest disputes of the town, found once for all.

    SQLite must ask it of each party of these disputes, not begin with everybody of the name.
    """
    newest = (
        sa.select(Dispute.id)
        .order_by(Dispute.registered_at.desc(), Dispute.id.desc())
        .limit(policy.newest)
        .subquery()
    )
    has_one = _any(PARTY, sorted(common, key=repr))
    on_sqlite = db.engine.dialect.name == "sqlite"
    return (
        sa.select(PARTY.c.dispute_id, *(PARTY.c[column] for column in COLUMNS))
        .join_from(newest, PARTY, PARTY.c.dispute_id == newest.c.id)
        .where(sa.case((has_one, 1), else_=0) == 1 if on_sqlite else has_one)
        .cte("newest")
        .prefix_with("MATERIALIZED")
    )


def _any(rows: FromClause, pairs: Iterable[tuple[str, Any]]) -> ColumnElement[bool]:
    return sa.or_(*(rows.c[column] == value for column, value in pairs))


def _lately(look: Look) -> tuple[ColumnElement[bool], ...]:
    return (
        Dispute.category == look.asked.category,
        Dispute.registered_at >= look.now - look.policy.place_within,
    )


def _newest(look: Look, *conditions: ColumnElement[bool], among: Ids | None = None) -> Ids:
    """The newest few disputes under `conditions` that may come up."""
    query = sa.select(Dispute.id).where(*look.eligible, *conditions)
    if among is not None:
        keys = among.subquery()
        query = query.join(keys, keys.c.dispute_id == Dispute.id)
    return query.order_by(Dispute.registered_at.desc()).limit(look.policy.of_sign)
