"""Cursors lead on, and one that was not made here is told so."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from service.desk import Desk
from service.errors import Invalid
from service.gateways.keyring import Keyring
from service.queries.page import (
    PLACE,
    as_day,
    as_id,
    as_instant,
    as_number,
    as_text,
    encode_cursor,
    read_cursor,
)

pytestmark = [
    pytest.mark.usefixtures("inside"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
ROW = UUID("6f1c1d1e-0f6b-4a8e-9d53-2f1c7a1b0c3d")
NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
OURS = Keyring(b"d" * 32, b"i" * 32)


@pytest.mark.parametrize(
    ("read", "put", "found"),
    [
        (as_instant, "2026-11-02T01:00:00+00:00", NINE),
        (as_instant, "2026-11-02T09:00:00+08:00", NINE),
        (as_instant, "1900-01-01T00:00:00+14:00", datetime(1899, 12, 31, 10, tzinfo=UTC)),
        (as_day, "2199-12-31", date(2199, 12, 31)),
        (as_id, str(ROW), ROW),
        (as_text, "王", "王"),
        (as_number, 0, 0),
        (as_number, 2**63 - 1, 2**63 - 1),
    ],
)
def test_a_cursor_says_what_was_put_into_it(
    read: Callable[[Any], Any], put: object, found: object
) -> None:
    assert read_cursor(encode_cursor([put]), read) == [found]


def test_each_value_is_read_by_its_own_reader() -> None:
    cursor = encode_cursor(["unread", NINE.isoformat(), str(ROW)])
    assert read_cursor(cursor, as_text, as_instant, as_id) == ["unread", NINE, ROW]


def in_clear(value: object) -> str:
    """A cursor that somebody else made."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def packed(value: object, keyring: Keyring = OURS) -> str:
    """A cursor of ours with something in it that we never put there."""
    sealed = keyring.seal_alike(json.dumps(value).encode(), PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def test_a_cursor_tells_nothing_of_the_row_it_ends_at() -> None:
    cursor = encode_cursor([NINE.isoformat(), str(ROW)])
    content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    told = [part for part in (b"2026", str(ROW)[:8].encode(), ROW.bytes) if part in content]
    assert (told, encode_cursor([NINE.isoformat(), str(ROW)])) == ([], cursor)


def test_a_changed_cursor_is_none() -> None:
    cursor = encode_cursor([1])
    for place in range(len(cursor) - 1):  # the last character has bits that mean nothing
        other = "A" if cursor[place] != "A" else "B"
        with pytest.raises(Invalid):
            read_cursor(cursor[:place] + other + cursor[place + 1 :], as_number)


def test_the_keys_of_the_application_seal(app: Flask) -> None:
    desk: Desk = app.extensions["fengqiao"]
    assert read_cursor(packed([7], desk.keyring), as_number) == [7]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "%%%",
        "王",
        "\0",
        packed({}),
        packed({"1": 2}),
        packed([]),
        packed([1, 2]),
        packed("1"),
        packed(None),
        "a" * 300,
        packed([1]) + "=" * 400,
        in_clear([1]),
        packed([1], Keyring(b"x" * 32, b"i" * 32)),
        packed([10**200]),
        "W1tb" * 10_000,
    ],
)
def test_anything_else_is_refused_at_its_field(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_cursor(cursor, as_number)
    assert refusal.value.fields == {"cursor": ["翻页标记不对，请从第一页重新打开"]}


@pytest.mark.parametrize(
    ("read", "put"),
    [
        (as_instant, "2026-11-02T09:00:00"),
        (as_instant, "0001-01-01T00:00:00+14:00"),
        (as_instant, "1899-12-31T23:59:59+00:00"),
        (as_instant, "2200-01-01T00:00:00+00:00"),
        (as_instant, "9999-12-31T23:59:59-14:00"),
        (as_instant, 1),
        (as_day, "2026-11-31"),
        (as_day, "0001-01-01"),
        (as_day, "1899-12-31"),
        (as_day, "2200-01-01"),
        (as_day, None),
        (as_id, "6f1c1d1e"),
        (as_id, 7),
        (as_text, "a\0b"),
        (as_text, "\ud800"),
        (as_text, ["a"]),
        (as_number, -1),
        (as_number, 2**63),
        (as_number, 1.0),
        (as_number, True),
        (as_number, "1"),
    ],
)
def test_no_reader_takes_what_a_database_would_choke_on(
    read: Callable[[Any], Any], put: object
) -> None:
    with pytest.raises(Invalid) as refusal:
        read_cursor(packed([put]), read)
    assert list(refusal.value.fields) == ["cursor"]
