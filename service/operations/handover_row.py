"""The rows of handovers 移交: write one for every move, and say how it was answered.

Whoever calls holds the dispute's row locked, and writes the event. Nothing here flushes: a step is
one new version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import HandoverKind, HandoverState, Step
from models import Dispute, Episode, Handover
from service.desk import Desk
from service.rules import dispute as dispute_rules
from service.rules import handover as rules
from service.rules.handover import Move, Unit

S = HandoverState


@dataclass(frozen=True, slots=True)
class Back:
    """How something came back: by whom (None: nobody answered), with which code and words."""

    state: HandoverState = S.BOUNCED
    by: UUID | None = None
    code: str | None = None
    words: str | None = None


def of(session: Session, dispute: Dispute) -> Sequence[Handover]:
    """All moves of a dispute, in their order."""
    stored = sa.select(Handover).where(Handover.dispute_id == dispute.id)
    return session.scalars(stored.order_by(Handover.ordinal)).all()


def open_one(session: Session, dispute: Dispute) -> Handover | None:
    """The one that waits for its answer."""
    return session.scalar(
        sa.select(Handover).where(Handover.dispute_id == dispute.id, Handover.state == S.OPEN)
    )


def moves(rows: Sequence[Handover]) -> list[Move]:
    """The same as the rules judge them."""
    return [Move(each.kind, each.state, each.episode, each.to_director) for each in rows]


def made(
    session: Session,
    dispute: Dispute,
    *,
    kind: HandoverKind,
    from_organisation: UUID,
    receiver: Unit,
    sent_by: UUID | None,
    desk: Desk,
    now: datetime,
) -> Handover:
    """A row for a move that is sent now; the session has it, its words are still to be sealed."""
    due_at, remind_at = rules.due_at(now, desk.policy.handovers, desk.calendar, desk.zone)
    counted = sa.select(sa.func.max(Handover.ordinal)).where(Handover.dispute_id == dispute.id)
    episode = sa.select(sa.func.max(Episode.ordinal)).where(Episode.dispute_id == dispute.id)
    row = Handover(
        id=uuid4(),
        dispute_id=dispute.id,
        ordinal=(session.scalar(counted) or 0) + 1,
        episode=session.scalar(episode) or 1,
        kind=kind,
        state=S.OPEN,
        from_organisation_id=from_organisation,
        to_organisation_id=receiver.id,
        from_channel=None if kind is HandoverKind.DISPATCH else dispute.channel,
        to_channel=receiver.channel,
        sent_at=now,
        sent_on=desk.today(now),
        sent_by=sent_by,
        due_at=due_at,
        look_at=remind_at,
        times_back=0,
        to_director=False,
    )
    session.add(row)
    return row


def answer(row: Handover, state: HandoverState, by: UUID | None, now: datetime) -> None:
    """It is answered: nothing waits for it any more."""
    row.state, row.answered_by, row.answered_at, row.look_at = state, by, now, None
    if state is S.ACCEPTED:
        row.accepted_at = now


def came_back(
    session: Session,
    dispute: Dispute,
    row: Handover,
    back: Back,
    *,
    desk: Desk,
    now: datetime,
) -> None:
    """It came back, returned or bounced: why, how often by now, and whether the director decides.

    What was accepted before and goes back to the centre keeps when it was accepted.
    """
    data = desk.policy.handovers
    answer(row, back.state, back.by, now)
    row.return_code = back.code
    if back.words:
        key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
        row.return_sealed = key.seal(back.words, f"handover.return:{row.id}")
    row.times_back = rules.times_back(moves(of(session, dispute)), row.episode)
    reason = data.reasons.get(back.code or "")
    row.to_director = rules.goes_to_director(row.times_back, reason, data)


def stepped(
    session: Session,
    dispute: Dispute,
    step: Step,
    *,
    back: Back,
    desk: Desk,
    now: datetime,
) -> None:
    """What a step means for the rows: it answers the dispatch, or takes back what is open.

    `back` says who took it and what was said. The dispatch itself writes its row by `made`. What
    was accepted and goes back to the centre is returned with the row it came by.
    """
    row, by = open_one(session, dispute), back.by
    if step is Step.ACCEPT and row is not None:
        answer(row, S.ACCEPTED, by, now)
    elif step is Step.RETURN:
        if row is not None and row.kind is not HandoverKind.DISPATCH:
            answer(row, S.WITHDRAWN, by, now)
            row = None
        row = row or _last_accepted(session, dispute)
        if row is not None:
            came_back(session, dispute, row, back, desk=desk, now=now)
    elif row is not None and (dispute_rules.ends(step) or step is Step.AGREE):
        answer(row, S.WITHDRAWN, by, now)


def withdrawn(session: Session, dispute: Dispute, *, by: UUID, now: datetime) -> None:
    """Take back a handover between units that is open; a dispatch stays."""
    row = open_one(session, dispute)
    if row is not None and row.kind is not HandoverKind.DISPATCH:
        answer(row, S.WITHDRAWN, by, now)


def _last_accepted(session: Session, dispute: Dispute) -> Handover | None:
    return session.scalar(
        sa.select(Handover)
        .where(Handover.dispute_id == dispute.id, Handover.state == S.ACCEPTED)
        .order_by(Handover.ordinal.desc())
        .limit(1)
    )
