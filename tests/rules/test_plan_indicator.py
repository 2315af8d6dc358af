"""Targets in figures are found in a wording with their words; what only looks like one is none."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.rules.plan_indicator import targets
from service.rules.plan_text import assemble, classify, lines_of

GIVEN = Path(__file__).parents[3] / "shared" / "data" / "work_plan_2024.txt"


def brief(text: str) -> list[str]:
    """At least (>=) or at most (<=), how much, of what, for whom; what is counted."""
    signs = {"at_least": ">=", "at_most": "<="}
    return [
        f"{signs[t.comparison]}{t.value}{t.unit}{'/' + t.per if t.per else ''} {t.name}".strip()
        for t in targets(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("确保每人接受不少于60学时的业务知识培训。", [">=60学时/每人 每人接受"]),
        ("办结率不低于95%，满意率98%以上。", [">=95% 办结率", ">=98% 满意率"]),
        ("审查率达到100％", [">=100% 审查率"]),
        ("每人不少于６０学时，办结率９５．５%以上。", [">=60学时/每人 每人", ">=95.5% 办结率"]),
        ("培训不少于1000000000001学时。", []),  # a slip of the keyboard, which no column holds
        ("参训率百分之九十以上", [">=90% 参训率"]),
        ("全年信访不超过3件", ["<=3件 全年信访"]),
        ("将未结案件控制在5件以内", ["<=5件 未结案件"]),
        ("败诉率降至10%以下", ["<=10% 败诉率"]),
        ("每季度至少召开一次会议", [">=1次/每季度 每季度"]),
        ("每季度不少于1次", [">=1次/每季度 每季度"]),
        ("每年培训不少于两次", [">=2次/每年 每年培训"]),
        ("出庭率≥80%", [">=80% 出庭率"]),
        ("推进涉府案件执行清零", ["<=0件 涉府案件执行"]),
        ("法律顾问全覆盖", [">=100% 法律顾问"]),
        ("应急演练开展12场次以上", [">=12场次 应急演练开展"]),
        ("健全覆盖各村的网络", []),
        ("1、达到示范标准", []),
        ("达到2026年水平，2026年6月底前完成", []),
        ("落实《条例（2021—2025年）》不少于100%的要求", [">=100% 落实《条例（2021—2025年）》"]),
        ("印发《不低于95%的通知》", []),
        ("“一规划两纲要”督察，第3次以上会议", []),
        ("提高到九十五", []),
        ("", []),
    ],
)
def test_a_target_is_found_with_what_it_is_about(text: str, expected: list[str]) -> None:
    assert brief(text) == expected


@pytest.mark.skipif(not GIVEN.exists(), reason="the given files are not beside this checkout")
def test_the_given_plan_has_two_targets() -> None:
    plan = assemble(classify(lines_of(GIVEN.read_text("utf-8"))))
    found = {task.number: brief(task.text) for task in plan.tasks if targets(task.text)}
    assert found == {
        "3": ["<=0件 涉企“挂案”整治和涉府案件执行"],
        "29": [">=60学时/每人 每人接受"],
    }


@settings(max_examples=100, deadline=None)
@given(
    st.text("不少于低达到至百分之零一二十两清全覆盖率0159.%％件次以上内《》，。每人年", max_size=30)
)
def test_whatever_is_written_a_target_has_its_words_from_there(text: str) -> None:
    for target in targets(text):
        assert target.words in text
        assert target.value >= Decimal(0)
        assert target.unit
