"""Who may do what, as data: `access.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config.vocabulary import Role

DEFAULT: Final = Path(__file__).with_name("access.toml")


class Reach(StrEnum):
    """How far a right reaches 权限范围; the words are explained in `access.toml`."""

    ALL = "all"
    CREATED = "created"
    UNDISPATCHED = "undispatched"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    LEAD = "lead"
    ORGANISATION = "organisation"
    SHARED = "shared"
    TOWN = "town"
    NAMED = "named"
    GLASS = "glass"
    SEALED = "sealed"
    SENT = "sent"
    BRIEF = "brief"
    INCOMING = "incoming"
    HANDED = "handed"
    OWN = "own"
    SYSTEM = "system"
    RIGHTS = "rights"


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Rights by role and action; what is absent is denied."""

    version: int
    rights: Mapping[Role, Mapping[str, frozenset[Reach]]]

    @property
    def actions(self) -> frozenset[str]:
        """Every action some role holds."""
        return frozenset(action for row in self.rights.values() for action in row)

    def reach(self, role: Role, action: str) -> frozenset[Reach]:
        """How far `role` may do `action`; empty is denied."""
        return self.rights.get(role, {}).get(action, frozenset())


def load(path: Path | None = None) -> AccessPolicy:
    """Read the policy; an unknown role or reach is a ValueError at the start, not a hole later."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    version = int(table.pop("version"))
    rights = {
        Role(role): MappingProxyType(
            {action: frozenset(Reach(word) for word in words) for action, words in row.items()}
        )
        for role, row in table.items()
    }
    return AccessPolicy(version, MappingProxyType(rights))
