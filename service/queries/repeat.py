"""Look at repeated visits 重复访: those of one dispute, and which dispute a card is about."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import Outcome
from models import Dispute, Organisation, Party, RepeatVisit, User, db
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries import number as numbers
from service.queries.access import in_town
from service.queries.dispute import Opened
from service.rules import repeat as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class RepeatView:
    """One visit: the how-manieth, when, who of the parties, what was said, who took it down."""

    id: UUID
    ordinal: int
    came_on: date
    party_id: UUID | None
    words: str | None
    organisation: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class OfCard:
    """A dispute and the party of it who showed their ID card."""

    dispute_id: UUID
    party_id: UUID


def words_place(repeat_id: UUID) -> str:
    """Where what was said is sealed for."""
    return f"repeat_visit.words:{repeat_id}"


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[RepeatView]:
    """All visits again about a dispute; NotFound when the viewer may not see it, none if sealed."""
    opened = disputes.opened(dispute_id, actor=actor, desk=desk, now=now)
    return [] if opened.key is None else under(opened.key, dispute_id)


def of_opened(opened: Opened) -> list[RepeatView]:
    """As `of_dispute`, of a dispute that was opened for the viewer."""
    return [] if opened.key is None else under(opened.key, opened.view.id)


def under(key: FieldKey, dispute_id: UUID) -> list[RepeatView]:
    """The visits again about a dispute whose key is at hand, in their order."""
    found = db.session.execute(
        sa.select(RepeatVisit, Organisation.name, User.name)
        .join(Organisation, Organisation.id == RepeatVisit.organisation_id)
        .join(User, User.id == RepeatVisit.recorded_by)
        .where(RepeatVisit.dispute_id == dispute_id)
        .order_by(RepeatVisit.ordinal)
    )
    return [
        RepeatView(
            row.id,
            row.ordinal,
            row.came_on,
            row.party_id,
            key.open_optional(row.words_sealed, words_place(row.id)),
            unit,
            by,
            row.recorded_at,
        )
        for row, unit, by in found
    ]


def wants_review(views: list[RepeatView], *, desk: Desk, now: datetime) -> bool:
    """Whether the director has to look at it: too many, too soon."""
    came = (each.came_on for each in views)
    return rules.wants_review(came, desk.today(now), desk.policy.repeats)


def of_card(number: str, id_number: str, *, actor: Actor, desk: Desk) -> OfCard | None:
    """The open-class dispute of a number in which a party has this ID number.

    One that was merged stands for the one that remained. The caller passes the wall for it.
    """
    known = desk.keyring.indexes("id_number", id_number)
    row = db.session.execute(
        sa.select(Dispute.id, Party.id)
        .join(Party, Party.dispute_id == Dispute.id)
        .where(
            Dispute.id.in_(numbers.stands_for(number)),
            Dispute.restricted.is_(False),
            Dispute.erased_at.is_(None),
            sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
            Party.id_number_index.in_(known),
            in_town(actor),
        )
        .order_by(Party.position)
        .limit(1)
    ).first()
    return None if row is None else OfCard(row[0], row[1])
