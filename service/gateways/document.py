"""Read a document nobody trusts, Word (.docx) or text, to its lines: as a reader would see them.

A Word file is parsed in `document_child.py`, a process of its own with limits on memory and time.
"""

import re
import zipfile
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from service.errors import Invalid
from service.gateways import child
from service.rules.plan_text import SourceLine, lines_of

MIB: Final = 1024 * 1024
_CHILD: Final = Path(__file__).with_name("document_child.py")
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHERS: Final = (
    (b"%PDF", "这是 PDF 文件，请上传 .docx，或复制文字粘贴"),
    (b"{\\rtf", "这是 RTF 文件，请在 Word 中另存为 .docx 后再上传"),
    (b"\x89PNG", "这是图片，里面没有文字；请上传 .docx，或粘贴文字"),
    (b"\xff\xd8\xff", "这是图片，里面没有文字；请上传 .docx，或粘贴文字"),
    (b"GIF8", "这是图片，里面没有文字；请上传 .docx，或粘贴文字"),
    (b"Rar!", "这是压缩包，请解压后上传其中的文件"),
    (b"7z\xbc\xaf", "这是压缩包，请解压后上传其中的文件"),
)
_MARKUP: Final = re.compile(rb"\s*(?:<!DOCTYPE|<html|<\?xml|<\?mso|MIME-Version:)", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BROKEN: Final = "文件已损坏，无法读取"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may cost; bytes, seconds and counts."""

    file_bytes: int = 20 * MIB
    entries: int = 2_000
    unpacked_bytes: int = 100 * MIB
    part_bytes: int = 24 * MIB  # the largest part that is parsed
    ratio: int = 200
    lines: int = 5_000
    characters: int = 500_000
    memory_bytes: int = 512 * MIB
    cpu_seconds: int = 10
    wall_seconds: int = 20


class DocumentRefused(Invalid):
    """A file we cannot read as a document; the reason is Chinese and stands at the field `file`."""

    def __init__(self, reason: str) -> None:
        super().__init__({"file": [reason]}, reason)


def read(content: bytes, limits: Limits = Limits()) -> tuple[SourceLine, ...]:
    """The lines of a .docx or .txt file by its content, whatever its name; DocumentRefused.

    Tables come row by row; automatic numbers are written out; deleted and hidden text is none.
    Headers and footers are of the page, not of the text, and are left out.
    """
    if not content.strip():
        raise DocumentRefused("文件是空的")
    if len(content) > limits.file_bytes:
        raise DocumentRefused(f"文件超过 {limits.file_bytes // MIB} MB")
    if content.startswith(_OLE):
        locked = _ENCRYPTED in content
        raise DocumentRefused(
            "文件有密码保护，请取消密码后再上传"
            if locked
            else "这是旧版 Word（.doc）文件，请另存为 .docx 后再上传"
        )
    for beginning, reason in _OTHERS:
        if content.startswith(beginning):
            raise DocumentRefused(reason)
    lines = _read_word(content, limits) if content.startswith(_ZIP) else _read_text(content)
    return checked(lines, limits)


def pasted(text: str, limits: Limits = Limits()) -> tuple[SourceLine, ...]:
    """The lines of a text that somebody pasted; raises DocumentRefused when it is too long."""
    return checked(lines_of(_CONTROL.sub("", text)), limits)


def checked(lines: tuple[SourceLine, ...], limits: Limits) -> tuple[SourceLine, ...]:
    """The lines, when there is something in them and not too much."""
    if all(line.is_blank for line in lines):
        raise DocumentRefused("文件里没有文字")
    if len(lines) > limits.lines or sum(len(line.text) for line in lines) > limits.characters:
        raise DocumentRefused(
            f"文字过长（超过 {limits.lines} 行或 {limits.characters // 10000} 万字），不像一份计划"
        )
    return lines


def _read_text(content: bytes) -> tuple[SourceLine, ...]:
    if _MARKUP.match(content):
        raise DocumentRefused("这是网页格式的文件，请在 Word 中另存为 .docx 后再上传")
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return lines_of(text)
    raise DocumentRefused("不是 .docx 或文本文件，或看不出文字编码；文本请另存为 UTF-8")


def _read_word(content: bytes, limits: Limits) -> tuple[SourceLine, ...]:
    _check_archive(content, limits)
    asked = {name: value for name, value in asdict(limits).items() if name != "wall_seconds"}
    try:
        answer = child.ask(_CHILD, content, asked, wall_seconds=limits.wall_seconds)
    except child.TooSlow as error:
        raise DocumentRefused("文件过于复杂，无法在限定时间内读取") from error
    except child.Died as error:
        raise DocumentRefused("文件已损坏或内容过大，无法读取") from error
    if "refused" in answer:
        raise DocumentRefused(str(answer["refused"]))
    return tuple(SourceLine.from_json(line) for line in answer["lines"])


def _check_archive(content: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DocumentRefused("文件已损坏，无法打开") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries or unpacked > limits.unpacked_bytes:
        raise DocumentRefused("文件解压后过大")
    if unpacked > limits.ratio * max(len(content), 16384):
        raise DocumentRefused("文件压缩比异常")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DocumentRefused("文件有密码保护，请取消密码后再上传")
    names = {entry.filename.casefold() for entry in entries}
    if any(name.startswith("xl/") for name in names):
        raise DocumentRefused("这是 Excel 文件；请上传 Word（.docx）或文本文件")
    if "[content_types].xml" not in names:
        raise DocumentRefused("不是 Word（.docx）文件")
