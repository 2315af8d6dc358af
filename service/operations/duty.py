"""Duties 义务 of judgments, review decisions, mediations and opinions: write down, have done."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.lawsuit import DutySource
from models import Lawsuit, LawsuitDuty, Organisation, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import lawsuit_clock as clocks
from service.operations.event import record as record_event
from service.operations.hearing import key_of
from service.operations.load import lawsuit_for_change
from service.rules import access
from service.rules import lawsuit as rules
from service.rules.access import Actor


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
        unit = session.get(Organisation, organisation or lawsuit.organisation_id)
        named = organisation is not None  # the agency itself may have been closed meanwhile
        if unit is None or (named and not _may_owe(unit, actor)):
            raise Invalid({"organisation": ["没有这个单位"]})
        if lawsuit.decided_on and due_on < lawsuit.decided_on:
            raise Invalid({"due_on": ["履行期限不能早于裁判日期"]})
        made, ordinal = uuid4(), _next(session, lawsuit_id)
        row = LawsuitDuty(
            id=made,
            lawsuit_id=lawsuit_id,
            ordinal=ordinal,
            source=source,
            organisation_id=unit.id,
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
        _note(session, lawsuit, "duty-impose", detail, actor=actor, now=now)
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
        _note(session, lawsuit, "duty-settle", detail, actor=actor, now=now)


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


def _note(
    session: Session,
    lawsuit: Lawsuit,
    deed: str,
    detail: dict[str, object],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    flag_modified(lawsuit, "status")  # what stands beside the case is a new version of it
    session.flush()
    record_event(
        session,
        lawsuit.id,
        subject="lawsuit",
        action=deed,
        actor=actor,
        now=now,
        detail=detail | {"fields": ["duties"]},
        version=lawsuit.version,
    )


def _may_owe(unit: Organisation, actor: Actor) -> bool:
    return unit.active and access.is_of_town(actor, unit.id)


def _next(session: Session, lawsuit_id: UUID) -> int:
    last = sa.select(sa.func.max(LawsuitDuty.ordinal)).where(LawsuitDuty.lawsuit_id == lawsuit_id)
    return (session.scalar(last) or 0) + 1
