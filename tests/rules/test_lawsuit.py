from datetime import date
from itertools import product

import pytest

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStep,
    WithdrawalCause,
)
from config.vocabulary import LawsuitStatus as S
from service.errors import Invalid, StepNotAllowed
from service.rules import lawsuit as rules

SERVED_ON = date(2026, 9, 1)
TODAY = date(2026, 11, 20)
WITHDRAWN = LawsuitOutcome.WITHDRAWN
UPHELD = LawsuitOutcome.UPHELD
LEGAL = {
    (S.PENDING, LawsuitStep.ANSWER): S.PENDING,
    (S.PENDING, LawsuitStep.HEAR): S.PENDING,
    (S.PENDING, LawsuitStep.DECIDE): S.DECIDED,
    (S.DECIDED, LawsuitStep.PERFORM): S.PERFORMED,
    (S.DECIDED, LawsuitStep.CLOSE): S.CLOSED,
    (S.PERFORMED, LawsuitStep.CLOSE): S.CLOSED,
}


@pytest.mark.parametrize(("status", "step"), list(product(S, LawsuitStep)))
def test_every_step_in_every_status_is_legal_or_refused(status: S, step: LawsuitStep) -> None:
    if (status, step) in LEGAL:
        assert rules.after(status, step) is LEGAL[status, step]
        return
    with pytest.raises(StepNotAllowed) as refusal:
        rules.after(status, step)
    assert refusal.value.allowed == [each.value for each in rules.steps_from(status)]


def test_a_closed_case_has_no_more_steps() -> None:
    assert rules.steps_from(S.CLOSED) == []


def recorded(
    procedure: LawsuitProcedure, instance: LawsuitInstance, served_on: date = TODAY
) -> dict[str, list[str]]:
    try:
        rules.check_record(procedure, instance, served_on=served_on, today=TODAY)
    except Invalid as refusal:
        return refusal.fields
    return {}


def test_a_case_may_be_served_today_but_not_tomorrow() -> None:
    suit = (LawsuitProcedure.LITIGATION, LawsuitInstance.FIRST)
    assert recorded(*suit, TODAY) == {}
    assert recorded(*suit, date(2026, 11, 21)) == {"served_on": ["送达日期不能晚于今天"]}


@pytest.mark.parametrize("instance", [LawsuitInstance.SECOND, LawsuitInstance.RETRIAL])
def test_a_review_knows_one_instance_only(instance: LawsuitInstance) -> None:
    assert list(recorded(LawsuitProcedure.REVIEW, instance)) == ["instance"]
    assert recorded(LawsuitProcedure.LITIGATION, instance) == {}


def decided(
    *,
    instance: LawsuitInstance = LawsuitInstance.FIRST,
    decided_on: date = date(2026, 11, 2),
    served_on: date = date(2026, 11, 9),
    outcome: LawsuitOutcome = UPHELD,
    cause: WithdrawalCause | None = None,
) -> dict[str, list[str]]:
    try:
        rules.check_decision(
            instance=instance,
            case_served_on=SERVED_ON,
            decided_on=decided_on,
            served_on=served_on,
            outcome=outcome,
            cause=cause,
            today=TODAY,
        )
    except Invalid as refusal:
        return refusal.fields
    return {}


def test_a_decision_in_order_is_taken() -> None:
    assert decided() == {}


@pytest.mark.parametrize(
    ("decided_on", "served_on", "wrong"),
    [
        (SERVED_ON, SERVED_ON, []),  # decided on the day the case came in
        (date(2026, 8, 31), SERVED_ON, ["decided_on"]),  # before the case came in
        (TODAY, TODAY, []),
        (date(2026, 11, 21), date(2026, 11, 21), ["decided_on", "served_on"]),  # tomorrow
        (date(2026, 11, 19), date(2026, 11, 21), ["served_on"]),  # reaches us tomorrow
        (date(2026, 11, 10), date(2026, 11, 9), ["served_on"]),  # reached us before it was made
    ],
)
def test_the_dates_of_a_decision_follow_each_other(
    decided_on: date, served_on: date, wrong: list[str]
) -> None:
    assert list(decided(decided_on=decided_on, served_on=served_on)) == wrong


@pytest.mark.parametrize("outcome", list(LawsuitOutcome))
def test_a_cause_is_given_exactly_when_the_case_was_withdrawn(outcome: LawsuitOutcome) -> None:
    without, given = decided(outcome=outcome), decided(outcome=outcome, cause=WithdrawalCause.OWN)
    expected = (["withdrawal_cause"], []) if outcome is WITHDRAWN else ([], ["withdrawal_cause"])
    assert (list(without), list(given)) == expected


@pytest.mark.parametrize(("instance", "cause"), list(product(LawsuitInstance, WithdrawalCause)))
def test_only_an_appeal_can_be_withdrawn_as_one(
    instance: LawsuitInstance, cause: WithdrawalCause
) -> None:
    impossible = cause is WithdrawalCause.APPEAL and instance is not LawsuitInstance.SECOND
    found = decided(instance=instance, outcome=WITHDRAWN, cause=cause)
    assert list(found) == (["withdrawal_cause"] if impossible else [])
