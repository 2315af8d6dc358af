"""What machines watch: alive, ready with its reasons, figures for this machine only."""

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from models import db, migrate
from tests.statements import away, failing, owning


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "alive"})


def test_a_deployment_with_everything_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["ready"] is True
    assert set(answer.get_json()["checks"]) == {"database", "schema", "keys", "disk"}
    assert all(answer.get_json()["checks"].values())


def stands_at(app: Flask, revision: str) -> None:
    """Let the database say that it is at a revision."""
    said = sa.text("UPDATE alembic_version SET version_num = :revision")
    with app.app_context(), db.engine.begin() as connection:
        owning(connection)
        connection.execute(said, {"revision": revision})


def test_a_schema_that_is_behind_is_not_ready(app: Flask, client: FlaskClient) -> None:
    stands_at(app, "0000")
    answer = client.get("/readyz")
    stands_at(app, migrate.head())  # who has the database next finds it as it should be
    assert (answer.status_code, answer.get_json()["ready"]) == (503, False)
    assert answer.get_json()["checks"]["schema"] is False


def test_a_database_that_is_away_is_not_ready_but_the_process_lives(client: FlaskClient) -> None:
    with failing(away()):
        assert client.get("/readyz").status_code == 503
        assert client.get("/readyz").get_json()["checks"]["database"] is False
        assert client.get("/healthz").status_code == 200


def test_figures_are_given_to_this_machine_and_to_nobody_else(client: FlaskClient) -> None:
    here = client.get("/metrics")
    there = client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert here.status_code == 200
    assert "fengqiao_" in here.text
    assert there.status_code == 404
