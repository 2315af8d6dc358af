"""Changing keys by command: the new one is on the disk first, and the old one can go then."""

import json
from pathlib import Path

import pytest

from config.settings import from_env
from service.app import create_app
from service.cli.deployment import Deployment
from service.gateways.keyring import key_id
from tests.cli.conftest import Run


@pytest.fixture
def kept(tmp_path: Path) -> Deployment:
    """A development of its own, with its keys in files."""
    given = {"FENGQIAO_DATA_DIR": str(tmp_path)}
    return Deployment(create_app, lambda: from_env(given))


def ids(path: Path) -> list[str]:
    """The ids of the keys in a file."""
    return [key_id(bytes.fromhex(line)).hex() for line in path.read_text().split()]


def test_a_rotation_makes_a_new_key_and_leaves_the_old_one_empty(
    run: Run, kept: Deployment, tmp_path: Path
) -> None:
    assert run("run-due", obj=kept).exit_code == 0
    path = tmp_path / "keys" / "data"
    (before,) = ids(path)
    done = run("keys", "rotate", "--json", obj=kept)
    told = json.loads(done.stdout)
    newest, oldest = ids(path)
    assert (done.exit_code, oldest, told["new"], told["key"]) == (0, before, [newest], newest)
    listed = json.loads(run("keys", "list", "--json", obj=kept).stdout)
    assert listed["data"] == {newest: 2, oldest: 0}
    path.write_text(path.read_text().split()[0])
    assert run("run-due", obj=kept).exit_code == 0


def test_a_key_taken_out_too_early_is_named_and_nothing_starts(
    run: Run, kept: Deployment, tmp_path: Path
) -> None:
    run("run-due", obj=kept)
    path = tmp_path / "keys" / "data"
    (before,) = ids(path)
    path.write_text("5f" * 31 + "0a")
    done = run("run-due", obj=kept)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: FENGQIAO_DATA_KEY 里没有编号为 {before} 的密钥，数据库里的数据要用它打开："
        "请把它放回去（排在新密钥之后）再启动\n"
    )


def test_the_index_key_changes_when_asked_and_the_data_key_stays_when_asked(
    run: Run, kept: Deployment, tmp_path: Path
) -> None:
    run("run-due", obj=kept)
    run("keys", "rotate", "--index", obj=kept)
    data, index = ids(tmp_path / "keys" / "data"), ids(tmp_path / "keys" / "index")
    assert (len(data), len(index)) == (2, 2)
    done = run("keys", "rotate", "--no-new", obj=kept)
    assert ids(tmp_path / "keys" / "data") == data
    assert done.stdout.splitlines() == [
        f"数据密钥 {data[0]}，索引密钥 {index[0]}，算法 aes-256-gcm",
        "共重新封存 0 项；取出旧密钥之前请看 fengqiao keys list",
    ]
    assert run("keys", "list", obj=kept).stdout.splitlines() == [
        f"数据密钥 {data[0]} 封着 2 项",
        f"数据密钥 {data[1]} 封着 0 项",
        f"索引密钥 {index[0]} 现用",
        f"索引密钥 {index[1]}",
    ]
