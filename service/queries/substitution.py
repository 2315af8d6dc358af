"""Look at substitutions 替岗: who is away, who stands in, for whom I stand in."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.access import Reach
from config.vocabulary import AbsenceReason
from models import Organisation, Substitution, User, db
from service.queries.access import of_town
from service.rules import substitution as rules
from service.rules.access import Scope
from service.rules.substitution import StandIn


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstitutionView:
    """One absence, now or to come."""

    id: UUID
    absent_id: UUID
    absent: str
    substitute_id: UUID
    substitute: str
    organisation_id: UUID
    organisation: str
    from_on: date
    until_on: date
    reason: AbsenceReason


def for_actor(user_id: UUID, today: date) -> frozenset[UUID]:
    """For whom this user stands in today, through chains; nobody on most days."""
    pairs = db.session.execute(_PAIRS, {"today": today})
    return rules.stood_in_for(user_id, [(absent, standing) for absent, standing in pairs])


def away(today: date) -> dict[UUID, SubstitutionView]:
    """Who is away today, with who stands in."""
    found = db.session.execute(_VIEWS.where(_on(today)))
    return {view.absent_id: view for view in map(_view, found)}


def listed(scope: Scope, today: date) -> list[SubstitutionView]:
    """Absences of today and later that `scope` reaches, the next one first."""
    query = _VIEWS.where(Substitution.ended_at.is_(None), Substitution.until_on >= today)
    if Reach.TOWN in scope.reach:
        query = query.where(of_town(scope.actor, User.organisation_id))
    else:
        query = query.where(User.organisation_id.in_(scope.actor.homes))
    found = db.session.execute(query.order_by(Substitution.from_on, User.name, Substitution.id))
    return [_view(row) for row in found]


def known(from_on: date, until_on: date) -> list[StandIn]:
    """Every absence that shares a day with this time."""
    found = db.session.scalars(
        sa.select(Substitution).where(
            Substitution.ended_at.is_(None),
            Substitution.from_on <= until_on,
            Substitution.until_on >= from_on,
        )
    )
    return [
        StandIn(each.absent_id, each.substitute_id, each.from_on, each.until_on) for each in found
    ]


_SUBSTITUTE = aliased(User, name="stands_in")
_VIEWS = (
    sa.select(Substitution, User.name, User.organisation_id, _SUBSTITUTE.name, Organisation.name)
    .join(User, User.id == Substitution.absent_id)
    .join(_SUBSTITUTE, _SUBSTITUTE.id == Substitution.substitute_id)
    .join(Organisation, Organisation.id == User.organisation_id)
)


def _on(today: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    return sa.and_(
        Substitution.ended_at.is_(None),
        Substitution.from_on <= today,
        Substitution.until_on >= today,
    )


# every request of a mediator asks this, so it is built once
_PAIRS = sa.select(Substitution.absent_id, Substitution.substitute_id).where(
    _on(sa.bindparam("today", type_=sa.Date()))
)


def _view(row: sa.Row[Substitution, str, UUID, str, str]) -> SubstitutionView:
    absence, absent, organisation_id, substitute, organisation = row
    return SubstitutionView(
        id=absence.id,
        absent_id=absence.absent_id,
        absent=absent,
        substitute_id=absence.substitute_id,
        substitute=substitute,
        organisation_id=organisation_id,
        organisation=organisation,
        from_on=absence.from_on,
        until_on=absence.until_on,
        reason=absence.reason,
    )
