"""Danger to people 人身危险: which disputes bring it, by what is known now."""

from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.vocabulary import Danger
from models import Dispute
from models.dispute import DANGEROUS, OPEN


def _is(column: Any, *kinds: StrEnum) -> ColumnElement[bool]:
    """Written out as the index has it: SQLite does not see through parameters."""
    found: ColumnElement[bool] = column.in_([sa.literal_column(f"'{each}'") for each in kinds])
    return found


# known, or spoken of in the story and not asked about: both are looked at first
URGENT: Final = _is(Dispute.danger, *DANGEROUS)
PRESENT: Final = _is(Dispute.danger, Danger.PRESENT)


def about_danger() -> ColumnElement[bool]:
    """The condition on a dispute: danger to people that is not over. It has an index of its own."""
    return sa.and_(URGENT, _is(Dispute.status, *OPEN))
