"""Duties 义务 of judgments, review decisions, mediations and opinions: write down, have done."""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.lawsuit import DutySource
from models import Lawsuit, LawsuitDuty, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import lawsuit_clock as clocks
from service.operations.lawsuit_part import key_of, next_ordinal, note
from service.operations.load import lawsuit_for_change, unit_of_town
from service.rules import access
from service.rules import lawsuit as rules
from service.rules.access import Actor

WHOLE: Final = "裁判文书要求的全部事项"


def impose(
    lawsuit_id: UUID,
    *,
    source: DutySource,
    words: str,
    organisation: UUID | None,
    due_on: date,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> int:
    """Write down a duty of a decided case; its ordinal. Nobody named: the agency itself does it.

    Raises NotFound, Conflict before the decision and when all is closed, Invalid at a field.
    """
    access.require(actor, "lawsuit.duty", desk.policy.access)
    with transaction() as session, session.no_autoflush:  # one step is one new version
        lawsuit = lawsuit_for_change(session, lawsuit_id, version=None, actor=actor)
        rules.check_duty(source, lawsuit.procedure, decided=lawsuit.decided_on is not None)
        if lawsuit.closed_on is not None or lawsuit.performed_on is not None:
            raise Conflict("案件已经履行完毕或者办结，不再登记义务")
        owes = lawsuit.organisation_id  # one given up since owes what it was sentenced to
        if organisation is not None:
            owes = unit_of_town(session, organisation, actor).id
        if lawsuit.decided_on and due_on < lawsuit.decided_on:
            raise Invalid({"due_on": ["履行期限不能早于裁判日期"]})
        made, ordinal = uuid4(), next_ordinal(session, LawsuitDuty, lawsuit_id)
        row = LawsuitDuty(
            id=made,
            lawsuit_id=lawsuit_id,
            ordinal=ordinal,
            source=source,
            organisation_id=owes,
            words_sealed=key_of(lawsuit, desk).seal(words, f"duty.words:{made}"),
            due_on=due_on,
            due_rule=clocks.DUTY,
            due_provisional=False,
            recorded_by=actor.user_id,
            recorded_at=now,
        )
        session.add(row)
        clocks.imposed(session, row, desk=desk, now=now)
        detail = {"ordinal": ordinal, "due_on": due_on.isoformat()}
        note(session, lawsuit, "duty-impose", detail, part="duties", actor=actor, now=now)
        return ordinal


def settle(
    lawsuit_id: UUID,
    ordinal: int,
    *,
    done_on: date,
    proof: str,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Write down that a duty was done, and what shows it. Done late it stays late.

    Raises NotFound, Conflict for one that is done, Invalid at `done_on`.
    """
    access.require(actor, "lawsuit.duty", desk.policy.access)
    with transaction() as session, session.no_autoflush:  # one step is one new version
        lawsuit = lawsuit_for_change(session, lawsuit_id, version=None, actor=actor)
        row = session.scalar(
            sa.select(LawsuitDuty).where(
                LawsuitDuty.lawsuit_id == lawsuit_id, LawsuitDuty.ordinal == ordinal
            )
        )
        if row is None:
            raise NotFound("没有找到这项义务")
        if row.done_on is not None:
            raise Conflict("这项义务已经登记履行")
        done(session, lawsuit, row, done_on, proof, actor=actor, desk=desk, now=now)
        detail = {"ordinal": ordinal, "done_on": done_on.isoformat()}
        note(session, lawsuit, "duty-settle", detail, part="duties", actor=actor, now=now)


def done(
    session: Session,
    lawsuit: Lawsuit,
    row: LawsuitDuty,
    done_on: date,
    proof: str | None,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Mark one as done, inside the transaction of a step."""
    today, earliest = desk.today(now), lawsuit.decided_on or lawsuit.served_on
    rules.check_performed(done_on, decided_on=earliest, today=today)
    row.done_on, row.settled_by, row.settled_at = done_on, actor.user_id, now
    row.proof_sealed = key_of(lawsuit, desk).seal_optional(proof, f"duty.proof:{row.id}")
    clocks.performed(session, row, done_on, desk=desk, now=now)


def take_whole(
    session: Session, lawsuit: Lawsuit, on: date, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Write what was ordered as one duty, where nobody wrote down any before all was done.

    Nobody said until when, so it is told as due on the day it was done.
    """
    made = uuid4()
    words = key_of(lawsuit, desk).seal(WHOLE, f"duty.words:{made}")
    row = LawsuitDuty(
        id=made,
        lawsuit_id=lawsuit.id,
        ordinal=next_ordinal(session, LawsuitDuty, lawsuit.id),
        source=rules.papers_of(lawsuit.procedure)[0],
        organisation_id=lawsuit.organisation_id,
        words_sealed=words,
        due_on=on,
        due_rule=clocks.DUTY,
        due_provisional=False,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()  # what is still open is asked of the database
    clocks.imposed(session, row, desk=desk, now=now)


def exists(session: Session, lawsuit_id: UUID) -> bool:
    """Whether a duty of a case was written down."""
    asked = sa.select(LawsuitDuty.id).where(LawsuitDuty.lawsuit_id == lawsuit_id)
    return session.scalar(asked.limit(1)) is not None


def still_open(session: Session, lawsuit_id: UUID) -> list[LawsuitDuty]:
    """What of a case is not done yet."""
    asked = sa.select(LawsuitDuty).where(
        LawsuitDuty.lawsuit_id == lawsuit_id, LawsuitDuty.done_on.is_(None)
    )
    return list(session.scalars(asked.order_by(LawsuitDuty.ordinal)))


def any_done(session: Session, lawsuit_id: UUID) -> bool:
    """Whether a duty of a case was done."""
    asked = sa.select(LawsuitDuty.id).where(
        LawsuitDuty.lawsuit_id == lawsuit_id, LawsuitDuty.done_on.is_not(None)
    )
    return session.scalar(asked.limit(1)) is not None
