"""Ask the rules where a dispute goes 分流, and keep what they answered."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Channel, OrganisationKind
from models import Dispute, Route
from service.desk import Desk
from service.rules import routing
from service.rules.fact import checked
from service.rules.routing import RouteAnswer, RoutingRequest


def answer(request: RoutingRequest, desk: Desk, *, today: date) -> RouteAnswer:
    """The answer of the rules in force on the day of registering, or without one today."""
    rulebook = desk.rulebooks.on(request.registered_on or today)
    return routing.preview(request, rulebook, desk.policy.clocks, desk.calendar)


def answer_for(dispute: Dispute, desk: Desk) -> RouteAnswer:
    """The answer for a stored dispute, with the dates it has by now, by the rules of its day."""
    return answer(
        RoutingRequest(
            category=dispute.category,
            registered_on=dispute.registered_on,
            accepted_on=dispute.accepted_on,
            people_count=dispute.people_count,
            facts=checked(dispute.facts),
        ),
        desk,
        today=dispute.registered_on,
    )


def kept(dispute: Dispute, given: RouteAnswer, now: datetime) -> Route:
    """The row that keeps an answer: rule, version, facts, reasons."""
    return Route(
        dispute_id=dispute.id,
        routed_at=now,
        rule_id=given.rule.id,
        rule_version=str(given.rule.version),
        accept=given.accept,
        channel=given.channel,
        lead=OrganisationKind(given.lead) if given.lead else None,
        request={"category": dispute.category, "facts": dispute.facts},
        answer=plain(given),
    )


def again(dispute: Dispute, given: RouteAnswer, before: Route | None, now: datetime) -> Route:
    """The row of an answer that follows `before`, and is later than it whatever the clock says."""
    moment = max(now, before.routed_at + timedelta.resolution) if before else now
    return kept(dispute, given, moment)


def plain(given: RouteAnswer) -> dict[str, Any]:
    """An answer as JSON keeps it: dates as text."""
    stored: dict[str, Any] = orjson.loads(orjson.dumps(given.as_dict()))
    return stored


def latest(session: Session, dispute: Dispute) -> Route:
    """The newest answer kept for a dispute."""
    return session.scalars(
        sa.select(Route)
        .where(Route.dispute_id == dispute.id)
        .order_by(Route.routed_at.desc(), Route.id)
        .limit(1)
    ).one()


def channel_run_by(kind: OrganisationKind) -> Channel:
    """The mediation a unit runs when a person chose it against the rules."""
    return _CHANNEL_RUN_BY.get(kind, Channel.ADMINISTRATIVE)


K = OrganisationKind
_CHANNEL_RUN_BY: Final[Mapping[OrganisationKind, Channel]] = MappingProxyType(
    {
        K.PEOPLE_MEDIATION_COMMITTEE: Channel.PEOPLE,
        K.VILLAGE_COMMITTEE: Channel.PEOPLE,
        K.JUSTICE_OFFICE: Channel.PEOPLE,
        K.LAW_FIRM: Channel.PEOPLE,
        K.LEGAL_SERVICE: Channel.PEOPLE,
        K.SECTOR_COMMITTEE: Channel.SECTOR,
        K.TRAFFIC_COMMITTEE: Channel.SECTOR,
        K.PEOPLE_COURT: Channel.JUDICIAL,
        K.COURT: Channel.JUDICIAL,
    }
)
