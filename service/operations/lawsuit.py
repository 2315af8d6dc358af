"""Record 登记 lawsuits against an agency of the town, and what became of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.lawsuit import Stage
from config.vocabulary import (
    ClockEnd,
    LawsuitInstance,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
)
from models import Dispute, Lawsuit, Organisation, transaction
from service.desk import Desk
from service.errors import Invalid
from service.operations import case_review, duty, hearing
from service.operations import lawsuit_clock as clocks
from service.operations.event import record as record_event
from service.operations.lawsuit_part import note
from service.operations.load import lawsuit_for_change, unit_of_town
from service.operations.number import PATIENCE_S, wait_in_line
from service.queries import sight
from service.queries.access import of_town, visible
from service.rules import access
from service.rules import lawsuit as rules
from service.rules.access import Actor
from service.rules.lawsuit import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitDraft:
    """A case as it was written down.

    `dispute` is the id of a dispute the writer may see, or the number of any; `previous` is the id
    or the case number of the earlier instance.
    """

    procedure: LawsuitProcedure
    instance: LawsuitInstance
    court: str
    cause: str
    act: str
    plaintiffs: list[str]
    organisation: UUID
    served_on: date
    case_number: str | None = None
    dispute: str | None = None
    previous: str | None = None
    simplified: bool = False
    must_attend: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """A step in its transaction: what it was told, by whom, when."""

    session: Session
    body: Mapping[str, Any]
    actor: Actor
    desk: Desk
    now: datetime

    @property
    def today(self) -> date:
        """The office's day."""
        return self.desk.today(self.now)


def record(draft: LawsuitDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Record a case as pending. Raises Invalid naming the wrong fields; nothing is then written."""
    access.require(actor, "lawsuit.record", desk.policy.access)
    rules.check_record(
        draft.procedure,
        draft.instance,
        served_on=draft.served_on,
        today=desk.today(now),
        simplified=draft.simplified,
    )
    rules.check_codes("must_attend", draft.must_attend, desk.policy.lawsuits.attendance)
    lawsuit_id = uuid4()
    sealed_key, key = desk.keyring.new_field_key(f"lawsuit:{lawsuit_id}")
    with transaction() as session, session.no_autoflush:  # one step is one new version
        _hold_unit(session, draft.organisation)
        unit_of_town(session, draft.organisation, actor)
        _check_case_number(session, draft.case_number, draft.court, actor)
        previous = _previous(session, draft.previous, actor)
        _check_chain(session, draft, previous)
        lawsuit = Lawsuit(
            id=lawsuit_id,
            procedure=draft.procedure,
            instance=draft.instance,
            court=draft.court,
            case_number=draft.case_number,
            cause=draft.cause,
            act=draft.act,
            plaintiffs_sealed=key.seal(
                "\n".join(draft.plaintiffs), f"lawsuit.plaintiffs:{lawsuit_id}"
            ),
            sealed_key=sealed_key,
            organisation_id=draft.organisation,
            served_on=draft.served_on,
            dispute_id=_dispute(session, draft.dispute, actor=actor, desk=desk, now=now)
            or (previous.dispute_id if previous else None),
            previous_id=previous.id if previous else None,
            simplified=draft.simplified,
            must_attend=sorted(set(draft.must_attend)),
            recorded_at=now,
            recorded_by=actor.user_id,
        )
        session.add(lawsuit)
        clocks.started(session, lawsuit, Stage.ANSWER, desk=desk, now=now)
        if previous is not None:
            clocks.continued(session, previous, draft.served_on, desk=desk, now=now)
            detail = {"later": str(lawsuit_id)}
            note(session, previous, "case-continue", detail, part="chain", actor=actor, now=now)
        session.flush()
        record_event(
            session,
            lawsuit_id,
            subject="lawsuit",
            action="record",
            actor=actor,
            now=now,
            change=(None, LawsuitStatus.PENDING),
            detail={"served_on": draft.served_on.isoformat()},
            version=1,
        )
    return lawsuit_id


def take(
    lawsuit_id: UUID,
    step: LawsuitStep,
    body: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take one step: rights, version, legality, effect, event; all or nothing."""
    access.require(actor, f"lawsuit.{step.value}", desk.policy.access)
    with transaction() as session, session.no_autoflush:  # one step is one new version
        lawsuit = lawsuit_for_change(session, lawsuit_id, version=version, actor=actor)
        before = lawsuit.status
        status = rules.after(before, step, answered=lawsuit.answered_on is not None)
        stride = Stride(session=session, body=body, actor=actor, desk=desk, now=now)
        detail = EFFECTS[step](lawsuit, stride)
        if number := body.get("case_number"):
            _check_case_number(session, number, lawsuit.court, actor, but=lawsuit.id)
            lawsuit.case_number = number
            detail["fields"] = sorted({*detail["fields"], "case_number"})
        lawsuit.status = status
        flag_modified(lawsuit, "status")  # a hearing changes nothing else of the row
        session.flush()  # gives the new version to the event
        record_event(
            session,
            lawsuit_id,
            subject="lawsuit",
            action=step.value,
            actor=actor,
            now=now,
            change=(before, status),
            detail=detail,
            version=lawsuit.version,
        )


def decide(
    lawsuit_id: UUID,
    body: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Record how the case was decided 裁判."""
    take(lawsuit_id, LawsuitStep.DECIDE, body, version=version, actor=actor, desk=desk, now=now)


def close(lawsuit_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime) -> None:
    """Close 办结 a decided case."""
    take(lawsuit_id, LawsuitStep.CLOSE, {}, version=version, actor=actor, desk=desk, now=now)


def _answer(lawsuit: Lawsuit, stride: Stride) -> dict[str, Any]:
    on: date = stride.body["answered_on"]
    rules.check_answer(on, served_on=lawsuit.served_on, today=stride.today)
    late = clocks.answered(stride.session, lawsuit, on, desk=stride.desk, now=stride.now)
    lawsuit.answered_on, lawsuit.answered_late = on, late
    return {"fields": ["answered_on", "answered_late", "clocks"], "late": late}


def _hear(lawsuit: Lawsuit, stride: Stride) -> dict[str, Any]:
    told: dict[str, Any] = {"actor": stride.actor, "desk": stride.desk, "now": stride.now}
    return hearing.held(stride.session, lawsuit, stride.body, **told)


def _decide(lawsuit: Lawsuit, stride: Stride) -> dict[str, Any]:
    body, desk, now = stride.body, stride.desk, stride.now
    cause, checks = body.get("withdrawal_cause"), body.get("checks") or []
    rules.check_decision(
        instance=lawsuit.instance,
        case_served_on=lawsuit.served_on,
        heard_on=lawsuit.heard_on,
        decided_on=body["decided_on"],
        served_on=body["served_on"],
        outcome=body["outcome"],
        cause=cause,
        today=stride.today,
    )
    due = rules.due_checks(cause, desk.policy.lawsuits) if cause else []
    rules.check_codes("checks", checks, due)
    lawsuit.outcome, lawsuit.withdrawal_cause = body["outcome"], cause
    lawsuit.checks = sorted(set(checks)) if cause else None
    lawsuit.decided_on = body["decided_on"]
    lawsuit.decision_served_on = body["served_on"]
    clocks.stopped(stride.session, lawsuit, ClockEnd.CLOSED, body["decided_on"], desk=desk, now=now)
    clocks.started(stride.session, lawsuit, Stage.APPEAL, desk=desk, now=now)
    return {
        "fields": [
            "checks",
            "clocks",
            "decided_on",
            "decision_served_on",
            "outcome",
            "status",
            "withdrawal_cause",
        ],
        "outcome": lawsuit.outcome.value,
    }


def _perform(lawsuit: Lawsuit, stride: Stride) -> dict[str, Any]:
    """Everything that was still owed was done, with one proof."""
    on, proof = stride.body["done_on"], stride.body.get("proof")
    earliest = lawsuit.decided_on or lawsuit.served_on
    rules.check_performed(on, decided_on=earliest, today=stride.today)
    told: dict[str, Any] = {"actor": stride.actor, "desk": stride.desk, "now": stride.now}
    if rules.leaves_duties(lawsuit.outcome) and not duty.exists(stride.session, lawsuit.id):
        duty.take_whole(stride.session, lawsuit, on, **told)
    for each in duty.still_open(stride.session, lawsuit.id):
        duty.done(stride.session, lawsuit, each, on, proof, **told)
    lawsuit.performed_on = on
    return {"fields": ["duties", "performed_on", "status"]}


def _close(lawsuit: Lawsuit, stride: Stride) -> dict[str, Any]:
    rules.check_closing(
        lawsuit.outcome,
        reviewed=case_review.exists(stride.session, lawsuit.id),
        open_duties=len(duty.still_open(stride.session, lawsuit.id)),
        performed=lawsuit.performed_on is not None or duty.any_done(stride.session, lawsuit.id),
    )
    lawsuit.closed_on = stride.today
    told: dict[str, Any] = {"desk": stride.desk, "now": stride.now}
    clocks.stopped(stride.session, lawsuit, ClockEnd.CLOSED, stride.today, **told)
    return {}


EFFECTS: Final[Mapping[LawsuitStep, Callable[[Lawsuit, Stride], dict[str, Any]]]] = (
    MappingProxyType(
        {
            LawsuitStep.ANSWER: _answer,
            LawsuitStep.HEAR: _hear,
            LawsuitStep.DECIDE: _decide,
            LawsuitStep.PERFORM: _perform,
            LawsuitStep.CLOSE: _close,
        }
    )
)


def _hold_unit(session: Session, organisation_id: UUID) -> None:
    """Whoever records the same case in this moment waits at the row of its unit."""
    wait_in_line(session, PATIENCE_S)
    session.get(Organisation, organisation_id, with_for_update={"key_share": True})


def _check_case_number(
    session: Session, number: str | None, court: str, actor: Actor, *, but: UUID | None = None
) -> None:
    """Raise Invalid for a number 案号 that the town has already; another's it is not told of."""
    if number is None:
        return
    known = session.scalar(
        sa.select(Lawsuit.id).where(
            Lawsuit.case_number == number,
            Lawsuit.court == court,
            of_town(actor, Lawsuit.organisation_id),
        )
    )
    if known is not None and known != but:
        raise Invalid({"case_number": ["这个案号已经登记过"]})


@sight.whole("the dispute behind a lawsuit")
def _dispute(
    session: Session, said: str | None, *, actor: Actor, desk: Desk, now: datetime
) -> UUID | None:
    """The dispute behind the case: by a number the paper in hand shows, or by an id one may see."""
    if said is None:
        return None
    known = _as_id(said)
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    condition = (
        Dispute.number == said.upper()
        if known is None
        else (Dispute.id == known) & visible(scope, now)
    )
    stands = sa.func.coalesce(Dispute.merged_into_id, Dispute.id)  # what was merged leads on
    found = session.scalar(sa.select(stands).where(condition))
    if found is None:
        raise Invalid({"dispute": ["没有这件纠纷"]})
    return found


def _previous(session: Session, said: str | None, actor: Actor) -> Lawsuit | None:
    """The earlier case of the caller's town, locked: no two later ones go on from it at once."""
    if said is None:
        return None
    known = _as_id(said)
    condition = Lawsuit.case_number == said if known is None else Lawsuit.id == known
    found = session.scalar(
        sa.select(Lawsuit)
        .where(condition, of_town(actor, Lawsuit.organisation_id))
        .order_by(Lawsuit.recorded_at.desc())
        .limit(1)
        .with_for_update()
    )
    if found is None:
        raise Invalid({"previous": ["没有登记过这个案件"]})
    return found


def _check_chain(session: Session, draft: LawsuitDraft, previous: Lawsuit | None) -> None:
    """It is about the same act, at a later instance, and the only one that is open there."""
    if previous is None:
        return
    case = Place(procedure=draft.procedure, instance=draft.instance, act=draft.act)
    before = Place(procedure=previous.procedure, instance=previous.instance, act=previous.act)
    earliest = previous.decided_on or previous.served_on
    rules.check_chain(case, before, served_on=draft.served_on, previous_on=earliest)
    asked = sa.select(Lawsuit.id).where(
        Lawsuit.previous_id == previous.id, Lawsuit.status == LawsuitStatus.PENDING
    )
    if session.scalar(asked.limit(1)) is not None:
        raise Invalid({"previous": ["这个案件已经有一个后续审级在办"]})


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
