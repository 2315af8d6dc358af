"""All that an answer says, however it is written: to look for what must not be there."""

import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from werkzeug.test import TestResponse

ESCAPED: Final = re.compile(r"\\u[0-9a-fA-F]{4}")
PACKED: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its headers, its bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


def taken(response: TestResponse) -> Answer:
    """What came back."""
    headers = tuple((name, value) for name, value in response.headers)
    body = response.get_data()
    response.close()
    return Answer(response.status_code, headers, body)


def read_through(body: bytes) -> str:
    """The text of an answer; of a workbook everything that stands in it."""
    return "\0".join(said(body)) if body.startswith(ZIP) else body.decode()


def said(body: bytes) -> Iterator[str]:
    """Everything that stands in these bytes, as text, in every way it may be written."""
    if body.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for each in packed.infolist():
                yield each.filename
                yield from said(packed.read(each))
        return
    text = body.decode("utf-8", "replace")
    yield text
    if "&" in text:
        yield html.unescape(text)
    if "%" in text:
        yield unquote(text)
    if ESCAPED.search(text):
        yield ESCAPED.sub(lambda found: json.loads(f'"{found[0]}"', strict=False), text)
    for found in PACKED.findall(text):
        yield from _unpacked(found)


def _unpacked(packed: str) -> Iterator[str]:
    plain = packed.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        cut = plain[start:]
        cut = cut[: len(cut) - len(cut) % 4] if len(cut) % 4 == 1 else cut
        yield base64.b64decode(cut + "=" * (-len(cut) % 4)).decode("utf-8", "ignore")


def hits(answer: Answer, needles: Mapping[str, str]) -> set[str]:
    """The names of those of the needles, name by what is looked for, that stand in the answer."""
    written = [f"{name}: {value}" for name, value in answer.headers]
    views = [*said(answer.body), *written, *map(unquote, written)]
    whole = "\0".join(views)
    return {name for needle, name in needles.items() if needle in whole}
