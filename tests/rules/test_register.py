"""The log counts what the register lists: visits once, matters each, mistakes and turned apart."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from config.vocabulary import DisputeStatus, Outcome, Source
from service.errors import Invalid
from service.rules import register
from service.rules.register import Entry, EntryKind

MONDAY = date(2026, 11, 2)
K = EntryKind


def entry(visit: int, **changes: Any) -> Entry:
    """A dispute of the `visit`-th visit at nine; what is named is otherwise."""
    told: dict[str, Any] = {
        "visit": UUID(int=visit),
        "kind": K.DISPUTE,
        "id": UUID(int=visit),
        "number": f"LXZ2026-{visit:05d}",
        "on": MONDAY,
        "at": datetime(2026, 11, 2, 9, 0),  # noqa: DTZ001 -- the rule takes local time as it is
        "visitor": "王**",
        "people": 1,
        "category": "neighbour",
        "matter": "",
        "source": Source.WALK_IN,
        "unit": "柳溪镇综治中心",
        "clerk": "甲",
        "status": DisputeStatus.REGISTERED,
    }
    return Entry(**told | changes)


MISTAKEN = {"status": DisputeStatus.CLOSED, "outcome": Outcome.MISTAKEN}


def test_no_day_is_today_and_one_day_is_one_day() -> None:
    tuesday = date(2026, 11, 3)
    assert register.span(None, None, tuesday) == (tuesday, tuesday)
    assert register.span(MONDAY, None, tuesday) == (MONDAY, MONDAY)
    assert register.span(None, MONDAY, tuesday) == (MONDAY, MONDAY)


def test_thirty_one_days_are_the_most() -> None:
    assert register.span(date(2026, 10, 1), date(2026, 10, 31), MONDAY)[1] == date(2026, 10, 31)
    with pytest.raises(Invalid) as refusal:
        register.span(date(2026, 10, 1), date(2026, 11, 1), MONDAY)
    assert refusal.value.fields == {"to": ["一次最多看 31 天"]}


def test_days_that_run_backwards_are_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        register.span(MONDAY, date(2026, 11, 1), MONDAY)
    assert refusal.value.fields == {"to": ["结束日期不能早于开始日期"]}


def test_several_matters_of_a_visit_have_one_place_in_the_register() -> None:
    entries = [entry(7), entry(7), entry(3)]
    assert list(register.places(entries).values()) == [1, 2]


def test_a_visit_counts_once_and_its_matters_each() -> None:
    counts = register.counted([entry(1), entry(1), entry(2, source=Source.PHONE)])
    assert (counts.visits, counts.walk_in, counts.phone, counts.disputes) == (2, 1, 1, 3)


def test_what_is_neither_a_visit_nor_a_call_came_from_elsewhere() -> None:
    counts = register.counted([entry(1, source=Source.GRID), entry(2, source=Source.PETITION)])
    assert (counts.visits, counts.walk_in, counts.phone, counts.elsewhere) == (2, 0, 0, 2)


def test_a_mistaken_registration_counts_only_as_such() -> None:
    wrong = entry(1, **MISTAKEN, people=9, urgent=True)
    counts = register.counted([wrong, entry(2)])
    told = (counts.visits, counts.disputes, counts.void, counts.collective, counts.urgent)
    assert told == (1, 1, 1, 0, 0)
    assert [line.visits for line in counts.hours] == [1]


def test_a_consultation_that_became_a_dispute_counts_with_the_dispute() -> None:
    entries = [
        entry(1, kind=K.TURNED, status=None),
        entry(2, kind=K.CONSULTATION, status=None),
        entry(3),
    ]
    counts = register.counted(entries)
    assert (counts.visits, counts.disputes, counts.consultations, counts.turned) == (2, 1, 1, 1)


def test_five_people_are_a_collective_visit_and_four_are_not() -> None:
    entries = [entry(1, people=5), entry(1, people=5), entry(2, people=4), entry(3, people=None)]
    assert register.counted(entries).collective == 1


def test_declined_and_dangerous_ones_are_told_beside() -> None:
    declined = entry(1, status=DisputeStatus.CLOSED, outcome=Outcome.DECLINED)
    counts = register.counted([declined, entry(2, urgent=True)])
    assert (counts.disputes, counts.declined, counts.urgent) == (2, 1, 1)


def test_lines_are_by_hour_and_by_clerk() -> None:
    noon = datetime(2026, 11, 2, 12, 0)  # noqa: DTZ001 -- the rule takes local time as it is
    entries = [
        entry(1),
        entry(2, at=noon, clerk="乙"),
        entry(3, at=noon, kind=K.CONSULTATION, status=None),
        entry(4, at=None),
    ]
    counts = register.counted(entries)
    assert [(line.label, line.visits) for line in counts.hours] == [
        ("09:00–10:00", 1),
        ("12:00–13:00", 2),
        ("时间未记", 1),
    ]
    by_clerk = [
        (line.label, line.visits, line.disputes, line.consultations) for line in counts.clerks
    ]
    assert by_clerk == [("乙", 1, 1, 0), ("甲", 3, 2, 1)]
    assert register.halves(counts) == (1, 2)


def test_nothing_counts_as_nothing() -> None:
    counts = register.counted([])
    assert (counts.visits, counts.hours, register.halves(counts)) == (0, (), (0, 0))
