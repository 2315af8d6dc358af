"""Look at supervision 督办: lists by state, counts, one paper with its words and its course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.vocabulary import DisputeStatus, SupervisionKind
from models import Dispute, Event, Organisation, Supervision, User, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries.access import in_full, known, standing, visible
from service.queries.dispute import Opened
from service.queries.page import Page, as_day, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import supervision as rules
from service.rules.access import Actor, Scope
from service.rules.supervision import SupervisionState

NOT_FOUND: Final = "没有找到这次督办"
S = SupervisionState
COURSE: Final = (
    "supervision-order",
    "supervision-answer",
    "supervision-back",
    "supervision-end",
)
# what waits is looked at by the day it is due; the rest newest first
BY_DUE: Final = frozenset({S.OPEN, S.LATE})
DUE: Final = (Supervision.reply_by, Supervision.id)
NEWEST: Final = (Supervision.ordered_at, Supervision.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRow:
    """One row of a list; of its dispute it says what a brief row says (contract §8.1).

    `dispute_id` is None for who may not open the dispute. `late_days` is how late the reply came,
    or is by now. An urge 催办 has no `number` and no `reply_by`.
    """

    id: UUID
    kind: SupervisionKind
    number: str | None
    state: SupervisionState
    dispute_id: UUID | None
    dispute_number: str
    category: str
    status: DisputeStatus
    restricted: bool
    organisation_id: UUID
    organisation: str
    ordered_by: str
    ordered_at: datetime
    reply_by: date | None
    replied_at: datetime | None
    ended_at: datetime | None
    late_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """Something that was done about it: ordered, replied, sent back with words, ended."""

    at: datetime
    actor: str
    deed: str
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionView:
    """One paper as this viewer may see it. Who may not read its words sees them as None, with
    `sealed`: they are for the unit, for who reads the dispute, and for who ordered it.
    """

    row: SupervisionRow
    dispute: UUID
    due_on: date | None
    due_provisional: bool
    due_paused: bool
    words: str | None = field(repr=False)
    reply: str | None = field(repr=False)
    replied_by: str | None
    ended_by: str | None
    sealed: bool
    may_answer: bool
    may_judge: bool
    course: Sequence[CourseView] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None narrows nothing."""

    state: SupervisionState | None = None
    kind: SupervisionKind | None = None
    organisation: UUID | None = None


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many wait at one unit, and how many of these are late."""

    organisation_id: UUID
    organisation: str
    waiting: int
    late: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A dispute somebody chose to press about, as a brief row; `pressable` when a unit has it."""

    id: UUID
    number: str
    category: str
    status: DisputeStatus
    restricted: bool
    organisation: str | None
    due_on: date | None
    due_provisional: bool
    due_paused: bool
    pressable: bool


def page(
    filters: Filters,
    *,
    scope: Scope,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[SupervisionRow]:
    """A page in `scope` (supervision.read): what waits by its day, the rest newest first."""
    by_due = filters.state in BY_DUE
    keys = DUE if by_due else NEWEST
    conditions = [visible(scope, now), *_narrowed(filters, desk.today(now))]
    query = _rows(scope, desk, now).where(*conditions)
    if cursor:
        place = read_cursor(cursor, as_day if by_due else as_instant, as_id)
        query = query.where(beyond(keys, place, descending=not by_due))
    ordered = query.order_by(*(key.asc() if by_due else key.desc() for key in keys))
    found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1].Supervision
        at = last.reply_by if by_due else last.ordered_at
        following = encode_cursor([at.isoformat(), str(last.id)])
    total = None
    if count:
        joined = sa.select(sa.func.count()).select_from(Supervision).join(Dispute)
        total = db.session.scalar(joined.where(*conditions)) or 0
    return Page([_row(each, desk, now) for each in found[:limit]], following, total)


def counts(
    filters: Filters, *, scope: Scope, desk: Desk, now: datetime
) -> Mapping[SupervisionState, int]:
    """How many there are in each state, narrowed by everything but the state."""
    today = desk.today(now)
    whole = Filters(kind=filters.kind, organisation=filters.organisation)
    sums = [sa.func.sum(sa.case((_is(each, today), 1), else_=0)).label(each.value) for each in S]
    found = db.session.execute(
        sa.select(*sums)
        .select_from(Supervision)
        .join(Dispute)
        .where(visible(scope, now), *_narrowed(whole, today))
    ).one()
    return {each: getattr(found, each.value) or 0 for each in S}


def by_organisation(*, scope: Scope, desk: Desk, now: datetime) -> list[UnitCount]:
    """The units that owe a reply, most late ones first."""
    today = desk.today(now)
    late = sa.func.sum(sa.case((_is(S.LATE, today), 1), else_=0))
    waiting = sa.func.count()
    found = db.session.execute(
        sa.select(Organisation.id, Organisation.name, waiting, late)
        .select_from(Supervision)
        .join(Dispute)
        .join(Organisation, Organisation.id == Supervision.organisation_id)
        .where(visible(scope, now), _is(S.OPEN, today) | _is(S.LATE, today))
        .group_by(Organisation.id, Organisation.name)
        .order_by(late.desc(), waiting.desc(), Organisation.name)
    )
    return [UnitCount(*row) for row in found]


def of_dispute(
    dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> list[SupervisionRow]:
    """Those about one dispute that the viewer may see, newest first; none for who sees none."""
    scope = access.scope(actor, "supervision.read", desk.policy.access)
    found = db.session.execute(
        _rows(scope, desk, now)
        .where(Supervision.dispute_id == dispute_id, visible(scope, now))
        .order_by(*(key.desc() for key in NEWEST))
    ).all()
    return [_row(each, desk, now) for each in found]


def of_opened(opened: Opened, *, actor: Actor, desk: Desk, now: datetime) -> list[SupervisionRow]:
    """The same of a dispute that was opened for the viewer."""
    if "supervision.read" not in opened.may:
        return []
    return of_dispute(opened.view.id, actor=actor, desk=desk, now=now)


def one(supervision_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> SupervisionView:
    """One with its words, for who may know of it; NotFound otherwise."""
    scope = access.scope(actor, "supervision.read", desk.policy.access)
    found = db.session.execute(
        _rows(scope, desk, now).where(Supervision.id == supervision_id, visible(scope, now))
    ).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    row, dispute = found.Supervision, db.session.get_one(Dispute, found.Supervision.dispute_id)
    replies = _may_reply(row, dispute, actor=actor, desk=desk, now=now)
    judges = _may_judge(row, found.orderer_works, actor=actor, desk=desk)
    key = _key(row, dispute, actor=actor, desk=desk, now=now, replies=replies)
    waits = row.ended_at is None
    return SupervisionView(
        row=_row(found, desk, now),
        dispute=dispute.id,
        due_on=dispute.due_on,
        due_provisional=dispute.due_provisional,
        due_paused=dispute.due_paused,
        words=key.open(row.words_sealed, f"supervision.words:{row.id}") if key else None,
        reply=key.open_optional(row.reply_sealed, f"supervision.reply:{row.id}") if key else None,
        replied_by=_name(row.replied_by),
        ended_by=_name(row.ended_by),
        sealed=key is None,
        may_answer=waits and row.replied_at is None and replies,
        may_judge=waits and judges,
        course=_course(row, key),
    )


def chosen(dispute_ids: Sequence[UUID], *, actor: Actor, desk: Desk, now: datetime) -> list[Chosen]:
    """The chosen disputes that the viewer may press about, by number; others are not there."""
    scope = access.scope(actor, "supervision.order", desk.policy.access)
    found = db.session.execute(
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.category,
            Dispute.status,
            Dispute.restricted,
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("organisation"),
            Dispute.organisation_id,
            Dispute.due_on,
            Dispute.due_provisional,
            Dispute.due_paused,
        )
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(
            Dispute.id.in_(list(dispute_ids)[: rules.MOST + 1]),
            visible(scope, now),
            Dispute.erased_at.is_(None),
        )
        .order_by(Dispute.number)
    )
    return [
        Chosen(
            each.id,
            each.number,
            each.category,
            each.status,
            each.restricted,
            each.organisation,
            each.due_on,
            each.due_provisional,
            each.due_paused,
            rules.is_pressable(each.status, has_unit=each.organisation_id is not None),
        )
        for each in found
    ]


def _rows(scope: Scope, desk: Desk, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    reads = access.scope(scope.actor, "dispute.read", desk.policy.access)
    orderer = aliased(User)
    return (
        sa.select(
            Supervision,
            Dispute.number.label("dispute_number"),
            Dispute.category,
            Dispute.status,
            Dispute.restricted,
            Organisation.name.label("organisation"),
            orderer.name.label("orderer"),
            orderer.active.label("orderer_works"),
            sa.case((known(reads, now), 1), else_=0).label("opens"),
        )
        .join(Dispute, Dispute.id == Supervision.dispute_id)
        .join(Organisation, Organisation.id == Supervision.organisation_id)
        .join(orderer, orderer.id == Supervision.ordered_by)
        .execution_options(populate_existing=True)
    )


def _narrowed(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    conditions = []
    if filters.state is not None:
        conditions.append(_is(filters.state, today))
    if filters.kind is not None:
        conditions.append(Supervision.kind == filters.kind)
    if filters.organisation is not None:
        conditions.append(Supervision.organisation_id == filters.organisation)
    return conditions


def _is(state: SupervisionState, today: date) -> ColumnElement[bool]:
    """The condition that says what `rules.state` says of one."""
    runs = Supervision.ended_at.is_(None)
    waits = runs & Supervision.replied_at.is_(None)
    conditions: Mapping[SupervisionState, ColumnElement[bool]] = {
        S.OPEN: waits & (Supervision.reply_by >= today),
        S.LATE: waits & (Supervision.reply_by < today),
        S.ANSWERED: runs & Supervision.replied_at.is_not(None),
        S.ENDED: ~runs,
    }
    return conditions[state]


def _row(found: Any, desk: Desk, now: datetime) -> SupervisionRow:
    row: Supervision = found.Supervision
    today = desk.today(now)
    return SupervisionRow(
        id=row.id,
        kind=row.kind,
        number=row.number,
        state=rules.state(
            replied=row.replied_at is not None,
            ended=row.ended_at is not None,
            reply_by=row.reply_by,
            today=today,
        ),
        dispute_id=row.dispute_id if found.opens else None,
        dispute_number=found.dispute_number,
        category=found.category,
        status=found.status,
        restricted=found.restricted,
        organisation_id=row.organisation_id,
        organisation=found.organisation,
        ordered_by=found.orderer,
        ordered_at=row.ordered_at,
        reply_by=row.reply_by,
        replied_at=row.replied_at,
        ended_at=row.ended_at,
        late_days=_late_days(row, desk, now),
    )


def _late_days(row: Supervision, desk: Desk, now: datetime) -> int:
    """How late the reply came, or is by now; what ended without one is not late any more."""
    if row.reply_by is None or (row.ended_at is not None and row.replied_at is None):
        return 0
    return max((desk.today(row.replied_at or now) - row.reply_by).days, 0)


def _may_reply(
    row: Supervision, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime
) -> bool:
    """As `operations.supervision.answer` asks it."""
    scope = access.scope(actor, "supervision.answer", desk.policy.access)
    return rules.is_theirs(row.organisation_id, dispute.mediator_id, actor) and access.covers(
        scope, standing(db.session(), dispute, now), now
    )


def _may_judge(row: Supervision, orderer_works: bool, *, actor: Actor, desk: Desk) -> bool:
    may = access.may(actor, "supervision.order", desk.policy.access)
    return may and (row.ordered_by == actor.user_id or not orderer_works)


def _key(
    row: Supervision,
    dispute: Dispute,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    replies: bool,
) -> FieldKey | None:
    """What opens the words, for the unit, who reads the dispute in full, and who ordered it."""
    if dispute.erased_at is not None:
        return None
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    full = sa.select(Dispute.id).where(Dispute.id == dispute.id, in_full(reads, now))
    mine = row.ordered_by == actor.user_id
    if not mine and not replies and db.session.scalar(full) is None:
        return None
    return desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")


def _name(user_id: UUID | None) -> str | None:
    if user_id is None:
        return None
    return db.session.scalar(sa.select(User.name).where(User.id == user_id))


def _course(row: Supervision, key: FieldKey | None) -> list[CourseView]:
    """What was done about it, oldest first; why a reply was sent back, for who reads it."""
    found = db.session.execute(
        sa.select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(
            Event.subject == "dispute",
            Event.subject_id == row.dispute_id,
            Event.action.in_(COURSE),
        )
        .order_by(Event.id)
    )
    return [
        CourseView(
            at=event.happened_at,
            actor=name or "系统",
            deed=event.action,
            words=key.open_optional(event.reason_sealed, f"event.reason:{event.subject_id}")
            if key
            else None,
        )
        for event, name in found
        if event.detail.get("supervision") == str(row.id)
    ]
