"""What an amount cell 金额 and a head-count cell 人数 mean; no figure is ever guessed."""

import re
from decimal import Decimal
from typing import Final

from config.money import FEN_PER_YUAN
from config.text import Malformed
from service.rules.ledger.sheet import Cell, folded, plain, quoted

NOTHING: Final = frozenset(
    ("", "无", "没有", "无金额", "不涉及", "未涉及", "/", "\\", "-", "--", "—", "——", "不详")
)
MOST_FEN: Final = 10**14
MOST_PEOPLE: Final = 1_000_000
_UNITS: Final = {"元": 1, "块": 1, "千": 1000, "万": 10_000, "亿": 10**8}
_AMOUNT: Final = re.compile(
    r"(?:人民币|RMB|¥)?(?:大?约|大概)?(?:人民币|¥)?"
    r"(\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+)"
    r"(元|块|[千万亿])?(?:元|块)?(?:人民币)?[整正]?(?:左右)?",
    re.ASCII | re.IGNORECASE,
)
_PEOPLE: Final = re.compile(r"约?(\d+|[一二两三四五六七八九十百]+)(?:人|名|个人|人次)?", re.ASCII)
_HAN_DIGITS: Final = dict(
    zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, *range(3, 10)), strict=True)
)
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_FORMAL: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億圆", "一二三四五六七八九十百千万亿元")


def read_amount(cell: Cell, unit: int = 1) -> int | None:
    """分, or None where nothing is in dispute; `unit` is what a bare number counts, in yuan."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _fen(Decimal(format(cell, ".15g")) * unit, cell)
    text = _tidy(cell).translate(_FORMAL)
    if text in NOTHING:
        return None
    match = _AMOUNT.fullmatch(text)
    number = None if match is None else _decimal(match[1])
    if match is None or number is None:
        raise Malformed("amount-shape", f"金额{quoted(cell)}无法识别，请填数字，如 93000 或 9.3万")
    return _fen(number * (_UNITS[match[2]] if match[2] else unit), cell)


def read_people_count(cell: Cell) -> int | None:
    """How many people take part, or None where nobody counted."""
    text = _tidy(cell)
    if text in NOTHING:
        return None
    match = _PEOPLE.fullmatch(text)
    number = None if match is None else _decimal(match[1])
    if number is None or not 1 <= number <= MOST_PEOPLE:
        raise Malformed("people-shape", f"人数{quoted(cell)}无法识别，请填正整数")
    return int(number)


def _tidy(cell: Cell) -> str:
    if isinstance(cell, str | None):
        return folded(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return plain(cell)
    raise Malformed("number-type", f"{quoted(cell)}不是数字")


def _fen(yuan: Decimal, cell: Cell) -> int:
    fen = yuan * FEN_PER_YUAN
    if not fen.is_finite() or not 0 <= fen <= MOST_FEN:
        raise Malformed("amount-range", f"金额{quoted(cell)}超出范围")
    if fen != fen.to_integral_value():
        raise Malformed("amount-fen", f"金额{quoted(cell)}精确到分以下，请核对")
    return int(fen)


def _decimal(text: str) -> Decimal | None:
    if text[0].isdigit() and text[0].isascii():
        return Decimal(text.replace(",", ""))
    number = _han_number(text)
    return None if number is None else Decimal(number)


def _han_number(text: str) -> int | None:
    """五, 十二, 三千五百: digits and falling units by turns; 三五 and 两千五 are nobody's guess."""
    total, digit, last_unit = 0, None, 10_000
    for index, character in enumerate(text):
        if character in _HAN_DIGITS:
            if digit not in (None, 0):
                return None
            digit = _HAN_DIGITS[character]
            continue
        unit = _HAN_UNITS[character]
        if unit >= last_unit or (digit is None and (index or unit != 10)):
            return None
        total, digit, last_unit = total + (1 if digit is None else digit) * unit, None, unit
    if digit and last_unit > 10 and total and "零" not in text and "〇" not in text:
        return None
    return total + (digit or 0)
