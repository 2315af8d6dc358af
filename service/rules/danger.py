"""Notice signs of danger 危险信号 in what somebody tells: a hint, with the words that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from config.danger_words import DangerWords
from config.spelling import fold
from config.vocabulary import Acceptance, Danger

TAKEN_OUT: Final = "\0"
LOOKED_AT: Final = 5000  # characters of a story
# what is asked first of all: somebody may have to be protected
OF_PEOPLE: Final = frozenset({"danger", "domestic_violence", "minor_victim"})


@dataclass(frozen=True, slots=True)
class Sign:
    """A fact that should be asked at once, and the words that make one think of it."""

    fact: str
    words: tuple[str, ...]


def signs(text: str, words: DangerWords) -> list[Sign]:
    """The signs in `text`, the most urgent fact first; innocent phrases are taken out before."""
    told = fold(text[:LOOKED_AT])
    for phrase in words.innocent:
        told = told.replace(phrase, TAKEN_OUT)
    found = [
        Sign(fact, tuple(word for word in listed if word in told))
        for fact, listed in words.signs.items()
    ]
    return [each for each in found if each.words]


def known(
    facts: Mapping[str, Any], accept: Acceptance, story: str | None, words: DangerWords
) -> Danger:
    """How dangerous a dispute is by its facts, by what the rules answered, by what its story says.

    A story that speaks of danger counts until somebody was asked and said yes or no.
    """
    if facts.get("danger") is True or accept is Acceptance.PROTECT:
        return Danger.PRESENT
    spoken = {each.fact for each in signs(story or "", words)}
    unasked = {fact for fact in spoken & OF_PEOPLE if facts.get(fact) is None}
    return Danger.UNASKED if unasked else Danger.NONE
