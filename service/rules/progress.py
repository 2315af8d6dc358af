"""The citizen's slip 登记回执: reading what was typed from it, and reading it out."""

import ipaddress
import re
import unicodedata
from typing import Final

# the look-up code of a slip 查询码: no 0, O, 1 or I to mistake, 40 bits in all
CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 8
DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
RUNS: Final = re.compile(r"[A-Z]+|[0-9]+|[^A-Z0-9\s-]+")
DIGITS: Final = "零一二三四五六七八九"
YEAR_DIGITS: Final = "〇一二三四五六七八九"
YEAR_LENGTH: Final = 4
# how many digits one hears at a time: a mobile number, a long and a short land line
GROUPS: Final = {11: (3, 4, 4), 8: (4, 4), 7: (3, 4)}


def cleaned(typed: str) -> str:
    """A number or a code as it is stored: no spaces, no full width, capital letters."""
    plain = unicodedata.normalize("NFKC", typed).translate(DASHES)
    return "".join(plain.split()).upper()


def caller(address: str) -> str:
    """The address that counts as one caller; of IPv6 the network, for a house has one of those."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped  # as a listener on both kinds shows an IPv4 caller
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def spoken_number(number: str) -> str:
    """`QLS2026-00001` as one says it: Q L S，二〇二六，零零零零一."""
    runs = RUNS.findall(cleaned(number))
    return "，".join(_spoken(run, first=place < len(runs) - 1) for place, run in enumerate(runs))


def spoken_phone(phone: str) -> str:
    """`0475-4210000` as one says it: 零四七五，四二一，零零零零."""
    groups = [group for run in re.findall(r"[0-9]+", phone) for group in _grouped(run)]
    return "，".join(_digits(group, DIGITS) for group in groups)


def _spoken(run: str, *, first: bool) -> str:
    if run.isascii() and run.isalpha():
        return " ".join(run)
    if run.isascii() and run.isdigit():
        is_year = first and len(run) == YEAR_LENGTH
        return _digits(run, YEAR_DIGITS if is_year else DIGITS)
    return run


def _grouped(digits: str) -> list[str]:
    sizes = GROUPS.get(len(digits), (len(digits),))
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return [digits[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _digits(run: str, words: str) -> str:
    return "".join(words[int(digit)] for digit in run)
