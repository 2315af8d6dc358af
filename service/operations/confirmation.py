"""Confirmation 司法确认: prepare the joint application, follow it to the court's ruling."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.court import (
    ConfirmationBar,
    ConfirmationState,
    ConfirmationStep,
    CourtGround,
    CourtState,
)
from config.vocabulary import AgreementForm, ClockEnd, DisputeStatus, Outcome
from models import Agreement, Confirmation, CourtReferral, Dispute, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.operations import clock, load
from service.queries import confirmation as queries
from service.rules import confirmation as rules
from service.rules.access import Actor
from service.rules.court import ENDED

Body = Mapping[str, Any]
S, T = ConfirmationState, ConfirmationStep
NOT_PREPARED: Final = "还没有准备司法确认申请"


def prepare(dispute_id: UUID, body: Body, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Make the joint application of an agreement, for both sides to sign; its id.

    `body` is a `ConfirmationIn`. Raises Conflict without an agreement or with an application
    under way, Invalid with the article at `matter` for what no court confirms, with what is
    missing at "" and at `ground` for a court that has no say.
    """
    today, data = desk.today(now), desk.policy.confirmations
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "court.handle", version=None, actor=actor, desk=desk, now=now
        )
        if not _agreed(dispute):
            raise Conflict("达成调解协议以后才能申请司法确认")
        found = queries.deal_of(dispute, load.field_key(dispute, desk), desk=desk)
        if found is None:
            raise Conflict("没有登记调解协议，不能申请司法确认")
        judged = queries.judged(found, desk=desk, now=now)
        matter: ConfirmationBar | None = body["matter"]
        rules.declared(matter, judged, data)
        if judged.blocks:
            raise Invalid({"": list(judged.blocks)})
        ground, court = CourtGround(body["ground"]), _invited_by(session, dispute)
        rules.check_court(ground, judged, invited=court is not None)
        attempt = _attempt(session, dispute, found.ordinal)
        made = Confirmation(
            id=uuid4(),
            dispute_id=dispute.id,
            ordinal=found.ordinal,
            attempt=attempt,
            state=S.PREPARED,
            court=body["court"],
            ground=ground,
            effective_on=found.effective_on,
            apply_by=found.deal.apply_by,
            provisional=found.provisional,
            moved_on=today,
            prepared_by=actor.user_id,
            prepared_at=now,
        )
        session.add(made)
        clock.kept(session, dispute, "confirmation-prepare", {}, actor=actor, now=now)
    return made.id


def write_down(
    dispute_id: UUID, terms: str, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Write down what an oral agreement says 补记, both sides having signed it; once.

    Raises Conflict unless the newest agreement is an oral one of which nothing is written.
    """
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "court.handle", version=version, actor=actor, desk=desk, now=now
        )
        row = session.scalar(
            sa.select(Agreement)
            .where(Agreement.dispute_id == dispute.id)
            .order_by(Agreement.ordinal.desc())
            .limit(1)
        )
        oral = row is not None and row.form is AgreementForm.ORAL and row.terms_sealed is None
        if row is None or not oral or not _agreed(dispute):
            raise Conflict("没有要补记的口头协议")
        place = f"agreement.terms:{dispute.id}:{row.ordinal}"
        row.terms_sealed = load.field_key(dispute, desk).seal(terms, place)
        clock.kept(session, dispute, "confirmation-terms", {}, actor=actor, now=now)


def take(
    dispute_id: UUID,
    step: ConfirmationStep,
    body: Body,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Write down the next step of the application that is under way.

    `body` is a `ConfirmationStepIn`. The filing ends the parties' term to apply; what the court
    does not take, or is taken back, opens it again while it lasts. Raises Conflict,
    Invalid.
    """
    today = desk.today(now)
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "court.handle", version=version, actor=actor, desk=desk, now=now
        )
        row = _newest(session, dispute)
        state = rules.after(row.state, step)
        on: date = body["on"]
        last = row.apply_by if step is T.FILE else None
        first = row.effective_on if step is T.FILE else row.filed_on or row.moved_on
        rules.check_day(
            on, not_before=max(first, row.accepted_on or first), today=today, apply_by=last
        )
        rules.check_words(step, body["case_number"], body["reason"])
        if step is T.FILE:
            _check_stands(dispute, row, on, desk=desk, now=now)
        _written(row, step, on, body)
        if body["reason"]:
            key = load.field_key(dispute, desk)
            row.reason_sealed = key.seal(body["reason"], f"confirmation.reason:{row.id}")
        row.state, row.moved_on = state, on
        _term(session, dispute, row, desk=desk, now=now)
        clock.settle(session, dispute, desk=desk, now=now)
        detail = {"on": on.isoformat()}
        clock.kept(session, dispute, f"confirmation-{step.value}", detail, actor=actor, now=now)


def _check_stands(
    dispute: Dispute, row: Confirmation, on: date, *, desk: Desk, now: datetime
) -> None:
    """What was prepared may be filed only while the agreement stands, and may be confirmed."""
    found = queries.deal_of(dispute, load.field_key(dispute, desk), on=on, desk=desk)
    if found is None or found.ordinal != row.ordinal or not _agreed(dispute):
        raise Conflict("达成调解协议以后才能申请司法确认")
    judged = queries.judged(found, on=on, desk=desk, now=now)
    said = [rules.refusal(each) for each in judged.bars] or list(judged.blocks)
    if said:
        raise Invalid({"": said})


def _written(row: Confirmation, step: ConfirmationStep, on: date, body: Body) -> None:
    if step is T.FILE:
        row.filed_on = on
    elif step is T.ACCEPT:
        row.accepted_on = on
    elif step in (T.CONFIRM, T.REJECT):
        row.decided_on = on
    row.case_number = body["case_number"] or row.case_number


def _agreed(dispute: Dispute) -> bool:
    over = dispute.status in ENDED and dispute.outcome is Outcome.AGREED
    return over or dispute.status is DisputeStatus.AGREED


def _invited_by(session: Session, dispute: Dispute) -> str | None:
    """The court that invited the mediation, if one did."""
    return session.scalar(
        sa.select(CourtReferral.court)
        .where(
            CourtReferral.dispute_id == dispute.id,
            CourtReferral.state.in_((CourtState.RUNNING, CourtState.REPORTED)),
        )
        .order_by(CourtReferral.received_on.desc(), CourtReferral.id)
        .limit(1)
    )


def _attempt(session: Session, dispute: Dispute, ordinal: int) -> int:
    made = session.scalars(
        sa.select(Confirmation.state).where(
            Confirmation.dispute_id == dispute.id, Confirmation.ordinal == ordinal
        )
    ).all()
    if any(each not in rules.OVER for each in made):
        raise Conflict("已经准备过司法确认申请，接着办就行")
    return len(made) + 1


def _newest(session: Session, dispute: Dispute) -> Confirmation:
    row = session.scalar(
        sa.select(Confirmation)
        .where(Confirmation.dispute_id == dispute.id)
        .order_by(Confirmation.ordinal.desc(), Confirmation.attempt.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Conflict(NOT_PREPARED)
    return row


def _term(
    session: Session, dispute: Dispute, row: Confirmation, *, desk: Desk, now: datetime
) -> None:
    """The parties' term to apply: used by the filing, theirs again when nothing came of it."""
    rule = desk.policy.confirmations.term
    if row.state is S.FILED:
        for each in clock.running(session, dispute):
            if each.rule == rule:
                clock.stop_one(session, each, ClockEnd.MET, desk.today(now), desk=desk, now=now)
    elif row.state in rules.OVER and row.filed_on and desk.today(now) <= row.apply_by:
        clock.start(session, dispute, rule, start_on=row.effective_on, desk=desk, now=now)
