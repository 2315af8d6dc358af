"""Password hashing with Argon2id (parameters of the OWASP minimum for two cores)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.errors import TooOften

# each takes 19 MB and a core for a moment: more of them at once would serve nobody
AT_ONCE: Final = 4
PATIENCE_S: Final = 3.0
AGAIN_S: Final = 5
BUSY: Final = "现在登录的人太多，请过几秒再试"
LONGEST: Final = 200
_places = BoundedSemaphore(AT_ONCE)
_seated: ContextVar[bool] = ContextVar("seated", default=False)
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# checked for unknown and locked accounts, so that the time tells nothing
_decoy = _hasher.hash("nobody has this password")


@contextmanager
def turn() -> Iterator[None]:
    """One of the few places in which a password is hashed; TooOften when none becomes free soon.

    Whoever holds one already goes on with it.
    """
    if _seated.get():
        yield
        return
    if not _places.acquire(timeout=PATIENCE_S):
        raise TooOften(AGAIN_S, BUSY)
    token = _seated.set(True)
    try:
        yield
    finally:
        _seated.reset(token)
        _places.release()


def hash_password(password: str) -> str:
    """The Argon2id hash to store."""
    with turn():
        return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Whether `password` matches; without a stored hash it takes as long and the answer is no."""
    known = stored if len(password) <= LONGEST else None
    with turn():
        try:
            _hasher.verify(known or _decoy, password[:LONGEST])
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
    return bool(known)
