"""Numeric targets 指标 found in a wording: how much at least or at most, of what, and the words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from config.plan import Comparison

_AT_LEAST: Final = (
    "不少于|不低于|不得少于|不得低于|至少|达到|达|提高到|提高至|提升到|提升至|力争达到|超过|≥|>=|高于|大于"
    "|突破|保持在"
)
_AT_MOST: Final = (
    "不超过|不得超过|不高于|不多于|不得高于|不得多于|控制在|降低到|降低至|下降到|下降至|降到|降至|低于|少于"
    "|≤|<=|小于"
)
_NUMBER: Final = (
    r"(?P<number>\d+(?:[.．]\d+)?|百分之[零〇一二三四五六七八九十百]+|[一二两三四五六七八九十]+)"
)
_UNIT: Final = (
    r"(?P<unit>%|％|个百分点|学时|课时|小时|人次|场次|人|名|次|件|起|个|户|项|期|场|天|日|份|篇|万元|亿元|元|条|类"
    r"|家|所|处|批|轮|支|队|例|公里|亩|分)?"
)
_BEFORE: Final = re.compile(rf"(?P<most>{_AT_MOST})|(?P<least>{_AT_LEAST})")
_AMOUNT: Final = re.compile(
    rf"(?:到|至|了|为)?(?:(?<=至少)[^\W\d_]{{0,5}}?)?{_NUMBER}{_UNIT}(?P<bound>以上|以内|以下|及以上)?"
)
_AFTER: Final = re.compile(
    rf"(?<![\d.．年月第]){_NUMBER}(?P<unit>%|％|学时|课时|人次|场次|次|件|起|场|人|户|项|期|名)?"
    r"(?P<bound>以上|以内|以下|及以上)"
)
_EACH: Final = re.compile(
    r"(?P<each>每人每年|每人|人均|每半年|每季度|每季|每月|每周|每年|年均|每村|每个村|每名|每户)[^，,。；;、]{0,14}$"
)
_ZERO: Final = re.compile(r"清零|(?:零|0)(?:发生|增长|积压|上访|事故)|(?:做到|实现)零(?=[一-鿿])")
_ALL: Final = re.compile(
    r"(?<![健安完齐])全覆盖|(?:覆盖率|履职率|办结率|办复率|签订率)?(?:百分之百|100[%％])"
)
_TITLES: Final = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|〈[^〈〉]*〉")
_DATE_AFTER: Final = re.compile(r"\s*(?:年|月|日|号|届|世纪|条|款|章|节)")
_HAN: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_EDGE: Final = ' \t\u3000，,。；;、：:“”"（()）'
MOST_WORDS: Final = 60
LARGEST: Final = Decimal(10) ** 12  # what no plan of a town asks for is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Target:
    """A target: `value` of `unit`, at least or at most, `per` person or period where it says so.

    `name` is what is counted, as far as the wording tells; `words` are those it was found in.
    """

    name: str
    comparison: Comparison
    value: Decimal
    unit: str
    per: str | None
    words: str


def targets(text: str) -> tuple[Target, ...]:
    """Every target of a wording, in its order; years, laws and the numbers of lists are none.

    Nor is a number that is too large to be meant: it stays in the wording.
    """
    masked = _TITLES.sub(lambda match: "〓" * len(match.group()), text)
    found = [*_compared(text, masked), *_bounded(text, masked), *_absolute(text, masked)]
    kept: list[tuple[int, int, Target]] = []
    for start, end, target in sorted(found, key=lambda each: (each[0], -each[1])):
        taken = any(start < other_end and begin < end for begin, other_end, _ in kept)
        if not taken and target.value <= LARGEST:
            kept.append((start, end, target))
    return tuple(target for _, _, target in kept)


def _compared(text: str, masked: str) -> Iterator[tuple[int, int, Target]]:
    """不少于60学时, 达到95%, 控制在3件以内."""
    for word in _BEFORE.finditer(masked):
        amount = _AMOUNT.match(masked, word.end())
        if amount is None or _DATE_AFTER.match(masked, amount.end("number")):
            continue
        unit = _unit(amount["unit"], amount["number"])
        if not unit:
            continue
        least = word["least"] is not None and amount["bound"] not in ("以内", "以下")
        yield word.start(), amount.end(), _target(text, word.start(), amount, unit, least=least)


def _bounded(text: str, masked: str) -> Iterator[tuple[int, int, Target]]:
    """95%以上, 3件以内, 每季度一次以上."""
    for amount in _AFTER.finditer(masked):
        unit = _unit(amount["unit"], amount["number"])
        least = amount["bound"] in ("以上", "及以上")
        if unit:
            start = amount.start()
            yield start, amount.end(), _target(text, start, amount, unit, least=least)


def _absolute(text: str, masked: str) -> Iterator[tuple[int, int, Target]]:
    """清零 is none left, 全覆盖 is all of it."""
    for zero in _ZERO.finditer(masked):
        name = _name(text, zero.start())
        target = Target(name, Comparison.AT_MOST, Decimal(0), "件", None, _words(text, zero))
        yield zero.start(), zero.end(), target
    for whole in _ALL.finditer(masked):
        name = _name(text, whole.start()) or "覆盖率"
        target = Target(name, Comparison.AT_LEAST, Decimal(100), "%", None, _words(text, whole))
        yield whole.start(), whole.end(), target


def _target(text: str, start: int, amount: re.Match[str], unit: str, *, least: bool) -> Target:
    before = text[max(start - 30, 0) : start]
    each = _EACH.search(before)
    return Target(
        name=_name(text, start) or _name_after(text, amount.end()),
        comparison=Comparison.AT_LEAST if least else Comparison.AT_MOST,
        value=_value(amount["number"]),
        unit=unit,
        per=each["each"] if each else None,
        words=_words(text, amount),
    )


def _unit(unit: str | None, number: str) -> str:
    if number.startswith("百分之"):
        return "%"
    return "%" if unit == "％" else unit or ""


def _value(number: str) -> Decimal:
    if number[0].isdecimal():  # also in full width: ６０
        return Decimal(number.replace("．", "."))
    total = digit = 0
    for character in number.removeprefix("百分之"):
        if character in "十百":
            total += max(digit, 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _HAN[character]
    return Decimal(total + digit)


def _clause(text: str, start: int) -> tuple[int, int]:
    """The clause around a place: from one stop to the next."""
    stops = "。；;，,！!？?\n"
    begin = max(text.rfind(stop, 0, start) for stop in stops) + 1
    ends = [end for stop in stops if (end := text.find(stop, start)) >= 0]
    return begin, min(ends, default=len(text))


def _name(text: str, start: int) -> str:
    """What is said in the clause before the target: 每人接受, 办结率."""
    begin, _ = _clause(text, start)
    words = text[begin:start].strip(_EDGE)
    for lead in ("确保", "力争", "实现", "做到", "推动", "推进", "使", "将", "把", "保证"):
        words = words.removeprefix(lead)
    return words.strip(_EDGE)[-40:]


def _name_after(text: str, end: int) -> str:
    _, stop = _clause(text, end)
    return text[end:stop].strip(_EDGE)[:40]


def _words(text: str, match: re.Match[str]) -> str:
    begin, end = _clause(text, match.start())
    end = max(end, match.end())
    begin = max(begin, match.end() - MOST_WORDS)
    return text[begin : min(end, begin + 2 * MOST_WORDS)].strip(_EDGE)
