"""What a front proxy says is believed from the proxies we know, and from nobody else."""

from collections.abc import Iterable
from typing import Any

import pytest

from service.web.proxy import Proxied


@pytest.mark.parametrize(
    ("peer", "seen"),
    [("10.0.0.9", "8.8.8.8"), ("10.0.0.8", "10.0.0.8"), ("127.0.0.1", "127.0.0.1")],
)
def test_only_a_trusted_proxy_may_say_who_calls(peer: str, seen: str) -> None:
    heard: list[str] = []

    def app(environ: dict[str, Any], _: Any) -> Iterable[bytes]:
        heard.append(environ["REMOTE_ADDR"])
        return []

    proxied = Proxied(app, ["10.0.0.9"])
    list(proxied({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "8.8.8.8"}, None))
    assert heard == [seen]
