"""Two wordings of a plan compared 对比: what stayed, was reworded, moved, renumbered, came, went.

Pieces are matched by their words and never by their numbers, which move when one is added. It also
tells which task of the new year goes on from which of the old.
"""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from config.plan import PlanLineKind
from service.rules.plan_text import DraftPlan

ALIKE: Final = 0.45  # from here on two wordings are one that was changed
CONTAINED: Final = 0.85  # so much of the shorter one in the longer one: something was added to it
FEWEST_PAIRS: Final = 6
SHORTEST_ISLAND: Final = 2
MOST_CELLS: Final = 3_000_000
KINDS: Final = (PlanLineKind.CHAPTER, PlanLineKind.SECTION, PlanLineKind.TASK)


class Fate(StrEnum):
    """What became of a piece."""

    SAME = "same"
    REWORDED = "reworded"
    ADDED = "added"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Piece:
    """A chapter, a section or a task; `under` is the index of what it stands under.

    `key` is whatever the caller knows it by.
    """

    kind: PlanLineKind
    number: str | None
    text: str
    under: int | None = None
    key: Hashable = None


@dataclass(frozen=True, slots=True)
class Span:
    """Words of both wordings (`same`), of the old one (`gone`), or of the new one (`new`)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one piece; a reworded or same one may have `moved` or been `renumbered`."""

    fate: Fate
    old: Piece | None
    new: Piece | None
    moved: bool = False
    renumbered: bool = False

    @property
    def piece(self) -> Piece:
        """The piece as it is now, or as it was."""
        piece = self.new or self.old
        assert piece is not None
        return piece

    @property
    def is_still(self) -> bool:
        """Did nothing change at all?"""
        return self.fate is Fate.SAME and not self.moved and not self.renumbered

    @property
    def spans(self) -> tuple[Span, ...]:
        """What was taken away and what was put in, to show."""
        return spans(self.old.text if self.old else "", self.new.text if self.new else "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes: the new pieces in their order, then what was dropped in its own.

    `in_order`: those that stayed come in the order they had.
    """

    changes: tuple[Change, ...] = ()
    in_order: bool = True

    def of(self, kind: PlanLineKind) -> tuple[Change, ...]:
        """Those of the chapters, of the sections, or of the tasks."""
        return tuple(change for change in self.changes if change.piece.kind is kind)

    @property
    def is_still(self) -> bool:
        """Did nothing change?"""
        return self.in_order and all(change.is_still for change in self.changes)


def pieces_of(plan: DraftPlan) -> tuple[Piece, ...]:
    """The chapters, sections and tasks of a draft, in order."""
    found: list[Piece] = []
    for chapter in plan.chapters:
        top = len(found)
        text = "\n".join(filter(None, (chapter.title, chapter.text)))
        found.append(Piece(PlanLineKind.CHAPTER, chapter.number, text))
        for section in chapter.sections:
            middle = len(found)
            text = "\n".join(filter(None, (section.title, section.text)))
            found.append(Piece(PlanLineKind.SECTION, section.number, text, top))
            found.extend(
                Piece(PlanLineKind.TASK, task.number, task.text, middle) for task in section.tasks
            )
    return tuple(found)


def compare(old: Sequence[Piece], new: Sequence[Piece]) -> Comparison:
    """What became of every piece of `old`, and where every piece of `new` is from."""
    matched: dict[int, int] = {}  # new to old
    for kind in KINDS:
        matched |= _match(_of(kind, old), _of(kind, new), matched)
    changes = [_change(old, new, matched, index) for index in range(len(new))]
    left = set(range(len(old))) - set(matched.values())
    changes += [Change(Fate.DROPPED, old[index], None) for index in sorted(left)]
    return Comparison(tuple(changes), _in_order(new, matched))


def spans(old: str, new: str) -> tuple[Span, ...]:
    """Two wordings laid over each other; long ones sentence by sentence."""
    is_long = len(old) * len(new) > MOST_CELLS
    a, b = (_sentences(old), _sentences(new)) if is_long else (list(old), list(new))
    found: list[Span] = []
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal" and (j - i >= SHORTEST_ISLAND or i == 0 or j == len(a)):
            found.append(Span("same", "".join(a[i:j])))
        else:
            found.extend((Span("gone", "".join(a[i:j])), Span("new", "".join(b[k:m]))))
    return tuple(_joined(found))


def _joined(found: Sequence[Span]) -> Iterator[Span]:
    """Neighbours of one kind together; between two stays what is gone before what is new."""
    gone = new = ""
    for span in [*found, Span("same", "")]:
        if span.kind == "gone":
            gone += span.text
        elif span.kind == "new":
            new += span.text
        else:
            changed = (Span("gone", gone), Span("new", new), span)
            yield from (each for each in changed if each.text)
            gone = new = ""


def _in_order(new: Sequence[Piece], matched: Mapping[int, int]) -> bool:
    """Whether the pieces of each kind stand as they stood."""
    for kind in KINDS:
        stood = [matched[n] for n, piece in enumerate(new) if piece.kind is kind and n in matched]
        if stood != sorted(stood):
            return False
    return True


def _sentences(text: str) -> list[str]:
    return re.findall(r"[^。；\n]*[。；\n]|[^。；\n]+", text)


def _of(kind: PlanLineKind, pieces: Sequence[Piece]) -> dict[int, Piece]:
    return {index: piece for index, piece in enumerate(pieces) if piece.kind is kind}


def _match(
    old: Mapping[int, Piece], new: Mapping[int, Piece], above: Mapping[int, int]
) -> dict[int, int]:
    """New to old: equal words first, then the most alike, each once; `above` is matched already.

    What has no words at all, as a section without a title, is known by what it stands under.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    befores = {index: _Words.of(piece.text) for index, piece in old.items()}
    candidates = []
    for n, piece in new.items():
        after = _Words.of(piece.text)
        under = None if piece.under is None else above.get(piece.under, -1)
        for o, other in old.items():
            score = _likeness(befores[o], after)
            away = under != other.under
            if score >= ALIKE and not (away and not after.bare):
                candidates.append((-score, away, piece.number != other.number, abs(n - o), o, n))
    for *_, o, n in sorted(candidates):
        if n not in found and o not in taken:
            found[n] = o
            taken.add(o)
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    bare: str
    pairs: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Words":
        bare = _bare(text)
        pairs = frozenset(bare[i : i + 2] for i in range(len(bare) - 1))
        return cls(bare, pairs or frozenset((bare,)))


def _likeness(old: _Words, new: _Words) -> float:
    """1.0 for equal words; else how many pairs of characters both have."""
    if old.bare == new.bare:
        return 1.0
    both = len(old.pairs & new.pairs)
    fewest = min(len(old.pairs), len(new.pairs))
    share = 2 * both / (len(old.pairs) + len(new.pairs))
    if fewest >= FEWEST_PAIRS and both / fewest >= CONTAINED:
        share = max(share, ALIKE)
    return min(share, 0.999)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _change(
    old: Sequence[Piece], new: Sequence[Piece], matched: Mapping[int, int], index: int
) -> Change:
    piece = new[index]
    if index not in matched:
        return Change(Fate.ADDED, None, piece)
    before = old[matched[index]]
    under = None if piece.under is None else matched.get(piece.under)
    return Change(
        Fate.SAME if _bare(before.text) == _bare(piece.text) else Fate.REWORDED,
        before,
        piece,
        moved=under != before.under,
        renumbered=piece.number != before.number,
    )
