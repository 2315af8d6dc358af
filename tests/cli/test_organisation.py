import json
from pathlib import Path

from service.cli.deployment import Deployment
from service.queries import organisation as organisations
from tests.cli.conftest import Run

HEAD = "名称,类别,上级,地址,电话\n"


def written(tmp_path: Path, text: str, encoding: str = "utf-8-sig") -> str:
    file = tmp_path / "units.csv"
    file.write_text(HEAD + text, encoding=encoding)
    return str(file)


def names(deployment: Deployment) -> list[str]:
    with deployment.open():
        return [each.name for each in organisations.active()]


def test_a_list_is_tried_and_then_written_once(
    run: Run, deployment: Deployment, tmp_path: Path
) -> None:
    file = written(tmp_path, "东村,,镇政府甲\n镇政府甲,镇政府,,镇东街,\n", "gb18030")
    tried = run("organisation", "import", file)
    assert tried.stdout.splitlines()[-2:] == [
        "共 2 行：新增 2，已有 0，有误 0",
        "这是试读，没有写入；加 --commit 导入",
    ]
    assert names(deployment) == []
    assert run("organisation", "import", file, "--commit").stdout.endswith("已登记 2 个单位\n")
    assert names(deployment) == ["东村", "镇政府甲"]
    again = json.loads(run("organisation", "import", file, "--commit", "--json").stdout)
    assert (again["counts"], again["made"]) == ({"rows": 2, "ok": 0, "known": 2, "error": 0}, 0)


def test_wrong_rows_are_told_with_line_and_column_and_keep_all_out(
    run: Run, deployment: Deployment, tmp_path: Path
) -> None:
    file = written(tmp_path, "东村,\n西村,学校\n")
    done = run("organisation", "import", file, "--commit")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "第 3 行 第 2 列 有误：没有“学校”这个类别",
        "共 2 行：新增 1，已有 0，有误 1",
        "有误的改好之前，一行也不写入",
    ]
    assert names(deployment) == []


def test_what_is_no_list_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    done = run("organisation", "import", written(tmp_path, ""))
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
