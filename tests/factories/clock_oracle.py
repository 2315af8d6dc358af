"""What a clock should say, counted on the fingers. It shares no code with the product."""

from datetime import date, timedelta

DAY = timedelta(days=1)
OFF = """
2024-01-01 2024-02-10 2024-02-11 2024-02-12 2024-02-13 2024-02-14 2024-02-15 2024-02-16 2024-02-17
2024-04-04 2024-04-05 2024-04-06 2024-05-01 2024-05-02 2024-05-03 2024-05-04 2024-05-05 2024-06-10
2024-09-15 2024-09-16 2024-09-17 2024-10-01 2024-10-02 2024-10-03 2024-10-04 2024-10-05 2024-10-06
2024-10-07 2025-01-01 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-02-01 2025-02-02 2025-02-03
2025-02-04 2025-04-04 2025-04-05 2025-04-06 2025-05-01 2025-05-02 2025-05-03 2025-05-04 2025-05-05
2025-05-31 2025-06-01 2025-06-02 2025-10-01 2025-10-02 2025-10-03 2025-10-04 2025-10-05 2025-10-06
2025-10-07 2025-10-08 2026-01-01 2026-01-02 2026-01-03 2026-02-15 2026-02-16 2026-02-17 2026-02-18
2026-02-19 2026-02-20 2026-02-21 2026-02-22 2026-02-23 2026-04-04 2026-04-05 2026-04-06 2026-05-01
2026-05-02 2026-05-03 2026-05-04 2026-05-05 2026-06-19 2026-06-20 2026-06-21 2026-09-25 2026-09-26
2026-09-27 2026-10-01 2026-10-02 2026-10-03 2026-10-04 2026-10-05 2026-10-06 2026-10-07
"""
WORK = """
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 2025-01-26
2025-02-08 2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20
2026-10-10
"""


def works(day: date) -> bool:
    return str(day) in WORK or (day.isoweekday() <= 5 and str(day) not in OFF)


def same_day_of(start: date, months: int) -> date:
    year, month, day = start.year, start.month + months, start.day
    while month > 12:
        year, month = year + 1, month - 12
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def due(start: date, length: int, unit: str, paused: set[date]) -> date:
    """The last day: of `length` days, working days (WD) or months (M), paused ones not counted."""
    wanted = (same_day_of(start, length) - start).days if unit == "M" else length
    day = start
    while wanted:
        day += DAY
        if day not in paused and (unit != "WD" or works(day)):
            wanted -= 1
    while not works(day) or day in paused:
        day += DAY
    return day
