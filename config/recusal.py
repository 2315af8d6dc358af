"""Recusal 回避 and what a suggestion weighs as data: `recusal.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis
from config.mediator_word import RecusalGrade, Relation

DEFAULT: Final = Path(__file__).with_name("recusal.toml")
# what the rules ask for beside what mediators declare of themselves
KNOWN: Final = frozenset(
    "self recused unit unlisted phone committee earlier met away load name language woman".split()
) | frozenset(each.value for each in Relation)


@dataclass(frozen=True, slots=True)
class Ground:
    """What may speak against a mediator; `words` take the part of a party as `{who}`.

    `reason`: who names somebody of whom it holds has to say why.
    """

    code: str
    grade: RecusalGrade
    words: str
    basis: tuple[Basis, ...]
    reason: bool


@dataclass(frozen=True, slots=True)
class Points:
    """What a suggestion weighs; a share of successes counts from `least` cases on."""

    skill: int
    load: int
    language: int
    village: int
    success: int
    least: int


@dataclass(frozen=True, slots=True)
class Recusals:
    """Everything a town may choose about who may mediate."""

    version: int
    load_limit: int
    grounds: Mapping[str, Ground]
    points: Points
    woman_categories: frozenset[str]
    woman_facts: frozenset[str]


def load(path: Path | None = None) -> Recusals:
    """Read the file; ValueError when a ground is missing, twice there or unknown to the rules."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    grounds = [_ground(row) for row in table["ground"]]
    by_code = {each.code: each for each in grounds}
    if len(by_code) != len(grounds) or by_code.keys() != KNOWN:
        odd = sorted(by_code.keys() ^ KNOWN) or sorted(by_code)
        raise ValueError(f"回避的情形缺少、多出或者重复：{'、'.join(odd)}")
    points = Points(**table["score"])
    if table["load_limit"] < 1 or points.least < 1:
        raise ValueError("办理上限和计入成功率的最少件数要大于 0")
    return Recusals(
        version=int(table["version"]),
        load_limit=int(table["load_limit"]),
        grounds=MappingProxyType(by_code),
        points=points,
        woman_categories=frozenset(table["woman"]["categories"]),
        woman_facts=frozenset(table["woman"]["facts"]),
    )


def _ground(row: Mapping[str, Any]) -> Ground:
    if not row["basis"]:
        raise ValueError(f"“{row['code']}”没有写依据")
    grade = RecusalGrade(row["grade"])
    reason = bool(row.get("reason", grade is RecusalGrade.SHOULD))
    return Ground(row["code"], grade, row["words"], basis.read(row["basis"]), reason)
