"""The yearly appraisal 年度考核 on paper: a page for print, a workbook, a Word document."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config import evaluation as schemes
from config.evaluation import Stage
from service.reports import docx
from service.reports.docx import Paragraph, Style, Table
from service.rules import evaluation as rules
from service.rules.evaluation import Appraisal, Line, Yearly

NOTHING: Final = "—"
HEAD: Final = ("指标", "权重", "计分办法", "数字", "计算过程", "得分")
WIDTHS: Final = (16, 6, 24, 18, 28, 8)
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is put on paper: a year, the units of it somebody may read, and what it is.

    `stage` None are live figures; `seal` is the hash of a stored result.
    """

    yearly: Yearly
    units: tuple[Appraisal, ...]
    stage: Stage | None
    revision: int = 1
    seal: str = ""
    until: date | None = None
    reason: str = ""


def html(sheet: Sheet, zone: ZoneInfo) -> str:
    """The result as one page without outside parts, for print."""
    return _ENVIRONMENT.get_template("evaluation.html").render(
        title=title(sheet),
        state=state(sheet),
        cut_off=cut_off(sheet, zone),
        scheme=scheme_text(sheet.yearly),
        notes=notes(sheet),
        ranks=[rank(each) for each in sheet.units],
        units=[(each, [cells(line) for line in each.lines]) for each in sheet.units],
        head=HEAD,
        seal=sheet.seal,
    )


def document(sheet: Sheet, zone: ZoneInfo) -> bytes:
    """The result as a Word document, on its side."""
    dated = f"{state(sheet)}　{cut_off(sheet, zone)}　{scheme_text(sheet.yearly)}"
    ranks = [rank(each) for each in sheet.units]
    blocks: list[docx.Block] = [
        Paragraph(title(sheet), Style.TITLE),
        Paragraph(dated, Style.NOTE),
        *(Paragraph(each) for each in notes(sheet)),
        Table(ranks, (28, 10, 18, 44), ("单位", "总分", "等次", "怎样算出")),
    ]
    for unit in sheet.units:
        blocks.append(Paragraph(unit.name, Style.HEADING))
        blocks.append(Table([cells(each) for each in unit.lines], WIDTHS, HEAD))
        blocks.extend(Paragraph(each, Style.NOTE) for each in vetoes(unit))
    footer = f"校验值 {sheet.seal}" if sheet.seal else ""
    return docx.document(blocks, is_wide=True, footer=footer)


def workbook(sheet: Sheet, zone: ZoneInfo) -> bytes:
    """The result as a workbook: a sheet of totals, a sheet of every line."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {
            "title": title(sheet),
            "author": sheet.yearly.centre,
            "created": sheet.yearly.cut_off,
        }
    )
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    points = book.add_format({"num_format": "0.00", "valign": "top"})
    first = book.add_worksheet("结果")
    first.set_column(0, 0, 28)
    first.set_column(1, 2, 14)
    first.set_column(3, 3, 60)
    first.write(0, 0, title(sheet), book.add_format({"bold": True, "font_size": 16}))
    first.write(1, 0, f"{state(sheet)}　{cut_off(sheet, zone)}　{scheme_text(sheet.yearly)}")
    first.write_row(3, 0, ["单位", "总分", "等次", "怎样算出"], bold)
    for place, unit in enumerate(sheet.units, start=4):
        first.write(place, 0, unit.name)
        _points(first, place, 1, unit.total, points)
        first.write_row(place, 2, [unit.grade, "；".join((unit.working, *vetoes(unit)))], wrap)
    if sheet.seal:
        first.write(5 + len(sheet.units), 0, f"校验值 {sheet.seal}")
    second = book.add_worksheet("计算过程")
    second.freeze_panes(1, 2)
    names = [
        "单位",
        "指标",
        "权重",
        "计分办法",
        "分子",
        "分母",
        "计算过程",
        "得分",
        "异议调整",
        "理由",
    ]
    second.write_row(0, 0, names, bold)
    for column, width in enumerate((24, 24, 8, 36, 8, 8, 44, 8, 10, 30)):
        second.set_column(column, column, width)
    row = 0
    for unit in sheet.units:
        for line in unit.lines:
            row += 1
            _write_line(second, row, unit, line, (wrap, points))
    book.close()
    return made.getvalue()


def title(sheet: Sheet) -> str:
    """What stands over it."""
    return f"{sheet.yearly.year} 年度考核结果"


def state(sheet: Sheet) -> str:
    """What it is: live figures, announced, or final in its revision."""
    if sheet.stage is None:
        return "实时计算，数字会变"
    if sheet.stage is Stage.ANNOUNCED:
        until = f"，异议期到 {_day(sheet.until)}" if sheet.until else ""
        return f"公示{until}"
    return "定稿" if sheet.revision == 1 else f"定稿第 {sheet.revision} 版"


def cut_off(sheet: Sheet, zone: ZoneInfo) -> str:
    """When it was counted, in the office's time."""
    at = sheet.yearly.cut_off.astimezone(zone)
    return f"数据截至 {at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def scheme_text(yearly: Yearly) -> str:
    """By which scheme."""
    if not yearly.edition:
        return f"{yearly.scheme.name}，尚未发布"
    return f"{yearly.scheme.name}（{yearly.year} 年第 {yearly.edition} 版）"


def notes(sheet: Sheet) -> list[str]:
    """What has to be known besides: why it was revised, what is wrong with the scheme."""
    told = [f"改动理由：{sheet.reason}"] if sheet.reason else []
    if sheet.yearly.faults:
        told.append("方案里有的指标现在不能计分：" + "；".join(sheet.yearly.faults))
    return told


def rank(unit: Appraisal) -> tuple[str, str, str, str]:
    """One unit in the table of results."""
    return (unit.name, points_text(unit), unit.grade, "；".join((unit.working, *vetoes(unit))))


def points_text(unit: Appraisal) -> str:
    """The total, or — when nothing could be scored."""
    return NOTHING if unit.total is None else str(unit.total)


def vetoes(unit: Appraisal) -> list[str]:
    """The vetoes that struck, in words."""
    return [
        f"一票否决“{each.name}”：{each.said}"
        + (f"（异议成立，不否决：{each.lifted}）" if each.lifted else "")
        for each in unit.vetoes
    ]


def cells(line: Line) -> tuple[str, str, str, str, str, str]:
    """One indicator as the tables tell it."""
    score = NOTHING if line.score is None else str(line.score)
    return (
        line.name,
        schemes.plain(line.weight),
        line.rule,
        figure_text(line),
        said(line),
        score,
    )


def figure_text(line: Line) -> str:
    """The figure, with what stands beside a rate."""
    told = rules.value_text(line.figure)
    beside = []
    if line.figure and line.figure.not_yet_due:
        beside.append(f"未到期 {line.figure.not_yet_due} 件")
    if line.figure and line.figure.objected:
        beside.append(f"异议中 {line.figure.objected} 件")
    return f"{told}（{'，'.join(beside)}不计）" if beside else told


def said(line: Line) -> str:
    """The arithmetic, and what an objection changed."""
    if not line.adjusted:
        return line.said
    return f"{line.said}；异议成立，{line.adjusted:+} 分：{line.reason}"


def _points(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None:
        sheet.write(row, column, NOTHING)
    else:
        sheet.write_number(row, column, float(value), style)


def _write_line(sheet: Any, row: int, unit: Appraisal, line: Line, styles: tuple[Any, Any]) -> None:
    figure, (wrap, points) = line.figure, styles
    sheet.write(row, 0, unit.name, wrap)
    sheet.write(row, 1, line.name, wrap)
    _points(sheet, row, 2, line.weight, points)
    sheet.write(row, 3, line.rule, wrap)
    sheet.write(row, 4, NOTHING if figure is None else figure.numerator)
    none = figure is None or figure.denominator is None
    sheet.write(row, 5, NOTHING if none or figure is None else figure.denominator)
    sheet.write(row, 6, line.said, wrap)
    _points(sheet, row, 7, line.score, points)
    _points(sheet, row, 8, line.adjusted, points)
    sheet.write(row, 9, line.reason, wrap)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
