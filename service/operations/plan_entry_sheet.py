"""Take rows of a register from a workbook: tried first, then the good ones written together."""

from datetime import datetime

import sqlalchemy as sa

from models import PlanEntry, db, transaction
from service.desk import Desk
from service.gateways import workbook
from service.operations import plan_entry as operations
from service.operations.plan_entry import EntryDraft, EntryStep
from service.queries import organisation as organisations
from service.queries import plan_entry as queries
from service.rules import access
from service.rules import plan_sheet as rules
from service.rules.access import Actor
from service.rules.plan_sheet import OK, Ground, Listed, Reading, Signature


def preview(
    register_id: str, content: bytes, *, actor: Actor, desk: Desk, now: datetime
) -> Reading:
    """What each row would become; nothing is written. Invalid at `file` for what is no such sheet.

    Raises NotFound for no such register.
    """
    scope = access.require(actor, "plan_entry.record", desk.policy.access)
    register = queries.register(register_id, desk)
    units = organisations.active_in_town(actor)
    ground = Ground(
        units={each.name: each.id for each in units if access.is_reached(scope, each.id)},
        own=actor.organisation_id,
        known=_known(register_id, desk),
        today=desk.today(now),
    )
    return rules.read(register, workbook.read(content), ground)


def take_in(
    register_id: str, content: bytes, *, actor: Actor, desk: Desk, now: datetime
) -> Reading:
    """Write the good rows, all of them or none; a second time they are known already."""
    with transaction():
        found = preview(register_id, content, actor=actor, desk=desk, now=now)
        for each in found.rows:
            if each.fate == OK:
                _write(register_id, each, actor=actor, desk=desk, now=now)
    return found


def _write(register_id: str, each: Listed, *, actor: Actor, desk: Desk, now: datetime) -> None:
    draft = EntryDraft(register=register_id, values=each.values, organisation=each.organisation)
    made = operations.record(draft, actor=actor, desk=desk, now=now)
    for step, said in each.taken.items():
        version = queries.one(register_id, made, actor=actor, desk=desk, now=now).version
        operations.take(
            register_id,
            made,
            EntryStep(step=step, said=said, values={}),
            version=version,
            actor=actor,
            desk=desk,
            now=now,
        )


def _known(register_id: str, desk: Desk) -> set[Signature]:
    """What is there already, whoever wrote it."""
    register = queries.register(register_id, desk)
    found = db.session.scalars(
        sa.select(PlanEntry).where(PlanEntry.register == register_id, PlanEntry.voided_at.is_(None))
    )
    return {
        rules.signature(queries.row_of(each, register, None), each.organisation_id)
        for each in found
    }
