"""Categories of disputes 纠纷类型 as data: `categories.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from config.spelling import fold, index
from config.vocabulary import OrganisationKind

DEFAULT: Final = Path(__file__).with_name("categories.toml")
MOJ_TYPES: Final = frozenset(
    "婚姻家庭 邻里 房屋宅基地 合同 生产经营 损害赔偿 山林土地 征地拆迁 环境污染 拖欠农民工工资 "
    "其他劳动争议 旅游 电子商务 其他消费 医疗 道路交通事故 物业 其他".split()
)
# the eight that 任务17 of the yearly plan names, in its order; `categories.toml` marks the same
OF_THE_PLAN: Final = tuple(
    "consumer traffic public_order environment social_security expropriation "
    "intellectual_property land_contract".split()
)
_TAILS: Final = ("纠纷", "案件", "类")


@dataclass(frozen=True, slots=True)
class Category:
    """One category; `plan` marks the eight the yearly plan names (任务17)."""

    code: str
    name: str
    label: str
    plan: bool
    event_codes: tuple[str, ...]  # GB/T 31000-2015 事件类别, best first
    moj_type: str  # one of the 18 types of the people's-mediation statistics
    lead: OrganisationKind  # who leads when no routing rule says otherwise
    questions: tuple[str, ...]  # the facts routing asks for
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Categories:
    """Every category in the order of the contract, and how clerks write it."""

    version: int
    all: tuple[Category, ...]
    by_code: Mapping[str, Category]
    by_spelling: Mapping[str, Category]

    def find(self, spelling: str) -> Category | None:
        """The category a clerk means, or None; spaces, width, a final 纠纷 do not count."""
        return self.by_spelling.get(_stem(spelling))


def load(path: Path | None = None) -> Categories:
    """Read the categories; a code or a spelling used twice is a ValueError at the start."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    every = tuple(_category(row) for row in table["category"])
    by_code = {category.code: category for category in every}
    if len(by_code) != len(every):
        raise ValueError("a category code stands twice")
    by_spelling = index(
        (_stem(spelling), category)
        for category in every
        for spelling in (category.name, category.label, *category.spellings)
    )
    return Categories(int(table["version"]), every, by_code, by_spelling)


def _category(row: Mapping[str, Any]) -> Category:
    if row["moj_type"] not in MOJ_TYPES:
        raise ValueError(f"{row['code']}: {row['moj_type']!r} is no type of the statistics")
    return Category(
        code=row["code"],
        name=row["name"],
        label=row["label"],
        plan=row.get("plan", False),
        event_codes=tuple(row["event_codes"]),
        moj_type=row["moj_type"],
        lead=OrganisationKind(row["lead"]),
        questions=tuple(row["questions"]),
        spellings=tuple(row["spellings"]),
    )


def _stem(spelling: str) -> str:
    """The folded spelling without the endings that say only "dispute"; never empty by itself."""
    stem = fold(spelling)
    while tail := next((t for t in _TAILS if stem.endswith(t) and stem != t), None):
        stem = stem.removesuffix(tail)
    return stem
