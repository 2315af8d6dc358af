"""The keys of a deployment: where they come from, which of them nobody may use, how one is added.

A key is 32 random bytes, written as 64 hexadecimal digits. A variable holds one or several apart
by commas, newest first, or `file:/path`: a file with one a line, newest first.
"""

import logging
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)
KEY_BYTES: Final = 32
KEY_NAMES: Final = ("secret", "data", "index", "audit", "backup")
RINGS: Final = frozenset({"data", "index"})  # of these there may be several
FEWEST_BYTES: Final = 16  # different ones in a random key: fewer happen once in 10^14
IN_FILE: Final = "file:"
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class Algorithm(StrEnum):
    """What seals 加密算法; the words of FENGQIAO_CIPHER."""

    AES_256_GCM = "aes-256-gcm"
    SM4_GCM = "sm4-gcm"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that seal and those that make blind indexes, newest first."""

    data: tuple[bytes, ...] = field(repr=False)
    index: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """The keys of one variable, and the file they stand in, if they do."""

    keys: tuple[bytes, ...] = field(repr=False)
    path: Path | None = None


def variable(name: str) -> str:
    """The variable of the environment that holds the key `name`."""
    return f"FENGQIAO_{name.upper()}_KEY"


def read(text: str, name: str, problems: list[str]) -> Given:
    """The keys a variable gives; what is wrong with them goes to `problems`, without a value."""
    path = Path(text.removeprefix(IN_FILE)) if text.startswith(IN_FILE) else None
    words = text.split(",")
    if path is not None:
        try:
            words = path.read_text().split()
        except (OSError, ValueError):
            problems.append(f"{variable(name)} names a file that cannot be read")
            return Given((), path)
    keys = tuple(_key(word.strip()) for word in words)
    if not keys or b"" in keys:
        what = "one a line" if path else "apart by commas" if name in RINGS else "one key"
        told = f"{variable(name)} must be {2 * KEY_BYTES} hexadecimal digits"
        problems.append(told if len(words) == 1 and not path else f"{told}, {what}")
    elif len(keys) > 1 and name not in RINGS:
        problems.append(f"{variable(name)} must be one key")
    elif len(set(keys)) < len(keys):
        problems.append(f"{variable(name)} holds the same key twice")
    return Given(tuple(key for key in keys if key), path)


def unsafe(given: Given, name: str) -> list[str]:
    """What forbids to use these keys for real people."""
    found = []
    if any(map(is_guessable, given.keys)):
        found.append(f"{variable(name)} is not random: make one with `openssl rand -hex 32`")
    if given.path is not None and given.path.exists() and given.path.stat().st_mode & OTHERS:
        found.append(f"{variable(name)}: group or others may use its file, chmod it to 600")
    return found


def is_guessable(key: bytes) -> bool:
    """Whether a key is a default, a pattern or typed text rather than random bytes."""
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return len(set(key)) < FEWEST_BYTES or len(steps) == 1 or all(32 <= byte < 127 for byte in key)


def kept(path: Path) -> Given:
    """The keys in `path`, where a development keeps its own; the first is made when it is missing.

    Two processes may start together: a whole file is linked into place, so the loser of the race
    reads the winner's key and nobody ever sees half a key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = _written(path, (secrets.token_bytes(KEY_BYTES),))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return Given(_all(path), path)


def add(path: Path) -> bytes:
    """Put a fresh key on top of those in `path`, on the disk before it is used."""
    made = secrets.token_bytes(KEY_BYTES)
    _written(path, (made, *_all(path))).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return made


def follower(data: Given, index: Given) -> Callable[[], Keys]:
    """Tells the keys there are now: those in files again whenever their file has changed.

    It is asked before each sealing, so it only looks at the files' dates. A file that cannot be
    read any more leaves the keys as they were: whoever has them can go on.
    """
    paths = [each.path for each in (data, index)]
    stands = Keys(data.keys, index.keys)
    seen = [_stamp(path) for path in paths]

    def now() -> Keys:
        nonlocal stands, seen
        found = [_stamp(path) for path in paths]
        if found != seen:
            try:
                fresh = [_all(path) if path else None for path in paths]
            except (OSError, ValueError):
                log.exception("the key file cannot be read; the keys stay as they were")
            else:
                stands = Keys(fresh[0] or stands.data, fresh[1] or stands.index)
            seen = found
        return stands

    return now


def _stamp(path: Path | None) -> Sequence[int]:
    if path is None:
        return ()
    try:
        found = path.stat()
    except OSError:
        return (0,)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _all(path: Path) -> tuple[bytes, ...]:
    keys = tuple(map(_key, path.read_text().split()))
    if not keys or b"" in keys:
        raise ValueError("a key file holds something else than keys")
    return keys


def _key(word: str) -> bytes:
    try:
        key = bytes.fromhex(word)
    except ValueError:
        return b""
    return key if len(key) == KEY_BYTES else b""


def _written(beside: Path, keys: Sequence[bytes]) -> Path:
    """A new file with these keys in the same folder, nobody else's to read, safe on the disk."""
    with tempfile.NamedTemporaryFile("w", dir=beside.parent, delete=False) as made:
        made.write("".join(f"{key.hex()}\n" for key in keys))
        made.flush()
        os.fsync(made.fileno())
    return Path(made.name)
