"""Password hashing with Argon2id (parameters of the OWASP minimum for two cores)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# checked for unknown and locked accounts, so that the time tells nothing
_decoy = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The Argon2id hash to store."""
    return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Whether `password` matches; without a stored hash it takes as long and the answer is no."""
    try:
        _hasher.verify(stored or _decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)
