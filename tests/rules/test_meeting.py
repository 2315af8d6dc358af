"""Meetings: whom one invites, when minutes are written, what is decided and when it is late."""

from datetime import date
from uuid import uuid4

import pytest

from config.meeting import DecisionState, MeetingKind, MeetingState, name
from service.errors import Conflict, Invalid
from service.rules import meeting as rules

MONDAY = date(2026, 11, 2)
TUESDAY = date(2026, 11, 3)


def test_every_word_has_a_chinese_name() -> None:
    assert [name(each) for kind in (MeetingKind, MeetingState, DecisionState) for each in kind] == [
        "联席会议",
        "府院联动会议",
        "已通知",
        "已召开",
        "待落实",
        "已落实",
        "不再办",
    ]


def test_units_are_invited_once_and_are_there() -> None:
    one = uuid4()
    rules.check_members([one], {one})
    for wrong in ([one, one], [uuid4()]):
        with pytest.raises(Invalid):
            rules.check_members(wrong, {one})


def test_minutes_are_written_once_and_not_before_the_meeting() -> None:
    rules.check_recordable(MeetingState.CALLED, begun=True)
    for state, begun in ((MeetingState.HELD, True), (MeetingState.CALLED, False)):
        with pytest.raises(Conflict):
            rules.check_recordable(state, begun=begun)


def test_a_decision_names_a_unit_and_a_day_to_come() -> None:
    unit = uuid4()
    rules.check_decisions([MONDAY], [unit], active={unit}, today=MONDAY)
    with pytest.raises(Invalid) as refusal:
        rules.check_decisions([TUESDAY, MONDAY], [uuid4(), unit], active={unit}, today=TUESDAY)
    assert sorted(refusal.value.fields) == ["decisions.0.organisation", "decisions.1.due_on"]


def test_the_last_day_is_in_time_and_what_is_settled_is_late_no_more() -> None:
    assert not rules.is_late(DecisionState.OPEN, MONDAY, MONDAY)
    assert rules.is_late(DecisionState.OPEN, MONDAY, TUESDAY)
    assert not rules.is_late(DecisionState.DONE, MONDAY, TUESDAY)
    rules.check_settleable(DecisionState.OPEN)
    for state in (DecisionState.DONE, DecisionState.DROPPED):
        with pytest.raises(Conflict):
            rules.check_settleable(state)
