"""Every date of the cases, whatever the machine's clock and time zone are set to."""

import os
import re
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config import policy
from config.vocabulary import ClockChangeKind, ClockChangeState, ClockEnd, Step, TimeUnit
from service.rules.calendar import Week, WorkCalendar, office_date
from service.rules.clock import (
    Change,
    Run,
    days_left,
    ended_by,
    is_late,
    promised,
    promised_at,
)
from service.rules.ladder import climb
from tests.factories.routing import CASES as REQUESTS
from tests.factories.routing import cases as requests

POLICY = policy.load()
CALENDAR = WorkCalendar(POLICY.holidays)
ZONE = ZoneInfo("Asia/Shanghai")
HERE = Path(__file__)
CASES = HERE.parents[1] / "data" / "deadline_cases.toml"
GIVEN = HERE.parents[3] / "shared" / "cases.md"
ARROW = re.compile(r"(?:->|→)\s*\**(\d{4}-\d{2}-\d{2})")


def rows() -> list[tuple[str, dict[str, Any]]]:
    cases = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    return [(case["id"], row) for case in cases for row in case["due"]]


def run_of(row: dict[str, Any]) -> Run:
    rule, start = POLICY.clocks[row["rule"]], row["from"]
    granted = Change(
        ClockChangeKind.EXTEND,
        ClockChangeState.GRANTED,
        next(iter(rule.extends), ""),
        length=row.get("extended", 0),
    )
    return Run(rule, start, changes=(granted,), stated_on=row.get("letter"))


@pytest.mark.parametrize(
    ("case", "row"), rows(), ids=lambda each: each if str(each) == each else ""
)
def test_a_case_is_due_on_its_day(case: str, row: dict[str, Any]) -> None:
    rule = POLICY.clocks[row["rule"]]
    if rule.unit is TimeUnit.HOUR:
        instant = row["from"]
        assert promised_at(Run(rule, instant.date(), start_at=instant)).due_at == row["due"]
        return

    found = promised(run_of(row), CALENDAR)

    assert found is not None
    assert (found.raw_due_on, found.due_on) == (row.get("raw", row["due"]), row["due"])
    assert found.provisional is row.get("provisional", False)


def test_every_date_of_the_given_cases_is_among_ours() -> None:
    if not GIVEN.exists():
        pytest.skip("the given cases are not beside the checkout")
    ours = {
        f"{day:%Y-%m-%d}" for _, row in rows() for day in (row["due"], row.get("raw", row["due"]))
    }

    given = set(ARROW.findall(GIVEN.read_text(encoding="utf-8")))

    assert len(given) > 20
    assert given - ours == set()


def test_every_deadline_of_the_given_requests_is_among_ours() -> None:
    ours = {(case, row["rule"], str(row["due"])) for case, row in rows()}
    given = {
        (case["id"], rule, due)
        for case in requests(REQUESTS)  # a copy that test_routing_cases holds to the given
        if case["id"].startswith("C")
        for each in (case["expect"], *case["expect"].get("parts", ()))
        for rule, due in each.get("deadlines", {}).items()
    }

    assert len(given) > 14
    assert given - ours == set()


def test_the_open_remedy_of_case_c10_has_one_day_left() -> None:
    found = promised(Run(POLICY.clocks["REC.APPLY"], date(2026, 9, 18)), CALENDAR)

    assert found is not None
    assert days_left(found.due_on, date(2026, 11, 16)) == 1
    assert not is_late(found.due_on, today=date(2026, 11, 17), paused=False)


def test_the_withdrawn_dispute_of_case_c18_has_no_term_any_more() -> None:
    assert ended_by(Step.WITHDRAW, POLICY.clocks["PM.DEFAULT"].kind) is ClockEnd.WITHDRAWN


def test_the_reply_of_letter_l2_comes_a_day_late() -> None:
    due = date(2026, 11, 30)

    assert is_late(due, today=date(2026, 12, 20), paused=False, done_on=date(2026, 12, 1))
    assert not is_late(due, today=date(2026, 12, 20), paused=False, done_on=due)


def test_letter_l2_is_told_of_five_times() -> None:
    rungs = POLICY.ladder.by_id["suggestion"]

    found = climb(rungs, date(2026, 9, 30), date(2026, 11, 30), CALENDAR, POLICY.ladder, zone=ZONE)

    assert [(each.step, each.at.astimezone(ZONE).date()) for each in found] == [
        ("T-30", date(2026, 10, 30)),  # the 31st is a Saturday
        ("T-15", date(2026, 11, 13)),
        ("T-7", date(2026, 11, 23)),
        ("T-1", date(2026, 11, 27)),
        ("T", date(2026, 11, 30)),
    ]


def test_the_last_days_of_2026_lie_in_its_week_53() -> None:
    found = promised(Run(POLICY.clocks["SLA.ACCEPT"], date(2026, 12, 28)), CALENDAR)

    assert found is not None
    assert str(Week.of(found.due_on)) == "2026-W53"
    assert str(Week.of(date(2027, 1, 3))) == "2026-W53"
    assert str(Week.of(date(2027, 1, 4))) == "2027-W01"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), date(2027, 1, 1)),  # midnight at the office
        (datetime(2024, 2, 28, 16, tzinfo=UTC), date(2024, 2, 29)),
        (datetime(2026, 7, 1, 16, tzinfo=UTC), date(2026, 7, 2)),  # no summer time
    ],
)
def test_the_offices_date_turns_at_its_own_midnight(instant: datetime, day: date) -> None:
    assert office_date(instant, ZONE) == day
    elsewhere = instant.astimezone(ZoneInfo("America/New_York"))
    assert office_date(elsewhere, ZONE) == day


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_machines_time_zone_moves_no_date(zone: str) -> None:
    """All of this file but this test, in a process whose clock stands elsewhere."""
    root = HERE.parents[2]
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE)]
    done = subprocess.run(
        [*program, "-k", "not machines_time_zone"],
        cwd=root,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
