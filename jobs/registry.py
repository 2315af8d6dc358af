"""The timetable 作业表: every job on one page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from config import ladder
from jobs import (
    allowance,
    attachment,
    audit,
    backup,
    calendar,
    clock,
    digest,
    dispute_text,
    draft,
    handover,
    idempotency,
    notice,
    outbox,
    plan,
    upload,
    user,
    weekly,
)
from jobs.bench import Bench

OFFICE: Final = ZoneInfo("Asia/Shanghai")
DIGEST: Final = ladder.load().digest  # the packaged hour: a timetable is one for all deployments


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job that is due once for each of its periods, however late, on however many workers.

    `period` names the period that the instant of being due reports on.
    """

    name: str
    trigger: CronTrigger
    period: Callable[[datetime], str]
    run: Callable[[str, Bench, datetime], str]


@dataclass(frozen=True, slots=True)
class TickJob:
    """A job that looks at every tick whether there is something to do."""

    name: str
    run: Callable[[Bench], str]


@dataclass(frozen=True, slots=True)
class LongJob:
    """A job too long for one transaction: it claims its periods itself.

    It is asked at every tick, with the latest instant of its trigger; None when nothing was to do.
    """

    name: str
    trigger: CronTrigger
    run: Callable[[datetime, Bench], str | None]


Job = PeriodicJob | TickJob | LongJob

TIMETABLE: Final[tuple[Job, ...]] = (
    LongJob("backup", CronTrigger(hour=2, minute=0, timezone=OFFICE), backup.daily),
    LongJob(
        "backup-drill",
        CronTrigger(day_of_week="sun", hour=3, minute=0, timezone=OFFICE),
        backup.drill,
    ),
    PeriodicJob(
        "weekly-letter",
        CronTrigger(day_of_week="mon", hour=8, minute=0, timezone=OFFICE),
        weekly.reported_week,
        weekly.send_letter,
    ),
    PeriodicJob(
        "suits-letter",
        CronTrigger(day_of_week="mon", hour=8, minute=0, timezone=OFFICE),
        weekly.reported_week,
        weekly.send_suits,
    ),
    PeriodicJob(
        "morning-digest",
        CronTrigger(hour=DIGEST.hour, minute=DIGEST.minute, timezone=OFFICE),
        digest.morning,
        digest.send,
    ),
    PeriodicJob(
        "plan-month",
        CronTrigger(day=1, hour=8, minute=30, timezone=OFFICE),
        plan.month,
        plan.remind,
    ),
    PeriodicJob(
        "plan-quarter",
        CronTrigger(month="1,4,7,10", day=5, hour=8, minute=30, timezone=OFFICE),
        plan.quarter,
        plan.review,
    ),
    TickJob("clock-ladder", clock.tell),
    TickJob("bounce-handovers", handover.bounce),
    TickJob("deliver-outbox", outbox.deliver),
    TickJob("forget-idempotency-keys", idempotency.forget),
    TickJob("forget-uploads", upload.forget),
    TickJob("sweep-attachments", attachment.sweep),
    TickJob("forget-drafts", draft.forget),
    TickJob("forget-allowances", allowance.forget),
    TickJob("forget-notices", notice.forget),
    TickJob("forget-sessions", user.forget_sessions),
    TickJob("settle-calendar", calendar.settle),
    TickJob("purge-text-index", dispute_text.purge),
    TickJob("fill-text-index", dispute_text.fill),
    PeriodicJob(
        "audit-anchor",
        CronTrigger(hour=1, minute=0, timezone=OFFICE),
        audit.anchored_day,
        audit.write_anchor,
    ),
)
