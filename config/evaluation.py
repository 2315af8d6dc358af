"""The yearly appraisal 年度考核 as data: a scheme of indicators, weights, grades and vetoes.

`evaluation.toml` ships the first scheme, a pattern to draft from. What people draft and publish is
kept in tables as the same table of words and numbers, and read by the same `read`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis, words
from config.basis import Basis
from config.vocabulary import OrganisationKind

DEFAULT: Final = Path(__file__).with_name("evaluation.toml")
FULL: Final = Decimal(100)  # what the weights of a scheme add up to
CENT: Final = Decimal("0.01")
MOST: Final = 30  # indicators, grades or vetoes of one scheme


class Way(StrEnum):
    """How an indicator is scored 计分办法."""

    SHARE = "share"  # 达到目标值得满分，不足按比例
    DEDUCTION = "deduction"  # 每一件扣几分
    STEPS = "steps"  # 分档计分


class Counted(StrEnum):
    """Which rows of a rate are counted one by one: those it counts, or the others."""

    HITS = "hits"
    MISSED = "missed"


class Better(StrEnum):
    """Whether more of it or less of it is better."""

    MORE = "more"
    LESS = "less"


class NothingDue(StrEnum):
    """What becomes of the weight of an indicator of which nothing was due 无应计事项."""

    SPREAD = "spread"  # 不计分，权重分摊到其他指标
    FULL = "full"  # 计满分


class Stage(StrEnum):
    """What a stored result is."""

    ANNOUNCED = "announced"  # 公示
    FINAL = "final"  # 定稿


class ObjectionState(StrEnum):
    """What became of an objection 异议."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


NAMES: Final[Mapping[StrEnum, str]] = MappingProxyType(
    {
        Way.SHARE: "按目标值的比例",
        Way.DEDUCTION: "逐件扣分",
        Way.STEPS: "分档",
        Counted.HITS: "计入的每件",
        Counted.MISSED: "没有办到的每件",
        Better.MORE: "越高越好",
        Better.LESS: "越低越好",
        NothingDue.SPREAD: "不计分，权重分摊到其他指标",
        NothingDue.FULL: "计满分",
        Stage.ANNOUNCED: "公示",
        Stage.FINAL: "定稿",
        ObjectionState.OPEN: "等答复",
        ObjectionState.UPHELD: "成立",
        ObjectionState.REJECTED: "不成立",
    }
)


def name(member: StrEnum) -> str:
    """The Chinese word of one of these."""
    return NAMES[member]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scale: from this value on (or down) so much of the weight is scored."""

    bound: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator 考核指标: a figure of the dictionary, its weight, and how it is scored.

    `target` belongs to a share, `per_item` and `free` to a deduction, `steps` and `better` to a
    scale; `counted` says which rows of a rate a deduction counts.
    """

    code: str
    name: str
    metric: str
    weight: Decimal
    way: Way
    target: Decimal | None = None
    per_item: Decimal | None = None
    free: int = 0
    counted: Counted = Counted.HITS
    better: Better = Better.MORE
    steps: tuple[Step, ...] = ()
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """One veto 一票否决: more than `over` rows of a figure end it, whatever the score."""

    code: str
    name: str
    metric: str
    over: int
    counted: Counted = Counted.HITS
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A grade 等次 from so many points on."""

    name: str
    least: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What a year is appraised by 考核方案; `vetoed` is the grade of who was vetoed.

    Who was scored on less than `least_weight` of the weights gets no grade 不评等次.
    """

    name: str
    kinds: tuple[OrganisationKind, ...]
    objection_days: int
    nothing_due: NothingDue
    least_weight: Decimal
    indicators: tuple[Indicator, ...]
    vetoes: tuple[Veto, ...]
    grades: tuple[Mark, ...]
    vetoed: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every figure it asks for, each once."""
        asked = [each.metric for each in self.indicators] + [each.metric for each in self.vetoes]
        return tuple(dict.fromkeys(asked))

    @property
    def codes(self) -> tuple[str, ...]:
        """What may be objected to: the indicators and the vetoes."""
        return (*(each.code for each in self.indicators), *(each.code for each in self.vetoes))


def load(path: Path | None = None) -> Scheme:
    """Read the shipped scheme; a wrong one is a ValueError at the start."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    table.pop("version")
    return read(table)


def read(table: Mapping[str, Any]) -> Scheme:
    """A scheme of a table. Raises ValueError, in Chinese, for what contradicts itself."""
    try:
        found = build(table)
    except KeyError as missing:
        raise ValueError(f"考核方案里缺少 {missing.args[0]}") from missing
    wrong = faults(found)
    if wrong:
        raise ValueError("；".join(f"{path}：{text}" for path, text in wrong.items()))
    return found


def build(table: Mapping[str, Any]) -> Scheme:
    """A scheme of a table that has its shape; whether it holds together is for `faults` to say."""
    return Scheme(
        name=str(table["name"]),
        kinds=tuple(OrganisationKind(each) for each in table["kinds"]),
        objection_days=int(table["objection_days"]),
        nothing_due=NothingDue(table["nothing_due"]),
        least_weight=number(table.get("least_weight", 0)),
        indicators=tuple(_indicator(each) for each in table["indicators"]),
        vetoes=tuple(_veto(each) for each in table.get("vetoes", ())),
        grades=tuple(Mark(str(each["name"]), number(each["least"])) for each in table["grades"]),
        vetoed=str(table["vetoed"]),
    )


def faults(scheme: Scheme) -> dict[str, str]:
    """What is wrong with a scheme in itself, by the path of the field."""
    wrong: dict[str, str] = {}
    if not scheme.indicators:
        wrong["indicators"] = "至少要有一项指标"
    total = sum((each.weight for each in scheme.indicators), Decimal(0))
    if scheme.indicators and total != FULL:
        wrong["indicators"] = f"各项权重合计是 {plain(total)}，应当是 {plain(FULL)}"
    if not scheme.kinds or len(set(scheme.kinds)) != len(scheme.kinds):
        wrong["kinds"] = "被考核的单位类别每种写一次，至少一种"
    if len(set(scheme.codes)) != len(scheme.codes):
        wrong["indicators"] = "指标和否决项的代码不能重复"
    if not 1 <= scheme.objection_days <= 60:
        wrong["objection_days"] = "异议期应在 1 到 60 个工作日之间"
    if not 0 <= scheme.least_weight <= FULL:
        wrong["least_weight"] = "应在 0 到 100 之间"
    wrong.update(_wrong_grades(scheme.grades))
    for place, each in enumerate(scheme.indicators):
        wrong.update(_wrong_indicator(each, f"indicators.{place}"))
    return wrong


def as_table(scheme: Scheme) -> dict[str, Any]:
    """The scheme as plain JSON: what is stored, frozen and shown; numbers as decimal text."""
    return {
        "name": scheme.name,
        "kinds": [each.value for each in scheme.kinds],
        "objection_days": scheme.objection_days,
        "nothing_due": scheme.nothing_due.value,
        "least_weight": plain(scheme.least_weight),
        "indicators": [_indicator_table(each) for each in scheme.indicators],
        "vetoes": [
            {
                "code": each.code,
                "name": each.name,
                "metric": each.metric,
                "over": each.over,
                "counted": each.counted.value,
                "basis": [one.as_dict() for one in each.basis],
            }
            for each in scheme.vetoes
        ],
        "grades": [{"name": each.name, "least": plain(each.least)} for each in scheme.grades],
        "vetoed": scheme.vetoed,
    }


def number(value: Any) -> Decimal:
    """A decimal number of TOML, JSON or a form. Raises ValueError for what is none."""
    try:
        found = Decimal(str(value))
    except InvalidOperation as wrong:
        raise ValueError(f"{value} 不是数字") from wrong
    if not found.is_finite():
        raise ValueError(f"{value} 不是数字")
    return found


def plain(value: Decimal) -> str:
    """`20`, `2.5`, `0.95`: without an exponent or zeros nobody wrote."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def kind_names(kinds: Sequence[OrganisationKind]) -> str:
    """The kinds in words."""
    return "、".join(words.label(each) for each in kinds)


def _wrong_grades(grades: Sequence[Mark]) -> dict[str, str]:
    bounds = [each.least for each in grades]
    if not grades or bounds != sorted(set(bounds), reverse=True) or bounds[-1] != 0:
        return {"grades": "等次从高到低写，分数不重复，最后一等从 0 分起"}
    return {}


def _wrong_indicator(each: Indicator, path: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if each.weight <= 0 or each.weight != each.weight.quantize(CENT):
        wrong[f"{path}.weight"] = "权重要大于 0，最多两位小数"
    if each.way is Way.SHARE and (each.target is None or each.target <= 0):
        wrong[f"{path}.target"] = "按比例计分的，请写目标值"
    if each.way is Way.DEDUCTION and (each.per_item is None or each.per_item <= 0):
        wrong[f"{path}.per_item"] = "逐件扣分的，请写每件扣几分"
    if each.free < 0:
        wrong[f"{path}.free"] = "不扣分的件数不能小于 0"
    if each.way is Way.STEPS:
        wrong.update(_wrong_steps(each, path))
    return wrong


def _wrong_steps(each: Indicator, path: str) -> dict[str, str]:
    bounds = [step.bound for step in each.steps]
    best_first = sorted(set(bounds), reverse=each.better is Better.MORE)
    shares = [step.share for step in each.steps]
    falling = shares == sorted(shares, reverse=True)
    if not bounds or bounds != best_first or not falling:
        return {f"{path}.steps": "分档从好到差写，每档的得分比例不能比前一档高"}
    if not all(0 <= share <= 1 for share in shares):
        return {f"{path}.steps": "每档的得分比例应在 0 到 1 之间"}
    return {}


def _indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        code=str(row["code"]),
        name=str(row["name"]),
        metric=str(row["metric"]),
        weight=number(row["weight"]),
        way=Way(row["way"]),
        target=None if row.get("target") is None else number(row["target"]),
        per_item=None if row.get("per_item") is None else number(row["per_item"]),
        free=int(row.get("free", 0)),
        counted=Counted(row.get("counted", Counted.HITS)),
        better=Better(row.get("better", Better.MORE)),
        steps=tuple(
            Step(number(each["bound"]), number(each["share"])) for each in row.get("steps", ())
        ),
        basis=basis.read(row.get("basis", ())),
    )


def _veto(row: Mapping[str, Any]) -> Veto:
    return Veto(
        code=str(row["code"]),
        name=str(row["name"]),
        metric=str(row["metric"]),
        over=int(row["over"]),
        counted=Counted(row.get("counted", Counted.HITS)),
        basis=basis.read(row.get("basis", ())),
    )


def _indicator_table(each: Indicator) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "metric": each.metric,
        "weight": plain(each.weight),
        "way": each.way.value,
        "target": None if each.target is None else plain(each.target),
        "per_item": None if each.per_item is None else plain(each.per_item),
        "free": each.free,
        "counted": each.counted.value,
        "better": each.better.value,
        "steps": [{"bound": plain(step.bound), "share": plain(step.share)} for step in each.steps],
        "basis": [one.as_dict() for one in each.basis],
    }
