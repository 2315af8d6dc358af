"""Confirmation 司法确认 as data: `confirmation.toml` read into a frozen value."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config import basis
from config.basis import Basis
from config.court import ConfirmationBar

DEFAULT: Final = Path(__file__).with_name("confirmation.toml")
Values = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Bar:
    """What is not confirmed: by which facts and categories it is known, and where else to go.

    `words` of the terms only make somebody look.
    """

    code: ConfirmationBar
    facts: Values
    categories: frozenset[str]
    words: tuple[str, ...]
    doors: tuple[str, ...]
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """Another way to an order that can be enforced; no `categories` are all."""

    text: str
    categories: frozenset[str]
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Confirmations:
    """Everything about confirming that is data; `term` is the clock of applying."""

    version: int
    term: str
    intermediate: Values
    bars: Mapping[ConfirmationBar, Bar]
    vague: tuple[str, ...]
    vague_basis: tuple[Basis, ...]
    others: tuple[Door, ...]


def load(path: Path | None = None, *, known: Collection[str]) -> Confirmations:
    """Read it. ValueError unless every bar stands there once and the term is a `known` clock."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    bars = [_bar(row) for row in table["bar"]]
    if sorted(each.code for each in bars) != sorted(ConfirmationBar):
        raise ValueError("不能确认的情形每种写一次")
    if table["term"] not in known:
        raise ValueError(f"没有这个期限：{table['term']}")
    return Confirmations(
        version=int(table["version"]),
        term=table["term"],
        intermediate=_values(table.get("intermediate", {})),
        bars=MappingProxyType({each.code: each for each in bars}),
        vague=tuple(table["vague"]["words"]),
        vague_basis=basis.read(table["vague"]["basis"]),
        others=tuple(
            Door(row["text"], frozenset(row.get("categories", ())), basis.read(row["basis"]))
            for row in table["other"]
        ),
    )


def _values(row: Mapping[str, Any]) -> Values:
    return MappingProxyType({fact: frozenset(values) for fact, values in row.items()})


def _bar(row: Mapping[str, Any]) -> Bar:
    return Bar(
        ConfirmationBar(row["code"]),
        _values(row.get("facts", {})),
        frozenset(row.get("categories", ())),
        tuple(row.get("words", ())),
        tuple(row["doors"]),
        basis.read(row["basis"]),
    )
