"""Who may do what 权限: the policy's rows turned into a frozen scope; queries turn it into SQL."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from config.access import AccessPolicy, Reach
from config.vocabulary import DisputeStatus, Role, Source
from service.errors import Forbidden

CREATED_FOR: Final = timedelta(hours=24)
# what is seen so is not opened: brief rows, those of what was handed over among them, and
# restricted disputes without what they are about
CLOSED: Final = frozenset({Reach.BRIEF, Reach.SEALED, Reach.HANDED})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: a signed-in user with roles, in an organisation.

    `only` narrows a token to the actions it was made for; None narrows nothing. `source` is where
    everything comes from that a token sends. `address` is the network address of the request.
    `below` are the organisations under the actor's own in the tree; `town` those of the actor's
    town, None where there is no other. `stands_for` are colleagues the actor stands in for 替岗.
    """

    user_id: UUID
    name: str
    organisation_id: UUID
    roles: frozenset[Role]
    request_id: str | None = None
    address: str | None = None
    only: frozenset[str] | None = None
    source: Source | None = None
    below: frozenset[UUID] = frozenset()
    town: frozenset[UUID] | None = None
    stands_for: frozenset[UUID] = frozenset()

    @property
    def homes(self) -> frozenset[UUID]:
        """The actor's organisation and those under it."""
        return self.below | {self.organisation_id}


@dataclass(frozen=True, slots=True)
class Scope:
    """What one actor may reach with one action; an empty reach sees nothing."""

    actor: Actor
    reach: frozenset[Reach]

    @property
    def opened(self) -> "Scope":
        """What of it is reached with its content."""
        return replace(self, reach=self.reach - CLOSED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one dispute stands to the question who may reach it.

    `shared_with` are organisations with a share in force; `named` and `glass` are people.
    `handed_by` handed it over to another at some time; `incoming_at` is asked to take it over.
    """

    status: DisputeStatus
    dispatched_before: bool
    restricted: bool
    registered_by: UUID | None
    registered_at: datetime
    registered_at_organisation_id: UUID
    organisation_id: UUID | None
    mediator_id: UUID | None
    shared_with: frozenset[UUID] = frozenset()
    named: frozenset[UUID] = frozenset()
    glass: frozenset[UUID] = frozenset()
    handed_by: frozenset[UUID] = frozenset()
    incoming_at: UUID | None = None


def scope(actor: Actor, action: str, policy: AccessPolicy) -> Scope:
    """The union of what the actor's roles may reach with `action`."""
    reach: frozenset[Reach] = frozenset()
    for role in actor.roles if actor.only is None or action in actor.only else ():
        reach |= policy.reach(role, action)
    return Scope(actor, reach)


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
    """Whether the scope reaches this dispute, if only sealed; `queries.access` asks it in SQL."""
    asked = filter(None, map(_WAYS.get, scope.reach))
    return any(way(scope.actor, standing, now) for way in asked)


def opens(scope: Scope, standing: Standing, now: datetime) -> bool:
    """Whether the scope reaches this dispute with its content."""
    return covers(scope.opened, standing, now)


def is_of_town(actor: Actor, organisation_id: UUID) -> bool:
    """Whether an organisation is of the actor's town; where there is no other, every one is."""
    return actor.town is None or organisation_id in actor.town


def is_reached(scope: Scope, organisation_id: UUID) -> bool:
    """Whether a scope of what is no dispute reaches a unit's: its town's, or its own."""
    actor = scope.actor
    if Reach.TOWN in scope.reach and is_of_town(actor, organisation_id):
        return True
    return Reach.ORGANISATION in scope.reach and organisation_id in actor.homes


def may_end(actor: Actor, *, restricted: bool) -> bool:
    """Whether the actor may end a dispute at all: a restricted one only as director."""
    return not restricted or Role.DIRECTOR in actor.roles


def _in_town(actor: Actor, standing: Standing) -> bool:
    at = {standing.registered_at_organisation_id, standing.organisation_id}
    return actor.town is None or bool(at & actor.town)


def _assigned(actor: Actor, standing: Standing) -> bool:
    """Who stands in for a mediator has what is theirs; what is restricted names its people."""
    standing_in = not standing.restricted and standing.mediator_id in actor.stands_for
    return standing.mediator_id == actor.user_id or standing_in


def _created(actor: Actor, standing: Standing, now: datetime) -> bool:
    fresh = not standing.restricted and standing.registered_at > now - CREATED_FOR
    return standing.registered_by == actor.user_id and (fresh or _undispatched(actor, standing))


def _undispatched(actor: Actor, standing: Standing) -> bool:
    """A dispute that came back from a unit is no longer its registrar's own."""
    mine = standing.registered_by == actor.user_id
    fresh = standing.status == DisputeStatus.REGISTERED and not standing.dispatched_before
    return mine and fresh


def _waiting(actor: Actor, standing: Standing) -> bool:
    return (
        not standing.restricted
        and standing.status == DisputeStatus.DISPATCHED
        and standing.mediator_id is None
        and standing.organisation_id == actor.organisation_id
    )


def _in_organisation(actor: Actor, standing: Standing) -> bool:
    at = {standing.organisation_id, standing.registered_at_organisation_id}
    return bool(at & actor.homes)


# what a word reaches; only the words of a scope are asked, and most have two or three of them
_WAYS: Final[Mapping[Reach, Callable[[Actor, Standing, datetime], bool]]] = {
    Reach.TOWN: lambda actor, at, _: not at.restricted and _in_town(actor, at),
    Reach.SEALED: lambda actor, at, _: at.restricted and _in_town(actor, at),
    Reach.NAMED: lambda actor, at, _: at.restricted and actor.user_id in at.named,
    Reach.GLASS: lambda actor, at, _: at.restricted and actor.user_id in at.glass,
    Reach.SHARED: lambda actor, at, _: (
        not at.restricted and actor.organisation_id in at.shared_with
    ),
    Reach.ASSIGNED: lambda actor, at, _: _assigned(actor, at),
    Reach.SENT: lambda actor, at, _: at.registered_by == actor.user_id,
    Reach.CREATED: _created,
    Reach.UNDISPATCHED: lambda actor, at, _: _undispatched(actor, at),
    Reach.LEAD: lambda actor, at, _: (
        not at.restricted and at.organisation_id == actor.organisation_id
    ),
    Reach.WAITING: lambda actor, at, _: _waiting(actor, at),
    Reach.ORGANISATION: lambda actor, at, _: not at.restricted and _in_organisation(actor, at),
    Reach.INCOMING: lambda actor, at, _: (
        not at.restricted and at.incoming_at == actor.organisation_id
    ),
    Reach.HANDED: lambda actor, at, _: actor.organisation_id in at.handed_by,
}
