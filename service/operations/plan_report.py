"""Keep reports 计划报告 of the plan: the month's state, the quarter's review, the year's report.

What is kept never changes. Months and quarters are kept by the job. A year's report is made by one
person and published by another.
"""

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Plan, PlanReport, insert, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, Stale
from service.operations.event import record
from service.operations.load import changed_since
from service.operations.weekly import canonical
from service.queries import plan_report as queries
from service.queries.plan_task import plan_of
from service.rules import access
from service.rules import plan_report as rules
from service.rules.access import Actor
from service.rules.plan_report import PlanTold, ReportPeriod

SUBJECT: Final = "plan_report"
OWN: Final = "年度报告要由编制人以外的人发布"
PUBLISHED: Final = "这份年度报告已经发布"
WHY: Final = "这一年的报告已经编过，请写明为什么重编"


def prepare(
    year: int, reason: str | None = None, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Make the year's report from what is known now; a later edition says why.

    Raises NotFound without a plan of that year, Invalid at `reason`, Conflict before the year.
    """
    scope = access.require(actor, "plan.report", desk.policy.access)
    with transaction() as session:
        plan = plan_of(year, scope)
        if desk.today(now) < ReportPeriod.parse(str(year)).start_on:
            raise Conflict(f"{year} 年还没有开始")
        session.get(Plan, plan.id, with_for_update=True)  # one edition after the other
        last = queries.last_revision(plan.id, str(year))
        if last and not reason:
            raise Invalid({"reason": [WHY]})
        told = queries.told(plan, ReportPeriod.parse(str(year)), desk=desk, now=now)
        made = keep(session, plan, told, last + 1, reason if last else None, actor=actor, now=now)
        if made is None:
            raise Conflict("年度报告没有写入，请重试")
        return made


def publish(
    year: int, revision: int, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Publish an edition of the year's report: somebody else than who made it.

    Raises NotFound, Stale, Conflict when it is published, Forbidden for who made it.
    """
    scope = access.require(actor, "plan.publish", desk.policy.access)
    with transaction() as session:
        plan = plan_of(year, scope)
        found = queries.find(plan.id, str(year), revision)
        row = session.get_one(PlanReport, found.id, with_for_update=True, populate_existing=True)
        if row.version != version:
            raise Stale(changed_since(session, row.id, version))
        if row.published_at is not None:
            raise Conflict(PUBLISHED)
        if row.made_by == actor.user_id:
            raise Forbidden(OWN)
        row.published_by, row.published_at = actor.user_id, now
        session.flush()  # gives the new version to the event
        _note(session, row, "plan_report-publish", actor=actor, now=now)


def keep(
    session: Session,
    plan: Plan,
    told: PlanTold,
    revision: int = 1,
    reason: str | None = None,
    *,
    actor: Actor | None,
    now: datetime,
) -> UUID | None:
    """Freeze what was told, in the caller's transaction; None when that edition was kept before."""
    body = rules.as_body(told)
    kept = session.execute(
        insert(session, PlanReport)
        .values(
            id=uuid4(),
            plan_id=plan.id,
            kind=ReportPeriod.parse(told.period).kind,
            period=told.period,
            revision=revision,
            body=body,
            sha256=hashlib.sha256(canonical(body)).hexdigest(),
            reason=reason,
            made_by=actor.user_id if actor else None,
            made_at=now,
            version=1,
        )
        .on_conflict_do_nothing(
            index_elements=[PlanReport.plan_id, PlanReport.period, PlanReport.revision]
        )
        .returning(PlanReport.id)
    ).scalar_one_or_none()
    if kept is not None:
        _note(session, session.get_one(PlanReport, kept), "plan_report-make", actor=actor, now=now)
    return kept


def plans_of(session: Session, year: int) -> list[Plan]:
    """Every town's plan of a year."""
    return list(session.scalars(sa.select(Plan).where(Plan.year == year).order_by(Plan.id)))


def _note(
    session: Session, row: PlanReport, deed: str, *, actor: Actor | None, now: datetime
) -> None:
    record(
        session,
        row.id,
        subject=SUBJECT,
        action=deed,
        actor=actor,
        now=now,
        detail={"period": row.period, "revision": row.revision},
        version=row.version,
    )
