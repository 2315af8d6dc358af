"""Made-up people: numbers that check, under a prefix and birthdays that stand for nobody."""

from typing import Final

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(place: int) -> str:
    """The `place`-th made-up ID number: all of people born on one day, which is too many."""
    body = f"15052519700101{place:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def mobile(place: int) -> str:
    """The `place`-th made-up mobile number."""
    return f"1990000{place:04d}"
