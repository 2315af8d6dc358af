"""The night's backup and the weekly drill: once, again when it failed, and told of."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from config.vocabulary import BackupKind, Role
from jobs.registry import TIMETABLE, LongJob
from jobs.runner import Ran, run_due
from models import BackupRun, Event, db
from service.desk import Desk
from service.errors import Conflict
from service.operations import backup as operations
from service.operations import weekly
from service.operations.archive import Vault
from service.queries import backup as queries
from service.queries import health, job_run
from service.queries.backup import BackupStanding
from service.queries.job_run import Standing
from service.rules.calendar import Week
from tests.factories.office import Office

SUNDAY_3AM = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
MONDAY_2AM = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MONDAY_8AM = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
JOBS = [job for job in TIMETABLE if isinstance(job, LongJob)]


@pytest.fixture
def here(office: Office) -> Iterator[Flask]:
    with office.app.app_context():
        yield office.app


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.data_dir / "backups"


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def minutes(folder: Path) -> list[str]:
    """The archives without their seconds: the clock runs on."""
    return [each.removesuffix(".backup")[:-2] for each in files(folder)]


def ran(app: Flask, now: datetime) -> list[Ran]:
    db.session.rollback()
    return [each for each in run_due(app, now, JOBS) if each.summary or each.error]


def test_a_night_has_one_backup_and_a_sunday_a_drill(here: Flask, folder: Path) -> None:
    told = [ran(here, at) for at in (SUNDAY_3AM, MONDAY_2AM - SECOND, MONDAY_2AM, MONDAY_8AM)]
    assert [[each.job for each in some] for some in told] == [
        ["backup", "backup-drill"],
        [],
        ["backup"],
        [],
    ]
    assert minutes(folder) == [
        "daily-20261122-0300",
        "daily-20261123-0200",
        "drill-20261122-0300",
    ]
    news = queries.news()
    assert (news.drill_passed, news.made_at is not None) == (True, True)
    actions = sa.select(Event.action).where(Event.subject == "backup").order_by(Event.id)
    assert db.session.scalars(actions).all() == ["daily", "drill", "daily"]


def test_four_workers_make_one_backup(here: Flask, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(run_due, here, MONDAY_2AM, JOBS[:1]) for _ in range(4)]
    assert sum(len(each.result()) for each in told) == 1
    assert len(files(folder)) == 1


def test_a_failed_one_is_told_and_tried_again_after_half_an_hour(here: Flask, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    (failed,) = ran(here, MONDAY_2AM)[:1]
    assert (failed.job, failed.error) == ("backup", "BackupFailed")
    standings = {each.job: each.standing for each in job_run.health(MONDAY_2AM)}
    assert standings["backup"] is Standing.FAILED
    (view, *_) = [
        each for each in queries.page(now=MONDAY_2AM).items if each.kind is BackupKind.DAILY
    ]
    assert (view.standing, view.error) == (BackupStanding.FAILED, "文件无法写入：File exists")
    folder.unlink()
    assert ran(here, MONDAY_2AM + timedelta(minutes=29)) == []
    again = ran(here, MONDAY_2AM + timedelta(minutes=31))
    assert [each.job for each in again] == ["backup", "backup-drill"]


def test_what_a_dead_worker_began_is_taken_up_when_its_lease_is_over(
    here: Flask, office: Office, folder: Path
) -> None:
    ran(here, MONDAY_2AM)
    db.session.execute(
        sa.update(BackupRun)
        .where(BackupRun.kind == BackupKind.DAILY)
        .values(ended_at=None, lease_until=MONDAY_8AM, path=None)
    )
    db.session.commit()
    left = folder / ".daily-20261123-020000.backup.unfinished-1"
    left.touch()
    scratch = folder.parent / ".verify-left"
    scratch.mkdir()
    os.utime(scratch, (0, 0))
    assert ran(here, MONDAY_8AM - SECOND) == []
    assert [each.job for each in ran(here, MONDAY_8AM)] == ["backup"]
    assert (left.exists(), scratch.exists()) == (False, False)


def test_the_oldest_archives_go_and_the_newest_stay(office: Office, tmp_path: Path) -> None:
    vault = Vault(tmp_path, b"b" * 32, b"a" * 32)
    vault.folder.mkdir()
    for day in range(1, 21):
        (vault.folder / f"daily-202611{day:02}-020000.backup").touch()
    (vault.folder / "mine.backup").touch()
    gone = operations.forget(BackupKind.DAILY, vault, office.desk.policy.backup)
    assert (len(gone), min(files(vault.folder))) == (6, "daily-20261107-020000.backup")
    assert "mine.backup" in files(vault.folder)


def test_one_that_is_asked_for_is_made_at_the_next_tick(
    here: Flask, office: Office, folder: Path
) -> None:
    ran(here, MONDAY_2AM)
    admin, desk = office.actor(Role.SYSADMIN), office.desk
    operations.ask(actor=admin, desk=desk, now=MONDAY_8AM)
    with pytest.raises(Conflict):
        operations.ask(actor=admin, desk=desk, now=MONDAY_8AM)
    (view, *_) = queries.page(now=MONDAY_8AM).items
    assert (view.standing, view.asked_by) == (BackupStanding.WAITING, "甲0")
    assert [each.job for each in ran(here, MONDAY_8AM)] == ["backup"]
    assert "asked-20261123-0800" in minutes(folder)
    operations.ask(actor=admin, desk=desk, now=MONDAY_8AM + HOUR)


def test_the_letter_tells_of_the_backup_and_keeps_what_it_told(here: Flask, office: Office) -> None:
    desk: Desk = office.desk
    ran(here, SUNDAY_3AM)
    ran(here, MONDAY_2AM)
    told = weekly.publish(Week.parse("2026-W47"), actor=None, desk=desk, now=MONDAY_8AM)
    kept = told.figures.backup
    assert kept is not None
    assert (kept.is_red, kept.news.drill_passed) == (False, True)
    gauges = health.gauges(MONDAY_8AM + 2 * DAY)
    assert (gauges["drill_failed"][1], gauges["outbox_held"][1]) == (0.0, 0.0)
    assert gauges["backup_age_seconds"][1] > (2 * DAY).total_seconds()
