"""Three Mondays, two workers, one of them killed each time: everybody gets one letter a week."""

import email
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from config.vocabulary import OutboxState, Outcome
from models import JobRun, OutboxMessage, WeeklyReport, db
from tests.factories.smtp import Sink, running
from tests.factories.town import Stretch, Town

ROOT = Path(__file__).parents[2]
MONDAYS = [datetime(2026, 11, day, 0, 0, tzinfo=UTC) for day in (9, 16, 23)]
# a new database tells the latest week at once: the first look is ten seconds before W45 is due
WEEKS = ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]
READERS = [f"reader{n}@town.test" for n in range(6)]
AFTER_THE_LEASE = timedelta(minutes=5)


@contextmanager
def worker(
    settings: Settings, sink: Sink, start: datetime, looks: int
) -> Iterator["subprocess.Popen[str]"]:
    """A worker process that looks at the story's time from `start` on."""
    given = [str(settings.data_dir), settings.database_url, sink.url, start.isoformat(), str(looks)]
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.stories.worker", *given],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def a_monday(settings: Settings, sink: Sink, monday: datetime, chance: random.Random) -> None:
    """Two workers start shortly before eight; one is killed, and starts again later."""
    early = monday - timedelta(seconds=10)
    with worker(settings, sink, early, 12) as stays, worker(settings, sink, early, 12) as dies:
        time.sleep(chance.uniform(0, 0.4))
        dies.kill()
        assert stays.wait(60) == 0
    with worker(settings, sink, monday + AFTER_THE_LEASE, 3) as again:
        assert again.wait(60) == 0


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running(Sink(pause_s=0.03)) as started:
        yield started


@pytest.mark.deep
def test_everybody_gets_one_letter_a_week_though_a_worker_dies_every_monday(
    app: Flask, settings: Settings, sink: Sink
) -> None:
    with app.app_context():
        town = Town()
        for reader in READERS:
            town.subscriber(reader)
        for place, day in enumerate((4, 11, 18)):
            town.dispute(Stretch(date(2026, 11, day), date(2026, 11, day + 1), Outcome.AGREED))
            if place == 1:
                town.dispute(Stretch(date(2026, 11, day)))
    chance = random.Random(2026)
    for monday in MONDAYS:
        a_monday(settings, sink, monday, chance)
    got: defaultdict[tuple[str, str], list[bytes]] = defaultdict(list)
    for reader, content in sink.messages:
        mail = email.message_from_bytes(content, policy=default)
        got[reader, str(mail["Message-ID"])].append(content)
    assert sorted(reader for reader, _ in got) == sorted(READERS * len(WEEKS))
    with app.app_context():
        _nothing_is_left_or_lost(got)


def _nothing_is_left_or_lost(got: dict[tuple[str, str], list[bytes]]) -> None:
    letters = sa.select(JobRun.period).where(JobRun.job == "weekly-letter")
    runs = db.session.scalars(letters.order_by(JobRun.period)).all()
    reports = db.session.scalars(sa.select(WeeklyReport.week).order_by(WeeklyReport.week)).all()
    assert (list(runs), list(reports)) == (WEEKS, WEEKS)
    for row in db.session.scalars(sa.select(OutboxMessage)):
        copies = got[row.recipient, row.message_id]
        assert row.state is OutboxState.SENT
        assert set(copies) == {row.content}
        assert len(copies) <= 1 + row.maybe_duplicate
