"""Look at requests of the people concerned 个人信息申请, and at what is stored about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased, selectinload

from config.vocabulary import (
    AnswerMethod,
    DataDecision,
    DataRequestKind,
    DataRequestStatus,
    DisputeStatus,
    IdentityCheck,
    PartyRole,
)
from models import DataRequest, Dispute, Party, User, db
from service.desk import Desk
from service.errors import Forbidden, NotFound
from service.gateways.keyring import FieldKey
from service.queries import party as parties
from service.queries import sight
from service.queries.access import of_town
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.queries.party import PartyView
from service.rules import data_request as rules
from service.rules import identity
from service.rules.access import Actor

FORGOTTEN: Final = "已销毁"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """One request; who asks stands masked, as everywhere."""

    id: UUID
    kind: DataRequestKind
    status: DataRequestStatus
    name: str
    id_number: str
    phone: str | None
    identity_check: IdentityCheck
    everything: bool
    numbers: list[str]
    wish: str | None
    received_on: date
    received_by: str
    due_on: date
    due_provisional: bool
    overdue: bool
    decision: DataDecision | None
    reason: str | None
    decided_on: date | None
    decided_by: str | None
    answered_on: date | None
    answer_method: AnswerMethod | None
    may_show: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What one dispute holds about who asked; the others in it are masked."""

    number: str
    status: DisputeStatus
    category: str
    registered_on: date
    closed_on: date | None
    own: list[PartyView]
    id_number: str
    others: list[tuple[PartyRole, str]]
    narrative: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answer to who wanted to see or copy what is stored about them."""

    name: str
    id_number: str
    disputes: list[Stored]


def reached(actor: Actor) -> ColumnElement[bool]:
    """The condition on `data_request` that it came in at an organisation of the actor's town."""
    if actor.town is None:
        return sa.true()
    theirs = sa.select(User.id).where(of_town(actor, User.organisation_id))
    return DataRequest.received_by.in_(theirs)


def one(request_id: UUID, *, actor: Actor, desk: Desk, today: date) -> RequestView:
    """One request of the actor's town; NotFound when there is none.

    The door asked who may read them.
    """
    receiver, decider = aliased(User), aliased(User)
    found = db.session.execute(
        sa.select(DataRequest, receiver.name, decider.name)
        .join(receiver, receiver.id == DataRequest.received_by)
        .outerjoin(decider, decider.id == DataRequest.decided_by)
        .where(DataRequest.id == request_id, reached(actor))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound("没有这件申请")
    request, received_by, decided_by = found
    return _view(request, received_by, decided_by, desk=desk, today=today)


def page(
    *,
    actor: Actor,
    desk: Desk,
    today: date,
    status: DataRequestStatus | None = None,
    limit: int = 25,
    cursor: str | None = None,
) -> Page[RequestView]:
    """The requests of the actor's town, newest first; the door asked who may read them."""
    receiver, decider = aliased(User), aliased(User)
    keys = (DataRequest.received_at, DataRequest.id)
    query = (
        sa.select(DataRequest, receiver.name, decider.name)
        .join(receiver, receiver.id == DataRequest.received_by)
        .outerjoin(decider, decider.id == DataRequest.decided_by)
        .where(reached(actor))
        .order_by(*(key.desc() for key in keys))
    )
    if status is not None:
        query = query.where(DataRequest.status == status)
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond(keys, place, descending=True))
    found = db.session.execute(query.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([last.received_at.isoformat(), str(last.id)])
    views = [_view(*row, desk=desk, today=today) for row in found[:limit]]
    return Page(views, following)


@sight.whole("requests of people")
def sheet(request_id: UUID, *, actor: Actor, desk: Desk) -> Sheet:
    """What is stored about who asked; Forbidden unless that was granted.

    What became restricted or was forgotten since stands on no sheet, nor does a dispute they no
    longer are in.
    """
    query = sa.select(DataRequest).where(DataRequest.id == request_id, reached(actor))
    request = db.session.scalar(query.execution_options(populate_existing=True))
    if request is None:
        raise NotFound("没有这件申请")
    if not rules.may_show(request.kind, request.decision, request.status):
        raise Forbidden("同意查阅、复制以后才能打印")
    key = _key(request, desk)
    number = key.open(request.id_number_sealed, f"data_request.id_number:{request.id}")
    found = db.session.scalars(
        sa.select(Dispute)
        .where(
            Dispute.id.in_(_ids(request)),
            Dispute.restricted.is_(False),
            Dispute.erased_at.is_(None),
        )
        .order_by(Dispute.number)
        .options(selectinload(Dispute.parties))
    )
    told = [_stored(each, number, desk) for each in found]
    name = key.open(request.name_sealed, f"data_request.name:{request.id}")
    return Sheet(name, number, [each for each in told if each.own])


def _stored(dispute: Dispute, number: str, desk: Desk) -> Stored:
    key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
    mine = [each for each in dispute.parties if _number(each, key) == number]
    others = [each for each in dispute.parties if each not in mine]
    own = parties.views(mine, key, clear=True)
    names = [each.name or "" for each in others if each.kind == "person"]
    return Stored(
        number=dispute.number,
        status=dispute.status,
        category=dispute.category,
        registered_on=dispute.registered_on,
        closed_on=dispute.closed_on,
        own=own,
        id_number=number,
        others=[(each.role, _masked(each)) for each in others],
        narrative=rules.told_to(
            dispute.narrative or "", [number, *(each.phone or "" for each in own)], names
        ),
    )


def _masked(party: Party) -> str:
    return parties.masked_name(party.kind, party.name or "")


def _number(party: Party, key: FieldKey) -> str | None:
    return key.open_optional(party.id_number_sealed, f"party.id_number:{party.id}")


def _ids(request: DataRequest) -> Sequence[UUID]:
    return [UUID(each) for each in request.dispute_ids]


def _key(request: DataRequest, desk: Desk) -> FieldKey:
    return desk.keyring.field_key(request.sealed_key, f"data_request:{request.id}")


@sight.whole("requests of people")
def _view(
    request: DataRequest, received_by: str, decided_by: str | None, *, desk: Desk, today: date
) -> RequestView:
    key, place = _key(request, desk), f":{request.id}"
    phone = key.open_optional(request.phone_sealed, f"data_request.phone{place}")
    number = key.open(request.id_number_sealed, f"data_request.id_number{place}")
    name = key.open(request.name_sealed, f"data_request.name{place}")
    # what became restricted since stands here no longer: it would say who is in it
    numbers = sa.select(Dispute.number).where(
        Dispute.id.in_(_ids(request)), Dispute.restricted.is_(False)
    )
    return RequestView(
        id=request.id,
        kind=request.kind,
        status=request.status,
        name=identity.mask_name(name) or FORGOTTEN,
        id_number=identity.mask_id(number),
        phone=identity.mask_phone(phone) if phone else None,
        identity_check=request.identity_check,
        everything=request.everything,
        numbers=list(db.session.scalars(numbers.order_by(Dispute.number))),
        wish=key.open_optional(request.wish_sealed, f"data_request.wish{place}"),
        received_on=request.received_on,
        received_by=received_by,
        due_on=request.due_on,
        due_provisional=request.due_provisional,
        overdue=request.answered_on is None and request.due_on < today,
        decision=request.decision,
        reason=key.open_optional(request.decision_sealed, f"data_request.decision{place}"),
        decided_on=request.decided_on,
        decided_by=decided_by,
        answered_on=request.answered_on,
        answer_method=request.answer_method,
        may_show=rules.may_show(request.kind, request.decision, request.status),
        version=request.version,
    )
