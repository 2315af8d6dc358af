"""Read an Excel workbook nobody trusts: checked as an archive, parsed in a confined child.

The parsers run in `workbook_child.py`, a process of its own with limits on memory and time,
because a file of a few hundred bytes can name a cell so far down that the reader asks for
gigabytes, and because a fault in native code must not take the service with it.
"""

import re
import stat
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from service.errors import Invalid
from service.gateways import child
from service.rules.ledger import Broken, Cell, Row, Sheet
from service.rules.ledger.sheet import EPOCH_1900, EPOCH_1904

MIB: Final = 1024 * 1024
_CHILD: Final = Path(__file__).with_name("workbook_child.py")
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORBIDDEN: Final = re.compile(
    r"vbaproject|vbadata|macrosheets/|activex/|externallinks/|embeddings/|oleobject"
    r"|\.(?:zip|jar|exe|dll|js|vbs|docx?|xls[xmb]?|pptx?|rar|7z|gz)\Z",
    re.IGNORECASE,
)
_NEEDED: Final = frozenset(("[content_types].xml", "xl/workbook.xml"))
_BROKEN: Final = {
    "error": "单元格是 Excel 错误值（如 #N/A），请改为实际内容",
    "formula": "单元格是公式且没有计算结果，请改为数值后保存",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may cost; bytes, seconds and counts."""

    file_bytes: int = 20 * MIB
    entries: int = 2_000
    unpacked_bytes: int = 100 * MIB
    ratio: int = 100
    rows: int = 10_000
    columns: int = 60
    memory_bytes: int = 512 * MIB
    cpu_seconds: int = 20
    wall_seconds: int = 28


class WorkbookRefused(Invalid):
    """A file that is no workbook we read; the reason is Chinese and stands at the field `file`."""

    def __init__(self, reason: str) -> None:
        super().__init__({"file": [reason]}, reason)


def read(content: bytes, limits: Limits = Limits()) -> tuple[Sheet, ...]:
    """The sheets of an .xlsx or .xls file, hidden ones included; raises WorkbookRefused.

    Cells keep their types. A merged range has its value in its first cell only. A cell that is an
    error, or a formula without a stored result, is `Broken` (in .xls it is empty).
    """
    if len(content) > limits.file_bytes:
        raise WorkbookRefused(f"文件超过 {limits.file_bytes // MIB} MB")
    if content.startswith(_ZIP):
        _check_archive(content, limits)
    elif content.startswith(_OLE):
        _check_compound(content)
    else:
        raise WorkbookRefused("不是 Excel 文件（.xlsx 或 .xls）")
    answer = _ask_child(content, limits)
    if "refused" in answer:
        raise WorkbookRefused(str(answer["refused"]))
    return tuple(_sheet(sheet) for sheet in answer["sheets"])


def _check_archive(content: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise WorkbookRefused("文件已损坏，无法打开") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries or unpacked > limits.unpacked_bytes:
        raise WorkbookRefused("文件解压后过大")
    if unpacked > limits.ratio * max(len(content), 4096):
        raise WorkbookRefused("文件压缩比异常")
    for entry in entries:
        _check_entry(entry)
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) != len(names) or not set(names) >= _NEEDED:
        raise WorkbookRefused("不是完整的 Excel 工作簿")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/"):
        raise WorkbookRefused("文件内含有越界路径")
    if entry.flag_bits & 0x1:
        raise WorkbookRefused("文件有密码保护，请取消密码后再上传")
    if stat.S_ISLNK(entry.external_attr >> 16) or entry.compress_type not in (
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    ):
        raise WorkbookRefused("文件内含有不允许的内容")
    if _FORBIDDEN.search(name):
        raise WorkbookRefused("文件含有宏、嵌入对象或外部链接，请另存为普通 .xlsx 后再上传")


def _check_compound(content: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise WorkbookRefused("文件有密码保护，请取消密码后再上传")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise WorkbookRefused("文件含有宏，请另存为普通 .xlsx 后再上传")


def _ask_child(content: bytes, limits: Limits) -> Any:
    asked = {
        "rows": limits.rows,
        "columns": limits.columns,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
        "unpacked_bytes": limits.unpacked_bytes,
    }
    try:
        return child.ask(_CHILD, content, asked, wall_seconds=limits.wall_seconds)
    except child.TooSlow as error:
        raise WorkbookRefused("文件过于复杂，无法在限定时间内读取") from error
    except child.Died as error:
        raise WorkbookRefused("文件已损坏或内容过大，无法读取") from error


def _sheet(told: dict[str, Any]) -> Sheet:
    rows = tuple(Row(number, tuple(map(_cell, cells))) for number, cells in told["rows"])
    epoch = EPOCH_1904 if told["from_1904"] else EPOCH_1900
    return Sheet(told["name"], rows, told["hidden"], epoch)


def _cell(told: Any) -> Cell:
    """A value as JSON says it, or a pair of type and text for what JSON has no word for."""
    if not isinstance(told, list):
        return told  # type: ignore[no-any-return]  # null, text, number or boolean
    kind, text = told
    if kind in _BROKEN:
        return Broken(_BROKEN[kind])
    if kind == "datetime":
        return datetime.fromisoformat(text)
    if kind == "date":
        return date.fromisoformat(text)
    return time.fromisoformat(text) if kind == "time" else timedelta(seconds=text)
