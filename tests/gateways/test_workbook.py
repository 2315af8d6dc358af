"""Workbooks from outside: read with their types, or refused with one reason, never a crash."""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from config import category, ledger, source
from service.gateways import workbook
from service.gateways.workbook import Limits, WorkbookRefused
from service.rules.ledger import Broken, Ledger, parse

OWN = Path(__file__).parents[1] / "data"
GIVEN = Path(__file__).parents[3] / "shared" / "data"
HALF_PAST_NINE = datetime.fromisoformat("2024-01-03T09:30")
SHEET = "xl/worksheets/sheet1.xml"
DTD = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
Edit = Callable[[str, bytes], bytes | None]


def content(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows or [["甲", 1]]:
        book.worksheets[0].append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rebuilt(packed: bytes, edit: Edit, **added: bytes) -> bytes:
    """The package with every part edited (None drops it) and some parts more."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = edit(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in added.items():
            new.writestr(name, part)
    return out.getvalue()


def same(_: str, part: bytes) -> bytes:
    return part


def in_part(name: str, old: bytes, new: bytes) -> Edit:
    return lambda part, body: body.replace(old, new, 1) if part == name else body


def imported(path: Path) -> Ledger:
    return parse(
        workbook.read(path.read_bytes()),
        categories=category.load(),
        sources=source.load(),
        words=ledger.load(),
        today=date(2026, 11, 22),
    )


def test_our_own_ledger_reads_as_expected() -> None:
    answer = imported(OWN / "ledger.xlsx").as_json()
    for row in answer["rows"]:
        del row["reason"]

    assert answer == json.loads((OWN / "ledger.expected.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not GIVEN.exists(), reason="the given ledger is not beside this checkout")
def test_the_given_ledger_reads_as_expected() -> None:
    expected = json.loads((GIVEN / "ledger_2024.expected.json").read_text(encoding="utf-8"))

    table = imported(GIVEN / "ledger_2024.xlsx")

    assert table.counts == {"rows": 162, "ok": 128, "duplicate": 8, "error": 26, "blank": 6}
    assert [_answered(row) for row in table.as_json()["rows"]] == [_given(row) for row in expected]


def _answered(row: dict[str, Any]) -> dict[str, Any]:
    fate = f"error:{row['field']}" if row["fate"] == "error" else row["fate"]
    return {"sheet": row["sheet"], "row": row["row"], "expect": fate, **row["values"]}


def _given(row: dict[str, Any]) -> dict[str, Any]:
    amount = None if row["amount"] is None else str(row["amount"])
    return {**row, "amount": amount, "outcome": row["outcome"] or None}


def test_cells_keep_their_types_and_rows_their_numbers() -> None:
    book = Workbook()
    page = book.worksheets[0]
    page.title = "甲"
    cells: dict[str, Any] = {
        "B3": "文字",
        "C3": 4,
        "D3": 1.5,
        "E3": True,
        "F3": date(2024, 1, 3),
        "G3": HALF_PAST_NINE,
        "B6": "150525197503121015",
    }
    for reference, value in cells.items():
        page[reference] = value
    page.merge_cells("B6:C7")

    (sheet,) = workbook.read(saved(book))

    assert [(row.number, row.cells) for row in sheet.rows] == [
        (3, (None, "文字", 4.0, 1.5, True, date(2024, 1, 3), HALF_PAST_NINE)),
        (6, (None, "150525197503121015", *[None] * 5)),
    ]


def test_errors_and_formulas_never_computed_are_broken_cells() -> None:
    book = Workbook()
    page = book.worksheets[0]
    page.append(["甲", "=1+1", "#N/A", "=A1"])
    page["C1"].data_type = "e"

    def computed(part: str, body: bytes) -> bytes:
        return (
            re.sub(rb"<f>A1</f><v ?(/>|></v>)", b"<f>A1</f><v>7</v>", body)
            if part == SHEET
            else body
        )

    ((row,),) = [sheet.rows for sheet in workbook.read(rebuilt(saved(book), computed))]

    assert [type(cell) for cell in row.cells] == [str, Broken, Broken, float]
    assert row.cells[1] != row.cells[2]


def test_hidden_sheets_are_read_and_marked() -> None:
    book = Workbook()
    book.create_sheet("旧账").sheet_state = "veryHidden"

    assert [(sheet.name, sheet.hidden) for sheet in workbook.read(saved(book))] == [
        ("Sheet", False),
        ("旧账", True),
    ]


def test_a_workbook_that_counts_from_1904_says_so() -> None:
    edit = in_part("xl/workbook.xml", b"<workbookPr", b'<workbookPr date1904="1"')

    (sheet,) = workbook.read(rebuilt(content([43832]), edit))

    assert sheet.epoch == date(1904, 1, 1)


def test_what_stands_beyond_the_last_column_is_not_read() -> None:
    (sheet,) = workbook.read(content([None] * 59 + ["最后", "多余"]))

    assert (len(sheet.rows[0].cells), sheet.rows[0].cells[-1]) == (60, "最后")


def test_a_stray_cell_far_below_costs_no_rows() -> None:
    book = Workbook()
    book.worksheets[0]["A1"], book.worksheets[0]["A200000"] = "甲", "乙"

    (sheet,) = workbook.read(saved(book))

    assert [row.number for row in sheet.rows] == [1, 200_000]


def test_too_many_rows_are_refused_not_cut_off() -> None:
    with pytest.raises(WorkbookRefused, match="行数超过上限"):
        workbook.read(content(["甲"], ["乙"], ["丙"]), Limits(rows=2))


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "不是 Excel 文件"),
    "a page": (b"<html><table>", "不是 Excel 文件"),
    "cut short": (content()[:900], "已损坏"),
    "no archive": (b"PK\x03\x04" + b"x" * 99, "已损坏"),
    "no workbook": (
        rebuilt(content(), lambda n, p: None if n == "xl/workbook.xml" else p),
        "不是完整的",
    ),
    "padded": (rebuilt(content(), same, **{"xl/pad.xml": b" " * 9_000_000}), "压缩比"),
    "entity": (
        rebuilt(content(), in_part("xl/workbook.xml", b"<workbook", DTD + b"<workbook")),
        "XML 声明",
    ),
    "entity in a style": (
        rebuilt(content(), in_part("xl/styles.xml", b"<styleSheet", DTD + b"<styleSheet")),
        "XML 声明",
    ),
    "macro": (rebuilt(content(), same, **{"xl/vbaProject.bin": b"x"}), "宏"),
    "embedded": (rebuilt(content(), same, **{"xl/embeddings/a.bin": b"x"}), "嵌入"),
    "nested": (rebuilt(content(), same, **{"xl/media/a.zip": b"x"}), "嵌入"),
    "linked book": (rebuilt(content(), same, **{"xl/externalLinks/e.xml": b"<a/>"}), "外部链接"),
    "linked part": (
        rebuilt(
            content(),
            in_part(
                "xl/_rels/workbook.xml.rels",
                b"</Relationships>",
                b'<Relationship Id="z" Type="a/image" TargetMode="External" Target="http://e/"/>'
                b"</Relationships>",
            ),
        ),
        "外部链接",
    ),
    "climbing": (rebuilt(content(), same, **{"xl/../../evil.xml": b"<a/>"}), "越界路径"),
    "rooted": (rebuilt(content(), same, **{"/etc/evil.xml": b"<a/>"}), "越界路径"),
    "not closed": (rebuilt(content(), in_part(SHEET, b"</sheetData>", b"")), "已损坏"),
    "old, no book": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000, "已损坏"),
    "old, locked": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "密码",
    ),
    "old, macro": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"),
        "宏",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_its_reason(name: str) -> None:
    packed, reason = HOSTILE[name]

    with pytest.raises(WorkbookRefused, match=reason) as refused:
        workbook.read(packed)

    assert refused.value.fields == {"file": [refused.value.detail]}


def test_a_link_in_the_archive_is_refused() -> None:
    out = io.BytesIO(content())
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(WorkbookRefused, match="不允许"):
        workbook.read(out.getvalue())


def test_a_cell_at_the_far_corner_kills_only_the_child() -> None:
    book = Workbook()
    book.worksheets[0]["A1"], book.worksheets[0]["XFD1048576"] = "甲", "乙"

    with pytest.raises(WorkbookRefused, match="内容过大"):
        workbook.read(saved(book))


def test_a_part_larger_than_the_directory_says_is_caught() -> None:
    with pytest.raises(WorkbookRefused, match=r"已损坏|过大"):
        workbook.read(_understated(content(["甲" * 5000])))


def _understated(packed: bytes) -> bytes:
    """The archive with one byte as the unpacked size of the sheet, in its directory."""
    at = packed.index(SHEET.encode(), packed.index(b"PK\x01\x02"))
    return packed[: at - 46 + 24] + (1).to_bytes(4, "little") + packed[at - 46 + 28 :]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(file_bytes=100), "文件超过"),
        (Limits(entries=3), "解压后过大"),
        (Limits(unpacked_bytes=1000), "解压后过大"),
        (Limits(ratio=0), "压缩比"),
        (Limits(wall_seconds=0), "限定时间"),
    ],
)
def test_each_limit_is_a_reason(limits: Limits, reason: str) -> None:
    with pytest.raises(WorkbookRefused, match=reason):
        workbook.read(content(), limits)


def test_damaged_bytes_are_read_or_refused_and_nothing_else() -> None:
    chance, good = random.Random(7), content(*[["甲", n, "乙" * n] for n in range(40)])
    outcomes = {_outcome(_damaged(good, chance)) for _ in range(60)}

    assert outcomes <= {"read", "refused"}
    assert "refused" in outcomes


def _damaged(good: bytes, chance: random.Random) -> bytes:
    bad = bytearray(good)
    for _ in range(chance.randrange(1, 9)):
        bad[chance.randrange(len(bad))] = chance.randrange(256)
    return bytes(bad)


def _outcome(packed: bytes) -> str:
    try:
        workbook.read(packed)
    except WorkbookRefused:
        return "refused"
    return "read"
