"""The file of anchors 锚点: where the trail ended, written down outside the database every day."""

import errno
import os
from pathlib import Path

from service.rules.audit import Anchor, Anchors, line_of, read_anchors


def read(path: Path, *, older_copy: bool = False) -> Anchors | None:
    """What the file holds; None when there is no file."""
    try:
        text = path.read_bytes().decode(errors="backslashreplace")
    except FileNotFoundError:
        return None
    return read_anchors(text, older_copy=older_copy)


def append(path: Path, anchor: Anchor) -> None:
    """Add one line at the end, and return when the disk has it; OSError leaves the file as it was.

    Nobody else may be at it meanwhile.
    """
    line = line_of(anchor).encode()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before = os.fstat(file).st_size
        if os.write(file, line) < len(line):
            os.ftruncate(file, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(file)
    finally:
        os.close(file)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # or a new file may be gone after the power was
    finally:
        os.close(folder)
