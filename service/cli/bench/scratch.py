"""Scratch databases: made for one run and dropped after it; the live one is never touched."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from config.settings import Settings, sqlite_url
from service.cli.deployment import Deployment

DRIVER: Final = "postgresql+psycopg"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A deployment over an empty database, and how to reach that database without the product."""

    deployment: Deployment
    kind: str
    connection: Any  # sqlite3's or psycopg's: both speak DB-API

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """The rows of one bare statement; `?` stands for a value."""
        cursor = self.connection.cursor()
        cursor.execute(self._spelt(statement), values)
        found: list[Any] = cursor.fetchall()
        return found

    def write(self, statement: str, *rows: tuple[Any, ...]) -> None:
        """One bare statement for each of `rows`, not yet committed."""
        cursor = self.connection.cursor()
        cursor.executemany(self._spelt(statement), rows)

    def keep(self) -> None:
        """End the bare transaction."""
        self.connection.cursor().execute("COMMIT")

    def _spelt(self, statement: str) -> str:
        return statement if self.kind == "sqlite" else statement.replace("?", "%s")


@contextmanager
def scratch(deployment: Deployment, address: str | None) -> Iterator[Scratch]:
    """An empty database: a file in a folder of its own, or one more on the server at `address`."""
    with TemporaryDirectory(prefix="fengqiao-bench-") as name:
        folder = Path(name)
        settings = deployment.settings
        if address is None or not address.startswith(DRIVER):
            yield from _on_sqlite(deployment, settings, folder)
        else:
            yield from _on_postgresql(deployment, settings, folder, make_url(address))


def _on_sqlite(deployment: Deployment, settings: Settings, folder: Path) -> Iterator[Scratch]:
    given = _given(deployment, settings, folder, sqlite_url(folder))
    given.app()  # makes the file and its tables
    connection = sqlite3.connect(folder / "fengqiao.db", isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=FULL")
        yield Scratch(given, "sqlite", connection)
    finally:
        connection.close()


def _on_postgresql(
    deployment: Deployment, settings: Settings, folder: Path, server: URL
) -> Iterator[Scratch]:
    name = f"fengqiao_bench_{uuid4().hex[:12]}"
    _run(server, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    try:
        url = server.set(database=name)
        given = _given(deployment, settings, folder, url.render_as_string(hide_password=False))
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            yield Scratch(given, "postgresql", connection)
    finally:
        _run(server, "DROP DATABASE {} WITH (FORCE)", name)


def _given(deployment: Deployment, settings: Settings, folder: Path, url: str) -> Deployment:
    """The same service, its own database and folder, in the manner of development."""
    chosen = replace(
        settings, env="development", data_dir=folder, database_url=url, cookie_secure=False
    )
    return Deployment(deployment.create_app, lambda: chosen)


def _run(server: URL, statement: str, name: str) -> None:
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
