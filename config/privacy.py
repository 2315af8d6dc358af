"""The privacy notice 个人信息处理告知 and what data is processed on, as data: `privacy.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from config.vocabulary import Grade

DEFAULT: Final = Path(__file__).with_name("privacy.toml")


@dataclass(frozen=True, slots=True)
class Duty:
    """A statutory duty 法定职责 that data is processed under."""

    code: str
    text: str
    law: str
    article: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the notice; its paragraphs have places for the centre's name and the like."""

    title: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """How many working days an answer to the people concerned may take, and why."""

    days: int
    law: str
    article: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Privacy:
    """The notice of one version; `default` is the duty of the centre's own work."""

    version: int
    published_on: date
    term: Term
    duties: tuple[Duty, ...]
    default: Duty
    sections: tuple[Section, ...]

    def duty(self, code: str) -> Duty | None:
        """The duty of this code, if this version knows it."""
        return next((each for each in self.duties if each.code == code), None)


def load(path: Path | None = None) -> Privacy:
    """Read the notice; without exactly one default duty it is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    default = [row["code"] for row in table["basis"] if row.get("default")]
    if len(default) != 1:
        raise ValueError("exactly one statutory duty is the default")
    duties = tuple(
        Duty(row["code"], row["text"], row["law"], row["article"], Grade(row["grade"]))
        for row in table["basis"]
    )
    term = table["term"]
    return Privacy(
        version=int(table["version"]),
        published_on=table["published_on"],
        term=Term(int(term["days"]), term["law"], term["article"], Grade(term["grade"])),
        duties=duties,
        default=next(each for each in duties if each.code == default[0]),
        sections=tuple(Section(row["title"], tuple(row["text"])) for row in table["section"]),
    )
