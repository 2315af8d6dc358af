"""Who may do what 权限: the policy's rows turned into a frozen scope; queries turn it into SQL."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from config.access import AccessPolicy, Reach
from config.vocabulary import DisputeStatus, Role, Source
from service.errors import Forbidden

CREATED_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: a signed-in user with roles, in an organisation.

    `only` narrows a token to the actions it was made for; None narrows nothing. `source` is where
    everything comes from that a token sends. `address` is the network address of the request.
    """

    user_id: UUID
    name: str
    organisation_id: UUID
    roles: frozenset[Role]
    request_id: str | None = None
    address: str | None = None
    only: frozenset[str] | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one actor may reach with one action; an empty reach sees nothing."""

    actor: Actor
    reach: frozenset[Reach]
    restricted_town: bool  # whether the town-wide reach includes restricted disputes


@dataclass(frozen=True, slots=True)
class Standing:
    """How one dispute stands to the question who may reach it."""

    status: DisputeStatus
    dispatched_before: bool
    restricted: bool
    registered_by: UUID | None
    registered_at: datetime
    registered_at_organisation_id: UUID
    organisation_id: UUID | None
    assist_ids: frozenset[UUID]
    mediator_id: UUID | None


def scope(actor: Actor, action: str, policy: AccessPolicy) -> Scope:
    """The union of what the actor's roles may reach with `action`."""
    reach: frozenset[Reach] = frozenset()
    for role in actor.roles if actor.only is None or action in actor.only else ():
        reach |= policy.reach(role, action)
    return Scope(actor, reach, restricted_town=Role.DIRECTOR in actor.roles)


def may(actor: Actor, action: str, policy: AccessPolicy) -> bool:
    """Whether the actor may use the function at all."""
    return bool(scope(actor, action, policy).reach)


def require(actor: Actor, action: str, policy: AccessPolicy) -> Scope:
    """The scope of `action`, or Forbidden when no role of the actor has it."""
    found = scope(actor, action, policy)
    if not found.reach:
        raise Forbidden
    return found


def permitted(actor: Actor, actions: Iterable[str], policy: AccessPolicy) -> frozenset[str]:
    """Those of `actions` that the actor may use at all."""
    return frozenset(action for action in actions if may(actor, action, policy))


def covers(scope: Scope, standing: Standing, now: datetime) -> bool:
    """Whether the scope reaches this dispute; the same question `queries.access` asks in SQL."""
    actor = scope.actor
    return any(
        word in scope.reach and held
        for word, held in (
            (Reach.TOWN, scope.restricted_town or not standing.restricted),
            (Reach.ASSIGNED, standing.mediator_id == actor.user_id),
            (Reach.SENT, standing.registered_by == actor.user_id),
            (Reach.CREATED, _created(actor, standing, now)),
            (Reach.UNDISPATCHED, _undispatched(actor, standing)),
            (Reach.LEAD, _leads(actor, standing)),
            (Reach.WAITING, _waiting(actor, standing)),
            (Reach.ORGANISATION, _in_organisation(actor, standing)),
        )
    )


def may_end(actor: Actor, *, restricted: bool) -> bool:
    """Whether the actor may end a dispute at all: a restricted one only as director."""
    return not restricted or Role.DIRECTOR in actor.roles


def _created(actor: Actor, standing: Standing, now: datetime) -> bool:
    fresh = not standing.restricted and standing.registered_at > now - CREATED_FOR
    return standing.registered_by == actor.user_id and (fresh or _undispatched(actor, standing))


def _undispatched(actor: Actor, standing: Standing) -> bool:
    """A dispute that came back from a unit is no longer its registrar's own."""
    mine = standing.registered_by == actor.user_id
    fresh = standing.status == DisputeStatus.REGISTERED and not standing.dispatched_before
    return mine and fresh


def _leads(actor: Actor, standing: Standing) -> bool:
    return not standing.restricted and standing.organisation_id == actor.organisation_id


def _waiting(actor: Actor, standing: Standing) -> bool:
    return (
        not standing.restricted
        and standing.status == DisputeStatus.DISPATCHED
        and standing.mediator_id is None
        and standing.organisation_id == actor.organisation_id
    )


def _in_organisation(actor: Actor, standing: Standing) -> bool:
    home = {standing.organisation_id, standing.registered_at_organisation_id, *standing.assist_ids}
    return not standing.restricted and actor.organisation_id in home
