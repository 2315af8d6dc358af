"""Plans of many offices read to chapters, sections and tasks; every character stays somewhere."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.plan import PlanLineKind as Kind
from service.rules.plan_text import (
    Cell,
    PlanText,
    SourceLine,
    assemble,
    characters,
    classify,
    drafted,
    lines_of,
    reconstruct,
)
from service.rules.plan_text.number import mark_of
from service.rules.plan_text.unit import Units, due_date, names, units_in

GIVEN = Path(__file__).parents[3] / "shared" / "data" / "work_plan_2024.txt"
MERGED = None  # a cell that goes on from the row above


def read(text: str, said: dict[int, Kind] | None = None) -> PlanText:
    return whole(lines_of(text.strip("\n")), said)


def whole(lines: tuple[SourceLine, ...], said: dict[int, Kind] | None = None) -> PlanText:
    """The plan of these lines, which has every character of them, in the tree and in its JSON."""
    plan = assemble(classify(lines, said))
    assert bare(reconstruct(plan)) == bare("".join(characters(line) for line in lines))
    told = bare("".join(words(plan.as_json())))
    for line in lines:
        for cell in line.cells or (Cell(bare(line.text), 0),):
            assert all(piece in told for piece in cell.text.split("\n")) or mark_of(cell.text)
    return plan


def bare(text: str) -> str:
    """Without the tabs that stand between the cells of a row."""
    return text.replace("\t", "")


def words(told: Any) -> list[str]:
    """All text of a JSON value, in its order."""
    if isinstance(told, dict):
        return [word for key, value in told.items() if key != "questions" for word in words(value)]
    if isinstance(told, list):
        return [word for each in told for word in words(each)]
    return [told + "\n"] if isinstance(told, str) else []


def outline(plan: PlanText) -> list[str]:
    """The plan in brief: chapters, sections and tasks one a line, text behind a stroke."""
    found: list[str] = []
    for chapter in plan.chapters:
        found.append(_brief("#", chapter.number, chapter.title, chapter.text))
        for section in chapter.sections:
            found.append(_brief("##", section.number, section.title, section.text))
            found.extend(_brief("-", task.number, task.text) for task in section.tasks)
    return [line for line in found if line not in ("#", "##")]


def _brief(*parts: str | None) -> str:
    return " ".join(part.replace("\n", "/") for part in parts if part)


def row(*cells: Any, number: int = 1, table: int = 1) -> SourceLine:
    """A row of a table; MERGED goes on from above, (text, 3) spans three columns."""
    found, column = [], 0
    for cell in cells:
        text, span = cell if isinstance(cell, tuple) else (cell, 1)
        found.append(Cell(text or "", column, span, cell is MERGED))
        column += span
    text = "\t".join(cell.text for cell in found)
    return SourceLine(text=text, place=f"表{table}第{number}行", table=table, cells=tuple(found))


@pytest.mark.skipif(not GIVEN.exists(), reason="the given files are not beside this checkout")
def test_the_given_plan_has_nine_chapters_twenty_three_sections_and_thirty_tasks() -> None:
    text = GIVEN.read_text("utf-8")
    plan = read(text)
    told = plan.as_json()
    assert (len(plan.chapters), len(plan.sections), len(plan.tasks)) == (9, 23, 30)
    assert told["title"] is None
    assert told["preamble"] == text.split("\n")[0]
    assert told["closing"] == text.rstrip("\n").split("\n")[-1]
    assert (told["unplaced"], told["questions"]) == ([], [])
    assert [task.number for task in plan.tasks] == [str(n) for n in range(1, 31)]
    assert all(f"{t.number}、{t.text}\n" in text and t.units == Units() for t in plan.tasks)
    assert [len(c.sections) for c in plan.chapters] == [2, 1, 3, 2, 3, 2, 3, 3, 4]
    assert plan.sections[22].number == "二十三"
    assert plan.sections[22].title == "加强理论研究和舆论宣传。"


STYLES = {
    "chapters and tasks without sections, dates and sums at the start of lines": (
        """
山河镇2026年法治建设工作要点
2026年是关键之年。
一、总体要求
坚持以人民为中心。
2024年以来成绩明显。
二、重点任务
1. 推进规范化建设。2026年6月底前完成。
3.15消费者权益日前后开展宣传。
1.5亿元以上项目要审查。
2．加强培训。
３、2026年12月底前落实责任。
三、保障措施
各单位要高度重视。
山河镇人民政府
2026年3月1日
""",
        [
            "# 一 总体要求 坚持以人民为中心。/2024年以来成绩明显。",
            "# 二 重点任务",
            (
                "- 1 推进规范化建设。2026年6月底前完成。/3.15消费者权益日前后开展宣传。"
                "/1.5亿元以上项目要审查。"
            ),
            "- 2 加强培训。",
            "- 3 2026年12月底前落实责任。",
            "# 三 保障措施 各单位要高度重视。",
        ],
        "山河镇2026年法治建设工作要点|2026年是关键之年。|山河镇人民政府/2026年3月1日",
        ["第13行 按上一个标题的正文读；如是结尾请改"],
    ),
    "articles, with what they consist of": (
        """
第一章 总则
第一条 为了规范工作，制定本方案。
第二条　本方案适用于全镇。
（一）各村；
（二）各社区。
第二章 任务
第三条 开展排查。
第四条 办结率达到95%。
""",
        [
            "# 一 总则",
            "- 一 为了规范工作，制定本方案。",
            "- 二 本方案适用于全镇。/（一）各村；/（二）各社区。",
            "# 二 任务",
            "- 三 开展排查。",
            "- 四 办结率达到95%。",
        ],
        "||",
        [],
    ),
    "sections without tasks": (
        """
石桥乡2026年度法治政府建设工作安排
一、健全依法决策机制
（一）严格合法性审查。凡重大决策一律审查，审查率达到100%。
责任单位：司法所
配合单位：党政办、各村（社区）
完成时限：全年
(二)完善顾问制度。（责任单位：司法所）
二、提高执法水平
〔三〕规范执法行为。
执法人员持证上岗。
附件：任务分解表
石桥乡人民政府
二〇二六年二月十日
""",
        [
            "# 一 健全依法决策机制",
            (
                "## 一 严格合法性审查。 凡重大决策一律审查，审查率达到100%。/责任单位：司法所"
                "/配合单位：党政办、各村（社区）/完成时限：全年"
            ),
            "## 二 完善顾问制度。 （责任单位：司法所）",
            "# 二 提高执法水平",
            "## 三 规范执法行为。 执法人员持证上岗。",
        ],
        "石桥乡2026年度法治政府建设工作安排||附件：任务分解表/石桥乡人民政府/二〇二六年二月十日",
        [],
    ),
    "no 一、 at all; tasks numbered in other ways from section to section": (
        """
（一）加强领导。抓好部署。
1. 开会研究。
2. 定期汇报。
（二）强化保障。
（1）落实经费。
(2)配强人员。
①法律顾问；
②专职人员。
（三）宣传。
1）进村；
2）进校。
（四）落实
①排查；
②整改。
""",
        [
            "# 一 加强领导。 抓好部署。",
            "- 1 开会研究。",
            "- 2 定期汇报。",
            "# 二 强化保障。",
            "- 1 落实经费。",
            "- 2 配强人员。/①法律顾问；/②专职人员。",
            "# 三 宣传。",
            "- 1 进村；",
            "- 2 进校。",
            "# 四 落实",
            "- 1 排查；",
            "- 2 整改。",
        ],
        "||",
        [],
    ),
    "parts over chapters over sections": (
        """
第一部分 总体要求
坚持党的领导。
第二部分 重点任务
一、依法行政
（一）规范性文件
1．备案审查
（1）按时报备；
（2）定期清理。
2．公开
二、纠纷化解
（一）调解
1．排查。
""",
        [
            "# 一 总体要求 坚持党的领导。",
            "# 二 重点任务",
            "# 一 依法行政",
            "## 一 规范性文件",
            "- 1 备案审查/（1）按时报备；/（2）定期清理。",
            "- 2 公开",
            "# 二 纠纷化解",
            "## 一 调解",
            "- 1 排查。",
        ],
        "||",
        ["第1行 全文有三级以上标题，最上一级也单独列为章"],
    ),
    "figures all the way": (
        """
1 总体要求
1.1 指导思想
1.2 工作目标
2 重点工作
2.1 推进依法决策
2.1.1 制定目录
2.1.2 公开目录
2.2 规范执法
2.2.1 持证上岗
""",
        [
            "# 1 总体要求",
            "## 1.1 指导思想",
            "## 1.2 工作目标",
            "# 2 重点工作",
            "## 2.1 推进依法决策",
            "- 2.1.1 制定目录",
            "- 2.1.2 公开目录",
            "## 2.2 规范执法",
            "- 2.2.1 持证上岗",
        ],
        "||",
        [],
    ),
    "no headings; what looks like a number and is none is asked about": (
        """
2026年调解工作计划
1、走访每户。
2、三、四季度各开展一次演练。
三、四季度集中整治。
110、120、119联动响应。
（4）建章立制。
7、查漏补缺。
7、总结。
""",
        [
            "- 1 走访每户。",
            (
                "- 2 三、四季度各开展一次演练。/三、四季度集中整治。/110、120、119联动响应。"
                "/（4）建章立制。"
            ),
            "- 7 查漏补缺。",
            "- 7 总结。",
        ],
        "2026年调解工作计划||",
        [
            "第4行 行首“三、”像是列举，不像编号；如是编号请改",
            "第5行 行首“110、”像是日期或数量，不像编号；如是编号请改",
            "第7行 编号从“2”跳到“7”，中间是否缺了内容",
            "第8行 编号“7”重复",
        ],
    ),
    "a letter with the plan as its annex": (
        """
石桥乡人民政府文件
石政发〔2026〕3号
关于印发《石桥乡2026年法治建设工作计划》的通知
各村（社区），乡直各单位：
现将《计划》印发给你们，请遵照执行。
附件：石桥乡2026年法治建设工作计划
石桥乡人民政府
2026年3月1日
附件
石桥乡2026年法治建设
工作计划
为做好工作，制定本计划。
一、任务
(一)审查
1、严格审查。
2、及时备案。
联系人：张三
抄送：县司法局。
""",
        ["# 一 任务", "## 一 审查", "- 1 严格审查。", "- 2 及时备案。"],
        (
            "石桥乡2026年法治建设工作计划|石桥乡人民政府文件/石政发〔2026〕3号"
            "/关于印发《石桥乡2026年法治建设工作计划》的通知/各村（社区），乡直各单位："
            "/现将《计划》印发给你们，请遵照执行。/附件：石桥乡2026年法治建设工作计划/石桥乡人民政府"
            "/2026年3月1日/附件/为做好工作，制定本计划。|联系人：张三/抄送：县司法局。"
        ),
        [],
    ),
    "titles in figures over bracketed figures": (
        """
一、依法决策
1.合法性审查
（1）出台前审查；
（2）建立台账。
2.顾问
（1）聘请顾问。
二、执法
任务一：持证上岗。
任务二：亮证执法。
""",
        [
            "# 一 依法决策",
            "## 1 合法性审查",
            "- 1 出台前审查；",
            "- 2 建立台账。",
            "## 2 顾问",
            "- 1 聘请顾问。",
            "# 二 执法",
            "- 一 持证上岗。",
            "- 二 亮证执法。",
        ],
        "||",
        [],
    ),
    "lines broken by hand, a table of contents, numbers that run on": (
        """
目录
一、甲…………1
二、乙…………2

一、甲
（一）丙
1、第一行没有写完，接着
写第二行。

2、又一项。
二、乙
（二）丁
3、第三项。
完。
""",
        [
            "# 一 甲",
            "## 一 丙",
            "- 1 第一行没有写完，接着/写第二行。",
            "- 2 又一项。",
            "# 二 乙",
            "## 二 丁",
            "- 3 第三项。/完。",
        ],
        "|目录/一、甲…………1/二、乙…………2|",
        [],
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_plan_of_another_office_is_read_as_a_person_reads_it(style: str) -> None:
    text, expected, around, questions = STYLES[style]
    plan = read(text)
    assert outline(plan) == expected
    assert "|".join((plan.title or "", plan.preamble, plan.closing)).replace("\n", "/") == around
    assert [f"{place} {question}" for place, _, question in plan.questions] == questions
    assert plan.unplaced == []


def test_what_is_numbered_nowhere_is_unclear_and_a_person_says_what_it_is() -> None:
    text = "依法行政\n加强审查。\n加强培训。"
    plan = read(text)
    assert [line.passage.text for line in plan.unplaced] == text.split("\n")
    assert [place for place, _, _ in plan.questions] == ["第1行"]
    corrected = read(text, {0: Kind.CHAPTER, 1: Kind.TASK, 2: Kind.TASK})
    assert outline(corrected) == ["# 依法行政", "- 加强审查。", "- 加强培训。"]
    assert (corrected.unplaced, corrected.questions) == ([], [])


def test_units_under_the_last_task_alone_may_speak_for_all_and_are_asked_about() -> None:
    text = "青龙镇关于印发2026年要点的通知\n一、甲\n1、乙。\n2、丙。{}"
    own, below = "（责任单位：司法所）", "\n责任单位：司法所"
    assert read(text.format(own)).questions == []
    found = read(text.format(below))
    assert [place for place, _, _ in found.questions] == ["第5行"]
    assert found.title == "青龙镇关于印发2026年要点的通知"


def test_a_call_under_a_bare_heading_may_be_the_end_and_is_asked_about() -> None:
    plan = read("一、甲\n1、乙。\n二、保障措施\n各单位要高度重视。")
    assert plan.chapters[1].text == "各单位要高度重视。"
    assert [question for _, _, question in plan.questions] == ["按上一个标题的正文读；如是结尾请改"]


def test_a_correction_changes_what_follows_from_it() -> None:
    text = "一、甲\n1、乙。\n丙。\n2、丁。\n戊。"
    assert read(text).tasks[0].text == "乙。\n丙。"
    corrected = read(text, {2: Kind.SECTION, 3: Kind.TEXT, 99: Kind.TASK})
    assert outline(corrected) == ["# 一 甲", "- 1 乙。", "## 丙。 2、丁。/戊。"]


def test_bold_tells_where_a_heading_ends() -> None:
    line = SourceLine(text="（一）推进依法决策 具体措施是公开目录。", bold=9)
    plan = whole((SourceLine(text="一、任务"), line))
    assert (plan.sections[0].title, plan.sections[0].text) == (
        "推进依法决策",
        "具体措施是公开目录。",
    )


def test_headings_without_numbers_are_known_by_their_style() -> None:
    styled = [
        (1, "2026年工作计划"),
        (2, "依法决策"),
        (3, "公开"),
        (0, "1、公开目录。"),
        (2, "执法"),
    ]
    plan = whole(tuple(SourceLine(text=text, level=level) for level, text in styled))
    assert plan.title == "2026年工作计划"
    assert outline(plan) == ["# 依法决策", "## 公开", "- 1 公开目录。", "# 执法"]
    assert plan.questions == []


def test_a_table_gives_tasks_groups_and_units() -> None:
    lines = (
        SourceLine(text="2026年任务分解表"),
        row("序号", "重点任务", "具体措施", ("责任分工", 2), "完成时限", number=1),
        row(MERGED, MERGED, MERGED, "牵头单位", "配合单位", MERGED, number=2),
        row(("一、依法决策", 6), number=3),
        row("1", "合法性审查", "出台前审查", "司法所", "党政办、各村", "6月底", number=4),
        row("2", MERGED, "建立台账\n按月更新", MERGED, MERGED, "全年", number=5),
        row(("二、规范执法", 6), number=6),
        row("3", "持证上岗", "培训", "综合执法局", "", "2026年9月", number=7),
        row("", "", "", "", "", "备注：滚动更新", number=8),
    )
    plan = whole(lines)
    assert plan.title == "2026年任务分解表"
    assert outline(plan) == [
        "## 序号/重点任务/具体措施/责任分工/完成时限/牵头单位/配合单位",
        "# 一 依法决策",
        "## 合法性审查",
        "- 1 出台前审查/牵头单位：司法所/配合单位：党政办、各村/完成时限：6月底",
        "- 2 建立台账/按月更新/完成时限：全年",
        "# 二 规范执法",
        "## 持证上岗",
        "- 3 培训/牵头单位：综合执法局/完成时限：2026年9月/完成时限：备注：滚动更新",
    ]
    assert [task.units.names for task in plan.tasks] == [
        ("司法所", "党政办", "各村"),
        ("司法所", "党政办", "各村"),
        ("综合执法局",),
    ]
    assert [task.units.due for task in plan.tasks] == ["6月底", "全年", "2026年9月"]


def test_a_merged_task_over_several_measures_is_one_task() -> None:
    lines = (
        row("任务类别", "工作任务", "具体措施", "责任单位", number=1),
        row("依法决策", "合法性审查", "出台前审查", "司法所", number=2),
        row(MERGED, MERGED, "建立台账", "党政办", number=3),
        row(MERGED, "聘请顾问", "签订合同", "司法所", number=4),
        row("规范执法", "持证上岗", "培训", "综合执法局", number=5),
    )
    plan = whole(lines)
    assert outline(plan)[-5:] == [
        "## 依法决策",
        "- 合法性审查/具体措施：出台前审查/责任单位：司法所/具体措施：建立台账/责任单位：党政办",
        "- 聘请顾问/具体措施：签订合同/责任单位：司法所",
        "## 规范执法",
        "- 持证上岗/具体措施：培训/责任单位：综合执法局",
    ]
    assert plan.tasks[0].units.names == ("司法所", "党政办")


def test_a_table_of_unknown_columns_is_unplaced_with_a_question() -> None:
    lines = (
        *lines_of("一、任务\n1、审查。"),
        row("村名", "户数", number=1),
        row("东村", "120", number=2),
    )
    plan = whole(lines)
    assert [(line.place, line.passage.text) for line in plan.unplaced] == [
        ("表1第1行", "村名\t户数"),
        ("表1第2行", "东村\t120"),
    ]
    assert plan.questions == [
        ("表1第1行", "村名\t户数", "看不出表格各列是什么，请逐行选择归入哪里")
    ]


def test_a_table_behind_the_plan_may_say_it_again_and_is_asked_about() -> None:
    lines = (
        *lines_of("一、任务\n1、审查。\n2、备案。\n附件：任务分解表"),
        row("序号", "工作任务", "责任单位"),
        row("1", "审查", "司法所", number=2),
    )
    plan = whole(lines)
    assert [task.text for task in plan.tasks] == ["审查。", "备案。"]
    assert [line.place for line in plan.unplaced] == ["表1第1行", "表1第2行"]


def test_rows_that_were_pasted_are_a_table_too() -> None:
    plan = read(
        "序号\t工作任务\t责任单位\t完成时限\r\n1\t依法决策\t党政办、司法所\t6月底\r\n"
        "2\t规范执法\t综合执法局\t全年\r\n"
    )
    assert [(t.number, t.units.names, t.units.due) for t in plan.tasks] == [
        ("1", ("党政办", "司法所"), "6月底"),
        ("2", ("综合执法局",), "全年"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "加强培训。（责任单位：司法所，各村（社区））",
            Units(answer=("司法所", "各村（社区）")),
        ),
        (
            "责任单位：党政办、司法所；配合单位：各村；完成时限：2026年6月底",
            Units(answer=("党政办", "司法所"), assist=("各村",), due="2026年6月底"),
        ),
        (
            "责任单位：司法所牵头，派出所、市场监管所配合",
            Units(lead=("司法所",), assist=("派出所", "市场监管所")),
        ),
        ("备案。【牵头单位】司法所", Units()),  # no line of its own, no bracket around it
        ("【牵头单位】司法所\n责任人：李所长", Units(lead=("司法所",), owners=("李所长",))),
        (
            "考试。（司法所牵头，各村、各社区配合）",
            Units(lead=("司法所",), assist=("各村", "各社区")),
        ),
        ("考试（党政办、司法所按职责分工负责）。", Units(answer=("党政办", "司法所"))),
        ("审查。责任单位：司法所", Units(answer=("司法所",))),
        ("各党支部和单位要压实责任。", Units()),
        ("开展演练（每年不少于2次）。", Units()),
    ],
)
def test_units_are_found_where_they_are_named(text: str, expected: Units) -> None:
    assert units_in(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("党政办、司法所，各村（社区）", ("党政办", "司法所", "各村（社区）")),
        ("人力资源和社会保障所和司法所", ("人力资源和社会保障所", "司法所")),
        ("党政办 司法所　综治中心", ("党政办", "司法所", "综治中心")),
        ("农牧和科技局", ("农牧和科技局",)),
        ("各党支部（党支部、总支）", ("各党支部（党支部、总支）",)),
        ("、，", ()),
    ],
)
def test_names_are_split_but_never_inside_a_name(text: str, expected: tuple[str, ...]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("words_", "expected"),
    [
        ("2026年6月底前", date(2026, 6, 30)),
        ("9月15日", date(2026, 9, 15)),
        ("10月中旬", date(2026, 10, 20)),
        ("第二季度", date(2026, 6, 30)),
        ("年底", date(2026, 12, 31)),
        ("2027年", date(2027, 12, 31)),
        ("2026.3", date(2026, 3, 31)),
        ("2月30日", None),
        ("13月", None),
        ("每季度末", None),
        ("长期坚持", None),
        ("全年", None),
        ("", None),
        (None, None),
    ],
)
def test_the_words_of_a_date_are_a_day_or_none(words_: str | None, expected: date | None) -> None:
    assert due_date(words_, 2026) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、甲\n1、开展演练，公开。\n2、乙", {"1": "开展演练", "2": "乙"}),
        ("一、甲\n（一）乙\n1、丙\n二、丁\n（二）戊\n1、己", {"1.1.1": "丙", "2.2.1": "己"}),
        ("一、甲\n（一）乙\n1、丙\n（二）丁。戊。", {"1": "丙", "1.2": "丁。戊"}),
        ("一、甲。乙。\n二、丙", {"1": "甲。乙", "2": "丙"}),
        ("一、甲\n1、乙\n1、丙", {"1.1.1": "乙", "1.1.2": "丙"}),
        ("1 甲\n1.1 乙\n1.2 丙\n2 丁\n2.1 戊", {"1.1": "乙", "1.2": "丙", "2.1": "戊"}),
        ("第一条 甲\n第二条 乙", {"1": "甲", "2": "乙"}),
    ],
)
def test_every_task_gets_a_number_of_its_own(text: str, expected: dict[str, str]) -> None:
    assert {task.number: task.name for task in drafted(read(text)).tasks} == expected


def test_measures_are_columns_of_a_table_or_numbered_lines() -> None:
    lines = (
        *lines_of("一、甲\n1、乙做。\n（1）丙；\n（2）丁。\n3.15活动\n二、戊"),
        row("工作任务", "具体措施", "责任单位"),
        row("己", "庚\n辛", "司法所", number=2),
    )
    tasks = drafted(whole(lines)).tasks
    assert [task.measures for task in tasks] == [("（1）丙；", "（2）丁。"), ("庚", "辛")]
    assert tasks[1].units.names == ("司法所",)


LINE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *("一、", "二、甲", "（一）乙。丙", "1、丁", "1.1 戊", "①己", "第一章 庚", "第一条 辛"),
            *(
                "责任单位：甲、乙",
                "附件",
                "2026年1月1日",
                "目录",
                "百、",
                "〇、",
                "00、",
                "三、四季度",
            ),
            *(
                "２０、甲",
                "９９９）",
                "（十百）",
                "甲（牵头单位：",
                "\t\t",
                "序号\t任务\t责任单位",
                "1\t甲\t乙",
            ),
            *(
                "特此通知",
                "各村要落实",
                "甲计划",
                "  ",
                "1.2024年",
                "一 甲",
                "2　乙",
                "⑴",
                "任务一：甲",
            ),
        ]
    ),
)
ROW = st.lists(
    st.tuples(st.sampled_from(["序号", "任务", "责任单位", "1", "", "甲"]), st.booleans()),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(LINE, ROW), max_size=25),
    st.dictionaries(st.integers(-1, 25), st.sampled_from(Kind), max_size=4),
)
def test_whatever_the_lines_are_none_of_them_is_lost(
    given_lines: list[Any], said: dict[int, Kind]
) -> None:
    lines = tuple(
        SourceLine(text=each)
        if isinstance(each, str)
        else row(*(MERGED if merged else text for text, merged in each))
        for each in given_lines
    )
    read_lines = classify(lines, said)
    plan = assemble(read_lines)
    assert bare(reconstruct(plan)) == bare("".join(characters(line) for line in lines))
    assert all(line.source.is_blank for line in read_lines if line.kind is Kind.BLANK)
    numbers = [task.number for task in drafted(plan).tasks]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) <= 20 for number in numbers)
    assert all(SourceLine.from_json(line.as_json()) == line for line in lines)


@pytest.mark.deep
@settings(max_examples=5000, deadline=None)
@given(st.lists(LINE, max_size=60))
def test_whatever_a_long_text_holds_nothing_is_lost(texts: list[str]) -> None:
    lines = lines_of("\n".join(texts))
    whole = "".join(characters(line) for line in lines)
    assert bare(reconstruct(assemble(classify(lines)))) == bare(whole)


def test_a_long_text_is_read_in_no_time() -> None:
    chance = random.Random(8)
    pieces = [
        "一、",
        "（一）",
        "1、",
        "2026年1月1日",
        "1.1",
        "甲" * 80,
        "责任单位：",
        "（牵头" * 20,
    ]
    text = "\n".join("".join(chance.choices(pieces, k=3)) for _ in range(4000))
    assert len(classify(lines_of(text))) == 4000
