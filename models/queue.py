"""One writer at a time at a SQLite file, and in turn, which SQLite itself does not see to."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy.engine import Engine
from sqlalchemy.exc import TimeoutError as NoTurn


class WriterQueue:
    """The turn to write to one file: threads wait for a lock, processes for a lock on a file.

    SQLite's own waiting is trying again after pauses of up to a tenth of a second, so in a rush
    somebody is always too late; the pauses also leave the file idle while everybody sleeps.
    """

    def __init__(self, engine: Engine, patience_s: float) -> None:
        path = engine.url.database
        self._beside = Path(f"{path}-queue") if path and path != ":memory:" else None
        self._patience_s = patience_s
        self._turn = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and keep it for the block; `NoTurn` when it does not come in time."""
        if not self._turn.acquire(timeout=self._patience_s):
            raise NoTurn("no turn to write came in time")
        try:
            with self._alone():
                yield
        finally:
            self._turn.release()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process writes; the system gives the lock back when one dies."""
        if self._beside is None:
            yield
            return
        with self._beside.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
