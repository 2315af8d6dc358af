"""Handovers 移交 in any order of deeds: a dispute in work has one lead, never none or two."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from config.vocabulary import (
    DisputeStatus,
    HandoverKind,
    HandoverState,
    Role,
    Step,
)
from service.errors import Refusal
from service.operations import handover as operations
from service.rules.access import Actor
from service.rules.dispute import steps_from
from tests.factories.dispute import registered
from tests.factories.handover import (
    accepted,
    returned,
    rows,
    sent,
    withdrawn,
)
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S, H, X = DisputeStatus, HandoverState, HandoverKind

UNITS = ("committee", "station", "justice")
BODIES: dict[Step, dict[str, Any]] = {
    Step.RETURN: {"reason": "不归我们"},
    Step.AGREE: {"form": "oral"},
    Step.WITHDRAW: {"reason": "两家和好了"},
    Step.REOPEN: {"reason": "又起争执"},
    Step.CLOSE: {"outcome": "agreed"},
    Step.FAIL: {"reasons": ["amount_apart"]},
}


class HandoverMachine(RuleBasedStateMachine):
    """One dispute, whatever its people do with it, one after the other."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.case = registered(office)
        self.now, self.moves = MONDAY_9AM, 0

    def lead(self) -> str:
        """The unit that has it, or the one it is dispatched to first."""
        unit = self.case.row.organisation_id
        return next((key for key in UNITS if self.office.units[key] == unit), "committee")

    def last(self) -> UUID:
        """The newest handover; of one that never moved, none that is there."""
        found = rows(self.case)
        return found[-1].id if found else uuid4()

    def receiver(self) -> str:
        """The unit of the newest handover."""
        to = [each.to_organisation_id for each in rows(self.case)[-1:]]
        return next((key for key in UNITS if self.office.units[key] in to), "committee")

    def by(self, unit: str, role: Role = Role.LIAISON) -> Actor:
        return self.office.actor(role, unit)

    def trying(self, deed: Callable[[], None]) -> None:
        """Do it, if it is not refused."""
        with suppress(Refusal):
            deed()

    @rule(
        choice=st.integers(0, 10**6),
        unit=st.sampled_from(UNITS),
        days=st.sampled_from([0, 0, 0, 0, 0, 1, 3]),
    )
    def act(self, choice: int, unit: str, days: int) -> None:
        """One of what could be done now, and now and then what nobody may; then time goes by."""
        could = list(self.could(unit))
        self.trying(could[choice % len(could)])
        self.now += timedelta(days=days, hours=1)
        operations.look_at_due(desk=self.office.desk, now=self.now)

    def could(  # noqa: C901 -- one line for each thing there is to do
        self, unit: str
    ) -> Iterator[Callable[[], None]]:
        """What the people of the dispute might do next, the likely things more than once."""
        status, centre = self.case.row.status, self.office.director
        lead, receiver = self.by(self.lead()), self.by(self.receiver())
        takes = self.by(self.receiver(), Role.MEDIATOR)
        waits = any(each.state is H.OPEN for each in rows(self.case))
        yield partial(self.moved, partial(self.send, unit, lead))
        if status is S.REGISTERED:
            yield from [partial(self.moved, partial(self.dispatch, unit))] * 4
        if waits:
            for who in (takes, takes, receiver, lead):
                yield partial(self.answer, accepted, who)
            yield from [partial(self.answer, returned, who) for who in (receiver, lead)]
            yield from [partial(self.answer, withdrawn, who) for who in (lead, centre, receiver)]
        if status in (S.ACCEPTED, S.MEDIATING):
            yield from [partial(self.moved, partial(self.send, unit, lead))] * 3
            yield partial(self.moved, partial(self.send, unit, centre))
            yield partial(self.take, Step.ASSIGN, centre)
            yield partial(self.take, Step.RETURN, self.by(self.lead(), Role.MEDIATOR))
        for step in (Step.START, Step.AGREE, Step.CLOSE):
            if step in steps_from(status):
                yield from [partial(self.take, step, self.handler())] * 2
        if status is S.CLOSED:
            yield from [partial(self.take, Step.REOPEN, centre)] * 3
        if status is not S.CLOSED:
            yield partial(self.take, Step.WITHDRAW, centre)

    def handler(self) -> Actor:
        """Who mediates it; the director of what nobody does."""
        here = self.case.row.mediator_id
        people = [self.by(unit, Role.MEDIATOR) for unit in UNITS]
        return next((each for each in people if each.user_id == here), self.office.director)

    def moved(self, deed: Callable[[], None]) -> None:
        deed()
        self.moves += 1

    def dispatch(self, unit: str) -> None:
        to = str(self.office.units[unit])
        body = {"organisation": to, "mediator": None, "reason": "就近"}
        self.case.take(Step.DISPATCH, body, now=self.now)

    def send(self, unit: str, who: Actor) -> None:
        sent(self.case, unit, actor=who, now=self.now)

    def answer(self, deed: Any, who: Actor) -> None:
        deed(self.case, self.last(), actor=who, now=self.now)

    def take(self, step: Step, who: Actor) -> None:
        body = BODIES.get(step)
        if step is Step.ASSIGN:
            body = {"mediator": str(self.by(self.lead(), Role.MEDIATOR).user_id)}
        self.case.take(step, body, actor=who, now=self.now)

    @invariant()
    def one_lead_one_open_and_every_move_a_row(self) -> None:
        row, found = self.case.row, rows(self.case)
        led = row.status in (S.DISPATCHED, S.ACCEPTED, S.MEDIATING, S.AGREED)
        assert led <= (row.organisation_id is not None)
        waiting = [each for each in found if each.state is H.OPEN]
        assert len(waiting) <= 1
        assert bool(waiting) <= (row.status in (S.DISPATCHED, S.ACCEPTED, S.MEDIATING))
        assert (row.status is S.DISPATCHED) <= bool(waiting)
        assert len(found) == self.moves
        assert [each.ordinal for each in found] == list(range(1, len(found) + 1))
        if row.status in (S.ACCEPTED, S.MEDIATING, S.AGREED):
            brought = [each for each in found if each.state is H.ACCEPTED]
            assert brought[-1].to_organisation_id == row.organisation_id


DAILY = 20


@pytest.mark.parametrize("examples", [DAILY, pytest.param(40, marks=pytest.mark.deep)])
@pytest.mark.daily("sqlite")
def test_no_dispute_in_work_ever_has_no_lead_or_two(office: Office, examples: int) -> None:
    seen: Counter[tuple[HandoverKind, HandoverState]] = Counter()

    class Here(HandoverMachine):
        def __init__(self) -> None:
            super().__init__(office)

        def teardown(self) -> None:
            seen.update((each.kind, each.state) for each in rows(self.case))

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            derandomize=examples == DAILY,  # the same every day: so few may miss a state
            stateful_step_count=40,
            phases=(Phase.generate,),  # to make a failure shorter takes longer than to read it
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {each for _, each in seen} == set(HandoverState)
    assert {each for each, _ in seen} >= {X.DISPATCH, X.TRANSFER, X.DIRECTED}
