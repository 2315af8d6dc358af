"""How a dispute came in 来源, as clerks write it: `sources.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.spelling import fold, index
from config.vocabulary import Source

DEFAULT: Final = Path(__file__).with_name("sources.toml")


@dataclass(frozen=True, slots=True)
class Sources:
    """The source every spelling means; the word shown for a source is in `config.words`."""

    version: int
    by_spelling: Mapping[str, Source]

    def find(self, spelling: str) -> Source | None:
        """The source a clerk means, or None; spaces and width do not count."""
        return self.by_spelling.get(fold(spelling))


def load(path: Path | None = None) -> Sources:
    """Read the spellings; one used for two sources, or a source without any, is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    rows = [(Source(row["code"]), row["spellings"]) for row in table["source"]]
    if missing := set(Source) - {source for source, spellings in rows if spellings}:
        raise ValueError(f"sources nobody can write: {sorted(missing)}")
    by_spelling = index((spelling, source) for source, words in rows for spelling in words)
    return Sources(int(table["version"]), by_spelling)
