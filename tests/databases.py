"""Fresh databases for tests, of either kind: empty ones, and a migrated one that is emptied."""

import shutil
from abc import ABC, abstractmethod
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from models import migrate
from tests.postgres import Server, Shape, server


class Databases(ABC):
    """Gives out databases by their address; every one is the caller's alone."""

    @abstractmethod
    def empty(self) -> str:
        """A database with nothing in it."""

    @abstractmethod
    def bare(self) -> str:
        """The same with nothing in it, under one name each time: an application may be kept for it.

        Who had it before must be done with it.
        """

    @abstractmethod
    def drop(self, url: str) -> None:
        """Remove the database at `url`."""

    @abstractmethod
    def migrated(self, *, used: bool = True) -> str:
        """A database whose tables are those of the newest migration, without rows.

        It is the same one each time: who had it before must be done with it. What is left of their
        rows may still show in how queries are planned, unless it must not be a `used` one.
        """

    def new(self) -> str:
        """A database that the migrations have just made."""
        url = self.empty()
        engine = sa.create_engine(url, poolclass=NullPool)
        if migrate.is_bare(engine):
            migrate.make(engine)
        else:
            migrate.upgrade(engine)
        engine.dispose()
        return url

    @abstractmethod
    def copied(self) -> str:
        """Another such database, the caller's own until it is dropped."""

    @abstractmethod
    def twin(self, url: str) -> str:
        """A copy of the database at `url`, rows and all, which nobody uses meanwhile."""

    @abstractmethod
    def put(self, twin: str, url: str) -> None:
        """Have a copy of the database at `twin`, rows and all, in place of the one at `url`."""

    @abstractmethod
    def close(self) -> None:
        """Remove what was kept."""


class SqliteDatabases(Databases):
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def empty(self) -> str:
        """The address of a file that the first connection makes."""
        self._made += 1
        return f"sqlite:///{self._folder / f'{self._made}.db'}"

    def bare(self) -> str:
        """The address of a file that is not there."""
        url = f"sqlite:///{self._folder / 'bare.db'}"
        self.drop(url)
        return url

    @cached_property
    def _template(self) -> Path:
        return _path(self.new())

    def migrated(self, *, used: bool = True) -> str:
        """A copy of one file, always in the same place, and always a new one."""
        del used
        url = f"sqlite:///{self._folder / 'migrated.db'}"
        self.drop(url)
        return self._copied_to(url)

    def copied(self) -> str:
        """A copy in a place of its own."""
        return self._copied_to(self.empty())

    def twin(self, url: str) -> str:
        """A copy of its file."""
        made = self.empty()
        shutil.copyfile(_path(url), _path(made))
        return made

    def put(self, twin: str, url: str) -> None:
        """A copy of its file."""
        self.drop(url)
        shutil.copyfile(_path(twin), _path(url))

    def _copied_to(self, url: str) -> str:
        shutil.copyfile(self._template, _path(url))
        return url

    def close(self) -> None:
        """The folder is its owner's."""

    def drop(self, url: str) -> None:
        """Remove the file with what SQLite keeps beside it."""
        path = _path(url)
        for kept in path.parent.glob(f"{path.name}*"):
            kept.unlink()


class PostgresDatabases(Databases):
    """Databases on one server.

    Making one takes ten times as long as emptying one: it is made anew only after a test that
    changed the tables themselves, or filled them.
    """

    def __init__(self, given: Server) -> None:
        self._server = given
        self._kept: str | None = None
        self._bare: str | None = None
        self._shape: Shape = []

    @cached_property
    def _template(self) -> str:
        return self.new()

    def empty(self) -> str:
        """A new database."""
        return self._server.create()

    def bare(self) -> str:
        """One in the place of the last."""
        if self._bare is None:
            self._bare = self.empty()
        else:
            self._server.renew(self._bare)
        return self._bare

    def migrated(self, *, used: bool = True) -> str:
        """The one that is kept, without the rows of whoever had it before."""
        if used and self._kept is not None and self._server.empty(self._kept) == self._shape:
            return self._kept
        if self._kept is None:
            self._kept = self.copied()
        else:  # under the same name: applications are kept by the address they were made for
            self._server.renew(self._kept, self._template)
        self._shape = self._server.empty(self._kept)
        return self._kept

    def copied(self) -> str:
        """A new database made from the first as its template."""
        return self._server.create(template=self._template)

    def twin(self, url: str) -> str:
        """A new database made from it as its template."""
        return self._server.create(template=url)

    def put(self, twin: str, url: str) -> None:
        """A new database under the same name, made from it as its template."""
        self._server.renew(url, twin)

    def drop(self, url: str) -> None:
        """Drop it, whoever is still connected."""
        self._server.drop(url)

    def close(self) -> None:
        """Drop what is kept."""
        for url in (self._kept, self._bare, vars(self).get("_template")):
            if url is not None:
                self.drop(url)


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
