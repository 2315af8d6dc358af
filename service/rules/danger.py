"""Notice signs of danger 危险信号 in what somebody tells: a hint, with the words that say so."""

from dataclasses import dataclass

from config.danger_words import DangerWords
from config.spelling import fold

TAKEN_OUT = "\0"


@dataclass(frozen=True, slots=True)
class Sign:
    """A fact that should be asked at once, and the words that make one think of it."""

    fact: str
    words: tuple[str, ...]


def signs(text: str, words: DangerWords) -> list[Sign]:
    """The signs in `text`, the most urgent fact first; innocent phrases are taken out before."""
    told = fold(text)
    for phrase in words.innocent:
        told = told.replace(phrase, TAKEN_OUT)
    found = [
        Sign(fact, tuple(word for word in listed if word in told))
        for fact, listed in words.signs.items()
    ]
    return [each for each in found if each.words]
