"""Run what is due: every missed period in order, every job for itself, nothing silently."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from apscheduler.triggers.cron import CronTrigger
from flask import Flask

from config.settings import Settings
from jobs.bench import Bench
from jobs.registry import TIMETABLE, Job, LongJob, PeriodicJob, TickJob
from service.clock import utc_now
from service.desk import Desk
from service.gateways import mail
from service.operations import job_run as operations
from service.operations.archive import Vault
from service.operations.job_run import Busy
from service.queries import job_run as queries
from service.queries import sight

log = logging.getLogger(__name__)
TICK: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Ran:
    """What one job did in one period (empty for a job of every tick); `error` when it failed."""

    job: str
    period: str
    summary: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DuePeriods:
    """Periods to run, oldest first, and those too old for it."""

    run: Sequence[tuple[datetime, str]]
    skip: Sequence[tuple[datetime, str]]


def run_due(app: Flask, now: datetime, timetable: Sequence[Job] = TIMETABLE) -> list[Ran]:
    """Every due job once, as of the instant `now`; what was done and what failed."""
    with app.app_context(), sight.whole("jobs"):
        bench = make_bench(app, now)
        return [ran for job in timetable for ran in _guarded(job, bench, now)]


def make_bench(app: Flask, now: datetime) -> Bench:
    """The instruments, with a clock that starts at `now`."""
    settings: Settings = app.extensions["settings"]
    desk: Desk = app.extensions["fengqiao"]
    uploads = settings.data_dir / "uploads"
    vault = Vault(settings.data_dir, settings.backup_key, settings.audit_key)
    clock = _running_from(now)
    return Bench(desk, mail.from_settings(settings), uploads, vault, clock, settings.anchors)


def due_periods(
    job: PeriodicJob, recorded: Collection[str], first_at: datetime | None, now: datetime, most: int
) -> DuePeriods:
    """The periods due by `now` that are not recorded; at most the latest `most` are to be run.

    `first_at` is when the oldest recorded period was due; with none, only the latest is due.
    """
    if first_at is None:
        latest = _latest(job.trigger, now)
        return DuePeriods([(latest, job.period(latest))] if latest else [], [])
    named = [(due_at, job.period(due_at)) for due_at in _fires(job.trigger, first_at, now)]
    missing = [(due_at, period) for due_at, period in named if period not in recorded]
    return DuePeriods(missing[-most:], missing[:-most])


def run_job(name: str, app: Flask, now: datetime) -> list[Ran]:
    """One job of the timetable now; KeyError when there is none of that name."""
    jobs = {job.name: job for job in TIMETABLE}
    return run_due(app, now, [jobs[name]])


def _guarded(job: Job, bench: Bench, now: datetime) -> list[Ran]:
    """Run one job so that its failure stops no other, and is told."""
    try:
        ran = _run_periods(job, bench, now) if isinstance(job, PeriodicJob) else []
        if isinstance(job, TickJob):
            ran = [Ran(job.name, "", job.run(bench))]
        if isinstance(job, LongJob):
            ran = _run_long(job, bench, now)
        _note(job, ran, now)
    except Exception as failure:
        log.exception("job failed", extra={"job": job.name})
        _note_failure(job, now, type(failure).__name__)
        return [Ran(job.name, "", "", type(failure).__name__)]
    return ran


def _run_periods(job: PeriodicJob, bench: Bench, now: datetime) -> list[Ran]:
    history = queries.history(job.name)
    first_at = history.first_at.astimezone(job.trigger.timezone) if history.first_at else None
    due = due_periods(job, history.periods, first_at, now, bench.desk.policy.catch_up_periods)
    ran = []
    for due_at, period in due.skip:
        if operations.skip(job.name, period, due_at=due_at, now=now):
            log.error("period skipped", extra={"job": job.name, "period": period})
            ran.append(Ran(job.name, period, "已跳过"))
    for due_at, period in due.run:
        ran += _run_period(job, bench, due_at, period, now)
    return ran


def _run_period(
    job: PeriodicJob, bench: Bench, due_at: datetime, period: str, now: datetime
) -> list[Ran]:
    def effect() -> str:
        return job.run(period, bench, now)

    try:
        summary = operations.once(job.name, period, effect, due_at=due_at, now=now)
    except Busy:
        return []
    except Exception as failure:
        log.exception("job failed", extra={"job": job.name, "period": period})
        return [Ran(job.name, period, "", type(failure).__name__)]
    return [] if summary is None else [Ran(job.name, period, summary)]


def _run_long(job: LongJob, bench: Bench, now: datetime) -> list[Ran]:
    due_at = _latest(job.trigger, now)
    summary = None if due_at is None else job.run(due_at, bench)
    return [] if summary is None else [Ran(job.name, "", summary)]


def _note(job: Job, ran: Sequence[Ran], now: datetime, failure: str | None = None) -> None:
    """Write down how the job stands, so that a silent or failing one turns red."""
    error = failure or next((each.error for each in ran if each.error), None)
    following = job.trigger.get_next_fire_time(None, now) if isinstance(job, PeriodicJob) else None
    expected_at = now if error else following or now + TICK
    summary = "；".join(each.summary for each in ran if each.summary)
    told = isinstance(job, PeriodicJob)
    operations.note(job.name, summary, now=now, expected_at=expected_at, error=error, told=told)


def _note_failure(job: Job, now: datetime, failure: str) -> None:
    try:
        _note(job, [], now, failure)
    except Exception:
        log.exception("job state not written", extra={"job": job.name})


def _fires(trigger: CronTrigger, start: datetime, end: datetime) -> list[datetime]:
    """Every instant of the trigger from `start` to `end`, both included."""
    found = []
    fire: datetime | None = trigger.get_next_fire_time(None, start)
    while fire is not None and fire <= end:
        found.append(fire)
        fire = trigger.get_next_fire_time(None, fire + timedelta(seconds=1))
    return found


def _latest(trigger: CronTrigger, now: datetime) -> datetime | None:
    """The last instant of the trigger up to `now`, within a year."""
    for window in (timedelta(days=8), timedelta(days=370)):
        found = _fires(trigger, now - window, now)
        if found:
            return found[-1]
    return None


def _running_from(now: datetime) -> Callable[[], datetime]:
    started = utc_now()
    return lambda: now + (utc_now() - started)
