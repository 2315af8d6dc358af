"""Look at what is kept how long 保存期限: what is due, what holds it back, what was forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.access import AccessPolicy
from config.retention import Keep
from config.vocabulary import DataRequestStatus, HoldGround, Kept, LawsuitStatus, Outcome, Role
from models import (
    Consultation,
    DataRequest,
    Dispute,
    Erasure,
    ErasureItem,
    Hold,
    Lawsuit,
    Organisation,
    User,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries import sight
from service.queries.access import in_town, known
from service.rules import access
from service.rules import retention as rules
from service.rules.access import Actor

ON_HOLD: Final = sa.exists().where(Hold.dispute_id == Dispute.id, Hold.lifted_at.is_(None))
# until the case is closed 办结: what was decided may be appealed, and what it asks be owed still
IN_COURT: Final = sa.exists().where(
    Lawsuit.dispute_id == Dispute.id, Lawsuit.status != LawsuitStatus.CLOSED
)
_GONE: Final = aliased(Dispute, name="gone")


def _asked_about(dispute_id: Any) -> ColumnElement[bool]:
    return sa.and_(
        DataRequest.status != DataRequestStatus.ANSWERED,
        sa.func.replace(sa.cast(DataRequest.dispute_ids, sa.Text), "-", "").contains(
            sa.func.replace(sa.cast(dispute_id, sa.Text), "-", "")
        ),
    )


ASKED_ABOUT: Final = sa.or_(
    sa.exists().where(_asked_about(Dispute.id)),
    sa.exists().where(_GONE.merged_into_id == Dispute.id, _asked_about(_GONE.id)),
)
# what keeps a dispute whose time is over; whoever has a further reason adds its condition here
STOPPERS: Final[tuple[ColumnElement[bool], ...]] = (ON_HOLD, IN_COURT, ASKED_ABOUT)


class Standing(StrEnum):
    """How far a list is: 待同意, 可以执行, 已退回, 已执行."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class DueView:
    """How many of one kind are due, and how many of those are held back."""

    keep: Keep
    due: int
    stopped: int


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that may be forgotten."""

    id: UUID
    kept: Kept
    due_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """One list: who proposed and agreed, what it holds in numbers, how far it is."""

    id: UUID
    standing: Standing
    proposed_by: str
    proposed_by_id: UUID
    proposed_at: datetime
    director: str | None
    director_at: datetime | None
    secadmin: str | None
    secadmin_at: datetime | None
    agreed_ids: frozenset[UUID]
    refused_by: str | None
    refused_at: datetime | None
    run_by: str | None
    finished_at: datetime | None
    counts: dict[str, int]
    erased: int
    spared: int

    @property
    def total(self) -> int:
        """How many things stand on it."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class HoldView:
    """A dispute that is held back, and why."""

    id: UUID
    dispute_id: UUID
    number: str
    ground: HoldGround
    placed_by: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of an erased dispute to look at: no person, no story."""

    number: str
    category: str
    outcome: Outcome | None
    organisation: str | None
    registered_on: date
    closed_on: date | None
    erased_at: datetime
    kept: Kept | None
    due_from: date | None
    director: str | None
    secadmin: str | None


@sight.whole("retention")
def summary(*, desk: Desk, now: datetime) -> list[DueView]:
    """What is due by kind; kinds of which nothing is due are told too."""
    today = desk.today(now)
    stopped = sa.func.sum(sa.case((sa.or_(*STOPPERS), 1), else_=0))
    found = db.session.execute(
        sa.select(Dispute.outcome, sa.func.count(), stopped)
        .where(_over(desk, today))
        .group_by(Dispute.outcome)
    )
    counts = {rules.kept_as(outcome): (due, held) for outcome, due, held in found if outcome}
    asked = sa.select(sa.func.count()).select_from(Consultation)
    counts[Kept.CONSULTATION] = (db.session.scalar(asked.where(_asked_over(desk, today))) or 0, 0)
    return [
        DueView(keep, *counts.get(keep.kept, (0, 0))) for keep in desk.policy.retention.by_people
    ]


@sight.whole("retention")
def due(*, desk: Desk, now: datetime, limit: int) -> list[Due]:
    """What may be forgotten now, the longest over first, of disputes and then consultations."""
    today, table = desk.today(now), desk.policy.retention.all
    disputes = db.session.execute(
        sa.select(Dispute.id, Dispute.outcome, Dispute.closed_on)
        .where(_over(desk, today), *(~each for each in STOPPERS))
        .order_by(Dispute.closed_on, Dispute.id)
        .limit(limit)
    )
    found = [
        Due(each, rules.kept_as(outcome), rules.forget_from(table[rules.kept_as(outcome)], on))
        for each, outcome, on in disputes
        if outcome is not None and on is not None  # it ended, so both are there
    ]
    asked = db.session.execute(
        sa.select(Consultation.id, Consultation.asked_on)
        .where(_asked_over(desk, today))
        .order_by(Consultation.asked_on, Consultation.id)
        .limit(limit - len(found))
    )
    keep = table[Kept.CONSULTATION]
    return found + [Due(i, keep.kept, rules.forget_from(keep, on)) for i, on in asked]


@sight.whole("retention")
def may_forget(dispute_id: UUID, *, desk: Desk, now: datetime) -> bool:
    """Whether the dispute is still due and nothing holds it back."""
    query = sa.select(Dispute.id).where(
        Dispute.id == dispute_id, _over(desk, desk.today(now)), *(~each for each in STOPPERS)
    )
    return db.session.scalar(query) is not None


@sight.whole("retention")
def may_forget_consultation(consultation_id: UUID, *, desk: Desk, now: datetime) -> bool:
    """The same of a consultation that led to no dispute."""
    query = sa.select(Consultation.id).where(
        Consultation.id == consultation_id, _asked_over(desk, desk.today(now))
    )
    return db.session.scalar(query) is not None


def erasures(*, limit: int = 50) -> list[ErasureView]:
    """The newest lists."""
    return _erasures(_LISTS.order_by(Erasure.proposed_at.desc(), Erasure.id).limit(limit))


def awaiting(actor: Actor, policy: AccessPolicy) -> int:
    """How many lists wait for this one: to be agreed to, or to be run when both have agreed."""
    open_lists = Erasure.finished_at.is_(None) & Erasure.refused_at.is_(None)
    agreed = Erasure.director_at.is_not(None) & Erasure.secadmin_at.is_not(None)
    ways: list[ColumnElement[bool]] = []
    if access.may(actor, "retention.approve", policy):
        by = {Role.DIRECTOR: Erasure.director_at, Role.SECADMIN: Erasure.secadmin_at}
        open_to = [column.is_(None) for role, column in by.items() if role in actor.roles]
        ways += [each & (Erasure.proposed_by != actor.user_id) for each in open_to]
    if access.may(actor, "retention.run", policy):
        ways.append(agreed)
    if not ways:
        return 0
    counted = sa.select(sa.func.count()).select_from(Erasure).where(open_lists, sa.or_(*ways))
    return db.session.scalar(counted) or 0


def erasure(erasure_id: UUID) -> ErasureView:
    """One list; NotFound when there is none."""
    found = _erasures(_LISTS.where(Erasure.id == erasure_id))
    if not found:
        raise NotFound("没有这份清单")
    return found[0]


@sight.whole("retention")
def holds(*, actor: Actor, limit: int = 200) -> list[HoldView]:
    """What of the actor's town is held back by a person's mark, the newest first."""
    found = db.session.execute(
        sa.select(Hold, Dispute.number, User.name)
        .join(Dispute, Dispute.id == Hold.dispute_id)
        .join(User, User.id == Hold.placed_by)
        .where(Hold.lifted_at.is_(None), in_town(actor))
        .order_by(Hold.placed_at.desc(), Hold.id)
        .limit(limit)
    )
    return [
        HoldView(hold.id, hold.dispute_id, number, hold.ground, name, hold.placed_at)
        for hold, number, name in found
    ]


def tombstone(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Tombstone:
    """What is left of an erased dispute, for who might have read it; NotFound otherwise."""
    mine = known(access.scope(actor, "dispute.read", desk.policy.access), now)
    dispute = db.session.scalar(sa.select(Dispute).where(Dispute.id == dispute_id, mine))
    if dispute is None or dispute.erased_at is None:
        raise NotFound("没有找到这件纠纷")
    told = sa.select(ErasureItem.kept_as, ErasureItem.due_from, _DIRECTOR.name, _SECADMIN.name)
    item = db.session.execute(
        told.join(Erasure, Erasure.id == ErasureItem.erasure_id)
        .join(_DIRECTOR, _DIRECTOR.id == Erasure.director_id)
        .join(_SECADMIN, _SECADMIN.id == Erasure.secadmin_id)
        .where(ErasureItem.subject_id == dispute_id, ErasureItem.erased_at.is_not(None))
    ).first()
    unit = db.session.get(Organisation, dispute.organisation_id)
    return Tombstone(
        dispute.number,
        dispute.category,
        dispute.outcome,
        unit.name if unit else None,
        dispute.registered_on,
        dispute.closed_on,
        dispute.erased_at,
        *(item or (None, None, None, None)),
    )


def _over(desk: Desk, today: date) -> ColumnElement[bool]:
    """Disputes whose time is over and that are still whole; only what ended has an outcome."""
    table = desk.policy.retention.all
    ended = [
        (Dispute.outcome == outcome)
        & (Dispute.closed_on <= rules.last_end(table[rules.kept_as(outcome)], today))
        & Dispute.erased_at.is_(None)  # in each, or SQLite reads every one that ended
        for outcome in Outcome
    ]
    # what was merged is forgotten with the one it went into
    return sa.and_(Dispute.merged_into_id.is_(None), sa.or_(*ended))


def _asked_over(desk: Desk, today: date) -> ColumnElement[bool]:
    """Consultations whose time is over; what led to a dispute is forgotten with that one."""
    last = rules.last_end(desk.policy.retention.all[Kept.CONSULTATION], today)
    return sa.and_(
        Consultation.erased_at.is_(None),
        Consultation.dispute_id.is_(None),
        Consultation.asked_on <= last,
    )


_PROPOSER, _DIRECTOR, _SECADMIN, _REFUSER, _RUNNER = (
    aliased(User, name=name) for name in ("proposer", "director", "secadmin", "refuser", "runner")
)
_LISTS: Final = (
    sa.select(Erasure, _PROPOSER.name, _DIRECTOR.name, _SECADMIN.name, _REFUSER.name, _RUNNER.name)
    .join(_PROPOSER, _PROPOSER.id == Erasure.proposed_by)
    .outerjoin(_DIRECTOR, _DIRECTOR.id == Erasure.director_id)
    .outerjoin(_SECADMIN, _SECADMIN.id == Erasure.secadmin_id)
    .outerjoin(_REFUSER, _REFUSER.id == Erasure.refused_by)
    .outerjoin(_RUNNER, _RUNNER.id == Erasure.run_by)
)


def _erasures(query: sa.Select[*tuple[Any, ...]]) -> list[ErasureView]:
    found = db.session.execute(query.execution_options(populate_existing=True)).all()
    counted = _counted([row[0].id for row in found])
    return [
        ErasureView(
            id=row.id,
            standing=_standing(row),
            proposed_by=proposer,
            proposed_by_id=row.proposed_by,
            proposed_at=row.proposed_at,
            director=director,
            director_at=row.director_at,
            secadmin=secadmin,
            secadmin_at=row.secadmin_at,
            agreed_ids=frozenset(filter(None, (row.director_id, row.secadmin_id))),
            refused_by=refuser,
            refused_at=row.refused_at,
            run_by=runner,
            finished_at=row.finished_at,
            counts={kept.value: each[0] for kept, each in counted.get(row.id, {}).items()},
            erased=sum(each[1] for each in counted.get(row.id, {}).values()),
            spared=sum(each[2] for each in counted.get(row.id, {}).values()),
        )
        for row, proposer, director, secadmin, refuser, runner in found
    ]


def _counted(erasure_ids: Sequence[UUID]) -> dict[UUID, dict[Kept, tuple[int, int, int]]]:
    """By list and kind: how many things, how many of them erased, how many spared."""
    found = db.session.execute(
        sa.select(
            ErasureItem.erasure_id,
            ErasureItem.kept_as,
            sa.func.count(),
            sa.func.count(ErasureItem.erased_at),
            sa.func.count(ErasureItem.spared_at),
        )
        .where(ErasureItem.erasure_id.in_(erasure_ids))
        .group_by(ErasureItem.erasure_id, ErasureItem.kept_as)
        .order_by(ErasureItem.kept_as)
    )
    counted: dict[UUID, dict[Kept, tuple[int, int, int]]] = {}
    for erasure_id, kept, every, erased, spared in found:
        counted.setdefault(erasure_id, {})[kept] = (every, erased, spared)
    return counted


def _standing(row: Erasure) -> Standing:
    if row.refused_at is not None:
        return Standing.REFUSED
    if row.finished_at is not None:
        return Standing.FINISHED
    agreed = row.director_at is not None and row.secadmin_at is not None
    return Standing.AGREED if agreed else Standing.PROPOSED
