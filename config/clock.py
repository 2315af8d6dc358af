"""The terms 期限 the law sets, read from `clocks.toml`: length, unit, basis, when in force."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis
from config.clock_subject import ClockSubject
from config.vocabulary import Channel, ClockKind, Step, TimeUnit

DEFAULT: Final = Path(__file__).with_name("clocks.toml")
_KEYS: Final = frozenset(
    "id name trigger length unit kind stated extension extension_times extends pauses starts_on "
    "channels met_by subjects provisional valid_from valid_to basis note".split()
)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One term. `length` and `extension` are counted in `unit`; the start day never counts.

    It may be extended `extension_times`, each time by `extension` at most, on the grounds of
    `extends`, and paused on those of `pauses` (`clock_grounds.toml`). The steps of `starts_on`
    start it by themselves, where `channels` are named in these only; those of `met_by` have it
    met. `valid_from` and `valid_to` (both inclusive) say for which starting dates the rule is in
    force; `provisional` marks a term only the letter can state. A term that is always `stated` by
    somebody else has no length of its own: it is 0. Where `subjects` are named it runs on these
    alone, never on a dispute.
    """

    id: str
    name: str
    trigger: str
    length: int
    unit: TimeUnit
    basis: tuple[Basis, ...]
    extension: int = 0
    extension_times: int = 0
    kind: ClockKind = ClockKind.STATUTORY
    extends: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    stated: bool = False
    starts_on: tuple[Step, ...] = ()
    met_by: tuple[Step, ...] = ()
    subjects: tuple[ClockSubject, ...] = ()
    provisional: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    def is_in_force(self, on: date) -> bool:
        """Whether this rule governs a term that starts on `on`."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Every term by its id, superseded ones included."""

    version: int
    by_id: Mapping[str, ClockRule]

    def __getitem__(self, rule_id: str) -> ClockRule:
        return self.by_id[rule_id]

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self.by_id


def load(path: Path | None = None) -> Clocks:
    """Read the terms (the packaged ones by default). Raises ValueError when the file is wrong."""
    return parse((path or DEFAULT).read_text(encoding="utf-8"))


def parse(text: str) -> Clocks:
    """Read the terms from TOML text. Raises ValueError for an id used twice or an unknown key."""
    table = tomllib.loads(text)
    by_id: dict[str, ClockRule] = {}
    for row in table["clock"]:
        rule = _rule(row)
        if rule.id in by_id:
            raise ValueError(f"期限规则 {rule.id} 重复")
        by_id[rule.id] = rule
    return Clocks(int(table["version"]), MappingProxyType(by_id))


def _rule(row: Mapping[str, Any]) -> ClockRule:
    if unknown := set(row) - _KEYS:
        raise ValueError(f"期限规则 {row.get('id')} 有未知的键：{'、'.join(sorted(unknown))}")
    stated = row.get("stated", False)
    length = 0 if stated else row["length"]
    if length < 1 and not stated:
        raise ValueError(f"期限规则 {row['id']} 的长度必须为正")
    if ("extension" in row) != ("extends" in row):
        raise ValueError(f"期限规则 {row['id']} 的延长（extension）与事由（extends）须同时写明")
    return ClockRule(
        id=row["id"],
        name=row["name"],
        trigger=row["trigger"],
        length=length,
        unit=TimeUnit(row.get("unit", "ND")) if stated else TimeUnit(row["unit"]),
        basis=basis.read(row["basis"]),
        extension=row.get("extension", 0),
        extension_times=row.get("extension_times", 1 if "extension" in row else 0),
        kind=ClockKind(row.get("kind", "statutory")),
        extends=tuple(row.get("extends", ())),
        pauses=tuple(row.get("pauses", ())),
        channels=tuple(map(Channel, row.get("channels", ()))),
        stated=stated,
        starts_on=tuple(map(Step, row.get("starts_on", ()))),
        met_by=tuple(map(Step, row.get("met_by", ()))),
        subjects=tuple(map(ClockSubject, row.get("subjects", ()))),
        provisional=row.get("provisional", False),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        note=row.get("note", ""),
    )
