"""The building stones of every shape: strict, cleaned at the edge, in Chinese when refused."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from schemas.base import Coded, Count, Day, Flag, Id, Instant, PageQuery, Strict, Text, Word, Yuan


class Colour(StrEnum):
    """A made-up vocabulary."""

    RED = "red"
    OTHER = "other"


class Shape(Strict):
    """One field of every kind."""

    text = Text(most=5)
    lines = Text(lines=True, most=100)
    word = Word(Colour)
    coded = Coded(Colour)
    day = Day()
    instant = Instant()
    yuan = Yuan()
    count = Count(most=10)
    flag = Flag()
    id = Id()
    inner = fields.Nested(PageQuery)
    many = fields.List(Count())
    facts = fields.Dict()


def read(**given: Any) -> Any:
    """The value of the only field given."""
    (value,) = Shape().load(given).values()
    return value


def refused(**given: Any) -> list[str]:
    """What is said of the only field given."""
    with pytest.raises(ValidationError) as refusal:
        Shape().load(given)
    (told,) = refusal.value.messages_dict.values()
    return list(told)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"text": "  a　b "}, "a b"),
        ({"text": "e\u0301"}, "é"),
        ({"lines": " 一\r\n二\u2028三 "}, "一\n二\n三"),
        ({"word": "red"}, Colour.RED),
        ({"coded": "red"}, "red"),
        ({"coded": "另有缘故"}, "other:另有缘故"),
        ({"day": "2026-11-02"}, date(2026, 11, 2)),
        ({"instant": "2026-11-02T09:00:00+08:00"}, datetime(2026, 11, 2, 1, tzinfo=UTC)),
        ({"instant": "2026-11-02T01:00:00Z"}, datetime(2026, 11, 2, 1, tzinfo=UTC)),
        ({"yuan": "93000"}, 9_300_000),
        ({"yuan": "31700.5"}, 3_170_050),
        ({"yuan": "0"}, 0),
        ({"yuan": 12}, 1200),
        ({"yuan": "1000000000000"}, 10**14),
        ({"count": 10}, 10),
        ({"flag": False}, False),
    ],
)
def test_what_is_right_is_taken(given: dict[str, Any], value: object) -> None:
    assert read(**given) == value


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"text": " "}, ["请填写"]),
        ({"text": "一二三四五六"}, ["不能超过 5 个字"]),
        ({"text": 5}, ["应为文字"]),
        ({"text": None}, ["请填写"]),
        ({"word": "blue"}, ["不在可选范围内：red, other"]),
        ({"coded": 5}, ["应为文字"]),
        ({"day": "2026-02-30"}, ["日期应为 年-月-日，例如 2026-11-22"]),
        ({"day": "1899-12-31"}, ["年份不合理"]),
        ({"day": "2200-01-01"}, ["年份不合理"]),
        ({"instant": "2026-11-02T09:00"}, ["时间须带时区，例如 2026-11-22T09:30:00+08:00"]),
        ({"instant": "0001-01-01T00:00:00+14:00"}, ["年份不合理"]),
        ({"yuan": "0.001"}, ["金额应为数字，单位元，最多两位小数"]),
        ({"yuan": 1.5}, ["金额应为数字，单位元，最多两位小数"]),
        ({"yuan": True}, ["金额应为数字，单位元，最多两位小数"]),
        ({"yuan": "-0.01"}, ["金额不合理"]),
        ({"yuan": "1000000000000.01"}, ["金额不合理"]),
        ({"yuan": "NaN"}, ["金额应为数字，单位元，最多两位小数"]),
        ({"count": 0}, ["应在 1 到 10 之间"]),
        ({"count": 11}, ["应在 1 到 10 之间"]),
        ({"count": "3"}, ["应为整数"]),
        ({"count": 1.5}, ["应为整数"]),
        ({"flag": "true"}, ["应为 true 或 false"]),
        ({"flag": 1}, ["应为 true 或 false"]),
        ({"id": "7"}, ["编号格式不对"]),
        ({"unknown": 1}, ["不认识的字段"]),
        ({"facts": []}, ["格式不对"]),
        ({"many": 1}, ["应为列表"]),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, Any], told: list[str]) -> None:
    assert refused(**given) == told


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(Shape().fields)), ANY)
def test_whatever_comes_in_is_taken_or_told_in_chinese(name: str, junk: Any) -> None:
    try:
        Shape().load({name: junk})
    except ValidationError as refusal:
        for message in said(refusal.messages_dict):
            assert any("\u4e00" <= sign <= "\u9fff" for sign in message), message


def said(messages: Any) -> list[str]:
    """Every sentence in nested messages."""
    if isinstance(messages, dict):
        return [told for inner in messages.values() for told in said(inner)]
    if isinstance(messages, str):
        return [messages]
    return [told for inner in messages for told in said(inner)]


@given(st.integers(min_value=0, max_value=10**14))
def test_money_comes_back_as_it_went_out(fen: int) -> None:
    shown = Shape().dump({"yuan": fen})["yuan"]
    assert read(yuan=shown) == fen


@pytest.mark.parametrize("limit", ["٣", "３", " 3", "1_0", "+3", "3.0", "三", ""])
def test_a_page_size_is_written_in_plain_digits(limit: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PageQuery().load({"limit": limit})
    assert refusal.value.messages == {"limit": ["应为整数"]}


@pytest.mark.parametrize("limit", ["0", "-1", "201", "9" * 20])
def test_a_page_size_out_of_bounds_says_the_bounds(limit: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PageQuery().load({"limit": limit})
    assert refusal.value.messages == {"limit": ["应在 1 到 200 之间"]}


def test_a_page_size_in_plain_digits_is_taken() -> None:
    assert PageQuery().load({"limit": "3"})["limit"] == 3
