"""What a front proxy says of the caller, believed only from the proxies we know."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from werkzeug.middleware.proxy_fix import ProxyFix

FORWARDED: Final = "HTTP_X_FORWARDED_"


class Proxied:
    """Reads X-Forwarded-* from `trusted` addresses and drops it from everybody else."""

    def __init__(self, app: Callable[..., Iterable[bytes]], trusted: Iterable[str]) -> None:
        self.app = app
        self.trusted = frozenset(trusted)
        self.fixed = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer with the caller's own address, as far as it can be believed."""
        if environ.get("REMOTE_ADDR") in self.trusted:
            return self.fixed(environ, start_response)
        for name in [each for each in environ if each.startswith(FORWARDED)]:
            del environ[name]
        return self.app(environ, start_response)
