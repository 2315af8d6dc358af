"""Two things are done in one place only: committing, and asking the time."""

import re
from pathlib import Path

from tests.architecture.source import calls, parsed, product_files

COMMITS_IN = Path("models/base.py")
CLOCK = Path("service/clock.py")
ASKS_THE_TIME = re.compile(
    r"(^|\.)(datetime|date|func)\.(now|utcnow|today|current_timestamp|current_date)$"
    r"|^time\.(time|time_ns|localtime|gmtime|ctime)$"
    r"|^(utcnow|time_ns)$"
)


def test_only_the_base_of_the_models_commits() -> None:
    found = {
        f"{path}:{line}"
        for path in product_files()
        if path != COMMITS_IN
        for name, line in calls(path)
        if name.endswith(".commit")
    }
    assert found == set()


def test_only_the_clock_asks_the_time() -> None:
    found = {
        f"{path}:{line} {name}"
        for path in product_files()
        if path != CLOCK
        for name, line in calls(path)
        if ASKS_THE_TIME.search(name)
    }
    assert found == set()


def test_nobody_hides_the_time_behind_another_name() -> None:
    found = {
        f"{path}:{node.lineno}"
        for path in product_files()
        for node in parsed(path).body
        if getattr(node, "module", None) == "time"
    }
    assert found == set()


def test_both_places_are_where_this_test_looks() -> None:
    assert any(name.endswith(".commit") for name, _ in calls(COMMITS_IN))
    assert any(ASKS_THE_TIME.search(name) for name, _ in calls(CLOCK))
