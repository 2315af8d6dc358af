"""The yearly appraisal 年度考核: what each indicator scores, with its whole working, and the total.

Points are exact to the cent of a point and rounded once, where they arise: what is shown adds up by
hand. Of what nothing was due nothing is scored: a unit is neither praised nor blamed for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from config import evaluation as schemes
from config.evaluation import (
    CENT,
    FULL,
    Better,
    Counted,
    Indicator,
    NothingDue,
    ObjectionState,
    Scheme,
    Stage,
    Veto,
    Way,
)
from service.errors import Conflict, Forbidden, Invalid
from service.rules import metric as dictionary
from service.rules.statistics import Period

FORM: Final = 1  # of the frozen body; a later form gets a later number
ZERO: Final = Decimal(0)
# judged on the day one asks, whatever the period: a year cannot be appraised by it afterwards
OF_THE_DAY: Final = frozenset({"disputes_overdue"})
OF_REGISTERS: Final = dictionary.Family.PLAN_ENTRY  # small, and judged by the plan itself
UNKNOWN: Final = "系统还没有提供这项指标，这一项不能计分"
UNSPLIT: Final = "这项指标不能按单位统计"
TODAY_ONLY: Final = "这项指标只看当天，不能用来考核一年"
NOTHING: Final = "本年没有应计的事项"
UNGRADED: Final = "不评等次"  # too little of the weights was scored


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one unit; `denominator` is None for a plain count.

    `not_yet_due` and `objected` stand beside a rate and never in it.
    """

    numerator: int = 0
    denominator: int | None = None
    not_yet_due: int | None = None
    objected: int | None = None

    @property
    def value(self) -> Fraction | None:
        """The number itself; a rate of nothing is None."""
        if self.denominator is None:
            return Fraction(self.numerator)
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def count(self, counted: Counted) -> int:
        """How many rows are counted one by one."""
        if counted is Counted.HITS or self.denominator is None:
            return self.numerator
        return self.denominator - self.numerator


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What an objection changed: so many points, or that a veto is lifted (points None)."""

    code: str
    points: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One indicator of one unit with its working: figure, rule in words, arithmetic, score.

    `score` is None where nothing is scored, and `said` says why. `adjusted` is in `score`.
    """

    code: str
    name: str
    metric: str
    weight: Decimal
    rule: str
    figure: Figure | None
    said: str
    score: Decimal | None
    adjusted: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoLine:
    """One veto that struck; `lifted` says why it does not hold."""

    code: str
    name: str
    said: str
    lifted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """One unit's year 考核结果; `total` is None when nothing could be scored."""

    organisation: UUID
    name: str
    lines: tuple[Line, ...]
    vetoes: tuple[VetoLine, ...]
    weight: Decimal
    points: Decimal
    total: Decimal | None
    grade: str
    working: str

    @property
    def is_vetoed(self) -> bool:
        """Whether a veto holds."""
        return any(not each.lifted for each in self.vetoes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly:
    """A year as counted at `cut_off`: every unit's result, and what is wrong with the scheme."""

    year: int
    cut_off: datetime
    centre: str
    scheme: Scheme
    edition: int
    faults: tuple[str, ...]
    units: tuple[Appraisal, ...]


def period(year: int) -> Period:
    """The calendar year."""
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def faults(scheme: Scheme) -> dict[str, str]:
    """The figures a scheme asks for that this system cannot give by unit, by the field's path."""
    return {
        f"{path}.metric": text
        for path, each in _asking(scheme)
        if (text := _wrong_figure(each.metric)) is not None
    }


def faults_text(scheme: Scheme) -> tuple[str, ...]:
    """The same in sentences that name the indicator."""
    return tuple(
        f"{each.name}（{each.metric}）：{text}"
        for _, each in _asking(scheme)
        if (text := _wrong_figure(each.metric)) is not None
    )


def _asking(scheme: Scheme) -> Iterable[tuple[str, Indicator | Veto]]:
    for place, each in enumerate(scheme.indicators):
        yield f"indicators.{place}", each
    for place, veto in enumerate(scheme.vetoes):
        yield f"vetoes.{place}", veto


def _wrong_figure(metric_id: str) -> str | None:
    found = dictionary.METRICS.get(metric_id)
    if found is None or found.family is OF_REGISTERS:
        return UNKNOWN
    if "organisation" not in found.groups:
        return UNSPLIT
    return TODAY_ONLY if metric_id in OF_THE_DAY else None


def usable() -> list[dictionary.Metric]:
    """The figures a scheme may ask for."""
    return [
        each
        for each in dictionary.METRICS.values()
        if "organisation" in each.groups
        and each.id not in OF_THE_DAY
        and each.family is not OF_REGISTERS
    ]


def appraise(
    scheme: Scheme,
    unit: tuple[UUID, str],
    figures: Mapping[str, Figure],
    adjustments: Iterable[Adjustment] = (),
) -> Appraisal:
    """One unit's result: `figures` by metric, those the system does not know left out."""
    changed = {each.code: each for each in adjustments}
    lines = tuple(
        _adjusted(_line(each, figures, scheme.nothing_due), changed.get(each.code))
        for each in scheme.indicators
    )
    vetoes = tuple(
        replace(struck, lifted=changed[struck.code].reason if struck.code in changed else "")
        for each in scheme.vetoes
        if (struck := _struck(each, figures)) is not None
    )
    scored = [each for each in lines if each.score is not None]
    weight = sum((each.weight for each in scored), ZERO)
    points = sum((each.score for each in scored if each.score is not None), ZERO)
    total = cents(points * FULL / weight) if weight else None
    vetoed = any(not each.lifted for each in vetoes)
    graded = weight >= scheme.least_weight
    return Appraisal(
        organisation=unit[0],
        name=unit[1],
        lines=lines,
        vetoes=vetoes,
        weight=weight,
        points=points,
        total=total,
        grade=scheme.vetoed if vetoed else _grade(scheme, total if graded else None),
        working=_working(points, weight, total)
        + ("" if graded or total is None else _too_little(scheme)),
    )


def cents(value: Decimal) -> Decimal:
    """Points to two places, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def rule_text(each: Indicator) -> str:
    """How the indicator is scored, in words."""
    full = schemes.plain(each.weight)
    if each.way is Way.SHARE and each.target is not None:
        return f"达到{_amount(each, each.target)}得 {full} 分，不足的按比例"
    if each.way is Way.DEDUCTION and each.per_item is not None:
        what = _missed(each)
        after = f"超过 {each.free} 件以后" if each.free else ""
        return f"满分 {full} 分，{what}{after}每件扣 {schemes.plain(each.per_item)} 分，扣完为止"
    edge = "不低于" if each.better is Better.MORE else "不高于"
    steps = "；".join(
        f"{edge}{_amount(each, step.bound)}得 {schemes.plain(step.share * 100)}%"
        for step in each.steps
    )
    return f"满分 {full} 分，{steps}；其余不得分"


def veto_text(each: Veto) -> str:
    """When the veto strikes, in words."""
    what = _missed(each)
    return f"{what}超过 {each.over} 件" if each.over else f"{what}有一件即否决"


def value_text(figure: Figure | None) -> str:
    """`24÷30＝80.00%`, `3 件`, or —."""
    if figure is None or figure.value is None:
        return "—"
    if figure.denominator is None:
        return f"{figure.numerator} 件"
    return f"{figure.numerator}÷{figure.denominator}＝{_percent(figure.value)}"


def is_rate(metric_id: str) -> bool:
    """Whether a figure is a share of its rows."""
    found = dictionary.METRICS.get(metric_id)
    return found.is_rate if found else metric_id.endswith("_rate")


def check_announceable(*, over: bool, published: bool, faulty: Collection[str]) -> None:
    """Raises Conflict for a year that still runs, has no scheme, or one that cannot be counted."""
    if not over:
        raise Conflict("这一年还没有结束，结果次年 1 月 1 日起才能公示")
    if not published:
        raise Conflict("这一年的考核方案还没有发布")
    if faulty:
        raise Conflict("方案里有的指标现在不能计分：" + "；".join(faulty))


def check_freezable(
    *, until: date, today: date, waiting: int, makers: Collection[UUID], actor: UUID
) -> None:
    """Raises Conflict before the objections are over, Forbidden for who made what is frozen."""
    if actor in makers:
        raise Forbidden("方案和公示由别人做，定稿要由另一个人定")
    if today <= until:
        raise Conflict(f"异议期到 {until.year}年{until.month}月{until.day}日，过了这一天才能定稿")
    if waiting:
        raise Conflict(f"还有 {waiting} 项异议没有答复，答复以后才能定稿")


def check_objection(unit: Appraisal, code: str, *, until: date, today: date) -> None:
    """Raises Conflict after the time; Invalid for what is neither scored nor a veto that struck."""
    if today > until:
        raise Conflict(f"异议期已在 {until.isoformat()} 结束")
    scored = {each.code for each in unit.lines if each.score is not None}
    if code not in scored | {each.code for each in unit.vetoes}:
        raise Invalid({"code": ["这一项没有计分，也没有否决，不能提异议"]})


def check_decision(unit: Appraisal, code: str, *, upheld: bool, points: Decimal | None) -> None:
    """Raises Invalid at `points`: a score moves inside its weight, a veto is lifted without any."""
    line = next((each for each in unit.lines if each.code == code), None)
    if not upheld or line is None:
        if points is not None:
            raise Invalid({"points": ["否决项和不成立的异议不写分数"]})
        return
    if points is None or points == 0 or points != cents(points):
        raise Invalid({"points": ["请写加几分（减分写负数），最多两位小数"]})
    score = line.score or ZERO
    if not 0 <= score + points <= line.weight:
        top = schemes.plain(line.weight)
        raise Invalid({"points": [f"改完以后应在 0 到 {top} 分之间，原来是 {score} 分"]})


def check_decider(
    *, raised_by: UUID, raised_at: UUID, actor: UUID, homes: Collection[UUID]
) -> None:
    """Raises Forbidden: nobody answers an objection of their own, or of their own unit."""
    if actor == raised_by or raised_at in homes:
        raise Forbidden("异议由提出单位以外的人答复")


def state_of(upheld: bool) -> ObjectionState:
    """What became of it."""
    return ObjectionState.UPHELD if upheld else ObjectionState.REJECTED


def as_body(yearly: Yearly, stage: Stage) -> dict[str, Any]:
    """The year as plain JSON: what is hashed, stored and never changed."""
    span = period(yearly.year)
    return {
        "form": FORM,
        "stage": stage.value,
        "year": yearly.year,
        "from": span.start_on.isoformat(),
        "to": span.end_on.isoformat(),
        "cut_off": yearly.cut_off.isoformat(),
        "centre": yearly.centre,
        "edition": yearly.edition,
        "scheme": schemes.as_table(yearly.scheme),
        "units": [unit_body(each) for each in yearly.units],
    }


def from_body(body: Mapping[str, Any]) -> Yearly:
    """The year of a frozen body."""
    return Yearly(
        year=body["year"],
        cut_off=datetime.fromisoformat(body["cut_off"]),
        centre=body["centre"],
        scheme=schemes.read(body["scheme"]),
        edition=body["edition"],
        faults=(),
        units=tuple(_read_unit(each) for each in body["units"]),
    )


def unit_body(unit: Appraisal) -> dict[str, Any]:
    """One unit's result as plain JSON; points as decimal text, a rate's value as a number."""
    return {
        "organisation": str(unit.organisation),
        "name": unit.name,
        "total": _text(unit.total),
        "points": str(unit.points),
        "weight": str(unit.weight),
        "grade": unit.grade,
        "vetoed": unit.is_vetoed,
        "working": unit.working,
        "lines": [_line_body(each) for each in unit.lines],
        "vetoes": [asdict(each) for each in unit.vetoes],
    }


def _line_body(line: Line) -> dict[str, Any]:
    figure = line.figure
    value = figure.value if figure else None
    return {
        "code": line.code,
        "name": line.name,
        "metric": line.metric,
        "weight": schemes.plain(line.weight),
        "rule": line.rule,
        "numerator": figure.numerator if figure else None,
        "denominator": figure.denominator if figure else None,
        "value": None if value is None else float(value),
        "not_yet_due": figure.not_yet_due if figure else None,
        "objected": figure.objected if figure else None,
        "working": line.said,
        "score": _text(line.score),
        "adjusted": str(line.adjusted),
        "reason": line.reason,
    }


def _read_unit(row: Mapping[str, Any]) -> Appraisal:
    return Appraisal(
        organisation=UUID(row["organisation"]),
        name=row["name"],
        lines=tuple(_read_line(each) for each in row["lines"]),
        vetoes=tuple(VetoLine(**each) for each in row["vetoes"]),
        weight=Decimal(row["weight"]),
        points=Decimal(row["points"]),
        total=None if row["total"] is None else Decimal(row["total"]),
        grade=row["grade"],
        working=row["working"],
    )


def _read_line(row: Mapping[str, Any]) -> Line:
    figure = None
    if row["numerator"] is not None:
        names = ("numerator", "denominator", "not_yet_due", "objected")
        figure = Figure(*(row[name] for name in names))
    return Line(
        code=row["code"],
        name=row["name"],
        metric=row["metric"],
        weight=Decimal(row["weight"]),
        rule=row["rule"],
        figure=figure,
        said=row["working"],
        score=None if row["score"] is None else Decimal(row["score"]),
        adjusted=Decimal(row["adjusted"]),
        reason=row["reason"],
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _line(each: Indicator, figures: Mapping[str, Figure], nothing_due: NothingDue) -> Line:
    wrong = _wrong_figure(each.metric)
    figure = None if wrong else figures.get(each.metric, _none_of(each.metric))
    if figure is None:
        score, said = None, wrong or UNKNOWN
    elif figure.value is None:
        score, said = _of_nothing(each, nothing_due)
    else:
        score, said = _scored(each, figure)
    return Line(
        code=each.code,
        name=each.name,
        metric=each.metric,
        weight=each.weight,
        rule=rule_text(each),
        figure=figure,
        said=said,
        score=score,
    )


def _none_of(metric_id: str) -> Figure:
    """A unit that stands in no group of a figure has none of it."""
    return Figure(0, 0 if is_rate(metric_id) else None)


def _of_nothing(each: Indicator, nothing_due: NothingDue) -> tuple[Decimal | None, str]:
    if nothing_due is NothingDue.FULL:
        return each.weight, f"{NOTHING}，按方案计满分"
    return None, f"{NOTHING}，不计分，权重分摊到其他指标"


def _scored(each: Indicator, figure: Figure) -> tuple[Decimal, str]:
    """Points and the arithmetic that led to them."""
    if each.way is Way.DEDUCTION:
        return _deducted(each, figure)
    value, full = figure.value or Fraction(0), Fraction(each.weight)
    weight, told = schemes.plain(each.weight), value_text(figure)
    if each.way is Way.SHARE and each.target is not None:
        share = min(Fraction(1), value / Fraction(each.target))
        score = _points(full * share)
        if share == 1:
            return score, f"{told}，达到目标，得 {score} 分"
        return score, f"{told}，÷{_amount(each, each.target)}×{weight}＝{score} 分"
    share = _step_share(each, value)
    score = _points(full * share)
    return score, f"{told}，按档得 {weight}×{_percent(share)}＝{score} 分"


def _deducted(each: Indicator, figure: Figure) -> tuple[Decimal, str]:
    count, per_item = figure.count(each.counted), each.per_item or ZERO
    beyond = max(0, count - each.free)
    score = cents(max(ZERO, each.weight - per_item * beyond))
    what = _missed(each)
    freed = f"，免扣 {each.free} 件" if each.free else ""
    weight, one = schemes.plain(each.weight), schemes.plain(per_item)
    floor = "（扣完为止）" if per_item * beyond > each.weight else ""
    return score, f"{what}{count} 件{freed}，{weight}－{beyond}×{one}＝{score} 分{floor}"


def _step_share(each: Indicator, value: Fraction) -> Fraction:
    for step in each.steps:
        bound = Fraction(step.bound)
        if value >= bound if each.better is Better.MORE else value <= bound:
            return Fraction(step.share)
    return Fraction(0)


def _adjusted(line: Line, change: Adjustment | None) -> Line:
    """With what an objection changed, inside the weight."""
    if change is None or change.points is None or line.score is None:
        return line
    score = min(line.weight, max(ZERO, line.score + change.points))
    return replace(line, score=score, adjusted=score - line.score, reason=change.reason)


def _struck(each: Veto, figures: Mapping[str, Figure]) -> VetoLine | None:
    if _wrong_figure(each.metric):
        return None
    count = figures.get(each.metric, _none_of(each.metric)).count(each.counted)
    if count <= each.over:
        return None
    return VetoLine(code=each.code, name=each.name, said=f"{veto_text(each)}，实际 {count} 件")


def _grade(scheme: Scheme, total: Decimal | None) -> str:
    if total is None:
        return UNGRADED
    return next(each.name for each in scheme.grades if total >= each.least)


def _too_little(scheme: Scheme) -> str:
    return f"；计分的权重不到 {schemes.plain(scheme.least_weight)}，{UNGRADED}"


def _working(points: Decimal, weight: Decimal, total: Decimal | None) -> str:
    if total is None:
        return "没有一项可以计分"
    if weight == FULL:
        return f"各项得分合计 {total} 分"
    told = schemes.plain(weight)
    return f"各项得分合计 {points} 分，计分的权重 {told}，{points}÷{told}×100＝{total} 分"


def _points(value: Fraction) -> Decimal:
    return cents(Decimal(value.numerator) / Decimal(value.denominator))


def _missed(each: Indicator | Veto) -> str:
    """What is counted one by one, where it is not simply the rows: a count has no others."""
    return "没有办到的" if each.counted is Counted.MISSED and is_rate(each.metric) else ""


def _percent(value: Fraction) -> str:
    exact = cents(Decimal(100 * value.numerator) / Decimal(value.denominator))
    shown = exact if value >= 1 else min(exact, FULL - CENT)  # what is not all is never told as all
    return f"{schemes.plain(shown)}%"


def _amount(each: Indicator, bound: Decimal) -> str:
    """A bound of a rate in percent, of a count in items."""
    if is_rate(each.metric):
        return f" {schemes.plain(bound * 100)}% "
    return f" {schemes.plain(bound)} 件"
