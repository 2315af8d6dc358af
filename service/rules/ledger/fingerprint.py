"""When two entries are the same dispute 重复: same applicant, respondent and narrative."""

import hashlib
import unicodedata
from typing import Final

_SEPARATOR: Final = "\x1f"


def fingerprint(applicant: str, respondent: str, narrative: str) -> str:
    """A hash of the three, spaces, width and case apart.

    `applicant` is the ID number; where there is none, name and phone together (`applicant_key`).
    """
    parts = (_essence(part) for part in (applicant, respondent, narrative))
    return hashlib.sha256(_SEPARATOR.join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def applicant_key(*, id_number: str | None, name: str, phone: str | None) -> str:
    """What stands for the applicant in a fingerprint: the ID number, else name and phone."""
    return id_number or f"{name}/{phone or ''}"


def _essence(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
