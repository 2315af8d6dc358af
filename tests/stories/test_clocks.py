"""Any order of steps, pauses and extensions: only what may run runs, and the row says so."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import ClockChangeState, ClockEnd, ClockKind, DisputeStatus, Role, Step
from models import Clock, ClockChange, Dispute, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, StepNotAllowed
from service.operations import clock as operations
from service.operations import clock_change, clock_entry
from service.rules import dispute as rules
from tests.factories.clock import EXTEND, PAUSE, asked, decided, entered
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.operations.test_step import body_of

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
REFUSED = (Conflict, Forbidden, Invalid, NotFound, StepNotAllowed)
SEEDS = (3, 14, 159, 2653)
DEEDS = 45
ROW = "due_on due_rule due_provisional due_paused remedy_on remedy_rule next_on".split()


@dataclass
class Course:
    """One dispute, what is done to it in an order nobody planned, and when it is by now."""

    handling: Handling
    dice: random.Random
    now: datetime = MONDAY_9AM
    settled_at: datetime = MONDAY_9AM
    reopened: bool = False
    done: list[str] = field(default_factory=list)

    def running(self) -> list[Clock]:
        found = sa.select(Clock).where(
            Clock.dispute_id == self.handling.id, Clock.stopped_at.is_(None)
        )
        return list(db.session.scalars(found.execution_options(populate_existing=True)))

    def deeds(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """What might be done next, allowed or not; steps come oftener than what ends it all."""
        handling, now = self.handling, self.now
        director, mediator = handling.office.director, handling.office.mediator
        for step in rules.steps_from(handling.row.status):
            who = director if step in DIRECTED or rules.ends(step) else mediator
            if step is not Step.ARCHIVE:
                yield step.value, partial(self.take, step, who)
        for clock in self.running():
            told: dict[str, Any] = {"rule": clock.rule, "now": now}
            met = (clock.id, director, ClockEnd.MET)
            yield "pause", partial(asked, handling, PAUSE, **told)
            yield "extend", partial(asked, handling, EXTEND, **told)
            yield "resume", partial(self.write, clock_change.resume, clock.id, mediator)
            yield "stop", partial(self.write, clock_entry.stop, *met)
        waits = sa.select(ClockChange).where(
            ClockChange.dispute_id == handling.id, ClockChange.state == ClockChangeState.ASKED
        )
        for change in db.session.scalars(waits):
            for granted in (True, True, False):
                told = {"granted": granted, "words": "核对过", "now": now}
                yield f"granted={granted}", partial(decided, handling, change.id, **told)
        due = handling.office.desk.today(now) + timedelta(days=self.dice.randrange(20))
        yield "outside", lambda: entered(handling, rule="OUT.12345", due_on=due, now=now)
        known = handling.office.desk.today(now) - timedelta(days=self.dice.randrange(70))
        yield "remedy", lambda: entered(handling, rule="REC.APPLY", start_on=known, now=now)

    def take(self, step: Step, who: Any) -> None:
        body = body_of(step, self.handling)
        self.handling.take(step, body, actor=who, now=self.now)
        self.reopened = step is Step.REOPEN or (self.reopened and step is not Step.DISPATCH)

    def write(self, deed: Callable[..., None], clock_id: Any, who: Any, *told: Any) -> None:
        deed(
            self.handling.id,
            clock_id,
            *told,
            version=self.handling.row.version,
            actor=who,
            desk=self.handling.office.desk,
            now=self.now,
        )

    def go_on(self) -> None:
        """One deed, some time later; one that is refused has to leave everything as it was."""
        self.now += timedelta(hours=self.dice.choice([0, 1, 24, 24 * 6]))
        name, deed = self.dice.choice(list(self.deeds()))
        before = self.handling.row.version
        try:
            deed()
        except REFUSED:
            assert self.handling.row.version == before
        else:
            self.done.append(name)
            self.settled_at = self.now
            assert self.handling.row.version == before + 1

    def check(self) -> None:
        """What must be true after every deed."""
        row, running = self.handling.row, self.running()
        ours = [each.rule for each in running if each.kind is not ClockKind.REMEDY]
        over = row.status in rules.ENDED or self.reopened
        assert not over or set(ours) <= self.entered_since(), (self.done, ours)
        assert len(ours) == len(set(ours)), self.done
        told = {name: getattr(row, name) for name in ROW}
        steps = {each.id: each.next_step_at for each in running}
        version = row.version
        with transaction() as session:
            dispute = session.get_one(Dispute, self.handling.id)
            operations.settle(session, dispute, desk=self.handling.office.desk, now=self.settled_at)
        row = self.handling.row
        assert {name: getattr(row, name) for name in ROW} == told, self.done
        assert row.version == version, self.done
        assert {each.id: each.next_step_at for each in self.running()} == steps, self.done
        for each in running:
            lasting = sa.select(ClockChange).where(
                ClockChange.clock_id == each.id,
                ClockChange.state == ClockChangeState.GRANTED,
                ClockChange.kind == PAUSE,
                ClockChange.until_on.is_(None),
            )
            paused = [one.from_on for one in db.session.scalars(lasting)]
            assert paused == ([each.paused_from] if each.paused_from else []), self.done

    def entered_since(self) -> set[str]:
        """What another office may have asked for after a reopening."""
        return (
            {"OUT.12345"} if self.reopened and self.handling.row.status is S.REGISTERED else set()
        )


DIRECTED = (Step.DISPATCH, Step.REOPEN, Step.VOID)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_only_what_may_run_runs_and_the_row_says_so(
    office: Office, seed: int
) -> None:
    dice = random.Random(seed)
    office.actor(Role.LIAISON, "committee")
    course = Course(registered(office), dice)
    course.check()
    for _ in range(DEEDS):
        course.go_on()
        course.check()
    assert len(course.done) > DEEDS // 5
