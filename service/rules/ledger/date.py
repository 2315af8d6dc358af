"""What a date cell 日期 means: every unambiguous spelling of a day, and no other."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Final

from config.text import Malformed
from service.rules.ledger.sheet import Cell, quoted

_EARLIEST: Final = date(1990, 1, 1)
_LATEST: Final = date(2100, 1, 1)
_CLOCK: Final = r"(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?"
_PARTED: Final = re.compile(
    rf"(\d{{4}})(?:[-/.年、\u2010-\u2015\u2212])(\d{{1,2}})(?:[-/.月、\u2010-\u2015\u2212])(\d{{1,2}})[日号]?{_CLOCK}",
    re.ASCII,
)
_SOLID: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_HAN: Final = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_LUNAR: Final = re.compile(r"初[一二三四五六七八九十]|正月|腊月|冬月|廿|农历|阴历")
_DIGITS: Final = dict(zip("〇○零一二三四五六七八九", (0, 0, 0, *range(1, 10)), strict=True))


def read_date(cell: Cell, epoch: date) -> date:
    """The day a cell names; `epoch` is the day that serial 0 of the workbook stands for."""
    day = _day(cell, epoch)
    if not _EARLIEST <= day < _LATEST:
        raise Malformed("date-range", f"日期{quoted(cell)}不合常理，请核对年份")
    return day


def _day(cell: Cell, epoch: date) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        return _written_day(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numeric_day(float(cell), epoch)
    raise _unreadable(cell)


def _numeric_day(number: float, epoch: date) -> date:
    """20240103 as it reads, or a serial of Excel with or without a time of day."""
    if number.is_integer() and 19_000_000 <= number < 21_000_000:
        return _written_day(str(int(number)))
    if not 30_000 <= number < 75_000:
        raise _unreadable(number)
    return epoch + timedelta(days=int(number))


def _written_day(text: str) -> date:
    tidy = " ".join(unicodedata.normalize("NFKC", text).split())
    tidy = re.sub(r"(?<=\D) | (?=\D)", "", tidy)
    if _LUNAR.search(tidy):
        raise Malformed("date-lunar", f"日期{quoted(text)}是农历，请填公历日期，如 2024-01-03")
    parts = _PARTED.fullmatch(tidy) or _SOLID.fullmatch(tidy)
    numbers = [int(part) for part in parts.groups()] if parts else _han_numbers(tidy)
    if not numbers:
        raise _unreadable(text)
    try:
        return date(*numbers)
    except ValueError as error:
        raise Malformed("date-impossible", f"日期{quoted(text)}不存在") from error


def _han_numbers(text: str) -> list[int]:
    match = _HAN.fullmatch(text)
    if match is None:
        return []
    year = int("".join(str(_DIGITS[digit]) for digit in match[1]))
    return [year, _han_number(match[2]), _han_number(match[3])]


def _han_number(text: str) -> int:
    """One to ninety-nine; a shape that is no number gives 0, which no month or day is."""
    tens, ten, ones = text.rpartition("十")
    if (len(tens) > 1) or (len(ones) > 1) or "十" in tens:
        return 0
    return (_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0)


def _unreadable(cell: Cell) -> Malformed:
    return Malformed("date-shape", f"日期{quoted(cell)}无法识别，请填公历日期，如 2024-01-03")
