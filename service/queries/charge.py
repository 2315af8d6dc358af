"""Look at leaders in charge 领导包案: of a dispute with its history, and a leader's own list.

A leader knows the disputes in their own charge as brief rows, and reads the measures written there;
of a restricted one only those they wrote themselves.
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

from config.vocabulary import DisputeStatus
from models import Charge, ChargeMeasure, Dispute, Organisation, User, db
from service.desk import Desk
from service.errors import Erased, NotFound
from service.gateways.keyring import FieldKey
from service.queries.access import in_full, known, standing, visible
from service.queries.dispute import NOT_FOUND, Opened
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import charge as rules
from service.rules import dispute as disputes
from service.rules.access import Actor, Scope

READ: Final = "charge.read"
Leader, Namer = aliased(User), aliased(User)


class ChargeState(StrEnum):
    """Which charges are looked at."""

    RUNNING = "running"  # 正在包案
    ENDED = "ended"  # 已经结束


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    """One measure; its words are None for who does not read them."""

    id: UUID
    written_by: str
    written_at: datetime
    words: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeView:
    """One charge with its measures, newest first. `ended_at` None: it runs."""

    id: UUID
    leader_id: UUID
    leader: str
    named_by: str
    named_at: datetime
    looked_on: date | None
    ended_at: datetime | None
    ended_as: str | None
    measures: Sequence[MeasureView] = field(repr=False, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefDispute:
    """The dispute as a brief row. `opens`: the viewer may read it; `category` None: restricted."""

    id: UUID
    number: str
    category: str | None
    status: DisputeStatus
    restricted: bool
    organisation: str | None
    due_on: date | None
    due_provisional: bool
    due_paused: bool
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargesView:
    """Who is and was in charge of one dispute, newest first, and what the viewer may do."""

    dispute: BriefDispute
    charges: Sequence[ChargeView]
    may_name: bool
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    """One charge in a list."""

    dispute: BriefDispute
    charge: ChargeView


def of_opened(opened: Opened) -> list[ChargeView]:
    """The charges of a dispute that was opened for the viewer; no question where there was none."""
    if not opened.charged or READ not in opened.may:
        return []
    return _of(opened.view.id, key=opened.key)


def may_name(opened: Opened) -> bool:
    """Whether the viewer may name a leader now."""
    return "charge.name" in opened.may and opened.view.status not in disputes.ENDED


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> ChargesView:
    """By the id of the dispute; NotFound for who may not know of it, or has it not in charge."""
    policy = desk.policy.access
    access.require(actor, READ, policy)
    found = db.session.execute(_brief(actor, desk, now).where(Dispute.id == dispute_id)).first()
    if found is None or not (found.knows or _has(dispute_id, actor)):
        raise NotFound(NOT_FOUND)
    dispute: Dispute = found.Dispute
    if dispute.erased_at is not None:
        raise Erased
    key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
    theirs = None if found.knows else actor.user_id
    charges = _of(
        dispute.id,
        key=key if found.opens or theirs else None,
        leader=theirs,
        own_words=actor.user_id if theirs and dispute.restricted else None,
    )
    runs = next((each for each in charges if each.ended_at is None), None)
    stand = standing(db.session(), dispute, now)
    covers = {
        action: access.covers(access.scope(actor, action, policy), stand, now)
        for action in ("charge.name", "charge.write")
    }
    mine = runs is not None and runs.leader_id == actor.user_id
    writes = mine and access.may(actor, "charge.write", policy)
    apart = dispute.merged_into_id is not None or dispute.status in disputes.ENDED
    return ChargesView(
        dispute=_dispute(found),
        charges=charges,
        may_name=covers["charge.name"] and not apart,
        may_write=runs is not None and (writes or covers["charge.write"]) and not apart,
    )


def page(
    state: ChargeState,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[ChargeRow]:
    """A page, newest first: a leader's own, and what else the viewer may know of; no words."""
    scope = access.require(actor, READ, desk.policy.access)
    keys, runs = (Charge.named_at, Charge.id), Charge.ended_at.is_(None)
    conditions = [
        runs if state is ChargeState.RUNNING else ~runs,
        _reached(scope, now),
        Dispute.erased_at.is_(None),
    ]
    query = (
        _brief(actor, desk, now, reached=False)
        .add_columns(Charge, Leader.name.label("leader"), Namer.name.label("namer"))
        .join(Charge, Charge.dispute_id == Dispute.id)
        .join(Leader, Leader.id == Charge.leader_id)
        .join(Namer, Namer.id == Charge.named_by)
        .where(*conditions)
    )
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond(keys, place, descending=True))
    ordered = query.order_by(*(each.desc() for each in keys)).limit(limit + 1)
    found = db.session.execute(ordered).all()
    following = None
    if len(found) > limit:
        last: Charge = found[limit - 1].Charge
        following = encode_cursor([last.named_at.isoformat(), str(last.id)])
    total = None
    if count:
        joined = sa.select(sa.func.count()).select_from(Charge).join(Dispute)
        total = db.session.scalar(joined.where(*conditions)) or 0
    rows = [ChargeRow(dispute=_dispute(each), charge=_charge(each)) for each in found[:limit]]
    return Page(rows, following, total)


def _reached(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """What is known for itself, and of brief rows those in one's own charge."""
    mine = Charge.leader_id == scope.actor.user_id
    return sa.or_(known(scope, now), sa.and_(visible(scope, now), mine))


def _brief(actor: Actor, desk: Desk, now: datetime, *, reached: bool = True) -> sa.Select[Any]:
    """Disputes as brief rows, with whether they are known for themselves and open to read."""
    scope = access.scope(actor, READ, desk.policy.access)
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    query = (
        sa.select(
            Dispute,
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("unit"),
            sa.case((known(scope, now), 1), else_=0).label("knows"),
            sa.case((in_full(reads, now), 1), else_=0).label("opens"),
            sa.case((known(reads, now), 1), else_=0).label("reads"),
        )
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .execution_options(populate_existing=True)
    )
    return query.where(visible(scope, now)) if reached else query


def _has(dispute_id: UUID, actor: Actor) -> bool:
    mine = sa.exists().where(Charge.dispute_id == dispute_id, Charge.leader_id == actor.user_id)
    return bool(db.session.scalar(sa.select(mine)))


def _of(
    dispute_id: UUID,
    *,
    key: FieldKey | None,
    leader: UUID | None = None,
    own_words: UUID | None = None,
) -> list[ChargeView]:
    """The charges of a dispute, those of one leader, words of one writer where they are named."""
    asked = (
        sa.select(Charge, Leader.name.label("leader"), Namer.name.label("namer"))
        .join(Leader, Leader.id == Charge.leader_id)
        .join(Namer, Namer.id == Charge.named_by)
        .where(Charge.dispute_id == dispute_id)
        .order_by(Charge.named_at.desc(), Charge.id.desc())
        .execution_options(populate_existing=True)
    )
    if leader is not None:
        asked = asked.where(Charge.leader_id == leader)
    found = db.session.execute(asked).all()
    written = db.session.execute(
        sa.select(ChargeMeasure, User.name)
        .join(User, User.id == ChargeMeasure.written_by)
        .where(ChargeMeasure.charge_id.in_([each.Charge.id for each in found]))
        .order_by(ChargeMeasure.written_at.desc(), ChargeMeasure.id.desc())
    ).all()
    return [
        _charge(
            each,
            [
                _measure(row, name, key if own_words in (None, row.written_by) else None)
                for row, name in written
                if row.charge_id == each.Charge.id
            ],
        )
        for each in found
    ]


def _measure(row: ChargeMeasure, name: str, key: FieldKey | None) -> MeasureView:
    return MeasureView(
        id=row.id,
        written_by=name,
        written_at=row.written_at,
        words=key.open(row.words_sealed, f"charge_measure.words:{row.id}") if key else None,
    )


def _charge(found: Any, measures: Sequence[MeasureView] = ()) -> ChargeView:
    row: Charge = found.Charge
    return ChargeView(
        id=row.id,
        leader_id=row.leader_id,
        leader=found.leader,
        named_by=found.namer,
        named_at=row.named_at,
        looked_on=row.looked_on,
        ended_at=row.ended_at,
        ended_as=rules.WHY[row.ended_as] if row.ended_as else None,
        measures=measures,
    )


def _dispute(found: Any) -> BriefDispute:
    row: Dispute = found.Dispute
    return BriefDispute(
        id=row.id,
        number=row.number,
        category=None if row.restricted and not found.opens else row.category,
        status=row.status,
        restricted=row.restricted,
        organisation=found.unit,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        due_paused=row.due_paused,
        opens=bool(found.reads),
    )
