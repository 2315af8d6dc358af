"""Figures of letters 建议书: how well they are answered, as `rules.suggestion_rate` says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.suggestion import SuggestionEnd, SuggestionKind, SuggestionStatus
from models import Suggestion
from service.queries.metric.group import by_unit, by_word
from service.queries.metric.measure import (
    Condition,
    Measure,
    Rows,
    between,
    filled,
    unit_name,
    within,
)
from service.queries.metric.question import Question
from service.queries.suggestion import overdue
from service.rules import suggestion as rules


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


def _brief(row: Any, today: date) -> BriefSuggestion:
    return filled(
        BriefSuggestion,
        row,
        owed_on=row.place_on,
        overdue=rules.is_overdue(row.status, row.due_on, today, replied_on=row.replied_on),
    )


LETTERS: Final = Rows(
    source=Suggestion,
    id=Suggestion.id,
    brief=(
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
        unit_name(Suggestion.organisation_id).label("organisation"),
    ),
    make=_brief,
    groups=MappingProxyType(
        {
            "organisation": by_unit(Suggestion.organisation_id),
            "kind": by_word(Suggestion.kind, SuggestionKind),
        }
    ),
    unit=Suggestion.organisation_id,
)
# the day the first reply was due; once it went out, as it was then
OWED: Final = sa.func.coalesce(Suggestion.owed_on, Suggestion.due_on)
_REPLIED: Final = Suggestion.replied_on.is_not(None)


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, false where it knows nothing."""
    return sa.case((condition, 1), else_=0) == 1


_OBJECTED: Final = _holds(
    sa.and_(
        sa.or_(
            Suggestion.status == SuggestionStatus.OBJECTED,
            Suggestion.ended_as == SuggestionEnd.WITHDRAWN,
        ),
        sa.or_(OWED.is_(None), Suggestion.objected_on <= OWED),
    )
)


def _due(question: Question, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Letters whose last day is over, as `rules.suggestion_rate` places them."""
    owed = between(OWED, question.period)
    return sa.and_(owed, question.today > OWED, ~_OBJECTED, *conditions)


def _late(question: Question) -> ColumnElement[bool]:
    late = sa.or_(Suggestion.late, _holds(overdue(question.today)))
    return _due(question, late)


def _not_due(question: Question) -> ColumnElement[bool]:
    owed = between(OWED, question.period)
    return sa.and_(owed, question.today <= OWED, ~_OBJECTED)


def _count(when: Condition) -> Measure:
    return Measure(rows=LETTERS, when=when, day=OWED)


def _rate(hits: ColumnElement[bool]) -> Measure:
    return Measure(rows=LETTERS, when=_due, day=OWED, hits=hits)


MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "suggestion_reply_rate": _rate(_REPLIED),
        "suggestion_on_time_rate": _rate(sa.and_(_REPLIED, Suggestion.late.is_(False))),
        "suggestion_rectified_rate": _rate(Suggestion.accepted_on.is_not(None)),
        "suggestions_due": _count(_due),
        "suggestions_replied": _count(lambda question: _due(question, _REPLIED)),
        "suggestions_late": _count(_late),
        "suggestions_not_due": _count(_not_due),
        "suggestions_objected": _count(within(OWED, _OBJECTED)),
    }
)
