"""Look at letters 建议书: a page of rows, one in full, and what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from config.suggestion import (
    SuggestionEnd,
    SuggestionKind,
    SuggestionStatus,
    SuggestionStep,
)
from models import (
    Lawsuit,
    Suggestion,
    SuggestionDemand,
    SuggestionRound,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries import suggestion_part as parts
from service.queries.access import within
from service.queries.lawsuit_part import AgencyView
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.queries.suggestion_part import DemandView, LookView, ObjectionView, ReplyView
from service.rules import access
from service.rules import suggestion as rules
from service.rules.access import Actor, Scope
from service.rules.suggestion import Stand

NOT_FOUND: Final = "没有找到这份建议书"
S = SuggestionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    """One row of a list; it says nothing of what the letter demands."""

    id: UUID
    number: str
    kind: SuggestionKind
    issuer: str
    document_number: str
    title: str
    organisation: AgencyView
    received_on: date
    urgent: bool
    status: SuggestionStatus
    round: int
    due_on: date | None
    rule: str | None
    provisional: bool
    overdue: bool
    first_replied_on: date | None
    replied_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class LinkedSuit:
    """The suit a letter led to."""

    id: UUID
    case_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionView(SuggestionRow):
    """One letter as this viewer may see it."""

    served_how: str | None
    copied_to: str | None
    stated_due_on: date | None
    demands: Sequence[DemandView]
    replies: Sequence[ReplyView]
    objections: Sequence[ObjectionView]
    looks: Sequence[LookView]
    objected_on: date | None
    accepted_on: date | None
    sued_on: date | None
    lawsuit: LinkedSuit | None
    closed_on: date | None
    ended_as: SuggestionEnd | None
    recorded_at: datetime
    steps: list[SuggestionStep]
    approved: bool
    correctable: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None narrows nothing."""

    status: SuggestionStatus | None = None
    kind: SuggestionKind | None = None
    organisation: UUID | None = None
    overdue: bool | None = None
    open: bool | None = None


def reached(scope: Scope) -> ColumnElement[bool]:
    """The condition that a letter is within a scope."""
    return within(scope, Suggestion.organisation_id)


def stand_of(
    row: Suggestion, turn: SuggestionRound, demands: Sequence[SuggestionDemand], desk: Desk
) -> Stand:
    """How a letter stands to its next steps."""
    asked = rules.is_asked(desk.policy.suggestions[row.kind], row.round)
    return Stand(
        status=row.status,
        round=row.round,
        assigned=row.assigned_at is not None,
        approved=turn.approved_at is not None,
        unanswered=[each.number for each in demands if each.adopted is None],
        fresh=any(each.answered_round == row.round for each in demands),
        asked=asked and turn.stated_due_on is None,
        sued=row.sued_on is not None,
        ended_as=row.ended_as,
        unfinished=[each.number for each in demands if parts.is_unfinished(each)],
    )


def page(
    filters: Filters,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[SuggestionRow]:
    """A page of the letters in reach, latest received first; overdue ones, longest overdue first.

    Forbidden for who reads none at all.
    """
    scope = access.require(actor, "suggestion.read", desk.policy.access)
    today = desk.today(now)
    conditions = [reached(scope), *_conditions(filters, today)]
    by_due = bool(filters.overdue)
    keys = (Suggestion.due_on if by_due else Suggestion.received_on, Suggestion.id)
    query = sa.select(Suggestion).where(*conditions).options(joinedload(Suggestion.organisation))
    if cursor:
        place = read_cursor(cursor, as_day, as_id)
        query = query.where(beyond(keys, place, descending=not by_due))
    ordered = query.order_by(*(key.asc() if by_due else key.desc() for key in keys))
    found = db.session.scalars(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        on = last.due_on if by_due and last.due_on else last.received_on
        following = encode_cursor([on.isoformat(), str(last.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Suggestion).where(*conditions)
        total = db.session.scalar(counted)
    rows = [SuggestionRow(**_shared(each, today)) for each in found[:limit]]
    return Page(rows, following, total)


def one(suggestion_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> SuggestionView:
    """The letter as the viewer may see it; NotFound when they may not."""
    row, key = opened(suggestion_id, actor=actor, desk=desk)
    demands = parts.demands(row)
    turns = parts.rounds(row)
    stand = stand_of(row, turns[-1].SuggestionRound, [each[0] for each in demands], desk)
    drafted = parts.drafted_reply(
        row, turns[-1].SuggestionRound, [each[0] for each in demands], key
    )
    return SuggestionView(
        **_shared(row, desk.today(now)),
        served_how=row.served_how,
        copied_to=row.copied_to,
        stated_due_on=turns[-1].SuggestionRound.stated_due_on,
        demands=[parts.demand(each, by, key) for each, by in demands],
        replies=[parts.reply(each, row, drafted, key) for each in turns],
        objections=parts.objections(row, key),
        looks=parts.looks(row, key),
        objected_on=row.objected_on,
        accepted_on=row.accepted_on,
        sued_on=row.sued_on,
        lawsuit=_lawsuit(row, actor, desk),
        closed_on=row.closed_on,
        ended_as=row.ended_as,
        recorded_at=row.recorded_at,
        steps=open_steps(row, stand, demands=[e[0] for e in demands], actor=actor, desk=desk),
        approved=stand.approved,
        correctable=is_correctable(row, actor=actor, desk=desk),
        version=row.version,
    )


def opened(suggestion_id: UUID, *, actor: Actor, desk: Desk) -> tuple[Suggestion, FieldKey]:
    """The row and its key, for who may read it; NotFound when they may not."""
    scope = access.scope(actor, "suggestion.read", desk.policy.access)
    row = db.session.scalar(
        sa.select(Suggestion)
        .where(Suggestion.id == suggestion_id, reached(scope))
        .options(joinedload(Suggestion.organisation))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(NOT_FOUND)
    return row, desk.keyring.field_key(row.sealed_key, f"suggestion:{row.id}")


def letter_of(demand_id: UUID, *, actor: Actor, desk: Desk) -> UUID:
    """The letter of a demand; NotFound when the viewer may not open it."""
    scope = access.scope(actor, "suggestion.read", desk.policy.access)
    found = db.session.scalar(
        sa.select(Suggestion.id)
        .join(SuggestionDemand, SuggestionDemand.suggestion_id == Suggestion.id)
        .where(SuggestionDemand.id == demand_id, reached(scope))
    )
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def open_steps(
    row: Suggestion,
    stand: Stand,
    *,
    demands: Sequence[SuggestionDemand],
    actor: Actor,
    desk: Desk,
) -> list[SuggestionStep]:
    """The steps that are legal now and this viewer's to take."""
    wrote = any(each.answered_by == actor.user_id for each in demands)
    policy = desk.policy.access
    return [
        step
        for step in rules.steps_from(stand)
        if not (wrote and step is SuggestionStep.APPROVE)
        and access.is_reached(
            access.scope(actor, f"suggestion.{step.value}", policy), row.organisation_id
        )
    ]


def is_correctable(row: Suggestion, *, actor: Actor, desk: Desk) -> bool:
    """Whether this viewer may correct what was written down of it, now."""
    scope = access.scope(actor, "suggestion.correct", desk.policy.access)
    if not access.is_reached(scope, row.organisation_id):
        return False
    return rules.why_not_corrected(row.status, row.first_replied_on) is None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many letters wait, and for what; `overdue` of those that are open.

    `to_ask`: only their issuer can say until when, and nobody has asked yet.
    """

    open: int
    overdue: int
    to_answer: int
    to_approve: int
    to_dispatch: int
    to_ask: int


def waiting(*, actor: Actor, desk: Desk, now: datetime) -> Waiting:
    """How many wait within the viewer's reach."""
    scope = access.scope(actor, "suggestion.read", desk.policy.access)
    current = sa.and_(
        SuggestionRound.suggestion_id == Suggestion.id, SuggestionRound.round == Suggestion.round
    )
    of_it = SuggestionDemand.suggestion_id == Suggestion.id
    silent = sa.exists().where(of_it, SuggestionDemand.adopted.is_(None))
    anew = sa.exists().where(of_it, SuggestionDemand.answered_round == Suggestion.round)
    unanswered = sa.or_(silent, sa.and_(Suggestion.round > 1, ~anew))
    approved = SuggestionRound.approved_at.is_not(None)
    asked = [each for each, term in desk.policy.suggestions.by_kind.items() if term.asked]
    asks = sa.or_(Suggestion.kind.in_(asked), Suggestion.round > 1)
    sums = (
        sa.func.count(),
        _count(overdue(desk.today(now))),
        _count(unanswered),
        _count(sa.and_(~unanswered, ~approved)),
        _count(approved),
        _count(sa.and_(asks, SuggestionRound.stated_due_on.is_(None))),
    )
    found = db.session.execute(
        sa.select(*sums)
        .select_from(Suggestion)
        .join(SuggestionRound, current)
        .where(reached(scope), Suggestion.status.in_(rules.AT_WORK))
    ).one()
    return Waiting(*(each or 0 for each in found))


def overdue(today: date) -> ColumnElement[bool]:
    """The condition that a reply is missing after its last day, as the rules say it."""
    return sa.and_(
        Suggestion.status.in_(rules.AT_WORK),
        Suggestion.replied_on.is_(None),
        Suggestion.closed_on.is_(None),
        Suggestion.due_on < today,
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    plain = (
        (Suggestion.status, filters.status),
        (Suggestion.kind, filters.kind),
        (Suggestion.organisation_id, filters.organisation),
    )
    found: list[ColumnElement[bool]] = [
        column == value for column, value in plain if value is not None
    ]
    if filters.overdue is not None:
        late = sa.func.coalesce(overdue(today), sa.false())
        found.append(overdue(today) if filters.overdue else ~late)
    if filters.open is not None:
        works = Suggestion.status.in_(rules.AT_WORK)
        found.append(works if filters.open else ~works)
    return found


def _shared(row: Suggestion, today: date) -> dict[str, Any]:
    unit = row.organisation
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind,
        "issuer": row.issuer,
        "document_number": row.document_number,
        "title": row.title,
        "organisation": AgencyView(unit.id, unit.kind.value, unit.name),
        "received_on": row.received_on,
        "urgent": row.urgent,
        "status": row.status,
        "round": row.round,
        "due_on": row.due_on,
        "rule": row.due_rule,
        "provisional": row.due_provisional,
        "overdue": rules.is_overdue(row.status, row.due_on, today, replied_on=row.replied_on),
        "first_replied_on": row.first_replied_on,
        "replied_on": row.replied_on,
        "late": row.late,
    }


def _lawsuit(row: Suggestion, actor: Actor, desk: Desk) -> LinkedSuit | None:
    """The suit, for who may open it."""
    if row.lawsuit_id is None or not access.may(actor, "lawsuit.read", desk.policy.access):
        return None
    number = db.session.scalar(sa.select(Lawsuit.case_number).where(Lawsuit.id == row.lawsuit_id))
    return LinkedSuit(row.lawsuit_id, number)
