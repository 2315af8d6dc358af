"""A production that is not safe does not start: exit 1, a line for each reason, never a value."""

import hashlib
import os
import resource
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import from_env
from models import User, migrate, transaction
from service.app import create_app
from service.cli.deployment import Deployment
from service.queries.user import by_username
from tests.cli.conftest import Kept, Run, free_port

REFUSES_WITHIN_S = 10
SECRETS = {
    name: hashlib.sha256(name.encode()).hexdigest()
    for name in ("SECRET", "DATA", "INDEX", "AUDIT", "BACKUP")
}
COMMANDS = [("serve", "--port", "{port}"), ("up", "--port", "{port}"), ("worker",)]


def safe(folder: Path, database_url: str) -> dict[str, str]:
    """An environment a production may start in."""
    return {
        "FENGQIAO_ENV": "production",
        "FENGQIAO_DATA_DIR": str(folder / "data"),
        "FENGQIAO_DATABASE_URL": database_url,
        "FENGQIAO_ALLOW_SQLITE": "1",
        "FENGQIAO_ALLOWED_HOSTS": "centre.example",
        "FENGQIAO_TRUSTED_PROXIES": "none",
        "FENGQIAO_MAIL_FROM": "centre@town.example",
        "FENGQIAO_ANCHOR_PATH": str(folder / "anchors"),
        **{f"FENGQIAO_{name}_KEY": value for name, value in SECRETS.items()},
    }


def deployed(environ: dict[str, str]) -> Deployment:
    return Deployment(create_app, lambda: from_env(environ))


def asked(command: tuple[str, ...]) -> list[str]:
    return [word.format(port=free_port()) for word in command]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    "changes",
    [
        {"FENGQIAO_SECRET_KEY": None},
        {"FENGQIAO_SECRET_KEY": "5ecret"},
        {"FENGQIAO_DATA_KEY": "64" * 32},
        {"FENGQIAO_INDEX_KEY": SECRETS["DATA"]},
        {"FLASK_DEBUG": "1"},
        {"FLASK_TESTING": "1"},
        {"FENGQIAO_ALLOW_SQLITE": None},
        {"FENGQIAO_COOKIE_SECURE": "off"},
        {"FENGQIAO_TRUSTED_PROXIES": None},
        {"FENGQIAO_ALLOWED_HOSTS": None},
        {"FENGQIAO_MAIL_FROM": None},
        {"FENGQIAO_NOW": "2026-01-01T00:00:00Z"},
        {"LD_PRELOAD": "libfaketime.so.1"},
        {"FENGQIAO_ANCHOR_PATH": None},
        {"FENGQIAO_ANCHOR_PATH": "/proc/no/anchors"},
    ],
    ids=lambda changes: "=".join(map(str, *changes.items())),
)
def test_each_unsafe_setting_is_named_in_one_line(
    run: Run,
    tmp_path: Path,
    database_url: str,
    command: tuple[str, ...],
    changes: dict[str, str | None],
) -> None:
    given = safe(tmp_path, database_url)
    merged = {name: text for name, text in (given | changes).items() if text is not None}
    done = run(*asked(command), obj=deployed(merged))
    (name,) = changes
    (line,) = done.stderr.splitlines()
    assert (done.exit_code, done.stdout) == (1, "")
    assert name in line or ("_KEY" in name and "FENGQIAO_*_KEY" in line)
    assert not [value for value in changes.values() if value and len(value) > 5 and value in line]
    assert not [value for value in SECRETS.values() if value in line]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_schema_that_is_behind_is_refused(
    run: Run, tmp_path: Path, database_url: str, command: tuple[str, ...]
) -> None:
    given = deployed(safe(tmp_path, database_url))
    run("db", "downgrade", obj=given)
    done = run(*asked(command), obj=given)
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: 数据库结构不是最新的：请先运行 fengqiao db upgrade\n",
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_account_without_a_password_is_named(
    run: Run, tmp_path: Path, database_url: str, command: tuple[str, ...]
) -> None:
    given = deployed(safe(tmp_path, database_url))
    assert run("user", "create-admin", "root-1", obj=given).exit_code == 0
    with given.app().app_context(), transaction() as session:
        made = by_username("root-1")
        assert made is not None
        session.get_one(User, made.user_id).password_hash = ""
    done = run(*asked(command), obj=given)
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: 不能启动：账户 root-1 的密码是空的或者一猜就中，请先重设\n",
    )


def test_every_reason_is_told_at_once_and_within_seconds(
    program: list[str], tmp_path: Path, database_url: str
) -> None:
    whole = safe(tmp_path, database_url)
    given = {name: text for name, text in whole.items() if "HOSTS" not in name}
    given |= {"FENGQIAO_DATA_KEY": "00" * 32, "FLASK_DEBUG": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FENGQIAO_")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*program, "serve"], env=kept | given, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < REFUSES_WITHIN_S  # of the processor: others may use it meanwhile
    assert (done.returncode, done.stdout) == (1, "")
    lines = [line.removeprefix("Error: ") for line in done.stderr.splitlines()]
    assert [line.removeprefix("环境变量有误：").split()[0] for line in lines] == [
        "FENGQIAO_DATA_KEY",
        "FLASK_DEBUG",
        "FENGQIAO_ALLOWED_HOSTS",
    ]


def test_the_owner_s_address_is_used_where_tables_change_and_nowhere_else(
    run: Run, deployment: Deployment, empty_database_url: str, tmp_path: Path
) -> None:
    owners = f"sqlite:///{tmp_path / 'owned.db'}"
    both = replace(deployment.settings, database_url=empty_database_url, owner_database_url=owners)
    given = Deployment(create_app, Kept(both))
    assert run("db", "upgrade", obj=given).exit_code == 0
    done = run("db", "check", obj=given)
    assert done.stderr == f"Error: 数据库结构落后：现为 空，最新为 {migrate.head()}\n"
    own = Deployment(create_app, Kept(replace(both, database_url=owners)))
    assert run("db", "check", obj=own).exit_code == 0
