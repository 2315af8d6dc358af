"""Jobs: every period once and in order, none silently, none in another's way."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from apscheduler.triggers.cron import CronTrigger
from flask import Flask

from config.weekly import Letter
from jobs import runner, weekly
from jobs.bench import Bench
from jobs.registry import OFFICE, TIMETABLE, PeriodicJob, TickJob
from jobs.runner import Ran, run_due
from models import JobRun, OutboxMessage, Subscription, db, transaction
from service.queries import job_run
from service.queries.job_run import Standing
from tests.factories.town import Stretch, Town

MONDAY_8AM = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
BESIDE = ("audit-anchor", "morning-digest", "suits-letter", "plan-month", "plan-quarter")
WEEKLY = [job for job in TIMETABLE if job.name not in BESIDE]
LETTER = next(job for job in TIMETABLE if isinstance(job, PeriodicJob))


@pytest.fixture
def here(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def town(here: Flask) -> Town:
    return Town()


def periods(app: Flask, now: datetime) -> list[str]:
    return [ran.period for ran in run_due(app, now, WEEKLY) if ran.period]


def recorded() -> list[tuple[str, bool]]:
    db.session.rollback()
    rows = sa.select(JobRun.period, JobRun.skipped).order_by(JobRun.due_at)
    return [(period, skipped) for period, skipped in db.session.execute(rows)]


def standings(now: datetime) -> list[Standing]:
    db.session.rollback()
    return [each.standing for each in job_run.health(now)]


def failing(*_: object) -> str:
    raise ValueError("no")


def always(run: object = failing, name: str = "always") -> PeriodicJob:
    trigger = CronTrigger(day_of_week="mon", hour=8, timezone=OFFICE)
    return PeriodicJob(name, trigger, weekly.reported_week, run)  # type: ignore[arg-type]  # a stand-in


@pytest.mark.parametrize(
    ("due_on", "reported"),
    [
        (date(2026, 11, 23), "2026-W47"),
        (date(2026, 12, 28), "2026-W52"),
        (date(2027, 1, 4), "2026-W53"),
        (date(2027, 1, 11), "2027-W01"),
        (date(2021, 1, 4), "2020-W53"),
        (date(2028, 3, 6), "2028-W09"),
    ],
)
def test_monday_s_letter_tells_the_week_that_just_ended(due_on: date, reported: str) -> None:
    due_at = datetime(due_on.year, due_on.month, due_on.day, 8, tzinfo=OFFICE)
    assert weekly.reported_week(due_at) == reported


def test_nothing_is_sent_before_eight_on_monday_and_once_after(town: Town, here: Flask) -> None:
    town.subscriber("a@town.test")
    run_due(here, MONDAY_8AM - WEEK, WEEKLY)
    assert periods(here, MONDAY_8AM - timedelta(microseconds=1)) == []
    assert periods(here, MONDAY_8AM) == ["2026-W47"]
    assert periods(here, MONDAY_8AM + HOUR) == []


@pytest.mark.usefixtures("town")
def test_a_new_database_gets_the_latest_letter_only(here: Flask) -> None:
    assert periods(here, MONDAY_8AM + 50 * HOUR) == ["2026-W47"]


@pytest.mark.usefixtures("town")
def test_missed_weeks_are_caught_up_in_order(here: Flask) -> None:
    run_due(here, MONDAY_8AM, WEEKLY)
    assert periods(here, MONDAY_8AM + 3 * WEEK) == ["2026-W48", "2026-W49", "2026-W50"]


@pytest.mark.usefixtures("town")
def test_of_more_than_eight_missed_weeks_the_older_are_left_to_a_person(here: Flask) -> None:
    run_due(here, MONDAY_8AM, WEEKLY)
    ran = [each for each in run_due(here, MONDAY_8AM + 10 * WEEK, WEEKLY) if each.period]
    assert [each.summary for each in ran[:2]] == ["已跳过", "已跳过"]
    assert recorded() == [
        ("2026-W47", False),
        ("2026-W48", True),
        ("2026-W49", True),
        *((f"2026-W{n}", False) for n in range(50, 54)),
        *((f"2027-W{n:02}", False) for n in range(1, 5)),
    ]
    letter = next(each for each in job_run.health(MONDAY_8AM) if each.job == LETTER.name)
    assert letter.skipped == ("2026-W48", "2026-W49")


@pytest.mark.usefixtures("town")
def test_a_clock_that_jumps_about_repeats_nothing(here: Flask) -> None:
    jumps = random.Random(7)
    now, seen = MONDAY_8AM, []
    for _ in range(12):
        seen += periods(here, now)
        now += jumps.choice([-HOUR, 10 * timedelta(days=1), -timedelta(days=1), WEEK])
    assert len(seen) == len(set(seen)) == len(recorded())


def test_several_workers_at_once_send_one_letter(town: Town, here: Flask) -> None:
    town.subscriber("a@town.test")
    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(periods, here, MONDAY_8AM) for _ in range(4)]
    assert [period for each in found for period in each.result()] == ["2026-W47"]
    assert len(db.session.scalars(sa.select(OutboxMessage)).all()) == 1


def test_several_workers_at_once_send_the_letter_of_suits_once_to_who_ordered_it(
    town: Town, here: Flask
) -> None:
    town.subscriber("a@town.test")
    both = town.subscriber("b@town.test")
    with transaction() as session:
        session.add(Subscription(user_id=both.user_id, kind=Letter.SUITS, email="b@town.test"))
    letters = [job for job in TIMETABLE if job.name.endswith("-letter")]
    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(run_due, here, MONDAY_8AM, letters) for _ in range(2)]
    ran = sorted(each.job for one in found for each in one.result() if each.period)
    assert ran == ["suits-letter", "weekly-letter"]
    db.session.rollback()
    promised = db.session.execute(sa.select(OutboxMessage.recipient, OutboxMessage.dedupe_key))
    told = sorted((to, key.partition(":")[0]) for to, key in promised)
    assert told == [
        ("a@town.test", "weekly-letter"),
        ("b@town.test", "suits-letter"),
        ("b@town.test", "weekly-letter"),
    ]


def test_the_letter_is_delivered_in_the_same_look(town: Town, here: Flask) -> None:
    town.subscriber("a@town.test")
    town.dispute(Stretch(date(2026, 11, 17)))
    ran = run_due(here, MONDAY_8AM)
    told = {each.job: each.summary for each in ran}
    assert [told["weekly-letter"], told["deliver-outbox"]] == [
        "2026-W47 周报已发布，1 封信待发送",
        "已发送 1 封，未成 0 封",
    ]
    assert len(list((here.extensions["settings"].data_dir / "mail").glob("*.eml"))) == 1


def test_a_failing_job_stops_no_other_and_turns_red(here: Flask) -> None:
    fine = TickJob("fine", lambda _: "好")
    ran = run_due(here, MONDAY_8AM, [always(), TickJob("broken", failing), fine])
    assert ran == [
        Ran("always", "2026-W47", "", "ValueError"),
        Ran("broken", "", "", "ValueError"),
        Ran("fine", "", "好"),
    ]
    standing = {each.job: (each.standing, each.error) for each in job_run.health(MONDAY_8AM)}
    assert standing == {
        "always": (Standing.FAILED, "ValueError"),
        "broken": (Standing.FAILED, "ValueError"),
        "fine": (Standing.FINE, None),
    }


def test_a_failed_period_leaves_nothing_and_is_tried_again(here: Flask) -> None:
    run_due(here, MONDAY_8AM, [always()])
    assert recorded() == []
    again = always(lambda period, _bench, _now: f"{period} 好")
    assert run_due(here, MONDAY_8AM + HOUR, [again]) == [Ran("always", "2026-W47", "2026-W47 好")]
    assert standings(MONDAY_8AM + HOUR) == [Standing.FINE]


def test_one_failing_week_does_not_hold_up_the_next(here: Flask) -> None:
    def choosy(period: str, _bench: Bench, _now: datetime) -> str:
        return failing() if period == "2026-W48" else "好"

    run_due(here, MONDAY_8AM, [always(choosy)])
    ran = run_due(here, MONDAY_8AM + 2 * WEEK, [always(choosy)])
    assert [(each.period, each.error) for each in ran] == [
        ("2026-W48", "ValueError"),
        ("2026-W49", None),
    ]
    assert [each.period for each in run_due(here, MONDAY_8AM + 2 * WEEK, [always()])] == [
        "2026-W48"
    ]


def test_a_worker_that_stopped_looking_is_seen(here: Flask) -> None:
    run_due(here, MONDAY_8AM, [TickJob("fine", lambda _: "好")])
    assert standings(MONDAY_8AM) == [Standing.FINE]
    assert standings(MONDAY_8AM + HOUR) == [Standing.LATE]


def test_the_clock_of_a_job_runs_on_from_the_instant_it_was_given(here: Flask) -> None:
    bench = runner.make_bench(here, MONDAY_8AM)
    first = bench.clock()
    assert MONDAY_8AM <= first <= bench.clock() < MONDAY_8AM + timedelta(minutes=1)


def test_every_job_is_named_for_what_it_does() -> None:
    assert [job.name for job in TIMETABLE] == [
        "backup",
        "backup-drill",
        "weekly-letter",
        "suits-letter",
        "morning-digest",
        "plan-month",
        "plan-quarter",
        "clock-ladder",
        "bounce-handovers",
        "deliver-outbox",
        "forget-idempotency-keys",
        "forget-uploads",
        "sweep-attachments",
        "forget-drafts",
        "forget-allowances",
        "forget-notices",
        "forget-sessions",
        "settle-calendar",
        "purge-text-index",
        "fill-text-index",
        "audit-anchor",
    ]
