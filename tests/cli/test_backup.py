"""Backup, verify, restore and export as an operator types them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.settings import Settings, sqlite_url
from service.cli.deployment import Deployment
from tests.cli.conftest import Kept, Run


@pytest.fixture
def other(settings: Settings, deployment: Deployment, tmp_path: Path) -> Deployment:
    """Another machine with the same keys."""
    folder = tmp_path / "other"
    moved = replace(settings, data_dir=folder, database_url=sqlite_url(folder))
    return Deployment(deployment.create_app, Kept(moved))


def test_what_is_backed_up_is_restored_elsewhere_equal(
    run: Run, other: Deployment, tmp_path: Path
) -> None:
    path, before, after = (str(tmp_path / name) for name in ("a.backup", "before", "after"))
    run("user", "create-admin", "root-1")
    assert run("export", "canonical", "--out", before).exit_code == 0
    made = run("backup", "create", path)
    proven = run("backup", "verify", path)
    restored = run("backup", "restore", path, obj=other)
    assert [each.exit_code for each in (made, proven, restored)] == [0, 0, 0]
    assert proven.stdout.startswith("验证通过：")
    run("export", "canonical", "--out", after, obj=other)
    assert Path(before).read_bytes() == Path(after).read_bytes()
    assert Path(after).stat().st_mode & 0o777 == 0o600
    told = [json.loads(line) for line in run("export", "canonical").stdout_bytes.splitlines()]
    assert {"user_account", "organisation", "alembic_version"} <= {each["table"] for each in told}


def test_a_wrong_key_and_a_damaged_file_are_told_in_one_line(
    run: Run, other: Deployment, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "a.backup"
    run("backup", "create", str(path))
    keyed = Deployment(other.create_app, Kept(replace(other.settings, backup_key=b"z" * 32)))
    wrong = run("backup", "restore", str(path), obj=keyed)
    path.write_bytes(path.read_bytes()[:-1])
    damaged = run("backup", "verify", str(path))
    assert (wrong.exit_code, damaged.exit_code) == (1, 1)
    assert "FENGQIAO_BACKUP_KEY" in wrong.stderr
    assert [len(each.stderr.splitlines()) for each in (wrong, damaged)] == [2, 2]  # and what it did


def test_a_restore_over_data_needs_the_word(
    run: Run, deployment: Deployment, tmp_path: Path
) -> None:
    from fengqiao import main  # noqa: PLC0415 -- loads the whole application

    path = str(tmp_path / "a.backup")
    run("user", "create-admin", "root-1")
    run("backup", "create", path)

    def replaced(typed: str) -> int:
        arguments = ["backup", "restore", path, "--replace"]
        return CliRunner().invoke(main, arguments, obj=deployment, input=typed).exit_code

    assert run("backup", "restore", path).exit_code == 1
    assert [replaced(typed) for typed in ("y\n", "", "替换\n")] == [1, 1, 0]


def test_a_missing_file_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert run("backup", "verify", str(tmp_path / "none")).exit_code == 2


def test_a_restore_is_done_by_the_role_that_owns_the_tables(
    run: Run, other: Deployment, empty_database_url: str, tmp_path: Path
) -> None:
    path = str(tmp_path / "a.backup")
    run("backup", "create", path)
    owned = other.settings.database_url
    given = replace(other.settings, database_url=empty_database_url, owner_database_url=owned)
    done = run("backup", "restore", path, obj=Deployment(other.create_app, Kept(given)))
    assert done.exit_code == 0
    assert run("db", "check", obj=other).exit_code == 0
