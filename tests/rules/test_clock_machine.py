"""Clocks in any order of starting, pausing, going on, extending, ending, reopening and merging."""

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from config import policy
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    Step,
)
from service.errors import Refusal
from service.rules.calendar import WorkCalendar
from service.rules.clock import (
    Change,
    Run,
    check_extension,
    check_pause,
    check_resume,
    ended_by,
    is_late,
    open_changes,
    promised,
)
from tests.factories import clock_oracle as oracle

POLICY = policy.load()
CALENDAR = WorkCalendar(POLICY.holidays)
PAUSE, EXTEND = ClockChangeKind.PAUSE, ClockChangeKind.EXTEND
CHANGING = "MEDI.PM ADM.DEFAULT PM.DEFAULT SEC.CASE CONS.MED XF.DONE INFO.REPLY".split()
FIRM = "LAB.MED SLA.ACCEPT LIT.SUE REC.APPLY JC.APPLY PROC.GEN TRAF.MED".split()
ENDING = [
    Step.CLOSE,
    Step.FAIL,
    Step.WITHDRAW,
    Step.TERMINATE,
    Step.DECLINE,
    Step.RETURN,
    Step.VOID,
]


@dataclass
class Known:
    """What somebody with a pencil would note of one clock."""

    rule: str
    start: date
    paused: set[date] = field(default_factory=set)
    pause_from: date | None = None
    resumed_on: date | None = None
    extra: list[int] = field(default_factory=list)

    def due(self) -> date:
        mine = POLICY.clocks[self.rule]
        length = mine.length + sum(self.extra)
        return oracle.due(self.start, length, mine.unit.value, self.paused)


class ClockMachine(RuleBasedStateMachine):
    """One dispute: `runs` as the product has them, `known` as the pencil has them."""

    def __init__(self) -> None:
        super().__init__()
        self.today = date(2024, 1, 1)
        self.runs: list[Run] = []
        self.known: list[Known] = []
        self.over = False
        self.deeds = 0

    @initialize(today=st.dates(date(2024, 1, 1), date(2026, 9, 30)))
    def open(self, today: date) -> None:
        self.today = today

    def one(self, number: int) -> int:
        """Mostly a clock that is not stopped."""
        self.deeds += 1
        live = [place for place, run in enumerate(self.runs) if run.stopped_on is None]
        few = live if live and number % 5 else range(len(self.runs))
        return few[number % len(few)]

    @rule(days=st.integers(0, 15))
    def time_goes_on(self, days: int) -> None:
        self.today += timedelta(days=days)

    @precondition(lambda self: self.runs)
    @rule(number=st.integers(0, 99), past=st.integers(-1, 1))
    def a_last_day_comes(self, number: int, past: int) -> None:
        due = self.known[self.one(number)].due() + timedelta(days=past)
        self.today = max(self.today, due)

    @precondition(lambda self: len(self.runs) < 6)
    @rule(
        rule_id=st.one_of(st.sampled_from(CHANGING), st.sampled_from(CHANGING + FIRM)),
        ago=st.integers(0, 12),
    )
    def start(self, rule_id: str, ago: int) -> None:
        mine = POLICY.clocks[rule_id]
        if self.over and mine.kind is not ClockKind.REMEDY:
            return
        begun = self.today - timedelta(days=ago)
        self.runs.append(Run(mine, begun))
        self.known.append(Known(rule_id, begun))

    @precondition(lambda self: self.runs)
    @rule(number=st.integers(0, 99), ago=st.integers(0, 5), again=st.booleans())
    def pause(self, number: int, ago: int, *, again: bool) -> None:
        number = self.one(number)
        run, known = self.runs[number], self.known[number]
        from_on = self.today - timedelta(days=ago)
        if again and known.resumed_on is not None:  # about where the last pause ended
            from_on = min(self.today, known.resumed_on + timedelta(days=ago - 2))
        ground = next(iter(run.rule.pauses), "absence")
        may = (
            run.stopped_on is None
            and known.pause_from is None
            and bool(run.rule.pauses)
            and self.today <= known.due()
            and from_on >= max(known.start, known.resumed_on or known.start)
        )

        def check() -> None:
            check_pause(
                run,
                ground,
                from_on,
                self.today,
                calendar=CALENDAR,
                grounds=POLICY.clock_grounds,
            )

        if not may:
            with pytest.raises(Refusal):
                check()
            return
        check()
        lasting = Change(PAUSE, ClockChangeState.GRANTED, ground, from_on=from_on)
        self.runs[number] = replace(run, changes=(*run.changes, lasting))
        known.pause_from = from_on

    @precondition(lambda self: self.runs)
    @rule(number=st.integers(0, 99), lasted=st.one_of(st.none(), st.integers(-1, 2)))
    def resume(self, number: int, lasted: int | None) -> None:
        number = self.one(number)
        run, known = self.runs[number], self.known[number]
        until = self.today
        if lasted is not None and known.pause_from is not None:
            until = min(self.today, known.pause_from + timedelta(days=lasted))
        may = run.stopped_on is None and known.pause_from is not None and until > known.pause_from
        if not may:
            with pytest.raises(Refusal):
                check_resume(run, until, self.today)
            return
        check_resume(run, until, self.today)
        self.go_on(number, until)

    def go_on(self, number: int, until: date) -> None:
        """End the pause: the product notes its two ends, the pencil every day of it."""
        run, known = self.runs[number], self.known[number]
        *before, lasting = run.changes
        self.runs[number] = replace(run, changes=(*before, replace(lasting, until_on=until)))
        day = known.pause_from
        while day is not None and day < until:
            known.paused.add(day)
            day += timedelta(days=1)
        known.pause_from, known.resumed_on = None, until

    @precondition(lambda self: self.runs)
    @rule(number=st.integers(0, 99), part=st.sampled_from([0, 0.2, 0.5, 1, 1, 1.1]))
    def extend(self, number: int, part: float) -> None:
        number = self.one(number)
        run, known = self.runs[number], self.known[number]
        length = math.ceil(run.rule.extension * part)
        ground = next(iter(run.rule.extends), "agreed")
        may = (
            run.stopped_on is None
            and known.pause_from is None
            and len(known.extra) < run.rule.extension_times
            and 1 <= length <= run.rule.extension
            and self.today <= known.due()
        )

        def check() -> None:
            check_extension(
                run,
                length,
                self.today,
                ground=ground,
                calendar=CALENDAR,
                grounds=POLICY.clock_grounds,
            )

        if not may:
            with pytest.raises(Refusal):
                check()
            return
        check()
        longer = Change(EXTEND, ClockChangeState.GRANTED, ground, length=length)
        self.runs[number] = replace(run, changes=(*run.changes, longer))
        known.extra.append(length)

    @precondition(lambda self: not self.over and self.deeds > 5)
    @rule(step=st.sampled_from(ENDING))
    def end(self, step: Step) -> None:
        self.stop_by(step)
        self.over = step is not Step.RETURN
        if step is Step.VOID:
            assert [run for run in self.runs if run.stopped_on is None] == []

    @precondition(lambda self: self.over)
    @rule()
    def reopen(self) -> None:
        self.stop_by(Step.REOPEN)
        self.over, self.deeds = False, 0

    @precondition(lambda self: not self.over and self.deeds > 9)
    @rule()
    def merge(self) -> None:
        for number in range(len(self.runs)):
            self.stop(number, ClockEnd.MERGED)
        self.over = True

    def stop_by(self, step: Step) -> None:
        for number, run in enumerate(self.runs):
            end = ended_by(step, run.rule.kind)
            if end is not None:
                self.stop(number, end)

    def stop(self, number: int, end: ClockEnd) -> None:
        if self.runs[number].stopped_on is not None:
            return
        begun = self.known[number].pause_from
        if begun is not None:
            self.go_on(number, max(self.today, begun + timedelta(days=1)))
        self.runs[number] = replace(self.runs[number], stopped_on=self.today, ended=end)

    @invariant()
    def every_promise_is_what_the_pencil_says(self) -> None:
        for run, known in zip(self.runs, self.known, strict=True):
            promise = promised(run, CALENDAR)
            assert (promise is None) is (known.pause_from is not None)
            if promise is not None:
                due = known.due()
                assert promise.due_on == due
                assert oracle.works(due)
                assert due not in known.paused
                assert is_late(due, today=self.today, paused=False) is (self.today > due)

    @invariant()
    def nothing_that_is_over_has_a_running_clock_but_the_parties(self) -> None:
        if self.over:
            left = [run for run in self.runs if run.stopped_on is None]
            assert {run.rule.kind for run in left} <= {ClockKind.REMEDY}

    @invariant()
    def what_may_be_asked_for_is_what_is_not_refused(self) -> None:
        for run, known in zip(self.runs, self.known, strict=True):
            quiet = run.stopped_on is not None or known.pause_from is not None
            may = [
                kind
                for kind, possible in (
                    (PAUSE, bool(run.rule.pauses)),
                    (EXTEND, len(known.extra) < run.rule.extension_times),
                )
                if possible and not quiet and self.today <= known.due()
            ]
            assert list(open_changes(run, CALENDAR, self.today)) == may


TestClocks = ClockMachine.TestCase
TestClocks.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)


@pytest.mark.deep
class TestClocksForLong(ClockMachine.TestCase):  # type: ignore[misc,valid-type]  # made at run time
    settings = settings(
        max_examples=4000,
        stateful_step_count=80,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
