"""What somebody may see at most, told to the second wall 第二道墙 of the database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Final

from config.access import AccessPolicy, Reach
from models import wall
from models.wall import Sight
from service.rules import access
from service.rules.access import Actor

OF_DISPUTES: Final = (
    "dispute.",
    "register.",
    "provision.",
    "retention.",
    "supervision.",
    "handover.",
    "court.",
)
OF_CONSULTATIONS: Final = ("consultation.", "register.")
OF_LAWSUITS: Final = ("lawsuit.",)
OF_SUGGESTIONS: Final = ("suggestion.",)

whole = wall.whole


def of(actor: Actor, policy: AccessPolicy, now: datetime) -> Sight:
    """The most that any right of the actor reaches."""
    return Sight(
        user=actor.user_id,
        home=actor.organisation_id,
        homes=actor.homes,
        town=actor.town,
        stands_for=actor.stands_for,
        reach=_reach(actor, OF_DISPUTES, policy),
        consultations=_reach(actor, OF_CONSULTATIONS, policy),
        lawsuits=_reach(actor, OF_LAWSUITS, policy),
        suggestions=_reach(actor, OF_SUGGESTIONS, policy),
        now=now,
    )


def _reach(actor: Actor, prefixes: tuple[str, ...], policy: AccessPolicy) -> frozenset[Reach]:
    """The union of what the actor's rights of a kind reach."""
    held = {action for role in actor.roles for action in policy.rights.get(role, ())}
    reaches = (
        access.scope(actor, action, policy).reach for action in held if action.startswith(prefixes)
    )
    return frozenset[Reach]().union(*reaches)


def seeing(actor: Actor, policy: AccessPolicy, now: datetime) -> AbstractContextManager[None]:
    """Meanwhile it is the actor who looks."""
    return wall.seeing(of(actor, policy, now))


@contextmanager
def nobody() -> Iterator[None]:
    """Meanwhile nobody is looking: no row of any dispute is there."""
    with wall.seeing(wall.NOBODY):
        yield
