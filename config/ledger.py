"""The words of a ledger 台账: headings and results as clerks write them, from `ledger.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.spelling import fold, index
from config.vocabulary import DisputeStatus, Outcome

DEFAULT: Final = Path(__file__).with_name("ledger.toml")


@dataclass(frozen=True, slots=True)
class Result:
    """What a result word 办理结果 says of the dispute; `outcome` only when it is closed."""

    status: DisputeStatus
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class LedgerWords:
    """Headings by field and results by word."""

    version: int
    labels: Mapping[str, str]  # field to its Chinese name, in the usual order of columns
    fields: Mapping[str, str]  # folded heading to field
    results: Mapping[str, Result]  # folded result word to what it says

    def field(self, heading: str) -> str | None:
        """The field a heading names, or None."""
        return self.fields.get(fold(heading))

    def result(self, word: str) -> Result | None:
        """What a result word says, or None when nobody knows the word."""
        return self.results.get(fold(word))


def load(path: Path | None = None) -> LedgerWords:
    """Read the words; a heading or result word that means two things is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    headings = ((s, r["field"]) for r in table["heading"] for s in (r["label"], *r["spellings"]))
    return LedgerWords(
        version=int(table["version"]),
        labels={row["field"]: row["label"] for row in table["heading"]},
        fields=index(headings),
        results=index((s, _result(r)) for r in table["result"] for s in r["spellings"]),
    )


def _result(row: Mapping[str, str]) -> Result:
    outcome = Outcome(row["outcome"]) if "outcome" in row else None
    status = DisputeStatus(row["status"])
    if (status is DisputeStatus.CLOSED) != (outcome is not None):
        raise ValueError(f"a result has an outcome exactly when it is closed: {row}")
    return Result(status, outcome)
