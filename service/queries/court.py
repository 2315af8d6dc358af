"""Look at what the court sent 委派、委托: lists of what is to be done, and those of one dispute."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.court import CourtKind, CourtProcedure, CourtResult, CourtState
from config.vocabulary import DisputeStatus, Outcome
from models import Agreement, Clock, Confirmation, CourtReferral, Dispute, Organisation, db
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries import sight
from service.queries.access import in_full
from service.queries.dispute import Opened
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access, confirmation
from service.rules import court as rules
from service.rules.access import Actor, Scope

S = CourtState
DONE: Final = (DisputeStatus.AGREED, DisputeStatus.CLOSED, DisputeStatus.ARCHIVED)
Lead = aliased(Organisation)


class Box(StrEnum):
    """Which of them are looked at."""

    WAITING = "waiting"  # 等确认
    RUNNING = "running"  # 调解中
    UNREPORTED = "unreported"  # 有了结果，还没有反馈
    WINDOWS = "windows"  # 三十日内可以申请司法确认
    SENT = "sent"  # 本院送来的


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtRow:
    """One row; of its dispute what a brief row says, and its result.

    `id`, `kind`, `state`, `court` and `case_number` are None for a window 司法确认. `due_on` is the
    last day of what is to be done. A court that looks at what it sent gets no `dispute_id`.
    """

    id: UUID | None
    dispute_id: UUID | None
    number: str
    category: str
    restricted: bool
    status: DisputeStatus
    outcome: Outcome | None
    lead: str | None
    kind: CourtKind | None
    state: CourtState | None
    court: str | None
    case_number: str | None
    received_on: date | None
    due_on: date
    provisional: bool
    result: CourtResult | None
    reported_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralView:
    """One with its words."""

    id: UUID
    kind: CourtKind
    state: CourtState
    procedure: CourtProcedure | None
    court: str
    case_number: str
    received_on: date
    answer_by: date
    answered_on: date | None
    due_on: date | None
    provisional: bool
    result: CourtResult | None
    reported_on: date | None
    contact: str | None = field(repr=False)
    materials: str | None = field(repr=False)
    back: str | None = field(repr=False)
    undisputed: str | None = field(repr=False)


def page(
    box: Box,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[CourtRow]:
    """A page of a box: what is due first comes first; what a court sent newest first."""
    if box is Box.SENT:
        return _sent(actor, limit=limit, cursor=cursor, count=count)
    scope = access.scope(actor, "court.read", desk.policy.access)
    if box is Box.WINDOWS:
        return _windows(scope, desk=desk, now=now, limit=limit, cursor=cursor, count=count)
    keys = (CourtReferral.answer_by, CourtReferral.id)
    conditions = [in_full(scope, now), *_in_box(box)]
    return _paged(conditions, keys, limit=limit, cursor=cursor, count=count)


def to_do(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many wait to be answered, or for their result to be told."""
    scope = access.scope(actor, "court.handle", desk.policy.access)
    either = sa.or_(*(sa.and_(*_in_box(box)) for box in (Box.WAITING, Box.UNREPORTED)))
    asked = sa.select(sa.func.count()).select_from(CourtReferral).join(Dispute)
    return db.session.scalar(asked.where(in_full(scope, now), either)) or 0


def of_opened(opened: Opened) -> list[ReferralView]:
    """Those of a dispute that was opened with its content, in their order."""
    if opened.key is None:
        return []
    found = db.session.execute(
        sa.select(CourtReferral, Clock.due_on, Clock.provisional)
        .outerjoin(Clock, _term_of())
        .where(CourtReferral.dispute_id == opened.view.id)
        .order_by(CourtReferral.received_on, CourtReferral.id)
        .execution_options(populate_existing=True)
    )
    return [_view(*each, opened.key) for each in found]


_RULE: Final = sa.case(
    (CourtReferral.kind == CourtKind.ASSIGNED, rules.ASSIGNED),
    (CourtReferral.procedure == CourtProcedure.ORDINARY, rules.ORDINARY),
    else_=rules.SIMPLIFIED,
)


def _in_box(box: Box) -> list[ColumnElement[bool]]:
    running = CourtReferral.state == S.RUNNING
    conditions: dict[Box, list[ColumnElement[bool]]] = {
        Box.WAITING: [CourtReferral.state == S.WAITING],
        Box.RUNNING: [running, Dispute.status.not_in(DONE)],
        Box.UNREPORTED: [running, Dispute.status.in_(DONE)],
    }
    # of what was merged or is forgotten nothing is to be done any more
    return [Dispute.merged_into_id.is_(None), Dispute.erased_at.is_(None), *conditions[box]]


def _term_of() -> ColumnElement[bool]:
    """The running clock of the term to mediate, which knows of its extensions."""
    return sa.and_(
        Clock.dispute_id == CourtReferral.dispute_id,
        Clock.rule == _RULE,
        Clock.stopped_at.is_(None),
        Clock.start_on == CourtReferral.answered_on,
    )


def _paged(
    conditions: Sequence[ColumnElement[bool]],
    keys: tuple[Any, Any],
    *,
    limit: int,
    cursor: str | None,
    count: bool,
    descending: bool = False,
) -> Page[CourtRow]:
    query = (
        sa.select(
            CourtReferral,
            *_BRIEF,
            Clock.due_on.label("term_on"),
            Clock.provisional.label("term_provisional"),
        )
        .join(Dispute, Dispute.id == CourtReferral.dispute_id)
        .outerjoin(Lead, Lead.id == Dispute.organisation_id)
        .outerjoin(Clock, _term_of())
        .where(*conditions)
        .execution_options(populate_existing=True)
    )
    if cursor:
        place = read_cursor(cursor, as_day, as_id)
        query = query.where(beyond(keys, place, descending=descending))
    ordered = query.order_by(*(key.desc() if descending else key.asc() for key in keys))
    found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1].CourtReferral
        following = encode_cursor([getattr(last, keys[0].key).isoformat(), str(last.id)])
    total = None
    if count:
        asked = sa.select(sa.func.count()).select_from(CourtReferral).join(Dispute)
        total = db.session.scalar(asked.where(*conditions)) or 0
    return Page([_row(each, opens=not descending) for each in found[:limit]], following, total)


@sight.whole("what a court sent, as brief rows")
def _sent(actor: Actor, *, limit: int, cursor: str | None, count: bool) -> Page[CourtRow]:
    """What the actor's own court sent: brief row and result, whoever has it in hand."""
    mine = CourtReferral.court_organisation_id == actor.organisation_id
    keys = (CourtReferral.received_on, CourtReferral.id)
    return _paged([mine], keys, limit=limit, cursor=cursor, count=count, descending=True)


def _windows(
    scope: Scope, *, desk: Desk, now: datetime, limit: int, cursor: str | None, count: bool
) -> Page[CourtRow]:
    """Agreements whose thirty days run: nothing was filed yet, nor were they performed."""
    conditions = [
        in_full(scope, now),
        Clock.rule == desk.policy.confirmations.term,
        Clock.stopped_at.is_(None),
        Clock.due_on >= desk.today(now),
        ~sa.exists().where(  # what was performed needs no court
            Agreement.dispute_id == Clock.dispute_id,
            Agreement.ordinal == Clock.episode,
            Agreement.performed_on.is_not(None),
        ),
    ]
    keys = (Clock.due_on, Clock.id)
    under_way = (
        sa.select(sa.func.max(Confirmation.court))
        .where(
            Confirmation.dispute_id == Dispute.id,
            Confirmation.state.not_in(sorted(confirmation.OVER)),
        )
        .scalar_subquery()
    )
    query = (
        sa.select(Clock, *_BRIEF, under_way.label("court"))
        .join(Dispute, Dispute.id == Clock.dispute_id)
        .outerjoin(Lead, Lead.id == Dispute.organisation_id)
        .where(*conditions)
    )
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_day, as_id), descending=False))
    found = db.session.execute(query.order_by(*keys).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1].Clock
        following = encode_cursor([last.due_on.isoformat(), str(last.id)])
    total = None
    if count:
        asked = sa.select(sa.func.count()).select_from(Clock).join(Dispute)
        total = db.session.scalar(asked.where(*conditions)) or 0
    return Page([_window(each) for each in found[:limit]], following, total)


_BRIEF: Final = (
    Dispute.number,
    Dispute.category,
    Dispute.restricted,
    Dispute.status,
    Dispute.outcome,
    Lead.name.label("lead"),
)


def _row(found: Any, *, opens: bool) -> CourtRow:
    row: CourtReferral = found.CourtReferral
    shown = opens or not found.restricted
    return CourtRow(
        id=row.id,
        dispute_id=row.dispute_id if opens else None,
        number=found.number,
        category=found.category if shown else "",
        restricted=found.restricted,
        status=found.status,
        outcome=found.outcome if shown else None,
        lead=found.lead,
        kind=row.kind,
        state=row.state,
        court=row.court,
        case_number=row.case_number,
        received_on=row.received_on,
        due_on=_due(row, found.term_on),
        provisional=row.provisional if found.term_on is None else found.term_provisional,
        result=row.result,
        reported_on=row.reported_on,
    )


def _due(row: CourtReferral, term_on: date | None) -> date:
    return term_on or row.due_on or row.answer_by


def _window(found: Any) -> CourtRow:
    return CourtRow(
        id=None,
        dispute_id=found.Clock.dispute_id,
        number=found.number,
        category=found.category,
        restricted=found.restricted,
        status=found.status,
        outcome=found.outcome,
        lead=found.lead,
        kind=None,
        state=None,
        court=found.court,
        case_number=None,
        received_on=None,
        due_on=found.Clock.due_on,
        provisional=found.Clock.provisional,
        result=None,
        reported_on=None,
    )


def _view(
    row: CourtReferral, term_on: date | None, provisional: bool | None, key: FieldKey
) -> ReferralView:
    def words(name: str, sealed: bytes | None) -> str | None:
        return key.open_optional(sealed, f"court_referral.{name}:{row.id}")

    return ReferralView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        procedure=row.procedure,
        court=row.court,
        case_number=row.case_number,
        received_on=row.received_on,
        answer_by=row.answer_by,
        answered_on=row.answered_on,
        due_on=term_on or row.due_on,
        provisional=row.provisional if provisional is None else provisional,
        result=row.result,
        reported_on=row.reported_on,
        contact=words("contact", row.contact_sealed),
        materials=words("materials", row.materials_sealed),
        back=words("back", row.back_sealed),
        undisputed=words("undisputed", row.undisputed_sealed),
    )
