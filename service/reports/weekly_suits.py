"""The letter of suits and letters alone 应诉与办复周报: those lines of the frozen week."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config.weekly import NAMES, Letter
from service.reports import docx
from service.reports import weekly as reports
from service.reports.docx import Paragraph, Style, Table
from service.rules.weekly import WeekFigures

NAME: Final = NAMES[Letter.SUITS]
NOT_COUNTED: Final = "这一周的周报发布时还没有统计这几项"
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Row = tuple[str, str, str]


def html(figures: WeekFigures, zone: ZoneInfo) -> str:
    """The letter as one page without outside parts, for mail and for print."""
    return _ENVIRONMENT.get_template("weekly_suits.html").render(_words(figures, zone))


def text(figures: WeekFigures, zone: ZoneInfo) -> str:
    """The letter in plain text, for readers without HTML."""
    return _ENVIRONMENT.get_template("weekly_suits.txt").render(_words(figures, zone))


def workbook(figures: WeekFigures, zone: ZoneInfo) -> bytes:
    """The letter's numbers as a workbook; the same figures give the same bytes."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {"title": title(figures), "author": figures.centre, "created": figures.cut_off}
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet("应诉与办复")
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 3, 16)
    sheet.write(0, 0, title(figures), book.add_format({"bold": True, "font_size": 16}))
    sheet.write(1, 0, _dated(figures, zone))
    sheet.write_row(3, 0, ["项目", "计入（件）", "应计（件）", "比率"], bold)
    told = [
        *((label, count, None, "") for label, count in _counts(figures)),
        *(
            (each.label, each.numerator, each.denominator, reports.percent(each.rate))
            if each.rate
            else (each.label, each.numerator, None, "")
            for each in figures.answering or ()
        ),
    ]
    for place, (label, count, whole, rate) in enumerate(told, start=4):
        sheet.write(place, 0, label)
        sheet.write(place, 1, count)
        sheet.write(place, 2, "" if whole is None else whole)
        sheet.write(place, 3, rate)
    book.close()
    return made.getvalue()


def document(figures: WeekFigures, zone: ZoneInfo) -> bytes:
    """The letter as a Word document."""
    blocks: list[docx.Block] = [
        Paragraph(f"{figures.centre}{title(figures)}", Style.TITLE),
        Paragraph(_dated(figures, zone), Style.NOTE),
        Table(rows(figures), (46, 24, 30), ("项目", "本周", "说明")),
    ]
    if figures.answering is None:
        blocks.append(Paragraph(NOT_COUNTED))
    return docx.document(blocks, footer=reports.anchor_text(figures))


def title(figures: WeekFigures) -> str:
    """What stands over it."""
    return f"{figures.week.year} 年第 {figures.week.number} 周{NAME}"


def rows(figures: WeekFigures) -> list[Row]:
    """Every line: what it is, the number, what it says of itself."""
    suits, before = figures.lawsuits, figures.before
    notes = {
        "行政诉讼立案（一审）": reports.difference(suits.filed, before.filed),
        "撤诉": reports.difference(suits.withdrawn, before.withdrawn),
        "撤回上诉": "不计入撤诉",
    }
    counted = [(label, f"{n} 件", notes.get(label, "")) for label, n in _counts(figures)]
    return counted + [(*each, "") for each in reports.answering_lines(figures)]


def _counts(figures: WeekFigures) -> Sequence[tuple[str, int]]:
    suits = figures.lawsuits
    return [
        ("行政诉讼立案（一审）", suits.filed),
        ("行政复议受理", suits.reviews_filed),
        ("撤诉", suits.withdrawn),
        *((f"　{each.label}", each.count) for each in suits.causes),
        ("撤回上诉", suits.appeals_withdrawn),
    ]


def _dated(figures: WeekFigures, zone: ZoneInfo) -> str:
    cut_off = reports.cut_off_text(figures.cut_off, zone)
    return f"{reports.period_text(figures.week)}　数据截至 {cut_off}"


def _words(figures: WeekFigures, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "centre": figures.centre,
        "title": title(figures),
        "dated": _dated(figures, zone),
        "rows": rows(figures),
        "missing": NOT_COUNTED if figures.answering is None else "",
        "anchor": reports.anchor_text(figures),
    }
