"""The registers of the yearly plan: those the office asks for, and what contradicts itself."""

from decimal import Decimal

import pytest

from config import clock, demo_register, plan, plan_register
from config.plan_register import ColumnType, CountKind
from config.vocabulary import Grade

REGISTERS = plan_register.load(known=clock.load().by_id)
# the office's tasks -> the registers their wording asks for (issue of the yearly plan)
ASKED = """
enterprise-requests enterprise-stalled-cases government-enforcements normative-documents
legality-reviews counsel-opinions major-decisions decision-reports decision-inspections
decision-evaluations case-transfers enforcers key-field-actions emergency-plans
emergency-supplies emergency-drills emergency-forces inspections information-requests open-days
credit-publications credit-checks credit-repairs chain-records inspection-feedback
law-duty-reports model-tasks yearly-reports law-study law-promotion experts training-hours teams
"""
ONE = """
version = 1
[[register]]
id = "thing"
name = "事项"
series = "TT"
title = "title"
starts = "on"
ends = "done"
proof = ["paper|photo"]
basis = [{ law = "本镇", article = "", grade = "R" }]
columns = [
    { name = "title", label = "事项", type = "text", required = true },
    { name = "on", label = "日期", type = "date", required = true },
    { name = "sort", label = "类别", type = "choice", options = { a = "甲", b = "乙" } },
    { name = "who", label = "何人", type = "text", personal = true },
]
steps = [{ name = "done", stage = "已办", label = "办结日期", compulsory = true }]
due = [{ rule = "PLAN.ENTRY", on = "on", until = "done" }]
counts = [{ id = "things", name = "事项", definition = "本期的事项。", kind = "count" }]
"""


def test_every_register_that_the_plan_asks_for_is_shipped_and_linked_to_a_wording() -> None:
    assert set(REGISTERS.by_id) == set(ASKED.split())
    assert {each.register for each in plan.load().registers} == set(REGISTERS.by_id)


def test_the_twelve_fields_five_steps_and_sixty_hours_are_those_of_the_plan() -> None:
    fields = REGISTERS["key-field-actions"].columns["field"].options
    assert "、".join(fields.values()) == (
        "食品药品、公共卫生、自然资源、生态环境、安全生产、劳动保障、城市管理、交通运输、金融服务、"
        "教育培训、野生动物保护、文化旅游"
    )
    steps = [each.stage for each in REGISTERS["major-decisions"].steps.values()]
    assert steps[:5] == ["公众参与", "专家论证", "风险评估", "合法性审查", "集体讨论决定"]
    excusable = [
        each.stage for each in REGISTERS["major-decisions"].steps.values() if each.excusable
    ]
    assert excusable == ["公众参与", "专家论证", "风险评估", "已公布"]
    hours = REGISTERS.counts["training_reached_rate"][1]
    assert (hours.kind, hours.each, hours.people) == (CountKind.PERSON, Decimal(60), "enforcers")


def test_what_names_citizens_is_sealed_and_every_register_says_where_it_comes_from() -> None:
    sealed = {(each.id, name) for each in REGISTERS.all for name in each.personal}
    assert {("information-requests", "applicant"), ("case-transfers", "party")} <= sealed
    assert not [each.id for each in REGISTERS.all if each.person in each.personal]
    for register in REGISTERS.all:
        for row in register.basis:
            assert row.law
            assert row.article or row.grade is not Grade.A, register.id
        assert all(each.definition.endswith("。") for each in register.counts.values())
    zeros = {key for key, (_, count) in REGISTERS.counts.items() if count.most == 0}
    assert {"enterprise_stalled_cases_open", "government_enforcements_open"} <= zeros


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "thing"', 'id = "Thing-1"', "不能这样写"),
        ('title = "title"', 'title = "who"', "作标题"),
        ('starts = "on"', 'starts = "title"', "开始日期"),
        ('ends = "done"', 'ends = "on"', "最后一个"),
        ('ends = "done"', "", "办结"),
        ('"paper|photo"', '"paint"', "paint"),
        ('type = "choice", options = { a = "甲", b = "乙" }', 'type = "choice"', "选项"),
        ("personal = true", "personal = true, public = true", "不能公开"),
        ('rule = "PLAN.ENTRY"', 'rule = "NO.RULE"', "没有期限"),
        ('until = "done"', 'until = "gone"', "没有环节"),
        ('on = "on", until', 'on = "on", when = { sort = "z" }, until', "没有这些选项"),
        ('on = "on", until', 'on = "on", after = ["on"], until', "要么"),
        ('kind = "count"', 'kind = "sum"', "没有这些栏目"),
        ('kind = "count"', 'kind = "rate"', "没有说计入哪些"),
        ('kind = "count"', 'kind = "count", where = { sort = "c" }', "没有这些选项"),
        ('kind = "count"', 'kind = "count", where = { who = "a" }', "不能按"),
        ('kind = "count"', 'kind = "sum", column = "who"', "个人信息"),
        ('basis = [{ law = "本镇", article = "", grade = "R" }]', "basis = []", "依据"),
        ('series = "TT"', 'series = "TT"\ncolour = "red"', "未知"),
        ('name = "done"', 'name = "sort"', "同名"),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(old: str, new: str, told: str) -> None:
    known = clock.load().by_id
    plan_register.parse(ONE, known=known)
    assert old in ONE
    with pytest.raises(ValueError, match=told):
        plan_register.parse(ONE.replace(old, new), known=known)


def test_two_registers_share_neither_letters_nor_figures() -> None:
    twice = ONE + ONE.split("version = 1")[1]
    with pytest.raises(ValueError, match="写了两次"):
        plan_register.parse(twice)
    with pytest.raises(ValueError, match="编号字母"):
        plan_register.parse(ONE + ONE.split("version = 1")[1].replace('"thing"', '"other"'))


def test_every_type_of_column_is_in_use() -> None:
    used = {column.type for each in REGISTERS.all for column in each.columns.values()}
    assert used == set(ColumnType)


def test_the_demo_has_rows_of_every_register_and_names_their_own_columns() -> None:
    rows = demo_register.load()
    assert {each.register for each in rows} == set(REGISTERS.by_id)
    for each in rows:
        told = REGISTERS[each.register]
        assert set(each.values) <= set(told.columns), each.register
        assert list(each.steps) == [name for name in told.steps if name in each.steps]
