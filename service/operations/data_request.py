"""Requests of the people concerned 个人信息申请: received, decided by the director, answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.text import Malformed
from config.vocabulary import (
    AnswerMethod,
    DataDecision,
    DataRequestKind,
    DataRequestStatus,
    IdentityCheck,
    Role,
)
from models import DataRequest, Dispute, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound, Stale
from service.gateways.keyring import FieldKey
from service.operations import allowance
from service.operations.event import record as record_event
from service.operations.load import changed_since
from service.queries import sight
from service.queries.access import in_town
from service.queries.data_request import reached
from service.queries.search import with_identity
from service.rules import access, identity
from service.rules import data_request as rules
from service.rules.access import Actor

MOST = 200
NOT_THEIRS = "这个编号里没有这个证件号码的当事人，或者没有这个编号，请核对"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """A request as it was written down at the window; `numbers` of disputes, or `everything`."""

    kind: DataRequestKind
    name: str
    id_number: str
    identity_check: IdentityCheck
    received_on: date
    phone: str | None = None
    everything: bool = False
    numbers: Sequence[str] = field(default_factory=tuple)
    wish: str | None = None


def register(draft: RequestDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Write a request down. Raises Invalid at the wrong field, TooOften beyond the ID searches.

    Looking for somebody's disputes by their number is counted and written down as it is at the
    search box. Restricted disputes are not found here: the director answers those by hand.
    """
    access.require(actor, "data_request.register", desk.policy.access)
    today = desk.today(now)
    number, phone = _checked(draft, today)
    limits, director = desk.policy.limits, Role.DIRECTOR in actor.roles
    limit = limits.identity_search_director if director else limits.identity_search
    allowance.take("identity-search", str(actor.user_id), limit, desk=desk, now=now)
    due_on, provisional = rules.due(draft.received_on, desk.policy.privacy.term, desk.calendar)
    request_id = uuid4()
    sealed_key, key = desk.keyring.new_field_key(f"data_request:{request_id}")
    with transaction() as session:
        found = _disputes(session, draft, number, actor, desk)
        session.add(
            DataRequest(
                id=request_id,
                kind=draft.kind,
                sealed_key=sealed_key,
                name_sealed=key.seal(draft.name, f"data_request.name:{request_id}"),
                id_number_sealed=key.seal(number, f"data_request.id_number:{request_id}"),
                phone_sealed=key.seal_optional(phone, f"data_request.phone:{request_id}"),
                identity_check=draft.identity_check,
                everything=draft.everything,
                dispute_ids=[str(each) for each in found],
                wish_sealed=key.seal_optional(draft.wish, f"data_request.wish:{request_id}"),
                received_on=draft.received_on,
                received_at=now,
                received_by=actor.user_id,
                due_on=due_on,
                due_provisional=provisional,
            )
        )
        session.flush()
        detail = {"kind": draft.kind.value, "found": len(found), "due_on": due_on.isoformat()}
        change = (None, DataRequestStatus.RECEIVED)
        _note(session, request_id, "register", change, detail, actor=actor, now=now, version=1)
    return request_id


def decide(
    request_id: UUID,
    decision: DataDecision,
    reason: str | None,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Decide it, with the reason for what is refused; the director's alone."""
    access.require(actor, "data_request.decide", desk.policy.access)
    rules.check_decision(decision, reason)
    with transaction() as session:
        found = _locked(session, request_id, version, actor)
        rules.check_step(found.status, DataRequestStatus.RECEIVED)
        place = f"data_request.decision:{request_id}"
        found.status, found.decision = DataRequestStatus.DECIDED, decision
        found.decision_sealed = key_of(found, desk).seal_optional(reason, place)
        found.decided_on, found.decided_by = desk.today(now), actor.user_id
        session.flush()  # gives the new version to the event
        change = (DataRequestStatus.RECEIVED, DataRequestStatus.DECIDED)
        detail = {"decision": decision.value}
        _note(
            session,
            request_id,
            "request-decided",
            change,
            detail,
            actor=actor,
            now=now,
            version=found.version,
        )


def answer(
    request_id: UUID,
    method: AnswerMethod,
    answered_on: date,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Note that the answer was given, how and when."""
    access.require(actor, "data_request.answer", desk.policy.access)
    with transaction() as session:
        found = _locked(session, request_id, version, actor)
        rules.check_step(found.status, DataRequestStatus.DECIDED)
        if not found.received_on <= answered_on <= desk.today(now):
            raise Invalid({"answered_on": ["答复日期应在收到申请以后、今天以前"]})
        found.status = DataRequestStatus.ANSWERED
        found.answered_on, found.answer_method = answered_on, method
        session.flush()  # gives the new version to the event
        change = (DataRequestStatus.DECIDED, DataRequestStatus.ANSWERED)
        detail = {"method": method.value, "answered_on": answered_on.isoformat()}
        _note(
            session,
            request_id,
            "request-answered",
            change,
            detail,
            actor=actor,
            now=now,
            version=found.version,
        )


def key_of(request: DataRequest, desk: Desk) -> FieldKey:
    """The key of what a request seals."""
    return desk.keyring.field_key(request.sealed_key, f"data_request:{request.id}")


def _checked(draft: RequestDraft, today: date) -> tuple[str, str | None]:
    problems: dict[str, list[str]] = {}
    number, phone = "", draft.phone
    try:
        number = identity.clean_id_number(draft.id_number, today)[1]
    except Malformed as refusal:
        problems["id_number"] = [refusal.reason]
    try:
        phone = identity.clean_phone(draft.phone) if draft.phone else None
    except Malformed as refusal:
        problems["phone"] = [refusal.reason]
    if draft.received_on > today:
        problems["received_on"] = ["收到的日期不能晚于今天"]
    if draft.everything == bool(draft.numbers):
        problems["numbers"] = ["请写明纠纷编号，或者勾选关于本人的全部信息，二选一"]
    if draft.kind is DataRequestKind.CORRECT and not draft.wish:
        problems["wish"] = ["请写明要更正、补充什么"]
    if problems:
        raise Invalid(problems)
    return number, phone


@sight.whole("requests of people")
def _disputes(
    session: Session, draft: RequestDraft, number: str, actor: Actor, desk: Desk
) -> list[UUID]:
    """The open-class disputes of the town of who has the number: those named, or all."""
    theirs = with_identity(number, desk.keyring) & Dispute.restricted.is_(False) & in_town(actor)
    query = sa.select(Dispute.id, Dispute.number).where(theirs).order_by(Dispute.number)
    if draft.everything:
        return [each.id for each in session.execute(query.limit(MOST))]
    named = {each.strip().upper() for each in draft.numbers}
    found = {
        each.number: each.id for each in session.execute(query.where(Dispute.number.in_(named)))
    }
    if found.keys() != named:
        raise Invalid({"numbers": [NOT_THEIRS]})
    return list(found.values())


def _locked(session: Session, request_id: UUID, version: int, actor: Actor) -> DataRequest:
    query = sa.select(DataRequest).where(DataRequest.id == request_id, reached(actor))
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("没有这件申请")
    if found.version != version:
        raise Stale(changed_since(session, request_id, version))
    return found


def _note(
    session: Session,
    request_id: UUID,
    action: str,
    change: tuple[DataRequestStatus | None, DataRequestStatus],
    detail: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    version: int,
) -> None:
    record_event(
        session,
        request_id,
        subject="data_request",
        action=action,
        actor=actor,
        now=now,
        change=change,
        detail=detail,
        version=version,
    )
