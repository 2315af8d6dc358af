"""Who may be told of the terms 期限 of what is no dispute: letters, lawsuits, duties; ADR 31."""

from uuid import UUID

from config.access import AccessPolicy
from config.clock_subject import OF_UNIT, WORDS, ClockSubject
from service.rules import access
from service.rules.access import Actor


def tells_town(actor: Actor, subject: ClockSubject, policy: AccessPolicy) -> bool:
    """Whether somebody may be told of what any unit of their town owes."""
    return bool(actor.roles & WORDS[subject].town) and _may(actor, subject, policy)


def tells_unit(actor: Actor, subject: ClockSubject, policy: AccessPolicy) -> bool:
    """Whether somebody may be told of what their own unit owes."""
    return bool(actor.roles & OF_UNIT) and _may(actor, subject, policy)


def may_know(
    actor: Actor, subject: ClockSubject, organisation_id: UUID | None, policy: AccessPolicy
) -> bool:
    """Whether somebody may be told of what `organisation_id` owes; what nobody owes yet is told
    where there is one town only.
    """
    if organisation_id is None:
        return actor.town is None and tells_town(actor, subject, policy)
    in_town = access.is_of_town(actor, organisation_id)
    return (in_town and tells_town(actor, subject, policy)) or (
        organisation_id == actor.organisation_id and tells_unit(actor, subject, policy)
    )


def opens(actor: Actor, subject: ClockSubject, policy: AccessPolicy) -> bool:
    """Whether one of them is opened, not only found in its list."""
    return access.may(actor, WORDS[subject].read, policy)


def _may(actor: Actor, subject: ClockSubject, policy: AccessPolicy) -> bool:
    words = WORDS[subject]
    return access.may(actor, words.read, policy) or access.may(actor, words.list, policy)
