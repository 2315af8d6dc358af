"""Writes `ledger.xlsx` and `ledger.expected.json` from `ledger.toml`; run it after a change."""

import json
import tomllib
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HERE: Final = Path(__file__).parent


def workbook(source: dict[str, Any]) -> Workbook:
    """The sheets as told: rows above, entries at their row, rows below."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for told in source["sheet"]:
        sheet = book.create_sheet(told["name"])
        sheet.sheet_state = "hidden" if told["hidden"] else "visible"
        entries = [(entry["row"], entry["cells"]) for entry in told.get("entry", [])]
        after = max((row for row, _ in entries), default=len(told["above"])) + 1
        for row, cells in [
            *enumerate(told["above"], 1),
            *entries,
            *enumerate(told["below"], after),
        ]:
            write(sheet, row, cells)
    return book


def write(sheet: Worksheet, row: int, cells: list[Any]) -> None:
    """One row of cells from column A; an empty text is no cell."""
    for column, value in enumerate(cells, 1):
        if value != "":
            sheet.cell(row, column, value)


def expectation(source: dict[str, Any]) -> dict[str, Any]:
    """What the import must answer, but for the reasons."""
    rows = [
        {
            "sheet": sheet["name"],
            "row": entry["row"],
            "fate": entry["fate"],
            "field": entry.get("field"),
            "column": entry.get("column"),
            "values": {
                key: None if value == "" else value
                for key, value in zip(source["order"], entry["values"], strict=True)
            },
        }
        for sheet in source["sheet"]
        for entry in sheet.get("entry", [])
    ]
    return {"counts": source["counts"], "rows": rows}


if __name__ == "__main__":
    read = tomllib.loads((HERE / "ledger.toml").read_text(encoding="utf-8"))
    workbook(read).save(HERE / "ledger.xlsx")
    text = json.dumps(expectation(read), ensure_ascii=False, indent=1)
    (HERE / "ledger.expected.json").write_text(text + "\n", encoding="utf-8")
