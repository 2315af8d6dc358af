"""Member units: what one takes, and on which days it has to be at the centre."""

from datetime import date

import pytest

from config import calendar
from config.vocabulary import OrganisationKind, SeatKind
from service.rules import member as rules
from service.rules.calendar import WorkCalendar
from service.rules.member import EVERYTHING, Refused, Remit, Sitting

CALENDAR = WorkCalendar(calendar.load())
MEDICAL = Remit(refuses={"medical": Refused("要先鉴定", OrganisationKind.HEALTH)})


@pytest.mark.parametrize(
    ("remit", "category", "told"),
    [
        (EVERYTHING, "medical", ""),
        (MEDICAL, "medical", "要先鉴定，请到卫生健康部门"),
        (MEDICAL, "traffic", ""),
        (Remit(frozenset({"traffic"})), "traffic", ""),
        (Remit(frozenset({"traffic"})), "medical", "不在它的受理范围内"),
    ],
)
def test_a_unit_takes_what_its_remit_says(remit: Remit, category: str, told: str) -> None:
    found = rules.accepts(remit, category)
    assert (found.yes, found.told) == (not told, told)


def test_a_remit_is_read_as_the_tables_keep_it() -> None:
    kept = {"medical": {"words": "要先鉴定", "go_to": "health"}}
    assert rules.remit(None, kept) == MEDICAL


@pytest.mark.parametrize(
    ("kind", "weekdays", "day", "due"),
    [
        (SeatKind.RESIDENT, "", date(2026, 9, 30), True),
        (SeatKind.RESIDENT, "", date(2026, 10, 1), False),  # a holiday
        (SeatKind.RESIDENT, "", date(2026, 10, 10), True),  # a Saturday that is worked
        (SeatKind.RESIDENT, "", date(2026, 11, 7), False),  # a Saturday
        (SeatKind.ROTATING, "14", date(2026, 11, 5), True),  # a Thursday
        (SeatKind.ROTATING, "14", date(2026, 11, 6), False),
        (SeatKind.ROTATING, "14", date(2026, 10, 1), False),  # a Thursday, but a holiday
        (SeatKind.ON_CALL, "", date(2026, 11, 5), False),
    ],
)
def test_a_unit_sits_by_its_seat_and_the_working_calendar(
    kind: SeatKind, weekdays: str, day: date, due: bool
) -> None:
    assert rules.sits(Sitting(kind, weekdays, date(2026, 1, 5)), day, CALENDAR) is due


def test_a_seat_holds_from_its_first_day_to_its_last() -> None:
    seat = Sitting(SeatKind.RESIDENT, "", date(2026, 11, 3), date(2026, 11, 4))
    days = [date(2026, 11, day) for day in range(2, 6)]
    assert [rules.sits(seat, day, CALENDAR) for day in days] == [False, True, True, False]
