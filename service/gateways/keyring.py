"""Sealing and opening of personal data, and the keyed hashes that make it findable.

Two levels: a data key of the deployment seals one key per dispute; that key seals the fields.
A sealed value is `version | algorithm | key id | nonce | ciphertext+tag`; its head and where it
belongs (table, column, row) are authenticated with it, so a value moved elsewhere does not open.
Values of version 1 (`version | nonce | ciphertext+tag`, AES-256-GCM) still open.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from config.key import Algorithm, Keys

OLD_VERSION: Final = b"\x01"
VERSION: Final = b"\x02"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
KEY_BYTES: Final = 32
ID_BYTES: Final = 4
HEAD_BYTES: Final = len(VERSION) + 1 + ID_BYTES
CODES: Final = {Algorithm.AES_256_GCM: b"\x01", Algorithm.SM4_GCM: b"\x02"}
ALGORITHMS: Final = {code: algorithm for algorithm, code in CODES.items()}
SIZES: Final = {Algorithm.AES_256_GCM: 32, Algorithm.SM4_GCM: 16}
# the checks that a database and its keys belong together
DATA: Final = "data"
INDEX: Final = "index"
KEY_PLACE: Final = "key_check:data"
INDEX_PLACE: Final = "key_check:index"
KNOWN: Final = b"fengqiao"


class CannotOpen(Exception):
    """A sealed value does not open: wrong key, wrong place, or damaged."""


@dataclass(frozen=True, slots=True)
class FieldKey:
    """The key of one dispute (or lawsuit): seals and opens its fields."""

    key: bytes = field(repr=False)
    algorithm: Algorithm = field(default=Algorithm.AES_256_GCM, repr=False)

    def seal(self, text: str, place: str) -> bytes:
        """`text` sealed for `place`, for example `party.phone:<id>`."""
        return _sealed(self.key, self.algorithm, text.encode(), place)

    def open(self, sealed: bytes, place: str) -> str:
        """The text sealed for `place`; `CannotOpen` otherwise."""
        return _opened((self.key,), sealed, place).decode()

    def seal_bytes(self, content: bytes, place: str) -> bytes:
        """Bytes sealed for `place`: a file, for example `attachment:<name in the store>`."""
        return _sealed(self.key, self.algorithm, content, place)

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """The bytes sealed for `place`; `CannotOpen` otherwise."""
        return _opened((self.key,), sealed, place)

    def seal_optional(self, text: str | None, place: str) -> bytes | None:
        """As `seal`; nothing stays nothing."""
        return None if text is None else self.seal(text, place)

    def open_optional(self, sealed: bytes | None, place: str) -> str | None:
        """As `open`; nothing stays nothing."""
        return None if sealed is None else self.open(sealed, place)

    def digest(self, kind: str, value: str) -> bytes:
        """A keyed hash that only this dispute's key can repeat; it goes when the key goes."""
        return _hash(self.key, f"digest:{kind}", value)


class Keyring:
    """The keys of the deployment, newest first: the newest seals, every one opens.

    Index keys never lie in the database or a backup. `reread` tells the keys there are now; it is
    asked before each sealing, so that a key put into its file is used at once by every process.
    """

    __slots__ = ("_keys", "_reread", "algorithm")

    def __init__(
        self,
        data: bytes | Sequence[bytes],
        index: bytes | Sequence[bytes],
        *,
        algorithm: Algorithm = Algorithm.AES_256_GCM,
        reread: Callable[[], Keys] | None = None,
    ) -> None:
        self._keys = Keys(_several(data), _several(index))
        self._reread = reread
        self.algorithm = algorithm

    def __repr__(self) -> str:
        return "Keyring()"

    @property
    def data_ids(self) -> tuple[str, ...]:
        """The ids of the data keys, newest first, as people write them."""
        return tuple(key_id(key).hex() for key in self._now().data)

    @property
    def index_ids(self) -> tuple[str, ...]:
        """The ids of the index keys, newest first."""
        return tuple(key_id(key).hex() for key in self._now().index)

    @property
    def head(self) -> bytes:
        """How every value begins that is sealed now."""
        return _head(self._now().data[0], self.algorithm)

    def new_field_key(self, place: str) -> tuple[bytes, FieldKey]:
        """A fresh key for the thing at `place`: its sealed form to store, and the key itself."""
        key = os.urandom(KEY_BYTES)
        return self.seal(key, place), FieldKey(key, self.algorithm)

    def field_key(self, sealed: bytes, place: str) -> FieldKey:
        """The key stored for the thing at `place`."""
        return FieldKey(self.open(sealed, place), self.algorithm)

    def seal(self, content: bytes, place: str) -> bytes:
        """Bytes sealed with the deployment's newest data key (kept answers, not fields)."""
        return _sealed(self._now().data[0], self.algorithm, content, place)

    def seal_alike(self, content: bytes, place: str) -> bytes:
        """As `seal`, but equal contents come out equal: for what is handed out and taken back."""
        key = self._now().data[0]
        nonce = hmac.digest(_derived(key, b"nonce", KEY_BYTES), content, "sha256")[:NONCE_BYTES]
        return _sealed(key, self.algorithm, content, place, nonce)

    def open(self, sealed: bytes, place: str) -> bytes:
        """The bytes sealed for `place`, under whichever key of the ring."""
        try:
            return _opened(self._keys.data, sealed, place)
        except CannotOpen:
            before = self._keys
            if self._now() is before:
                raise
            return _opened(self._keys.data, sealed, place)

    def reseal(self, sealed: bytes, place: str) -> bytes:
        """The same content under the newest key and the chosen algorithm."""
        return self.seal(self.open(sealed, place), place)

    def index(self, kind: str, value: str) -> bytes:
        """The blind index of a normalised value: equal values, equal bytes, and no more."""
        return _hash(self._now().index[0], kind, value)

    def indexes(self, kind: str, value: str) -> tuple[bytes, ...]:
        """What the blind index may be while keys change: under every index key, newest first."""
        return tuple(_hash(key, kind, value) for key in self._now().index)

    def _now(self) -> Keys:
        if self._reread is not None:
            found = self._reread()
            if found is not self._keys:
                self._keys = found
        return self._keys


def key_id(key: bytes) -> bytes:
    """What names a key without telling it."""
    return hashlib.sha256(b"fengqiao key id" + key).digest()[:ID_BYTES]


def key_id_of(sealed: bytes) -> str | None:
    """The id of the key that `sealed` was made with; None: version 1 does not say."""
    return sealed[HEAD_BYTES - ID_BYTES : HEAD_BYTES].hex() if sealed[:1] == VERSION else None


def algorithm_of(sealed: bytes) -> Algorithm | None:
    """The algorithm a sealed value names; None where there is none we know."""
    if sealed[:1] == OLD_VERSION:
        return Algorithm.AES_256_GCM
    return ALGORITHMS.get(sealed[1:2]) if sealed[:1] == VERSION else None


def _several(keys: bytes | Sequence[bytes]) -> tuple[bytes, ...]:
    return (keys,) if isinstance(keys, bytes) else tuple(keys)


def _head(key: bytes, algorithm: Algorithm) -> bytes:
    return VERSION + CODES[algorithm] + key_id(key)


def _hash(key: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256")[:16]


def _derived(key: bytes, purpose: bytes, size: int) -> bytes:
    return HKDFExpand(SHA256(), size, b"fengqiao " + purpose).derive(key)


def _sealed(
    key: bytes, algorithm: Algorithm, content: bytes, place: str, nonce: bytes | None = None
) -> bytes:
    nonce = os.urandom(NONCE_BYTES) if nonce is None else nonce
    head = _head(key, algorithm)
    told = head + place.encode()
    own = _derived(key, algorithm.value.encode(), SIZES[algorithm])
    if algorithm is Algorithm.AES_256_GCM:
        return head + nonce + AESGCM(own).encrypt(nonce, content, told)
    sealing = Cipher(algorithms.SM4(own), modes.GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(told)
    return head + nonce + sealing.update(content) + sealing.finalize() + sealing.tag


def _opened(keys: Sequence[bytes], sealed: bytes, place: str) -> bytes:
    """The content under whichever of the keys made it; no error tells more than the place."""
    try:
        if sealed[:1] == OLD_VERSION:
            return _opened_old(keys, sealed, place)
        return _opened_new(keys, sealed, place)
    except (InvalidTag, ValueError) as refusal:  # ValueError: cut off within the nonce
        raise CannotOpen(place.partition(":")[0]) from refusal


def _opened_old(keys: Sequence[bytes], sealed: bytes, place: str) -> bytes:
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    for key in keys[:-1]:
        try:
            return AESGCM(key).decrypt(nonce, body, place.encode())
        except InvalidTag:
            continue
    return AESGCM(keys[-1]).decrypt(nonce, body, place.encode())


def _opened_new(keys: Sequence[bytes], sealed: bytes, place: str) -> bytes:
    head, rest = sealed[:HEAD_BYTES], sealed[HEAD_BYTES:]
    algorithm = algorithm_of(sealed)
    key = next((each for each in keys if key_id(each) == head[-ID_BYTES:]), None)
    if algorithm is None or key is None or len(rest) < NONCE_BYTES + TAG_BYTES:
        raise ValueError("unknown version, algorithm or key, or cut off")
    nonce, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    told = head + place.encode()
    own = _derived(key, algorithm.value.encode(), SIZES[algorithm])
    if algorithm is Algorithm.AES_256_GCM:
        return AESGCM(own).decrypt(nonce, body, told)
    mode = modes.GCM(nonce, body[-TAG_BYTES:])
    opening = Cipher(algorithms.SM4(own), mode).decryptor()
    opening.authenticate_additional_data(told)
    return opening.update(body[:-TAG_BYTES]) + opening.finalize()


def new_code(alphabet: str, length: int) -> str:
    """A random code of so many signs of an alphabet, to be typed from paper."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_token() -> str:
    """A random bearer or session token (256 bits)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
