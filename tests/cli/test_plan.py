import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.factories.office import Office

GIVEN = Path(__file__).parents[3] / "shared" / "data"
TEXT = (
    "一、健全应急体系\n（一）完善制度。\n1、开展演练。（责任单位：司法所，党政办）\n5、组织培训。\n"
)
WORDS = "1 章 1 节 2 项任务；疑问 1 处，未归入 0 行"


def test_a_plan_is_tried_first_then_taken_in_and_a_second_time_changes_nothing(
    run: Run, office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "计划.txt"
    file.write_bytes(TEXT.encode("gb18030"))
    tried = run("plan", "import", str(file), "--year", "2026")
    assert (tried.exit_code, tried.stderr) == (0, "")
    assert tried.stdout.splitlines()[2:] == [
        WORDS,
        "  第4行“5、组织培训。”：编号从“1”跳到“5”，中间是否缺了内容",
        "这是试读，计划没有改；加 --commit 写入计划",
    ]
    done = run("plan", "import", str(file), "--year", "2026", "--commit")
    assert done.stdout.splitlines()[-2:] == [
        "已写入 2026 年的计划：新增 2 项，改写 0 项，移动或改编号 0 项，取消 0 项",
        "没有对上单位的名称，保留在任务里：党政办",
    ]
    again = run("plan", "import", str(file), "--year", "2026", "--commit")
    assert again.stdout.splitlines()[-1] == "与 2026 年的计划相同，没有变化"


@pytest.mark.skipif(not GIVEN.exists(), reason="the given files are not beside this checkout")
def test_the_given_plan_is_told_as_the_contract_says(run: Run) -> None:
    told = [
        json.loads(run("plan", "import", str(GIVEN / name), "--year", "2024", "--json").stdout)
        for name in ("work_plan_2024.txt", "work_plan_2024.docx")
    ]
    for each in told:
        tasks = [t for c in each["chapters"] for s in c["sections"] for t in s["tasks"]]
        assert (len(each["chapters"]), len(tasks), each["unplaced"]) == (9, 30, [])
        assert tasks[28]["number"] == "29"
        assert tasks[28]["units"] == []
    assert [each["title"] for each in told] == [None, "青龙山镇2024年法治政府建设工作计划"]


def test_what_is_no_plan_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.pdf"
    file.write_bytes(b"%PDF-1.7")
    done = run("plan", "import", str(file), "--year", "2026", "--json")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert run("plan", "import", str(file)).exit_code == 2
