"""The confined half of `workbook`: a script that reads a workbook from stdin, answers in JSON.

Run by path under `python -I`; imports nothing of the project. Sets its own limits before it
looks at a byte. Exit code other than 0: the file killed the reader.
"""

import io
import json
import posixpath
import resource
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

import python_calamine as calamine

XLSX = b"PK\x03\x04"


class Refused(Exception):
    """The file cannot be taken; the message is Chinese."""


class Package:
    """The XML parts of an .xlsx: no document type, nothing outside, and cells without a value."""

    def __init__(self, content: bytes, most_bytes: int) -> None:
        self.from_1904 = False
        self.odd_cells: dict[str, dict[tuple[int, int], str]] = {}
        self._left = most_bytes
        self._parts: dict[str, str] = {}  # relationship id of the workbook to part
        self._sheets: list[tuple[str, str]] = []  # name and relationship id
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            odd = {name: self._scan(archive, name) for name in archive.namelist()}
        for name, relationship in self._sheets:
            self.odd_cells[name] = odd.get(self._parts.get(relationship, ""), {})

    def _scan(self, archive: zipfile.ZipFile, name: str) -> dict[tuple[int, int], str]:
        """Unpack one part to its real end, whatever the directory says of its size."""
        lower = name.casefold()
        parser = expat.ParserCreate() if lower.endswith((".xml", ".rels")) else None
        odd: dict[tuple[int, int], str] = {}
        if parser:
            parser.StartDoctypeDeclHandler = _refuse_doctype
            self._listen(parser, lower, odd)
        with archive.open(name) as part:
            while chunk := part.read(65536):
                self._left -= len(chunk)
                if self._left < 0:
                    raise Refused("文件解压后过大")
                if parser:
                    parser.Parse(chunk, False)
        if parser:
            parser.Parse(b"", True)
        return odd

    def _listen(
        self, parser: expat.XMLParserType, name: str, odd: dict[tuple[int, int], str]
    ) -> None:
        if name.endswith(".rels"):
            inside_workbook = name == "xl/_rels/workbook.xml.rels"
            parser.StartElementHandler = lambda _, a: self._relate(a, inside_workbook)
        elif name == "xl/workbook.xml":
            parser.StartElementHandler = self._open_workbook
        elif name.startswith("xl/worksheets/"):
            watch = CellWatch(odd)
            parser.StartElementHandler, parser.EndElementHandler = watch.start, watch.end
            parser.CharacterDataHandler = watch.text

    def _relate(self, attributes: dict[str, str], inside_workbook: bool) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if attributes.get("TargetMode") == "External" and kind != "hyperlink":
            raise Refused("文件含有外部链接，请另存为普通 .xlsx 后再上传")
        if inside_workbook and "Id" in attributes:
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            self._parts[attributes["Id"]] = posixpath.normpath(part)

    def _open_workbook(self, element: str, attributes: dict[str, str]) -> None:
        local = element.rpartition(":")[2]
        if local == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        if local == "sheet":
            ids = [v for k, v in attributes.items() if k.rpartition(":")[2] == "id"]
            self._sheets.append((attributes.get("name", ""), ids[0] if ids else ""))


class CellWatch:
    """Notes the cells the reader shows as empty though they are not: errors, bare formulas."""

    def __init__(self, odd: dict[tuple[int, int], str]) -> None:
        self.odd = odd
        self.row = self.column = 0
        self.kind = ""
        self.formula = self.inside = self.value = False

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """A row, a cell, or what is in it, begins."""
        local = element.rpartition(":")[2]
        if local == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif local == "c":
            reference = attributes.get("r")
            self.column = _column(reference) if reference else self.column + 1
            self.kind = attributes.get("t", "")
            self.formula = self.inside = self.value = False
        elif local == "f":
            self.formula = True
        elif local == "v":
            self.inside = True

    def text(self, _: str) -> None:
        """A stored value is not empty."""
        self.value = self.value or self.inside

    def end(self, element: str) -> None:
        """A cell is complete."""
        local = element.rpartition(":")[2]
        if local == "v":
            self.inside = False
        if local != "c":
            return
        if self.kind == "e":
            self.odd[self.row, self.column] = "error"
        elif self.formula and not self.value and self.kind != "str":  # ="" is a result
            self.odd[self.row, self.column] = "formula"


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """No more memory, processor time, files or core dumps than the work needs."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes, asked: dict[str, int]) -> dict[str, Any]:
    """Every worksheet, its rows that hold something, and their true numbers."""
    package = Package(content, asked["unpacked_bytes"]) if content.startswith(XLSX) else None
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets, left = [], asked["rows"]
    for meta in book.sheets_metadata:
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        odd = package.odd_cells.get(meta.name, {}) if package else {}
        rows = _rows(book.get_sheet_by_name(meta.name), odd, asked["columns"], left)
        left -= len(rows)
        hidden = meta.visible != calamine.SheetVisibleEnum.Visible
        from_1904 = bool(package and package.from_1904)
        sheets.append({"name": meta.name, "hidden": hidden, "from_1904": from_1904, "rows": rows})
    return {"sheets": sheets}


def _rows(sheet: Any, odd: dict[tuple[int, int], str], columns: int, left: int) -> list[Any]:
    top, first = sheet.start or (0, 0)
    lead = [None] * min(first, columns)
    rows: dict[int, list[Any]] = {}
    for offset, cells in enumerate(sheet.to_python(skip_empty_area=True)):
        told = lead + [_told(cell) for cell in cells[: max(columns - first, 0)]]
        if any(cell is not None for cell in told):
            rows[top + offset + 1] = told
            _check_count(rows, left)
    for (row, column), kind in odd.items():
        if column <= columns:
            cells = rows.setdefault(row, [])
            cells.extend([None] * (column - len(cells)))
            cells[column - 1] = [kind, ""]
            _check_count(rows, left)
    return sorted(rows.items())


def _check_count(rows: dict[int, list[Any]], left: int) -> None:
    if len(rows) > left:
        raise Refused("行数超过上限，请分成几个文件导入")


def _told(cell: Any) -> Any:
    for kind, name, text in _TYPES:
        if isinstance(cell, kind):
            return [name, text(cell)]
    return None if cell == "" else cell


_TYPES: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (datetime, "datetime", datetime.isoformat),
    (date, "date", date.isoformat),
    (time, "time", time.isoformat),
    (timedelta, "duration", timedelta.total_seconds),
)


def _column(reference: str) -> int:
    """Column of a reference such as AB12, counted from 1."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number


def _refuse_doctype(*_: object) -> None:
    raise Refused("文件含有不允许的 XML 声明")


def main() -> None:
    """Answer on stdout: the sheets, or why the file is refused."""
    asked = json.loads(sys.argv[1])
    confine(asked["memory_bytes"], asked["cpu_seconds"])
    try:
        answer = read(sys.stdin.buffer.read(), asked)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except calamine.PasswordError:
        answer = {"refused": "文件有密码保护，请取消密码后再上传"}
    except Exception:  # noqa: BLE001 -- whatever a parser raises, the file is what is broken
        answer = {"refused": "文件已损坏，无法读取"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
