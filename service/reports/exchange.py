"""The sheet for the court 数据交换表: our cases, number by number, with where each stands."""

from collections.abc import Iterable
from io import BytesIO
from typing import Final

import xlsxwriter

from config.exchange import COLUMNS
from service.rules.exchange import OurCase

WIDTHS: Final = (32, 26, 20, 12)


def workbook(cases: Iterable[OurCase]) -> bytes:
    """The cases as a sheet the court may send back; text never becomes a formula."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("数据交换")
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    for column, (text, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(0, column, text, bold)
    for place, case in enumerate(cases, start=1):
        row = (case.case_number, case.court, case.number or "", case.status)
        for column, text in enumerate(row):
            sheet.write_string(place, column, text)
    book.close()
    return made.getvalue()
