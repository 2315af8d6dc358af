"""What every deed and look is handed: the policy, the calendar, the keys, the zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.policy import Policy
from service.gateways.keyring import Keyring
from service.rules.calendar import WorkCalendar, office_date
from service.rules.rulebook import Rulebooks


@dataclass(frozen=True, slots=True)
class Desk:
    """The instruments of the office; made once by the composition root.

    `calendars` gives the calendar in force whenever it is asked, `rulebooks_now` the versions of
    the routing rules: both change while we run.
    """

    policy: Policy
    calendars: Callable[[], WorkCalendar]
    rulebooks_now: Callable[[], Rulebooks]
    keyring: Keyring
    zone: ZoneInfo

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar in force now; the same throughout a request and a transaction."""
        return self.calendars()

    @property
    def rulebooks(self) -> Rulebooks:
        """The published versions of the routing rules, for one to be chosen by its day."""
        return self.rulebooks_now()

    def today(self, now: datetime) -> date:
        """The office's local date at the instant `now`."""
        return office_date(now, self.zone)
