"""Writers at one SQLite file go in turn: threads, processes, and nobody waits for ever."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import TimeoutError as NoTurn

from models.queue import WriterQueue

HOLDER = """
import sys, sqlalchemy as sa
from models.queue import WriterQueue
with WriterQueue(sa.create_engine(sys.argv[1]), 5).turn():
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a file."""
    return f"sqlite:///{tmp_path / 'x.db'}"


def queue(url: str, patience_s: float = 5) -> WriterQueue:
    """A queue for the file."""
    return WriterQueue(sa.create_engine(url), patience_s)


def test_threads_take_turns(url: str) -> None:
    shared, inside, most = queue(url), 0, []

    def write(_: int) -> None:
        nonlocal inside
        with shared.turn():
            inside += 1
            most.append(inside)
            inside -= 1

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, range(200)))
    assert most == [1] * 200


def test_a_turn_that_does_not_come_in_time_is_told(url: str) -> None:
    shared = queue(url, 0.01)
    with shared.turn(), ThreadPoolExecutor(1) as writer:
        waiting = writer.submit(lambda: shared.turn().__enter__())
        with pytest.raises(NoTurn):
            waiting.result()


def test_a_writer_that_fails_gives_its_turn_back(url: str) -> None:
    shared = queue(url, 0.01)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), shared.turn():
            raise ZeroDivisionError


def test_another_process_waits_until_the_turn_is_given_back(url: str) -> None:
    arguments = [sys.executable, "-c", HOLDER, url]
    with Popen(arguments, cwd=Path(__file__).parents[2], stdin=PIPE, stdout=PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        with ThreadPoolExecutor(1) as writer:
            waiting = writer.submit(lambda: queue(url).turn().__enter__())
            assert not waiting.done()
            holder.kill()  # the system gives back what the dead held
            waiting.result(timeout=5)


def test_a_database_in_memory_needs_no_file(tmp_path: Path) -> None:
    with queue("sqlite://").turn():
        assert list(tmp_path.iterdir()) == []
