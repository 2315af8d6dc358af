"""The few disputes that may be the same, each with its reasons, within what may be read."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.vocabulary import DisputeStatus, MatchReason, Outcome, PartyRole
from models import Dispute, Organisation, Party, db
from service.desk import Desk
from service.queries import party, sight
from service.queries.access import in_full, in_town
from service.queries.dispute_row import RESTRICTED_PARTIES, SUMMARY_LENGTH
from service.queries.duplicate.arm import Look, found, look_for
from service.queries.duplicate.asked import COMPARED, stored
from service.queries.party import Named
from service.rules import access
from service.rules import duplicate as rules
from service.rules.access import Actor
from service.rules.duplicate import Match, Matter, Person, Reason
from service.rules.narrative import opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A dispute that may be the same, and why.

    What the viewer may not read in full shows number, unit and reasons only (contract §8.3).
    """

    number: str
    organisation: str | None
    reasons: tuple[Reason, ...]
    id: UUID | None = None
    score: int | None = None
    status: DisputeStatus | None = None
    outcome: Outcome | None = None
    registered_on: date | None = None
    category: str | None = None
    parties: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """A dispute somebody may tie another to, and what the two have in common."""

    id: UUID
    registered_at: datetime
    reasons: tuple[MatchReason, ...]


@sight.whole("duplicates")
def candidates(
    asked: Matter,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    chosen: Collection[str] = (),
) -> list[Candidate]:
    """The few disputes most like what is asked about, the likeliest first.

    Those of `chosen` that the viewer may read stay in sight, however little they look alike now.
    """
    policy = desk.policy.duplicates
    look = look_for(asked, _full(actor, desk, now), policy=policy, now=now, ours=_ours(actor))
    weighed = [
        (rules.match(asked, known, policy), row)
        for row, known in _known(look, found(look, sorted(chosen)), desk)
    ]
    weighed.sort(key=lambda each: (-each[0].score, -each[1].registered_at.timestamp()))
    shown = [each for each in weighed if rules.suffices(each[0], policy)][: policy.most]
    there = {row.id for _, row in shown}
    shown += [e for e in weighed if e[1].number in chosen and e[1].full and e[1].id not in there]
    named = [row.id for _, row in shown if row.full and not row.restricted]
    parties = party.named(named) if named else {}
    return [_candidate(row, matched, parties.get(row.id, ())) for matched, row in shown]


@sight.whole("duplicates")
def like(
    dispute_id: UUID, asked: Matter, *, actor: Actor, desk: Desk, now: datetime
) -> list[Candidate]:
    """The few disputes most like a stored one, the likeliest first, as the viewer may see them.

    The dispute itself, of which `asked` is what is known, must have been the actor's to read in
    full.
    """
    policy = desk.policy.duplicates
    look = look_for(
        asked,
        _full(actor, desk, now),
        policy=policy,
        now=now,
        besides=dispute_id,
        ours=_ours(actor),
    )
    weighed = [
        (rules.match(asked, known, policy), row)
        for row, known in _known(look, found(look, ()), desk)
    ]
    weighed.sort(key=lambda each: (-each[0].score, -each[1].registered_at.timestamp()))
    shown = [each for each in weighed if rules.suffices(each[0], policy)][: policy.most]
    named = [row.id for _, row in shown if row.full and not row.restricted]
    parties = party.named(named) if named else {}
    return [_candidate(row, matched, parties.get(row.id, ())) for matched, row in shown]


@sight.whole("duplicates")
def pairings(
    dispute_id: UUID, numbers: Collection[str], *, actor: Actor, desk: Desk, now: datetime
) -> dict[str, Pairing]:
    """Those of `numbers` the dispute may be tied to: what the actor may read, or what matches.

    The dispute itself must have been the actor's to change.
    """
    policy = desk.policy.duplicates
    asked = stored(db.session.get_one(Dispute, dispute_id), desk)
    look = look_for(
        asked,
        _full(actor, desk, now),
        policy=policy,
        now=now,
        besides=dispute_id,
        ours=_ours(actor),
    )
    named = sa.select(Dispute.id).where(Dispute.number.in_(numbers), *look.eligible)
    paired = {}
    for row, known in _known(look, set(db.session.scalars(named)), desk):
        matched = rules.match(asked, known, policy)
        if row.full or rules.suffices(matched, policy):
            codes = tuple(each.code for each in matched.reasons)
            paired[row.number] = Pairing(row.id, row.registered_at, codes)
    return paired


def _full(actor: Actor, desk: Desk, now: datetime) -> ColumnElement[bool]:
    return in_full(access.scope(actor, "dispute.read", desk.policy.access), now)


def _ours(actor: Actor) -> ColumnElement[bool] | None:
    return None if actor.town is None else in_town(actor)


def _known(look: Look, ids: Collection[UUID], desk: Desk) -> Iterator[tuple[Any, Matter]]:
    """Each dispute as a row, and what is known of it to be weighed."""
    rows = _rows(look, ids) if ids else ()
    people = _people(look, ids) if ids else {}
    for row in rows:
        yield (
            row,
            Matter(
                registered_on=row.registered_on,
                people=tuple(people.get(row.id, ())),
                category=row.category,
                village=row.village,
                detail=_detail(look.asked, row, desk),
                occurred_on=row.occurred_on,
                narrative=row.narrative or "",
            ),
        )


def _rows(look: Look, ids: Collection[UUID]) -> Sequence[Any]:
    return db.session.execute(
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.status,
            Dispute.outcome,
            Dispute.category,
            Dispute.village,
            Dispute.place_sealed,
            Dispute.sealed_key,
            Dispute.occurred_on,
            Dispute.registered_at,
            Dispute.registered_on,
            Dispute.restricted,
            sa.func.substr(Dispute.narrative, 1, COMPARED).label("narrative"),
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("organisation"),
            sa.case((look.full, 1), else_=0).label("full"),
        )
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(Dispute.id.in_(ids))
    ).all()


def _people(look: Look, ids: Collection[UUID]) -> dict[UUID, list[Person]]:
    known = sa.select(
        Party.dispute_id,
        Party.role,
        Party.kind,
        Party.name,
        Party.id_number_index,
        Party.phone_index,
    ).where(
        Party.dispute_id.in_(ids),
        Party.position < look.policy.people,
        Party.role != PartyRole.AGENT,
    )
    people: dict[UUID, list[Person]] = {}

    def now(key: bytes | None) -> bytes | None:
        return look.asked.older.get(key, key) if key else None

    for row in db.session.execute(known.order_by(Party.dispute_id, Party.position)):
        dispute_id, role, kind, name, id_key, phone_key = row
        people.setdefault(dispute_id, []).append(
            Person(role, kind, name, now(id_key), now(phone_key))
        )
    return people


def _detail(asked: Matter, row: Any, desk: Desk) -> str | None:
    """The sealed place is opened only where it could speak for the match."""
    here = (asked.village, asked.category) == (row.village, row.category)
    if not asked.detail or not here or row.place_sealed is None:
        return None
    key = desk.keyring.field_key(row.sealed_key, f"dispute:{row.id}")
    return key.open(row.place_sealed, f"dispute.place:{row.id}")


def _candidate(row: Any, matched: Match, parties: Sequence[Named]) -> Candidate:
    shown = Candidate(
        number=row.number,
        organisation=row.organisation,
        reasons=matched.reasons,
    )
    if not row.full:
        return shown
    return replace(
        shown,
        id=row.id,
        score=matched.score,
        status=row.status,
        outcome=row.outcome,
        registered_on=row.registered_on,
        category=row.category,
        parties=RESTRICTED_PARTIES if row.restricted else party.line(parties),
        summary=opening(row.narrative or "", party.people(parties), SUMMARY_LENGTH),
    )
