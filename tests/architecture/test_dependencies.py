"""The lock files: complete, hashed, silent about where packages come from, enough to run on."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source import PRODUCT, parsed, product_files, read

LOCKS = ["requirements.lock", "requirements-run.lock"]
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ \\;]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pinned(name: str) -> dict[str, str]:
    """The versions of one lock file by package."""
    matches = map(PINNED.match, read(Path(name)).splitlines())
    return {match[1]: match[2] for match in matches if match}


def imported() -> Iterator[str]:
    """The first name of every import of the product that is not our own nor Python's."""
    own = {name.removesuffix(".py") for name in PRODUCT} | set(sys.stdlib_module_names)
    for path in product_files():
        for node in ast.walk(parsed(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            yield from (name.split(".")[0] for name in names if name.split(".")[0] not in own)


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml", "Makefile", ".ci/run"])
def test_no_file_of_the_set_up_names_an_address(name: str) -> None:
    assert [line for line in read(Path(name)).splitlines() if "://" in line] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_is_pins_and_hashes_and_nothing_else(name: str) -> None:
    lines = read(Path(name)).splitlines()
    assert [line for line in lines if not PINNED.match(line) and not HASH.match(line)] == []


def test_the_service_runs_on_the_versions_that_were_tested() -> None:
    tested = pinned("requirements.lock")
    run = pinned("requirements-run.lock")
    assert run == {name: tested[name] for name in run}


def test_the_product_imports_nothing_that_only_the_tests_install() -> None:
    owners = packages_distributions()
    run = pinned("requirements-run.lock")
    found = {
        name
        for name in imported()
        if not any(re.sub(r"[-_.]+", "-", owner).lower() in run for owner in owners.get(name, []))
    }
    assert found == set()
