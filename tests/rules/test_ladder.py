from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import calendar, ladder
from config.vocabulary import ClockKind, Role
from service.rules.calendar import WorkCalendar
from service.rules.ladder import (
    Moment,
    after_quiet,
    climb,
    is_quiet,
    morning_of,
    next_moment,
    steps,
    steps_at,
)

CALENDAR = WorkCalendar(calendar.load())
LADDER = ladder.load()
ZONE = ZoneInfo("Asia/Shanghai")
STATUTORY, REMEDY = ClockKind.STATUTORY, ClockKind.REMEDY
URGENCY = ["half", "T-3", "T-1", "T", "T+1", "T+3"]


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def plan(kind: ClockKind, start_on: date, due_on: date) -> dict[str, str]:
    moments = steps(kind, start_on, due_on, CALENDAR, LADDER, zone=ZONE)
    return {each.step: each.at.astimezone(ZONE).isoformat()[:16] for each in moments}


def test_a_term_of_a_month_is_told_on_working_mornings() -> None:
    # 2026-10-30 a Friday, 2026-11-30 a Monday: 21 working days, the eleventh is half-time
    assert plan(STATUTORY, date(2026, 10, 30), date(2026, 11, 30)) == {
        "half": "2026-11-16T08:00",
        "T-3": "2026-11-25T08:00",
        "T-1": "2026-11-27T08:00",
        "T": "2026-11-30T08:00",
        "T+1": "2026-12-01T08:00",
        "T+3": "2026-12-03T08:00",
    }


def test_the_moments_know_holidays_and_make_up_days() -> None:
    # 2026-10-10 is a worked Saturday; 10-01 to 10-07 are off
    assert plan(STATUTORY, date(2026, 9, 10), date(2026, 10, 9)) == {
        "half": "2026-09-21T08:00",
        "T-3": "2026-09-29T08:00",
        "T-1": "2026-10-08T08:00",
        "T": "2026-10-09T08:00",
        "T+1": "2026-10-10T08:00",
        "T+3": "2026-10-13T08:00",
    }


def test_steps_rise_from_the_mediator_to_the_leader() -> None:
    moments = steps(STATUTORY, date(2026, 10, 30), date(2026, 11, 30), CALENDAR, LADDER, zone=ZONE)

    assert [each.roles[-1] for each in moments] == [
        Role.MEDIATOR,
        Role.MEDIATOR,
        Role.LIAISON,
        Role.LIAISON,
        Role.DIRECTOR,
        Role.LEADER,
    ]
    assert {each.roles[0] for each in moments} == {Role.MEDIATOR}
    assert not any(each.danger for each in moments)


@pytest.mark.parametrize(
    ("start_on", "due_on", "told"),
    [
        (date(2026, 11, 23), date(2026, 11, 24), ["T", "T+1", "T+3"]),
        (date(2026, 11, 23), date(2026, 11, 25), ["T-1", "T", "T+1", "T+3"]),
        (date(2026, 11, 23), date(2026, 11, 26), ["T-1", "T", "T+1", "T+3"]),
        # T-3 on the first day overtakes half-time
        (date(2026, 11, 23), date(2026, 11, 27), ["T-3", "T-1", "T", "T+1", "T+3"]),
        (date(2026, 11, 23), date(2026, 12, 2), ["T-3", "T-1", "T", "T+1", "T+3"]),
        (date(2026, 11, 23), date(2026, 12, 4), ["half", "T-3", "T-1", "T", "T+1", "T+3"]),
        # due on the day it starts: still told
        (date(2026, 11, 23), date(2026, 11, 23), ["T", "T+1", "T+3"]),
    ],
)
def test_steps_without_room_give_way_to_the_more_urgent(
    start_on: date, due_on: date, told: list[str]
) -> None:
    assert list(plan(STATUTORY, start_on, due_on)) == told


def test_a_stated_rest_day_is_told_on_the_working_day_before() -> None:
    # 2026-12-06 is a Sunday
    found = plan(ClockKind.OUTSIDE, date(2026, 11, 9), date(2026, 12, 6))

    assert found["T-1"] == "2026-12-03T08:00"
    assert found["T"] == "2026-12-04T08:00"
    assert found["T+1"] == "2026-12-07T08:00"


def test_a_remedy_is_told_of_while_it_runs_only() -> None:
    assert plan(REMEDY, date(2026, 9, 18), date(2026, 11, 17)) == {
        "half": "2026-10-21T08:00",
        "T-3": "2026-11-12T08:00",
        "T-1": "2026-11-16T08:00",
        "T": "2026-11-17T08:00",
    }


def test_a_suggestion_is_told_on_natural_days_moved_to_the_working_day_before() -> None:
    # letter L2 of the cases
    rungs = LADDER.by_id["suggestion"]

    found = climb(rungs, date(2026, 9, 30), date(2026, 11, 30), CALENDAR, LADDER, zone=ZONE)

    assert [(each.step, each.at.astimezone(ZONE).date().isoformat()) for each in found] == [
        ("T-30", "2026-10-30"),  # 10-31 is a Saturday
        ("T-15", "2026-11-13"),  # 11-15 is a Sunday
        ("T-7", "2026-11-23"),
        ("T-1", "2026-11-27"),  # 11-29 is a Sunday
        ("T", "2026-11-30"),
    ]


def test_an_urgent_suggestion_has_the_steps_that_fit() -> None:
    rungs = LADDER.by_id["suggestion"]

    found = climb(rungs, date(2026, 11, 16), date(2026, 12, 1), CALENDAR, LADDER, zone=ZONE)

    assert [each.step for each in found] == ["T-7", "T-1", "T"]


def test_hours_are_danger_and_told_by_the_hour_at_night_too() -> None:
    found = steps_at(local(21, 10), local(22, 10), LADDER)

    assert [(each.step, each.at.astimezone(ZONE)) for each in found] == [
        ("half", local(21, 22)),
        ("T-6h", local(22, 4)),
        ("T-1h", local(22, 9)),
        ("T", local(22, 10)),
        ("T+1h", local(22, 11)),
        ("T+3h", local(22, 13)),
    ]
    assert all(each.danger for each in found)


def test_naive_instants_are_refused() -> None:
    naive = datetime(2026, 11, 21, 10)  # noqa: DTZ001 -- the naive instant is what is tested

    with pytest.raises(ValueError, match="时区"):
        steps_at(naive, local(22, 10), LADDER)


def moments() -> tuple[Moment, ...]:
    return steps(STATUTORY, date(2026, 10, 30), date(2026, 11, 30), CALENDAR, LADDER, zone=ZONE)


@pytest.mark.parametrize(
    ("told", "now", "step"),
    [
        ([], local(2, 9), "half"),  # still to come
        ([], local(16, 8), "half"),  # has come
        (["half"], local(16, 9), "T-3"),
        ([], local(27, 9), "T-1"),  # half-time and T-3 were missed and are not told any more
        (["T-1"], local(27, 9), "T"),
        (["T"], local(27, 9), "T+1"),  # nor is what comes before a step that was told
        (["half", "T-3", "T-1", "T", "T+1", "T+3"], local(30, 9), None),
        (["T+3"], local(2, 9), None),
    ],
)
def test_the_next_moment_is_the_last_that_came_or_the_first_to_come(
    told: list[str], now: datetime, step: str | None
) -> None:
    found = next_moment(moments(), told, now)

    assert (found and found.step) == step


@pytest.mark.parametrize(
    ("instant", "after"),
    [
        (local(23, 21, 59), local(23, 21, 59)),
        (local(23, 22), local(24, 7)),
        (local(23, 23, 30), local(24, 7)),
        (local(23, 0), local(23, 7)),
        (local(23, 6, 59), local(23, 7)),
        (local(23, 7), local(23, 7)),
        (datetime(2026, 11, 23, 15, tzinfo=UTC), local(24, 7)),  # 23:00 in the office
        (datetime(2026, 12, 31, 14, tzinfo=UTC), datetime(2027, 1, 1, 7, tzinfo=ZONE)),
    ],
)
def test_what_falls_into_quiet_hours_waits_for_their_end(
    instant: datetime, after: datetime
) -> None:
    found = after_quiet(instant, ZONE, LADDER)

    assert found == after
    assert found.tzinfo is UTC


@given(
    st.sampled_from(list(ClockKind)),
    st.dates(date(2024, 1, 1), date(2027, 6, 30)),
    st.integers(0, 400),
)
def test_every_ladder_climbs_on_working_mornings(kind: ClockKind, start: date, days: int) -> None:
    due = date.fromordinal(start.toordinal() + days)

    found = steps(kind, start, due, CALENDAR, LADDER, zone=ZONE)

    assert [each.at for each in found] == sorted({each.at for each in found})
    assert [each.step for each in found] == [
        step for step in URGENCY if step in {each.step for each in found}
    ]
    assert "T" in {each.step for each in found}
    for each in found:
        assert CALENDAR.is_working_day(each.at.astimezone(ZONE).date())
        assert not is_quiet(each.at, ZONE, LADDER)


def test_the_morning_is_the_offices() -> None:
    assert morning_of(date(2026, 12, 31), ZONE, LADDER) == datetime(2026, 12, 31, tzinfo=UTC)
