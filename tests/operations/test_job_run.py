"""A period's effect happens once, whoever else is at it at the same time."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from models import JobRun, db
from service.operations import job_run
from service.operations.job_run import Busy
from service.queries import job_run as queries
from service.queries.job_run import Standing

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
LONGER_THAN_A_LOCK_IS_WAITED_FOR = 2.6


def once(effect: object, period: str = "2026-W47") -> str | None:
    return job_run.once("letter", period, effect, due_at=NOW, now=NOW)  # type: ignore[arg-type]  # a stand-in


def test_the_second_claim_of_a_period_does_nothing(app: Flask) -> None:
    with app.app_context():
        assert [once(lambda: "一"), once(lambda: "二"), once(lambda: "三", "2026-W48")] == [
            "一",
            None,
            "三",
        ]
        kept = sa.select(JobRun.period, JobRun.summary).order_by(JobRun.period)
        assert [tuple(row) for row in db.session.execute(kept)] == [
            ("2026-W47", "一"),
            ("2026-W48", "三"),
        ]


def test_an_effect_that_fails_leaves_the_period_to_be_claimed_again(app: Flask) -> None:
    def fail() -> str:
        raise ValueError

    with app.app_context():
        with pytest.raises(ValueError, match=r"^$"):
            once(fail)
        assert once(lambda: "好") == "好"


def test_a_twin_of_a_slow_worker_waits_or_leaves_and_never_repeats_it(app: Flask) -> None:
    done: list[str] = []

    def slowly() -> str:
        time.sleep(LONGER_THAN_A_LOCK_IS_WAITED_FOR)
        done.append("done")
        return "好"

    def work() -> str | None:
        with app.app_context():
            try:
                return once(slowly)
            except Busy:
                return None

    with ThreadPoolExecutor(2) as pool:
        told = [each.result() for each in [pool.submit(work) for _ in range(2)]]
    assert (sorted(told, key=str), done) == ([None, "好"], ["done"])


def test_a_skipped_period_is_not_claimed_any_more(app: Flask) -> None:
    with app.app_context():
        assert job_run.skip("letter", "2026-W47", due_at=NOW, now=NOW)
        assert once(lambda: "好") is None
        assert queries.history("letter").periods == {"2026-W47"}


def test_how_a_job_stands_is_rewritten(app: Flask) -> None:
    later = NOW + timedelta(hours=1)
    with app.app_context():
        job_run.note("letter", "", now=NOW, expected_at=NOW, error="ValueError")
        assert [each.standing for each in queries.health(NOW)] == [Standing.FAILED]
        job_run.note("letter", "好", now=later, expected_at=later + timedelta(days=7))
        db.session.rollback()
        (stands,) = queries.health(later)
        assert (stands.standing, stands.summary, stands.error) == (Standing.FINE, "好", None)
