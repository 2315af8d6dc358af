"""Every night the end of the trail is written down outside the database, once."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from config.vocabulary import AuditResult
from jobs.runner import run_job
from models import AuditEntry, db
from service.queries import job_run
from service.queries.job_run import Standing
from service.rules.audit import Verdict
from tests.factories.trail import forging, look, written

NIGHT = datetime(2026, 11, 4, 17, 0, tzinfo=UTC)  # 01:00 of the next day at the office


def noted(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq))
        return [(each.action, each.result.value) for each in entries]


def test_one_line_is_written_a_night_with_its_own_entries(app: Flask, settings: Settings) -> None:
    with app.app_context():
        written(3)
    for minutes in (0, 1, 60):
        run_job("audit-anchor", app, NIGHT + timedelta(minutes=minutes))
    (line,) = settings.anchors.read_text().splitlines()
    with app.app_context():
        third = db.session.get_one(AuditEntry, 3)
        assert json.loads(line) == {
            "at": "2026-11-04T17:00:00.000000+00:00",
            "seq": 3,
            "hash": third.hash.hex(),
        }
        assert look(settings.anchors).verdict is Verdict.WHOLE
    assert noted(app)[3:] == [("audit.anchor", "done"), ("job.run", "done")]


def test_nights_follow_each_other_in_the_file(app: Flask, settings: Settings) -> None:
    with app.app_context():
        written(3)
    for days in range(3):
        run_job("audit-anchor", app, NIGHT + timedelta(days=days))
    ends = [json.loads(line)["seq"] for line in settings.anchors.read_text().splitlines()]
    assert (len(ends), ends == sorted(ends)) == (3, True)
    with app.app_context():
        assert look(settings.anchors).verdict is Verdict.WHOLE


def test_a_database_that_was_put_back_is_not_anchored_and_the_job_is_red(
    app: Flask, settings: Settings
) -> None:
    with app.app_context():
        written(3)
    run_job("audit-anchor", app, NIGHT)
    before = settings.anchors.read_text()
    with app.app_context(), forging() as connection:
        connection.execute(sa.text("DELETE FROM audit_entry"))
        connection.execute(sa.text("DELETE FROM audit_head"))
    (ran,) = run_job("audit-anchor", app, NIGHT + timedelta(days=1))
    assert (ran.error, settings.anchors.read_text()) == ("Conflict", before)
    with app.app_context():
        standing = {each.job: each.standing for each in job_run.health(NIGHT + timedelta(days=1))}
        assert standing == {"audit-anchor": Standing.FAILED}
        entries = db.session.scalars(sa.select(AuditEntry)).all()
        assert {each.result for each in entries} == {AuditResult.FAILED}
