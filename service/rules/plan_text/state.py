"""What is known of the lines of a plan while they are read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from config.plan import PlanLineKind as Kind
from service.rules.plan_text.line import SourceLine
from service.rules.plan_text.number import Mark

NUMBERED: Final = frozenset((Kind.CHAPTER, Kind.SECTION, Kind.TASK))
_DATE: Final = re.compile(
    r"^(?:\d{4}|[〇○Ｏ零一二三四五六七八九]{4})\s*年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*月"
    r"\s*(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?$"
)
_ANNEX: Final = re.compile(r"^附\s*件?\s*[\d一二三四五六七八九十]*\s*(?:[：:]|$)")
_NO_NAME: Final = re.compile(r"[，。；：,;:]")


@dataclass(slots=True)
class Reading:
    """The lines, and what was found out of them so far, by index.

    `begin` and `end` are the part of the document that is the plan: what is before it is in front,
    what is after it is the end.
    """

    lines: Sequence[SourceLine]
    said: Mapping[int, Kind]
    kinds: dict[int, Kind] = field(default_factory=dict)
    marks: dict[int, Mark] = field(default_factory=dict)
    questions: dict[int, str] = field(default_factory=dict)
    roles: dict[int, tuple[str, ...]] = field(default_factory=dict)
    headings: set[int] = field(default_factory=set)
    begin: int = 0
    end: int = 0

    def ask(self, index: int, question: str) -> None:
        """Keep the first question of a line."""
        self.questions.setdefault(index, question)

    def text(self, index: int) -> str:
        """The words of a line without what is around them."""
        return self.lines[index].text.strip()

    def is_open(self, index: int) -> bool:
        """Does nobody know yet what this line is?"""
        return index not in self.kinds and index not in self.said

    def is_plain(self, index: int) -> bool:
        """Is it text, and no row of a table?"""
        return self.kinds.get(index) is Kind.TEXT and index not in self.roles


def is_date(text: str) -> bool:
    """Is this a date alone, as under a letter?"""
    return _DATE.match(text) is not None


def is_annex(text: str) -> bool:
    """Does this announce an annex 附件?"""
    return _ANNEX.match(text) is not None


def is_name(text: str) -> bool:
    """May this be who signed?"""
    return len(text) <= 30 and _NO_NAME.search(text) is None
