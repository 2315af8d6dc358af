from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from models import migrate
from service.cli.deployment import Deployment
from tests.cli.conftest import Kept, Run
from tests.factories.dispute import registered
from tests.factories.office import Office


@pytest.fixture
def bare(deployment: Deployment, empty_database_url: str, tmp_path: Path) -> Deployment:
    """The service over a database with nothing in it."""
    settings = Settings.for_test(tmp_path, database_url=empty_database_url)
    return Deployment(deployment.create_app, Kept(settings))


def test_check_says_whether_the_schema_is_the_newest(run: Run, bare: Deployment) -> None:
    assert run("db", "check", obj=bare).exit_code == 1
    assert run("db", "upgrade", obj=bare).exit_code == 0
    done = run("db", "check", obj=bare)
    assert (done.exit_code, done.stdout) == (0, f"数据库结构已是最新：{migrate.head()}\n")


def test_an_upgrade_indexes_the_newest_of_the_disputes_that_are_there(
    run: Run, office: Office
) -> None:
    with office.app.app_context():
        registered(office)
    run("db", "downgrade", "0001")
    done = run("db", "upgrade")
    assert done.stdout.splitlines()[1:] == ["已为最新的 1 件纠纷补上检索词，其余由后台作业补齐"]
    assert run("db", "upgrade").stdout.splitlines()[1:] == []


def test_downgrade_goes_back_to_nothing(run: Run, bare: Deployment) -> None:
    run("db", "upgrade", obj=bare)
    assert run("db", "downgrade", "base", obj=bare).exit_code == 0
    done = run("db", "check", obj=bare)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"Error: 数据库结构落后：现为 空，最新为 {migrate.head()}\n"


def test_a_missing_schema_is_made_in_development(run: Run, bare: Deployment) -> None:
    assert run("run-due", obj=bare).exit_code == 0
    assert run("db", "check", obj=bare).exit_code == 0


def test_a_missing_schema_is_refused_in_production(run: Run, bare: Deployment) -> None:
    grave = Deployment(bare.create_app, Kept(replace(bare.settings, env="production")))
    done = run("run-due", obj=grave)
    assert done.exit_code == 1
    assert done.stderr == "Error: 数据库结构不是最新的：请先运行 fengqiao db upgrade\n"


def test_a_database_written_under_another_key_is_refused(run: Run, bare: Deployment) -> None:
    assert run("run-due", obj=bare).exit_code == 0
    other = Deployment(bare.create_app, Kept(replace(bare.settings, data_keys=(b"x" * 32,))))
    done = run("run-due", obj=other)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "FENGQIAO_DATA_KEY" in done.stderr
