"""Attachments 附件: how a file may be called, and how each format is told to browsers."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from config.vocabulary import Media
from config.words import label
from service.errors import Invalid, TooLarge

MIB: Final = 1024 * 1024
MOST_BYTES: Final = 20 * MIB
MOST_OF_ONE: Final = 200  # attachments of one thing
NAME_BYTES: Final = 255
TYPES: Final[Mapping[Media, str]] = MappingProxyType(
    {
        Media.PDF: "application/pdf",
        Media.JPEG: "image/jpeg",
        Media.PNG: "image/png",
        Media.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Media.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Media.TEXT: "text/plain",
        Media.MP3: "audio/mpeg",
        Media.M4A: "audio/mp4",
        Media.MP4: "video/mp4",
    }
)
SUFFIXES: Final[Mapping[str, Media]] = MappingProxyType(
    {media.value: media for media in Media} | {"jpeg": Media.JPEG}
)
TAKEN: Final = (
    "只收 PDF、图片（jpg、png）、Word（docx）、Excel（xlsx）、文本、录音和录像（mp3、m4a、mp4）"
)
TOO_LARGE: Final = f"文件超过 {MOST_BYTES // MIB} MB，请压缩或者分成几份再上传"
# names that mean a device on the computers the office uses
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
# control, format (which turns the reading direction) and broken characters, line separators
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u180e\u200c\u200d")  # Mongolian is written with them


class FileRefused(Invalid):
    """A file that is not taken; the reason is Chinese and stands at the field `file`."""

    def __init__(self, reason: str) -> None:
        super().__init__({"file": [reason]}, reason)


def check_size(size: int) -> None:
    """Raise for a file of `size` bytes that has nothing in it or too much."""
    if size == 0:
        raise FileRefused("文件是空的，请重新选择")
    if size > MOST_BYTES:
        raise TooLarge(TOO_LARGE)


def check_name(name: str) -> Media:
    """What the name says the file is; raises FileRefused for a name that is no name or a trick."""
    if not name.strip(" ."):
        raise FileRefused("文件没有名字，请改名后再上传")
    if any(unicodedata.category(sign) in _UNSEEN for sign in name if sign not in _JOINERS):
        raise FileRefused("文件名里有看不见的控制字符，请改名后再上传")
    if "/" in name or "\\" in name:
        raise FileRefused("文件名里不能有斜杠，请改名后再上传")
    if len(name.encode()) > NAME_BYTES:
        raise FileRefused(f"文件名太长（最多 {NAME_BYTES} 字节，约 80 个汉字），请改短后再上传")
    if name[0] in " ." or name[-1] in " .":
        raise FileRefused("文件名不能用空格或者点开头、结尾，请改名后再上传")
    stem, _, suffix = name.rpartition(".")
    if _DEVICE.fullmatch(name.partition(".")[0].rstrip()):
        raise FileRefused("这个文件名是电脑系统保留的名字，请改名后再上传")
    if not stem or suffix.lower() not in SUFFIXES:
        raise FileRefused(TAKEN)
    return SUFFIXES[suffix.lower()]


def check_content(named: Media, found: Media) -> None:
    """Raise when the content is something else than the name says; sound and film may differ."""
    if named is not found and {named, found} != {Media.M4A, Media.MP4}:
        told = f"文件名说是 {named}，内容却是{label(found)}，请核对后再上传"
        raise FileRefused(told)
