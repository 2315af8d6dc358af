"""Passwords 密码: what one must be, and whether it is among the first that somebody guesses."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

from config.password import LEAST_WALK, Guesses, Passwords

CLASSES: Final = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
COUNTS: Final = {2: "两", 3: "三", 4: "四"}
TELLING: Final = 4
TELLING_HAN: Final = 2
LEAST_REPEAT: Final = 3
GUESSED: Final = "密码太容易被猜到，请不要使用用户名、姓名、单位名和常见的词"
# signs that stand for letters; 1 stands for two of them, so a password is read twice
SIGNS: Final = "@$!|0134578+"
LETTERS: Final = (
    str.maketrans(SIGNS, "asiioieastbt"),
    str.maketrans(SIGNS, "asiloleastbt"),
)
# a day 1988-05-31 written in a row, a month of a year, a day without its century, a year
DATES: Final = re.compile(
    r"(?:19|20)\d\d[-./]?(?:0[1-9]|1[0-2])[-./]?(?:0[1-9]|[12]\d|3[01])"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])"
    r"|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:19|20)\d\d"
)
BETWEEN: Final = re.compile(r"[\W_]+")


def problem(
    password: str, *, username: str, policy: Passwords, known: Collection[str] = ()
) -> str | None:
    """What is wrong with a password, in Chinese; None when it will do.

    `known` is what everybody knows of its owner: name, unit, both as they are read.
    """
    profile = policy.profile
    if not profile.shortest <= len(password) <= profile.longest:
        return f"密码应为 {profile.shortest} 到 {profile.longest} 个字符"
    if sum(bool(re.search(kind, password)) for kind in CLASSES) < profile.classes:
        some = COUNTS.get(profile.classes, str(profile.classes))
        return f"密码应包含大写字母、小写字母、数字、符号中的至少{some}种"
    if len(set(password.casefold())) < profile.different:
        return "密码中重复的字符太多"
    if _tells(password, (username, *known)) or is_guessed(password, policy.guesses):
        return GUESSED
    return None


def asked_for(policy: Passwords) -> str:
    """What a password must be, told before one is typed."""
    profile = policy.profile
    kinds = (
        f"，大写、小写、数字、符号至少有{COUNTS.get(profile.classes, profile.classes)}种"
        if profile.classes
        else "，可以是一句只有您知道的话"
    )
    return f"{profile.shortest} 位以上{kinds}；不用姓名、单位名和常见的词"


def is_guessed(password: str, guesses: Guesses) -> bool:
    """Whether a password is put together from so little that it is guessed early."""
    folded = _folded(password)
    if any(word in text for text in _readings(folded) for word in guesses.nowhere):
        return True
    return price(password, guesses) <= guesses.budget


def price(password: str, guesses: Guesses) -> int:
    """What the pieces of a password are worth together, taken apart the cheapest way."""
    text = _folded(password)
    readings = _readings(text)
    least = [0, *[guesses.letter * len(text) + 1] * len(text)]
    for place, character in enumerate(text):
        single = guesses.letter if character.isalpha() else guesses.sign
        least[place + 1] = min(least[place + 1], least[place] + single)
        for end in _pieces(readings, place, guesses):
            least[end] = min(least[end], least[place] + guesses.piece)
    return least[-1]


def _pieces(readings: list[str], place: int, guesses: Guesses) -> Iterator[int]:
    """Where a piece that begins at `place` may end."""
    text = readings[0]
    for reading in readings:
        for end in range(place + 2, min(len(text), place + guesses.longest_word) + 1):
            if reading[place:end] in guesses.words:
                yield end
    for found in DATES.finditer(text, place):
        if found.start() == place:
            yield found.end()
        break
    yield from _walked(text, place, guesses.walks)
    end = place + 1
    while end < len(text) and text[end] == text[place]:
        end += 1
    if end - place >= LEAST_REPEAT:
        yield end


def _walked(text: str, place: int, walks: tuple[str, ...]) -> Iterator[int]:
    end = place + LEAST_WALK
    while end <= len(text) and any(text[place:end] in walk for walk in walks):
        yield end
        end += 1


def _tells(password: str, known: Collection[str]) -> bool:
    """Whether what everybody knows of its owner stands in it, however it is set apart."""
    folded = _folded(password)
    bare = BETWEEN.sub("", folded)
    words = [_folded(word) for word in known]
    least = [TELLING if word.isascii() else TELLING_HAN for word in words]
    return any(
        len(word) >= length and (word in folded or BETWEEN.sub("", word) in bare)
        for word, length in zip(words, least, strict=True)
        if BETWEEN.sub("", word)
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _readings(folded: str) -> list[str]:
    """A password as it stands, and with the signs that stand for letters."""
    return [folded, *(folded.translate(letters) for letters in LETTERS)]
