from contextlib import nullcontext
from datetime import date
from itertools import product
from typing import Any

import pytest

from config import policy
from config.lawsuit import Breach, DutySource, Stage
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStep,
    WithdrawalCause,
)
from config.vocabulary import LawsuitStatus as S
from service.errors import Conflict, Invalid, StepNotAllowed
from service.rules import lawsuit as rules
from service.rules.lawsuit import Came, Place

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
    heard_on: date | None = None,
) -> dict[str, list[str]]:
    try:
        rules.check_decision(
            instance=instance,
            case_served_on=SERVED_ON,
            heard_on=heard_on,
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
    assert decided(heard_on=date(2026, 11, 2)) == {}
    wrong = {"decided_on": ["裁判日期不能早于开庭日期"]}
    assert decided(heard_on=date(2026, 11, 3)) == wrong


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


LITIGATION, REVIEW = LawsuitProcedure.LITIGATION, LawsuitProcedure.REVIEW
FIRST, SECOND, RETRIAL = LawsuitInstance
DATA = policy.load().lawsuits


@pytest.mark.parametrize(
    ("attended", "lawyer_only", "absence", "called", "expected"),
    [
        (True, False, None, True, None),
        (False, True, None, False, Breach.LAWYER_ONLY),
        (False, True, "accident", True, Breach.LAWYER_ONLY),  # nothing excuses a lawyer alone
        (False, False, None, True, Breach.UNEXCUSED),
        (False, False, "force_majeure", True, None),
        (False, False, None, False, None),  # nobody called the head
    ],
)
def test_who_came_is_judged_by_what_was_due(
    attended: bool, lawyer_only: bool, absence: str | None, called: bool, expected: Breach | None
) -> None:
    came = Came(attended=attended, lawyer_only=lawyer_only, absence=absence)
    assert rules.breach(came, called=called) is expected


def test_a_hearing_that_cannot_have_been_is_told_at_its_fields() -> None:
    odd = Came(attended=True, lawyer_only=True, absence="accident")
    with pytest.raises(Invalid) as refusal:
        rules.check_hearing(odd, date(2026, 11, 21), served_on=SERVED_ON, today=TODAY)
    assert set(refusal.value.fields) == {"held_on", "lawyer_only", "head.reason"}


def test_the_head_has_to_come_where_the_law_says_so() -> None:
    assert rules.must_attend(["mass"], DATA)
    assert not rules.must_attend(["superior_document"], DATA)
    assert not rules.must_attend([], DATA)


@pytest.mark.parametrize(
    ("case", "previous", "wrong"),
    [
        ((LITIGATION, SECOND, "拆除羊圈"), (LITIGATION, FIRST, "拆除 羊圈。"), []),
        ((LITIGATION, RETRIAL, "拆除羊圈"), (LITIGATION, FIRST, "拆除羊圈"), []),
        ((LITIGATION, FIRST, "拆除羊圈"), (REVIEW, FIRST, "拆除羊圈"), []),
        ((LITIGATION, FIRST, "拆除羊圈"), (LITIGATION, FIRST, "拆除羊圈"), ["previous"]),
        ((LITIGATION, SECOND, "拆除羊圈"), (LITIGATION, RETRIAL, "拆除羊圈"), ["previous"]),
        (
            (LawsuitProcedure.PUBLIC_INTEREST, SECOND, "拆除羊圈"),
            (LITIGATION, FIRST, "拆除羊圈"),
            ["previous"],
        ),
        ((LITIGATION, SECOND, "罚款"), (LITIGATION, FIRST, "拆除羊圈"), ["act"]),
    ],
)
def test_a_chain_goes_on_about_the_same_act_at_a_later_instance(
    case: Any, previous: Any, wrong: list[str]
) -> None:
    later, earlier = (
        Place(procedure=each[0], instance=each[1], act=each[2]) for each in (case, previous)
    )
    with pytest.raises(Invalid) if wrong else nullcontext() as refusal:
        rules.check_chain(later, earlier, served_on=TODAY, previous_on=SERVED_ON)
    assert refusal is None or list(refusal.value.fields) == wrong


@pytest.mark.parametrize(
    ("case", "stage", "outcome", "expected"),
    [
        ((LITIGATION, FIRST), Stage.ANSWER, None, "LIT.ANSWER"),
        ((LawsuitProcedure.PUBLIC_INTEREST, FIRST), Stage.ANSWER, None, "LIT.ANSWER"),
        ((LITIGATION, SECOND), Stage.ANSWER, None, None),
        ((REVIEW, FIRST), Stage.ANSWER, None, "REC.REPLY"),
        ((LITIGATION, FIRST), Stage.APPEAL, UPHELD, "LIT.APPEAL.J"),
        ((LITIGATION, FIRST), Stage.APPEAL, LawsuitOutcome.DISMISSED, "LIT.APPEAL.R"),
        ((LITIGATION, FIRST), Stage.APPEAL, WITHDRAWN, None),  # 行政诉讼法解释 101
        ((LITIGATION, FIRST), Stage.APPEAL, LawsuitOutcome.MEDIATED, None),
        ((LITIGATION, SECOND), Stage.APPEAL, UPHELD, None),
        ((REVIEW, FIRST), Stage.APPEAL, UPHELD, None),
    ],
)
def test_which_term_a_case_starts_is_read_from_the_data(
    case: Any, stage: Stage, outcome: LawsuitOutcome | None, expected: str | None
) -> None:
    place = Place(procedure=case[0], instance=case[1], act="x")
    assert rules.term_rule(DATA, stage, place, outcome=outcome) == expected
    if expected == "REC.REPLY":
        assert rules.term_rule(DATA, stage, place, simplified=True) == "REC.REPLY.SIM"


def test_what_the_law_asks_of_a_withdrawal_depends_on_its_cause() -> None:
    changed = rules.due_checks(WithdrawalCause.ACT_CHANGED, DATA)
    assert changed == ["own_will", "lawful", "notified_court", "third_party", "performed_first"]
    assert rules.due_checks(WithdrawalCause.OWN, DATA) == ["own_will"]
    assert rules.due_checks(WithdrawalCause.DEEMED, DATA) == []


@pytest.mark.parametrize("on", [None, date(2026, 11, 21), date(2027, 1, 1)])
def test_late_is_for_ever_and_on_the_day_is_not_late(on: date | None) -> None:
    assert rules.is_late(on, date(2026, 11, 19), TODAY)
    assert not rules.is_late(TODAY, TODAY, date(2030, 1, 1))


@pytest.mark.parametrize(
    ("outcome", "reviewed", "open_duties", "performed", "closes"),
    [
        (UPHELD, False, 0, False, True),
        (UPHELD, False, 1, False, False),
        (LawsuitOutcome.REVOKED, True, 0, False, True),
        (LawsuitOutcome.REVOKED, False, 0, True, False),
        (LawsuitOutcome.ORDERED_TO_ACT, True, 0, False, False),  # nobody said it was done
        (LawsuitOutcome.ORDERED_TO_ACT, True, 0, True, True),
        (LawsuitOutcome.COMPENSATED, True, 0, False, False),
    ],
)
def test_a_lost_case_is_reviewed_and_performed_before_it_is_closed(
    outcome: LawsuitOutcome, *, reviewed: bool, open_duties: int, performed: bool, closes: bool
) -> None:
    with nullcontext() if closes else pytest.raises(Conflict):
        rules.check_closing(
            outcome, reviewed=reviewed, open_duties=open_duties, performed=performed
        )


def test_a_duty_comes_out_of_a_paper_that_the_case_can_have() -> None:
    rules.check_duty(DutySource.OPINION, REVIEW, decided=True)
    with pytest.raises(Invalid):
        rules.check_duty(DutySource.OPINION, LITIGATION, decided=True)
    with pytest.raises(Conflict):
        rules.check_duty(DutySource.JUDGMENT, LITIGATION, decided=False)
    assert DutySource.JUDGMENT not in rules.papers_of(REVIEW)
