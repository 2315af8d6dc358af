"""May the service start 安全启动: machine and database are looked at before anybody comes."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from config.settings import Settings
from service.queries import start as queries
from service.rules.start import Machine, problems

DEMO: Final = "accounts.json"


def unsafe(settings: Settings, *, debug: bool, testing: bool) -> list[str]:
    """Everything that forbids to serve real people; nothing outside of production."""
    if not settings.is_production:
        return []
    machine = Machine(
        debug=debug,
        testing=testing,
        cookie_secure=settings.cookie_secure,
        free_share=free_share(settings.data_dir),
        anchor_writable=_is_writable(settings.anchor_path),
        demo=(settings.data_dir / DEMO).exists(),
    )
    return problems(machine, queries.store())


def free_share(folder: Path) -> float:
    """The share of the disk under `folder` that is free, from 0 to 1."""
    found = shutil.disk_usage(folder)
    return found.free / found.total


def _is_writable(path: Path | None) -> bool:
    """Whether a line could be added there; tried, because a right alone is no disk."""
    if path is None:
        return False
    try:
        if path.is_file():
            with path.open("ab"):
                return True
        folder = path if path.is_dir() else path.parent
        with tempfile.NamedTemporaryFile(dir=folder):
            return True
    except OSError:
        return False
