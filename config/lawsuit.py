"""What law and office say of lawsuits 行政应诉, as data: `lawsuit.toml` read and frozen."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    WithdrawalCause,
)

DEFAULT: Final = Path(__file__).with_name("lawsuit.toml")
OTHER: Final = "other"  # the absence that has words of its own


class Breach(StrEnum):
    """What was wrong with who came to a hearing; it stays written for ever."""

    LAWYER_ONLY = "lawyer_only"  # 只委托律师出庭 (行诉法解释128)
    UNEXCUSED = "unexcused"  # 应当出庭的无正当理由未出庭


class DutySource(StrEnum):
    """The paper a duty 义务 comes from."""

    JUDGMENT = "judgment"  # 判决、裁定
    REVIEW_DECISION = "review_decision"  # 行政复议决定书
    MEDIATION = "mediation"  # 调解书
    OPINION = "opinion"  # 行政复议意见书


class Stage(StrEnum):
    """What starts a term of a case."""

    ANSWER = "answer"  # the case is served
    APPEAL = "appeal"  # its decision is served


class Attendance(StrEnum):
    """How strongly the head of the agency is called to the hearing."""

    MUST = "must"  # 应当通知
    MAY = "may"  # 可以通知


_NAMES: Final[Mapping[StrEnum, str]] = MappingProxyType(
    {
        Breach.LAWYER_ONLY: "只有律师出庭",
        Breach.UNEXCUSED: "负责人无正当理由未出庭",
        DutySource.JUDGMENT: "判决、裁定",
        DutySource.REVIEW_DECISION: "行政复议决定书",
        DutySource.MEDIATION: "调解书",
        DutySource.OPINION: "行政复议意见书",
        Attendance.MUST: "应当出庭",
        Attendance.MAY: "法院可以通知出庭",
    }
)


def name(member: StrEnum) -> str:
    """The Chinese word of one of these."""
    return _NAMES[member]


@dataclass(frozen=True, slots=True)
class Coded:
    """One entry of a closed list: its code, its words, where they come from."""

    code: str
    words: str
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class AttendanceGround(Coded):
    """Why the head of the agency comes to the hearing."""

    attendance: Attendance


@dataclass(frozen=True, slots=True)
class WithdrawalCheck(Coded):
    """What is looked at when a suit is withdrawn, and for which causes."""

    causes: frozenset[WithdrawalCause]


@dataclass(frozen=True, slots=True)
class Term:
    """Which term a case starts at a stage; empty `outcomes` are all of them."""

    stage: Stage
    rule: str
    procedures: frozenset[LawsuitProcedure]
    instances: frozenset[LawsuitInstance]
    outcomes: frozenset[LawsuitOutcome]
    simplified: bool


@dataclass(frozen=True, slots=True)
class LawsuitData:
    """Everything a town may correct about lawsuits without touching code."""

    version: int
    attendance: Mapping[str, AttendanceGround]
    absences: Mapping[str, Coded]
    checks: Mapping[str, WithdrawalCheck]
    review_causes: Mapping[str, Coded]
    terms: tuple[Term, ...]

    def rules_of(self, stage: Stage) -> frozenset[str]:
        """Every term that some case starts at a stage."""
        return frozenset(each.rule for each in self.terms if each.stage is stage)


def load(path: Path | None = None, *, known: Collection[str]) -> LawsuitData:
    """Read the file; ValueError for a code that is there twice or a term nobody defines."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    terms = tuple(_term(row) for row in table["term"])
    unknown = sorted({each.rule for each in terms} - set(known))
    if unknown:
        raise ValueError(f"没有这些期限：{'、'.join(unknown)}")
    if OTHER not in {row["code"] for row in table["absence"]}:
        raise ValueError(f"未出庭的理由里缺少“{OTHER}”")
    return LawsuitData(
        version=int(table["version"]),
        attendance=_by_code(
            AttendanceGround(*_coded(row), Attendance(row["attendance"]))
            for row in table["attendance"]
        ),
        absences=_by_code(Coded(*_coded(row)) for row in table["absence"]),
        checks=_by_code(
            WithdrawalCheck(*_coded(row), frozenset(map(WithdrawalCause, row["causes"])))
            for row in table["check"]
        ),
        review_causes=_by_code(Coded(*_coded(row)) for row in table["review_cause"]),
        terms=terms,
    )


def _coded(row: Mapping[str, Any]) -> tuple[str, str, tuple[Basis, ...]]:
    if not row["basis"]:
        raise ValueError(f"“{row['code']}”没有写依据")
    return row["code"], row["words"], basis.read(row["basis"])


def _by_code(rows: Any) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for each in rows:
        if each.code in found:
            raise ValueError(f"“{each.code}”写了两次")
        found[each.code] = each
    return MappingProxyType(found)


def _term(row: Mapping[str, Any]) -> Term:
    return Term(
        stage=Stage(row["stage"]),
        rule=row["rule"],
        procedures=frozenset(map(LawsuitProcedure, row["procedures"])),
        instances=frozenset(map(LawsuitInstance, row["instances"])),
        outcomes=frozenset(map(LawsuitOutcome, row.get("outcomes", ()))),
        simplified=bool(row.get("simplified", False)),
    )
