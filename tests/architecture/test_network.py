"""No test leaves this machine, by whatever call."""

import socket
from collections.abc import Callable
from typing import Final

import pytest

from tests.network import OutsideCall

ELSEWHERE: Final = ("192.0.2.1", 9)
WAYS: Final[dict[str, Callable[[socket.socket], object]]] = {
    "connect": lambda ours: ours.connect(ELSEWHERE),
    "connect_ex": lambda ours: ours.connect_ex(ELSEWHERE),
    "sendto": lambda ours: ours.sendto(b"", ELSEWHERE),
    "sendmsg": lambda ours: ours.sendmsg([b""], [], 0, ELSEWHERE),
    "getaddrinfo": lambda _: socket.create_connection(("example.org", 9)),
    "gethostbyname": lambda _: socket.gethostbyname("example.org"),
}


@pytest.mark.parametrize("way", WAYS)
def test_another_host_is_never_asked(way: str) -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as ours,
        pytest.raises(OutsideCall, match=f"^{way} to "),
    ):
        WAYS[way](ours)
