"""What is due: the answer of the policy, and of nothing else."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from config.access import Reach
from config.vocabulary import DisputeStatus
from models import Dispute, db
from service.queries.access import standing
from service.rules import access
from service.rules.access import Actor, Standing
from service.web.door import PUBLIC
from tests.factories.matrix import NOW, Subject, Thing, World
from tests.factories.question.route import Route

SIGNED_IN: Final = "signed-in"
# whose rights on a thing are not a reach of the policy, and what they are
OWN: Final[Mapping[str, tuple[str, Callable[[Actor, Thing], bool]]]] = MappingProxyType(
    {
        "notice_id": ("one's inbox is one's own", lambda who, it: it.owner == who.user_id),
        "session_id": ("one's own sessions", lambda who, it: it.owner == who.user_id),
        "note_id": (
            "a note is for everybody at the same window",
            lambda who, it: it.at == who.organisation_id,
        ),
        "form_key": ("a key is one's own: another's is another draft", lambda who, it: True),
    }
)
# what of a thing is its owner's alone, whatever others may do with it
ASKERS_OWN: Final = frozenset({("glass_id", "dispute.break_glass")})
# whose second person decides without reading the dispute behind it
UNREAD: Final = frozenset({"glass_id"})
# and by whom else they are reached
ALSO: Final[Mapping[str, str]] = MappingProxyType({"session_id": "session.revoke"})
READS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dispute_id": "dispute.read",
        "consultation_id": "consultation.list",
        "lawsuit_id": "lawsuit.read",
        "suggestion_id": "suggestion.read",
        "data_request_id": "data_request.read",
        "glass_id": "glass.decide",
        "grant_id": "grant.read",
    }
)
# what of a thing stands in lists, which more may see; a platform has its own reference back
LISTED: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {("lawsuit_id", "court"): "lawsuit.list", ("lawsuit_id", "cause"): "lawsuit.list"}
)


class Due(StrEnum):
    """The answer that is due."""

    ANYBODY = "anybody"  # public: whatever it says, it says nothing foreign
    STRANGER = "stranger"  # 401, or the way to the sign-in
    FORBIDDEN = "forbidden"  # 403: the function is not theirs
    HIDDEN = "hidden"  # 404, the bytes of what does not exist
    SEEN = "seen"  # they know it and may not do this: 403 or 404
    SEALED = "sealed"  # they know of it without what it is about
    OPEN = "open"  # theirs


class Expectation:
    """Knows what answer is due to whom, and what may come before whose eyes."""

    def __init__(self, world: World) -> None:
        self.world, self.app = world, world.office.app
        self.policy = world.office.desk.policy.access
        self._standing: dict[UUID, Standing] = {}

    def due(self, subject: Subject, route: Route, thing: Thing | None) -> Due:
        """What the policy says, and nothing else."""
        if route.action == PUBLIC:
            return Due.ANYBODY
        actor = subject.actor
        if actor is None or (subject.is_program and not route.is_api):
            return Due.STRANGER
        if subject.is_program and not route.programs:
            return Due.FORBIDDEN
        if route.action != SIGNED_IN and not access.may(actor, route.action, self.policy):
            return Due.FORBIDDEN
        return Due.OPEN if thing is None else self._due_of(actor, route, thing)

    def _due_of(self, actor: Actor, route: Route, thing: Thing) -> Due:
        """The same of a thing, for who may use the function at all."""
        if thing.noun in OWN:
            return Due.OPEN if self._owns(actor, thing) else Due.HIDDEN
        if route.action == SIGNED_IN:
            return Due.OPEN
        if (thing.noun, route.action) in ASKERS_OWN:
            return Due.OPEN if thing.owner == actor.user_id else Due.HIDDEN
        scope = access.scope(actor, route.action, self.policy)
        if thing.noun == "dispute_id":
            return self._due_within(scope, thing)
        reads = READS.get(thing.noun)
        if reads and not self._reaches(access.scope(actor, reads, self.policy), thing):
            return Due.HIDDEN
        return (
            self._behind(actor, thing)
            if Reach.ALL in scope.reach
            else self._due_within(scope, thing)
        )

    def _due_within(self, scope: access.Scope, thing: Thing) -> Due:
        """The same by how the thing stands to the scope."""
        stand, actor = self.standing(thing), scope.actor
        if access.opens(scope, stand, NOW):
            return self._behind(actor, thing)
        if access.covers(scope, stand, NOW):
            return Due.SEALED
        return Due.SEEN if self.knows(actor, thing) else Due.HIDDEN

    def _owns(self, actor: Actor, thing: Thing) -> bool:
        also = ALSO.get(thing.noun)
        overseen = also is not None and access.may(actor, also, self.policy)
        return OWN[thing.noun][1](actor, thing) or overseen

    def _reaches(self, scope: access.Scope, thing: Thing) -> bool:
        return Reach.ALL in scope.reach or access.covers(scope, self.standing(thing), NOW)

    def _behind(self, actor: Actor, thing: Thing) -> Due:
        """What became of a dispute that is restricted is reached as that dispute is."""
        if thing.noun in UNREAD | {"dispute_id"} or thing.dispute is None:
            return Due.OPEN
        behind = self._of_dispute(thing.dispute)
        reads = access.scope(actor, "dispute.read", self.policy)
        if not behind.restricted or access.opens(reads, behind, NOW):
            return Due.OPEN
        return Due.SEALED if access.covers(reads, behind, NOW) else Due.HIDDEN

    def _looks_behind(self, actor: Actor, thing: Thing) -> bool:
        """Whether they read the dispute over which somebody asks, and its story with it."""
        reads = access.scope(actor, "dispute.read", self.policy)
        if thing.dispute is None:
            return False
        return access.opens(reads, self._of_dispute(thing.dispute), NOW)

    def knows(self, actor: Actor, thing: Thing) -> bool:
        """Whether they may read a dispute, if only sealed."""
        if thing.noun != "dispute_id":
            return False
        reads = access.scope(actor, "dispute.read", self.policy)
        return access.covers(reads, self.standing(thing), NOW)

    def reads(  # noqa: PLR0911 -- one answer for each kind of thing
        self, actor: Actor | None, thing: Thing, place: str = ""
    ) -> bool:
        """Whether what stands at a place of a thing may come before their eyes."""
        if actor is None or "erased" in thing.relation:
            return False
        if thing.noun in ("notice_id", "session_id", "form_key"):
            return thing.owner == actor.user_id
        if thing.noun in OWN:
            return OWN[thing.noun][1](actor, thing)
        action = LISTED.get((thing.noun, place)) or READS.get(thing.noun)
        if actor.only is not None:
            return place == "reference" and thing.owner == actor.user_id
        if action is None:
            return False
        scope = access.scope(actor, action, self.policy)
        if thing.noun == "glass_id" and self._looks_behind(actor, thing):
            return True
        if thing.noun != "dispute_id" and Reach.ALL in scope.reach:
            return True
        opened = access.opens(scope, self.standing(thing), NOW)
        return opened and self._behind(actor, thing) is Due.OPEN

    def standing(self, thing: Thing) -> Standing:
        """How a thing stands to the question who may reach it."""
        if thing.noun == "dispute_id":
            return self._of_dispute(UUID(str(thing.id)))
        at = thing.at or UUID(int=0)
        return Standing(
            status=DisputeStatus.MEDIATING,
            dispatched_before=True,
            restricted=False,
            registered_by=thing.owner,
            registered_at=NOW,
            registered_at_organisation_id=at,
            organisation_id=at,
            mediator_id=None,
        )

    def _of_dispute(self, dispute_id: UUID) -> Standing:
        if dispute_id not in self._standing:
            with self.app.app_context():
                row = db.session.get_one(Dispute, dispute_id)
                self._standing[dispute_id] = standing(db.session(), row, NOW)
        return self._standing[dispute_id]
