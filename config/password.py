"""Passwords 密码: the two profiles, and what is guessed first, read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

DEFAULT: Final = Path(__file__).with_name("passwords.toml")
LEAST_WALK: Final = 3


class ProfileName(StrEnum):
    """The rules for passwords a deployment follows 密码规则."""

    DENGBAO = "dengbao"  # 等级保护
    NIST = "nist"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordProfile:
    """What a password must be; `change_after` None: it is never too old."""

    shortest: int
    longest: int
    classes: int
    different: int
    former: int
    change_after: timedelta | None

    def __post_init__(self) -> None:
        """Refuse numbers nobody could keep to."""
        if not 8 <= self.shortest <= 64 <= self.longest <= 128:
            raise ValueError("passwords: shortest is 8 to 64, longest 64 to 128")
        if not 0 <= self.classes <= 4:
            raise ValueError("passwords: there are four classes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesses:
    """What people put passwords together from, and what each piece of it is worth.

    `words` holds the plain words and every name made of a surname and a given one; `walks` every
    stretch of the keyboard worth a piece, as long lines in which it stands.
    """

    budget: int
    piece: int
    sign: int
    letter: int
    nowhere: tuple[str, ...]
    walks: tuple[str, ...]
    words: frozenset[str] = field(repr=False)
    longest_word: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """The profiles, the one that is `chosen`, and the guesses that hold in each."""

    version: int
    profiles: Mapping[ProfileName, PasswordProfile]
    guesses: Guesses
    chosen: ProfileName = ProfileName.DENGBAO

    @property
    def profile(self) -> PasswordProfile:
        """The profile this deployment follows."""
        return self.profiles[self.chosen]


def load(path: Path | None = None) -> Passwords:
    """Read the table; what is missing or impossible is an error at the start."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    profiles = {name: _profile(table["profiles"][name.value]) for name in ProfileName}
    return Passwords(
        version=int(table["version"]),
        profiles=MappingProxyType(profiles),
        guesses=_guesses(table["guess"]),
    )


def _profile(row: dict[str, Any]) -> PasswordProfile:
    days = int(row["change_after"])
    return PasswordProfile(
        shortest=int(row["shortest"]),
        longest=int(row["longest"]),
        classes=int(row["classes"]),
        different=int(row["different"]),
        former=int(row["former"]),
        change_after=timedelta(days=days) if days else None,
    )


def _guesses(row: dict[str, Any]) -> Guesses:
    names = {first + last for first, last in product(row["surnames"], row["given"])}
    turned = {last + first for first, last in product(row["surnames"], row["given"])}
    walks = [str(walk) for walk in row["walks"]]
    words = frozenset(row["words"]) | frozenset(row["nowhere"]) | names | turned
    return Guesses(
        budget=int(row["budget"]),
        piece=int(row["piece"]),
        sign=int(row["sign"]),
        letter=int(row["letter"]),
        nowhere=tuple(row["nowhere"]),
        walks=tuple(walks + [walk[::-1] for walk in walks]),
        words=words,
        longest_word=max(map(len, words)),
    )
