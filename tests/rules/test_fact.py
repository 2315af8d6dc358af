"""Facts are known names with values of the right kind; anything else is told at its name."""

from datetime import date

import pytest

from config.facts import FACTS
from service.errors import Invalid
from service.rules.fact import checked


def test_facts_are_read_into_their_kinds() -> None:
    given = {"danger": True, "injury": "slight", "served_on": "2026-10-08", "repeat": False}
    assert checked(given) == {
        "danger": True,
        "injury": "slight",
        "served_on": date(2026, 10, 8),
        "repeat": False,
    }


def test_a_fact_given_as_null_is_unknown_and_left_out() -> None:
    assert checked({"danger": None}) == {}


def test_every_wrong_fact_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        checked({"dangr": True, "danger": "yes", "served_on": "soon", "school": True})
    assert refusal.value.fields == {
        "facts.dangr": ["没有这个案情要素"],
        "facts.danger": ["“现实危险”应为：是或否"],
        "facts.served_on": [f"“{label_of('served_on')}”应为日期，如 2026-09-22"],
    }


@pytest.mark.parametrize("day", [20261008, 20261008.0, True, ["2026-10-08"], {}])
def test_a_day_is_text_and_nothing_else(day: object) -> None:
    with pytest.raises(Invalid) as refusal:
        checked({"served_on": day})
    assert list(refusal.value.fields) == ["facts.served_on"]


def test_the_path_says_whose_facts_they_are() -> None:
    with pytest.raises(Invalid) as refusal:
        checked({"nonsense": 1}, "matters.1.facts")
    assert list(refusal.value.fields) == ["matters.1.facts.nonsense"]


@pytest.mark.parametrize("raw", [1, 0, "true", "", [], {}, 1.0])
def test_what_merely_looks_like_true_is_not(raw: object) -> None:
    with pytest.raises(Invalid):
        checked({"danger": raw})


@pytest.mark.parametrize("raw", ["Slight", "轻微伤", "", True, 1, ["slight"]])
def test_a_choice_is_one_of_its_words(raw: object) -> None:
    with pytest.raises(Invalid):
        checked({"injury": raw})


def label_of(name: str) -> str:
    """The label of a fact in the table."""
    return FACTS[name].label


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_reaches_is_refused(day: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked({"infringed_on": day})
    assert list(refusal.value.fields) == ["facts.infringed_on"]
    assert checked({"infringed_on": "2199-12-31"}) == {"infringed_on": date(2199, 12, 31)}
