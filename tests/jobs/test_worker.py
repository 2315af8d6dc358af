"""The worker process looks at once, and stops when it is told to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.settings import Settings
from jobs.registry import TIMETABLE
from models.job_run import JobState

ROOT = Path(__file__).parents[2]
WITHIN_S = 30


def command(settings: Settings, *arguments: str) -> "subprocess.Popen[str]":
    named = {
        "FENGQIAO_DATA_DIR": str(settings.data_dir),
        "FENGQIAO_DATABASE_URL": settings.database_url,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "jobs", *arguments],
        cwd=ROOT,
        env={**os.environ, **named},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def looked_at(settings: Settings) -> set[str]:
    engine = sa.create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        found = set(connection.scalars(sa.select(JobState.job)))
    engine.dispose()
    return found


def test_the_worker_looks_at_every_job_at_once_and_ends_on_a_word(settings: Settings) -> None:
    process = command(settings)
    end = time.monotonic() + WITHIN_S
    jobs = {job.name for job in TIMETABLE}
    while looked_at(settings) != jobs and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    told = process.communicate(timeout=WITHIN_S)
    assert (process.returncode, looked_at(settings), told) == (0, jobs, ("", ""))


@pytest.mark.daily("sqlite")  # that a job works on either, its own test proves
def test_one_job_can_be_run_by_its_name(settings: Settings) -> None:
    process = command(settings, "deliver-outbox")
    told, _ = process.communicate(timeout=WITHIN_S)
    assert (process.returncode, told) == (0, "deliver-outbox  已发送 0 封，未成 0 封\n")


@pytest.mark.daily("sqlite")  # what is asked for is read before any database
def test_a_job_of_another_name_is_wrong_usage(settings: Settings) -> None:
    process = command(settings, "make-tea")
    _, told = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 2
    assert told.startswith("usage: python -m jobs [backup | ")
