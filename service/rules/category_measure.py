"""How good the suggestions 类别建议 are, on questions whose category people have settled."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from config.category_words import CategoryWords
from service.rules.category import suggest

SHOWN: Final = 3  # how many suggestions somebody sees
EVERY: Final = 3  # every third question is kept apart and never looked at while words are chosen
NOTHING: Final = "-"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked, its category, those that are right as well, whether it is clear."""

    text: str
    category: str
    also: frozenset[str] = frozenset()
    clear: bool = True

    @property
    def right(self) -> frozenset[str]:
        """Every category that is a right answer."""
        return self.also | {self.category}


@dataclass(frozen=True, slots=True)
class Rate:
    """Of `count` questions, for how many the first, or one of the first three, was right."""

    count: int
    first: int
    among: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The rates of one part, altogether and by category, and what was mistaken for what."""

    whole: Rate
    by_category: dict[str, Rate]
    confusions: dict[tuple[str, str], int]


def held_out(questions: Sequence[Question]) -> tuple[list[Question], list[Question]]:
    """Those kept apart, and those the words were chosen with."""
    apart = [each for place, each in enumerate(questions) if place % EVERY == EVERY - 1]
    chosen = [each for place, each in enumerate(questions) if place % EVERY != EVERY - 1]
    return apart, chosen


def measure(questions: Iterable[Question], words: CategoryWords) -> Measured:
    """Rates over the clear ones; an `also` counts as right."""
    answered = [(each, _codes(each, words)) for each in questions if each.clear]
    names = sorted({question.category for question, _ in answered})
    return Measured(
        whole=_rate(answered),
        by_category={
            name: _rate([each for each in answered if each[0].category == name]) for name in names
        },
        confusions=_confusions(answered),
    )


Answered = Sequence[tuple[Question, Sequence[str]]]


def _codes(question: Question, words: CategoryWords) -> list[str]:
    return [each.code for each in suggest(question.text, words, SHOWN)]


def _rate(answered: Answered) -> Rate:
    def among(first: int) -> int:
        return sum(bool(question.right & set(codes[:first])) for question, codes in answered)

    return Rate(len(answered), among(1), among(SHOWN))


def _confusions(answered: Answered) -> dict[tuple[str, str], int]:
    """(the category, the first suggestion) and how often, the most frequent first."""
    missed = Counter(
        (question.category, codes[0] if codes else NOTHING)
        for question, codes in answered
        if not question.right & set(codes[:1])
    )
    return dict(sorted(missed.items(), key=lambda each: (-each[1], each[0])))
