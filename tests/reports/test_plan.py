"""The year's report of the plan as a Word file: opened again, every task and file in it."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest

from service.reports import plan as reports
from service.rules.plan_report import (
    EvidenceTold,
    FigureTold,
    MilestoneTold,
    PlanTold,
    RegisterTold,
    TaskTold,
)

SEAL = "ab" * 32
MINUTES = EvidenceTold(kind="minutes", about="推进会纪要", on="2026-05-07", sha256="12" * 32)
PAGE = EvidenceTold(
    kind="publication",
    about="决策目录公开页面",
    on="2026-06-01",
    sha256="34" * 32,
    milestone="公开目录",
    public=True,
    published_on="2026-05-30",
    published_at="旗政府网站",
)
WAITING = replace(PAGE, about="听证会公告", published_on=None, published_at=None)


def told(**changes: Any) -> PlanTold:
    return replace(
        PlanTold(
            town="柳溪镇人民政府",
            year=2026,
            title="柳溪镇2026年法治政府建设工作计划",
            period="2026",
            as_of="2026-12-20",
            approved=True,
            chapters=("健全决策体系", "加强党的领导"),
            tasks=(
                TaskTold(
                    number="6",
                    name="重大行政决策程序",
                    text="制定目录。",
                    chapter=0,
                    light="done",
                    due_on="2026-12-31",
                    done_on="2026-11-30",
                    lead="党政办",
                    assists=("司法所",),
                    milestones=(
                        MilestoneTold(name="公开目录", due_on="2026-06-30", done_on="2026-05-30"),
                    ),
                    notes=(("2026-05-07", "召开推进会。"),),
                    registers=(RegisterTold(name="重大行政决策目录", rows=5, open=2, late=1),),
                    evidence=(MINUTES, PAGE, WAITING),
                ),
                TaskTold(
                    number="18",
                    name="行政应诉",
                    text="提升办复率。",
                    chapter=1,
                    light="red",
                    due_on="2026-12-31",
                    reasons=("办复率 60.0%（6÷10），目标不少于 100%",),
                    figures=(
                        FigureTold(name="办复率", value="60.0%（6÷10）", target="不少于 100%"),
                    ),
                ),
            ),
        ),
        **changes,
    )


def opened(content: bytes) -> tuple[list[str], list[list[list[str]]], str]:
    """The paragraphs, the tables row by row, and what stands at the foot."""
    document = docx.Document(BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in t.rows] for t in document.tables]
    return (
        [each.text for each in document.paragraphs if each.text],
        tables,
        document.sections[0].footer.paragraphs[0].text,
    )


def test_the_year_s_report_tells_every_task_with_its_proof() -> None:
    words, tables, foot = opened(reports.yearly(told(), seal=SEAL, published_on=None))
    assert words[:2] == ["送审稿", "柳溪镇2026年法治政府建设工作计划落实情况报告"]
    assert "2 项任务，完成 1 项，红灯 1 项" in words[3]
    said = "\n".join(words)
    for part in (
        "（一）健全决策体系",
        "（二）加强党的领导",
        "任务6　重大行政决策程序（牵头单位：党政办；配合单位：司法所）。2026年11月30日完成。",
        "完成节点：公开目录（2026年5月30日）。",
        "进展：2026年5月7日，召开推进会。",
        "台账：重大行政决策目录本年登记 5 条，在办 2 条，其中超期 1 条。",
        "佐证：见附件2第 1、2、3 号。",
        "任务18　行政应诉（牵头单位：没有确定）。红灯，应于2026年12月31日前完成。",
        "指标：办复率 60.0%（6÷10）（目标不少于 100%）。",
        "应当公开、还没有公开：3　听证会公告（公开目录）。",
    ):
        assert part in said
    chapters, unfinished, tasks, files, public = tables
    assert chapters[-1][0] == "合计"
    assert unfinished[1:] == [["18", "行政应诉", "—", "办复率 60.0%（6÷10），目标不少于 100%"]]
    assert [row[0] for row in tasks] == ["序号", "6", "18"]
    assert [row[-1] for row in files] == ["校验值", "12" * 6, "34" * 6, "34" * 6]
    assert public[1:] == [["2", "决策目录公开页面（公开目录）", "2026-05-30", "旗政府网站"]]
    assert foot == f"送审稿　内容校验码（SHA-256）{SEAL}"


def test_what_is_published_leaves_out_what_is_not_public() -> None:
    words, tables, foot = opened(
        reports.yearly(told(), seal=SEAL, published_on=date(2027, 1, 10), public=True)
    )
    said = "\n".join([*words, *(cell for table in tables for row in table for cell in row)])
    assert "送审稿" not in said + foot
    assert "2027年1月10日" in words
    for private in ("推进会", "12" * 6, "34" * 6, "校验值"):
        assert private not in said
    assert "佐证：见附件2第 2、3 号。" in said
    assert "决策目录公开页面" in said


@pytest.mark.parametrize("public", [False, True])
def test_an_empty_plan_is_told_too(public: bool) -> None:
    empty = told(tasks=(), chapters=(), title="", approved=False)
    words, _, _ = opened(reports.yearly(empty, seal=SEAL, published_on=None, public=public))
    assert words[1] == "柳溪镇人民政府2026年度工作计划落实情况报告"
    assert "计划的现行文本还没有批准。" in words[3]
    assert {"没有佐证。", "还没有公开的内容。"} <= set(words)


def test_equal_reports_are_equal_files() -> None:
    made = [reports.yearly(told(), seal=SEAL, published_on=None) for _ in range(2)]
    assert made[0] == made[1]
