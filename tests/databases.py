"""Fresh databases for tests, of either kind: empty ones, and migrated ones by copying."""

import shutil
from abc import ABC, abstractmethod
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from models import migrate
from tests.postgres import Server, server


class Databases(ABC):
    """Gives out databases by their address; every one is the caller's alone."""

    @abstractmethod
    def empty(self) -> str:
        """A database with nothing in it."""

    @abstractmethod
    def copy(self, url: str) -> str:
        """A database that equals the one at `url`, to which nobody may be connected."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Remove the database at `url`."""

    @cached_property
    def _template(self) -> str:
        url = self.empty()
        engine = sa.create_engine(url, poolclass=NullPool)
        migrate.upgrade(engine)
        engine.dispose()
        return url

    def migrated(self) -> str:
        """A database whose tables are those of the newest migration, without rows."""
        return self.copy(self._template)

    def close(self) -> None:
        """Remove what was kept for copying."""
        if "_template" in vars(self):
            self.drop(self._template)


class SqliteDatabases(Databases):
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def empty(self) -> str:
        """The address of a file that the first connection makes."""
        self._made += 1
        return f"sqlite:///{self._folder / f'{self._made}.db'}"

    def copy(self, url: str) -> str:
        """A copy of the file."""
        made = self.empty()
        shutil.copyfile(_path(url), _path(made))
        return made

    def drop(self, url: str) -> None:
        """Remove the file with what SQLite keeps beside it."""
        path = _path(url)
        for kept in path.parent.glob(f"{path.name}*"):
            kept.unlink()


class PostgresDatabases(Databases):
    """Databases on one server."""

    def __init__(self, given: Server) -> None:
        self._server = given

    def empty(self) -> str:
        """A new database."""
        return self._server.create()

    def copy(self, url: str) -> str:
        """A new database made from the other as its template."""
        return self._server.create(template=url)

    def drop(self, url: str) -> None:
        """Drop it, whoever is still connected."""
        self._server.drop(url)


class DatabaseKinds:
    """Both kinds of database for one test session; each starts when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: dict[str, Databases] = {}
        self._stack = ExitStack()

    def __getitem__(self, kind: str) -> Databases:
        if kind not in self._started:
            self._started[kind] = self._start(kind)
        return self._started[kind]

    def close(self) -> None:
        """Stop what was started."""
        self._stack.close()

    def _start(self, kind: str) -> Databases:
        if kind == "sqlite":
            return SqliteDatabases(self._folder)
        given = PostgresDatabases(self._stack.enter_context(server()))
        self._stack.callback(given.close)
        return given


def _path(url: str) -> Path:
    return Path(str(make_url(url).database))
