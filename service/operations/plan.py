"""The yearly plan 年度计划 as a whole: its wording is approved by a second person."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from models import Plan, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Stale
from service.operations.event import record
from service.operations.load import changed_since
from service.queries.access import of_town
from service.queries.plan import APPROVE, OWN_WORK, brought_in_by
from service.queries.plan_light import READ
from service.queries.plan_task import plan_of
from service.rules import access
from service.rules.access import Actor

APPROVED: Final = "这份计划已经批准，之后没有改动"


def approve(year: int, *, version: int, actor: Actor, desk: Desk, now: datetime) -> None:
    """Approve a year's plan as it is worded now; changed words make it unapproved again.

    Raises NotFound, Forbidden for who brought it in or changed it last, Stale when it was changed
    since it was read, Conflict where just this wording was approved already.
    """
    with transaction() as session:
        seen = plan_of(year, access.scope(actor, READ, desk.policy.access))
        access.require(actor, APPROVE, desk.policy.access)
        plan = session.scalars(
            sa.select(Plan)
            .where(Plan.id == seen.id, of_town(actor, Plan.organisation_id))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if plan.version != version:
            raise Stale(changed_since(session, plan.id, version))
        if actor.user_id in brought_in_by(plan):
            raise Forbidden(OWN_WORK)
        if plan.approved_wording == plan.wording:
            raise Conflict(APPROVED)
        plan.approved_by, plan.approved_at = actor.user_id, now
        plan.approved_wording = plan.wording
        session.flush()  # gives the new version to the event
        record(
            session,
            plan.id,
            subject="plan",
            action="plan-approve",
            actor=actor,
            now=now,
            detail={"year": year, "wording": plan.wording},
            version=plan.version,
        )
