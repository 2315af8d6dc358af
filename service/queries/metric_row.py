"""The rows behind a figure 指标明细: brief ones, exactly as many as the figure says."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Select

from config.suggestion import SuggestionKind, SuggestionStatus
from config.vocabulary import (
    DisputeStatus,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    Source,
    WithdrawalCause,
)
from models import (
    Confirmation,
    Consultation,
    Dispute,
    Episode,
    Lawsuit,
    LawsuitDuty,
    Litigation,
    Organisation,
    RepeatVisit,
    Suggestion,
    db,
)
from service.queries import sight
from service.queries.metric import (
    CONFIRMED,
    OWED,
    PERFORMED,
    REPEATED,
    ROWS,
    Question,
    counted,
    narrowed,
)
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import dispute
from service.rules import suggestion as suggestions

LATE = "disputes_overdue"
FLOWING_OUT = ("disputes_closed", "mediation_success_rate")
DECIDED = (
    "lawsuits_withdrawn",
    "appeals_withdrawn",
    "withdrawal_rate",
    "lawsuits_mediated",
    "loss_rate",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRow:
    """One dispute behind a figure: number, category, unit, stage, due, and nothing else.

    `ordinal` is which time it is handled, or visited; a dispute closed twice stands twice.
    """

    id: UUID
    number: str
    ordinal: int
    category: str
    status: DisputeStatus
    organisation: str | None
    has_unit: bool
    due_on: date | None
    due_provisional: bool
    due_paused: bool
    overdue: bool
    restricted: bool
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLawsuit:
    """One lawsuit behind a figure; it names no plaintiff."""

    id: UUID
    case_number: str | None
    procedure: LawsuitProcedure
    instance: LawsuitInstance
    court: str
    organisation: str
    served_on: date
    decided_on: date | None
    status: LawsuitStatus
    outcome: LawsuitOutcome | None
    withdrawal_cause: WithdrawalCause | None
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefConsultation:
    """One consultation behind a figure: number, day, category, source, unit; no word of it."""

    id: UUID
    number: str
    asked_on: date
    source: Source
    category: str | None
    organisation: str
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSuggestion:
    """One letter behind a figure; no word of what it demands."""

    id: UUID
    number: str
    kind: SuggestionKind
    issuer: str
    document_number: str
    organisation: str
    received_on: date
    owed_on: date
    due_on: date | None
    first_replied_on: date | None
    status: SuggestionStatus
    round: int
    late: bool
    overdue: bool
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLitigation:
    """What the court counted in one month, as somebody told it."""

    id: UUID
    month: date
    civil: int
    administrative: int
    settled_before: int
    turned_criminal: int
    source: str
    counted: bool


def page(
    question: Question, *, limit: int = 25, cursor: str | None = None
) -> (
    Page[BriefRow]
    | Page[BriefLawsuit]
    | Page[BriefConsultation]
    | Page[BriefSuggestion]
    | Page[BriefLitigation]
):
    """A page of the rows: a count's own rows, a rate's whole denominator.

    Newest first; what is overdue, longest overdue first.
    """
    keys, newest_first = _keys(question), question.metric.id != LATE
    query = narrowed(question, _columns(question))
    if cursor:
        query = query.where(
            beyond(keys, read_cursor(cursor, as_day, as_id), descending=newest_first)
        )
    ordered = query.order_by(*(key.desc() if newest_first else key for key in keys))
    with nullcontext() if question.metric.is_of_disputes else sight.whole("figures"):
        found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.place_on.isoformat(), str(last.place_id)])
    if question.metric.is_of_disputes:
        return Page([_brief(row, question.today) for row in found[:limit]], following)
    if question.metric.is_of_consultations:
        return Page([_consultation(row) for row in found[:limit]], following)
    if question.metric.is_of_suggestions:
        return Page([_suggestion(row, question.today) for row in found[:limit]], following)
    if question.metric.is_of_litigation:
        return Page([_litigation(row) for row in found[:limit]], following)
    return Page([_lawsuit(row) for row in found[:limit]], following)


def _keys(question: Question) -> tuple[Any, Any]:
    name = question.metric.id
    if name in _KEYS:
        return _KEYS[name]
    if question.metric.is_of_disputes:
        day = Episode.closed_on if name in FLOWING_OUT else Episode.opened_on
        return (day, Episode.id)
    if question.metric.is_of_consultations:
        return (Consultation.asked_on, Consultation.id)
    if question.metric.is_of_suggestions:
        return (OWED, Suggestion.id)
    return (Lawsuit.decided_on if name in DECIDED else Lawsuit.served_on, Lawsuit.id)


# the day and the row of figures that have their own
_KEYS: Final[Mapping[str, tuple[Any, Any]]] = MappingProxyType(
    {
        LATE: (Dispute.due_on, Episode.id),
        REPEATED: (RepeatVisit.came_on, RepeatVisit.id),
        CONFIRMED: (Confirmation.decided_on, Confirmation.id),
        PERFORMED: (LawsuitDuty.due_on, LawsuitDuty.id),
        "head_appearance_rate": (Lawsuit.heard_on, Lawsuit.id),
        "litigation_per_10k": (Litigation.month, Litigation.id),
    }
)


def _columns(question: Question) -> Select[Any]:
    day, place_id = _keys(question)
    shared = (
        day.label("place_on"),
        place_id.label("place_id"),
        sa.case((counted(question), 1), else_=0).label("counted"),
    )
    if question.metric.is_of_consultations:
        unit = _unit_name(Consultation.organisation_id)
        return sa.select(*shared, *_CONSULTATION, unit.label("organisation"))
    if question.metric.is_of_suggestions:
        unit = _unit_name(Suggestion.organisation_id)
        return sa.select(*shared, *_SUGGESTION, unit.label("organisation"))
    if question.metric.is_of_litigation:
        return sa.select(*shared, *_LITIGATION)
    if not question.metric.is_of_disputes:
        unit = _unit_name(Lawsuit.organisation_id)
        return sa.select(*shared, *_LAWSUIT, unit.label("organisation"))
    unit = sa.func.coalesce(_unit_name(Dispute.organisation_id), Dispute.office_text)
    ordinal = ROWS.get(question.metric.id, Episode).ordinal
    return sa.select(*shared, *_DISPUTE, ordinal, unit.label("organisation"))


def _unit_name(organisation_id: Any) -> Any:
    name = sa.select(Organisation.name).where(Organisation.id == organisation_id)
    return name.correlate(Dispute, Lawsuit, Consultation, Suggestion).scalar_subquery()


_DISPUTE = (
    Dispute.id,
    Dispute.number,
    Dispute.category,
    Dispute.status,
    Dispute.organisation_id,
    Dispute.due_on,
    Dispute.due_provisional,
    Dispute.due_paused,
    Dispute.restricted,
)
_LAWSUIT = (
    Lawsuit.id,
    Lawsuit.case_number,
    Lawsuit.procedure,
    Lawsuit.instance,
    Lawsuit.court,
    Lawsuit.served_on,
    Lawsuit.decided_on,
    Lawsuit.status,
    Lawsuit.outcome,
    Lawsuit.withdrawal_cause,
)


_LITIGATION = (
    Litigation.id,
    Litigation.month,
    Litigation.civil,
    Litigation.administrative,
    Litigation.settled_before,
    Litigation.turned_criminal,
    Litigation.source,
)


_CONSULTATION = (
    Consultation.id,
    Consultation.number,
    Consultation.asked_on,
    Consultation.source,
    Consultation.category,
)


_SUGGESTION = (
    Suggestion.id,
    Suggestion.number,
    Suggestion.kind,
    Suggestion.issuer,
    Suggestion.document_number,
    Suggestion.received_on,
    Suggestion.due_on,
    Suggestion.first_replied_on,
    Suggestion.replied_on,
    Suggestion.status,
    Suggestion.round,
    Suggestion.late,
)


def _brief(row: Any, today: date) -> BriefRow:
    return BriefRow(
        id=row.id,
        number=row.number,
        ordinal=row.ordinal,
        category=row.category,
        status=row.status,
        organisation=row.organisation,
        has_unit=row.organisation_id is not None,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        due_paused=row.due_paused,
        overdue=dispute.is_late(row.due_on, today, paused=row.due_paused),
        restricted=row.restricted,
        counted=bool(row.counted),
    )


def _lawsuit(row: Any) -> BriefLawsuit:
    return BriefLawsuit(
        id=row.id,
        case_number=row.case_number,
        procedure=row.procedure,
        instance=row.instance,
        court=row.court,
        organisation=row.organisation,
        served_on=row.served_on,
        decided_on=row.decided_on,
        status=row.status,
        outcome=row.outcome,
        withdrawal_cause=row.withdrawal_cause,
        counted=bool(row.counted),
    )


def _consultation(row: Any) -> BriefConsultation:
    return BriefConsultation(
        id=row.id,
        number=row.number,
        asked_on=row.asked_on,
        source=row.source,
        category=row.category,
        organisation=row.organisation,
        counted=bool(row.counted),
    )


def _suggestion(row: Any, today: date) -> BriefSuggestion:
    return BriefSuggestion(
        id=row.id,
        number=row.number,
        kind=row.kind,
        issuer=row.issuer,
        document_number=row.document_number,
        organisation=row.organisation,
        received_on=row.received_on,
        owed_on=row.place_on,
        due_on=row.due_on,
        first_replied_on=row.first_replied_on,
        status=row.status,
        round=row.round,
        late=row.late,
        overdue=suggestions.is_overdue(row.status, row.due_on, today, replied_on=row.replied_on),
        counted=bool(row.counted),
    )


def _litigation(row: Any) -> BriefLitigation:
    return BriefLitigation(
        id=row.id,
        month=row.month,
        civil=row.civil,
        administrative=row.administrative,
        settled_before=row.settled_before,
        turned_criminal=row.turned_criminal,
        source=row.source,
        counted=bool(row.counted),
    )
