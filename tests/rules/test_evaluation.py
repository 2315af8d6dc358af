"""What a year's appraisal scores: each way, of nothing due, vetoes, what objections change."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import evaluation as schemes
from config.evaluation import Better, Counted, Indicator, NothingDue, Step, Veto, Way
from service.errors import Conflict, Forbidden, Invalid
from service.rules import evaluation as rules
from service.rules import metric
from service.rules.evaluation import Adjustment, Figure

UNIT = (uuid4(), "柳溪司法所")
SUCCESS, AGAIN, FILED = "mediation_success_rate", "repeated_visits", "lawsuits_filed"
SHARE = Indicator(
    code="a",
    name="成功",
    metric=SUCCESS,
    weight=Decimal(60),
    way=Way.SHARE,
    target=Decimal("0.9"),
)
EACH = Indicator(
    code="b",
    name="重访",
    metric=AGAIN,
    weight=Decimal(30),
    way=Way.DEDUCTION,
    per_item=Decimal("2.5"),
    free=2,
)
SCALE = Indicator(
    code="c",
    name="被诉",
    metric=FILED,
    weight=Decimal(10),
    way=Way.STEPS,
    better=Better.LESS,
    steps=(Step(Decimal(0), Decimal(1)), Step(Decimal(3), Decimal("0.5"))),
)
VETO = Veto(code="v", name="调解不成太多", metric=SUCCESS, over=4, counted=Counted.MISSED)
SCHEME = replace(schemes.load(), indicators=(SHARE, EACH, SCALE), vetoes=(VETO,))


def scored(figure: Figure, each: Indicator) -> tuple[Decimal | None, str]:
    """The score of one indicator, and how it came about."""
    scheme = replace(SCHEME, indicators=(each,), vetoes=())
    (line,) = rules.appraise(scheme, UNIT, {each.metric: figure}).lines
    return line.score, line.said


@pytest.mark.parametrize(
    ("each", "figure", "score", "said"),
    [
        (SHARE, Figure(27, 30), "60.00", "27÷30＝90%，达到目标，得 60.00 分"),
        (SHARE, Figure(24, 30), "53.33", "24÷30＝80%，÷ 90% ×60＝53.33 分"),
        (SHARE, Figure(0, 3), "0.00", "0÷3＝0%，÷ 90% ×60＝0.00 分"),
        (SHARE, Figure(0, 0), None, "本年没有应计的事项，不计分，权重分摊到其他指标"),
        (EACH, Figure(2), "30.00", "2 件，免扣 2 件，30－0×2.5＝30.00 分"),
        (EACH, Figure(5), "22.50", "5 件，免扣 2 件，30－3×2.5＝22.50 分"),
        (EACH, Figure(99), "0.00", "99 件，免扣 2 件，30－97×2.5＝0.00 分（扣完为止）"),
        (SCALE, Figure(0), "10.00", "0 件，按档得 10×100%＝10.00 分"),
        (SCALE, Figure(3), "5.00", "3 件，按档得 10×50%＝5.00 分"),
        (SCALE, Figure(4), "0.00", "4 件，按档得 10×0%＝0.00 分"),
    ],
)
def test_each_way_to_score_shows_its_working(
    each: Indicator, figure: Figure, score: str | None, said: str
) -> None:
    assert scored(figure, each) == (None if score is None else Decimal(score), said)


def test_the_rules_stand_in_words() -> None:
    told = [rules.rule_text(each) for each in (SHARE, EACH, SCALE)] + [rules.veto_text(VETO)]
    assert told == [
        "达到 90% 得 60 分，不足的按比例",
        "满分 30 分，超过 2 件以后每件扣 2.5 分，扣完为止",
        "满分 10 分，不高于 0 件得 100%；不高于 3 件得 50%；其余不得分",
        "没有办到的超过 4 件",
    ]


def test_of_what_nothing_was_due_the_weight_is_spread_or_full_as_the_scheme_says() -> None:
    figures = {SUCCESS: Figure(0, 0), AGAIN: Figure(4), FILED: Figure(3)}
    spread = rules.appraise(SCHEME, UNIT, figures)
    assert (spread.points, spread.total) == (Decimal(30), Decimal("75.00"))
    assert spread.weight == 40
    assert spread.working == "各项得分合计 30.00 分，计分的权重 40，30.00÷40×100＝75.00 分"
    full = rules.appraise(replace(SCHEME, nothing_due=NothingDue.FULL), UNIT, figures)
    assert (full.total, full.grade) == (Decimal("90.00"), "优秀")
    little = rules.appraise(replace(SCHEME, least_weight=Decimal(41)), UNIT, figures)
    assert (little.total, little.grade) == (Decimal("75.00"), "不评等次")
    assert little.working.endswith("；计分的权重不到 41，不评等次")
    bare = rules.appraise(replace(SCHEME, indicators=(SHARE,), vetoes=()), UNIT, {})
    assert (bare.total, bare.grade, bare.working) == (None, "不评等次", "没有一项可以计分")


def test_a_veto_strikes_whatever_the_score_until_it_is_lifted() -> None:
    figures = {SUCCESS: Figure(95, 100)}
    struck = rules.appraise(SCHEME, UNIT, figures)
    assert (struck.total, struck.grade, struck.is_vetoed) == (
        Decimal("100.00"),
        "不合格（一票否决）",
        True,
    )
    assert struck.vetoes[0].said == "没有办到的超过 4 件，实际 5 件"
    lifted = rules.appraise(SCHEME, UNIT, figures, [Adjustment("v", None, "有一件登记错了")])
    assert (lifted.grade, lifted.is_vetoed, lifted.vetoes[0].lifted) == (
        "优秀",
        False,
        "有一件登记错了",
    )


def test_an_objection_moves_a_score_inside_its_weight_and_stays_visible() -> None:
    change = Adjustment("a", Decimal(99), "补录了三件")
    line = rules.appraise(SCHEME, UNIT, {SUCCESS: Figure(24, 30)}, [change]).lines[0]
    assert (line.score, line.adjusted, line.reason) == (
        Decimal(60),
        Decimal("6.67"),
        "补录了三件",
    )
    unit = rules.appraise(SCHEME, UNIT, {SUCCESS: Figure(24, 30)})
    for code, upheld, points in (
        ("a", True, None),
        ("a", True, Decimal("6.68")),
        ("a", True, Decimal("0.001")),
        ("a", False, Decimal(1)),
        ("v", True, Decimal(1)),
    ):
        with pytest.raises(Invalid) as refusal:
            rules.check_decision(unit, code, upheld=upheld, points=points)
        assert list(refusal.value.fields) == ["points"]
    rules.check_decision(unit, "a", upheld=True, points=Decimal("6.67"))
    rules.check_decision(unit, "v", upheld=True, points=None)


def test_a_figure_the_system_does_not_know_is_a_fault_of_the_scheme_told_clearly() -> None:
    odd = [replace(SHARE, code=name, metric=name) for name in ("no_such_rate", "disputes_overdue")]
    scheme = replace(SCHEME, indicators=(*odd, EACH))
    assert rules.faults_text(scheme) == (
        "成功（no_such_rate）：系统还没有提供这项指标，这一项不能计分",
        "成功（disputes_overdue）：这项指标只看当天，不能用来考核一年",
    )
    unit = rules.appraise(scheme, UNIT, {AGAIN: Figure(2)})
    assert [each.score for each in unit.lines] == [None, None, Decimal(30)]
    with pytest.raises(Conflict):
        rules.check_announceable(over=True, published=True, faulty=rules.faults_text(scheme))


def test_the_shipped_scheme_stands_and_asks_for_figures_of_the_contract() -> None:
    shipped = schemes.load()
    assert schemes.read(schemes.as_table(shipped)) == shipped
    assert set(shipped.metrics) <= set(metric.METRICS) | metric.LATER
    offices = {"suggestion_reply_rate", "head_appearance_rate", "judgment_performance_rate"}
    assert offices <= set(shipped.metrics)


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"indicators": (SHARE,)}, "indicators"),
        ({"indicators": (SHARE, replace(EACH, code="a"), SCALE)}, "indicators"),
        ({"indicators": (replace(SHARE, target=None), EACH, SCALE)}, "indicators.0.target"),
        ({"indicators": (SHARE, replace(EACH, per_item=None), SCALE)}, "indicators.1.per_item"),
        (
            {"indicators": (SHARE, EACH, replace(SCALE, steps=SCALE.steps[::-1]))},
            "indicators.2.steps",
        ),
        ({"grades": ()}, "grades"),
        ({"kinds": ()}, "kinds"),
        ({"objection_days": 0}, "objection_days"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused_at_its_place(
    wrong: dict[str, Any], at: str
) -> None:
    assert list(schemes.faults(replace(SCHEME, **wrong))) == [at]


def test_nobody_freezes_what_they_made_or_too_early() -> None:
    maker, other = uuid4(), uuid4()
    until = rules.period(2026).end_on
    later = until.replace(month=2)
    told: dict[str, Any] = {"until": until, "today": later, "waiting": 0, "makers": {maker}}
    rules.check_freezable(**told, actor=other)
    with pytest.raises(Forbidden):
        rules.check_freezable(**told, actor=maker)
    for more in ({"today": until}, {"waiting": 1}):
        with pytest.raises(Conflict):
            rules.check_freezable(**(told | more), actor=other)


figures = st.builds(
    lambda hits, missed: Figure(hits, hits + missed), st.integers(0, 50), st.integers(0, 50)
)
EXAMPLES = settings(max_examples=25, deadline=None)


@EXAMPLES
@given(success=figures, again=st.integers(0, 30), filed=st.integers(0, 6))
def test_a_result_adds_up_and_survives_being_frozen(
    success: Figure, again: int, filed: int
) -> None:
    told = {SUCCESS: success, AGAIN: Figure(again), FILED: Figure(filed)}
    unit = rules.appraise(SCHEME, UNIT, told)
    assert unit.points == sum(each.score or 0 for each in unit.lines)
    assert unit.total is not None
    assert 0 <= unit.total <= 100
    better = rules.appraise(SCHEME, UNIT, told | {AGAIN: Figure(max(0, again - 1))})
    assert better.points >= unit.points
    body = rules.unit_body(unit)
    assert rules.unit_body(rules._read_unit(body)) == body
