from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import calendar, clock
from config.vocabulary import DayKind, TimeUnit
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import Pause, deadline, deadline_at, explain

CALENDAR = WorkCalendar(calendar.load())
CLOCKS = clock.load()
DAYS_RULES = sorted(
    r.id for r in CLOCKS.by_id.values() if r.unit is not TimeUnit.HOUR and not r.stated
)


@pytest.mark.parametrize(
    ("rule", "start", "raw", "due"),
    [
        # L1 行政应诉: complaint served, judgment served
        ("LIT.ANSWER", date(2026, 10, 26), date(2026, 11, 10), date(2026, 11, 10)),
        ("LIT.APPEAL.J", date(2026, 12, 3), date(2026, 12, 18), date(2026, 12, 18)),
        # L2 诉前检察建议, ordinary and urgent
        ("PROC.PIL", date(2026, 9, 30), date(2026, 11, 30), date(2026, 11, 30)),
        ("PROC.PIL.URG", date(2026, 11, 16), date(2026, 12, 1), date(2026, 12, 1)),
        # L3 司法建议: received on a Saturday; on the year's last day, without a 31 February
        ("COURT.SUG", date(2026, 10, 31), date(2026, 12, 31), date(2026, 12, 31)),
        ("COURT.SUG", date(2026, 12, 31), date(2027, 2, 28), date(2027, 3, 1)),
        # the disputes
        ("CONS.ACCEPT", date(2026, 9, 22), date(2026, 10, 9), date(2026, 10, 9)),
        ("CONS.MED", date(2026, 9, 28), date(2026, 11, 27), date(2026, 11, 27)),
        ("ADM.DEFAULT", date(2026, 8, 24), date(2026, 9, 23), date(2026, 9, 23)),
        ("TRAF.APPLY", date(2026, 9, 28), date(2026, 10, 16), date(2026, 10, 16)),
        ("TRAF.MED", date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 16)),
        ("JC.APPLY", date(2026, 11, 12), date(2026, 12, 12), date(2026, 12, 14)),
        ("LAB.MED", date(2026, 11, 9), date(2026, 11, 24), date(2026, 11, 24)),
        ("LAB.ARB", date(2026, 11, 30), date(2027, 1, 14), date(2027, 1, 14)),
        ("REC.APPLY", date(2026, 9, 18), date(2026, 11, 17), date(2026, 11, 17)),
        ("LIT.SUE", date(2026, 9, 18), date(2027, 3, 18), date(2027, 3, 18)),
        ("REC.APPLY", date(2026, 10, 12), date(2026, 12, 11), date(2026, 12, 11)),
        ("LIT.SUE", date(2026, 10, 12), date(2027, 4, 12), date(2027, 4, 12)),
        ("TITLE.ACCEPT", date(2026, 10, 19), date(2026, 10, 28), date(2026, 10, 28)),
        ("TITLE.COPY", date(2026, 10, 28), date(2026, 11, 4), date(2026, 11, 4)),
        ("TITLE.DONE", date(2026, 10, 28), date(2027, 4, 28), date(2027, 4, 28)),
        ("CIV.ANSWER", date(2026, 11, 16), date(2026, 12, 1), date(2026, 12, 1)),
        ("COURT.ACK", date(2026, 11, 16), date(2026, 11, 19), date(2026, 11, 19)),
        ("PM.DEFAULT", date(2026, 10, 30), date(2026, 11, 30), date(2026, 11, 30)),
    ],
)
def test_a_term_is_due_on_its_day(rule: str, start: date, raw: date, due: date) -> None:
    found = deadline(CLOCKS[rule], start, CALENDAR)

    assert (found.raw_due_on, found.due_on) == (raw, due)


@pytest.mark.parametrize(
    ("rule", "start", "provisional"),
    [
        ("LIT.SUE", date(2026, 6, 30), False),  # due on 2026-12-30
        ("LIT.SUE", date(2026, 7, 1), True),  # due on 2027-01-01, perhaps a holiday
        ("JC.APPLY", date(2026, 12, 31), True),  # 2027-01-30, a Saturday, rolls past the calendar
        ("REC.REPLY", date(2026, 12, 17), False),
        ("REC.REPLY", date(2026, 12, 18), True),  # the last counted day is unknown
        ("COURT.SUG", date(2026, 9, 1), True),  # only the letter can state it
    ],
)
def test_a_date_past_the_published_years_is_provisional(
    rule: str, start: date, provisional: bool
) -> None:
    assert deadline(CLOCKS[rule], start, CALENDAR).provisional is provisional


def test_hours_run_through_nights_and_weekends() -> None:
    begin = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)

    assert deadline_at(CLOCKS["DV.ORDER"], begin).due_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert deadline_at(CLOCKS["DV.ORDER.URG"], begin).due_at == datetime(
        2026, 11, 22, 2, 0, tzinfo=UTC
    )


def test_hours_are_not_counted_from_a_date_nor_days_from_an_instant() -> None:
    instant = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)

    with pytest.raises(ValueError, match="写明时刻"):
        explain(CLOCKS["DV.ORDER"], date(2026, 11, 21), CALENDAR)
    with pytest.raises(ValueError, match="只写日期"):
        explain(CLOCKS["PM.DEFAULT"], instant, CALENDAR)
    with pytest.raises(ValueError, match="不以小时计"):
        deadline_at(CLOCKS["PM.DEFAULT"], instant)


def test_a_date_that_others_write_down_is_not_counted() -> None:
    with pytest.raises(ValueError, match="由交办单位写明"):
        deadline(CLOCKS["OUT.12345"], date(2026, 11, 9), CALENDAR)


@pytest.mark.parametrize(
    ("on", "old", "new"),
    [(date(2024, 6, 30), True, False), (date(2024, 7, 1), False, True)],
)
def test_the_accepting_date_decides_which_consumer_term_rules(
    on: date, old: bool, new: bool
) -> None:
    assert CLOCKS["CONS.MED.OLD"].is_in_force(on) is old
    assert CLOCKS["CONS.MED"].is_in_force(on) is new


def test_the_consumer_term_cites_the_measure_in_force() -> None:
    before = deadline(CLOCKS["CONS.MED"], date(2026, 4, 14), CALENDAR)
    after = deadline(CLOCKS["CONS.MED"], date(2026, 4, 15), CALENDAR)

    assert [row.law for row in before.basis] == ["消费者权益保护法实施条例"]
    assert [row.law for row in after.basis] == [
        "消费者权益保护法实施条例",
        "市场监督管理投诉举报处理办法",
    ]


def test_a_rolled_term_tells_every_day_it_passed_over() -> None:
    shown = explain(CLOCKS["ADM.DEFAULT"], date(2026, 9, 2), CALENDAR).as_dict()

    assert shown["raw_due_on"] == "2026-10-02"
    assert shown["due_on"] == "2026-10-08"
    days = shown["days"]
    assert isinstance(days, list)
    assert days[0] == {"date": "2026-09-03", "kind": "counted", "name": None}
    assert days[-7:] == [
        {"date": "2026-10-02", "kind": "counted", "name": "国庆节"},
        {"date": "2026-10-03", "kind": "holiday", "name": "国庆节"},
        {"date": "2026-10-04", "kind": "holiday", "name": "国庆节"},
        {"date": "2026-10-05", "kind": "holiday", "name": "国庆节"},
        {"date": "2026-10-06", "kind": "holiday", "name": "国庆节"},
        {"date": "2026-10-07", "kind": "holiday", "name": "国庆节"},
        {"date": "2026-10-08", "kind": "rolled", "name": "顺延"},
    ]


def test_working_days_show_weekends_holidays_and_make_up_days() -> None:
    shown = explain(CLOCKS["CONS.ACCEPT"], date(2026, 9, 18), CALENDAR)

    assert [(day.on.isoformat(), day.kind.value) for day in shown.days] == [
        ("2026-09-19", "weekend"),
        ("2026-09-20", "makeup"),
        ("2026-09-21", "counted"),
        ("2026-09-22", "counted"),
        ("2026-09-23", "counted"),
        ("2026-09-24", "counted"),
        ("2026-09-25", "holiday"),
        ("2026-09-26", "holiday"),
        ("2026-09-27", "holiday"),
        ("2026-09-28", "counted"),
        ("2026-09-29", "counted"),
    ]


def test_an_explanation_has_the_keys_of_the_contract() -> None:
    shown = explain(CLOCKS["PM.DEFAULT"], date(2026, 10, 30), CALENDAR).as_dict()

    assert list(shown) == [
        "rule",
        "unit",
        "from",
        "in_force",
        "raw_due_on",
        "due_on",
        "provisional",
        "basis",
        "days",
    ]
    assert shown["basis"] == [{"law": "人民调解工作若干规定", "article": "33", "grade": "C"}]


def test_explained_hours_are_not_rolled() -> None:
    shown = explain(CLOCKS["DV.ORDER"], datetime(2026, 11, 21, 2, 0, tzinfo=UTC), CALENDAR)

    assert shown.due == shown.raw_due == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert [day.kind for day in shown.days] == [DayKind.COUNTED] * 3


@given(st.sampled_from(DAYS_RULES), st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_every_explanation_adds_up(rule_id: str, start: date) -> None:
    rule = CLOCKS[rule_id]
    found = deadline(rule, start, CALENDAR)
    days = explain(rule, start, CALENDAR).days
    counted = sum(day.kind in (DayKind.COUNTED, DayKind.MAKEUP) for day in days)

    assert CALENDAR.is_working_day(found.due_on)
    assert [day.on for day in days] == [
        start + timedelta(days=n) for n in range(1, (found.due_on - start).days + 1)
    ]
    if rule.unit is TimeUnit.WORKING_DAY:
        assert counted == rule.length
        assert found.raw_due_on == found.due_on
    else:
        assert counted == (found.raw_due_on - start).days
        rolled = [day.on for day in days if day.kind is DayKind.ROLLED]
        assert rolled == [found.due_on] * (found.due_on > found.raw_due_on)


def test_a_term_does_not_roll_onto_a_paused_day() -> None:
    # counted to a Saturday; on the Monday it rolls to, it is paused for three days
    pause = Pause(date(2026, 12, 14), date(2026, 12, 17))
    found = deadline(CLOCKS["ADM.DEFAULT"], date(2026, 11, 12), CALENDAR, pauses=[pause])

    assert (found.raw_due_on, found.due_on) == (date(2026, 12, 12), date(2026, 12, 17))
