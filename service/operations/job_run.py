"""Job runs 作业记录: make a period's effect happen once, and say how each job stands."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config.vocabulary import AuditResult
from models import JobRun, insert, transaction
from models.job_run import JobState
from service.operations import audit

SUMMARY_LENGTH: Final = 300
# what a look says it did: most looks find nothing to do and count none
COUNTED: Final = re.compile("[1-9]")
LOCK_NOT_AVAILABLE: Final = "55P03"


class Busy(Exception):
    """Another worker is at this very period; it will be found done at the next look."""


def once(
    job: str, period: str, effect: Callable[[], str], *, due_at: datetime, now: datetime
) -> str | None:
    """Run `effect` for the first who claims the period; its sentence, None when it was done.

    The claim is the unique row, in the transaction of the effect itself: a worker that dies
    leaves neither, and a twin waits at the insert until it is known which. Raises Busy when the
    twin has waited as long as the database lets it.
    """
    with transaction() as session:
        if not _claimed(session, job, period, due_at=due_at, now=now, skipped=False):
            return None
        summary = effect()
        _note_run(session, job, period, now=now)
        session.execute(
            sa.update(JobRun)
            .where(JobRun.job == job, JobRun.period == period)
            .values(summary=summary[:SUMMARY_LENGTH])
            .execution_options(synchronize_session=False)
        )
        return summary


def skip(job: str, period: str, *, due_at: datetime, now: datetime) -> bool:
    """Record a period that is too old to be caught up; a person decides about it."""
    with transaction() as session:
        skipped = _claimed(session, job, period, due_at=due_at, now=now, skipped=True)
        if skipped:
            _note_run(session, job, period, now=now, result=AuditResult.FAILED)
        return skipped


def note(
    job: str,
    summary: str,
    *,
    now: datetime,
    expected_at: datetime,
    error: str | None = None,
    told: bool = False,
) -> None:
    """Rewrite how a job stands: looked at now, to be looked at again by `expected_at`.

    A look that did something, or failed, goes to the trail; most do nothing. What is `told` there
    already, period by period, is not told again.
    """
    values = {
        "looked_at": now,
        "expected_at": expected_at,
        "summary": summary[:SUMMARY_LENGTH],
        "failed_at": now if error else None,
        "error": error[:SUMMARY_LENGTH] if error else None,
    }
    with transaction() as session:
        statement = insert(session, JobState).values(job=job, **values)
        session.execute(statement.on_conflict_do_update(index_elements=[JobState.job], set_=values))
        if error or (not told and COUNTED.search(summary)):
            result = AuditResult.FAILED if error else AuditResult.DONE
            _note_run(session, job, "", now=now, result=result)


def _note_run(
    session: Session,
    job: str,
    period: str,
    *,
    now: datetime,
    result: AuditResult = AuditResult.DONE,
) -> None:
    audit.note(
        session,
        "job.run",
        subject="job",
        subject_id=None,
        actor=None,
        now=now,
        result=result,
        detail={"job": job, **({"period": period} if period else {})},
    )


def _claimed(
    session: Session, job: str, period: str, *, due_at: datetime, now: datetime, skipped: bool
) -> bool:
    claim = (
        insert(session, JobRun)
        .values(
            id=uuid4(),
            job=job,
            period=period,
            due_at=due_at,
            finished_at=now,
            skipped=skipped,
            summary="过期未补，请人工处理" if skipped else "",
        )
        .on_conflict_do_nothing(index_elements=[JobRun.job, JobRun.period])
        .returning(JobRun.id)
    )
    try:
        return session.execute(claim).first() is not None
    except OperationalError as refusal:
        if getattr(refusal.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise Busy(period) from refusal
        raise
