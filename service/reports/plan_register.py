"""A register 工作台账 of the yearly plan as one table: on paper and as a workbook.

Nothing of citizens stands in it: what a register keeps sealed is left out.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from config.plan_register import Column, ColumnType, EntryState, Register
from service.rules import plan_entry as rules
from service.rules import plan_sheet as sheets

WIDTH = 16
WIDE = 40


def heads(register: Register) -> list[str]:
    """What stands over the columns."""
    steps = [each.label for each in register.steps.values()]
    columns = [
        f"{each.label}（{each.unit}）" if each.unit else each.label
        for each in register.columns.values()
        if not each.personal
    ]
    return ["编号", *columns, "责任单位", *steps, "进展"]


def lines(register: Register, rows: Iterable[Any]) -> list[list[str]]:
    """The rows as text, in the order of the heads."""
    return [_line(register, each) for each in rows]


def table(register: Register, rows: Iterable[Any]) -> dict[str, Any]:
    """Heads and rows for paper: a column in which nothing stands is left out."""
    told, shown = heads(register), lines(register, rows)
    used = [place for place in range(len(told)) if any(line[place] for line in shown)]
    return {
        "heads": [told[place] for place in used],
        "rows": [[line[place] for place in used] for line in shown],
    }


def workbook(register: Register, rows: Iterable[Any]) -> bytes:
    """The rows as a sheet; text never becomes a formula."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(register.name[:31])
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 1)
    for column, text in enumerate(heads(register)):
        sheet.set_column(column, column, _width(register, column))
        sheet.write_string(0, column, text, bold)
    for place, line in enumerate(lines(register, rows), start=1):
        for column, text in enumerate(line):
            sheet.write_string(place, column, text, plain)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return made.getvalue()


def template(register: Register) -> bytes:
    """An empty sheet to fill in: what each column holds stands on a sheet of its own."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    sheet, told = book.add_worksheet("台账"), book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for column, text in enumerate(sheets.heads(register)):
        sheet.set_column(column, column, WIDTH)
        sheet.write_string(0, column, text, bold)
    sheet.freeze_panes(1, 0)
    told.set_column(0, 0, 24)
    told.set_column(1, 1, 80)
    for place, (name, said) in enumerate(_explained(register)):
        told.write_string(place, 0, name)
        told.write_string(place, 1, said)
    book.close()
    return made.getvalue()


def _explained(register: Register) -> list[tuple[str, str]]:
    columns = [(each.label, _said(each)) for each in register.columns.values()]
    steps = [
        (each.label, "日期" + ("；可以写“不适用：理由”" if each.excusable else ""))
        for each in register.steps.values()
    ]
    return [*columns, (sheets.UNIT, "单位全称，空着是本单位"), *steps]


def _said(column: Column) -> str:
    must = "必填；" if column.required else ""
    told = "、".join(column.options.values()) or {
        ColumnType.DATE: "日期",
        ColumnType.NUMBER: "数字",
        ColumnType.FLAG: "是、否",
    }.get(column.type, "文字")
    return must + told + (f"；{column.hint}" if column.hint else "")


def _line(register: Register, row: Any) -> list[str]:
    told = [
        _bare(rules.shown(each, row.values.get(each.name)), each.unit)
        for each in register.columns.values()
        if not each.personal
    ]
    stage = register.states[row.state]
    if row.state is EntryState.OPEN:
        stage = register.stage(row.stage)
    gaps = "、".join(each.stage for each in row.gaps)
    return [
        row.number,
        *told,
        row.organisation,
        *(_taken(row.taken.get(name)) for name in register.steps),
        f"{stage}（缺：{gaps}）" if gaps else stage,
    ]


def _taken(taken: rules.Taken | None) -> str:
    if taken is None:
        return ""
    return taken.on.isoformat() if taken.on else f"不适用：{taken.excuse}"


def _bare(text: str, unit: str) -> str:
    return text.removesuffix(unit) if unit else text


def _width(register: Register, column: int) -> int:
    shown: Sequence[Any] = [each for each in register.columns.values() if not each.personal]
    if 0 < column <= len(shown) and shown[column - 1].type in (ColumnType.LONG, ColumnType.TEXT):
        return WIDE
    return WIDTH
