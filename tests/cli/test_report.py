import json
from pathlib import Path

import pytest

from service.rules.calendar import Week
from tests.cli.conftest import Run

KINDS = ("html", "json", "txt", "xlsx")


@pytest.fixture
def _centre(run: Run) -> None:
    run("user", "create-admin", "root-1")


@pytest.mark.usefixtures("_centre")
def test_a_past_week_is_published_once_and_shown_the_same_ever_after(
    run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "letters"
    first = run("report", "weekly", "--week", "2026-W40", "--out", str(out))
    kept = {kind: (out / f"weekly-2026-W40.{kind}").read_bytes() for kind in KINDS}
    second = run("report", "weekly", "--week", "2026-W40", "--out", str(out))
    assert (first.exit_code, second.exit_code, first.stdout) == (0, 0, second.stdout)
    assert {kind: (out / f"weekly-2026-W40.{kind}").read_bytes() for kind in KINDS} == kept
    letter = json.loads(kept["json"])
    assert (letter["week"], letter["revision"], len(letter["sha256"])) == ("2026-W40", 1, 64)


@pytest.mark.usefixtures("_centre")
def test_a_week_that_still_runs_is_not_published(run: Run, tmp_path: Path) -> None:
    done = run("report", "weekly", "--week", "2199-W01", "--out", str(tmp_path / "letters"))
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)


def test_a_week_that_no_year_has_is_wrong_usage(run: Run) -> None:
    assert run("report", "weekly", "--week", "2025-W53").exit_code == 2
    assert str(Week.parse("2026-W53")) == "2026-W53"
