"""Things done in one place only: committing, asking the time, the dialects, reading cursors."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import calls, parsed, product_files, read

COMMITS_IN = Path("models/base.py")
ENDS_READING = Path("models/prepared.py")  # what only read has nothing to commit
CLOCK = Path("service/clock.py")
DIALECTS = "sqlalchemy.dialects"
CURSORS = Path("service/queries/page.py")
BROKEN_CURSOR = "翻页标记"
ASKS_THE_TIME = re.compile(
    r"(^|\.)(datetime|date|func)\.(now|utcnow|today|current_timestamp|current_date)$"
    r"|^time\.(time|time_ns|localtime|gmtime|ctime)$"
    r"|^(utcnow|time_ns)$"
)


def test_only_the_base_of_the_models_commits() -> None:
    found = {
        f"{path}:{line}"
        for path in product_files()
        if path not in (COMMITS_IN, ENDS_READING)
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


def imported(path: Path) -> Iterator[str]:
    """Every module one file imports, wherever in the file, with what it takes from it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_only_the_models_know_one_database_from_another() -> None:
    found = {
        f"{path} {name}"
        for path in product_files()
        if path.parts[0] != "models"
        for name in imported(path)
        if name.startswith(DIALECTS)
    }
    assert found == set()


def test_only_the_pages_of_a_list_refuse_a_cursor() -> None:
    assert [path for path in product_files() if BROKEN_CURSOR in read(path)] == [CURSORS]


def test_the_places_are_where_this_test_looks() -> None:
    assert any(name.endswith(".commit") for name, _ in calls(COMMITS_IN))
    assert any(ASKS_THE_TIME.search(name) for name, _ in calls(CLOCK))
    assert any(name.startswith(DIALECTS) for name in imported(COMMITS_IN))
