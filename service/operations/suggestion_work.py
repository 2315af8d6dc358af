"""A letter 建议书 in hand: its row locked, its round, its demands, its key; and its term.

The term is a clock; the row says what is due next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.clock_subject import ClockSubject
from config.suggestion import SuggestionStatus
from config.vocabulary import ClockEnd
from models import Suggestion, SuggestionDemand, SuggestionRound
from service.desk import Desk
from service.errors import Forbidden, Invalid, NotFound
from service.gateways.keyring import FieldKey
from service.operations import clock_subject
from service.operations.clock_subject import Owed
from service.operations.event import record as record_event
from service.queries.access import of_town
from service.queries.suggestion import NOT_FOUND, reached, stand_of
from service.rules import access
from service.rules import suggestion as rules
from service.rules.access import Actor
from service.rules.suggestion import Stand, Term

NOT_THEIRS: Final = "这份建议书不由您办理"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A letter in hand: its row locked, the round that runs, its demands, its key."""

    session: Session
    row: Suggestion
    round: SuggestionRound
    demands: Sequence[SuggestionDemand]
    key: FieldKey = field(repr=False)
    actor: Actor
    desk: Desk
    now: datetime

    @property
    def today(self) -> date:
        """The office's date."""
        return self.desk.today(self.now)

    @property
    def owed(self) -> Owed:
        """Whose term it is."""
        return owed(self.row)

    @property
    def stand(self) -> Stand:
        """How it stands to its next steps."""
        return stand_of(self.row, self.round, self.demands, self.desk)


def owed(row: Suggestion) -> Owed:
    """Whose term a letter's is."""
    return Owed(subject=ClockSubject.SUGGESTION, id=row.id, organisation_id=row.organisation_id)


def opened(
    session: Session,
    suggestion_id: UUID,
    right: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Work:
    """The letter, locked, for who has the right to it; NotFound for who may not know of it."""
    policy = desk.policy.access
    reads = access.scope(actor, "suggestion.read", policy)
    row = session.scalar(
        sa.select(Suggestion)
        .where(Suggestion.id == suggestion_id, reached(reads))
        .with_for_update(of=Suggestion)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(NOT_FOUND)
    takes = access.scope(actor, right, policy)
    if not access.is_reached(takes, row.organisation_id):
        raise Forbidden(NOT_THEIRS)
    turn = session.scalars(
        sa.select(SuggestionRound).where(
            SuggestionRound.suggestion_id == row.id, SuggestionRound.round == row.round
        )
    ).one()
    demands = session.scalars(
        sa.select(SuggestionDemand)
        .where(SuggestionDemand.suggestion_id == row.id)
        .order_by(SuggestionDemand.number)
    ).all()
    key = desk.keyring.field_key(row.sealed_key, f"suggestion:{row.id}")
    return Work(
        session=session,
        row=row,
        round=turn,
        demands=demands,
        key=key,
        actor=actor,
        desk=desk,
        now=now,
    )


def begin_term(
    session: Session, row: Suggestion, turn: SuggestionRound, *, desk: Desk, now: datetime
) -> None:
    """Count the round's term, or take the stated one, and let its clock run."""
    found, mine = count_term(row, turn, desk), owed(row)
    if found is None:
        return
    if found.stated:
        clock_subject.state(
            session, mine, found.rule, found.due_on, turn.received_on, desk=desk, now=now
        )
    else:
        run = clock_subject.start(
            session, mine, found.rule, start_on=turn.received_on, desk=desk, now=now
        )
        run.provisional = found.provisional


def count_term(row: Suggestion, turn: SuggestionRound, desk: Desk) -> Term | None:
    """What is owed by when; the row and the round say it."""
    policy = desk.policy
    found = rules.term(
        policy.suggestions[row.kind],
        urgent=row.urgent,
        round_=row.round,
        received_on=turn.received_on,
        stated_on=turn.stated_due_on,
        clocks=policy.clocks,
        calendar=desk.calendar,
    )
    row.due_on = turn.due_on = found.due_on if found else None
    row.due_rule = found.rule if found else None
    row.due_provisional = bool(found and found.provisional)
    return found


def end_term(work: Work, ended: ClockEnd) -> None:
    """The term runs no more."""
    clock_subject.stop(work.session, work.owed, ended, work.today, desk=work.desk, now=work.now)


def check_unknown(session: Session, issuer: str, document_number: str, actor: Actor) -> None:
    """Raises Invalid at `document_number` for a letter the town has already."""
    known = session.scalar(
        sa.select(Suggestion.number).where(
            Suggestion.document_number == document_number,
            Suggestion.issuer == issuer,
            of_town(actor, Suggestion.organisation_id),
        )
    )
    if known is not None:
        raise Invalid({"document_number": [f"这份建议书已经登记过，编号 {known}"]})


def due(row: Suggestion) -> dict[str, Any]:
    """What an event says of the term."""
    return {"due_on": row.due_on.isoformat() if row.due_on else None, "due_rule": row.due_rule}


def note(
    session: Session,
    row: Suggestion,
    deed: str,
    detail: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    change: tuple[SuggestionStatus, SuggestionStatus] | None = None,
    reason: str | None = None,
) -> None:
    """The letter's event, and with it its new version."""
    record_event(
        session,
        row.id,
        subject="suggestion",
        action=f"suggestion-{deed}".replace("_", "-"),
        actor=actor,
        now=now,
        change=change or (None, None),
        reason=reason,
        detail=detail,
        version=row.version,
    )
