"""Take a list of organisations and villages into the register: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from models import Organisation, transaction
from service.desk import Desk
from service.operations.organisation import OrganisationDraft, create
from service.queries import organisation as queries
from service.rules import access
from service.rules import organisation as rules
from service.rules.access import Actor
from service.rules.organisation import Listed


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a list; with any wrong row nothing was written and `made` is 0."""

    rows: Sequence[Listed]
    made: int

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each fate."""
        fates = [row.fate for row in self.rows]
        return {"rows": len(fates)} | {fate: fates.count(fate) for fate in ("ok", "known", "error")}


def preview(text: str, *, actor: Actor | None, desk: Desk) -> TakenIn:
    """What each row would become; nothing is written. Invalid at `text` when it is no list."""
    if actor is not None:
        access.require(actor, "organisation.manage", desk.policy.access)
    return TakenIn(rules.listed(text, desk.policy.organisations, queries.known()), 0)


def take_in(text: str, *, actor: Actor | None, desk: Desk, now: datetime) -> TakenIn:
    """Write the rows the register does not have yet, if no row is wrong."""
    with transaction() as session:
        found = preview(text, actor=actor, desk=desk)
        if found.counts["error"]:
            return found
        place = session.scalar(sa.select(sa.func.max(Organisation.position))) or 0
        ids = {
            row.name: row.id
            for row in session.execute(sa.select(Organisation.name, Organisation.id))
        }  # fmt: skip -- one query
        fresh = [row for row in rules.parents_first(found.rows) if row.fate == "ok"]
        order = {row.name: number for number, row in enumerate(found.rows, place + 1)}
        for row in fresh:
            ids[row.name] = create(_draft(row, ids, order), actor=actor, now=now)
    return TakenIn(found.rows, len(fresh))


def _draft(row: Listed, ids: dict[str, UUID], order: dict[str, int]) -> OrganisationDraft:
    assert row.kind is not None
    return OrganisationDraft(
        kind=row.kind,
        name=row.name,
        parent=ids[row.parent] if row.parent else None,
        address=row.address,
        phone=row.phone,
        position=order[row.name],
    )
