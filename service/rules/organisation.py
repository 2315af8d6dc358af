"""Organisations 单位: what a prefix may be, who stands under whom, and lists of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from config.organisation import OrganisationWords
from config.spelling import fold
from config.text import Malformed, clean_line
from config.vocabulary import OrganisationKind
from service.rules import listing
from service.rules.listing import Columns, Line, Problem

PREFIX: Final = re.compile(r"[A-Z]{2,8}")
ORDER: Final = ("name", "kind", "parent", "address", "phone")
LENGTHS: Final = {"name": 100, "kind": 40, "parent": 100, "address": 200, "phone": 40}
Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Known:
    """A unit that is in the register already."""

    kind: OrganisationKind
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One unit of a list, and what would become of it.

    `told` is whether the list named the kind, or the unit's own name did; `known` that the
    register has this unit, so nothing is written for it.
    """

    line: int
    name: str
    kind: OrganisationKind | None
    told: bool
    parent: str | None
    address: str | None
    phone: str | None
    known: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def fate(self) -> str:
        """`error`, `known` or `ok`."""
        if self.problems:
            return "error"
        return "known" if self.known else "ok"


def prefix_problem(prefix: str) -> str | None:
    """What is wrong with the letters that open the numbers 编号前缀; None when they will do."""
    return None if PREFIX.fullmatch(prefix) else "编号前缀用 2 到 8 个大写字母，一般取地名首字母"


def is_above(node: Node, start: Node, parents: Mapping[Node, Node | None]) -> bool:
    """Whether `node` is `start` or stands somewhere above it."""
    seen: set[Node] = set()
    here: Node | None = start
    while here is not None and here not in seen:
        if here == node:
            return True
        seen.add(here)
        here = parents.get(here)
    return False


def listed(text: str, words: OrganisationWords, register: Mapping[str, Known]) -> list[Listed]:
    """The units of a pasted list, judged against the register (by name); Invalid for no list."""
    columns = Columns(words.columns, ORDER, {"name"})
    lines = listing.read(text, columns)
    rows = [_read(line, words) for line in lines]
    return [
        _judged(row, line, rows, register=register) for row, line in zip(rows, lines, strict=True)
    ]


def parents_first(rows: Sequence[Listed]) -> list[Listed]:
    """The rows in an order in which every parent of the list stands before its units."""
    waiting, placed, done = list(rows), [], set[str]()
    names = {row.name for row in rows}
    while waiting:
        ready = [row for row in waiting if row.parent not in names or row.parent in done]
        placed += ready
        done |= {row.name for row in ready}
        waiting = [row for row in waiting if row.name not in done]
    return placed


def kind_of(text: str, name: str, words: OrganisationWords) -> OrganisationKind | None:
    """The kind a list means by `text`; without it, the one the unit's own name ends with."""
    if text:
        return words.kinds.get(fold(text))
    folded = fold(name)
    endings = [spelled for spelled in words.kinds if folded.endswith(spelled)]
    return words.kinds[max(endings, key=len)] if endings else None


def _read(line: Line, words: OrganisationWords) -> Listed:
    cells, problems = {}, []
    for field in ORDER:
        try:
            cells[field] = clean_line(line.values.get(field, ""), limit=LENGTHS[field])
        except Malformed as refusal:
            cells[field] = ""
            problems.append(_problem(line, field, refusal.reason))
    if line.surplus:
        problems.append(Problem("", line.surplus, "多出来的内容，不知道是哪一列"))
    return Listed(
        line=line.number,
        name=cells["name"],
        kind=kind_of(cells["kind"], cells["name"], words),
        told=bool(cells["kind"]),
        parent=cells["parent"] or None,
        address=cells["address"] or None,
        phone=cells["phone"] or None,
        problems=tuple(problems),
    )


def _judged(
    row: Listed, line: Line, rows: list[Listed], *, register: Mapping[str, Known]
) -> Listed:
    wrong = [
        _problem(line, field, reason)
        for field, reason in _wrong(row, line, rows, register=register)
    ]
    return replace(row, known=row.name in register, problems=(*row.problems, *wrong))


def _wrong(
    row: Listed, line: Line, rows: list[Listed], *, register: Mapping[str, Known]
) -> Iterator[tuple[str, str]]:
    named = {field for field in (problem.field for problem in row.problems) if field}
    if not row.name and "name" not in named:
        yield "name", "没有名称"
    if row.name and any(row.name == other.name and other.line < row.line for other in rows):
        yield "name", "和前面的一行同名"
    if row.kind is None and (row.told or row.name):
        yield "kind", f"没有“{line.values['kind']}”这个类别" if row.told else "看不出类别，请写上"
    known = register.get(row.name)
    if known and not known.active:
        yield "name", "这个单位已经停用，请先恢复使用"
    elif known and row.kind and known.kind is not row.kind:
        yield "kind", "登记过同名的单位，类别不一样"
    above = {each.name: each.parent for each in rows}
    if row.parent and row.parent not in register and row.parent not in above:
        yield "parent", f"没有“{row.parent}”这个单位"
    elif row.parent and is_above(row.name, row.parent, above):
        yield "parent", "上级单位绕回了自己"


def _problem(line: Line, field: str, reason: str) -> Problem:
    return Problem(field, line.places.get(field, 0), reason)
