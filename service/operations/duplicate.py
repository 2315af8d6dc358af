"""Look for duplicates 查重 by what is being typed: by numbers within a limit, and written down.

By an ID number or a phone one could else learn of any dispute in the town, typing on and on.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import MatchReason
from models import Dispute, Event, db, transaction
from service.desk import Desk
from service.errors import Forbidden, TooOften
from service.operations import allowance
from service.operations.event import record
from service.queries import dispute as disputes
from service.queries import duplicate as queries
from service.queries import sight
from service.queries.duplicate import Candidate
from service.rules import access
from service.rules.access import Actor
from service.rules.duplicate import Person

BY_NUMBER: Final = frozenset({MatchReason.ID_NUMBER, MatchReason.PHONE})
KIND: Final = "duplicate-number"
SHOWN: Final = "duplicate-shown"


@dataclass(frozen=True, slots=True)
class Checked:
    """The few disputes most like it; `wait` seconds until all its numbers may be matched, or 0."""

    items: list[Candidate]
    wait: int = 0


def check(
    told: Mapping[str, Any],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    chosen: Collection[str] = (),
) -> Checked:
    """The disputes like what has been typed; numbers beyond the caller's limit match nothing.

    A dispute out of the caller's scope that is shown by a number is recorded once a day, with
    what matched, never the number.
    """
    access.require(actor, "duplicate.check", desk.policy.access)
    asked = queries.typed(told, desk=desk, now=now)
    limit = desk.policy.limits.duplicate_numbers
    numbers = _numbers(asked.people)
    allowed = taken(numbers, actor=actor, desk=desk, now=now)
    asked = replace(asked, people=tuple(_with(each, allowed) for each in asked.people))
    found = queries.candidates(asked, actor=actor, desk=desk, now=now, chosen=chosen)
    _note(found, actor=actor, desk=desk, now=now)
    return Checked(found, 0 if allowed == numbers else allowance.seconds_left(limit, now))


def like(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[Candidate]:
    """The disputes like a stored one that the caller may tie to others.

    Raises NotFound, Forbidden, and TooOften: a number that is corrected on and on is as good as one
    typed so. What is shown by a number beyond the caller's scope is recorded.
    """
    access.require(actor, "duplicate.check", desk.policy.access)
    opened = disputes.opened(dispute_id, actor=actor, desk=desk, now=now)
    if opened.key is None or "dispute.link" not in opened.may:
        raise Forbidden("这件纠纷不由您办理")
    asked = queries.stored(db.session.get_one(Dispute, dispute_id), desk)
    limit, numbers = desk.policy.limits.duplicate_numbers, _numbers(asked.people)
    if numbers != taken(numbers, actor=actor, desk=desk, now=now):
        raise TooOften(allowance.seconds_left(limit, now))
    found = queries.like(dispute_id, asked, actor=actor, desk=desk, now=now)
    _note(found, actor=actor, desk=desk, now=now)
    return found


def taken(numbers: frozenset[str], *, actor: Actor, desk: Desk, now: datetime) -> frozenset[str]:
    """Those of the numbers, as their hashes, by which the actor may look for disputes now."""
    limit, who = desk.policy.limits.duplicate_numbers, str(actor.user_id)
    if not numbers:
        return numbers
    return allowance.take_different(KIND, who, numbers, limit, desk=desk, now=now)


def _numbers(people: Iterable[Person]) -> frozenset[str]:
    """The different numbers looked for; a keyed hash stands for each."""
    keys = (key for each in people for key in (each.id_key, each.phone_key))
    return frozenset(key.hex() for key in keys if key)


def _with(person: Person, allowed: Collection[str]) -> Person:
    id_key, phone_key = (
        key if key and key.hex() in allowed else None for key in (person.id_key, person.phone_key)
    )
    return replace(person, id_key=id_key, phone_key=phone_key)


@sight.whole("duplicates")
def _note(found: Iterable[Candidate], *, actor: Actor, desk: Desk, now: datetime) -> None:
    shown = {
        each.number: sorted(BY_NUMBER & {reason.code for reason in each.reasons})
        for each in found
        if each.id is None
    }
    by_number = {number: codes for number, codes in shown.items() if codes}
    if not by_number or not _unnoted(by_number, actor=actor, desk=desk, now=now):
        return
    with transaction() as session:
        for dispute_id, number in _unnoted(by_number, actor=actor, desk=desk, now=now):
            record(
                session,
                dispute_id,
                subject="dispute",
                action=SHOWN,
                actor=actor,
                now=now,
                detail={"matched_by": [code.value for code in by_number[number]]},
            )
        session.flush()  # as long as the dispute is in sight


def _unnoted(
    numbers: Collection[str], *, actor: Actor, desk: Desk, now: datetime
) -> list[tuple[UUID, str]]:
    """Ids and numbers of those disputes of which the actor was not shown today."""
    midnight = datetime.combine(desk.today(now), time(), desk.zone)
    noted = sa.exists().where(
        Event.subject == "dispute",
        Event.subject_id == Dispute.id,
        Event.action == SHOWN,
        Event.actor_id == actor.user_id,
        Event.happened_at >= midnight,
    )
    query = sa.select(Dispute.id, Dispute.number).where(Dispute.number.in_(numbers), ~noted)
    return [(row.id, row.number) for row in db.session.execute(query)]
