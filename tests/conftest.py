"""Fixtures every test may ask for; a test that asks for none of them starts no database."""

import gc
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

from config.settings import Settings
from models import db, wall
from models.wall import Sight
from tests.databases import DatabaseKinds
from tests.network import forbid_other_hosts
from tests.noted import watched

if TYPE_CHECKING:
    import sqlite3

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.engine import Engine

    from tests.factories.office import Office

gc.disable()  # until every test is found: nothing of that is garbage
forbid_other_hosts()
hypothesis_settings.register_profile("fengqiao", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("fengqiao")


AS_NEW: Final = "RESET ALL; RESET ROLE; DISCARD TEMP; SELECT pg_advisory_unlock_all()"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What is long and marked `daily` is deep on the other database.

    Browser tests come last, after every other order there is: their driver's event loop runs on,
    and mail servers need one too.
    """
    for item in items:
        daily = item.get_closest_marker("daily")
        if daily and daily.args[0] not in re.split(r"[][-]", item.name):
            item.add_marker(pytest.mark.deep)
    yield
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish() -> None:
    """Have the collector of garbage look rarely, and not at the modules, which stay anyway."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def _databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseKinds]:
    kinds = DatabaseKinds(tmp_path_factory.mktemp("databases"))
    yield kinds
    kinds.close()


@pytest.fixture(autouse=True)
def _every_deed_is_noted() -> Iterator[None]:
    """Whatever a test has an operation write stands in the trail as well."""
    with watched() as silent:
        yield
    assert silent == []


@pytest.fixture(scope="session", autouse=True)
def _tests_see_everything() -> Iterator[None]:
    """A test is a work of the whole house, until it comes through the door of the service."""
    before, wall.outside = wall.outside, Sight(whole=True, reason="tests")
    yield
    wall.outside = before


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database; whoever asks for it, by whatever way, runs once on each."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database: str, _databases: DatabaseKinds) -> str:
    """A migrated database without rows, this test's alone; any number of threads may commit."""
    used = request.node.get_closest_marker("plans") is None
    return _databases[database].migrated(used=used)


@pytest.fixture
def empty_database_url(database: str, _databases: DatabaseKinds) -> Iterator[str]:
    """A database with nothing in it."""
    given = _databases[database]
    url = given.empty()
    yield url
    given.drop(url)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """The settings of a test deployment with a data directory of its own."""
    return Settings.for_test(tmp_path, database_url=database_url)


@pytest.fixture(scope="session")
def _apps(_databases: DatabaseKinds) -> Iterator[dict[Settings, "Flask"]]:
    """The applications that were put together; their connections end before their servers do."""
    kept: dict[Settings, Flask] = {}
    yield kept
    for made in kept.values():
        with made.app_context():
            db.engine.dispose()


@pytest.fixture
def put_together(_apps: dict[Settings, "Flask"]) -> Iterator[Callable[[Settings], "Flask"]]:
    """Puts the application together, once for all tests that want the same.

    That takes longer than most of them: leave it, and what listens to its engine, as you found it.
    """
    used: list[tuple[Flask, dict[str, Any]]] = []

    def kept(settings: Settings) -> "Flask":
        alike = replace(settings, data_dir=Path())
        if alike not in _apps:
            _apps[alike] = _new(settings)
        made = _apps[alike]
        used.append((made, dict(made.extensions)))
        made.extensions["settings"] = settings
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return made

    yield kept
    for made, before in reversed(used):
        made.extensions.update(before)
        with made.app_context():
            _let_go(db.engine)


@pytest.fixture
def app(settings: Settings, put_together: Callable[[Settings], "Flask"]) -> "Flask":
    """The whole application over `database_url`."""
    return put_together(settings)


def _new(settings: Settings) -> "Flask":
    """An application whose SQLite does not wait for the disk: no test outlives a loss of power.

    What the service asks of SQLite itself, `tests/models/test_base.py` asks without this.
    """
    from service.app import create_app  # noqa: PLC0415 -- pure tests must not load all of it

    made = create_app(settings)
    if settings.is_sqlite:
        with made.app_context():
            event.listen(db.engine, "connect", _hurry)
    return made


def _hurry(connection: "sqlite3.Connection", _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


def _let_go(engine: "Engine") -> None:
    """Leave nothing open but one idle connection to PostgreSQL, as good as new.

    The next test gets the same database, and would pay more for another connection, whose server
    knows no table yet, than for what it asks.
    """
    pool = engine.pool
    kept = isinstance(pool, QueuePool) and (pool.checkedin(), pool.checkedout()) == (1, 0)
    if engine.dialect.name == "sqlite" or not kept:
        engine.dispose()
        return
    connection = engine.raw_connection()
    connection.cursor().execute(AS_NEW)
    connection.commit()
    connection.close()


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A caller of the application who has not signed in."""
    return app.test_client()


@pytest.fixture
def office(app: "Flask") -> "Office":
    """A small made-up office in the application's database; its people come when asked for."""
    from tests.factories.office import opened  # noqa: PLC0415 -- loads the whole application

    return opened(app)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _databases: DatabaseKinds,
) -> Iterator["Office"]:
    """An office that all tests of a module share: for those that look, and count nothing."""
    from tests.factories.office import opened  # noqa: PLC0415 -- loads the whole application

    given = _databases[request.param]
    url = given.copied()
    made = _new(Settings.for_test(tmp_path_factory.mktemp("shared"), database_url=url))
    yield opened(made)
    with made.app_context():
        db.engine.dispose()
    given.drop(url)


@pytest.fixture
def inside(app: "Flask") -> Iterator[None]:
    """The application's context, for tests that call operations and queries themselves."""
    with app.app_context():
        yield
