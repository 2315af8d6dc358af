"""The whole ledger: every entry read, its fate decided, nothing lost between in and out."""

import sys
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from config.category import Categories
from config.ledger import LedgerWords
from config.source import Sources
from config.text import Malformed
from config.vocabulary import LedgerFate
from service.rules.ledger.field import Reading, read_cell
from service.rules.ledger.fingerprint import applicant_key, fingerprint
from service.rules.ledger.row import LedgerRow, LedgerValues, contradictions, values_of
from service.rules.ledger.sheet import Sheet, column_letter
from service.rules.ledger.table import Entry, table_of


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a file holds; `unheaded` names sheets with content and no heading we know."""

    rows: tuple[LedgerRow, ...]
    blank: int
    unheaded: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Entries by fate, and the empty rows between them."""
        fates = Counter(row.fate.value for row in self.rows)
        by_fate = {fate.value: fates[fate.value] for fate in LedgerFate}
        return {"rows": len(self.rows), **by_fate, "blank": self.blank}

    def as_json(self) -> dict[str, Any]:
        """The answer of `ledger import --json`."""
        return {"counts": self.counts, "rows": [row.as_json() for row in self.rows]}


def parse(
    sheets: Iterable[Sheet],
    *,
    categories: Categories,
    sources: Sources,
    words: LedgerWords,
    today: date,
    known: Container[str] = frozenset(),
) -> Ledger:
    """Read every sheet in order; `known` holds the fingerprints of stored disputes.

    Never raises on content: what cannot be taken is a row with its error.
    """
    rows: list[LedgerRow] = []
    accepted: dict[str, tuple[str, int]] = {}
    blank, unheaded = 0, []
    for sheet in sheets:
        table = table_of(sheet, words)
        blank += table.blank
        if sheet.rows and not table.headed:
            unheaded.append(sheet.name)
        for entry in table.entries:
            reading = Reading(categories, sources, words, today, sheet.epoch, entry.layout.unit)
            row = _decided(_read(sheet.name, entry, reading), entry, accepted, known)
            if row.fate is LedgerFate.OK and row.fingerprint:
                accepted[row.fingerprint] = (row.sheet, row.row)
            rows.append(row)
    return Ledger(tuple(rows), blank, tuple(unheaded))


def _read(sheet: str, entry: Entry, reading: Reading) -> LedgerRow:
    """The entry by its cells alone: an error row already, or one that may still be."""
    read: dict[str, Any] = {}
    errors = {
        field: f"工作表缺少“{reading.words.labels[field]}”一列" for field in entry.layout.missing
    }
    for field, column in entry.layout.columns.items():
        if field == "serial":
            continue
        try:
            read[field] = read_cell(field, entry.row.at(column), reading)
        except Malformed as malformed:
            errors[field] = malformed.reason
    values = values_of(read)
    row = LedgerRow(sheet=sheet, row=entry.row.number, fate=LedgerFate.OK, values=values)
    if not errors:
        return replace(row, fingerprint=_fingerprint(values))
    if not errors.keys() & {"outcome", "closed_on", "registered_on"}:
        errors |= contradictions(values)
    return _failed(row, errors, entry)


def _decided(
    row: LedgerRow, entry: Entry, accepted: dict[str, tuple[str, int]], known: Container[str]
) -> LedgerRow:
    """A repeated entry is a duplicate whatever else is wrong between its dates."""
    if row.fingerprint is None:
        return row
    if row.fingerprint in accepted or row.fingerprint in known:
        first = accepted.get(row.fingerprint)
        return replace(row, fate=LedgerFate.DUPLICATE, duplicate_of=first, reason=_repeated(first))
    errors = contradictions(row.values)
    return _failed(row, errors, entry) if errors else row


def _failed(row: LedgerRow, errors: dict[str, str], entry: Entry) -> LedgerRow:
    columns = entry.layout.columns
    field = min(errors, key=lambda name: columns.get(name, sys.maxsize))
    column = column_letter(columns[field]) if field in columns else None
    return replace(
        row,
        fate=LedgerFate.ERROR,
        field=field,
        column=column,
        reason=errors[field],
        values=_without(row.values, field),
        fingerprint=None,
    )


def _without(values: LedgerValues, field: str) -> LedgerValues:
    """The values with the erroneous one left out; most were never read."""
    if field == "outcome":
        return replace(values, outcome=None)
    return replace(values, closed_on=None) if field == "closed_on" else values


def _fingerprint(values: LedgerValues) -> str:
    key = applicant_key(id_number=values.id_number, name=values.applicant or "", phone=values.phone)
    return fingerprint(key, values.respondent or "", values.narrative or "")


def _repeated(first: tuple[str, int] | None) -> str:
    if first is None:
        return "与已登记的纠纷重复（申请人、被申请人、简要情况相同）"
    return f"与工作表“{first[0]}”第 {first[1]} 行重复（申请人、被申请人、简要情况相同）"
