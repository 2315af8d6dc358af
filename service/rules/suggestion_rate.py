"""How well letters 建议书 are answered: 办复率, 按期办复率, 整改率, and what stands beside them.

All three have one denominator: the letters whose first reply fell due in the period and whose last
day is over. What is not due yet and what stands under an objection raised in time are shown apart
and change no rate, so recording a letter that is not due yet never lowers one. A letter in an open
round is not answered, whatever went out before: no rate is whole while a round is open. A reply
that went out late, in whatever round, stays late for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.rules.statistics import Period, Rate


class Place(StrEnum):
    """Where a letter stands in the reckoning of a period."""

    OUTSIDE = "outside"
    DUE = "due"
    NOT_DUE = "not_due"
    OBJECTED = "objected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What of a letter counts.

    `owed_on` is the day the first reply was due, as it was then. `replied_on` is empty while a
    round is open. `objected_on` is the day of an objection that is being looked into or was upheld.
    """

    owed_on: date | None
    replied_on: date | None = None
    late: bool = False
    accepted_on: date | None = None
    objected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """The three rates of a period, and what is shown beside them."""

    replied: Rate
    on_time: Rate
    rectified: Rate
    not_yet_due: int
    objected: int


def place(letter: Letter, period: Period, today: date) -> Place:
    """Where a letter stands; its last day counts as over the day after."""
    owed = letter.owed_on
    if owed is None or not period.start_on <= owed < period.end_on:
        return Place.OUTSIDE
    if is_objected(letter):
        return Place.OBJECTED
    return Place.DUE if owed < today else Place.NOT_DUE


def is_objected(letter: Letter) -> bool:
    """Whether an objection takes it out of the rates: one raised after the last day does not.

    The last day is that of the first reply: what was late then is late, whatever a later round is
    objected to for.
    """
    if letter.objected_on is None:
        return False
    return letter.owed_on is None or letter.objected_on <= letter.owed_on


def rates(letters: Iterable[Letter], period: Period, today: date) -> Rates:
    """The rates of these letters in a period, as of `today`."""
    placed = [(place(each, period, today), each) for each in letters]
    due = [each for where, each in placed if where is Place.DUE]
    replied = [each for each in due if each.replied_on is not None]
    return Rates(
        replied=Rate(len(replied), len(due)),
        on_time=Rate(sum(not each.late for each in replied), len(due)),
        rectified=Rate(sum(each.accepted_on is not None for each in due), len(due)),
        not_yet_due=sum(where is Place.NOT_DUE for where, _ in placed),
        objected=sum(where is Place.OBJECTED for where, _ in placed),
    )
