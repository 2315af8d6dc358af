"""The weekly letter 周报 on paper: a page for mail and print, plain text, a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.reports import docx
from service.reports.docx import Paragraph, Style
from service.rules import backup
from service.rules import weekly as rules
from service.rules.calendar import Week
from service.rules.statistics import Rate
from service.rules.weekly import Line, WeekFigures

NOTHING: Final = "—"
SHOWN_OF_HASH: Final = 16
COLUMNS: Final = ("期初在办", "受理", "重新办理", "办结", "期末在办", "调解成功率")
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the letter."""

    title: str
    dimension: str
    lines: tuple[Line, ...]


def html(figures: WeekFigures, zone: ZoneInfo) -> str:
    """The letter as one page without outside parts, for mail and for print."""
    return _ENVIRONMENT.get_template("weekly.html").render(_words(figures, zone))


def text(figures: WeekFigures, zone: ZoneInfo) -> str:
    """The letter in plain text, for readers without HTML."""
    return _ENVIRONMENT.get_template("weekly.txt").render(_words(figures, zone))


def workbook(figures: WeekFigures, zone: ZoneInfo, *, is_over: bool = True) -> bytes:
    """The letter's numbers as a workbook; the same figures give the same bytes.

    The numbers of a week that is not over are compared with nothing.
    """
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {"title": _title(figures), "author": figures.centre, "created": figures.cut_off}
    )
    style = _Style(
        title=book.add_format({"bold": True, "font_size": 16}),
        head=book.add_format({"bold": True, "bottom": 1, "align": "right", "text_wrap": True}),
        name=book.add_format({"bold": True, "bottom": 1}),
        total=book.add_format({"bold": True, "top": 1}),
        wrap=book.add_format({"text_wrap": True, "valign": "top"}),
        percent=book.add_format({"num_format": "0.0%", "align": "right"}),
        right=book.add_format({"align": "right"}),
    )
    _summary(book.add_worksheet("本周"), figures, _dated(figures, zone), style, is_over=is_over)
    for table in tables(figures):
        _sheet(book.add_worksheet(f"按{table.dimension}"), table, figures, style)
    book.close()
    return made.getvalue()


def document(figures: WeekFigures, zone: ZoneInfo) -> bytes:
    """The letter as a Word document."""
    suits, flow = figures.lawsuits, figures.flow
    pairs = [
        ("受理", f"{flow.received} 件"),
        ("办结", f"{flow.closed} 件"),
        ("在办", f"{flow.closing} 件"),
        ("超期未结", f"{figures.overdue} 件"),
        ("调解成功率", share_of(figures.success)),
        ("行政诉讼立案", f"{suits.filed} 件"),
        ("行政复议受理", f"{suits.reviews_filed} 件"),
        ("撤诉", f"{suits.withdrawn} 件"),
        *((f"　{each.label}", f"{each.count} 件") for each in suits.causes),
        ("撤回上诉（不计入撤诉）", f"{suits.appeals_withdrawn} 件"),
        *answering_lines(figures),
    ]
    blocks: list[docx.Block] = [
        Paragraph(f"{figures.centre}{_title(figures)}", Style.TITLE),
        Paragraph(_dated(figures, zone), Style.NOTE),
        Paragraph(rules.sentence_text(figures)),
        docx.Table(pairs, (60, 40), ("项目", "本周")),
    ]
    for table in tables(figures):
        if table.lines:
            rows = [
                (line.label, *map(str, _numbers(line)), share(line.success)) for line in table.lines
            ]
            head = (table.dimension, *COLUMNS)
            blocks.append(Paragraph(table.title, Style.HEADING))
            blocks.append(docx.Table(rows, (28, 12, 12, 12, 12, 12, 12), head))
    return docx.document(blocks, footer=anchor_text(figures))


def _dated(figures: WeekFigures, zone: ZoneInfo) -> str:
    return f"{period_text(figures.week)}　数据截至 {cut_off_text(figures.cut_off, zone)}"


def tables(figures: WeekFigures) -> tuple[Table, ...]:
    """The three tables of the letter, in their order."""
    return (
        Table("各类纠纷", "类别", figures.categories),
        Table("各调解渠道", "渠道", figures.channels),
        Table("各承办单位", "单位", figures.organisations),
    )


ALMOST: Final = Decimal("99.9")


def percent(rate: Rate) -> str:
    """A rate for people: `87.3%`, one place, half up; — when there was nothing.

    What is not all of it is never told as all of it: 2999 of 3000 are 99.9%.
    """
    if rate.value is None:
        return NOTHING
    exact = Decimal(100 * rate.numerator) / Decimal(rate.denominator)
    told = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{min(told, ALMOST) if rate.value < 1 else told}%"


def share(rate: Rate) -> str:
    """A rate for people as `percent` tells it; of fewer than five cases `3 件中 1 件`."""
    return f"{rate.denominator} 件中 {rate.numerator} 件" if rate.is_small else percent(rate)


def share_of(rate: Rate) -> str:
    """The same with what it is counted from: `87.1%（27／31）`, `3 件中 1 件`, —."""
    whole = rate.value is not None and not rate.is_small
    return share(rate) + (f"（{rate.numerator}／{rate.denominator}）" if whole else "")


def answering_lines(figures: WeekFigures) -> list[tuple[str, str]]:
    """What the letter tells of suits and of letters to be answered 应诉与办复, in words."""
    return [
        (each.label, f"{each.numerator} 件" if each.rate is None else share_of(each.rate))
        for each in figures.answering or ()
    ]


def difference(now: int, before: int) -> str:
    """`比上周多 5 件`, `比上周少 2 件`, `与上周持平`."""
    if now == before:
        return "与上周持平"
    return f"比上周{'多' if now > before else '少'} {abs(now - before)} 件"


def period_text(week: Week) -> str:
    """`2026年11月16日（星期一）至11月22日（星期日）`, with the year again when it changed."""
    first, last = week.start_on, week.end_on.fromordinal(week.end_on.toordinal() - 1)
    year = f"{last.year}年" if last.year != first.year else ""
    return (
        f"{first.year}年{first.month}月{first.day}日（星期一）至"
        f"{year}{last.month}月{last.day}日（星期日）"
    )


def cut_off_text(cut_off: datetime, zone: ZoneInfo) -> str:
    """The moment the figures were counted, in the office's time."""
    at = cut_off.astimezone(zone)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def anchor_text(figures: WeekFigures) -> str:
    """`审计锚点：第 120 条 · 0123456789abcdef`; "" when nothing was written to the trail yet."""
    end = figures.anchor
    return f"审计锚点：第 {end.seq} 条 · {end.hash[:SHOWN_OF_HASH]}" if end else ""


def _title(figures: WeekFigures) -> str:
    return f"{figures.week.year} 年第 {figures.week.number} 周周报"


def _words(figures: WeekFigures, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "figures": figures,
        "title": _title(figures),
        "sentence": rules.sentence(figures),
        "tables": tables(figures),
        "columns": COLUMNS,
        "period": period_text(figures.week),
        "cut_off": cut_off_text(figures.cut_off, zone),
        "anchor": anchor_text(figures),
        "share": share,
        "difference": difference,
        "answering": answering_lines(figures),
        "pressed": rules.pressed_text(figures.pressed) if figures.pressed else None,
        "backup": backup.sentence(figures.backup, zone) if figures.backup else None,
    }


@dataclass(frozen=True, slots=True)
class _Style:
    title: Any
    head: Any
    name: Any
    total: Any
    wrap: Any
    percent: Any
    right: Any


def _summary(sheet: Any, figures: WeekFigures, told: str, style: _Style, *, is_over: bool) -> None:
    flow, before, suits = figures.flow, figures.before, figures.lawsuits
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, 14)
    sheet.write(0, 0, _title(figures), style.title)
    sheet.write(1, 0, told)
    parts = rules.sentence(figures) if is_over else rules.sentence_so_far(figures)
    lead = "" if is_over else "本周尚未结束，"
    sentence = lead + "".join(part.text for part in parts)
    sheet.merge_range(2, 0, 2, 4, sentence, style.wrap)
    sheet.set_row(2, 36)
    sheet.write_row(4, 0, ["项目"], style.name)
    sheet.write_row(4, 1, ["本周", "上周"] if is_over else ["本周至今", "上周全周"], style.head)
    rows: list[tuple[str, int, int | None]] = [
        ("期初在办", flow.opening, before.flow.opening),
        ("受理", flow.received, before.flow.received),
        ("重新办理", flow.reopened, before.flow.reopened),
        ("办结", flow.closed, before.flow.closed),
        ("期末在办", flow.closing, before.flow.closing),
        ("超期未结", figures.overdue, None),
        ("调解成功（件）", figures.success.numerator, before.success.numerator),
        ("调解终结（件）", figures.success.denominator, before.success.denominator),
        *((f"{each.label}（不计入成功率）", each.count, None) for each in figures.beside),
        ("行政诉讼立案", suits.filed, before.filed),
        ("行政复议受理", suits.reviews_filed, None),
        ("撤诉", suits.withdrawn, before.withdrawn),
        *((f"其中：{each.label}", each.count, None) for each in suits.causes),
        ("撤回上诉（不计入撤诉）", suits.appeals_withdrawn, None),
    ]
    rows.extend(_answering_rows(figures))
    if figures.consultations is not None:
        rows.append(("咨询（不计入纠纷）", figures.consultations, None))
    for place, (name, now, then) in enumerate(rows, start=5):
        sheet.write(place, 0, name)
        sheet.write(place, 1, now)
        sheet.write(place, 2, NOTHING if then is None else then, style.right)
    last = 5 + len(rows)
    sheet.write(last, 0, "调解成功率")
    _write_rate(sheet, last, 1, figures.success, style)
    _write_rate(sheet, last, 2, before.success, style)
    sheet.write(last + 2, 0, anchor_text(figures))


def _answering_rows(figures: WeekFigures) -> Iterator[tuple[str, int, int | None]]:
    """Counts as they are; a rate as what it counts and of how many."""
    for each in figures.answering or ():
        if each.denominator is None:
            yield each.label, each.numerator, None
        else:
            yield f"{each.label}：计入（件）", each.numerator, None
            yield f"{each.label}：应计（件）", each.denominator, None


def _sheet(sheet: Any, table: Table, figures: WeekFigures, style: _Style) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 8, 11)
    sheet.freeze_panes(1, 1)
    sheet.write(0, 0, table.dimension, style.name)
    sheet.write_row(0, 1, [*COLUMNS, "达成协议", "调解终结"], style.head)
    total = Line("total", "合计", figures.flow, figures.success)
    for place, line in enumerate([*table.lines, total], start=1):
        last = line is total
        sheet.write(place, 0, line.label, style.total if last else None)
        sheet.write_row(place, 1, _numbers(line), style.total if last else None)
        _write_rate(sheet, place, 6, line.success, style)
        pair = [line.success.numerator, line.success.denominator]
        sheet.write_row(place, 7, pair, style.total if last else None)


def _numbers(line: Line) -> Sequence[int]:
    flow = line.flow
    return (flow.opening, flow.received, flow.reopened, flow.closed, flow.closing)


def _write_rate(sheet: Any, row: int, column: int, rate: Rate, style: _Style) -> None:
    if rate.value is None:
        sheet.write(row, column, NOTHING, style.right)
    else:
        sheet.write_number(row, column, float(rate.value), style.percent)
