"""One-time codes 动态口令 of an authenticator (RFC 6238): six digits, new every 30 seconds."""

import hmac
from datetime import datetime, timedelta
from typing import Final

import pyotp

STEP: Final = timedelta(seconds=30)
DIGITS: Final = 6
SKEW: Final = (-1, 0, 1)  # a telephone's clock may be half a minute off


def new_secret() -> str:
    """A fresh secret, 160 bits, as it is typed into an authenticator."""
    return pyotp.random_base32()


def address(secret: str, *, account: str, issuer: str) -> str:
    """What an authenticator reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def code(secret: str, now: datetime) -> str:
    """The code of this moment."""
    return pyotp.TOTP(secret).at(int(now.timestamp()))


def hidden(secret: str, recovery_code: str) -> bytes:
    """How a recovery code is kept: under the secret it stands in for, which no new key changes."""
    return hmac.digest(secret.encode(), f"recovery-code:{recovery_code}".encode(), "sha256")


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The stretch of time whose code was typed, this one or one beside it; None for no code."""
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    here = int(now.timestamp() // STEP.total_seconds())
    found = None
    for step in (here + skew for skew in SKEW):
        right = pyotp.TOTP(secret).at(step * int(STEP.total_seconds()))
        if hmac.compare_digest(right, typed):
            found = step
    return found
