"""The registers of 府检府院联动, as data: `linkage.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis

DEFAULT: Final = Path(__file__).with_name("linkage.toml")


class LinkageRegister(StrEnum):
    """The registers there are."""

    OVERSIGHT = "oversight"  # 行政公益诉讼和行政诉讼监督
    INQUIRY = "inquiry"  # 检察机关调卷、调查
    COURT_AID = "court_aid"  # 协助法院
    OBLIGATION = "obligation"  # 府院联动机制条款、联合清单
    ENFORCEMENT_CHECK = "enforcement_check"  # 执法监督
    INTERFERENCE = "interference"  # 干预过问记录
    REFERRAL = "referral"  # 移送纪检监察


class LinkageStage(StrEnum):
    """How far a row is; each register has some of these, under names of its own."""

    FILED = "filed"
    CONSULTED = "consulted"
    SUGGESTED = "suggested"
    RECTIFIED = "rectified"
    FOLLOWED = "followed"
    SUED = "sued"
    RECEIVED = "received"
    FED_BACK = "fed_back"
    DONE = "done"
    FAILED = "failed"
    ENDED = "ended"


class LinkagePeriod(StrEnum):
    """How often an obligation 联动事项 comes round."""

    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class DueIs(StrEnum):
    """Whether a row names the day it is due."""

    MUST = "must"
    MAY = "may"
    NONE = "none"


PERIODS: Final[Mapping[LinkagePeriod, str]] = MappingProxyType(
    {
        LinkagePeriod.ONCE: "一次",
        LinkagePeriod.MONTHLY: "每月",
        LinkagePeriod.QUARTERLY: "每季度",
        LinkagePeriod.HALF_YEARLY: "每半年",
        LinkagePeriod.YEARLY: "每年",
    }
)
MONTHS: Final[Mapping[LinkagePeriod, int]] = MappingProxyType(
    {
        LinkagePeriod.ONCE: 0,
        LinkagePeriod.MONTHLY: 1,
        LinkagePeriod.QUARTERLY: 3,
        LinkagePeriod.HALF_YEARLY: 6,
        LinkagePeriod.YEARLY: 12,
    }
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a register; the flags are explained in `linkage.toml`."""

    stage: LinkageStage
    name: str
    next: tuple[LinkageStage, ...]
    proof: bool = False
    paper: bool = False
    unit: bool = False
    suit: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """One register; what each column is called is explained in `linkage.toml`."""

    id: LinkageRegister
    name: str
    series: str
    asker: str
    sign: str
    day: str
    due: DueIs
    sealed: bool
    words: bool
    basis: tuple[Basis, ...]
    sorts: Mapping[str, str]
    stages: Mapping[LinkageStage, Stage]

    @property
    def periodic(self) -> bool:
        """Whether its rows come round again."""
        return self.id is LinkageRegister.OBLIGATION

    @property
    def final(self) -> frozenset[LinkageStage]:
        """The stages after which nothing follows."""
        return frozenset(each.stage for each in self.stages.values() if not each.next)


@dataclass(frozen=True, slots=True)
class Linkages:
    """Every register, in the order of the file."""

    version: int
    registers: Mapping[LinkageRegister, Register]

    def __getitem__(self, register: LinkageRegister) -> Register:
        return self.registers[register]

    def those(self, *, sealed: bool) -> tuple[Register, ...]:
        """The registers that are open to their readers, or those sealed to named people."""
        return tuple(each for each in self.registers.values() if each.sealed is sealed)


def load(path: Path | None = None) -> Linkages:
    """Read the registers; one that is missing or twice, or a stage nobody reaches: ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    rows = [_register(row) for row in table["register"]]
    found = {each.id: each for each in rows}
    if len(rows) != len(LinkageRegister) or set(found) != set(LinkageRegister):
        raise ValueError("每个联动登记簿应当写一次")
    if len({each.series for each in rows}) != len(rows):
        raise ValueError("两个联动登记簿的编号字母不能相同")
    return Linkages(int(table["version"]), MappingProxyType(found))


def _register(row: Mapping[str, Any]) -> Register:
    stages = {LinkageStage(name): _stage(name, told) for name, told in row["stages"].items()}
    first = next(iter(stages))
    reached = {first, *(after for each in stages.values() for after in each.next)}
    if first is not LinkageStage.FILED or reached != set(stages):
        raise ValueError(f"{row['name']}的环节接不上")
    return Register(
        id=LinkageRegister(row["id"]),
        name=row["name"],
        series=row["series"],
        asker=row["asker"],
        sign=row["sign"],
        day=row["day"],
        due=DueIs(row["due"]),
        sealed=bool(row.get("sealed", False)),
        words=bool(row.get("words", True)),
        basis=basis.read(row["basis"]),
        sorts=MappingProxyType(row["sorts"]),
        stages=MappingProxyType(stages),
    )


def _stage(name: str, told: Mapping[str, Any]) -> Stage:
    flags = {flag: bool(told.get(flag, False)) for flag in ("proof", "paper", "unit", "suit")}
    after = tuple(LinkageStage(each) for each in told["next"])
    return Stage(LinkageStage(name), told["name"], after, **flags)
