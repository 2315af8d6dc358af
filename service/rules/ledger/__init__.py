"""A ledger 台账: from the cells of a workbook to rows with a fate, each error at its cell.

sheet    the cells as they stand          date, number   what one cell means
heading  which column holds which field   row            one row, its fields and its fate
reading  the whole ledger: fates, duplicates, counts
"""

from service.rules.ledger.fingerprint import applicant_key, fingerprint
from service.rules.ledger.reading import Ledger, parse
from service.rules.ledger.row import LedgerRow, LedgerValues
from service.rules.ledger.sheet import Broken, Cell, Row, Sheet, column_letter

__all__ = [
    "Broken",
    "Cell",
    "Ledger",
    "LedgerRow",
    "LedgerValues",
    "Row",
    "Sheet",
    "applicant_key",
    "column_letter",
    "fingerprint",
    "parse",
]
