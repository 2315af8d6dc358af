"""Look at what a lawsuit 行政复议与行政诉讼 is linked to: its dispute, letters, instances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.suggestion import SuggestionKind
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
)
from models import (
    Dispute,
    Episode,
    Lawsuit,
    MediationSession,
    Suggestion,
    db,
)
from service.desk import Desk
from service.queries import sight
from service.queries.access import visible, within
from service.rules import access
from service.rules.access import Actor, Scope
from service.rules.statistics import MEDIATION_ENDED


@dataclass(frozen=True, slots=True)
class LinkedDispute:
    """The dispute behind a case; `id` is None for who may not open it."""

    id: UUID | None
    number: str


@dataclass(frozen=True, slots=True)
class LinkedLetter:
    """A letter 建议书 that a case came after."""

    id: UUID
    number: str
    kind: SuggestionKind
    issuer: str
    document_number: str


@dataclass(frozen=True, slots=True)
class PreviousCase:
    """The case at the earlier instance."""

    id: UUID
    case_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedCase:
    """One case of the chain 审级; `this` is the one that is looked at."""

    id: UUID
    case_number: str | None
    procedure: LawsuitProcedure
    instance: LawsuitInstance
    status: LawsuitStatus
    outcome: LawsuitOutcome | None
    this: bool


def mediated_before() -> ColumnElement[bool]:
    """Whether the dispute behind a case was mediated by us before the case was served.

    A session was held, or a round of it ended as a mediation does. It looks at disputes whole.
    """
    day = sa.cast(sa.func.date(MediationSession.held_at), sa.String)
    met = sa.exists().where(
        MediationSession.dispute_id == Lawsuit.dispute_id,
        day <= sa.cast(Lawsuit.served_on, sa.String),
    )
    ended = sa.exists().where(
        Episode.dispute_id == Lawsuit.dispute_id,
        Episode.outcome.in_(MEDIATION_ENDED),
        Episode.closed_on <= Lawsuit.served_on,
    )
    return sa.or_(met, ended)


@sight.whole("the dispute behind a lawsuit")
def was_mediated_before(lawsuit: Lawsuit) -> bool | None:
    """Whether its dispute was mediated before it was served; None without a dispute."""
    if lawsuit.dispute_id is None:
        return None
    asked = sa.select(sa.case((mediated_before(), 1), else_=0)).where(Lawsuit.id == lawsuit.id)
    return bool(db.session.scalar(asked))


def suggestions(lawsuit: Lawsuit, scope: Scope) -> list[LinkedLetter]:
    """The letters it came after, as far as the viewer may read them."""
    found = db.session.execute(
        sa.select(
            Suggestion.id,
            Suggestion.number,
            Suggestion.kind,
            Suggestion.issuer,
            Suggestion.document_number,
        )
        .where(Suggestion.lawsuit_id == lawsuit.id, within(scope, Suggestion.organisation_id))
        .order_by(Suggestion.received_on, Suggestion.id)
    )
    return [LinkedLetter(*each) for each in found]


def chain(lawsuit: Lawsuit) -> list[ChainedCase]:
    """Its earlier and later cases, the earliest first; alone it has none."""
    found: list[Lawsuit] = [lawsuit]
    while found[0].previous_id is not None:
        found.insert(0, db.session.get_one(Lawsuit, found[0].previous_id))
    beyond_it: Sequence[UUID] = [lawsuit.id]
    while beyond_it:
        later = db.session.scalars(
            sa.select(Lawsuit)
            .where(Lawsuit.previous_id.in_(beyond_it))
            .order_by(Lawsuit.served_on, Lawsuit.id)
        ).all()
        found += later
        beyond_it = [each.id for each in later]
    if len(found) == 1:
        return []
    return [
        ChainedCase(
            id=each.id,
            case_number=each.case_number,
            procedure=each.procedure,
            instance=each.instance,
            status=each.status,
            outcome=each.outcome,
            this=each.id == lawsuit.id,
        )
        for each in found
    ]


@sight.whole("the dispute behind a lawsuit")
def dispute(lawsuit: Lawsuit, *, actor: Actor, desk: Desk, now: datetime) -> LinkedDispute | None:
    """The dispute behind it; without its id for who may not open it."""
    if lawsuit.dispute_id is None:
        return None
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    number, may_open = db.session.execute(
        sa.select(Dispute.number, sa.case((visible(scope, now), 1), else_=0)).where(
            Dispute.id == lawsuit.dispute_id
        )
    ).one()
    return LinkedDispute(lawsuit.dispute_id if may_open else None, number)


def previous(lawsuit: Lawsuit) -> PreviousCase | None:
    """The case at the earlier instance."""
    if lawsuit.previous_id is None:
        return None
    earlier = db.session.get_one(Lawsuit, lawsuit.previous_id)
    return PreviousCase(earlier.id, earlier.case_number)
