"""What every deed and look is handed: the policy, the calendar, the keys, the zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.policy import Policy
from service.gateways.keyring import Keyring
from service.rules.calendar import WorkCalendar, office_date


@dataclass(frozen=True, slots=True)
class Desk:
    """The instruments of the office; made once by the composition root.

    `calendars` gives the calendar in force whenever it is asked: it changes while we run.
    """

    policy: Policy
    calendars: Callable[[], WorkCalendar]
    keyring: Keyring
    zone: ZoneInfo

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar in force now; the same throughout a request and a transaction."""
        return self.calendars()

    def today(self, now: datetime) -> date:
        """The office's local date at the instant `now`."""
        return office_date(now, self.zone)
