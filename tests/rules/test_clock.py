from datetime import UTC, date, datetime

import pytest

from config import policy
from config.vocabulary import (
    Channel,
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    ClockState,
    Step,
)
from service.errors import Invalid, StepNotAllowed
from service.rules.calendar import WorkCalendar
from service.rules.clock import (
    Change,
    Run,
    check_extension,
    check_pause,
    check_resume,
    days_left,
    ended_by,
    extra_of,
    is_late,
    is_late_at,
    met_by,
    open_changes,
    pauses_of,
    promised,
    promised_at,
    starts_on,
    state,
)
from service.rules.deadlines import Pause

POLICY = policy.load()
CALENDAR = WorkCalendar(POLICY.holidays)
CLOCKS, GROUNDS = POLICY.clocks, POLICY.clock_grounds
PAUSE, EXTEND = ClockChangeKind.PAUSE, ClockChangeKind.EXTEND
GRANTED, ASKED = ClockChangeState.GRANTED, ClockChangeState.ASKED
START = date(2026, 10, 12)  # MEDI.PM: 30 working days, to 2026-11-23


def run(*changes: Change, rule: str = "MEDI.PM", start_on: date = START) -> Run:
    return Run(CLOCKS[rule], start_on, changes=changes)


def pause(from_on: date, until_on: date | None, state: ClockChangeState = GRANTED) -> Change:
    return Change(PAUSE, state, "appraisal", from_on=from_on, until_on=until_on)


def extension(length: int, state: ClockChangeState = GRANTED) -> Change:
    return Change(EXTEND, state, "agreed", length=length)


def due(clock: Run) -> date | None:
    found = promised(clock, CALENDAR)
    return found.due_on if found else None


def test_a_clock_promises_what_its_rule_says() -> None:
    assert due(run()) == date(2026, 11, 23)


def test_a_paused_clock_promises_nothing() -> None:
    assert promised(run(pause(date(2026, 10, 20), None)), CALENDAR) is None


def test_paused_working_days_do_not_count() -> None:
    # Tuesday to Friday: three working days are paused, the Friday counts again
    assert due(run(pause(date(2026, 10, 20), date(2026, 10, 23)))) == date(2026, 11, 26)


def test_what_was_only_asked_for_or_refused_changes_nothing() -> None:
    waiting = run(pause(date(2026, 10, 20), None, ASKED), extension(5, ASKED))
    refused = run(
        pause(date(2026, 10, 20), date(2026, 10, 23), ClockChangeState.REFUSED),
        extension(5, ClockChangeState.DROPPED),
    )

    assert due(waiting) == due(refused) == due(run())


def test_an_extension_is_counted_on_with_the_whole_term() -> None:
    assert due(run(extension(5))) == date(2026, 11, 30)
    assert extra_of(run(extension(5), extension(3, ASKED)).changes) == 5


def test_an_extended_term_of_months_is_counted_from_its_start() -> None:
    # one month from 31 January is 28 February, two are 31 March and not 28 March
    clock = run(extension(1), rule="PM.DEFAULT", start_on=date(2025, 1, 31))

    assert due(clock) == date(2025, 3, 31)


def test_the_pauses_of_a_clock_are_the_granted_ones_that_are_over() -> None:
    changes = [
        pause(date(2026, 10, 13), date(2026, 10, 14)),
        pause(date(2026, 10, 15), date(2026, 10, 16), ClockChangeState.REFUSED),
        pause(date(2026, 10, 20), None),
    ]

    assert pauses_of(changes) == (Pause(date(2026, 10, 13), date(2026, 10, 14)),)


def test_a_stated_date_stands_as_it_was_written() -> None:
    sunday = date(2026, 12, 6)
    found = promised(Run(CLOCKS["OUT.STATED"], START, stated_on=sunday), CALENDAR)

    assert found is not None
    assert (found.raw_due_on, found.due_on, found.provisional) == (sunday, sunday, False)


def test_a_stated_date_takes_the_place_of_a_counted_one() -> None:
    # the court's letter names 30 days: it is no longer provisional
    letter = Run(CLOCKS["COURT.SUG"], date(2026, 10, 31), stated_on=date(2026, 11, 30))
    found = promised(letter, CALENDAR)

    assert found is not None
    assert (found.due_on, found.provisional) == (date(2026, 11, 30), False)


def test_hours_are_promised_to_the_instant() -> None:
    begun = datetime(2026, 11, 21, 2, tzinfo=UTC)
    clock = Run(CLOCKS["DV.ORDER"], date(2026, 11, 21), start_at=begun)

    assert promised_at(clock).due_at == datetime(2026, 11, 24, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="没有起算时刻"):
        promised_at(run())


@pytest.mark.parametrize(
    ("paused_from", "stopped_at", "expected"),
    [
        (None, None, ClockState.RUNNING),
        (START, None, ClockState.PAUSED),
        (None, datetime(2026, 11, 1, tzinfo=UTC), ClockState.STOPPED),
    ],
)
def test_the_state_follows_from_the_row(
    paused_from: date | None, stopped_at: datetime | None, expected: ClockState
) -> None:
    assert state(paused_from, stopped_at) is expected


@pytest.mark.parametrize(
    ("today", "paused", "done_on", "late"),
    [
        (date(2026, 11, 23), False, None, False),  # the last day is in time
        (date(2026, 11, 24), False, None, True),
        (date(2026, 11, 24), True, None, False),
        (date(2026, 12, 9), False, date(2026, 11, 23), False),  # posted on the last day
        (date(2026, 12, 9), False, date(2026, 11, 24), True),
    ],
)
def test_lateness_is_told_by_the_day_of_the_deed(
    today: date, paused: bool, done_on: date | None, late: bool
) -> None:
    found = is_late(date(2026, 11, 23), today=today, paused=paused, done_on=done_on)

    assert found is late


def test_hours_are_late_after_their_instant() -> None:
    due_at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    after = datetime(2026, 11, 24, 2, 0, 1, tzinfo=UTC)

    assert not is_late_at(due_at, now=due_at)
    assert is_late_at(due_at, now=after)
    assert not is_late_at(due_at, now=after, done_at=due_at)


def test_days_left_are_nought_on_the_last_day() -> None:
    assert [days_left(date(2026, 11, 23), date(2026, 11, day)) for day in (20, 23, 25)] == [
        3,
        0,
        -2,
    ]


def ask_pause(
    clock: Run, *, ground: str = "appraisal", from_on: date, today: date | None = None
) -> None:
    check_pause(clock, ground, from_on, today or from_on, calendar=CALENDAR, grounds=GROUNDS)


def ask_extension(clock: Run, length: int, *, ground: str = "agreed", today: date = START) -> None:
    check_extension(clock, length, today, ground=ground, calendar=CALENDAR, grounds=GROUNDS)


def test_a_running_clock_may_be_paused_and_extended() -> None:
    ask_pause(run(), from_on=date(2026, 10, 20))
    ask_pause(run(), from_on=START)
    ask_pause(run(), from_on=date(2026, 10, 20), today=date(2026, 11, 23))  # on its last day
    ask_pause(run(pause(START, date(2026, 10, 20))), from_on=date(2026, 10, 20))  # again
    ask_extension(run(), 30)
    ask_extension(run(), 1, today=date(2026, 11, 23))

    assert open_changes(run(), CALENDAR, START) == (PAUSE, EXTEND)


@pytest.mark.parametrize(
    ("clock", "today", "words"),
    [
        (run(pause(START, None)), date(2026, 10, 20), "正在中止"),
        (run(), date(2026, 11, 24), "已经届满"),
        (run(extension(5)), date(2026, 12, 1), "已经届满"),
        (
            Run(CLOCKS["MEDI.PM"], START, stopped_on=START, ended=ClockEnd.CLOSED),
            date(2026, 10, 20),
            "已经停止计时",
        ),
    ],
)
def test_what_does_not_run_is_neither_paused_nor_extended(
    clock: Run, today: date, words: str
) -> None:
    with pytest.raises(StepNotAllowed, match=words) as paused:
        ask_pause(clock, from_on=START, today=today)
    with pytest.raises(StepNotAllowed, match=words):
        ask_extension(clock, 5, today=today)

    assert paused.value.allowed == []
    assert open_changes(clock, CALENDAR, today) == ()


@pytest.mark.parametrize(
    "clock",
    [
        Run(CLOCKS["DV.ORDER"], START, start_at=datetime(2026, 10, 12, tzinfo=UTC)),
        Run(CLOCKS["MEDI.PM"], START, stated_on=date(2026, 12, 1)),
        Run(CLOCKS["OUT.12345"], START, stated_on=date(2026, 12, 1)),
        run(rule="LAB.MED"),
        run(rule="REC.APPLY"),
    ],
)
def test_hours_stated_dates_and_firm_terms_are_never_changed_by_us(clock: Run) -> None:
    with pytest.raises(StepNotAllowed, match="不能中止"):
        ask_pause(clock, from_on=START)
    with pytest.raises(StepNotAllowed, match="不能延长"):
        ask_extension(clock, 1)

    assert open_changes(clock, CALENDAR, START) == ()


def test_nothing_is_asked_for_twice_at_once() -> None:
    waiting = run(pause(START, None, ASKED))

    with pytest.raises(StepNotAllowed, match="等审批") as refused:
        ask_pause(waiting, from_on=START)
    ask_extension(waiting, 5)

    assert refused.value.allowed == ["extend"]
    assert open_changes(run(extension(5, ASKED)), CALENDAR, START) == (PAUSE,)


def test_a_term_is_extended_as_often_as_its_rule_says() -> None:
    once = run(extension(5))
    police = [Change(EXTEND, GRANTED, "police_case", length=30)]

    with pytest.raises(StepNotAllowed, match="最多延长1次") as refused:
        ask_extension(once, 5)
    assert refused.value.allowed == ["pause"]
    ask_extension(run(*police, rule="SEC.CASE"), 30, ground="police_case")
    with pytest.raises(StepNotAllowed, match="最多延长2次"):
        ask_extension(run(*police * 2, rule="SEC.CASE"), 30, ground="police_case")


@pytest.mark.parametrize("length", [0, -1, 31])
def test_an_extension_has_its_bounds(length: int) -> None:
    with pytest.raises(Invalid) as refused:
        ask_extension(run(), length)

    assert refused.value.fields == {"length": ["请写明延长多少，每次延长1到30个工作日"]}


def test_a_wrong_ground_is_told_at_its_field() -> None:
    with pytest.raises(Invalid) as paused:
        ask_pause(run(), ground="agreed", from_on=START)
    with pytest.raises(Invalid) as extended:
        ask_extension(run(), 31, ground="complex")

    assert paused.value.fields == {"ground": ["这个期限只能因以下事由变更：等待鉴定、检测结论"]}
    assert list(extended.value.fields) == ["ground", "length"]


@pytest.mark.parametrize(
    ("clock", "from_on", "words"),
    [
        (run(), date(2026, 10, 21), "不能晚于今天"),
        (run(), date(2026, 10, 11), "不能早于2026-10-12"),
        (run(pause(START, date(2026, 10, 15))), date(2026, 10, 14), "不能早于2026-10-15"),
    ],
)
def test_a_pause_begins_between_the_last_one_and_today(
    clock: Run, from_on: date, words: str
) -> None:
    with pytest.raises(Invalid, match="有误") as refused:
        ask_pause(clock, from_on=from_on, today=date(2026, 10, 20))

    assert words in refused.value.fields["from_on"][0]


def test_a_pause_ends_once_and_after_it_began() -> None:
    paused, today = run(pause(date(2026, 10, 20), None)), date(2026, 10, 23)

    check_resume(paused, today, today)
    with pytest.raises(StepNotAllowed, match="没有中止"):
        check_resume(run(), today, today)
    for wrong in (date(2026, 10, 20), date(2026, 10, 24)):
        with pytest.raises(Invalid) as refused:
            check_resume(paused, wrong, today)
        assert list(refused.value.fields) == ["until_on"]


def test_steps_start_the_rules_that_are_in_force() -> None:
    on = date(2026, 11, 23)

    assert [rule.id for rule in starts_on(Step.DISPATCH, CLOCKS, on)] == ["SLA.ACCEPT"]
    assert [rule.id for rule in starts_on(Step.ACCEPT, CLOCKS, on)] == ["SLA.CONTACT"]
    assert [rule.id for rule in starts_on(Step.RETURN, CLOCKS, on)] == ["SLA.DISPATCH"]
    assert starts_on(Step.REOPEN, CLOCKS, on) == ()
    assert starts_on(Step.CLOSE, CLOCKS, on) == ()


def test_only_mediations_the_court_confirms_start_the_term_for_it() -> None:
    def started(channel: Channel | None) -> list[str]:
        found = starts_on(Step.AGREE, CLOCKS, date(2026, 11, 23), channel=channel)
        return [rule.id for rule in found]

    assert started(Channel.PEOPLE) == started(Channel.SECTOR) == started(None) == ["JC.APPLY"]
    assert started(Channel.ADMINISTRATIVE) == []


def test_an_agreement_or_its_failure_meets_the_term_of_mediating() -> None:
    handling = set(POLICY.handling.clocks)

    assert handling <= met_by(Step.AGREE, CLOCKS)
    assert handling <= met_by(Step.FAIL, CLOCKS)
    assert met_by(Step.DISPATCH, CLOCKS) == {"SLA.DISPATCH"}
    assert met_by(Step.ARCHIVE, CLOCKS) == frozenset()


@pytest.mark.parametrize(
    ("step", "ours", "outside", "remedy"),
    [
        (Step.DISPATCH, None, None, None),
        (Step.ACCEPT, None, None, None),
        (Step.RETURN, ClockEnd.RETURNED, None, None),
        (Step.ASSIGN, None, None, None),
        (Step.START, None, None, None),
        (Step.AGREE, None, None, None),
        (Step.FAIL, ClockEnd.CLOSED, ClockEnd.CLOSED, None),
        (Step.WITHDRAW, ClockEnd.WITHDRAWN, ClockEnd.WITHDRAWN, None),
        (Step.TERMINATE, ClockEnd.CLOSED, ClockEnd.CLOSED, None),
        (Step.DECLINE, ClockEnd.CLOSED, ClockEnd.CLOSED, None),
        (Step.PERFORM, None, None, None),
        (Step.CLOSE, ClockEnd.CLOSED, ClockEnd.CLOSED, None),
        (Step.REOPEN, ClockEnd.REOPENED, ClockEnd.REOPENED, None),
        (Step.ARCHIVE, None, None, None),
        (Step.VOID, ClockEnd.MISTAKEN, ClockEnd.MISTAKEN, ClockEnd.MISTAKEN),
    ],
)
def test_every_step_ends_the_clocks_it_should(
    step: Step, ours: ClockEnd | None, outside: ClockEnd | None, remedy: ClockEnd | None
) -> None:
    assert ended_by(step) is ours
    assert ended_by(step, ClockKind.INTERNAL) is ours
    assert ended_by(step, ClockKind.OUTSIDE) is outside
    assert ended_by(step, ClockKind.REMEDY) is remedy


def test_the_laws_term_to_accept_outlives_a_unit_that_hands_it_back() -> None:
    assert ended_by(Step.RETURN, to_accept=True) is None
    assert ended_by(Step.RETURN, ClockKind.INTERNAL, to_accept=True) is ClockEnd.RETURNED
    assert ended_by(Step.WITHDRAW, to_accept=True) is ClockEnd.WITHDRAWN
