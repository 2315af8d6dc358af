"""The terms of what the court sent 委派、委托: its letters alone say from when they run, and until.

Neither the unit's acceptance nor a move to another unit begins or ends them.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.court import CourtState
from config.vocabulary import ClockEnd, DisputeStatus
from models import Clock, CourtReferral, Dispute
from service.desk import Desk
from service.operations import clock
from service.rules import court as rules

Term = tuple[str, date]  # the rule, and the day it is counted from


def promised(session: Session, dispute: Dispute) -> frozenset[Term]:
    """The terms that bind a dispute as it is now, by the letters that still wait for something."""
    return _promised(dispute, _letters(session, dispute))


def _letters(session: Session, dispute: Dispute) -> list[CourtReferral]:
    """What the court sent about it, also what is not stored yet."""
    stored = sa.select(CourtReferral).where(CourtReferral.dispute_id == dispute.id)
    fresh = (each for each in session.new if isinstance(each, CourtReferral))
    return [*session.scalars(stored), *(e for e in fresh if e.dispute_id == dispute.id)]


def _promised(dispute: Dispute, mine: Sequence[CourtReferral]) -> frozenset[Term]:
    if dispute.status in rules.ENDED:
        return frozenset()
    found = {
        (rules.ACKNOWLEDGE, each.received_on) for each in mine if each.state is CourtState.WAITING
    }
    if dispute.status is not DisputeStatus.AGREED:
        found |= {
            (rules.term(each.kind, each.procedure), each.answered_on)
            for each in mine
            if each.state is CourtState.RUNNING and each.answered_on is not None
        }
    return frozenset(found)


def keep(session: Session, dispute: Dispute, *, desk: Desk, now: datetime) -> dict[Term, Clock]:
    """Let exactly the promised terms run, and write the dispute's row anew; each by its place.

    One of such a rule that is counted from elsewhere gives way to them; so does the term to answer
    that the facts speak of, where every letter was answered.
    """
    letters = _letters(session, dispute)
    if not letters:
        return {}
    wanted, found = _promised(dispute, letters), dict[Term, Clock]()
    ruled = {rules.ACKNOWLEDGE, *(rule for rule, _ in wanted)}
    for each in clock.running(session, dispute):
        place = (each.rule, each.start_on)
        if place in wanted and place not in found:
            found[place] = each
        elif each.rule in ruled:
            clock.stop_one(session, each, ClockEnd.REPLACED, desk.today(now), desk=desk, now=now)
    for rule, start_on in sorted(wanted - found.keys()):
        found[rule, start_on] = clock.start_another(
            session, dispute, rule, start_on=start_on, desk=desk, now=now
        )
    clock.settle(session, dispute, desk=desk, now=now)
    return found


def met(session: Session, dispute: Dispute, term: Term, *, desk: Desk, now: datetime) -> None:
    """One was kept: its clock stops, unless another letter is bound by the same."""
    if term in promised(session, dispute):
        return
    for each in clock.running(session, dispute):
        if (each.rule, each.start_on) == term:
            clock.stop_one(session, each, ClockEnd.MET, desk.today(now), desk=desk, now=now)
