"""Several processes under one parent: started together, ended together, none replaced silently."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from multiprocessing import connection, get_context
from typing import Any, Final

import click

READY_WITHIN_S: Final = 60
LOOK_EVERY_S: Final = 0.1
STOP_WITHIN_S: Final = 40
PR_SET_PDEATHSIG: Final = 1
ENDING: Final = (signal.SIGTERM, signal.SIGINT)


class Ended(BaseException):
    """Somebody asked the parent to end."""


@contextmanager
def household(
    members: Mapping[str, Callable[[], None]],
) -> Iterator[Callable[[Callable[[], bool]], None]]:
    """Start every member as a process of its own; end all of them when the block ends.

    The block is given `wait(until)`, which returns when `until()` holds and raises a
    ClickException when a member dies first. SIGTERM and SIGINT end the block quietly.
    """
    fresh = get_context("spawn")
    processes = {
        name: fresh.Process(target=_live, args=(run,), name=name) for name, run in members.items()
    }
    for each in ENDING:
        signal.signal(each, _end)
    try:
        for process in processes.values():
            process.start()
        yield lambda until: _wait(processes, until)
    except Ended:
        pass
    finally:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        _stop(processes)


def forever() -> bool:
    """For `wait`: a condition that never holds."""
    return False


def answers(host: str, port: int) -> bool:
    """Whether the service says there that it is alive."""
    call = HTTPConnection(host, port, timeout=2)
    try:
        call.request("GET", "/healthz")
        return call.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        call.close()


def _wait(processes: dict[str, Any], until: Callable[[], bool]) -> None:
    names = {process.sentinel: name for name, process in processes.items()}
    pause = None if until is forever else LOOK_EVERY_S
    while not until():
        for gone in connection.wait(list(names), timeout=pause):
            process = processes[names[gone]]
            process.join()
            raise click.ClickException(f"{process.name} 进程意外退出（代码 {process.exitcode}）")


def _stop(processes: dict[str, Any]) -> None:
    running = [process for process in processes.values() if process.is_alive()]
    for process in running:
        process.terminate()
    for process in running:
        process.join(STOP_WITHIN_S)
        if process.is_alive():
            process.kill()
            process.join()


def _live(run: Callable[[], None]) -> None:
    """Run as a member whom only the parent ends: no terminal does, and none outlives it."""
    if sys.platform == "linux":
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    run()


def _end(*_: object) -> None:
    raise Ended
