"""The yearly appraisal 年度考核: draft and publish its scheme, announce, object, decide, freeze.

Each step is another person's than the one it judges: who drafted does not publish, who announced
does not freeze, who objects is answered by somebody of another unit.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import evaluation as schemes
from config.evaluation import ObjectionState, Scheme, Stage
from config.vocabulary import TimeUnit
from models import Evaluation, EvaluationObjection, EvaluationScheme, insert, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations.event import record
from service.operations.weekly import canonical
from service.queries import evaluation as queries
from service.queries.evaluation import StoredView
from service.rules import access
from service.rules import evaluation as rules
from service.rules.access import Actor
from service.rules.evaluation import Yearly

SUBJECT: Final = "evaluation"
TWICE: Final = "这一年已经有一份方案草稿在等发布，请先发布或撤回那一份"
ANNOUNCED: Final = "这一年的结果已经公示"
TOO_LATE: Final = "这一年的结果已经公示，方案不能再改"
NOT_ANNOUNCED: Final = "这一年的结果还没有公示"
FROZEN: Final = "这一年的结果已经定稿；要改请写明理由，另出一版"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to an objection; `points` are what it changes of the score, where it holds."""

    upheld: bool
    reason: str
    points: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edition:
    """What is frozen beside the figures themselves."""

    stage: Stage
    revision: int
    scheme_id: UUID
    until: date | None = None
    reason: str | None = None


def draft(year: int, scheme: Scheme, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Draw up a year's scheme; it is in force when somebody else has published it.

    Raises Invalid at the wrong field, Conflict when a draft waits or the year was announced.
    """
    access.require(actor, "evaluation.draft", desk.policy.access)
    check(scheme)
    made = uuid4()
    with transaction() as session:
        _check_open(session, year)
        number = _next_number(session, year)
        written = (
            insert(session, EvaluationScheme)
            .values(
                id=made,
                year=year,
                number=number,
                body=schemes.as_table(scheme),
                drafted_by=actor.user_id,
                drafted_at=now,
                version=1,
            )
            .on_conflict_do_nothing(index_elements=[EvaluationScheme.year, EvaluationScheme.number])
            .returning(EvaluationScheme.id)
        )
        if session.execute(written).first() is None:
            raise Conflict(TWICE)
        _note(
            session,
            made,
            "evaluation-draft",
            {"year": year, "number": number},
            actor=actor,
            now=now,
        )
    return made


def withdraw(
    scheme_id: UUID, year: int, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Take a draft back; nothing was in force by it."""
    access.require(actor, "evaluation.draft", desk.policy.access)
    with transaction() as session:
        row = _draft(session, scheme_id, year, version)
        session.delete(row)
        _note(session, scheme_id, "evaluation-withdraw", {"year": year}, actor=actor, now=now)


def publish(
    scheme_id: UUID, year: int, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Put a drawn-up scheme into force. Raises Forbidden for one's own, Conflict once announced."""
    access.require(actor, "evaluation.publish", desk.policy.access)
    with transaction() as session:
        row = _draft(session, scheme_id, year, version)
        _check_open(session, year)
        if row.drafted_by == actor.user_id:
            raise Forbidden("自己拟的方案，要由别人发布")
        check(schemes.read(row.body))
        row.published_by, row.published_at = actor.user_id, now
        session.flush()
        detail = {"year": year, "number": row.number}
        _note(session, scheme_id, "evaluation-publish", detail, actor=actor, now=now)


def announce(year: int, *, actor: Actor, desk: Desk, now: datetime) -> StoredView:
    """Show the units what was counted; from now on they may object until the term is over."""
    access.require(actor, "evaluation.announce", desk.policy.access)
    today = desk.today(now)
    with transaction() as session:
        in_force = queries.published_scheme(year)
        yearly = queries.live(year, in_force, desk=desk, now=now)
        rules.check_announceable(
            over=today >= rules.period(year).end_on,
            published=in_force is not None,
            faulty=yearly.faults,
        )
        term = desk.calendar.add(today, yearly.scheme.objection_days, TimeUnit.WORKING_DAY)
        edition = _Edition(
            stage=Stage.ANNOUNCED,
            revision=1,
            scheme_id=in_force.id if in_force else uuid4(),
            until=term,
        )
        made = _keep(session, yearly, edition, actor=actor, now=now)
        if made is None:
            raise Conflict(ANNOUNCED)
        _note(session, made, "evaluation-announce", {"year": year}, actor=actor, now=now)
    return _stored(year, Stage.ANNOUNCED, 1)


def object_to(
    year: int,
    unit_id: UUID,
    code: str,
    words: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Object for one's own unit to one indicator or veto. Raises Conflict for the second time."""
    access.require(actor, "evaluation.object", desk.policy.access)
    made = uuid4()
    with transaction() as session:
        if unit_id not in actor.homes:
            raise NotFound(queries.NO_UNIT)
        announced = queries.stored(year, Stage.ANNOUNCED)
        if announced is None or announced.objections_until is None:
            raise Conflict(NOT_ANNOUNCED)
        unit = _unit(announced.yearly, unit_id)
        if queries.stored(year, Stage.FINAL) is not None:
            raise Conflict(FROZEN)
        rules.check_objection(unit, code, until=announced.objections_until, today=desk.today(now))
        written = (
            insert(session, EvaluationObjection)
            .values(
                id=made,
                evaluation_id=announced.id,
                organisation_id=unit_id,
                code=code,
                words=words,
                state=ObjectionState.OPEN,
                raised_by=actor.user_id,
                raised_at=now,
                version=1,
            )
            .on_conflict_do_nothing(
                index_elements=[
                    EvaluationObjection.evaluation_id,
                    EvaluationObjection.organisation_id,
                    EvaluationObjection.code,
                ]
            )
            .returning(EvaluationObjection.id)
        )
        if session.execute(written).first() is None:
            raise Conflict("这一项已经提过异议")
        _note(
            session, made, "evaluation-object", {"year": year, "code": code}, actor=actor, now=now
        )
    return made


def decide(
    objection_id: UUID,
    year: int,
    what: Decision,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Answer an objection, with a reason and, where it holds, what it changes of the score."""
    access.require(actor, "evaluation.decide", desk.policy.access)
    with transaction() as session:
        row = _objection(session, objection_id, year, actor, desk)
        if row.version != version:
            raise Stale(["state"])
        if row.state is not ObjectionState.OPEN:
            raise Conflict("这项异议已经答复")
        rules.check_decider(
            raised_by=row.raised_by,
            raised_at=row.organisation_id,
            actor=actor.user_id,
            homes=actor.homes,
        )
        announced = _stored(year, Stage.ANNOUNCED, 1)
        unit = _unit(announced.yearly, row.organisation_id)
        rules.check_decision(unit, row.code, upheld=what.upheld, points=what.points)
        row.state, row.reason = rules.state_of(what.upheld), what.reason
        row.cents = None if what.points is None else int(what.points.scaleb(2))
        row.decided_by, row.decided_at = actor.user_id, now
        session.flush()
        detail = {"year": year, "code": row.code, "state": row.state.value}
        _note(session, row.id, "evaluation-decide", detail, actor=actor, now=now)


def freeze(
    year: int, reason: str | None = None, *, actor: Actor, desk: Desk, now: datetime
) -> StoredView:
    """Make the result final: counted anew, with what objections changed, by the announced scheme.

    What was made final stays as it is; a later revision stands beside it and says why.
    """
    access.require(actor, "evaluation.publish", desk.policy.access)
    with transaction() as session:
        announced = queries.stored(year, Stage.ANNOUNCED)
        if announced is None or announced.objections_until is None:
            raise Conflict(NOT_ANNOUNCED)
        before = queries.stored(year, Stage.FINAL)
        if before is not None and not reason:
            raise Invalid({"reason": ["结果已经定稿，另出一版请写明理由"]})
        scheme = queries.scheme_of(announced.scheme_id, year)
        rules.check_freezable(
            until=announced.objections_until,
            today=desk.today(now),
            waiting=queries.waiting(announced.id),
            makers={announced.made_by_id, scheme.drafted_by_id},
            actor=actor.user_id,
        )
        yearly = queries.live(
            year, scheme, desk=desk, now=now, adjustments=queries.adjustments(announced.id)
        )
        if yearly.faults:
            raise Conflict("方案里有的指标现在不能计分：" + "；".join(yearly.faults))
        number = before.revision + 1 if before else 1
        edition = _Edition(stage=Stage.FINAL, revision=number, scheme_id=scheme.id, reason=reason)
        made = _keep(session, yearly, edition, actor=actor, now=now)
        if made is None:
            raise Conflict(FROZEN)
        _note(
            session,
            made,
            "evaluation-freeze",
            {"year": year, "revision": number},
            actor=actor,
            now=now,
        )
    return _stored(year, Stage.FINAL, number)


def check(scheme: Scheme) -> None:
    """Raises Invalid at what contradicts itself, and at figures the system cannot give."""
    wrong = schemes.faults(scheme) | rules.faults(scheme)
    if wrong:
        raise Invalid({path: [text] for path, text in wrong.items()})


def _keep(
    session: Session, yearly: Yearly, edition: _Edition, *, actor: Actor, now: datetime
) -> UUID | None:
    """Freeze it, unless somebody else did in the same moment."""
    made, body = uuid4(), rules.as_body(yearly, edition.stage)
    written = session.execute(
        insert(session, Evaluation)
        .values(
            id=made,
            year=yearly.year,
            stage=edition.stage,
            revision=edition.revision,
            scheme_id=edition.scheme_id,
            body=body,
            sha256=hashlib.sha256(canonical(body)).hexdigest(),
            cut_off=now,
            objections_until=edition.until,
            reason=edition.reason,
            made_by=actor.user_id,
            made_at=now,
        )
        .on_conflict_do_nothing(
            index_elements=[Evaluation.year, Evaluation.stage, Evaluation.revision]
        )
        .returning(Evaluation.id)
    )
    return made if written.first() is not None else None


def _stored(year: int, stage: Stage, revision: int) -> StoredView:
    found = queries.stored(year, stage, revision)
    if found is None:
        raise NotFound(queries.NOT_FOUND)
    return found


def _unit(yearly: Yearly, unit_id: UUID) -> rules.Appraisal:
    for each in yearly.units:
        if each.organisation == unit_id:
            return each
    raise NotFound(queries.NO_UNIT)


def _objection(
    session: Session, objection_id: UUID, year: int, actor: Actor, desk: Desk
) -> EvaluationObjection:
    row = session.scalar(
        sa.select(EvaluationObjection)
        .join(Evaluation, Evaluation.id == EvaluationObjection.evaluation_id)
        .where(
            EvaluationObjection.id == objection_id,
            Evaluation.year == year,
            queries.reached(actor, desk),
        )
        .with_for_update(of=EvaluationObjection)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(queries.NO_OBJECTION)
    return row


def _draft(session: Session, scheme_id: UUID, year: int, version: int) -> EvaluationScheme:
    row = session.get(EvaluationScheme, scheme_id, with_for_update=True, populate_existing=True)
    if row is None or row.year != year:
        raise NotFound(queries.NO_SCHEME)
    if row.published_at is not None:
        raise Conflict("这一版已经发布，不能再改；要改请另拟一版")
    if row.version != version:
        raise Stale(["body"])
    return row


def _check_open(session: Session, year: int) -> None:
    """What units were shown is not measured by another scheme afterwards."""
    known = sa.select(Evaluation.id).where(Evaluation.year == year).limit(1)
    if session.execute(known).first() is not None:
        raise Conflict(TOO_LATE)


def _next_number(session: Session, year: int) -> int:
    waits = sa.select(EvaluationScheme.id).where(
        EvaluationScheme.year == year, EvaluationScheme.published_at.is_(None)
    )
    if session.execute(waits).first() is not None:
        raise Conflict(TWICE)
    newest = sa.select(sa.func.max(EvaluationScheme.number)).where(EvaluationScheme.year == year)
    return (session.scalar(newest) or 0) + 1


def _note(
    session: Session,
    subject_id: UUID,
    deed: str,
    detail: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record(
        session,
        subject_id,
        subject=SUBJECT,
        action=deed,
        actor=actor,
        now=now,
        detail=detail,
    )
