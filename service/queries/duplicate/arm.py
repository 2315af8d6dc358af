"""Arms: the ways to disputes worth weighing, each by an index, each bounded, newest first.

A name or a category that half the town shares costs no more than any other: an arm looks at a
bounded number of rows, and what it misses thereby another arm finds, if it is alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from config.policy import DuplicatePolicy
from config.vocabulary import Outcome, PartyKind, PartyRole
from models import Dispute, Party, db
from service.rules.duplicate import LEAST_NAME, Matter, Person

RECENT: Final = 400  # the newest of a busy category
SIDES: Final = (PartyRole.APPLICANT, PartyRole.RESPONDENT)
PARTY: Final = Party.__table__
Ids = Select[UUID]
Keyed = tuple[str, set[Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for, and which disputes may come up at all; `full`: those read in full."""

    asked: Matter
    eligible: tuple[ColumnElement[bool], ...]
    full: ColumnElement[bool]
    policy: DuplicatePolicy
    now: datetime


def look_for(
    asked: Matter,
    full: ColumnElement[bool],
    *,
    policy: DuplicatePolicy,
    now: datetime,
    besides: UUID | None = None,
) -> Look:
    """Restricted disputes come up only for who may read them, mistaken entries for nobody."""
    eligible: list[ColumnElement[bool]] = [
        sa.or_(Dispute.restricted.is_(False), full),
        sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
    ]
    if besides is not None:
        eligible.append(Dispute.id != besides)
    return Look(asked, tuple(eligible), full, policy, now)


def found(look: Look, chosen: Sequence[str]) -> set[UUID]:
    """The ids of everything worth weighing, and of the numbers `chosen`, by one statement."""
    arms = [*_of_numbers(look), *_of_names(look), *_of_both_sides(look), *_of_place(look)]
    if chosen:
        arms.append(_newest(look, Dispute.number.in_(chosen)))
    if not arms:
        return set()
    apart = [sa.select(arm.subquery().c.id) for arm in arms]
    return set(db.session.scalars(sa.union_all(*apart)))


def _of_numbers(look: Look) -> Iterator[Ids]:
    """Whoever has the same ID number or phone; those of units say too little."""
    for column, values in _keys(_private(look)):
        if column != "name":
            yield _newest(look, among=_together(look, [(column, values)]))


def _of_names(look: Look) -> Iterator[Ids]:
    """Namesakes at the same place, or lately in the same kind of matter."""
    asked = look.asked
    near = [Dispute.village == asked.village] if asked.village else []
    if asked.category:
        near.append(sa.and_(*_lately(look)))
    named = [keyed for keyed in _keys(_private(look)) if keyed[0] == "name"]
    if near and named:
        yield _newest(look, sa.or_(*near), among=_together(look, named))


def _of_both_sides(look: Look) -> Iterator[Ids]:
    """Where somebody of one side and somebody of the other both stand, whatever their roles.

    It starts from either side and asks for the other, so the rarer of two names finds all.
    """
    sides = [_keys([e for e in look.asked.people if e.role is side]) for side in SIDES]
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


def _keys(people: Iterable[Person]) -> list[Keyed]:
    """By which indexed columns of a party these people can be found, and their values there."""
    some = list(people)
    keyed: list[Keyed] = [
        ("id_number_index", {each.id_key for each in some if each.id_key}),
        ("phone_index", {each.phone_key for each in some if each.phone_key}),
        ("name", {each.name for each in some if each.name and len(each.name) >= LEAST_NAME}),
    ]
    return [(column, values) for column, values in keyed if values]


def _together(look: Look, keyed: Iterable[Keyed]) -> Ids:
    """The disputes of parties with any of these values, at most `of_key` for each value."""
    cut = [
        sa.select(PARTY.c.dispute_id).where(PARTY.c[column] == value).limit(look.policy.of_key)
        for column, values in keyed
        for value in sorted(values)
    ]
    apart = [sa.select(each.subquery().c.dispute_id) for each in cut]
    return sa.select(sa.union(*apart).subquery().c.dispute_id)


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
