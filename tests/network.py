"""Keeps the tests on this machine: a try to reach any other host is an error."""

import socket
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

LOOPBACK: Final = ("127.", "localhost", "::1", "::ffff:127.")
# what leaves the machine, and where among its arguments the address stands
LEAVING: Final = {"connect": 0, "connect_ex": 0, "sendto": -1, "sendmsg": 3}
RESOLVING: Final = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")


class OutsideCall(Exception):
    """A test tried to leave the machine."""


def forbid_other_hosts() -> None:
    """Refuse for the rest of this process; there is no way back.

    An audit hook would be told of the same, and of each of the millions of times the interpreter
    is asked for an id: that is dear.
    """
    for name, place in LEAVING.items():
        setattr(socket.socket, name, _kept_in(getattr(socket.socket, name), place))
    for name in RESOLVING:
        setattr(socket, name, _resolving_here(getattr(socket, name)))


def _kept_in(call: Callable[..., Any], place: int) -> Callable[..., Any]:
    @wraps(call)
    def checked(self: socket.socket, *arguments: Any) -> Any:
        if place < len(arguments):
            _check(call.__name__, _host(arguments[place]))
        return call(self, *arguments)

    return checked


def _resolving_here(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def checked(host: Any, *arguments: Any, **named: Any) -> Any:
        _check(call.__name__, host)
        return call(host, *arguments, **named)

    return checked


def _check(deed: str, host: str | bytes | None) -> None:
    if isinstance(host, bytes):
        host = host.decode()
    if host and not host.startswith(LOOPBACK):
        raise OutsideCall(f"{deed} to {host}")


def _host(address: object) -> str | None:
    """The host of an Internet address; None for a socket that is a file."""
    return str(address[0]) if isinstance(address, tuple) else None
