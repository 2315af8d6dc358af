"""Look at the centre's series of numbers 编号: its prefix, an example, and which one is meant."""

from datetime import datetime

import sqlalchemy as sa

from models import Organisation, db
from service.desk import Desk
from service.rules import progress
from service.rules import search as rules


def prefix(desk: Desk) -> str:
    """The letters that open this centre's numbers; the policy's while no centre is registered."""
    own = db.session.scalar(sa.select(Organisation.prefix).where(Organisation.prefix.is_not(None)))
    return own or desk.policy.home.prefix


def example(desk: Desk, now: datetime) -> str:
    """What a number of this year looks like here."""
    return f"{prefix(desk)}{desk.today(now).year}-00012"


def meant(text: str, *, desk: Desk, now: datetime) -> str | None:
    """The number somebody means by what they typed or scanned; None when it is none."""
    return rules.number_in(text, prefix=prefix(desk), year=desk.today(now).year)


def cleaned(text: str, *, desk: Desk, now: datetime) -> str:
    """The same; what is no number of any series comes back as it was typed, cleaned."""
    return meant(text, desk=desk, now=now) or progress.cleaned(text)
