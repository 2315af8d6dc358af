"""The archive 备份文件: one encrypted file of named parts, in which any change is found.

What is written is compressed, cut into chunks, and each chunk sealed with AES-256-GCM. The nonce
is the chunk's place and whether it is the last, so chunks can be neither exchanged nor cut off.
The key is derived from the deployment's backup key and a salt of the file's own, hence a nonce is
never used twice. The manifest comes last, because it holds what was counted on the way.

    magic | salt(32) | check(16) | (chunk sealed, 16 bytes longer than its plain text)*
"""

import hashlib
import hmac
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"FENGQIAO-BACKUP-1\n"
SALT_BYTES: Final = 32
CHECK_BYTES: Final = 16
TAG_BYTES: Final = 16
CHUNK: Final = 256 * 1024
HEAD: Final = struct.Struct(">cI")
NAME, DATA, END, MANIFEST = b"N", b"D", b"E", b"M"
LEVEL: Final = 3  # rows shrink to a fifth at this level already


class WrongKey(Exception):
    """The file was written under another backup key."""


class Damaged(Exception):
    """The file is no archive, or not what was written: changed, reordered or cut off."""


class ArchiveWriter:
    """Writes parts one after the other, then the manifest; nothing clear reaches the file."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._header, self._key = _header(key, os.urandom(SALT_BYTES))
        self._waiting = bytearray()
        self._place = 0
        file.write(self._header)

    @contextmanager
    def part(self, name: str) -> Iterator["PartWriter"]:
        """A part to write into; its name comes back before its bytes."""
        self._put(NAME, name.encode())
        part = PartWriter(self)
        yield part
        part.finish()
        self._put(END, b"")

    def close(self, manifest: dict[str, Any]) -> None:
        """End the archive; without this it does not open."""
        self._put(MANIFEST, orjson.dumps(manifest))
        self._flush(last=True)

    def put_data(self, data: bytes) -> None:
        """Compressed bytes of the part that is being written."""
        self._put(DATA, data)

    def _put(self, kind: bytes, payload: bytes) -> None:
        self._waiting += HEAD.pack(kind, len(payload))
        self._waiting += payload
        while len(self._waiting) > CHUNK:
            self._flush()

    def _flush(self, *, last: bool = False) -> None:
        chunk = bytes(self._waiting[:CHUNK])
        del self._waiting[:CHUNK]
        self._file.write(self._key.encrypt(_nonce(self._place, last=last), chunk, self._header))
        self._place += 1


class PartWriter:
    """One part: what is written goes compressed into the archive; size and hash are kept."""

    def __init__(self, archive: ArchiveWriter) -> None:
        self._archive = archive
        self._compressed = zlib.compressobj(LEVEL)
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()

    def write(self, content: bytes) -> None:
        """More of the part."""
        self._hash.update(content)
        self.size += len(content)
        self._pass_on(self._compressed.compress(content))

    def finish(self) -> None:
        """What the compression still holds."""
        self._pass_on(self._compressed.flush())

    def _pass_on(self, data: bytes) -> None:
        if data:
            self._archive.put_data(data)


class ArchiveReader:
    """Reads an archive from its beginning; every byte handed out has been authenticated.

    Raises WrongKey or Damaged; only a reader that came to the manifest has seen it whole.
    """

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        header = file.read(len(MAGIC) + SALT_BYTES + CHECK_BYTES)
        if len(header) < len(MAGIC) + SALT_BYTES + CHECK_BYTES or not header.startswith(MAGIC):
            raise Damaged("no archive")
        salt = header[len(MAGIC) : len(MAGIC) + SALT_BYTES]
        expected, self._key = _header(key, salt)
        if not hmac.compare_digest(expected, header):
            raise WrongKey
        self._header = header
        self._clear = bytearray()
        self._place = 0
        self._sealed = file.read(CHUNK + TAG_BYTES)
        self._ended = False
        self.manifest: dict[str, Any] = {}

    def parts(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Every part with its bytes, which must be used up before the next is asked for."""
        while True:
            kind, payload = self._record()
            if kind == MANIFEST:
                self.manifest = orjson.loads(payload)
                break
            if kind != NAME:
                raise Damaged("unexpected record")
            yield payload.decode(), self._part()
        if self._clear or not self._ended:
            raise Damaged("more than the archive")

    def read_manifest(self) -> dict[str, Any]:
        """The manifest, after everything before it was read and found whole."""
        for _, content in self.parts():
            for _ in content:
                pass
        return self.manifest

    def _part(self) -> Iterator[bytes]:
        opened = zlib.decompressobj()
        while True:
            kind, payload = self._record()
            if kind == END:
                break
            if kind != DATA:
                raise Damaged("unexpected record")
            yield opened.decompress(payload)
        yield opened.flush()

    def _record(self) -> tuple[bytes, bytes]:
        kind, length = HEAD.unpack(self._take(HEAD.size))
        return kind, self._take(length)

    def _take(self, length: int) -> bytes:
        while len(self._clear) < length:
            self._open_next()
        taken = bytes(self._clear[:length])
        del self._clear[:length]
        return taken

    def _open_next(self) -> None:
        if self._ended:
            raise Damaged("cut off")
        following = self._file.read(CHUNK + TAG_BYTES)
        nonce = _nonce(self._place, last=not following)
        try:
            self._clear += self._key.decrypt(nonce, self._sealed, self._header)
        except (InvalidTag, ValueError) as refusal:  # ValueError: shorter than a tag
            raise Damaged(f"chunk {self._place}") from refusal
        self._ended, self._sealed = not following, following
        self._place += 1


def lines(content: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a part, without their ends."""
    rest = b""
    for piece in content:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _header(key: bytes, salt: bytes) -> tuple[bytes, AESGCM]:
    """What stands at the file's beginning, and the file's own key."""
    made = HKDF(SHA256(), 2 * len(key), salt, b"fengqiao backup").derive(key)
    own, check = made[: len(key)], made[len(key) :]
    told = hmac.digest(check, MAGIC + salt, "sha256")[:CHECK_BYTES]
    return MAGIC + salt + told, AESGCM(own)


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
