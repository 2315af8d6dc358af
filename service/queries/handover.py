"""Look at handovers 移交: what waits for a unit, what it sent and what became of it, one letter.

Who handed a dispute over keeps its brief row for ever: number, category, unit, stage and result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.access import Reach
from config.vocabulary import (
    Channel,
    DisputeStatus,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    Outcome,
    Role,
)
from models import Dispute, Handover, Organisation, Party, User, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries.access import HANDED_OVER, in_full, known, standing, visible
from service.queries.dispute import Opened
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.queries.party import masked_name
from service.rules import access
from service.rules import handover as rules
from service.rules.access import Actor, Scope

NOT_FOUND: Final = "没有找到这次移交"
S, X = HandoverState, HandoverKind
Sender, Receiver, Lead = (aliased(Organisation) for _ in range(3))


class Box(StrEnum):
    """Which handovers are looked at."""

    INCOMING = "incoming"  # 收件：等本单位签收
    SENT = "sent"  # 发出的移交
    RECEIVED = "received"  # 收到过的
    BACK = "back"  # 多次退回，等中心主任


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRow:
    """One handover; of its dispute what a brief row says, and how it ended.

    `dispute_id` is None for who may not open the dispute any more.
    """

    id: UUID
    dispute_id: UUID | None
    number: str
    category: str
    restricted: bool
    status: DisputeStatus
    outcome: Outcome | None
    lead: str | None
    ordinal: int
    kind: HandoverKind
    state: HandoverState
    from_organisation_id: UUID
    from_organisation: str
    to_organisation_id: UUID
    to_organisation: str
    from_channel: Channel | None
    to_channel: Channel
    sent_at: datetime
    due_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    return_code: str | None
    times_back: int
    to_director: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverView:
    """One with its words, which are None, and `sealed`, for who may not read the dispute.

    `version` is that of the dispute, which every answer is based on. `answers`: the viewer does so
    for a unit; they `may_answer` what waits for theirs.
    """

    row: HandoverRow
    dispute: UUID
    version: int
    sent_by: str | None
    answered_by: str | None
    consent: HandoverConsent | None
    consent_on: date | None
    consent_people: Sequence[str] = field(repr=False)
    ground: str | None = field(repr=False)
    papers: Sequence[str] = field(repr=False)
    risk: str | None = field(repr=False)
    reason: str | None = field(repr=False)
    return_words: str | None = field(repr=False)
    sealed: bool
    answers: bool
    may_answer: bool
    may_withdraw: bool


def page(
    box: Box,
    *,
    scope: Scope,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[HandoverRow]:
    """A page of a box in `scope` (handover.read): what waits, the longest wait first; or newest."""
    at = Handover.answered_at if box is Box.BACK else Handover.sent_at
    keys, descending = (at, Handover.id), box is not Box.INCOMING
    conditions = [visible(scope, now), *_in_box(box, scope)]
    query = _rows(scope, desk, now).where(*conditions)
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond(keys, place, descending=descending))
    ordered = query.order_by(*(key.desc() if descending else key.asc() for key in keys))
    found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1].Handover
        following = encode_cursor([getattr(last, at.key).isoformat(), str(last.id)])
    total = None
    if count:
        joined = sa.select(sa.func.count()).select_from(Handover).join(Dispute)
        total = db.session.scalar(joined.where(*conditions)) or 0
    return Page([_row(each) for each in found[:limit]], following, total)


def waiting_count(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many that other units handed over 移交 wait for the unit's answer."""
    scope = access.scope(actor, "handover.answer", desk.policy.access)
    asked = sa.select(sa.func.count()).select_from(Handover).join(Dispute)
    waits = [*_in_box(Box.INCOMING, scope), HANDED_OVER, visible(scope, now)]
    return db.session.scalar(asked.where(*waits)) or 0


def returned_count(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many came back so often that the director has to decide; the director is told."""
    scope = access.scope(actor, "handover.read", desk.policy.access)
    if Reach.TOWN not in scope.reach:
        return 0
    asked = sa.select(sa.func.count()).select_from(Handover).join(Dispute)
    return db.session.scalar(asked.where(*_in_box(Box.BACK, scope), visible(scope, now))) or 0


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[HandoverView]:
    """Those of one dispute that the viewer may know of, in their order; NotFound for who may not.

    Who knows it by having handed it over is told of their own alone.
    """
    scope = access.scope(actor, "handover.read", desk.policy.access)
    there = sa.select(Dispute.id).where(Dispute.id == dispute_id, visible(scope, now))
    if db.session.scalar(there) is None:
        raise NotFound("没有找到这件纠纷")
    found = db.session.execute(
        _rows(scope, desk, now)
        .where(Handover.dispute_id == dispute_id, _told(scope, now))
        .order_by(Handover.ordinal)
    ).all()
    return _views(found, actor=actor, desk=desk, now=now)


def of_opened(opened: Opened, *, actor: Actor, desk: Desk, now: datetime) -> list[HandoverRow]:
    """The rows of a dispute that was opened for the viewer; none for who has no business there."""
    if "handover.read" not in opened.may:
        return []
    scope = access.scope(actor, "handover.read", desk.policy.access)
    found = db.session.execute(
        _rows(scope, desk, now)
        .where(Handover.dispute_id == opened.view.id, _told(scope, now))
        .order_by(Handover.ordinal)
    )
    return [_row(each) for each in found]


def one(
    dispute_id: UUID, handover_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> HandoverView:
    """One of a dispute, for who may know of it; NotFound otherwise."""
    scope = access.scope(actor, "handover.read", desk.policy.access)
    found = db.session.execute(
        _rows(scope, desk, now).where(
            Handover.id == handover_id, Handover.dispute_id == dispute_id, _told(scope, now)
        )
    ).all()
    if not found:
        raise NotFound(NOT_FOUND)
    return _views(found, actor=actor, desk=desk, now=now)[0]


def _told(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """Of which handovers somebody is told: of a dispute they only handed over, of their own."""
    rest = Scope(scope.actor, scope.reach - {Reach.HANDED})
    mine = Handover.from_organisation_id == scope.actor.organisation_id
    return visible(rest, now) | (visible(scope, now) & mine)


def _in_box(box: Box, scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions on `handover`; who sees a whole town looks at every unit's."""
    town, home = Reach.TOWN in scope.reach, scope.actor.organisation_id
    to_us = sa.true() if town else Handover.to_organisation_id == home
    by_us = sa.true() if town else Handover.from_organisation_id == home
    later = aliased(Handover)
    conditions: dict[Box, list[ColumnElement[bool]]] = {
        Box.INCOMING: [Handover.state == S.OPEN, to_us],
        Box.SENT: [HANDED_OVER, by_us],
        Box.RECEIVED: [HANDED_OVER, to_us],
        Box.BACK: [
            sa.literal_column("handover.to_director"),  # as its index says it
            Dispute.status.not_in((DisputeStatus.CLOSED, DisputeStatus.ARCHIVED)),
            ~sa.exists().where(
                later.dispute_id == Handover.dispute_id,
                later.ordinal > Handover.ordinal,
                later.state != S.WITHDRAWN,
            ),
        ],
    }
    return conditions[box]


def _rows(scope: Scope, desk: Desk, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    reads = access.scope(scope.actor, "dispute.read", desk.policy.access)
    return (
        sa.select(
            Handover,
            Dispute.number,
            Dispute.category,
            Dispute.restricted,
            Dispute.status,
            Dispute.outcome,
            Sender.name.label("sender"),
            Receiver.name.label("receiver"),
            Lead.name.label("lead"),
            sa.case((known(reads, now), 1), else_=0).label("opens"),
            sa.case((in_full(reads, now), 1), else_=0).label("full"),
        )
        .join(Dispute, Dispute.id == Handover.dispute_id)
        .join(Sender, Sender.id == Handover.from_organisation_id)
        .join(Receiver, Receiver.id == Handover.to_organisation_id)
        .outerjoin(Lead, Lead.id == Dispute.organisation_id)
        .execution_options(populate_existing=True)
    )


def _row(found: Any) -> HandoverRow:
    row: Handover = found.Handover
    return HandoverRow(
        id=row.id,
        dispute_id=row.dispute_id if found.opens else None,
        number=found.number,
        category=found.category,
        restricted=found.restricted,
        status=found.status,
        outcome=None if found.restricted and not found.full else found.outcome,
        lead=found.lead,
        ordinal=row.ordinal,
        kind=row.kind,
        state=row.state,
        from_organisation_id=row.from_organisation_id,
        from_organisation=found.sender,
        to_organisation_id=row.to_organisation_id,
        to_organisation=found.receiver,
        from_channel=row.from_channel,
        to_channel=row.to_channel,
        sent_at=row.sent_at,
        due_at=row.due_at,
        accepted_at=row.accepted_at,
        answered_at=row.answered_at,
        return_code=row.return_code,
        times_back=row.times_back,
        to_director=row.to_director,
    )


def _views(found: Sequence[Any], *, actor: Actor, desk: Desk, now: datetime) -> list[HandoverView]:
    """Rows of one dispute with their words; the key is opened once."""
    if not found:
        return []
    dispute = db.session.get_one(Dispute, found[0].Handover.dispute_id)
    opens = bool(found[0].full) and dispute.erased_at is None
    key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}") if opens else None
    people = _people([each.Handover for each in found])
    answers, sends = _may(dispute, actor=actor, desk=desk, now=now)
    parties = _parties(found, key)
    return [
        _view(each, dispute, key, people, parties, actor=actor, answers=answers, sends=sends)
        for each in found
    ]


def _view(
    found: Any,
    dispute: Dispute,
    key: FieldKey | None,
    people: dict[UUID, str],
    parties: dict[str, str],
    *,
    actor: Actor,
    answers: bool,
    sends: frozenset[str],
) -> HandoverView:
    row: Handover = found.Handover
    waits, dispatched = row.state is S.OPEN, row.kind is X.DISPATCH
    ours = row.to_organisation_id == actor.organisation_id
    verb = "dispute.dispatch" if dispatched else "handover.send"
    papers = _open(key, row, "papers") or ""
    return HandoverView(
        row=_row(found),
        dispute=dispute.id,
        version=dispute.version,
        sent_by=people.get(row.sent_by) if row.sent_by else None,
        answered_by=people.get(row.answered_by) if row.answered_by else None,
        consent=row.consent,
        consent_on=row.consent_on,
        consent_people=[parties[each] for each in row.consent_parties or () if each in parties],
        ground=_open(key, row, "ground"),
        papers=papers.splitlines(),
        risk=_open(key, row, "risk"),
        reason=_open(key, row, "reason"),
        return_words=_open(key, row, "return"),
        sealed=key is None,
        answers=answers,
        may_answer=waits and answers and (dispatched or ours),
        may_withdraw=waits and verb in sends and (dispatched or _may_withdraw(row, actor)),
    )


def _may_withdraw(row: Handover, actor: Actor) -> bool:
    return rules.may_withdraw(
        row.kind,
        is_senders=row.from_organisation_id == actor.organisation_id,
        is_director=Role.DIRECTOR in actor.roles,
    )


def _open(key: FieldKey | None, row: Handover, name: str) -> str | None:
    if key is None:
        return None
    return key.open_optional(getattr(row, f"{name}_sealed"), f"handover.{name}:{row.id}")


def _may(
    dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime
) -> tuple[bool, frozenset[str]]:
    """Whether the viewer answers for a unit, and what they may take back, as operations ask it."""
    policy, stand = desk.policy.access, standing(db.session(), dispute, now)
    may = {
        action
        for action in ("handover.answer", "handover.send", "dispute.dispatch")
        if access.covers(access.scope(actor, action, policy), stand, now)
    }
    return "handover.answer" in may, frozenset(may)


def _people(rows: Sequence[Handover]) -> dict[UUID, str]:
    wanted = {each for row in rows for each in (row.sent_by, row.answered_by) if each}
    found = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(wanted)))
    return {each.id: each.name for each in found}


def _parties(found: Sequence[Any], key: FieldKey | None) -> dict[str, str]:
    """Who agreed, by their id: masked, for a letter that goes to another unit.

    Who has gone to another dispute since, by a merge 并案 or its undoing, is sealed with its key:
    of what is restricted they are not named any more.
    """
    agreed = {UUID(each) for row in found for each in row.Handover.consent_parties or ()}
    if key is None or not agreed:
        return {}
    mine = Party.dispute_id == found[0].Handover.dispute_id
    rows = db.session.scalars(
        sa.select(Party)
        .where(Party.id.in_(agreed), mine | Party.name.is_not(None))
        .order_by(Party.position)
    ).all()
    names = {
        each.id: each.name or key.open_optional(each.name_sealed, f"party.name:{each.id}") or ""
        for each in rows
    }
    return {str(each.id): masked_name(each.kind, names[each.id]) for each in rows}
