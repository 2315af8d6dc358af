"""The grounds 事由 to pause 中止 or extend 延期 a term, read from `clock_grounds.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis
from config.clock import Clocks
from config.vocabulary import ClockChangeKind

DEFAULT: Final = Path(__file__).with_name("clock_grounds.toml")
_KEYS: Final = frozenset("code kind name consent evidence approval letter of".split())


@dataclass(frozen=True, slots=True)
class ClockGround:
    """One ground. It wants the parties' `consent`, `evidence` (which paper), `approval` (whose).

    `letter` is the paper that tells the parties; `basis` the law of each term it holds for.
    """

    code: str
    kind: ClockChangeKind
    name: str
    letter: str
    basis: Mapping[str, tuple[Basis, ...]]
    consent: bool = False
    evidence: str = ""
    approval: str = ""


@dataclass(frozen=True, slots=True)
class ClockGrounds:
    """Every ground by its code, in the order of the file."""

    by_code: Mapping[str, ClockGround]

    def __getitem__(self, code: str) -> ClockGround:
        return self.by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def of(self, rule_id: str, kind: ClockChangeKind) -> tuple[ClockGround, ...]:
        """The grounds on which that term may be paused, or extended."""
        found = self.by_code.values()
        return tuple(each for each in found if each.kind is kind and rule_id in each.basis)


def load(path: Path | None = None, *, clocks: Clocks) -> ClockGrounds:
    """Read the grounds (the packaged ones by default). Raises ValueError when the file is wrong."""
    return parse((path or DEFAULT).read_text(encoding="utf-8"), clocks=clocks)


def parse(text: str, *, clocks: Clocks) -> ClockGrounds:
    """Read the grounds from TOML text.

    Raises ValueError for an unknown key or term, a code used twice, and where a term and the
    grounds do not name each other.
    """
    by_code: dict[str, ClockGround] = {}
    for row in tomllib.loads(text)["ground"]:
        ground = _ground(row)
        if ground.code in by_code:
            raise ValueError(f"期限变更事由 {ground.code} 重复")
        by_code[ground.code] = ground
    grounds = ClockGrounds(MappingProxyType(by_code))
    if faults := list(_faults(grounds, clocks)):
        raise ValueError("；".join(faults))
    return grounds


def _ground(row: Mapping[str, Any]) -> ClockGround:
    if unknown := set(row) - _KEYS:
        raise ValueError(f"期限变更事由 {row.get('code')} 有未知的键：{'、'.join(sorted(unknown))}")
    return ClockGround(
        code=row["code"],
        kind=ClockChangeKind(row["kind"]),
        name=row["name"],
        letter=row["letter"],
        basis=MappingProxyType(
            {rule: basis.read(part["basis"]) for part in row["of"] for rule in part["rules"]}
        ),
        consent=row.get("consent", False),
        evidence=row.get("evidence", ""),
        approval=row.get("approval", ""),
    )


def _faults(grounds: ClockGrounds, clocks: Clocks) -> Iterator[str]:
    for ground in grounds.by_code.values():
        for rule_id in ground.basis:
            if rule_id not in clocks:
                yield f"期限变更事由 {ground.code} 写了没有的期限 {rule_id}"
    for rule in clocks.by_id.values():
        for kind, named in (
            (ClockChangeKind.PAUSE, rule.pauses),
            (ClockChangeKind.EXTEND, rule.extends),
        ):
            if set(named) != {ground.code for ground in grounds.of(rule.id, kind)}:
                yield f"期限 {rule.id} 与期限变更事由不一致"
