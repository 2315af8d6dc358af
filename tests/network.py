"""Keeps the tests on this machine: a try to reach any other host is an error."""

import sys
from typing import Any, Final

LOOPBACK: Final = ("127.", "localhost", "::1", "::ffff:127.")
LEAVING: Final = ("socket.connect", "socket.sendto", "socket.getaddrinfo")


class OutsideCall(Exception):
    """A test tried to leave the machine."""


def forbid_other_hosts() -> None:
    """Refuse for the rest of this process; there is no way back."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in LEAVING:
        return
    host = arguments[0] if event == "socket.getaddrinfo" else _host(arguments[1])
    if isinstance(host, bytes):
        host = host.decode()
    if host and not host.startswith(LOOPBACK):
        raise OutsideCall(f"{event} to {host}")


def _host(address: object) -> str | None:
    """The host of an Internet address; None for a socket that is a file."""
    return str(address[0]) if isinstance(address, tuple) else None
