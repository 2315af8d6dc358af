"""Sealing and opening of personal data, and the keyed hashes that make it findable.

Two levels: a data key of the deployment seals one key per dispute; that key seals the fields.
A sealed value is `version | nonce(12) | ciphertext+tag`; where it belongs (table, column, row) is
authenticated with it, so a value moved to another place does not open.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
# the check that a database and a data key belong together
DATA: Final = "data"
KEY_PLACE: Final = "key_check:data"
KNOWN: Final = b"fengqiao"


class CannotOpen(Exception):
    """A sealed value does not open: wrong key, wrong place, or damaged."""


@dataclass(frozen=True, slots=True)
class FieldKey:
    """The key of one dispute (or lawsuit): seals and opens its fields."""

    key: bytes = field(repr=False)

    def seal(self, text: str, place: str) -> bytes:
        """`text` sealed for `place`, for example `party.phone:<id>`."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self.key).encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """The text sealed for `place`; `CannotOpen` otherwise."""
        return _open(self.key, sealed, place).decode()

    def seal_bytes(self, content: bytes, place: str) -> bytes:
        """Bytes sealed for `place`: a file, for example `attachment:<name in the store>`."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self.key).encrypt(nonce, content, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """The bytes sealed for `place`; `CannotOpen` otherwise."""
        return _open(self.key, sealed, place)

    def seal_optional(self, text: str | None, place: str) -> bytes | None:
        """As `seal`; nothing stays nothing."""
        return None if text is None else self.seal(text, place)

    def open_optional(self, sealed: bytes | None, place: str) -> str | None:
        """As `open`; nothing stays nothing."""
        return None if sealed is None else self.open(sealed, place)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of the deployment. `index_key` never lies in the database or a backup."""

    data_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)

    def new_field_key(self, place: str) -> tuple[bytes, FieldKey]:
        """A fresh key for the thing at `place`: its sealed form to store, and the key itself."""
        key = os.urandom(KEY_BYTES)
        nonce = os.urandom(NONCE_BYTES)
        sealed = VERSION + nonce + AESGCM(self.data_key).encrypt(nonce, key, place.encode())
        return sealed, FieldKey(key)

    def field_key(self, sealed: bytes, place: str) -> FieldKey:
        """The key stored for the thing at `place`."""
        return FieldKey(_open(self.data_key, sealed, place))

    def seal(self, content: bytes, place: str) -> bytes:
        """Bytes sealed with the deployment's data key (kept answers, not fields)."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self.data_key).encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The bytes sealed for `place`."""
        return _open(self.data_key, sealed, place)

    def index(self, kind: str, value: str) -> bytes:
        """The blind index of a normalised value: equal values, equal bytes, and no more."""
        message = f"{kind}\0{value}".encode()
        return hmac.digest(self.index_key, message, "sha256")[:16]


def _open(key: bytes, sealed: bytes, place: str) -> bytes:
    if sealed[:1] != VERSION:
        raise CannotOpen("unknown version of sealed value")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, place.encode())
    except (InvalidTag, ValueError) as refusal:  # ValueError: cut off within the nonce
        raise CannotOpen(place.partition(":")[0]) from refusal


def new_code(alphabet: str, length: int) -> str:
    """A random code of so many signs of an alphabet, to be typed from paper."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_token() -> str:
    """A random bearer or session token (256 bits)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
