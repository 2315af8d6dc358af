"""Every step has its shape, and each refuses what is not its own."""

from typing import Any

import pytest
from marshmallow import ValidationError

from config.vocabulary import Step
from schemas.step import SHAPES


def test_every_step_has_a_shape() -> None:
    assert set(SHAPES) == set(Step)


@pytest.mark.parametrize("step", list(Step))
def test_a_field_of_no_step_is_refused(step: Step) -> None:
    with pytest.raises(ValidationError) as refusal:
        SHAPES[step]().load({"version": 3})
    assert refusal.value.messages_dict["version"] == ["不认识的字段"]


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        (Step.DISPATCH, {"organisation": ["请选择"]}),
        (Step.RETURN, {"reason": ["请填写"]}),
        (Step.ASSIGN, {"mediator": ["请选择"]}),
        (Step.AGREE, {"form": ["请选择"]}),
        (Step.FAIL, {"reasons": ["请至少选择一个原因"]}),
        (Step.WITHDRAW, {"reason": ["请填写"]}),
        (Step.TERMINATE, {"reason": ["请填写"]}),
        (Step.DECLINE, {"ground": ["请选择"], "go_to": ["请写明该去哪里"]}),
        (Step.CLOSE, {"outcome": ["请选择"]}),
        (Step.REOPEN, {"reason": ["请填写"]}),
        (Step.VOID, {"reason": ["请填写"]}),
    ],
)
def test_what_a_step_cannot_do_without_is_asked_for(
    step: Step, fields: dict[str, list[str]]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        SHAPES[step]().load({})
    assert refusal.value.messages_dict == fields


@pytest.mark.parametrize("step", [Step.ACCEPT, Step.START, Step.PERFORM, Step.ARCHIVE])
def test_some_steps_ask_nothing(step: Step) -> None:
    assert SHAPES[step]().load({}) == {}


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        (Step.FAIL, {"reasons": []}, "reasons"),
        (Step.FAIL, {"reasons": ["other"] * 11}, "reasons"),
        (Step.DECLINE, {"ground": "crime", "go_to": []}, "go_to"),
        (Step.DECLINE, {"ground": "crime", "go_to": ["court"] * 7}, "go_to"),
        (Step.RETURN, {"reason": "不"}, "reason"),
        (Step.RETURN, {"reason": "不" * 501}, "reason"),
    ],
)
def test_too_little_and_too_much_are_refused(step: Step, body: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        SHAPES[step]().load(body)
    assert list(refusal.value.messages_dict) == [field]


def test_one_door_to_go_to_may_be_named_without_a_list() -> None:
    read = SHAPES[Step.DECLINE]().load({"ground": "crime", "go_to": "police_station"})
    assert read["go_to"] == ["police_station"]


def test_a_reason_in_own_words_is_counted_under_other() -> None:
    read = SHAPES[Step.FAIL]().load({"reasons": ["amount_apart", "下雨没来"]})
    assert read["reasons"] == ["amount_apart", "other:下雨没来"]
