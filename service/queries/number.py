"""Look at the centre's series of numbers 编号: its prefix, an example, and which one is meant."""

import re
import unicodedata
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from models import Dispute, Organisation, db
from service.desk import Desk
from service.errors import Invalid
from service.queries.access import known
from service.rules import access, progress
from service.rules import search as rules
from service.rules.access import Actor

YEARS_BACK: Final = 5
_TAIL: Final = re.compile(r"[0-9]{1,5}", re.ASCII)


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


def of_one_read(text: str, *, actor: Actor, desk: Desk, now: datetime) -> str:
    """The number of the dispute somebody means, who may have typed its last digits only.

    Of those the actor may read and of the years a dispute comes up again; Invalid at `number`
    when more than one ends so, or none does.
    """
    whole = meant(text, desk=desk, now=now)
    tail = "".join(unicodedata.normalize("NFKC", text).split())
    if whole is None or not _TAIL.fullmatch(tail):
        return whole or text.strip().upper()
    year, letters = desk.today(now).year, prefix(desk)
    ending = [f"{letters}{each}-{int(tail):05d}" for each in range(year - YEARS_BACK, year + 1)]
    full = known(access.scope(actor, "dispute.read", desk.policy.access), now)
    found = db.session.scalars(
        sa.select(Dispute.number)
        .where(Dispute.number.in_(ending), full)
        .order_by(Dispute.number.desc())
    ).all()
    if len(found) > 1:
        raise Invalid({"number": [f"末尾是 {tail} 的有 {'、'.join(found)}，请写完整编号"]})
    if not found:
        raise Invalid({"number": [f"没有找到末尾是 {tail} 的纠纷，请写完整编号"]})
    return found[0]


def stands_for(number: str) -> sa.Select[Any]:
    """The id of the dispute a number leads to: itself, or the one it went into 并案."""
    asked = sa.select(sa.func.coalesce(Dispute.merged_into_id, Dispute.id))
    return asked.where(Dispute.number == number)
