"""Look at reviews of dossiers 案卷评查: what was drawn, and what of it the caller may read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from config.vocabulary import DisputeStatus
from models import Dispute, DossierReview, DossierSample, Organisation, db
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import in_full, of_town
from service.rules import access
from service.rules.access import Actor, Scope

LISTED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """One draw, and what makes it repeatable."""

    id: UUID
    organisation: str
    closed_from: date
    closed_until: date
    population: int
    seed: str
    drawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """One dossier of a dispute the caller reads; without `answers` nobody has looked at it yet."""

    id: UUID
    review_id: UUID
    place: int
    dispute_id: UUID
    number: str
    answers: Mapping[str, str] | None
    findings: Mapping[str, str]
    remedied_on: date | None


def population(
    closed_from: date, closed_until: date, *, actor: Actor, desk: Desk, now: datetime, most: int
) -> Sequence[UUID]:
    """The closed disputes of a time that the caller reads in full; those erased hold no dossier."""
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    return db.session.scalars(
        sa.select(Dispute.id)
        .where(
            in_full(reads, now),
            Dispute.status.in_((DisputeStatus.CLOSED, DisputeStatus.ARCHIVED)),
            Dispute.closed_on.between(closed_from, closed_until),
            Dispute.erased_at.is_(None),
            Dispute.merged_into_id.is_(None),
        )
        .limit(most)
    ).all()


def reviews(*, actor: Actor, desk: Desk) -> list[ReviewView]:
    """The newest draws within reach."""
    rows = db.session.execute(
        _reviews(_scope(actor, desk))
        .order_by(DossierReview.drawn_at.desc(), DossierReview.id.desc())
        .limit(LISTED)
    )
    return [_review(row, unit) for row, unit in rows]


def one(review_id: UUID, *, actor: Actor, desk: Desk) -> ReviewView:
    """One draw; NotFound out of reach."""
    found = db.session.execute(
        _reviews(_scope(actor, desk)).where(DossierReview.id == review_id)
    ).first()
    if found is None:
        raise NotFound("没有这次评查")
    row, unit = found
    return _review(row, unit)


def samples(review_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[SampleView]:
    """The dossiers of a draw that the caller reads, in their order."""
    review = one(review_id, actor=actor, desk=desk)
    rows = db.session.execute(
        sa.select(DossierSample, Dispute)
        .join(Dispute, Dispute.id == DossierSample.dispute_id)
        .where(DossierSample.review_id == review.id, _readable(actor, desk, now))
        .order_by(DossierSample.place)
    )
    return [_sample(sample, dispute, desk) for sample, dispute in rows]


def sample(sample_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> SampleView:
    """One dossier; NotFound for who does not read the dispute or the review."""
    _scope(actor, desk)
    found = db.session.execute(
        sa.select(DossierSample, Dispute)
        .join(Dispute, Dispute.id == DossierSample.dispute_id)
        .where(DossierSample.id == sample_id, _readable(actor, desk, now))
    ).first()
    if found is None:
        raise NotFound("没有这份案卷")
    row, dispute = found
    one(row.review_id, actor=actor, desk=desk)
    return _sample(row, dispute, desk)


def _readable(actor: Actor, desk: Desk, now: datetime) -> sa.ColumnElement[bool]:
    return in_full(access.scope(actor, "dispute.read", desk.policy.access), now)


def _scope(actor: Actor, desk: Desk) -> Scope:
    return access.require(actor, "dossier_review.read", desk.policy.access)


def _reviews(scope: Scope) -> sa.Select[DossierReview, str]:
    actor = scope.actor
    mine = DossierReview.organisation_id.in_(actor.homes)
    reached = of_town(actor, DossierReview.organisation_id) if Reach.TOWN in scope.reach else mine
    return (
        sa.select(DossierReview, Organisation.name)
        .join(Organisation, Organisation.id == DossierReview.organisation_id)
        .where(reached)
    )


def _review(row: DossierReview, unit: str) -> ReviewView:
    return ReviewView(
        id=row.id,
        organisation=unit,
        closed_from=row.closed_from,
        closed_until=row.closed_until,
        population=row.population,
        seed=row.seed,
        drawn_at=row.drawn_at,
    )


def _sample(row: DossierSample, dispute: Dispute, desk: Desk) -> SampleView:
    key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
    words = key.open_optional(row.findings_sealed, f"dossier_sample.findings:{row.id}")
    findings: dict[str, Any] = json.loads(words) if words else {}
    return SampleView(
        id=row.id,
        review_id=row.review_id,
        place=row.place,
        dispute_id=dispute.id,
        number=dispute.number,
        answers=row.answers,
        findings=findings,
        remedied_on=row.remedied_on,
    )
