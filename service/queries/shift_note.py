"""Look at shift notes 交接班: what is open now, what the last clerk left, who took it over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.vocabulary import DisputeStatus, MaterialState
from models import Consultation, Dispute, Material, Organisation, ShiftNote, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries import consultation, draft
from service.queries.access import in_full
from service.queries.register import URGENT
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor, Scope

SHOWN: Final = 20
NUMBERS: Final = "numbers"  # beside the counts that were frozen with a note
MOST_OPEN: Final = 5000  # of one status; a town that has more open has other worries
KEPT_IN_SIGHT: Final = timedelta(days=30)
WAITS: Final = timedelta(days=7)  # a note nobody took for longer is history, not news
MOST_NOTES: Final = 200


def _newest(status: DisputeStatus) -> Any:
    part = (
        sa.select(Dispute.id)
        .where(Dispute.status == status)
        .order_by(Dispute.registered_at.desc(), Dispute.id.desc())
        .limit(MOST_OPEN)
    )
    return sa.select(part.subquery().c.id)


# what is open anywhere, read along ix_dispute_status_newest; the rest is asked of these alone
_OPEN: Final = sa.union_all(*(_newest(each) for each in sorted(rules.OPEN))).subquery("near")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """One dispute that is open; it names nobody. `papers` are those still awaited."""

    id: UUID
    number: str
    category: str
    status: DisputeStatus
    registered_at: datetime
    clerk: str | None
    restricted: bool
    may_open: bool
    papers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNow:
    """What the next clerk finds: counts by name, and the first rows behind four of them."""

    counts: Mapping[str, int]
    undispatched: Sequence[OpenRow]
    earlier: Sequence[OpenRow]
    urgent: Sequence[OpenRow]
    awaiting: Sequence[OpenRow]

    @property
    def numbers(self) -> dict[str, list[str]]:
        """The disputes behind the counts, for the paper that goes along with the window.

        A restricted one is counted and not named: colleagues read the paper too.
        """
        parts = {
            "undispatched": self.undispatched,
            "earlier": self.earlier,
            "urgent": self.urgent,
            "materials": self.awaiting,
        }
        return {
            name: [row.number for row in rows if not row.restricted]
            for name, rows in parts.items()
            if rows
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """One handover, as everybody of the same organisation may read it."""

    id: UUID
    organisation: str
    written_on: date
    written_at: datetime
    written_by: str
    words: str
    counts: Mapping[str, int]
    numbers: Mapping[str, Sequence[str]]
    taken_by: str | None
    taken_at: datetime | None
    may_take: bool


def place_of(note_id: UUID) -> str:
    """Where the words of a note belong."""
    return f"shift_note.words:{note_id}"


def open_now(*, actor: Actor, desk: Desk, now: datetime) -> OpenNow:
    """What is open at the window of the actor's organisation.

    Only what is open is looked at, the newest `MOST_OPEN` of each status, never the whole past.
    """
    today = desk.today(now)
    scope = access.scope(actor, "register.read", desk.policy.access)
    here = [in_full(scope, now), Dispute.registered_at_organisation_id == actor.organisation_id]
    new = [*here, Dispute.status == DisputeStatus.REGISTERED]
    of_today = [*new, Dispute.registered_on == today]
    urgent = [*here, Dispute.status.in_(rules.OPEN), URGENT]
    wanted = sa.select(Material.dispute_id).where(Material.state == MaterialState.WANTED)
    awaiting = [*here, Dispute.status.in_(rules.OPEN), Dispute.id.in_(wanted)]
    earlier = [*new, Dispute.registered_on < today]
    looking = _Looking(actor, desk, now)
    return OpenNow(
        counts={
            "undispatched": _count(of_today),
            "earlier": _count(earlier),
            "urgent": _count(urgent),
            "materials": _count(awaiting),
            "consultations": _asked(scope, today, desk, now),
            "drafts": draft.count(actor=actor, desk=desk, now=now),
        },
        undispatched=looking.rows(of_today),
        earlier=looking.rows(earlier),
        urgent=looking.rows(urgent),
        awaiting=looking.rows(awaiting),
    )


def waiting(*, actor: Actor, desk: Desk, now: datetime) -> list[NoteView]:
    """The notes that wait for somebody other than their writer, oldest first."""
    query = _notes(actor).where(*_waits(actor, now)).order_by(ShiftNote.written_at, ShiftNote.id)
    return [_view(row, actor, desk) for row in db.session.execute(query)]


def waiting_count(*, actor: Actor, now: datetime) -> int:
    """How many notes wait for the actor."""
    query = sa.select(sa.func.count()).select_from(ShiftNote).where(*_waits(actor, now))
    return db.session.scalar(query) or 0


def past(*, actor: Actor, desk: Desk, now: datetime) -> list[NoteView]:
    """The notes of the last 30 days of the actor's organisation, newest first."""
    query = (
        _notes(actor)
        .where(ShiftNote.written_at > now - KEPT_IN_SIGHT)
        .order_by(ShiftNote.written_at.desc(), ShiftNote.id)
        .limit(MOST_NOTES)
    )
    return [_view(row, actor, desk) for row in db.session.execute(query)]


def of_day(day: date, *, actor: Actor, desk: Desk) -> list[NoteView]:
    """The notes one day left, for who may hand over at this window."""
    if not access.may(actor, "shift.hand_over", desk.policy.access):
        return []
    query = _notes(actor).where(ShiftNote.written_on == day)
    ordered = query.order_by(ShiftNote.written_at, ShiftNote.id)
    return [_view(row, actor, desk) for row in db.session.execute(ordered)]


def one(note_id: UUID, *, actor: Actor, desk: Desk) -> NoteView:
    """One note of the actor's organisation; NotFound otherwise."""
    query = _notes(actor).where(ShiftNote.id == note_id)
    found = db.session.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("没有找到这份交班记录")
    return _view(found, actor, desk)


@dataclass(frozen=True, slots=True)
class _Looking:
    """Whose look at rows it is."""

    actor: Actor
    desk: Desk
    now: datetime

    def rows(self, conditions: Sequence[ColumnElement[bool]]) -> list[OpenRow]:
        """The first rows under `conditions`, oldest first."""
        scope = access.scope(self.actor, "dispute.read", self.desk.policy.access)
        papers = (
            sa.select(sa.func.count())
            .where(Material.dispute_id == Dispute.id, Material.state == MaterialState.WANTED)
            .correlate(Dispute)
            .scalar_subquery()
        )
        query = (
            sa.select(
                Dispute.id,
                Dispute.number,
                Dispute.category,
                Dispute.status,
                Dispute.registered_at,
                Dispute.restricted,
                User.name.label("clerk"),
                sa.case((in_full(scope, self.now), 1), else_=0).label("may_open"),
                papers.label("papers"),
            )
            .join(_OPEN, _OPEN.c.id == Dispute.id)
            .outerjoin(User, User.id == Dispute.registered_by)
            .where(*conditions)
            .order_by(Dispute.registered_at, Dispute.id)
            .limit(SHOWN)
        )
        return [
            OpenRow(
                id=row.id,
                number=row.number,
                category=row.category,
                status=row.status,
                registered_at=row.registered_at,
                clerk=row.clerk,
                restricted=row.restricted,
                may_open=bool(row.may_open),
                papers=row.papers,
            )
            for row in db.session.execute(query)
        ]


def _count(conditions: Sequence[ColumnElement[bool]]) -> int:
    near = sa.join(Dispute, _OPEN, _OPEN.c.id == Dispute.id)
    return db.session.scalar(sa.select(sa.func.count()).select_from(near).where(*conditions)) or 0


def _asked(scope: Scope, today: date, desk: Desk, now: datetime) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(Consultation)
        .where(
            consultation.visible(scope, desk=desk, now=now),
            Consultation.organisation_id == scope.actor.organisation_id,
            Consultation.asked_on == today,
            Consultation.dispute_id.is_(None),
        )
    )
    return db.session.scalar(query) or 0


def _waits(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ShiftNote.organisation_id == actor.organisation_id,
        ShiftNote.taken_by.is_(None),
        ShiftNote.written_by != actor.user_id,
        ShiftNote.written_at > now - WAITS,
    )


def _notes(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    taker = aliased(User)
    return (
        sa.select(
            ShiftNote, User.name.label("writer"), taker.name.label("taker"), Organisation.name
        )
        .join(User, User.id == ShiftNote.written_by)
        .join(Organisation, Organisation.id == ShiftNote.organisation_id)
        .outerjoin(taker, taker.id == ShiftNote.taken_by)
        .where(ShiftNote.organisation_id == actor.organisation_id)
    )


def _view(row: Any, actor: Actor, desk: Desk) -> NoteView:
    note, writer, taker, unit = row
    return NoteView(
        id=note.id,
        organisation=unit,
        written_on=note.written_on,
        written_at=note.written_at,
        written_by=writer,
        words=desk.keyring.open(note.words_sealed, place_of(note.id)).decode(),
        counts={name: count for name, count in note.open_items.items() if name != NUMBERS},
        numbers=note.open_items.get(NUMBERS, {}),
        taken_by=taker,
        taken_at=note.taken_at,
        may_take=note.taken_by is None and note.written_by != actor.user_id,
    )
