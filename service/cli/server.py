"""The web process: gunicorn with threads, stopped gracefully."""

import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication

from service.cli.deployment import Deployment
from service.gateways import presence

THREADS: Final = 8
TIMEOUT_S: Final = 60
GRACE_S: Final = 30
LAST_ADDRESS: Final = "address"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the service listens, and with how many processes."""

    host: str
    port: int
    workers: int

    @property
    def url(self) -> str:
        """The address for people on this machine."""
        shown = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 -- only compared
        return f"http://{shown}:{self.port}"

    def is_free(self) -> bool:
        """Whether somebody else listens there already."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError:
                return False
            return True


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn over our application; every worker process makes its own."""

    def __init__(self, deployment: Deployment, place: Place) -> None:
        self._deployment, self._place = deployment, place
        super().__init__()

    def load_config(self) -> None:
        """Settings of the server; none of them comes from a file or the command line."""
        chosen: dict[str, Any] = {
            "bind": f"{self._place.host}:{self._place.port}",
            "workers": self._place.workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": TIMEOUT_S,
            "graceful_timeout": GRACE_S,
            "loglevel": "warning",
            "proc_name": "fengqiao",
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one worker process."""
        return self._deployment.create_app(self._deployment.settings)


def serve(deployment: Deployment, place: Place) -> None:
    """Serve until SIGTERM or SIGINT; running requests are finished first."""
    with suppress(OSError):  # a folder nobody may write to is no reason not to serve
        deployment.settings.data_dir.mkdir(parents=True, exist_ok=True)
        (deployment.settings.data_dir / LAST_ADDRESS).write_text(place.url)
    with presence.serving(deployment.settings.data_dir):
        Web(deployment, place).run()


def last_place(data_dir: Path) -> str | None:
    """Where the service of this data directory listens, or last did; None before its first day."""
    try:
        return (data_dir / LAST_ADDRESS).read_text().strip() or None
    except OSError:
        return None
