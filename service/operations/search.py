"""Find by an ID number 证件号码: exact, limited, written down each time it is done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from config.text import Malformed
from config.vocabulary import Role
from models import transaction
from service.desk import Desk
from service.errors import Invalid
from service.operations import allowance
from service.operations.event import record
from service.queries import dispute_row
from service.queries import search as queries
from service.queries.access import Within, in_full
from service.queries.dispute_row import DisputeRow
from service.queries.search import Elsewhere
from service.rules import access, identity
from service.rules.access import Actor

MOST: Final = 50  # of one person's disputes; whoever has more is found by their names as well


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Disputes in which somebody has the number: what the caller may see of them, and no more."""

    rows: list[DisputeRow]
    elsewhere: list[Elsewhere]


def by_identity(number: str, *, actor: Actor, desk: Desk, now: datetime) -> SamePerson:
    """The disputes of whoever has this ID number, as typed or read from the card.

    Raises Invalid at `q` for a number that does not check, which counts as no search; TooOften
    beyond the caller's limit. The event says how many were found, never the number.
    """
    policy, today = desk.policy, desk.today(now)
    access.require(actor, "search.identity", policy.access)
    clean = _clean(number, today)
    director = Role.DIRECTOR in actor.roles
    limits = policy.limits
    limit = limits.identity_search_director if director else limits.identity_search
    allowance.take("identity-search", str(actor.user_id), limit, desk=desk, now=now)
    with transaction() as session:
        found = _found(clean, today, actor=actor, desk=desk, now=now)
        record(
            session,
            actor.user_id,
            subject="search",
            action="identity",
            actor=actor,
            now=now,
            detail={"found": len(found.rows), "elsewhere": len(found.elsewhere)},
        )
    return found


def _clean(number: str, today: date) -> str:
    try:
        return identity.clean_id_number(number, today)[1]
    except Malformed as refusal:
        raise Invalid({"q": [str(refusal)]}) from refusal


def _found(number: str, today: date, *, actor: Actor, desk: Desk, now: datetime) -> SamePerson:
    scope = access.scope(actor, "dispute.list", desk.policy.access)
    full = in_full(scope, now)
    rows = dispute_row.rows(
        Within([queries.with_identity(number, desk.keyring), full]),
        full=full,
        today=today,
        limit=MOST,
        reader=actor.user_id,
    )
    others = queries.elsewhere(number, scope=scope, now=now, keyring=desk.keyring, limit=MOST)
    return SamePerson(list(rows.items), others)
