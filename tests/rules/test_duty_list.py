"""Duty lists: who is on duty on a day, which day is a gap, and lists as people paste them."""

from datetime import date, timedelta

import pytest

from config import calendar
from service.errors import Invalid
from service.rules import duty_list as rules
from service.rules.calendar import WorkCalendar
from service.rules.duty_list import Turn

CALENDAR = WorkCalendar(calendar.load())
TODAY = date(2026, 9, 28)
BEGIN = date(2026, 1, 5)
WEDNESDAY = Turn("张三", 2, None, False, BEGIN, None)
ALWAYS = Turn("李四", 3, None, True, BEGIN, None)
ONCE = Turn("王五", None, date(2026, 9, 30), False, date(2026, 9, 30), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("day", "names", "gap"),
    [
        (date(2026, 9, 23), ("张三",), False),
        (date(2026, 9, 30), ("王五",), False),  # named for the day: instead of the weekly turn
        (date(2026, 10, 1), ("李四",), False),  # a holiday, on duty all the same
        (date(2026, 10, 7), (), False),  # a Wednesday of the holidays: nobody has to be there
        (date(2026, 10, 10), (), True),  # a Saturday that is worked, and no Saturday in the list
        (date(2026, 9, 22), (), True),
        (date(2025, 12, 31), (), True),  # before the list began
    ],
)
def test_the_one_on_duty_is_of_the_day_or_of_its_weekday(
    day: date, names: tuple[str, ...], gap: bool
) -> None:
    found = rules.on_duty(day, [WEDNESDAY, ALWAYS, ONCE], CALENDAR)
    assert (found.names, found.gap) == (names, gap)


def test_a_month_has_all_its_days_and_says_which_were_arranged_apart() -> None:
    days = rules.month(date(2026, 9, 1), [WEDNESDAY, ONCE], CALENDAR)
    assert [each.on for each in days] == [date(2026, 9, 1) + timedelta(n) for n in range(30)]
    assert [each.on.day for each in days if each.instead] == [30]
    assert [each.on.day for each in days if each.names] == [2, 9, 16, 23, 30]


@pytest.mark.parametrize(
    ("said", "weekdays"),
    [
        ("周一", (0,)),
        ("每星期日", (6,)),
        ("礼拜天", (6,)),
        ("周一至周五", (0, 1, 2, 3, 4)),
        ("一、三、五", (0, 2, 4)),
        ("周一到周三，周六", (0, 1, 2, 5)),
        ("工作日", (0, 1, 2, 3, 4)),
        ("每天", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_weekdays_are_read_as_people_write_them(said: str, weekdays: tuple[int, ...]) -> None:
    row = rules.one(said, "张三", holidays=False, today=TODAY)
    assert (row.weekdays, row.on, row.problems) == (weekdays, None, ())
    assert row.holidays == (said == "每天")


@pytest.mark.parametrize("said", ["2026-12-01", "2026年12月1日", "2026/12/1", "2026.12.1"])
def test_a_single_day_is_read(said: str) -> None:
    row = rules.one(said, "张三、李四", holidays=False, today=TODAY)
    assert (row.weekdays, row.on) == ((), date(2026, 12, 1))
    assert (row.names, row.problems) == (("张三", "李四"), ())


@pytest.mark.parametrize(
    ("day", "names", "field", "reason"),
    [
        (
            "明天",
            "张三",
            "day",
            "看不懂这个日子，请写 2026-12-01、周三、周一至周五、工作日或者每天",
        ),
        (
            "周五至周一",
            "张三",
            "day",
            "看不懂这个日子，请写 2026-12-01、周三、周一至周五、工作日或者每天",
        ),
        ("2026-02-30", "张三", "day", "没有这一天"),
        ("2026-09-27", "张三", "day", "这一天已经过去，不能再改"),
        ("2036-12-01", "张三", "day", "太远了，请核对年份"),
        ("周一", "", "names", "没有写姓名"),
        ("周一", "一 二 三 四 五 六 七", "names", "一天最多写 6 个人"),
    ],
)
def test_what_cannot_be_is_said_at_its_cell(day: str, names: str, field: str, reason: str) -> None:
    row = rules.one(day, names, holidays=False, today=TODAY)
    assert [(each.field, each.reason) for each in row.problems] == [(field, reason)]


def test_a_pasted_list_tells_line_column_and_what_stands_twice() -> None:
    text = "日期\t姓名\t节假日\n周一至周五\t张三\t\n周六\t李四\t是\n周三\t王五\n周日\t赵六\t也许"
    rows = rules.read(text, today=TODAY)
    assert [(each.line, each.names, each.holidays) for each in rows] == [
        (2, ("张三",), False),
        (3, ("李四",), True),
        (4, ("王五",), False),
        (5, ("赵六",), False),
    ]
    assert [[(p.field, p.column) for p in each.problems] for each in rows] == [
        [],
        [],
        [("day", 0)],
        [("holidays", 3)],
    ]


def test_no_list_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.read("", today=TODAY)
    assert list(refusal.value.fields) == ["text"]
