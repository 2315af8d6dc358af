"""Rows of a register from a sheet: read by their heads, each wrong one with its reasons."""

from datetime import date
from uuid import UUID

import pytest

from config import clock, plan_register
from service.errors import Invalid
from service.rules import plan_sheet as rules
from service.rules.ledger import Cell, Row, Sheet
from service.rules.plan_entry import Taken
from service.rules.plan_sheet import Ground, Reading, Signature

REGISTERS = plan_register.load(known=clock.load().by_id)
OWN, OTHER = UUID(int=1), UUID(int=2)
NOBODY: frozenset[Signature] = frozenset()


def read(register: str, *lines: tuple[Cell, ...], known: frozenset[Signature] = NOBODY) -> Reading:
    """What becomes of the lines, the first of which are the heads."""
    sheet = Sheet("台账", tuple(Row(number, line) for number, line in enumerate(lines, start=1)))
    ground = Ground(
        units={"镇政府": OWN, "农牧站": OTHER}, own=OWN, known=known, today=date(2026, 11, 24)
    )
    return rules.read(REGISTERS[register], [Sheet("说明", ()), sheet], ground)


HEADS = ("编号", "培训名称", "培训日期", "姓名", "学时(学时)", "内容", "责任单位", "备注")


def test_good_rows_known_ones_and_wrong_ones_are_told_apart() -> None:
    found = read(
        "training-hours",
        ("2026年培训学时", None),
        HEADS,
        (None, "轮训", "2026年3月2日", "张 三", 7.5, "法律法规", "农牧站", "x"),
        (None, "轮训", date(2026, 3, 2), "张三", "7.5学时", "法律法规", "农牧站", None),
        (None, "", "3月2日", "李四", "七", "别的", "县里", None),
        (None, "轮训", 46083, "王五", 8, "业务知识", None, None),
    )
    assert [(each.line, each.fate) for each in found.rows] == [
        (3, "ok"),
        (4, "known"),  # the same as the line before
        (5, "error"),
        (6, "ok"),
    ]
    assert found.ignored == ("备注",)
    reasons = "；".join(found.rows[2].reasons)
    assert all(each in reasons for each in ("培训名称", "3月2日", "学时", "内容", "县里"))
    assert [each.organisation for each in found.rows] == [OTHER, None, None, OWN]
    same: Signature = ("轮训", "2026-03-02", OTHER, "张三", 750)
    again = read(
        "training-hours",
        HEADS,
        (None, "轮训", "2026-03-02", "张三", 7.5, "法律法规", "农牧站"),
        known=frozenset({same}),
    )
    assert [each.fate for each in again.rows] == ["known"]


def test_steps_come_with_their_days_and_what_wants_proof_stays_open() -> None:
    heads = (
        "决策事项",
        "启动日期",
        "类别",
        "公众参与完成日期",
        "专家论证日期",
        "合法性审查日期",
        "材料归档日期",
    )
    found = read(
        "major-decisions",
        heads,
        (
            "规划",
            "2026-02-02",
            "重要规划",
            "2026-03-20",
            "不适用：不专业",
            "2026-04-01",
            "2026-05-01",
        ),
        ("规划二", "2026-02-02", "重要规划", "2026-03-20", "不适用", "2026-03-01", None),
    )
    good, bad = found.rows
    assert good.taken == {
        "participated": Taken(date(2026, 3, 20)),
        "argued": Taken(None, "不专业"),
        "reviewed": Taken(date(2026, 4, 1)),
    }
    assert "佐证" in good.note
    assert bad.fate == "error"
    assert "写明为什么不适用" in bad.reasons[0]


def test_a_sheet_without_the_heads_or_without_rows_is_refused() -> None:
    for lines in (((None, "x"),), (HEADS,)):
        with pytest.raises(Invalid) as refusal:
            read("training-hours", *lines)
        assert list(refusal.value.fields) == ["file"]
