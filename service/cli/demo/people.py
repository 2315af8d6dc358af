"""Made-up people and businesses: numbers that check, from blocks that belong to nobody."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from config.demo import Town
from config.vocabulary import Language, PartyKind, PartyRole

REGION: Final = "150525"  # the banner; its real numbers hold other sequences of birth and order
PHONE: Final = "13900000"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_USCC: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MONGOLIAN_SHARE: Final = 0.3
ADULTS: Final = (1948, 2004)


@dataclass(slots=True)
class People:
    """Everybody who ever comes to the centre; `numbers` keeps each ID number single."""

    town: Town
    rng: Random
    numbers: set[str] = field(default_factory=set)

    def name(self) -> tuple[str, Language]:
        """A name and the language its bearer likes to speak."""
        if self.rng.random() < _MONGOLIAN_SHARE:
            return self.rng.choice(self.town.mongolian), Language.MONGOLIAN
        name = self.rng.choice(self.town.surnames) + self.rng.choice(self.town.given)
        return name, Language.CHINESE

    def person(self, role: PartyRole) -> dict[str, Any]:
        """A party who is a person, as a clerk types it."""
        name, language = self.name()
        return {
            "role": role,
            "kind": PartyKind.PERSON,
            "name": name,
            "id_number": self.id_number() if self.rng.random() < 0.8 else None,
            "phone": f"{PHONE}{self.rng.randrange(1000):03d}",
            "address": f"{self.rng.choice(self.town.villages)}{self.rng.randint(1, 9)}组",
            "language": language,
        }

    def with_child(self, guardian: dict[str, Any], today: date) -> list[dict[str, Any]]:
        """A child under fourteen who applies, and the guardian who comes for it."""
        child = self.person(PartyRole.APPLICANT)
        child["id_number"] = self.id_number((today.year - 11, today.year - 8))
        child["address"] = guardian["address"]
        return [child, guardian | {"role": PartyRole.GUARDIAN, "represents": 0}]

    def business(self, role: PartyRole, name: str) -> dict[str, Any]:
        """A party that is an organisation; the same name always has the same code."""
        return {
            "role": role,
            "kind": PartyKind.ORGANISATION,
            "name": name,
            "id_number": credit_code(name),
            "phone": f"{PHONE}{Random(name).randrange(1000):03d}",  # noqa: S311 -- made-up
        }

    def id_number(self, born: tuple[int, int] = ADULTS) -> str:
        """A resident number nobody else of the demo has; `born` are the first and last year."""
        while True:
            year, month, day = (
                self.rng.randint(*born),
                self.rng.randint(1, 12),
                self.rng.randint(1, 28),
            )  # fmt: skip -- one date reads best on one line
            body = f"{REGION}{year}{month:02d}{day:02d}{self.rng.randint(900, 999)}"
            number = (
                body + _CHECKS[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
            )
            if number not in self.numbers:
                self.numbers.add(number)
                return number


def credit_code(name: str) -> str:
    """A 统一社会信用代码 that checks, always the same for one made-up name."""
    dice = Random(name)  # noqa: S311 -- a made-up number
    body = f"92{REGION}MA" + "".join(dice.choice(_USCC) for _ in range(7))
    total = sum(_USCC.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + _USCC[-total % 31]
