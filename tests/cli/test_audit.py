"""At the terminal: is the trail whole, in an exit code and one line; and where does it end."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from tests.cli.conftest import Run
from tests.factories.trail import anchored, forging, written

pytestmark = pytest.mark.usefixtures("trail")


@pytest.fixture
def trail(app: Flask, settings: Settings) -> None:
    """Seven entries with one anchor after six."""
    with app.app_context():
        written(6)
        anchored(settings.anchors, minutes=60)


def forge(app: Flask, statement: str) -> None:
    with app.app_context(), forging() as connection:
        connection.execute(sa.text(statement))


def test_a_whole_trail_is_told_with_its_length_and_anchors(run: Run) -> None:
    done = run("audit", "verify")
    assert (done.exit_code, done.stdout) == (0, "审计记录完整：共 7 条，锚点 1 个\n")


def test_a_changed_entry_is_named_and_ends_in_one(app: Flask, run: Run) -> None:
    forge(app, "UPDATE audit_entry SET actor_name = '乙' WHERE seq = 3")
    done = run("audit", "verify")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "审计记录被改动：第 3 条，内容被改动；之前的 2 条核对无误\n"


def test_a_cut_end_ends_in_two(app: Flask, run: Run) -> None:
    forge(app, "DELETE FROM audit_entry WHERE seq > 4")
    done = run("audit", "verify")
    assert (done.exit_code, done.stderr.partition("；")[0]) == (
        2,
        "审计记录的末尾被截去：第 5 条，末尾的记录不见了",
    )


def test_a_file_of_anchors_that_says_otherwise_ends_in_three(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_text(settings.anchors.read_text().replace('"seq": 6', '"seq": 5'))
    done = run("audit", "verify", "--anchors", str(copy), "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["verdict"], told["first_bad"]) == (3, "anchor_mismatch", 5)


def test_without_a_file_of_anchors_the_trail_alone_is_looked_at(
    run: Run, settings: Settings
) -> None:
    settings.anchors.unlink()
    done = run("audit", "verify")
    assert (done.exit_code, done.stdout) == (
        0,
        "审计记录完整：共 7 条，没有锚点文件，只核对了记录本身\n",
    )


def test_a_file_that_is_not_there_is_wrong_usage(run: Run) -> None:
    assert run("audit", "verify", "--anchors", "/nowhere").exit_code == 2


def test_the_end_of_the_trail_is_written_down_when_asked(run: Run, settings: Settings) -> None:
    done = run("audit", "anchor")
    (_, line) = settings.anchors.read_text().splitlines()
    told = json.loads(line)
    assert (done.exit_code, told["seq"], sorted(told)) == (0, 7, ["at", "hash", "seq"])
    assert done.stdout == f"审计锚点：第 7 条 {told['hash'][:16]}\n"
    assert run("audit", "verify").exit_code == 0


def test_no_anchor_is_written_under_a_trail_that_is_not_the_anchored_one(
    app: Flask, run: Run, settings: Settings
) -> None:
    before = settings.anchors.read_text()
    forge(app, "UPDATE audit_entry SET hash = prev_hash WHERE seq = 6")
    done = run("audit", "anchor")
    assert (done.exit_code, settings.anchors.read_text()) == (1, before)
    assert "第 6 条不符" in done.stderr
