"""Finding 检索: what of a dispute goes into the word index, and what somebody who types asks for.

Everything is compared in one folded form. The index knows every two neighbouring characters of
the narrative and of names in clear, single characters of names too, and pinyin initials; that
finds any piece of two characters (of a name: one), whatever the script. What lies in between is
checked against the folded text itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from config.text import Malformed
from service.rules import identity

# Full-width signs stand for nothing in folded text: they mark what a term was made of.
NAME: Final = "＠"
INITIALS: Final = "＃"
SEALED: Final = "＄"
LEAST_INITIALS: Final = 2
MOST_INITIALS: Final = 8
_RUN: Final = re.compile("(?:[^\\W_]|[\ue000-\uf8ff\U00020000-\U0003ffff\U000f0000-\U0010fffd])+")
_SELECTOR: Final = re.compile("[\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DOT: Final = re.compile("[•․‧∙⋅・]")
_LETTERS: Final = re.compile(f"[a-z]{{{LEAST_INITIALS},60}}")
_NUMBER: Final = re.compile(r"[0-9A-Z-]{1,40}")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\ufe63_-]+")
_WHOLE: Final = re.compile(r"([A-Z]{1,10})([0-9]{4})-([0-9]{1,9})")  # letters, year, tail
_RUN_ON: Final = re.compile(r"([A-Z]{0,10})(20[0-9]{2})([0-9]{5,9})")  # the same without a dash
_YEAR: Final = re.compile(r"(20[0-9]{2})-([0-9]{1,9})")
_BARE: Final = re.compile(r"[0-9]{1,5}")
_SLIP: Final = re.compile(r"#([A-Z]{1,10}[0-9]{4}-[0-9]{5,9})\.[A-Z0-9]{8}\Z")
_IDENTITY: Final = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]|[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}")
_RESIDENT: Final = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9X]|[0-9]{15})(?![0-9])")
_MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_CLUTTER: Final = re.compile(r"[\s'-]")
_LONG: Final = re.compile(r"\+?[0-9]{10,15}")
_TAIL: Final = re.compile(r"[0-9]{4}")


class Part(StrEnum):
    """Where a match may lie."""

    NUMBER = "number"
    PARTY = "party"
    NARRATIVE = "narrative"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of one dispute: folded names (one a line) and narrative, and terms."""

    names: str
    words: str
    terms: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody who typed `text` may mean.

    `pieces` all have to be found, in a name or in the narrative. `phone` is a whole number, `tail`
    the last four digits of one.
    """

    text: str
    pieces: tuple[str, ...]
    number: str | None
    initials: str | None
    tail: str | None
    phone: str | None


def fold(text: str) -> str:
    """`text` as it is compared: one width, one case, one kind of dot and blank."""
    plain = unicodedata.normalize("NFKC", _SELECTOR.sub("", text)).casefold()
    return " ".join(_DOT.sub("·", plain).split())


def entry(narrative: str, names: Iterable[tuple[str, str | None]]) -> Entry:
    """The entry of a dispute; `names` are the clear ones with their initials."""
    named = [(fold(name), initials or "") for name, initials in names]
    words = fold(narrative)
    terms = set(_bigrams(words))
    for name, initials in named:
        terms |= {NAME + term for term in (*_characters(name), *_bigrams(name))}
        terms |= {INITIALS + term for term in _beginnings(initials)}
    return Entry("\n".join(name for name, _ in named), words, sorted(terms))


def sealed_entry(words: str, hashes: Iterable[bytes]) -> Entry:
    """The entry of a thing whose names are sealed: its words, and keyed hashes for the rest."""
    plain = entry(words, ())
    return Entry("", plain.words, sorted({*plain.terms, *map(sealed_term, hashes)}))


def sealed_term(keyed_hash: bytes) -> str:
    """The term of what is sealed: found whole or not at all."""
    return SEALED + keyed_hash.hex()


def read(text: str) -> Asked:
    """What may be meant by what was typed."""
    folded = fold(text)
    number, digits = folded.upper(), re.sub(r"[\s-]", "", folded)
    return Asked(
        text=folded,
        pieces=tuple(folded.split()),
        number=number if _NUMBER.fullmatch(number) else None,
        initials=folded if _LETTERS.fullmatch(folded) else None,
        tail=folded if _TAIL.fullmatch(folded) else None,
        phone=_phone(digits) if _LONG.fullmatch(digits) else None,
    )


def name_terms(piece: str) -> list[str]:
    """The terms of every name that `piece` stands in; none when the index cannot tell."""
    runs = _RUN.findall(piece)
    alone = [run for run in runs if len(run) == 1]
    return [NAME + term for term in dict.fromkeys((*alone, *_bigrams(piece)))]


def word_terms(piece: str) -> list[str]:
    """The terms of every narrative that `piece` stands in; none when the index cannot tell."""
    return list(dict.fromkeys(_bigrams(piece)))


def initials_term(initials: str) -> str:
    """The term of every name whose initials begin so; longer ones are known whole only."""
    return INITIALS + initials


def number_in(text: str, *, prefix: str, year: int) -> str | None:
    """The number 编号 somebody means who typed, said or scanned `text`; None when it is none.

    `QLS2026-00278` may come as `qls2026 278`, `QLS202600278` or `2026-278`; a tail alone, `278`
    or `QLS278`, is of the centre's own series (`prefix`) of this `year`. A slip's address holds
    its number.
    """
    typed = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    slip = _SLIP.search(typed)
    if slip:
        return slip[1]
    dashed = re.sub(" ?- ?", "-", _DASHES.sub("-", typed))
    joined = re.sub(r"(?<=[0-9]) (?=[0-9])", "-", dashed).replace(" ", "")
    for letters, told, tail in _readings(joined, prefix, str(year)):
        if tail.strip("0"):
            return f"{letters}{told}-{int(tail):05d}"
    return None


def is_bare(text: str) -> bool:
    """Whether what was typed may as well be the end of a phone number or a word of a narrative."""
    return re.fullmatch(r"[0-9]{1,4}", unicodedata.normalize("NFKC", text).strip()) is not None


def identity_in(text: str) -> str | None:
    """The ID number 证件号码 that stands in `text`, right or wrong, alone or among other words."""
    typed = _CLUTTER.sub("", unicodedata.normalize("NFKC", text).upper())
    if _IDENTITY.fullmatch(typed):
        return typed
    found = _RESIDENT.search(typed)
    return found[0] if found else None


def phone_in(text: str) -> str | None:
    """The whole phone number that stands in `text`, alone or among other words."""
    alone = read(text).phone
    if alone:
        return alone
    found = _MOBILE.search(_CLUTTER.sub("", unicodedata.normalize("NFKC", text)))
    return _phone(found[0]) if found else None


def is_identity(text: str) -> bool:
    """Whether `text` has the shape of an ID number 证件号码, right or wrong: it stays private."""
    typed = unicodedata.normalize("NFKC", text).upper()
    return _IDENTITY.fullmatch(re.sub(r"[\s'-]", "", typed)) is not None


def snippet(text: str, pieces: Iterable[str], *, around: int = 10) -> list[tuple[str, bool]]:
    """The stretch of `text` about the first piece found in it, cut where a piece begins or ends.

    It begins so few characters before the piece that a narrow column shows it too. Each cut says
    whether it is such a piece; it is found as the index finds it, in the folded form.
    """
    plain = " ".join(text.split())
    found = _found(plain, [piece for piece in pieces if piece])
    first = found[0][0] if found else 0
    start = max(0, first - around)
    end = min(len(plain), max(start + 60, found[0][1] if found else 0))
    cuts = list(_cuts(plain, start, end, found))
    before = [("…", False)] if start else []
    after = [("…", False)] if end < len(plain) else []
    return [*before, *cuts, *after]


def _readings(typed: str, prefix: str, year: str) -> Iterator[tuple[str, str, str]]:
    """Letters, year and tail of what was typed, in every way it can be read."""
    for pattern in (_WHOLE, _RUN_ON):
        if found := pattern.fullmatch(typed):
            yield found[1] or prefix, found[2], found[3]
    if found := _YEAR.fullmatch(typed):
        yield prefix, found[1], found[2]
    own = f"{prefix}{year}"
    if typed.startswith(own) and _BARE.fullmatch(typed.removeprefix(own)):
        yield prefix, year, typed.removeprefix(own)
    tail = typed.removeprefix(prefix).removeprefix("-")
    if _BARE.fullmatch(tail) and (tail == typed or not _is_year(tail)):
        yield prefix, year, tail


def _is_year(tail: str) -> bool:
    """`QLS2026` is where numbers begin, not number 2026."""
    return re.fullmatch("20[0-9]{2}", tail) is not None


def _found(plain: str, pieces: list[str]) -> list[tuple[int, int]]:
    """Where in `plain` the folded pieces stand, each place with its end."""
    folded = [" " if character == " " else fold(character) for character in plain]
    places = [place for place, form in enumerate(folded) for _ in form]
    pattern = "|".join(re.escape(piece) for piece in sorted(pieces, key=len, reverse=True))
    hits = re.finditer(pattern, "".join(folded)) if pieces else ()
    return [(places[hit.start()], places[hit.end() - 1] + 1) for hit in hits]


def _cuts(
    plain: str, start: int, end: int, found: list[tuple[int, int]]
) -> Iterator[tuple[str, bool]]:
    at = start
    for first, last in found:
        begin, finish = max(first, at), min(last, end)
        if begin >= finish:
            continue
        if begin > at:
            yield plain[at:begin], False
        yield plain[begin:finish], True
        at = finish
    if at < end:
        yield plain[at:end], False


def _phone(digits: str) -> str | None:
    try:
        return identity.clean_phone(digits)
    except Malformed:
        return None


def _bigrams(folded: str) -> Iterator[str]:
    for run in _RUN.findall(folded):
        yield from (first + second for first, second in pairwise(run))


def _characters(folded: str) -> Iterator[str]:
    for run in _RUN.findall(folded):
        yield from run


def _beginnings(initials: str) -> Iterator[str]:
    for reading in initials.split():
        yield from (reading[:end] for end in range(LEAST_INITIALS, MOST_INITIALS + 1))
        yield reading
