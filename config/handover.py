"""Handovers 移交 as data: `handover.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis
from config.vocabulary import Channel, OrganisationKind

DEFAULT: Final = Path(__file__).with_name("handover.toml")
OTHER: Final = "other"
Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """Why something is returned. `ask` says what has to be written besides, "" where nothing has.

    With `director` it is the director's at once.
    """

    code: str
    name: str
    ask: str
    director: bool


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """Which handovers need the parties' consent, and why; no `kinds` are all."""

    kinds: frozenset[OrganisationKind]
    before: frozenset[Channel]
    after: frozenset[Channel]
    basis: tuple[Basis, ...]

    def fits(self, kind: OrganisationKind, before: Channel, after: Channel) -> bool:
        """Whether a handover from a unit of `kind` is one of them."""
        return (
            (not self.kinds or kind in self.kinds) and before in self.before and after in self.after
        )


@dataclass(frozen=True, slots=True)
class Handovers:
    """Everything a town may choose about handovers; `hours` are the spans of a working day.

    `basis` is where the term for the answer comes from.
    """

    version: int
    answer: timedelta
    remind: timedelta
    returns: int
    hours: tuple[Span, ...]
    basis: tuple[Basis, ...]
    reasons: Mapping[str, ReturnReason]
    consents: tuple[ConsentRule, ...]


def load(path: Path | None = None) -> Handovers:
    """Read it; hours that overlap, a reason twice or without words for `other` are a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    hours = tuple(_span(row) for row in table["office_hours"])
    flat = [moment for span in hours for moment in span]
    if not hours or flat != sorted(set(flat)):
        raise ValueError("办公时间要从早到晚依次写，不能重叠")
    reasons = [_reason(row) for row in table["reason"]]
    by_code = {each.code: each for each in reasons}
    if len(by_code) != len(reasons) or OTHER not in by_code or not by_code[OTHER].ask:
        raise ValueError("退回理由每种写一次，其中要有写明文字的“其他”")
    answer, remind = (timedelta(hours=table[f"{each}_hours"]) for each in ("answer", "remind"))
    if not timedelta(0) <= remind < answer or table["returns"] < 0:
        raise ValueError("签收时限要比提醒提前的时间长，退回次数不能小于 0")
    return Handovers(
        version=int(table["version"]),
        answer=answer,
        remind=remind,
        returns=int(table["returns"]),
        hours=hours,
        basis=basis.read(table.get("basis", ())),
        reasons=MappingProxyType(by_code),
        consents=tuple(_consent(row) for row in table["consent"]),
    )


def _span(row: list[str]) -> Span:
    begin, end = map(time.fromisoformat, row)
    return begin, end


def _reason(row: Mapping[str, Any]) -> ReturnReason:
    ask = row.get("ask", "")
    if bool(row.get("words")) != bool(ask):
        raise ValueError(f"“{row['name']}”：要写文字的理由须说明写什么")
    return ReturnReason(row["code"], row["name"], ask, bool(row.get("director")))


def _consent(row: Mapping[str, Any]) -> ConsentRule:
    return ConsentRule(
        frozenset(map(OrganisationKind, row["from_kinds"])),
        frozenset(map(Channel, row["from"])),
        frozenset(map(Channel, row["to"])),
        basis.read(row["basis"]),
    )
