"""When an answer is due, and what of a story may be handed to who asked."""

import pytest

from config.vocabulary import DataDecision, DataRequestKind, DataRequestStatus
from service.errors import Conflict, Invalid
from service.rules.data_request import HIDDEN, check_decision, check_step, may_show, told_to
from tests.factories.person import mobile, resident_id

K, D, S = DataRequestKind, DataDecision, DataRequestStatus


def test_the_others_are_masked_and_their_numbers_gone() -> None:
    story = f"李大有（{resident_id(2)}，{mobile(2)}）欠我钱，我的电话 {mobile(1)}，12000 元"
    own = [resident_id(1), mobile(1)]
    assert told_to(story, own, ["李大有"]) == (
        f"李**（{HIDDEN}，{HIDDEN}）欠我钱，我的电话 {mobile(1)}，12000 元"
    )


def test_what_is_refused_needs_its_reason() -> None:
    check_decision(D.GRANTED, None)
    for decision in (D.PARTLY, D.REFUSED):
        with pytest.raises(Invalid) as refusal:
            check_decision(decision, "  ")
        assert list(refusal.value.fields) == ["reason"]


def test_a_step_is_taken_from_its_own_status_only() -> None:
    check_step(S.RECEIVED, S.RECEIVED)
    with pytest.raises(Conflict):
        check_step(S.ANSWERED, S.DECIDED)


def test_what_is_stored_is_shown_once_that_was_granted() -> None:
    assert may_show(K.ACCESS, D.PARTLY, S.DECIDED)
    assert not may_show(K.ACCESS, None, S.RECEIVED)
    assert not may_show(K.COPY, D.REFUSED, S.DECIDED)
    assert not may_show(K.DELETE, D.GRANTED, S.DECIDED)
