"""Keep attachments 附件: judged in a confined child, sealed, under random names, checked when read.

A file is written beside its place, forced to disk and then renamed, so that under a name of the
store there is a whole file or none. `ab/` is the beginning of the name.
"""

import errno
import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from config.vocabulary import Media
from service.errors import Gone, StorageFull, Unavailable
from service.gateways import child
from service.gateways.keyring import CannotOpen, FieldKey
from service.rules.attachment import MIB, FileRefused

log = logging.getLogger(__name__)
LEFT_FOR: Final = timedelta(hours=24)
_CHILD: Final = Path(__file__).with_name("attachment_child.py")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TEMPORARY: Final = ".part"


@dataclass(frozen=True, slots=True)
class Limits:
    """What looking at a file may cost; bytes, seconds and counts."""

    entries: int = 2_000
    unpacked_bytes: int = 100 * MIB
    ratio: int = 100
    memory_bytes: int = 512 * MIB
    cpu_seconds: int = 5
    wall_seconds: int = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file is; `located` when it says where it was taken."""

    media: Media
    located: bool


def judge(content: bytes, limits: Limits = Limits()) -> Judged:
    """What the file is by its content; raises FileRefused with the reason."""
    asked = {
        "entries": limits.entries,
        "unpacked_bytes": limits.unpacked_bytes,
        "ratio": limits.ratio,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
    }
    try:
        answer = child.ask(_CHILD, content, asked, wall_seconds=limits.wall_seconds)
    except (child.Died, child.TooSlow) as error:
        raise FileRefused("文件过于复杂，无法检查，请换一种格式再上传") from error
    if "refused" in answer:
        raise FileRefused(str(answer["refused"]))
    return Judged(Media(answer["media"]), bool(answer["located"]))


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of a deployment in which attachments lie."""

    folder: Path

    def keep(self, stored_as: UUID, content: bytes, key: FieldKey) -> None:
        """Seal `content` and store it; raises StorageFull or Unavailable and leaves nothing."""
        path = self._path(stored_as)
        temporary = path.with_name(path.name + _TEMPORARY)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(temporary, key.seal_bytes(content, _place(stored_as)))
            temporary.rename(path)
            _force(path.parent)
        except OSError as error:
            _forget(temporary, path)
            log.exception("an attachment could not be written")
            if error.errno in _FULL:
                raise StorageFull from error
            raise Unavailable("文件没有保存成功，请稍后再试") from error

    def read(self, stored_as: UUID, sha256: str, key: FieldKey) -> bytes:
        """The content as it came; raises Gone when what lies there is not that any more."""
        try:
            content = key.open_bytes(self._path(stored_as).read_bytes(), _place(stored_as))
        except (OSError, CannotOpen) as error:
            raise _damaged(stored_as, type(error).__name__) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise _damaged(stored_as, "another digest")
        return content

    def drop(self, stored_as: UUID) -> None:
        """Forget a file that belongs to nothing."""
        _forget(self._path(stored_as))

    def names(self) -> Iterator[UUID]:
        """What lies in the store, whole files only."""
        for path in self._files():
            if (found := named(path)) is not None:
                yield found

    def left(self, now: datetime) -> Iterator[Path]:
        """The files and halves of files that have lain there for longer than `LEFT_FOR`."""
        limit = (now - LEFT_FOR).timestamp()
        return (path for path in self._files() if path.stat().st_mtime < limit)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*/*") if path.is_file())

    def _path(self, stored_as: UUID) -> Path:
        return self.folder / stored_as.hex[:2] / stored_as.hex


def named(path: Path) -> UUID | None:
    """Under which name a file lies there; None for half of a file."""
    try:
        return UUID(hex=path.name)
    except ValueError:
        return None


def _write(path: Path, sealed: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())


def _force(folder: Path) -> None:
    """Force the names of a folder to disk, so that the renamed file is found after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _forget(*paths: Path) -> None:
    for path in paths:
        if path.parent.is_dir():
            path.unlink(missing_ok=True)


def _damaged(stored_as: UUID, kind: str) -> Gone:
    log.error("an attachment is damaged", extra={"stored_as": stored_as.hex, "kind": kind})
    return Gone("这个文件在服务器上已经损坏或者丢失，不能提供。请联系系统管理员从备份恢复")


def _place(stored_as: UUID) -> str:
    return f"attachment:{stored_as.hex}"
