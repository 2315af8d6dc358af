"""From which day something may be forgotten 保存期限, and what stops it 暂缓.

A file's time is counted from the 1st of January after its closing (次年1月1日), or from the day
itself; `config/retention.toml` says which, how long, and on what basis.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from config.retention import CountedFrom, Keep, Unit
from config.vocabulary import HoldGround, Kept, Outcome

MONTHS: Final = 12


def kept_as(outcome: Outcome) -> Kept:
    """What a dispute that ended so is kept as."""
    return Kept(outcome.value)


def forget_from(keep: Keep, ended_on: date) -> date:
    """The first day on which what ended on `ended_on` may be forgotten."""
    start = ended_on
    if keep.counted_from is CountedFrom.NEXT_YEAR:
        start = date(ended_on.year + 1, 1, 1)
    if keep.unit is Unit.DAYS:
        return start + timedelta(days=keep.length)
    if keep.unit is Unit.HOURS:
        return start + timedelta(hours=keep.length)
    return _months_later(start, keep.length * (MONTHS if keep.unit is Unit.YEARS else 1))


def last_end(keep: Keep, today: date) -> date:
    """The latest day of ending whose things may be forgotten today: the question of a database."""
    low, high = 0, today.toordinal()
    while low < high:  # `forget_from` never goes back while days go on
        middle = (low + high + 1) // 2
        due = forget_from(keep, date.fromordinal(middle)) <= today
        low, high = (middle, high) if due else (low, middle - 1)
    return date.fromordinal(max(low, 1))


def stops(*, held: HoldGround | None, lawsuit_open: bool) -> HoldGround | None:
    """What keeps a dispute whose time is over; None when nothing does.

    An open lawsuit stops it whether or not anybody marked it.
    """
    return held or (HoldGround.LAWSUIT if lawsuit_open else None)


def _months_later(start: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(start.month - 1 + months, MONTHS)
    year, month = start.year + year, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
