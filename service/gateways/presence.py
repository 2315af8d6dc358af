"""Who is at work in a data directory 在岗: those who serve share it, a restore wants it alone.

What is held is the directory itself, until the process and all its children have ended, however
they end; nothing is written.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from service.errors import Conflict

SERVED: Final = "网页或后台进程还在运行：请先停下它们，再恢复"
RESTORING: Final = "正在恢复备份：请等它做完再启动"


@contextmanager
def serving(data_dir: Path) -> Iterator[None]:
    """Be one of those at work there; Conflict while somebody restores."""
    with _held(data_dir, fcntl.LOCK_SH, RESTORING):
        yield


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Be the only one there; Conflict while somebody is at work."""
    with _held(data_dir, fcntl.LOCK_EX, SERVED):
        yield


@contextmanager
def _held(data_dir: Path, how: int, refusal: str) -> Iterator[None]:
    folder = os.open(data_dir, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(refusal) from None
        yield
    finally:
        os.close(folder)
