"""What the wording of a task asks for, by the words of `plan.toml`."""

from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from config import organisation, plan
from config.plan import Comparison
from config.plan_register import SHIPPED
from config.vocabulary import OrganisationKind
from service.rules.metric import METRICS
from service.rules.plan_link import Measured, Unit, links, meant
from service.rules.plan_text import assemble, classify, lines_of

GIVEN = Path(__file__).parents[3] / "shared" / "data" / "work_plan_2024.txt"
PLANS = plan.load()
REGISTERS = {
    3: "enterprise-requests enterprise-stalled-cases government-enforcements",
    4: "normative-documents",
    5: "legality-reviews counsel-opinions",
    6: "legality-reviews major-decisions",
    7: "decision-reports decision-inspections decision-evaluations",
    8: "case-transfers",
    10: "enforcers",
    11: "key-field-actions",
    12: "emergency-plans emergency-supplies",
    14: "emergency-drills",
    16: "emergency-forces",
    19: "inspections",
    20: "information-requests open-days",
    21: "credit-publications credit-checks credit-repairs",
    24: "chain-records",
    25: "inspection-feedback law-duty-reports",
    26: "model-tasks yearly-reports",
    27: "law-study",
    29: "enforcers training-hours teams",
    30: "law-promotion experts",
}


@pytest.mark.skipif(not GIVEN.exists(), reason="the given files are not beside this checkout")
def test_the_given_plan_asks_for_its_registers_and_live_figures() -> None:
    tasks = assemble(classify(lines_of(GIVEN.read_text("utf-8")))).tasks
    found = {int(task.number or 0): links(task.text, PLANS) for task in tasks}
    asked = {n: " ".join(each.registers) for n, each in found.items() if each.registers}
    assert asked == REGISTERS
    live = {n for n, each in found.items() if any(figure.metric for figure in each.figures)}
    assert live == {3, 17, 18, 29}
    assert [(f.metric, f.words, f.value) for f in found[29].figures] == [
        ("training_reached_rate", "60学时", Decimal(100))
    ]
    assert all(f.words in t.text for t in tasks for f in links(t.text, PLANS).figures)


def test_what_is_asked_for_is_there() -> None:
    assert {figure.metric for figure in PLANS.figures} <= set(METRICS)
    assert {link.register for link in PLANS.registers} == set(SHIPPED.by_id)


def test_a_target_nobody_counts_yet_is_a_figure_without_a_source() -> None:
    found = links("办复率提升，村（社区）法律顾问覆盖率不低于95%。", PLANS)
    assert found.registers == ()
    assert found.figures[-1] == Measured(
        name="村（社区）法律顾问覆盖率",
        unit="%",
        words="村（社区）法律顾问覆盖率不低于95%",
        comparison=Comparison.AT_LEAST,
        value=Decimal(95),
    )
    assert found.figures[0].metric == "suggestion_reply_rate"


def test_a_plan_numbered_otherwise_asks_for_the_same() -> None:
    assert links("（十）开展应急演练。", PLANS) == links("二十、开展应急演练。", PLANS)


K = OrganisationKind
UNITS = [
    Unit(UUID(int=n), name, kind)
    for n, (name, kind) in enumerate(
        [
            ("柳溪镇人民政府", K.TOWN_GOVERNMENT),
            ("柳溪司法所", K.JUSTICE_OFFICE),
            ("柳溪派出所", K.POLICE_STATION),
            ("东湾村民委员会", K.VILLAGE_COMMITTEE),
            ("西岭嘎查委员会", K.VILLAGE_COMMITTEE),
            ("镇东社区居民委员会", K.VILLAGE_COMMITTEE),
            ("东湾村党支部", K.PARTY_BRANCH),
            ("机关党支部", K.PARTY_BRANCH),
            ("奈曼旗农牧局柳溪工作站", K.AGRICULTURE),
        ]
    )
]
SPELLINGS = organisation.load().kinds


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("柳溪司法所", [1]),
        ("司法所", [1]),
        ("柳溪镇司法所", [1]),
        ("派出所等部门", [2]),
        ("镇政府", [0]),
        ("东湾村党支部", [6]),
        ("各村", [3, 4]),
        ("各村（社区）", [3, 4, 5]),
        ("各社区", [5]),
        ("各党支部", [6, 7]),
        ("各(社区)党支部", [6, 7]),
        ("党支部", []),
        ("党政办", []),
        ("各单位", []),
        ("所", []),
    ],
)
def test_a_name_means_a_unit_or_all_of_a_sort_or_nobody(name: str, expected: list[int]) -> None:
    assert [found.int for found in meant(name, UNITS, SPELLINGS)] == expected
