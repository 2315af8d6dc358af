"""What the court sends 委派、委托: record it, confirm or send it back, tell it the result."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.court import CourtKind, CourtProcedure, CourtResult, CourtState
from config.vocabulary import OrganisationKind
from models import CourtReferral, Dispute, Organisation, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import clock, court_clock, load
from service.rules import court as rules
from service.rules import deadlines
from service.rules.access import Actor

Body = Mapping[str, Any]
HANDLE: Final = "court.handle"
NOT_FOUND: Final = "没有找到这次委派、委托"
COURTS: Final = (
    OrganisationKind.PEOPLE_COURT,
    OrganisationKind.COURT,
    OrganisationKind.INTERMEDIATE_COURT,
)


def receive(dispute_id: UUID, body: Body, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Record what the court sent about a dispute; the term to answer runs from its receipt.

    `body` is a `CourtReferralIn`. Raises Invalid at what is wrong, Conflict when the dispute is
    over or the very case stands there already.
    """
    today, kind = desk.today(now), CourtKind(body["kind"])
    number = rules.case_number(body["case_number"], kind)
    procedure: CourtProcedure | None = body["procedure"]
    rules.check_procedure(kind, procedure)
    rules.check_received(number, body["received_on"], today)
    with transaction() as session, session.no_autoflush:
        dispute = _dispute(session, dispute_id, None, actor=actor, desk=desk, now=now)
        if dispute.status in rules.ENDED:
            raise Conflict("这件纠纷已经办结；法院又送来的，请重新办理或者另行登记")
        _refuse_twice(session, dispute, number)
        court, unit = _court(session, body)
        made, key = uuid4(), load.field_key(dispute, desk)
        row = CourtReferral(
            id=made,
            dispute_id=dispute.id,
            kind=kind,
            state=CourtState.WAITING,
            procedure=procedure,
            court=court,
            court_organisation_id=unit,
            case_number=number,
            received_on=body["received_on"],
            contact_sealed=key.seal_optional(body["contact"], f"court_referral.contact:{made}"),
            materials_sealed=key.seal_optional(
                body["materials"], f"court_referral.materials:{made}"
            ),
            recorded_by=actor.user_id,
            recorded_at=now,
        )
        session.add(row)
        terms = court_clock.keep(session, dispute, desk=desk, now=now)
        term = terms[rules.ACKNOWLEDGE, row.received_on]
        row.answer_by, row.provisional = term.due_on, term.provisional
        _kept(session, dispute, "court-receive", {"kind": kind.value}, actor=actor, now=now)
    return made


def confirm(
    dispute_id: UUID,
    referral_id: UUID,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take it on: the term to mediate runs from today. Conflict when it was answered already."""
    with transaction() as session, session.no_autoflush:
        dispute = _dispute(session, dispute_id, version, actor=actor, desk=desk, now=now)
        row = _row(session, dispute, referral_id)
        rules.check_answerable(row.state)
        if dispute.status in rules.ENDED:
            raise Conflict("这件纠纷已经办结，不能再接受，请退回法院")
        row.state, row.answered_on = CourtState.RUNNING, desk.today(now)
        _answered(session, dispute, row, desk=desk, now=now)
        rule = rules.term(row.kind, row.procedure)
        terms = court_clock.keep(session, dispute, desk=desk, now=now)
        term = terms.get((rule, row.answered_on))  # none where it is agreed already
        last = term or deadlines.deadline(desk.policy.clocks[rule], row.answered_on, desk.calendar)
        row.due_on, row.provisional = last.due_on, last.provisional
        clock.settle(session, dispute, desk=desk, now=now)
        detail = {"kind": row.kind.value, "due_on": row.due_on.isoformat()}
        _kept(session, dispute, "court-confirm", detail, actor=actor, now=now)


def send_back(
    dispute_id: UUID,
    referral_id: UUID,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Send it back to the court with the reason. Conflict when it was answered already."""
    with transaction() as session, session.no_autoflush:
        dispute = _dispute(session, dispute_id, version, actor=actor, desk=desk, now=now)
        row = _row(session, dispute, referral_id)
        rules.check_answerable(row.state)
        key = load.field_key(dispute, desk)
        row.state, row.answered_on = CourtState.SENT_BACK, desk.today(now)
        row.back_sealed = key.seal(reason, f"court_referral.back:{row.id}")
        _answered(session, dispute, row, desk=desk, now=now)
        clock.settle(session, dispute, desk=desk, now=now)
        _kept(session, dispute, "court-back", {"kind": row.kind.value}, actor=actor, now=now)


def report(
    dispute_id: UUID,
    referral_id: UUID,
    body: Body,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Tell the court what came of it: the result, its day, and the facts nobody disputes.

    What somebody gave way in during mediation is not passed on (在线调解规则 art. 18), so there is
    no place for it. Raises Invalid and Conflict as `rules.court.check_report`.
    """
    result, on = CourtResult(body["result"]), body["reported_on"]
    with transaction() as session, session.no_autoflush:
        dispute = _dispute(session, dispute_id, version, actor=actor, desk=desk, now=now)
        row = _row(session, dispute, referral_id)
        days: tuple[date, date | None, date] = (on, row.answered_on, desk.today(now))
        rules.check_report(row.state, result, dispute.status, dispute.outcome, days)
        key = load.field_key(dispute, desk)
        row.state, row.result, row.reported_on = CourtState.REPORTED, result, on
        row.undisputed_sealed = key.seal_optional(
            body["undisputed"], f"court_referral.undisputed:{row.id}"
        )
        if row.answered_on is not None:
            term = (rules.term(row.kind, row.procedure), row.answered_on)
            court_clock.met(session, dispute, term, desk=desk, now=now)
        clock.settle(session, dispute, desk=desk, now=now)
        _kept(session, dispute, "court-report", {"result": result.value}, actor=actor, now=now)


def _dispute(
    session: Session,
    dispute_id: UUID,
    version: int | None,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Dispute:
    return load.dispute_for_change(
        session, dispute_id, HANDLE, version=version, actor=actor, desk=desk, now=now
    )


def _row(session: Session, dispute: Dispute, referral_id: UUID) -> CourtReferral:
    row = session.get(CourtReferral, referral_id, populate_existing=True)
    if row is None or row.dispute_id != dispute.id:
        raise NotFound(NOT_FOUND)
    return row


def _refuse_twice(session: Session, dispute: Dispute, number: str) -> None:
    same = sa.select(CourtReferral.id).where(
        CourtReferral.dispute_id == dispute.id,
        CourtReferral.case_number == number,
        CourtReferral.state != CourtState.SENT_BACK,
    )
    if session.scalar(same.limit(1)) is not None:
        raise Conflict("这个案号已经登记过了")


def _court(session: Session, body: Body) -> tuple[str, UUID | None]:
    """The court's name, and its id where it is a unit of ours."""
    chosen: UUID | None = body["court_organisation"]
    if chosen is None:
        if not body["court"]:
            raise Invalid({"court": ["请选择法院，或者填写法院名称"]})
        return body["court"], None
    unit = session.get(Organisation, chosen)
    if unit is None or not unit.active or unit.kind not in COURTS:
        raise Invalid({"court_organisation": ["请选择人民法院或者人民法庭"]})
    return unit.name, unit.id


def _answered(
    session: Session, dispute: Dispute, row: CourtReferral, *, desk: Desk, now: datetime
) -> None:
    """The term to answer is met, unless another letter of the same day still waits."""
    term = (rules.ACKNOWLEDGE, row.received_on)
    court_clock.met(session, dispute, term, desk=desk, now=now)


def _kept(
    session: Session,
    dispute: Dispute,
    deed: str,
    detail: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    clock.kept(session, dispute, deed, detail, actor=actor, now=now)
