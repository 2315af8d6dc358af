"""Record 登记 lawsuits against an agency of the town, and what became of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import (
    LawsuitInstance,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
)
from models import Dispute, Lawsuit, Organisation, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound, Stale
from service.operations.event import record as record_event
from service.operations.load import changed_since
from service.queries import sight
from service.queries.access import visible
from service.rules import access
from service.rules import lawsuit as rules
from service.rules.access import Actor


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


def record(draft: LawsuitDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Record a case as pending. Raises Invalid naming the wrong fields; nothing is then written."""
    access.require(actor, "lawsuit.record", desk.policy.access)
    rules.check_record(
        draft.procedure, draft.instance, served_on=draft.served_on, today=desk.today(now)
    )
    lawsuit_id = uuid4()
    sealed_key, key = desk.keyring.new_field_key(f"lawsuit:{lawsuit_id}")
    with transaction() as session:
        _check_organisation(session, draft.organisation)
        _check_case_number(session, draft)
        session.add(
            Lawsuit(
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
                dispute_id=_dispute(session, draft.dispute, actor=actor, desk=desk, now=now),
                previous_id=_previous(session, draft.previous),
                recorded_at=now,
                recorded_by=actor.user_id,
            )
        )
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
    with transaction() as session:
        lawsuit = session.get(Lawsuit, lawsuit_id, with_for_update=True)
        if lawsuit is None or not access.is_of_town(actor, lawsuit.organisation_id):
            raise NotFound("没有找到这个案件")
        if lawsuit.version != version:
            raise Stale(changed_since(session, lawsuit_id, version))
        before = lawsuit.status
        status = rules.after(before, step)
        detail = EFFECTS[step](lawsuit, body, desk.today(now))
        lawsuit.status = status
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


def _decide(lawsuit: Lawsuit, body: Mapping[str, Any], today: date) -> dict[str, Any]:
    cause = body.get("withdrawal_cause")
    rules.check_decision(
        instance=lawsuit.instance,
        case_served_on=lawsuit.served_on,
        decided_on=body["decided_on"],
        served_on=body["served_on"],
        outcome=body["outcome"],
        cause=cause,
        today=today,
    )
    lawsuit.outcome, lawsuit.withdrawal_cause = body["outcome"], cause
    lawsuit.decided_on = body["decided_on"]
    lawsuit.decision_served_on = body["served_on"]
    return {
        "fields": [
            "decided_on",
            "decision_served_on",
            "outcome",
            "status",
            "withdrawal_cause",
        ],
        "outcome": lawsuit.outcome.value,
    }


def _close(_: Lawsuit, _body: Mapping[str, Any], _today: date) -> dict[str, Any]:
    return {}


EFFECTS: Final[
    Mapping[LawsuitStep, Callable[[Lawsuit, Mapping[str, Any], date], dict[str, Any]]]
] = MappingProxyType({LawsuitStep.DECIDE: _decide, LawsuitStep.CLOSE: _close})


def _check_organisation(session: Session, organisation_id: UUID) -> None:
    unit = session.get(Organisation, organisation_id)
    if unit is None or not unit.active:
        raise Invalid({"organisation": ["没有这个单位"]})


def _check_case_number(session: Session, draft: LawsuitDraft) -> None:
    if draft.case_number is None:
        return
    known = session.scalar(
        sa.select(Lawsuit.id).where(
            Lawsuit.case_number == draft.case_number, Lawsuit.court == draft.court
        )
    )
    if known is not None:
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


def _previous(session: Session, said: str | None) -> UUID | None:
    if said is None:
        return None
    known = _as_id(said)
    condition = Lawsuit.case_number == said if known is None else Lawsuit.id == known
    found = session.scalar(
        sa.select(Lawsuit.id).where(condition).order_by(Lawsuit.recorded_at.desc()).limit(1)
    )
    if found is None:
        raise Invalid({"previous": ["没有登记过这个案件"]})
    return found


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
