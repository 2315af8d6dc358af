"""Instants that tests speak of; the office's clock is eight hours ahead of UTC."""

from datetime import UTC, date, datetime
from typing import Final

MONDAY: Final = date(2026, 11, 2)
MONDAY_9AM: Final = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
MONDAY_10AM: Final = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
MONDAY_11AM: Final = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
TUESDAY: Final = date(2026, 11, 3)
TUESDAY_8AM: Final = datetime(2026, 11, 3, 0, 0, tzinfo=UTC)
TUESDAY_9AM: Final = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
TUESDAY_10AM: Final = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
NEXT_MONDAY: Final = date(2026, 11, 9)
NEXT_MONDAY_9AM: Final = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
