"""What a task's wording asks for: registers 台账, live figures, targets, units; all proposed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from config.plan import Comparison, Plans
from config.spelling import fold
from config.vocabulary import OrganisationKind
from service.rules.plan_indicator import targets

MOST_WORDS = 200
MOST_NAME = 80
MOST_UNIT = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure a task is held to; `metric` None: nothing in the house counts it yet.

    Without `value` the figure is shown and judges nothing. `words` are those of the wording.
    """

    name: str
    unit: str
    words: str
    metric: str | None = None
    comparison: Comparison | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """What is proposed for a task: registers by id, figures in the order of the dictionary."""

    registers: tuple[str, ...] = ()
    figures: tuple[Measured, ...] = ()


def links(text: str, plans: Plans) -> Links:
    """What a wording asks for by the words that `plan.toml` lists; equal words, equal links."""
    registers = tuple(
        link.register for link in plans.registers if _first(text, link.words) is not None
    )
    figures = tuple(
        Measured("", link.unit, found, link.metric, link.comparison, link.target)
        for link in plans.figures
        if (found := _first(text, link.words)) is not None
    )
    counted = [figure.words for figure in figures if figure.comparison is not None]
    return Links(registers, figures + tuple(_found(text, counted)))


def _first(text: str, words: Iterable[str]) -> str | None:
    return next((each for each in words if each in text), None)


def _found(text: str, counted: Iterable[str]) -> Iterable[Measured]:
    """The targets of a wording, but for those that a figure counts already."""
    known = tuple(counted)
    for target in targets(text):
        if any(words in target.words for words in known):
            continue
        per = f"（{target.per}）" if target.per and target.per not in target.name else ""
        yield Measured(
            name=(target.name or target.words)[: MOST_NAME - len(per)] + per,
            unit=target.unit[:MOST_UNIT],
            words=target.words[:MOST_WORDS],
            comparison=target.comparison,
            value=target.value,
        )


# -- units ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the town that a name may mean."""

    id: UUID
    name: str
    kind: OrganisationKind


_PLACE: Final = re.compile(r"^.{2,8}?(?:镇|乡|苏木|街道|旗|县|区|市)(?=.{2,})")
_REST: Final = re.compile(r"(?:等|等相关)?(?:单位|部门)?$|[（(][^（()）]*[)）]$")
_ALL: Final = re.compile(r"^(?:各|全体|所有|辖区)(?:相关|有关)?")
_VILLAGES: Final = re.compile(r"村|嘎查")
_COMMUNITIES: Final = "社区"
_BRANCHES: Final = "党支部"


def meant(
    name: str, units: Sequence[Unit], spellings: Mapping[str, OrganisationKind]
) -> tuple[UUID, ...]:
    """The units a name means: one, all of a sort (各村), or none where it is not clear which.

    `units` are in the order of the register; `spellings` the usual names of kinds, folded.
    """
    if _ALL.match(name):
        return _all_of(name, units)
    for said in (name, _REST.sub("", name)):
        for found in _ways(said, units, spellings):
            if len(found) == 1:
                return (found[0].id,)
    return ()


def _ways(
    name: str, units: Sequence[Unit], spellings: Mapping[str, OrganisationKind]
) -> Iterable[list[Unit]]:
    """Those it may be, from the surest way of finding them to the least sure."""
    said, bare = fold(name), fold(_PLACE.sub("", name))
    if len(said) < 2:
        return
    yield [unit for unit in units if fold(unit.name) == said]
    yield [unit for unit in units if fold(_PLACE.sub("", unit.name)) == bare]
    kind = spellings.get(said) or spellings.get(bare)
    yield [unit for unit in units if kind is not None and unit.kind is kind]
    yield [unit for unit in units if len(bare) > 2 and fold(unit.name).endswith(bare)]


def _all_of(name: str, units: Sequence[Unit]) -> tuple[UUID, ...]:
    """各村（社区）, 各党支部: every unit of that sort."""
    kinds = OrganisationKind
    branches = [unit for unit in units if unit.kind is kinds.PARTY_BRANCH]
    seats = [unit for unit in units if unit.kind is kinds.VILLAGE_COMMITTEE]
    found = branches if _BRANCHES in name else []
    if not found and _VILLAGES.search(name):
        found = [unit for unit in seats if _COMMUNITIES not in unit.name]
    if _COMMUNITIES in name and _BRANCHES not in name:
        found = [*found, *(unit for unit in seats if _COMMUNITIES in unit.name)]
    return tuple(unit.id for unit in found)
