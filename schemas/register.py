"""Shapes of the visit register 来访登记簿: which days, of which unit."""

from schemas.base import Day, Id, Strict


class RegisterQuery(Strict):
    """Some days, both included; left out they are today."""

    first_on = Day(load_default=None, data_key="from")
    last_on = Day(load_default=None, data_key="to")
    organisation = Id(load_default=None)


class DayQuery(Strict):
    """One day; left out it is today."""

    day = Day(load_default=None, data_key="date")
    organisation = Id(load_default=None)
