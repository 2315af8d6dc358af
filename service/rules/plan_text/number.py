"""What stands before a heading or a task: the number, its form, and what only looks like one."""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Form(IntEnum):
    """A way of numbering, from the coarsest to the finest."""

    PART = 1  # 第一部分
    ZHANG = 2  # 第一章
    JIE = 3  # 第一节
    HAN = 4  # 一、
    TIAO = 5  # 第一条
    HAN_BRACKETED = 6  # （一）
    NAMED = 7  # 任务一：
    FIGURE = 8  # 1、 1.
    FIGURE_2 = 9  # 1.1
    FIGURE_3 = 10  # 1.1.1
    BRACKETED = 11  # （1）
    HALF_BRACKETED = 12  # 1）
    CIRCLED = 13  # ①


HEADINGS: Final = (Form.PART, Form.ZHANG, Form.JIE, Form.HAN, Form.HAN_BRACKETED)
HAN: Final = "〇零一二三四五六七八九十百"
_LEAD: Final = r"^(?P<lead>[\s\u3000\ufeff·•●■◆▲★☆※]*)"
_SPACE: Final = r"[\s\u3000]*"
_OPEN, _CLOSE = r"[（(〔［\[【]", r"[）)〕］\]】]"
_FIGURES: Final = r"[0-9０-９]{1,3}"
# What makes of the figures before it a year, a date, a sum or a count.
_COUNTED: Final = (
    r"[年月日号个项件次家户人名岁元万亿%％‰届期天周季级类批户亩吨米里度点倍成所处场种条款章节部本篇份位"
    r"时分秒日]"
)
_FORMS: Final = (
    (
        Form.PART,
        re.compile(
            _LEAD + rf"(?P<mark>第{_SPACE}(?P<number>[{HAN}]+|\d{{1,2}}){_SPACE}(?:部分|篇))"
        ),
    ),
    (
        Form.ZHANG,
        re.compile(_LEAD + rf"(?P<mark>第{_SPACE}(?P<number>[{HAN}]+|\d{{1,2}}){_SPACE}章)"),
    ),
    (
        Form.JIE,
        re.compile(
            _LEAD + rf"(?P<mark>第{_SPACE}(?P<number>[{HAN}]+|\d{{1,2}}){_SPACE}节)(?![课约日假])"
        ),
    ),
    (
        Form.TIAO,
        re.compile(
            _LEAD + rf"(?P<mark>第{_SPACE}(?P<number>[{HAN}]+|\d{{1,3}}){_SPACE}条)"
            r"(?![款规之例件线的、，,和至])"
        ),
    ),
    (Form.HAN, re.compile(_LEAD + rf"(?P<mark>(?P<number>[{HAN}]+){_SPACE}[、.．])")),
    (
        Form.HAN,
        re.compile(
            _LEAD + rf"(?P<mark>(?P<number>[{HAN}]{{1,3}})(?P<soft>[\s\u3000]+))(?=[^\W\d_])"
        ),
    ),
    (
        Form.HAN_BRACKETED,
        re.compile(
            _LEAD + rf"(?P<mark>{_OPEN}{_SPACE}(?P<number>[{HAN}]+){_SPACE}{_CLOSE}[、.．]?)"
        ),
    ),
    (
        Form.NAMED,
        re.compile(
            _LEAD + rf"(?P<mark>(?:重点任务|工作任务|任务|重点工作){_SPACE}"
            rf"(?P<number>[{HAN}]+|{_FIGURES}){_SPACE}[：:、.．])"
        ),
    ),
    (
        Form.BRACKETED,
        re.compile(
            _LEAD + rf"(?P<mark>{_OPEN}{_SPACE}(?P<number>{_FIGURES}){_SPACE}{_CLOSE}[、.．]?)"
        ),
    ),
    (Form.BRACKETED, re.compile(_LEAD + r"(?P<mark>(?P<number>[⑴-⒇])[、.．]?)")),
    (Form.CIRCLED, re.compile(_LEAD + r"(?P<mark>(?P<number>[①-⑳㉑-㉟❶-❿➀-➓⓵-⓾])[、.．]?)")),
    (
        Form.FIGURE_3,
        re.compile(
            _LEAD + r"(?P<mark>(?P<number>\d{1,2}[.．]\d{1,2}[.．]\d{1,2})(?P<soft>[、.．]?))(?!\d)"
        ),
    ),
    (
        Form.FIGURE_2,
        re.compile(
            _LEAD + r"(?P<mark>(?P<number>\d{1,2}[.．]\d{1,2})(?P<soft>[、.．]?))"
            rf"(?!{_SPACE}{_COUNTED})(?![\d.．])"
        ),
    ),
    (
        Form.HALF_BRACKETED,
        re.compile(_LEAD + rf"(?P<mark>(?P<number>{_FIGURES}){_SPACE}[）)][、.．]?)"),
    ),
    (
        Form.FIGURE,
        re.compile(
            _LEAD + rf"(?P<mark>(?P<number>{_FIGURES}){_SPACE}(?:[、，,]|[.．](?!\d)"
            r"|[.．](?=(?:19|20)\d\d年)))"
        ),
    ),
    (Form.FIGURE, re.compile(_LEAD + r"(?P<mark>(?P<number>[⒈-⒛]))")),
    (
        Form.FIGURE,
        re.compile(
            _LEAD
            + rf"(?P<mark>(?P<number>{_FIGURES})(?P<soft>[\s\u3000]+))(?=[^\W\d_])(?!{_COUNTED})"
        ),
    ),
)
_HAN_RANGE: Final = re.compile(
    rf"[{HAN}]+{_SPACE}(?:季|级|月|批|期|类|个|年|日|届|线|等|流|至|是|者|档|、)"
)
_FIGURE_RANGE: Final = re.compile(rf"\d{{1,4}}{_SPACE}(?:{_COUNTED}|[、—-]\d)")
_DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the beginning of a line; `soft`: it counts only where it is next in a row.

    `text` is all that stands before the words, `number` what it says, `value` as figures (several
    for 1.2.3). `about` says what else it may be, in Chinese.
    """

    form: Form
    text: str
    number: str
    value: tuple[int, ...]
    soft: bool = False
    about: str | None = None


def mark_of(text: str) -> Mark | None:
    """The number a line begins with, or None."""
    for form, pattern in _FORMS:
        match = pattern.match(text)
        if match is None:
            continue
        number = _tidy(match["number"])
        value = _value(number)
        if value is None:
            continue
        rest = text[match.end() :]
        about = _something_else(form, match["mark"], rest)
        soft = about is not None or bool(
            form in (Form.FIGURE_2, Form.FIGURE_3) or match.groupdict().get("soft")
        )
        gap = rest[: len(rest) - len(rest.lstrip())] if rest.strip() else ""
        return Mark(form, match.group() + gap, number, value, soft, about)
    return None


def han_value(text: str) -> int | None:
    """二十三 → 23; None where it is no number."""
    total = digit = 0
    if len(text) > 1 and all(character in _DIGITS for character in text):
        return (
            int("".join(str(_DIGITS[character]) for character in text)) if len(text) < 4 else None
        )
    for character in text:
        if character in "十百":
            total += max(digit, 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit or None


def _tidy(number: str) -> str:
    """Figures half-width, ① as 1; Chinese figures as they are."""
    if number[0] in HAN:
        return number
    return "".join(
        c for c in unicodedata.normalize("NFKC", number) if c.isdigit() or c == "."
    ).strip(".")


def _value(number: str) -> tuple[int, ...] | None:
    if number[:1] in HAN:
        value = han_value(number)
        return None if value is None else (value,)
    parts = number.split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return tuple(int(part) for part in parts)


def _something_else(form: Form, mark: str, rest: str) -> str | None:
    """三、四季度, 2、3月份: an enumeration, and not a number before a heading."""
    if form is Form.HAN and _HAN_RANGE.match(rest):
        return f"行首“{mark}”像是列举，不像编号"
    if form is Form.FIGURE and mark[-1] in "、，,." and _FIGURE_RANGE.match(rest):
        year = re.match(r"(?:19|20)\d\d年", rest)
        return None if year else f"行首“{mark}”像是日期或数量，不像编号"
    return None
