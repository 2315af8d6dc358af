from datetime import date
from typing import Any

from config import calendar as calendars
from config.clock import ClockRule
from config.vocabulary import TimeUnit
from service.rules import deadlines
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import Pause
from service.web.day_table import drawn

CALENDAR = WorkCalendar(calendars.load())


def rule(length: int, unit: TimeUnit) -> ClockRule:
    return ClockRule("X", "名称", "起算", length, unit, ())


def table(
    length: int, unit: TimeUnit, start: date, pauses: tuple[Pause, ...] = ()
) -> dict[str, Any]:
    found = deadlines.explain(rule(length, unit), start, CALENDAR, pauses=pauses)
    assert isinstance(found.due, date)
    return drawn(found.days, start=start, due=found.due)


def short(week: list[dict[str, Any] | None]) -> list[str]:
    return [
        f"{each['number']}{each['mark']}{each.get('ordinal') or ''}{each['name']}" if each else ""
        for each in week
    ]


def test_working_days_are_numbered_and_the_others_say_why_they_are_not() -> None:
    found = table(7, TimeUnit.WORKING_DAY, date(2026, 9, 24))
    assert [short(week) for week in found["head"]] == [
        ["", "", "", "9月24日起", "25假中秋节", "26假中秋节", "27假中秋节"],
        ["28计1", "29计2", "30计3", "10月1日假国庆节", "2假国庆节", "3假国庆节", "4假国庆节"],
        ["5假国庆节", "6假国庆节", "7假国庆节", "8计4", "9计5", "10班6国庆节", "11休"],
        ["12计7", "", "", "", "", "", ""],
    ]
    assert (found["counted"], found["left_out"], found["tail"]) == (7, "", [])
    assert [each["due"] for each in found["head"][-1] if each] == [True]


def test_a_date_that_rolls_is_marked_and_counts_for_none() -> None:
    found = table(15, TimeUnit.NATURAL_DAY, date(2026, 9, 11))
    assert short(found["head"][-1])[0] == "28顺"
    assert found["counted"] == 15
    assert [each["mark"] for each in found["legend"]] == ["计", "假", "顺"]


def test_paused_days_count_for_none() -> None:
    pause = Pause(date(2026, 11, 4), date(2026, 11, 6))
    found = table(3, TimeUnit.NATURAL_DAY, date(2026, 11, 2), (pause,))
    assert short(found["head"][0])[:6] == ["11月2日起", "3计1", "4停", "5停", "6计2", "7计3"]


def test_a_term_of_years_is_cut_in_its_middle_and_says_so() -> None:
    found = table(240, TimeUnit.MONTH, date(2026, 9, 24))
    assert (len(found["head"]), len(found["tail"])) == (3, 5)
    assert found["left_out"] == "2026年10月12日到2046年8月26日共 7259 天没有画出，天天计入"
    assert found["counted"] == 7305


def test_a_term_that_starts_in_one_year_and_ends_in_the_next_has_all_its_weeks() -> None:
    found = table(10, TimeUnit.NATURAL_DAY, date(2026, 12, 28))
    days = [each["iso"] for week in found["head"] for each in week if each]
    assert days == [f"2026-12-{day}" for day in range(28, 32)] + [
        f"2027-01-0{day}" for day in range(1, 8)
    ]
