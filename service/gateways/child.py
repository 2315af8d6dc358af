"""Ask a confined script about a file nobody trusts: the one place that starts a process for it.

The scripts set their own limits on memory, time and files before they look at a byte; a fault in
native code takes them, and not the service, with it.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from service.errors import Unavailable

WAIT_SECONDS: Final = 20
_PLACES: Final = BoundedSemaphore(2)  # a reader may cost half a gigabyte


class Died(Exception):
    """The file killed its reader."""


class TooSlow(Exception):
    """The reader was not done in time."""


def ask(script: Path, content: bytes, asked: Mapping[str, int], *, wall_seconds: int) -> Any:
    """What `script` answers about `content`; raises Died, TooSlow, Unavailable (all are busy)."""
    command = [sys.executable, "-I", str(script), json.dumps(dict(asked))]
    if not _PLACES.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("正在读取的文件较多，请稍后再试")
    try:
        done = subprocess.run(  # noqa: S603 -- our own script, content on its standard input
            command,
            check=False,  # a dead child is an answer too
            input=content,
            capture_output=True,
            timeout=wall_seconds,
            env={},
            cwd="/",
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    finally:
        _PLACES.release()
    if done.returncode != 0:
        raise Died(f"exit code {done.returncode}")
    return json.loads(done.stdout)
