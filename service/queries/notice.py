"""Look at notices 消息: one's own inbox, narrowed once more to what one may see by now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import AccessPolicy, Reach
from config.clock_subject import OF_LINKAGE, WORDS, ClockSubject
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    Danger,
    DisputeStatus,
    NoticeKind,
)
from models import (
    Clock,
    ClockChange,
    Dispute,
    Lawsuit,
    LawsuitDuty,
    Linkage,
    Notice,
    PlanEntry,
    PlanMilestone,
    PlanTask,
    Suggestion,
    SuggestionDemand,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries import sight
from service.queries.access import in_full, known
from service.queries.danger import about_danger
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import clock_subject as subjects
from service.rules.access import Actor

URGENT_PART, UNREAD, READ = "urgent", "unread", "read"
ALARM: Final = NoticeKind.REVEALED_OFTEN  # for who may not open the dispute it names
# told of a number alone: to who sees brief rows behind a figure as well
TO_BRIEF: Final = (NoticeKind.CLOCK, NoticeKind.SUPERVISION_ANSWERED)
# what went to another unit: told to who handed it over, who keeps its brief row
TO_SENDER: Final = NoticeKind.HANDOVER_ACCEPTED
# how the cause of a notice begins that names what it is about by an id
CLOCK, ASKED, DECIDED = "clock", "ask", "decide"
SUPERVISED, ANSWERED = "supervised", "answered"
HANDOVER: Final = "handover"
JOINT: Final = "joint"
OF_DISPUTE: Final = Notice.dispute_id.is_not(None)
LADDER_PARTS: Final = 3  # clock, step, due date
# where the number stands that people know a subject by
NUMBERS: Final[Mapping[ClockSubject, sa.Select[UUID, Any]]] = MappingProxyType(
    {
        ClockSubject.SUGGESTION: sa.select(Suggestion.id, Suggestion.number),
        ClockSubject.DEMAND: sa.select(SuggestionDemand.id, Suggestion.number).join(
            Suggestion, Suggestion.id == SuggestionDemand.suggestion_id
        ),
        ClockSubject.LAWSUIT: sa.select(Lawsuit.id, Lawsuit.case_number),
        ClockSubject.DUTY: sa.select(LawsuitDuty.id, Lawsuit.case_number).join(
            Lawsuit, Lawsuit.id == LawsuitDuty.lawsuit_id
        ),
        **{each: sa.select(Linkage.id, Linkage.number) for each in OF_LINKAGE},
        ClockSubject.PLAN_TASK: sa.select(PlanTask.id, PlanTask.number),
        ClockSubject.PLAN_MILESTONE: sa.select(PlanMilestone.id, PlanTask.number).join(
            PlanTask, PlanTask.id == PlanMilestone.task_id
        ),
        ClockSubject.PLAN_ENTRY: sa.select(PlanEntry.id, PlanEntry.number),
    }
)
MOST: Final = 100  # beyond that nobody reads the number any more


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice; of a dispute that is no longer the reader's to see only the number is left.

    Such a one waits no longer. `urgent` is one about danger to people: it is opened by itself.
    `danger` is what is known of it by now, when the reader may see the dispute. `brief` says that
    its reader knows of the dispute by brief rows only. `supervision` is the one it is about;
    `step` of the ladder and `due_on` are what a reminder of a term is about. Who may read the
    dispute is told which `term` it is, and of a change that was asked for its kind and state.
    What is told of another `subject` names it by its noun, with `subject_id` and `subject_number`,
    by which people know it, while it may be known.
    """

    id: UUID
    told_at: datetime
    read_at: datetime | None
    number: str
    kind: NoticeKind | None
    dispute_id: UUID | None
    status: DisputeStatus | None
    waits: bool
    urgent: bool
    danger: Danger
    brief: bool = False
    supervision: UUID | None = None
    step: str | None = None
    due_on: date | None = None
    term: str | None = None
    change: tuple[ClockChangeKind, ClockChangeState] | None = None
    subject: ClockSubject | None = None
    subject_id: UUID | None = None
    subject_number: str | None = None


def sees_brief(actor: Actor, policy: AccessPolicy) -> bool:
    """Whether somebody sees brief rows of every dispute (contract §8.1)."""
    return Reach.BRIEF in access.scope(actor, "dispute.list", policy).reach


def unread(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many notices wait to be read, up to `MOST`."""
    waiting = (
        sa.select(Notice.id)
        .outerjoin(Dispute, Dispute.id == Notice.dispute_id)
        .where(Notice.user_id == actor.user_id, _waits(actor, desk, now))
        .limit(MOST)
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


@sight.whole("one's own inbox")
def page(
    *, actor: Actor, desk: Desk, now: datetime, limit: int = 25, cursor: str | None = None
) -> Page[NoticeView]:
    """The inbox: danger to people, then what else is unread, then the rest; each newest first."""
    part: str = URGENT_PART
    place: list[Any] | None = None
    if cursor:
        part, *place = read_cursor(cursor, _as_part, as_instant, as_id)
    query, waits = _query(actor, desk, now), _waits(actor, desk, now)
    parts = {
        URGENT_PART: waits & OF_DISPUTE & _about_danger(),
        # of what is no dispute danger is NULL, and its opposite NULL again
        UNREAD: waits & (Notice.dispute_id.is_(None) | ~_about_danger()),
        # where nobody is named what is not theirs is NULL, and its opposite NULL again
        READ: sa.case((waits, 0), else_=1) == 1,
    }
    found: list[Any] = []
    for which in list(parts)[list(parts).index(part) :]:
        if len(found) <= limit:
            found += _part(query, parts[which], place, limit + 1 - len(found))
        place = None
    following = _cursor(found[limit - 1]) if len(found) > limit else None
    return Page(_views(found[:limit]), following)


@sight.whole("one's own inbox")
def one(notice_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> NoticeView:
    """One notice of the reader's own; NotFound otherwise.

    Of a dispute that is theirs no longer the number is left: it stands behind the second wall.
    """
    row = db.session.execute(_query(actor, desk, now).where(Notice.id == notice_id)).first()
    if row is None:
        raise NotFound("没有这条消息")
    (told,) = _views([row])
    return told


def _query(actor: Actor, desk: Desk, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    owed = of_subject(actor, desk.policy.access)
    seen = sa.case((OF_DISPUTE & known(scope, now) | owed, 1), else_=0).label("seen")
    full = sa.case((OF_DISPUTE & in_full(scope, now) | owed, 1), else_=0).label("full")
    brief = sa.case((OF_DISPUTE & _briefed(actor, desk, now), 1), else_=0).label("brief")
    urgent = sa.case((OF_DISPUTE & _about_danger(), 1), else_=0).label("urgent")
    return (
        sa.select(
            Notice.id,
            Notice.kind,
            Notice.told_at,
            Notice.read_at,
            Notice.dispute_id,
            Notice.subject,
            Notice.subject_id,
            Dispute.number,
            Dispute.status,
            Notice.cause,
            seen,
            full,
            brief,
            urgent,
            Dispute.danger,
        )
        .outerjoin(Dispute, Dispute.id == Notice.dispute_id)
        .where(Notice.user_id == actor.user_id)
    )


def _waits(actor: Actor, desk: Desk, now: datetime) -> ColumnElement[bool]:
    """What was not read, of what its reader may still open."""
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    told = known(scope, now) | (Notice.kind == ALARM) | _briefed(actor, desk, now)
    return Notice.read_at.is_(None) & (OF_DISPUTE & told | of_subject(actor, desk.policy.access))


def of_subject(actor: Actor, policy: AccessPolicy) -> ColumnElement[bool]:
    """What is told of something else than a dispute whose terms its reader may know by now."""
    told = [each for each in ClockSubject if subjects.tells_town(actor, each, policy)]
    mine = [each for each in ClockSubject if subjects.tells_unit(actor, each, policy)]
    in_town = sa.true() if actor.town is None else Notice.organisation_id.in_(sorted(actor.town))
    return Notice.dispute_id.is_(None) & (
        Notice.subject.in_(told) & in_town
        | Notice.subject.in_(mine) & (Notice.organisation_id == actor.organisation_id)
    )


def _briefed(actor: Actor, desk: Desk, now: datetime) -> ColumnElement[bool]:
    """What who sees brief rows, or handed it over, is told of by its number."""
    policy = desk.policy.access
    told = Notice.kind.in_(TO_BRIEF) if sees_brief(actor, policy) else sa.false()
    handed = access.scope(actor, "handover.read", policy)
    return told | ((Notice.kind == TO_SENDER) & known(handed, now)) if handed.reach else told


def _about_danger() -> ColumnElement[bool]:
    """Danger to people, for who may open the dispute; an alarm says nothing of it.

    Nor does what is told of a number alone.
    """
    return about_danger() & Notice.kind.not_in((ALARM, TO_SENDER, *TO_BRIEF))


def _part(
    query: sa.Select[*tuple[Any, ...]],
    which: ColumnElement[bool],
    place: list[Any] | None,
    limit: int,
) -> list[Any]:
    columns = (Notice.told_at, Notice.id)
    query = query.where(which).order_by(*(column.desc() for column in columns)).limit(limit)
    if place is not None:
        query = query.where(beyond(columns, place, descending=True))
    return list(db.session.execute(query))


def _views(rows: Iterable[Any]) -> list[NoticeView]:
    """The notices, those about a term of what the reader may read in full with its name."""
    told = _numbered([(_view(row), row) for row in rows])
    sought = {row.id: found for _, row in told if row.full and (found := _term_of(row.cause))}
    if not sought:
        return [each for each, _ in told]
    terms = _terms([each for word, each in sought.values() if word == CLOCK])
    changes = _changes([each for word, each in sought.values() if word != CLOCK])
    named = {
        notice: {"term": terms.get(each)} if word == CLOCK else changes.get(each, {})
        for notice, (word, each) in sought.items()
    }
    return [replace(each, **named.get(each.id, {})) for each, _ in told]


def _numbered(told: list[tuple[NoticeView, Any]]) -> list[tuple[NoticeView, Any]]:
    """The same, each subject with its number; one look a kind of subject."""
    numbers: dict[UUID, str | None] = {}
    for subject, found in NUMBERS.items():
        ids = [e.subject_id for e, _ in told if e.subject is subject and e.subject_id]
        if ids:
            which = found.where(found.selected_columns[0].in_(ids))
            numbers |= {row[0]: row[1] for row in db.session.execute(which)}
    return [
        (replace(each, subject_number=numbers.get(each.subject_id)), row)
        if each.subject_id in numbers
        else (each, row)
        for each, row in told
    ]


def _term_of(cause: str) -> tuple[str, UUID] | None:
    """The clock a notice is about, or the change of one."""
    word, *rest = cause.split(":")
    return (word, UUID(rest[0])) if word in (CLOCK, ASKED, DECIDED) and rest else None


def _terms(ids: list[UUID]) -> dict[UUID, str]:
    found = sa.select(Clock.id, Clock.made_under).where(Clock.id.in_(ids))
    return {row.id: row.made_under["name"] for row in db.session.execute(found)} if ids else {}


def _changes(ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    found = (
        sa.select(ClockChange.id, ClockChange.kind, ClockChange.state, Clock.made_under)
        .join(Clock, Clock.id == ClockChange.clock_id)
        .where(ClockChange.id.in_(ids))
    )
    return {
        row.id: {"term": row.made_under["name"], "change": (row.kind, row.state)}
        for row in (db.session.execute(found) if ids else ())
    }


def _view(row: Any) -> NoticeView:
    alarm = row.kind is ALARM
    told = bool(row.seen) or alarm or bool(row.brief)
    waits = told and row.read_at is None
    stands = row.seen or row.brief
    return NoticeView(
        id=row.id,
        told_at=row.told_at,
        read_at=row.read_at,
        number=WORDS[row.subject].noun if row.subject else row.number,
        kind=row.kind if told else None,
        dispute_id=row.dispute_id if stands else None,
        subject=row.subject,
        subject_id=row.subject_id if stands else None,
        status=row.status if stands else None,
        waits=waits,
        urgent=waits and bool(row.urgent),
        danger=row.danger if row.seen and row.dispute_id else Danger.NONE,
        brief=bool(row.brief) and not row.seen,
        **(_about(row.cause) if told else {}),
    )


def _about(cause: str) -> dict[str, Any]:
    """What else the cause of a notice names, where it is one of ours."""
    word, *rest = cause.split(":")
    if word in (SUPERVISED, ANSWERED) and rest:
        return {"supervision": UUID(rest[0])}
    if word == CLOCK and len(rest) == LADDER_PARTS:
        return {"step": rest[1], "due_on": date.fromisoformat(rest[2])}
    return {}


def _cursor(row: Any) -> str:
    told = _view(row)
    part = URGENT_PART if told.urgent else UNREAD if told.waits else READ
    return encode_cursor([part, row.told_at.isoformat(), str(row.id)])


def _as_part(value: Any) -> str:
    if value not in (URGENT_PART, UNREAD, READ):
        raise ValueError("no part of the inbox")
    return str(value)
