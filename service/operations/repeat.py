"""Take down that somebody came again 重复访 about a dispute that is registered.

It is no new dispute, and counted as none; who brings new facts brings one, tied to the old.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.text import Malformed
from config.vocabulary import Role
from models import Dispute, Party, RepeatVisit, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import allowance, load
from service.operations.event import record
from service.queries import number as numbers
from service.queries import repeat as queries
from service.queries import sight
from service.rules import access, identity
from service.rules import search as searches
from service.rules.access import Actor

ACTION: Final = "dispute.repeat"
NEW_FACTS: Final = "有新的事实的，请另外登记一件，登记时选“相关”，两件就连在一起"
NO_PARTY: Final = "不是这件纠纷的当事人"
MISSED: Final = "编号和证件对不上，或者这件不能在这里登记。请核对后再试"


def note(
    dispute_id: UUID, told: Mapping[str, Any], *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Take down one visit of a dispute in the actor's hands; the id of it.

    Raises NotFound, Forbidden, Invalid at the field, Conflict when new facts were stated, and
    Merged for one that went into another.
    """
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, ACTION, version=None, actor=actor, desk=desk, now=now
        )
        return _note(session, dispute, told, told.get("party"), actor=actor, desk=desk, now=now)


@sight.whole("a visit again by an ID card")
def note_by_card(
    told: Mapping[str, Any], *, actor: Actor, desk: Desk, now: datetime
) -> tuple[str, int]:
    """The same for a dispute the clerk may not open: by its number and the visitor's ID card.

    The number and the how-manieth visit it is. Raises Invalid at `id_number`, NotFound with one
    sentence for every miss, TooOften. What was merged leads to the one that remained.
    """
    access.require(actor, "search.identity", desk.policy.access)
    access.require(actor, ACTION, desk.policy.access)
    card = _identity(told["id_number"], desk, now)
    limits, director = desk.policy.limits, Role.DIRECTOR in actor.roles
    limit = limits.identity_search_director if director else limits.identity_search
    allowance.take("identity-search", str(actor.user_id), limit, desk=desk, now=now)
    with transaction() as session:
        number = numbers.cleaned(told["number"], desk=desk, now=now)
        found = queries.of_card(number, card, actor=actor, desk=desk)
        if found is None:
            raise NotFound(MISSED)
        dispute = session.get_one(Dispute, found.dispute_id, with_for_update=True)
        if queries.of_card(number, card, actor=actor, desk=desk) != found:  # merged meanwhile
            raise NotFound(MISSED)
        made = _note(session, dispute, told, found.party_id, actor=actor, desk=desk, now=now)
        return dispute.number, session.get_one(RepeatVisit, made).ordinal


def _note(
    session: Session,
    dispute: Dispute,
    told: Mapping[str, Any],
    party_id: UUID | None,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    if told.get("new_facts"):
        raise Conflict(NEW_FACTS)
    if told["came_on"] > desk.today(now):
        raise Invalid({"came_on": ["来访日期不能晚于今天"]})
    if told["came_on"] < dispute.registered_on:
        raise Invalid({"came_on": ["来访日期不能早于登记的那天"]})
    if party_id is not None and not _is_of(session, dispute, party_id):
        raise Invalid({"party": [NO_PARTY]})
    repeat_id, key = uuid4(), load.field_key(dispute, desk)
    last = session.scalar(
        sa.select(sa.func.max(RepeatVisit.ordinal)).where(RepeatVisit.dispute_id == dispute.id)
    )
    ordinal = (last or 1) + 1
    session.add(
        RepeatVisit(
            id=repeat_id,
            dispute_id=dispute.id,
            ordinal=ordinal,
            came_on=told["came_on"],
            party_id=party_id,
            words_sealed=key.seal_optional(told.get("words"), queries.words_place(repeat_id)),
            organisation_id=actor.organisation_id,
            recorded_by=actor.user_id,
            recorded_at=now,
        )
    )
    record(
        session,
        dispute.id,
        subject="dispute",
        action="repeat",
        actor=actor,
        now=now,
        detail={"came_on": told["came_on"].isoformat(), "ordinal": ordinal},
    )
    session.flush()
    return repeat_id


def _is_of(session: Session, dispute: Dispute, party_id: UUID) -> bool:
    mine = sa.select(Party.id).where(Party.id == party_id, Party.dispute_id == dispute.id)
    return session.scalar(mine) is not None


def _identity(typed: str, desk: Desk, now: datetime) -> str:
    try:
        return identity.clean_id_number(searches.identity_in(typed) or typed, desk.today(now))[1]
    except Malformed as refusal:
        raise Invalid({"id_number": [str(refusal)]}) from refusal
