"""The rows of the demo's registers 工作台账: `demo_registers.toml` read into frozen values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.plan import EvidenceKind
from config.vocabulary import OrganisationKind

DEFAULT: Final = Path(__file__).with_name("demo_registers.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEntry:
    """One row; days are counted from `ago` days before the demo. What each is: the file says."""

    register: str
    unit: OrganisationKind
    ago: int
    values: Mapping[str, str | int | bool]
    steps: Mapping[str, int | str]
    files: tuple[EvidenceKind, ...] = ()
    void: str = ""


def load(path: Path | None = None) -> tuple[DemoEntry, ...]:
    """Read the rows, in the order of the file."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    return tuple(_entry(row) for row in table["entry"])


def _entry(row: Mapping[str, Any]) -> DemoEntry:
    return DemoEntry(
        register=row["register"],
        unit=OrganisationKind(row["unit"]),
        ago=int(row["ago"]),
        values=MappingProxyType(row["values"]),
        steps=MappingProxyType(row.get("steps", {})),
        files=tuple(map(EvidenceKind, row.get("files", ()))),
        void=row.get("void", ""),
    )
