"""A rulebook's text is read and written the same again."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import routing
from config.routing_text import read, written

WORDS = st.text(max_size=12)
KEYS = st.text(min_size=1, max_size=8)
PLAIN = st.one_of(WORDS, st.booleans(), st.integers(-(2**40), 2**40), st.dates())
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_written_reads_the_same(table: dict[str, Any]) -> None:
    text = written(table)
    assert read(text) == table
    assert written(read(text)) == text


def test_the_shipped_rules_are_written_in_their_order() -> None:
    shipped = read(routing.DEFAULT.read_text("utf-8"))
    again = read(written(shipped))
    assert again == shipped
    assert [row["id"] for row in again["rule"]] == [row["id"] for row in shipped["rule"]]
    assert list(again) == list(shipped)


def test_a_value_is_spelled_in_one_way() -> None:
    table = {"a": 'x"\n', "b": {"c": [True, date(2026, 11, 2)]}, "d": [{"e": {"f 1": 3}}]}
    assert written(table) == (
        'a = "x\\"\\n"\n\n[b]\nc = [true, 2026-11-02]\n\n[[d]]\ne = { "f 1" = 3 }\n'
    )


def test_a_value_that_no_rulebook_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        written({"a": 1.5})
