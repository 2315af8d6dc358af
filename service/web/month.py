"""A month named in an address, 2026-11, and the way to the ones beside it."""

import re
from datetime import date, timedelta
from typing import Final

from config.day import FIRST_DAY, LAST_DAY
from service.errors import Invalid

SHAPE: Final = re.compile(r"([0-9]{4})-([0-9]{2})")


def first_of(text: str | None, today: date) -> date:
    """The first day of the month; of this one when nothing is said. Invalid at `month`."""
    if not text:
        return today.replace(day=1)
    parts = SHAPE.fullmatch(text)
    try:
        found = date(int(parts[1]), int(parts[2]), 1) if parts else None
    except ValueError:
        found = None
    if found is None or not FIRST_DAY <= found < LAST_DAY:
        raise Invalid({"month": ["月份应写作 2026-11"]})
    return found


def of_address(text: str | None, today: date) -> date:
    """As `first_of`, for a page: what is no month is this one."""
    try:
        return first_of(text, today)
    except Invalid:
        return today.replace(day=1)


def named(first: date) -> str:
    """2026-11."""
    return f"{first.year:04d}-{first.month:02d}"


def told(first: date) -> str:
    """2026年11月."""
    return f"{first.year}年{first.month}月"


def beside(first: date) -> tuple[str, str]:
    """The month before and the one after."""
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return named(before), named(after)
