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
from service.queries.access import asked_of_each, known
from service.queries.danger import URGENT
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor, Scope

SHOWN: Final = 20
NUMBERS: Final = "numbers"  # beside the counts that were frozen with a note
AT_LEAST: Final = "at_least"  # those of the counts beyond which nobody looked
MOST_OPEN: Final = 5000  # of one status; a window that has more open has other worries
BESIDE: Final = frozenset({NUMBERS, AT_LEAST})
KEPT_IN_SIGHT: Final = timedelta(days=30)
WAITS: Final = timedelta(days=7)  # a note nobody took for longer is history, not news
MOST_NOTES: Final = 200


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
    """What the next clerk finds: counts by name, and the rows behind four of them.

    Of danger to people every row, of the others the first. `at_least` names those counts that
    left out what is older than the newest `MOST_OPEN`.
    """

    counts: Mapping[str, int]
    at_least: frozenset[str]
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
    at_least: frozenset[str]
    taken_by: str | None
    taken_at: datetime | None
    may_take: bool


def place_of(note_id: UUID) -> str:
    """Where the words of a note belong."""
    return f"shift_note.words:{note_id}"


def open_now(*, actor: Actor, desk: Desk, now: datetime) -> OpenNow:
    """What is open at the window of the actor's organisation.

    Only what is open there is looked at, the newest `MOST_OPEN` of each status, never the whole
    past; `at_least` says where that was not all.
    """
    today = desk.today(now)
    scope = access.scope(actor, "register.read", desk.policy.access)
    here, near = [known(scope, now)], _open_at(actor.organisation_id)
    new = [*here, Dispute.status == DisputeStatus.REGISTERED]
    of_today = [*new, Dispute.registered_on == today]
    urgent = [*here, Dispute.status.in_(rules.OPEN), URGENT]
    wanted = sa.select(Material.dispute_id).where(Material.state == MaterialState.WANTED)
    awaiting = [*here, Dispute.status.in_(rules.OPEN), Dispute.id.in_(wanted)]
    earlier = [*new, Dispute.registered_on < today]
    looking = _Looking(actor, desk, now, near)
    counts = {
        "undispatched": _count(of_today, near),
        "earlier": _count(earlier, near),
        "urgent": _count(urgent, near),
        "materials": _count(awaiting, near),
    }
    return OpenNow(
        counts={
            **counts,
            "consultations": _asked(scope, today, desk, now),
            "drafts": draft.count(actor=actor, desk=desk, now=now),
        },
        at_least=_at_least(_cut_at(actor.organisation_id), counts["undispatched"]),
        undispatched=looking.rows(of_today),
        earlier=looking.rows(earlier),
        urgent=looking.rows(urgent, most=None),
        awaiting=looking.rows(awaiting),
    )


def kept(found: OpenNow) -> dict[str, Any]:
    """What is open, as it is frozen with a note."""
    cut = {AT_LEAST: sorted(found.at_least)} if found.at_least else {}
    return {**found.counts, NUMBERS: found.numbers, **cut}


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
    near: Any

    def rows(
        self, conditions: Sequence[ColumnElement[bool]], *, most: int | None = SHOWN
    ) -> list[OpenRow]:
        """The first rows under `conditions`, oldest first; all of them when `most` is None."""
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
                sa.case((known(scope, self.now), 1), else_=0).label("may_open"),
                papers.label("papers"),
            )
            .join(self.near, self.near.c.id == Dispute.id)
            .outerjoin(User, User.id == Dispute.registered_by)
            .where(*conditions)
            .order_by(Dispute.registered_at, Dispute.id)
            .limit(most)
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


def _newest(status: DisputeStatus, organisation_id: UUID) -> sa.Select[UUID]:
    """What has the status and came in there, read along ix_dispute_status_newest.

    The index of the organisation knows no status: along it one would read the whole past.
    """
    here = Dispute.registered_at_organisation_id == organisation_id
    return (
        sa.select(Dispute.id)
        .where(Dispute.status == status, asked_of_each(here))
        .order_by(Dispute.registered_at.desc(), Dispute.id.desc())
    )


def _open_at(organisation_id: UUID) -> Any:
    """What is open there; the rest is asked of these alone."""
    parts = (
        _newest(status, organisation_id).limit(MOST_OPEN).subquery()
        for status in sorted(rules.OPEN)
    )
    return sa.union_all(*(sa.select(part.c.id) for part in parts)).subquery("near")


def _cut_at(organisation_id: UUID) -> frozenset[DisputeStatus]:
    """The statuses in which more is open there than is looked at."""
    parts = (
        (status, _newest(status, organisation_id).offset(MOST_OPEN).limit(1).subquery())
        for status in sorted(rules.OPEN)
    )
    beyond = sa.union_all(
        *(sa.select(sa.literal(status.value)).select_from(part) for status, part in parts)
    )
    return frozenset(DisputeStatus(value) for value in db.session.scalars(beyond))


def _at_least(cut: frozenset[DisputeStatus], of_today: int) -> frozenset[str]:
    """The counts that what was cut may belong to; the newest are counted first."""
    names = {"urgent", "materials"} if cut else set[str]()
    if DisputeStatus.REGISTERED in cut:
        names |= {"earlier"} | ({"undispatched"} if of_today >= MOST_OPEN else set())
    return frozenset(names)


def _count(conditions: Sequence[ColumnElement[bool]], near: Any) -> int:
    both = sa.join(Dispute, near, near.c.id == Dispute.id)
    return db.session.scalar(sa.select(sa.func.count()).select_from(both).where(*conditions)) or 0


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
        counts={name: count for name, count in note.open_items.items() if name not in BESIDE},
        numbers=note.open_items.get(NUMBERS, {}),
        at_least=frozenset(note.open_items.get(AT_LEAST, ())),
        taken_by=taker,
        taken_at=note.taken_at,
        may_take=note.taken_by is None and note.written_by != actor.user_id,
    )
