"""Danger to people 人身危险: which disputes bring it, by what is known now."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.vocabulary import Danger
from models import Dispute
from service.rules import dispute as rules


def _is(*kinds: Danger) -> ColumnElement[bool]:
    """Written out as in the index: SQLite does not see through parameters."""
    return Dispute.danger.in_([sa.literal_column(f"'{each.value}'") for each in kinds])


# known, or spoken of in the story and not asked about: both are looked at first
URGENT: Final = _is(Danger.UNASKED, Danger.PRESENT)
PRESENT: Final = _is(Danger.PRESENT)


def about_danger() -> ColumnElement[bool]:
    """The condition on a dispute: danger to people that is not over."""
    return sa.and_(Dispute.status.in_(rules.OPEN), URGENT)
