"""What text may enter the register: one cleaning for API, forms and imports.

Kept as written: Mongolian letters with their joiners and variation selectors, rare Han
characters (private-use ones too). Never kept: what cannot be seen or stored safely.
"""

import re
import unicodedata
from typing import Final

_BREAK: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACE: Final = re.compile(r"\s+")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_PLANE_ENDS: Final = "".join(
    chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF)
)
_NON_CHARACTER: Final = re.compile(f"[\ufdd0-\ufdef{_PLANE_ENDS}]")

_WORD: Final = r"[A-Za-z0-9_%+-]{1,64}"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# what every mail server and the mail headers take; one odd address must not hold up a letter
EMAIL: Final = rf"{_WORD}(?:\.{_WORD}){{0,8}}@{_LABEL}(?:\.{_LABEL}){{0,8}}"

_FILE_NUMBER: Final = re.compile(r"[A-Z]{1,10}[0-9]{4}-[0-9]{5,9}")
_APART: Final = re.compile(r"[\s'\-\u2010-\u2015\u2212]")
_PRIVATE: Final = re.compile(r"[0-9]{10,}")


class Malformed(ValueError):
    """A value that cannot be taken; `reason` is Chinese and holds no personal number."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


def clean_text(value: str, *, limit: int = 10_000) -> str:
    """`value` in NFC, trimmed, its lines ended alike, without marks that turn or hide text.

    `limit` counts characters; the bytes of UTF-8 may be three times as many, which every Han
    text needs at most. Refuses controls, lone surrogates and non-characters.
    """
    text = _INVISIBLE.sub("", _BREAK.sub("\n", value))
    _refuse_unstorable(text)
    cleaned = unicodedata.normalize("NFC", text).strip()
    if len(cleaned) > limit or len(cleaned.encode()) > 3 * limit:
        raise Malformed("too-long", f"内容过长，最多 {limit} 字")
    return cleaned


def clean_line(value: str, *, limit: int = 100) -> str:
    """`clean_text` on one line: any run of white space is one space."""
    return _SPACE.sub(" ", clean_text(value, limit=limit))


def holds_private_number(text: str) -> bool:
    """Whether an ID or phone number may stand in `text`: ten digits or more in one run.

    Our own file numbers are no such thing. What holds one never stands in an address.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return _PRIVATE.search(_APART.sub("", _FILE_NUMBER.sub(" | ", plain))) is not None


def _refuse_unstorable(text: str) -> None:
    if _SURROGATE.search(text):
        raise Malformed("surrogate", "含有不完整的字符，请重新输入")
    if control := _CONTROL.search(text):
        raise Malformed("control", f"含有不可见的控制字符 U+{ord(control[0]):04X}，请删除后重试")
    if end := _NON_CHARACTER.search(text):
        raise Malformed("non-character", f"含有无效字符 U+{ord(end[0]):04X}，请删除后重试")
