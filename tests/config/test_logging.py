"""A log says where it went wrong and what kind of error it was, never in the error's words."""

import json
import logging
import sys

from config.logging import JsonLines

SAID = "白桦生 19900000777"


class Refused(Exception):
    """An error of a database driver."""

    sqlstate = "23514"


def line() -> str:
    """What is logged of one error that led to another."""
    try:
        try:
            raise Refused(f"Failing row contains ({SAID})")
        except Refused as refusal:
            raise ValueError(SAID) from refusal
    except ValueError:
        record = logging.LogRecord("service", 40, "x", 1, "failed", (), sys.exc_info())
    return JsonLines().format(record)


def test_the_words_of_an_error_stay_out() -> None:
    assert [word for word in SAID.split() if word in line()] == []


def test_the_kinds_and_the_place_are_told_from_first_to_last() -> None:
    told = [each for each in json.loads(line())["trace"].splitlines() if each[0] != " "]
    assert told == [f"{__name__}.Refused 23514", "builtins.ValueError"]
    assert json.loads(line())["trace"].count("in line") == 2
