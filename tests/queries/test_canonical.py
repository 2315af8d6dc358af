"""The canonical export: all of it, in clear, in one order, and equal on both databases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from models import Base, Event, Party, UserSession, db, transaction
from service.app import create_app
from service.operations import archive, restore
from service.operations.archive import Vault
from service.queries import canonical
from tests.databases import DatabaseKinds
from tests.factories.dispute import NARRATIVE, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office


def quietly(_: float) -> None:
    pass


def lines(app: Flask) -> list[bytes]:
    with app.app_context(), canonical.snapshot() as connection:
        return list(canonical.export(connection, app.extensions["fengqiao"].keyring))


def rows(app: Flask, table: str) -> list[dict[str, Any]]:
    told = (json.loads(line) for line in lines(app))
    return [each["row"] for each in told if each["table"] == table]


def test_every_table_has_its_place_in_the_export_or_a_reason() -> None:
    known = {table.name for table in Base.metadata.sorted_tables}
    assert known >= canonical.PASSING
    assert {table.name for table in canonical.tables()} == known | {"alembic_version"}


def test_what_is_sealed_is_told_in_clear_and_no_key_is(office: Office) -> None:
    with office.app.app_context():
        registered(office)
    parties = rows(office.app, "party")
    assert {each["name"] for each in parties} == {"王小满", "李大有"}
    assert {each["address_sealed"] for each in parties} == {"柳溪镇东街 3 号", None}
    (dispute,) = rows(office.app, "dispute")
    assert (dispute["narrative"], "sealed_key" in dispute) == (NARRATIVE, False)
    assert len(dispute["code_sealed"]) == 8
    assert rows(office.app, "key_check") == []


def test_lines_are_sorted_by_table_and_key(office: Office) -> None:
    with office.app.app_context():
        registered(office)
    told = [json.loads(line) for line in lines(office.app)]
    assert [each["table"] for each in told] == sorted(each["table"] for each in told)
    keys = [each["row"]["id"] for each in told if each["table"] == "party"]
    assert (len(keys), keys) == (2, sorted(keys))


def test_what_is_running_and_what_tells_of_backups_is_left_out(office: Office) -> None:
    user = office.director.user_id
    before = lines(office.app)
    session_row = UserSession(
        user_id=user,
        token_hash="0" * 64,
        started_at=MONDAY_9AM,
        seen_at=MONDAY_9AM,
        expires_at=MONDAY_9AM,
    )
    events = [
        Event(happened_at=MONDAY_9AM, subject=subject, subject_id=user, action="look", detail={})
        for subject in ("backup", "user")
    ]
    with office.app.app_context(), transaction() as session:
        session.add_all([session_row, *events])
    added = set(lines(office.app)) - set(before)
    assert [json.loads(each)["row"]["subject"] for each in added] == ["user"]


def test_a_value_that_does_not_open_is_marked_and_counted(office: Office) -> None:
    with office.app.app_context():
        registered(office)
        with transaction() as session:
            session.execute(
                sa.update(Party)
                .where(Party.address_sealed.is_not(None))
                .values(phone_sealed=Party.address_sealed)
            )
        keyring = office.desk.keyring
        table = Base.metadata.tables["party"]
        with canonical.snapshot() as connection:
            assert canonical.digest(connection, table, keyring).unopened == 1
    assert canonical.UNOPENED in [each["phone_sealed"] for each in rows(office.app, "party")]


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, _databases: DatabaseKinds
) -> Iterator[Flask]:
    """A deployment on either kind of database, with nothing in it."""
    url = _databases[request.param].empty()
    made = create_app(Settings.for_test(tmp_path / "there", database_url=url))
    yield made
    with made.app_context():
        db.engine.dispose()
    _databases[request.param].drop(url)


def test_equal_rows_give_equal_bytes_on_either_database(
    office: Office, elsewhere: Flask, tmp_path: Path
) -> None:
    with office.app.app_context():
        registered(office)
    key, audit_key, path = b"b" * 32, b"a" * 32, tmp_path / "a.backup"
    with office.app.app_context():
        here = Vault(tmp_path, key, audit_key)
        archive.write(path, vault=here, keyring=office.desk.keyring, now=MONDAY_9AM)
    with elsewhere.app_context():
        there = Vault(tmp_path / "there", key, audit_key)
        restore.restore(
            path,
            vault=there,
            anchors=tmp_path / "anchors.jsonl",
            desk=office.desk,
            now=MONDAY_9AM,
            replace=False,
            tell=quietly,
        )
    assert lines(elsewhere) == lines(office.app)
