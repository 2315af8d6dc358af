"""Joint handling: what a task may become, what closing waits for, who may change the lead."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from config.vocabulary import DisputeStatus, JointState, Step
from service.errors import Conflict, Invalid, StepNotAllowed
from service.rules import joint_task as rules

S, D = JointState, DisputeStatus


def allowed(check: Callable[[JointState], None]) -> set[JointState]:
    """The states in which a check says nothing."""
    found = set()
    for state in S:
        try:
            check(state)
        except Conflict:
            continue
        found.add(state)
    return found


def test_what_is_open_is_answered_and_what_is_unsettled_is_let_off() -> None:
    assert allowed(rules.check_answerable) == {S.OPEN}
    assert allowed(rules.check_waivable) == {S.OPEN, S.REFUSED}


@pytest.mark.parametrize("step", Step)
def test_the_leads_own_ends_wait_for_the_co_units_and_what_is_nobodys_judgement_does_not(
    step: Step,
) -> None:
    waits = step in (Step.CLOSE, Step.FAIL, Step.TERMINATE, Step.DECLINE)
    if waits:
        with pytest.raises(Conflict, match="司法所、派出所。"):
            rules.check_closing(step, ["司法所", "派出所"])
    else:
        rules.check_closing(step, ["司法所", "派出所"])
    rules.check_closing(step, [])
    assert (step in rules.ENDS) == (step in (Step.WITHDRAW, Step.VOID, Step.RETURN))


@pytest.mark.parametrize("status", DisputeStatus)
def test_others_are_asked_along_while_somebody_leads_and_it_is_not_over(
    status: DisputeStatus,
) -> None:
    if status in (D.ACCEPTED, D.MEDIATING, D.AGREED):
        rules.check_startable(status, has_lead=True)
    else:
        with pytest.raises(StepNotAllowed):
            rules.check_startable(status, has_lead=True)
    with pytest.raises(StepNotAllowed):
        rules.check_startable(status, has_lead=False)


def test_each_wrong_unit_is_named_at_its_place() -> None:
    lead, busy, free = uuid4(), uuid4(), uuid4()
    active = {lead, busy, free}
    rules.check_units([free], lead=lead, active=active, waiting={busy})
    with pytest.raises(Invalid) as refusal:
        rules.check_units(
            [lead, busy, free, free, uuid4()], lead=lead, active=active, waiting={busy}
        )
    assert sorted(refusal.value.fields) == [f"tasks.{n}.organisation" for n in (0, 1, 3, 4)]


def test_the_director_alone_changes_the_lead_while_others_work_along() -> None:
    rules.check_lead_may_change(by_director=True, unsettled=True)
    rules.check_lead_may_change(by_director=False, unsettled=False)
    with pytest.raises(Conflict):
        rules.check_lead_may_change(by_director=False, unsettled=True)
