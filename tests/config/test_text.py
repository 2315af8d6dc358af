"""Text at the edge: what is kept, what is dropped, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text import Malformed, clean_line, clean_text, holds_private_number


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  张三\t借款 \n", "张三\t借款"),
        ("第一行\r\n第二行\r第三行\u2028第四行", "第一行\n第二行\n第三行\n第四行"),
        ("e\u0301", "\u00e9"),
        ("张\u202e三\u202c\u200f\ufeff", "张三"),
        ("\u1820\u180b\u200d\u1820\u202f\u182d", "\u1820\u180b\u200d\u1820\u202f\u182d"),
        ("𬭸\ue001", "𬭸\ue001"),
        ("", ""),
    ],
)
def test_text_is_cleaned_and_never_reworded(written: str, kept: str) -> None:
    assert clean_text(written) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("a\x00b", "control"),
        ("a\x1bb", "control"),
        ("a\x9fb", "control"),
        ("a\ud800b", "surrogate"),
        ("a\uffffb", "non-character"),
        ("a\U0002fffeb", "non-character"),
        ("四个字长", "too-long"),
        ("𬭸" * 3, "too-long"),
    ],
)
def test_text_that_cannot_be_stored_is_refused(written: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        clean_text(written, limit=3)

    assert refused.value.code == code


def test_a_line_has_no_breaks_and_single_spaces() -> None:
    assert clean_line(" 某 \n\t 公司 ") == "某 公司"


@given(st.text(st.characters(exclude_categories=[])))
def test_clean_text_is_a_fixed_point_or_a_refusal(written: str) -> None:
    try:
        cleaned = clean_text(written)
    except Malformed:
        return

    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "150525198503120113",
        "王五 150525199001011234",
        "15052519850312011",
        "电话13947511223",
        "139 4751 1223",
        "１３９４７５１１２２３",
        "身份证150525198503120113。",
    ],
)
def test_a_number_of_a_person_is_known_in_what_is_typed(text: str) -> None:
    assert holds_private_number(text)


@pytest.mark.parametrize(
    "text",
    ["QLS2026-00001", "QLS2026-1000001", "张三 1234", "0475-1234567"[:8], "去年欠2180元", ""],
)
def test_our_own_numbers_and_sums_are_no_such_thing(text: str) -> None:
    assert not holds_private_number(text)
