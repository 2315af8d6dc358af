"""A dispute in any order of its steps and of what happens to its clocks, against a pencil."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.vocabulary import ClockEnd, ClockKind, DisputeStatus, Step
from models import Clock, db
from service.errors import Refusal
from service.rules.dispute import ENDED, steps_from
from tests.factories import clock_oracle as oracle
from tests.factories.clock import EXTEND, PAUSE, asked, decided, entered, resumed
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
TERM = "PM.DEFAULT"
SAID: dict[Step, dict[str, Any]] = {
    Step.RETURN: {"reason": "不归我们"},
    Step.AGREE: {"form": "oral"},
    Step.FAIL: {"reasons": ["amount_apart"]},
    Step.WITHDRAW: {"reason": "两家和好了"},
    Step.TERMINATE: {"reason": "一方不再来"},
    Step.DECLINE: {"ground": "no_jurisdiction", "go_to": ["other_town"]},
    Step.REOPEN: {"reason": "又起争执"},
}
ONWARD = [Step.DISPATCH, Step.ACCEPT, Step.START, Step.AGREE, Step.REOPEN]
ENDING = [Step.FAIL, Step.WITHDRAW, Step.TERMINATE, Step.DECLINE]


@dataclass
class Noted:
    """What the pencil keeps of one clock beside its start: paused days, more units."""

    paused: set[date] = field(default_factory=set)
    pause_from: date | None = None
    last_due: date | None = None
    extra: int = 0


class DisputeMachine(RuleBasedStateMachine):
    """One dispute and the days that pass over it."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.handling: Handling = registered(office)
        self.now: datetime = MONDAY_9AM
        self.noted: dict[UUID, Noted] = defaultdict(Noted)

    @property
    def today(self) -> date:
        return MONDAY + timedelta(days=(self.now - MONDAY_9AM).days)

    def clocks(self) -> list[Clock]:
        mine = sa.select(Clock).where(Clock.dispute_id == self.handling.id)
        return list(db.session.scalars(mine.execution_options(populate_existing=True)))

    def term(self) -> Clock | None:
        """The term of the handling, while it runs."""
        running = (each for each in self.clocks() if each.stopped_at is None)
        return next((each for each in running if each.rule == TERM), None)

    def due(self, clock: Clock) -> date:
        noted = self.noted[clock.id]
        assert clock.length is not None
        assert clock.unit is not None
        length = clock.length + noted.extra
        return oracle.due(clock.start_on, length, clock.unit.value, noted.paused)

    @rule(days=st.integers(0, 12))
    def time_goes_on(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(step=st.one_of(st.sampled_from(ONWARD), st.sampled_from([*ONWARD, *ENDING, Step.RETURN])))
    def step(self, step: Step) -> None:
        if step not in steps_from(self.handling.row.status):
            return
        before = self.term()
        director = self.handling.office.director if step in ENDING else None
        self.handling.take(step, SAID.get(step), actor=director, now=self.now)
        if before is not None and self.term() is None:
            self.ends_pause(before, self.today)
        if step is Step.ACCEPT:
            term = self.term()
            assert term is not None
            assert term.start_on == self.today

    @precondition(lambda self: self.term() is not None)
    @rule(ago=st.integers(0, 4))
    def pause(self, ago: int) -> None:
        term = self.term()
        assert term is not None
        noted, from_on = self.noted[term.id], self.today - timedelta(days=ago)
        may = (
            noted.pause_from is None
            and self.today <= self.due(term)
            and from_on >= max(noted.paused | {term.start_on})
            and from_on not in noted.paused
        )
        if not may:
            with pytest.raises(Refusal):
                asked(self.handling, PAUSE, from_on=from_on, now=self.now)
            return
        change = asked(self.handling, PAUSE, from_on=from_on, now=self.now)
        noted.last_due = term.due_on
        decided(self.handling, change, now=self.now)
        noted.pause_from = from_on

    @precondition(lambda self: self.term() is not None)
    @rule()
    def resume(self) -> None:
        term = self.term()
        assert term is not None
        begun = self.noted[term.id].pause_from
        if begun is None or begun >= self.today:
            with pytest.raises(Refusal):
                resumed(self.handling, now=self.now)
            return
        resumed(self.handling, now=self.now)
        self.ends_pause(term, self.today)

    def ends_pause(self, clock: Clock, until: date) -> None:
        noted = self.noted[clock.id]
        day = noted.pause_from
        while day is not None and (day < until or day == noted.pause_from):
            noted.paused.add(day)
            day += timedelta(days=1)
        noted.pause_from = None

    @precondition(lambda self: self.term() is not None)
    @rule(granted=st.booleans())
    def extend(self, *, granted: bool) -> None:
        term = self.term()
        assert term is not None
        noted = self.noted[term.id]
        if noted.pause_from or noted.extra or self.today > self.due(term):
            with pytest.raises(Refusal):
                asked(self.handling, EXTEND, now=self.now)
            return
        change = asked(self.handling, EXTEND, now=self.now)
        decided(self.handling, change, granted=granted, words="可以", now=self.now)
        noted.extra += granted

    @rule(ago=st.integers(0, 40))
    def a_remedy_is_found(self, ago: int) -> None:
        running = {each.rule for each in self.clocks() if each.stopped_at is None}
        start_on = self.today - timedelta(days=ago)
        if "LIT.SUE" in running:
            with pytest.raises(Refusal):
                entered(self.handling, rule="LIT.SUE", start_on=start_on, now=self.now)
        else:
            entered(self.handling, rule="LIT.SUE", start_on=start_on, now=self.now)

    @invariant()
    def every_date_is_what_the_pencil_says(self) -> None:
        for each in self.clocks():
            noted = self.noted[each.id]
            assert each.paused_from == noted.pause_from
            if noted.pause_from is None:
                assert each.due_on == self.due(each), each.rule
            else:
                assert each.due_on == noted.last_due
                assert each.next_step_at is None

    @invariant()
    def the_row_repeats_the_term_and_the_next_remedy(self) -> None:
        row, term = self.handling.row, self.term()
        assert (row.due_on, row.due_rule) == (
            (term.due_on, term.rule) if term is not None else (None, None)
        )
        assert row.due_paused is (term is not None and term.paused_from is not None)
        remedies = [
            each
            for each in self.clocks()
            if each.kind is ClockKind.REMEDY and each.stopped_at is None
        ]
        dates = [each for each in (row.due_on, row.remedy_on) if each is not None]
        assert row.next_on == (min(dates) if dates else None)
        if row.remedy_on is not None:
            assert row.remedy_on in {each.due_on for each in remedies}
        else:
            assert [each for each in remedies if each.due_on > self.today] == []

    @invariant()
    def nothing_that_is_over_has_a_running_clock_but_the_parties(self) -> None:
        status, clocks = self.handling.row.status, self.clocks()
        running = [each for each in clocks if each.stopped_at is None]
        if status in ENDED:
            assert {each.kind for each in running} <= {ClockKind.REMEDY}
        assert sum(each.rule == TERM for each in running) == (
            status in (DisputeStatus.ACCEPTED, DisputeStatus.MEDIATING)
        )
        if status is not DisputeStatus.REGISTERED:
            assert "SLA.DISPATCH" not in {each.rule for each in running}
        for each in clocks:
            stopped = each.ended is not None
            assert stopped is (each.stopped_at is not None)
            assert not (stopped and each.next_step_at)
            if each.kind is ClockKind.REMEDY:
                assert each.ended in (None, ClockEnd.MET)


def run_in(office: Office, *, examples: int, steps: int) -> None:
    class Here(DisputeMachine):
        def __init__(self) -> None:
            super().__init__(office)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_order_of_deeds_keeps_every_date(office: Office) -> None:
    run_in(office, examples=4, steps=25)


@pytest.mark.deep
def test_any_order_of_deeds_keeps_every_date_for_long(office: Office) -> None:
    run_in(office, examples=100, steps=40)
