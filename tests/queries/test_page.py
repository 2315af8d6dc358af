"""Cursors lead on, and one that was not made here is told so."""

import base64
import json

import pytest

from service.errors import Invalid
from service.queries.page import decode_cursor, encode_cursor


@pytest.mark.parametrize("values", [[1], ["2026-11-02", "x"], ["王", None, 3]])
def test_a_cursor_says_what_was_put_into_it(values: list[object]) -> None:
    assert decode_cursor(encode_cursor(values), len(values)) == values


def packed(value: object) -> str:
    """A cursor that somebody else made."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "%%%",
        "王",
        "\0",
        packed({}),
        packed([1, 2]),
        packed("a"),
        packed(None),
        "a" * 300,
    ],
)
def test_anything_else_is_refused_at_its_field(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode_cursor(cursor, 1)
    assert list(refusal.value.fields) == ["cursor"]
