"""A rush at the window: fifty at once over real HTTP, numbers without gaps, nobody turned away."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.settings import KEY_NAMES, Settings
from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import DISPUTES, INTAKE, of_role

AT_ONCE = 50
STARTS_WITHIN_S = 30
WORKERS, THREADS = "2", "25"


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.deep)])
@pytest.mark.daily("postgresql")
def test_every_intake_of_a_rush_is_taken(
    office: Office, settings: Settings, database_url: str, tmp_path: Path, count: int
) -> None:
    token = of_role(office, Role.WINDOW).token
    log = tmp_path / "log"
    with served(settings, log) as port, ThreadPoolExecutor(AT_ONCE) as clerks:
        answers = list(clerks.map(lambda _: intake(port, token), range(count)))
    assert Counter(status for status, _ in answers) == {201: count}
    numbers = [number for _, number in answers]
    year = numbers[0][3:7]
    assert sorted(numbers) == [f"LXZ{year}-{value:05d}" for value in range(1, count + 1)]
    assert stored(database_url) == sorted(numbers)
    assert "database is locked" not in log.read_text()


def intake(port: int, token: str) -> tuple[int, str]:
    """Send one registration; its status and number."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/json",
    }
    connection.request("POST", DISPUTES, json.dumps(INTAKE), headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content).get("number", content.decode())


def stored(url: str) -> list[str]:
    """Every number in the database, sorted."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT number FROM dispute ORDER BY number"))
        return [row.number for row in found]


@contextmanager
def served(settings: Settings, log: Path) -> Iterator[int]:
    """The application behind a real server with the settings' database and keys; its port."""
    port = free_port()
    keys = {f"FENGQIAO_{name.upper()}_KEY": getattr(settings, f"{name}_key") for name in KEY_NAMES}
    environ = {
        "FENGQIAO_DATABASE_URL": settings.database_url,
        "FENGQIAO_DATA_DIR": str(settings.data_dir),
        **{name: key.hex() for name, key in keys.items()},
    }
    command = [sys.executable, "-m", "gunicorn", "service.app:create_app()"]
    how = ["--bind", f"127.0.0.1:{port}", "--workers", WORKERS, "--threads", THREADS]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *how, "--worker-class", "gthread", "--backlog", "512"],
            env=os.environ | environ,
            cwd=Path(__file__).parents[2],
            stdout=output,
            stderr=output,
        )
        try:
            wait_for(port, process, log)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server is ready; RuntimeError with its log when it never is."""
    end = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")
