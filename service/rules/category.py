"""Suggest a category 类别建议 for what somebody tells, with the words that say so.

Plain weighted words, the longest first: what a longer word covers, no shorter one counts again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.category_words import CategoryWords
from config.spelling import fold

COVERED: Final = "\0"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category, how much speaks for it, and the words that do, the weightiest first."""

    code: str
    score: int
    words: tuple[str, ...]


def suggest(text: str, words: CategoryWords, most: int = 3) -> list[Suggestion]:
    """The categories that most speaks for, at most `most`; none when too little does."""
    said = _said(text, words.weights)
    codes = dict.fromkeys(code for weights in said.values() for code in weights)
    found = [_suggestion(code, said) for code in codes]
    enough = [each for each in found if each.score >= words.threshold]
    return sorted(enough, key=lambda each: (-each.score, each.code))[:most]


def _said(text: str, weights: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    """The words that stand in the text, each once, in the order of their length."""
    rest, said = fold(text), {}
    for word, speaks_for in weights.items():
        if word in rest:
            rest = rest.replace(word, COVERED)
            said[word] = speaks_for
    return said


def _suggestion(code: str, said: Mapping[str, Mapping[str, int]]) -> Suggestion:
    speaking = {word: weights[code] for word, weights in said.items() if code in weights}
    pro = sorted((w for w in speaking if speaking[w] > 0), key=lambda word: -speaking[word])
    return Suggestion(code, sum(speaking.values()), tuple(pro))


def agrees(chosen: str, suggestions: Sequence[Suggestion]) -> bool:
    """Whether at least half as much speaks for the chosen category as for the first suggestion."""
    return any(
        each.code == chosen and 2 * each.score >= suggestions[0].score for each in suggestions
    )
