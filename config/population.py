"""How many people the town has 人口: what figures per ten thousand are divided by."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEFAULT: Final = Path(__file__).with_name("population.toml")


@dataclass(frozen=True, slots=True)
class Population:
    """The people of the town, by which count; `people` None while nobody wrote it down."""

    people: int | None
    counted: str
    source: str


def load(path: Path | None = None) -> Population:
    """Read the file. Raises ValueError for a number without saying where it comes from."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    people = table.get("people")
    found = Population(people, str(table["counted"]), str(table["source"]))
    if people is not None and (not isinstance(people, int) or people < 1 or not found.source):
        raise ValueError("人口数应为大于 0 的整数，并写明出处")
    return found
