"""The ladder 预警: its steps, whom each is told to, the quiet hours; read from `ladder.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.vocabulary import ClockKind, Role, TimeUnit

DEFAULT: Final = Path(__file__).with_name("ladder.toml")
HALF: Final = "half"
HOURS: Final = "hours"
_STEP: Final = re.compile(r"half|T([+-][1-9][0-9]?)?(h?)")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: its name, the roles it is told to, and how far it is from the last day.

    `shift` is counted in the unit of the ladder, negative before the last day; None at half-time.
    """

    step: str
    roles: tuple[Role, ...]
    shift: int | None


@dataclass(frozen=True, slots=True)
class Rungs:
    """The steps of one ladder in the order of their urgency; `danger` waits for no morning."""

    id: str
    unit: TimeUnit
    rungs: tuple[Rung, ...]
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """Every ladder, and the hours of the office's day: quiet from and until, and the morning.

    The digest 早晨提要 goes out at `digest` on working days, tells what is due within
    `digest_soon` of these, and names `digest_names` disputes of a kind at most.
    """

    morning: time
    quiet_from: time
    quiet_until: time
    digest: time
    digest_soon: int
    digest_names: int
    by_id: Mapping[str, Rungs]
    by_kind: Mapping[ClockKind, Rungs]
    by_rule: Mapping[str, Rungs]

    def of(self, rule: str, kind: ClockKind) -> Rungs:
        """The ladder of a clock of days: that of its rule, else that of its kind."""
        return self.by_rule.get(rule) or self.by_kind[kind]


def load(path: Path | None = None) -> Ladder:
    """Read the ladders (the packaged ones by default). Raises ValueError when the file is wrong."""
    return parse((path or DEFAULT).read_text(encoding="utf-8"))


def parse(text: str) -> Ladder:
    """Read the ladders from TOML text.

    Raises ValueError for a step that has no such name or stands twice or out of order, for a kind
    of clock without a ladder or with two, and for a morning in the quiet hours.
    """
    table = tomllib.loads(text)
    by_id: dict[str, Rungs] = {}
    by_kind: dict[ClockKind, Rungs] = {}
    for row in table["ladder"]:
        rungs = by_id[row["id"]] = _rungs(row)
        for kind in map(ClockKind, row.get("kinds", ())):
            if kind in by_kind:
                raise ValueError(f"期限种类 {kind} 有两个预警阶梯")
            by_kind[kind] = rungs
    if missing := set(ClockKind) - set(by_kind):
        raise ValueError(f"期限种类没有预警阶梯：{'、'.join(sorted(missing))}")
    if HOURS not in by_id:
        raise ValueError("没有以小时计的预警阶梯")
    ladder = Ladder(
        morning=table["morning"],
        quiet_from=table["quiet_from"],
        quiet_until=table["quiet_until"],
        digest=table["digest"],
        digest_soon=table["digest_soon"],
        digest_names=table["digest_names"],
        by_id=MappingProxyType(by_id),
        by_kind=MappingProxyType(by_kind),
        by_rule=_by_rule(table["ladder"], by_id),
    )
    if not ladder.quiet_until <= ladder.morning < ladder.quiet_from:
        raise ValueError("早晨提醒的时刻不能在安静时段里")
    if not ladder.quiet_until <= ladder.digest < ladder.quiet_from:
        raise ValueError("早晨提要的时刻不能在安静时段里")
    return ladder


def _by_rule(rows: list[dict[str, Any]], by_id: Mapping[str, Rungs]) -> Mapping[str, Rungs]:
    pairs = [(rule, by_id[row["id"]]) for row in rows for rule in row.get("rules", ())]
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("一个期限有两个预警阶梯")
    return MappingProxyType(found)


def _rungs(row: Mapping[str, Any]) -> Rungs:
    unit = TimeUnit(row["unit"])
    rungs = tuple(_rung(step, unit) for step in row["steps"])
    shifts = [rung.shift for rung in rungs if rung.shift is not None]
    if shifts != sorted(set(shifts)) or any(rung.shift is None for rung in rungs[1:]):
        raise ValueError(f"预警阶梯 {row['id']} 的步骤要从早到晚排列，不能重复")
    if unit is TimeUnit.MONTH or not rungs:
        raise ValueError(f"预警阶梯 {row['id']} 须以日或者小时计，并且有步骤")
    return Rungs(row["id"], unit, rungs, row.get("danger", False))


def _rung(row: Mapping[str, Any], unit: TimeUnit) -> Rung:
    step = row["step"]
    found = _STEP.fullmatch(step)
    hours = unit is TimeUnit.HOUR
    if found is None or (found[1] is not None and (found[2] == "h") is not hours):
        raise ValueError(f"没有这样的预警步骤：{step}")
    roles = tuple(map(Role, row["roles"]))
    if not roles:
        raise ValueError(f"预警步骤 {step} 没有写明告知谁")
    return Rung(step, roles, None if step == HALF else int(found[1] or 0))
