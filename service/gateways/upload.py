"""Keep an uploaded file for a while between looking at it and using it: sealed, by random name."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from service.gateways.keyring import CannotOpen, Keyring

KEPT_FOR: Final = timedelta(hours=1)


def keep(folder: Path, content: bytes, owner: UUID, keyring: Keyring) -> str:
    """Seal and store `content`; the token that finds it again, for its owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    token = uuid4().hex
    (folder / token).write_bytes(keyring.seal(content, _place(token, owner)))
    return token


def fetch(folder: Path, token: str, owner: UUID, keyring: Keyring) -> bytes | None:
    """What was kept under `token` by `owner`; None when it is gone or somebody else's."""
    if not (len(token) == 32 and token.isalnum()):
        return None
    try:
        return keyring.open((folder / token).read_bytes(), _place(token, owner))
    except (FileNotFoundError, CannotOpen):
        return None


def drop(folder: Path, token: str) -> None:
    """Forget what was kept under `token`."""
    (folder / token).unlink(missing_ok=True)


def sweep(folder: Path, now: datetime) -> int:
    """Forget what has been kept too long; how many there were."""
    if not folder.exists():
        return 0
    limit = (now - KEPT_FOR).timestamp()
    old = [path for path in folder.iterdir() if path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _place(token: str, owner: UUID) -> str:
    return f"upload:{owner}:{token}"
