"""Look at meetings 会议: a list, one with its agenda and minutes, the decisions that are open.

Of an item about a dispute that the viewer may not read they learn the number and that it is closed
to them; neither its words, nor what was said, nor what was decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.meeting import DecisionState, MeetingKind, MeetingState
from config.vocabulary import DisputeStatus
from models import (
    Dispute,
    Meeting,
    MeetingDecision,
    MeetingItem,
    MeetingMember,
    Organisation,
    User,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries import sight
from service.queries.access import in_full, of_town
from service.queries.page import Page, as_day, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import meeting as rules
from service.rules.access import Actor, Scope

NOT_FOUND: Final = "没有找到这次会议"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """One meeting in a list; `open` and `late` count its decisions that wait and are overdue."""

    id: UUID
    kind: MeetingKind
    state: MeetingState
    title: str
    organisation: str
    held_at: datetime
    place: str
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class MemberView:
    """An invited unit; `attended` is None until the minutes are written."""

    organisation_id: UUID
    organisation: str
    attended: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item; `hidden`: about a dispute the viewer may not read, of which the number stands."""

    ordinal: int
    number: str | None
    dispute_id: UUID | None
    status: DisputeStatus | None
    hidden: bool
    restricted: bool
    words: str | None = field(repr=False)
    minutes: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """What was decided; `hidden` as of an item."""

    id: UUID
    meeting_id: UUID
    title: str
    ordinal: int
    number: str | None
    organisation_id: UUID
    organisation: str
    due_on: date
    state: DecisionState
    late: bool
    hidden: bool
    restricted: bool
    settled_by: str | None
    settled_at: datetime | None
    may_settle: bool
    words: str | None = field(repr=False)
    follow_up: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """One meeting with everything the viewer may read of it."""

    row: MeetingRow
    version: int
    called_by: str
    called_at: datetime
    recorded_by: str | None
    recorded_at: datetime | None
    minutes: str | None = field(repr=False)
    members: Sequence[MemberView]
    items: Sequence[ItemView]
    decisions: Sequence[DecisionView]
    may_record: bool


def reached(actor: Actor, desk: Desk) -> ColumnElement[bool]:
    """The meetings somebody may know of: of their town, or where their unit sits or owes."""
    scope = access.scope(actor, "meeting.read", desk.policy.access)
    if Reach.TOWN in scope.reach:
        return of_town(actor, Meeting.organisation_id)
    mine = [
        sa.select(table.meeting_id).where(table.organisation_id == actor.organisation_id)
        for table in (MeetingMember, MeetingDecision)
    ]
    return sa.or_(*(Meeting.id.in_(each) for each in mine))


def open_to(table: Any, reads: Scope, now: datetime) -> ColumnElement[bool]:
    """Items or decisions that are about no dispute, or about one the viewer reads in full."""
    seen = sa.select(Dispute.id).where(Dispute.id == table.dispute_id, in_full(reads, now))
    found: ColumnElement[bool] = table.dispute_id.is_(None) | seen.correlate(table).exists()
    return found


@sight.whole("meetings")
def page(
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[MeetingRow]:
    """A page of the meetings somebody may know of, newest first."""
    keys = (Meeting.held_at, Meeting.id)
    query = _rows(desk.today(now)).where(reached(actor, desk))
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_instant, as_id), descending=True))
    ordered = query.order_by(*(key.desc() for key in keys)).limit(limit + 1)
    found: Sequence[Any] = db.session.execute(ordered).all()
    following = None
    if len(found) > limit:
        last: Meeting = found[limit - 1].Meeting
        following = encode_cursor([last.held_at.isoformat(), str(last.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Meeting).where(reached(actor, desk))
        total = db.session.scalar(counted) or 0
    return Page([_row(each) for each in found[:limit]], following, total)


@sight.whole("meetings")
def owed_count(*, actor: Actor, desk: Desk) -> int:
    """How many decisions wait, as `owed` lists them."""
    counted = sa.select(sa.func.count()).select_from(MeetingDecision)
    counted = counted.join(Meeting, Meeting.id == MeetingDecision.meeting_id)
    return db.session.scalar(counted.where(*_owes(actor, desk))) or 0


def _owes(actor: Actor, desk: Desk) -> list[ColumnElement[bool]]:
    waits = [MeetingDecision.state == DecisionState.OPEN, reached(actor, desk)]
    if Reach.TOWN not in access.scope(actor, "meeting.read", desk.policy.access).reach:
        waits.append(MeetingDecision.organisation_id == actor.organisation_id)
    return waits


@sight.whole("meetings")
def owed(
    *, actor: Actor, desk: Desk, now: datetime, limit: int = 25, cursor: str | None = None
) -> Page[DecisionView]:
    """A page of the decisions that wait, what is due first first; a unit sees its own."""
    keys = (MeetingDecision.due_on, MeetingDecision.id)
    query = _decisions(actor, desk, now).where(*_owes(actor, desk))
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_day, as_id), descending=False))
    found: Sequence[Any] = db.session.execute(query.order_by(*keys).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last: MeetingDecision = found[limit - 1].MeetingDecision
        following = encode_cursor([last.due_on.isoformat(), str(last.id)])
    return Page(
        [_decision(each, None, actor=actor, desk=desk, now=now) for each in found[:limit]],
        following,
    )


@sight.whole("meetings")
def of_decision(decision_id: UUID, *, actor: Actor, desk: Desk) -> UUID:
    """The meeting that decided it; NotFound for who may not know of that."""
    found = db.session.scalar(
        sa.select(MeetingDecision.meeting_id)
        .join(Meeting, Meeting.id == MeetingDecision.meeting_id)
        .where(MeetingDecision.id == decision_id, reached(actor, desk))
    )
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


@sight.whole("meetings")
def one(meeting_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> MeetingView:
    """One meeting; NotFound for who may not know of it."""
    found = db.session.execute(
        _rows(desk.today(now)).where(Meeting.id == meeting_id, reached(actor, desk))
    ).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    meeting: Meeting = found.Meeting
    key = desk.keyring.field_key(meeting.sealed_key, f"meeting:{meeting.id}")
    writers = [each for each in (meeting.called_by, meeting.recorded_by) if each]
    named = sa.select(User.id, User.name).where(User.id.in_(writers))
    names = {each.id: each.name for each in db.session.execute(named)}
    decided = db.session.execute(
        _decisions(actor, desk, now)
        .where(MeetingDecision.meeting_id == meeting_id)
        .order_by(MeetingDecision.ordinal)
    ).all()
    calls = access.may(actor, "meeting.call", desk.policy.access)
    return MeetingView(
        row=_row(found),
        version=meeting.version,
        called_by=names.get(meeting.called_by, ""),
        called_at=meeting.called_at,
        recorded_by=names.get(meeting.recorded_by) if meeting.recorded_by else None,
        recorded_at=meeting.recorded_at,
        minutes=key.open_optional(meeting.minutes_sealed, f"meeting.minutes:{meeting.id}"),
        members=_members(meeting_id),
        items=_items(meeting_id, key, actor=actor, desk=desk, now=now),
        decisions=[_decision(each, key, actor=actor, desk=desk, now=now) for each in decided],
        may_record=calls and meeting.state is MeetingState.CALLED and meeting.held_at <= now,
    )


def _rows(today: date) -> sa.Select[*tuple[Any, ...]]:
    waits = (MeetingDecision.meeting_id == Meeting.id) & (
        MeetingDecision.state == DecisionState.OPEN
    )
    late = waits & (MeetingDecision.due_on < today)
    return (
        sa.select(
            Meeting,
            Organisation.name.label("organisation"),
            *(
                sa.select(sa.func.count()).where(each).correlate(Meeting).scalar_subquery().label(n)
                for n, each in (("open", waits), ("late", late))
            ),
        )
        .join(Organisation, Organisation.id == Meeting.organisation_id)
        .execution_options(populate_existing=True)
    )


def _row(found: Any) -> MeetingRow:
    row: Meeting = found.Meeting
    return MeetingRow(
        id=row.id,
        kind=row.kind,
        state=row.state,
        title=row.title,
        organisation=found.organisation,
        held_at=row.held_at,
        place=row.place,
        open=found.open,
        late=found.late,
    )


def _members(meeting_id: UUID) -> list[MemberView]:
    found = db.session.execute(
        sa.select(Organisation.id, Organisation.name, MeetingMember.attended)
        .join(MeetingMember, MeetingMember.organisation_id == Organisation.id)
        .where(MeetingMember.meeting_id == meeting_id)
        .order_by(Organisation.name)
    )
    return [MemberView(*row) for row in found]


def _items(
    meeting_id: UUID, key: FieldKey, *, actor: Actor, desk: Desk, now: datetime
) -> list[ItemView]:
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    opens = sa.case((open_to(MeetingItem, reads, now), 1), else_=0).label("opens")
    found = db.session.execute(
        sa.select(MeetingItem, Dispute.number, Dispute.status, Dispute.restricted, opens)
        .outerjoin(Dispute, Dispute.id == MeetingItem.dispute_id)
        .where(MeetingItem.meeting_id == meeting_id)
        .order_by(MeetingItem.ordinal)
        .execution_options(populate_existing=True)
    )
    return [_item(each, key) for each in found]


def _item(found: Any, key: FieldKey) -> ItemView:
    row: MeetingItem = found.MeetingItem
    shown = bool(found.opens)

    def told(name: str) -> str | None:
        sealed = getattr(row, f"{name}_sealed")
        return key.open_optional(sealed, f"meeting_item.{name}:{row.id}") if shown else None

    return ItemView(
        ordinal=row.ordinal,
        number=found.number,
        dispute_id=row.dispute_id if shown else None,
        status=found.status if shown else None,
        hidden=not shown,
        restricted=bool(found.restricted),
        words=told("words"),
        minutes=told("minutes"),
    )


def _decisions(actor: Actor, desk: Desk, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    opens = sa.case((open_to(MeetingDecision, reads, now), 1), else_=0).label("opens")
    return (
        sa.select(
            MeetingDecision,
            Meeting.title,
            Dispute.number,
            Dispute.restricted,
            Organisation.name.label("organisation"),
            User.name.label("settler"),
            opens,
        )
        .join(Meeting, Meeting.id == MeetingDecision.meeting_id)
        .join(Organisation, Organisation.id == MeetingDecision.organisation_id)
        .outerjoin(Dispute, Dispute.id == MeetingDecision.dispute_id)
        .outerjoin(User, User.id == MeetingDecision.settled_by)
        .execution_options(populate_existing=True)
    )


def _decision(
    found: Any, key: FieldKey | None, *, actor: Actor, desk: Desk, now: datetime
) -> DecisionView:
    row: MeetingDecision = found.MeetingDecision
    shown, policy = bool(found.opens), desk.policy.access
    theirs = row.organisation_id == actor.organisation_id or access.may(
        actor, "meeting.call", policy
    )

    def told(name: str) -> str | None:
        sealed = getattr(row, f"{name}_sealed")
        if key is None or not shown:
            return None
        return key.open_optional(sealed, f"meeting_decision.{name}:{row.id}")

    waits = row.state is DecisionState.OPEN
    return DecisionView(
        id=row.id,
        meeting_id=row.meeting_id,
        title=found.title,
        ordinal=row.ordinal,
        number=found.number,
        organisation_id=row.organisation_id,
        organisation=found.organisation,
        due_on=row.due_on,
        state=row.state,
        late=rules.is_late(row.state, row.due_on, desk.today(now)),
        hidden=not shown,
        restricted=bool(found.restricted),
        settled_by=found.settler,
        settled_at=row.settled_at,
        may_settle=waits and shown and theirs and access.may(actor, "meeting.follow", policy),
        words=told("words"),
        follow_up=told("follow_up"),
    )
