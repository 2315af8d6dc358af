"""The days the office can mean: what lies outside was mistyped, and no calendar reaches there."""

from datetime import date
from typing import Final

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2200, 1, 1)  # the first one that is no longer meant
UNREASONABLE: Final = "年份不合理"
