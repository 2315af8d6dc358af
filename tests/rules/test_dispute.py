"""Every status against every step, every closing against every status, and the term that binds."""

from datetime import date
from itertools import product

import pytest

from config import calendar, policy
from config.vocabulary import Channel, DisputeStatus, Outcome, Step
from service.errors import Invalid, StepNotAllowed
from service.rules import dispute as rules
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import deadline

S = DisputeStatus

MONDAY = date(2026, 11, 2)
POLICY = policy.load()
CALENDAR = WorkCalendar(calendar.load())

# what a clerk finds in the handbook: rows are statuses, a step that is missing is refused
WAYS = {
    "registered": {
        "dispatch": "dispatched",
        "withdraw": "closed",
        "decline": "closed",
        "close": "closed",
        "void": "closed",
    },
    "dispatched": {
        "accept": "accepted",
        "return": "registered",
        "assign": "dispatched",
        "withdraw": "closed",
        "decline": "closed",
        "void": "closed",
    },
    "accepted": {
        "return": "registered",
        "assign": "accepted",
        "start": "mediating",
        "withdraw": "closed",
        "terminate": "closed",
        "decline": "closed",
        "close": "closed",
        "void": "closed",
    },
    "mediating": {
        "assign": "mediating",
        "agree": "agreed",
        "fail": "closed",
        "withdraw": "closed",
        "terminate": "closed",
        "close": "closed",
        "void": "closed",
    },
    "agreed": {"perform": "agreed", "close": "closed"},
    "closed": {"reopen": "registered", "archive": "archived"},
    "archived": {},
}
ENDINGS = {
    "registered": {"guided"},
    "dispatched": set(),
    "accepted": {"guided"},
    "mediating": {"guided"},
    "agreed": {"agreed"},
    "closed": set(),
    "archived": set(),
}


@pytest.mark.parametrize(("status", "step"), list(product(DisputeStatus, Step)))
def test_a_step_leads_where_the_handbook_says_or_is_refused(
    status: DisputeStatus, step: Step
) -> None:
    expected = WAYS[status.value].get(step.value)
    if expected is None:
        with pytest.raises(StepNotAllowed) as refusal:
            rules.after(status, step)
        assert refusal.value.allowed == [s.value for s in Step if s.value in WAYS[status.value]]
    else:
        assert rules.after(status, step) == expected


@pytest.mark.parametrize(("status", "outcome"), list(product(DisputeStatus, Outcome)))
def test_a_dispute_is_closed_only_with_an_outcome_its_status_can_have(
    status: DisputeStatus, outcome: Outcome
) -> None:
    if outcome.value in ENDINGS[status.value]:
        assert rules.closing_outcome(status, outcome) is outcome
    else:
        with pytest.raises(Invalid) as refusal:
            rules.closing_outcome(status, outcome)
        assert list(refusal.value.fields) == ["outcome"]


def test_the_steps_that_end_a_dispute_are_these() -> None:
    ending = {"close", "fail", "withdraw", "terminate", "decline", "void"}
    assert {step.value for step in Step if rules.ends(step)} == ending


def test_every_step_that_ends_leads_to_closed_and_no_other_does() -> None:
    leading = {step for (_, step), status in rules.TRANSITIONS.items() if status == "closed"}
    assert leading == {step for step in Step if rules.ends(step)}


def test_the_next_step_is_the_one_that_leads_on() -> None:
    assert rules.next_step(S.DISPATCHED, [Step.VOID, Step.ASSIGN, Step.ACCEPT]) is Step.ACCEPT
    assert rules.next_step(S.AGREED, [Step.CLOSE, Step.PERFORM]) is Step.PERFORM
    assert rules.next_step(S.CLOSED, [Step.REOPEN, Step.ARCHIVE]) is Step.ARCHIVE


def test_without_a_step_on_the_main_way_there_is_no_next_one() -> None:
    assert rules.next_step(S.REGISTERED, [Step.VOID, Step.WITHDRAW]) is None


@pytest.mark.parametrize(
    ("channel", "rule"),
    [
        (Channel.PEOPLE, "PM.DEFAULT"),
        (Channel.SECTOR, "PM.DEFAULT"),
        (Channel.ADMINISTRATIVE, "ADM.DEFAULT"),
        (Channel.JUDICIAL, "COURT.DELEG"),
    ],
)
def test_without_a_special_term_the_one_of_the_channel_binds(channel: Channel, rule: str) -> None:
    promise = rules.handling_deadline((), channel, MONDAY, POLICY, CALENDAR)
    assert promise == deadline(POLICY.clocks[rule], MONDAY, CALENDAR)


@pytest.mark.parametrize(
    ("channel", "rule"),
    [
        (Channel.PEOPLE, "MEDI.PM"),
        (Channel.SECTOR, "MEDI.PM"),
        (Channel.ADMINISTRATIVE, "MEDI.ADM"),
        (Channel.JUDICIAL, "COURT.DELEG"),
    ],
)
def test_a_medical_dispute_has_the_laws_term_whoever_mediates_it(
    channel: Channel, rule: str
) -> None:
    promise = rules.handling_deadline((), channel, MONDAY, POLICY, CALENDAR, category="medical")
    assert promise == deadline(POLICY.clocks[rule], MONDAY, CALENDAR)


def test_a_dispute_that_is_not_for_mediation_has_no_term() -> None:
    assert rules.handling_deadline((), Channel.NONE, MONDAY, POLICY, CALENDAR) is None


def test_of_the_special_terms_the_nearest_binds_whatever_else_is_stated() -> None:
    stated = [
        deadline(POLICY.clocks["REC.APPLY"], date(2026, 6, 1), CALENDAR),  # binds the citizen
        deadline(POLICY.clocks["PM.DEFAULT"], MONDAY, CALENDAR),
        deadline(POLICY.clocks["TRAF.MED"], MONDAY, CALENDAR),
    ]
    promise = rules.handling_deadline(stated, Channel.PEOPLE, MONDAY, POLICY, CALENDAR)
    assert promise is not None
    assert promise.rule == "TRAF.MED"


@pytest.mark.parametrize("status", [S.ACCEPTED, S.MEDIATING])
def test_to_guide_people_elsewhere_is_never_the_step_that_leads_on(status: DisputeStatus) -> None:
    assert rules.next_step(status, [Step.CLOSE, Step.ASSIGN]) is None


def test_what_was_agreed_is_closed_next() -> None:
    assert rules.next_step(S.AGREED, [Step.CLOSE]) is Step.CLOSE
