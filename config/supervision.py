"""How somebody is pressed to act 督办, as data: `supervision.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.vocabulary import Role, SupervisionKind

DEFAULT: Final = Path(__file__).with_name("supervision.toml")


@dataclass(frozen=True, slots=True)
class Press:
    """One way to press. `local` is what the town calls it besides; `reply_days` are working days,
    0 where no reply is wanted. `ordered_by` are the roles that may order it.
    """

    kind: SupervisionKind
    name: str
    local: str
    reply_days: int
    ordered_by: frozenset[Role]
    hint: str


@dataclass(frozen=True, slots=True)
class Supervisions:
    """Every way there is, in rising order, and the sign 发文字号 its papers are numbered under."""

    version: int
    sign: str
    by_kind: Mapping[SupervisionKind, Press]

    def __getitem__(self, kind: SupervisionKind) -> Press:
        return self.by_kind[kind]

    def ordered_by(self, roles: frozenset[Role]) -> tuple[Press, ...]:
        """The ways somebody with these roles may take."""
        return tuple(each for each in self.by_kind.values() if each.ordered_by & roles)


def load(path: Path | None = None) -> Supervisions:
    """Read the ways; one that is missing, or a reply where none is wanted, is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    rows = [_press(row) for row in table["kind"]]
    by_kind = {each.kind: each for each in rows}
    if len(rows) != len(by_kind) or set(by_kind) != set(SupervisionKind):
        raise ValueError("督办方式应当每种写一次")
    if not table["sign"].strip():
        raise ValueError("督办文书要有发文字号")
    return Supervisions(int(table["version"]), table["sign"].strip(), MappingProxyType(by_kind))


def _press(row: Mapping[str, Any]) -> Press:
    kind, days = SupervisionKind(row["id"]), int(row["reply_days"])
    if (days < 1) != (kind is SupervisionKind.URGE):
        raise ValueError(f"{row['name']}的答复天数不对：催办不用答复，其他的至少 1 个工作日")
    roles = frozenset(map(Role, row["ordered_by"]))
    return Press(kind, row["name"], row.get("local", ""), days, roles, row["hint"])
