"""The published days off and make-up days 法定节假日与调休, read from `holidays.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

DEFAULT: Final = Path(__file__).with_name("holidays.toml")
MOST_ROWS: Final = 40  # of days off, or of make-up days, in one year; a notice has some ten


@dataclass(frozen=True, slots=True)
class Holidays:
    """Named days off 放假日, named make-up working days 调休上班日, and the published years."""

    off: Mapping[date, str]
    makeup: Mapping[date, str]
    years: frozenset[int]


def load(path: Path | None = None) -> Holidays:
    """Read the calendar file (the packaged one by default). Raises ValueError when it is wrong."""
    return parse((path or DEFAULT).read_text(encoding="utf-8"))


def parse(text: str) -> Holidays:
    """Read a calendar from TOML text. Raises ValueError when a date contradicts its year."""
    off: dict[date, str] = {}
    makeup: dict[date, str] = {}
    years: set[int] = set()
    for block in tomllib.loads(text).get("year", []):
        years.add(block["year"])
        for row in block.get("off", []):
            off.update(dict.fromkeys(_days(row), row["name"]))
        makeup.update({row["on"]: row["name"] for row in block.get("work", [])})
    _refuse_contradictions(off, makeup, years)
    return Holidays(MappingProxyType(off), MappingProxyType(makeup), frozenset(years))


def _days(row: Mapping[str, Any]) -> Iterator[date]:
    length = (row["to"] - row["from"]).days + 1
    if length < 1:
        raise ValueError(f"节假日“{row['name']}”的起止日期颠倒：{row['from']}～{row['to']}")
    return (row["from"] + timedelta(days=n) for n in range(length))


def _refuse_contradictions(
    off: Mapping[date, str], makeup: Mapping[date, str], years: set[int]
) -> None:
    if not years:
        raise ValueError("节假日文件里没有任何年份")
    for day in [*off, *makeup]:
        if day.year not in years:
            raise ValueError(f"{day} 不属于文件所列的年份")
    for day in makeup:
        if day in off:
            raise ValueError(f"{day} 既是放假日又是调休上班日")
        if day.weekday() < 5:
            raise ValueError(f"{day} 不是周末，不能是调休上班日")
