"""Figures of lawsuits 行政诉讼与行政复议, and of the duties that judgments order 履行."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, orm

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    WithdrawalCause,
)
from models import Lawsuit, LawsuitDuty
from service.queries.lawsuit_link import mediated_before
from service.queries.metric.group import Group, by_unit, by_word
from service.queries.metric.measure import ALL, Measure, Rows, between, filled, unit_name, within
from service.queries.metric.question import Question
from service.rules.lawsuit import LOST
from service.rules.statistics import PERMITTED, WITHDRAWN

PRECEDED: Final[Mapping[str, str]] = MappingProxyType(
    {"yes": "先经本中心调解", "no": "没有经过本中心调解"}
)


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


def _brief(row: Any, _: date) -> BriefLawsuit:
    return filled(BriefLawsuit, row)


COLUMNS: Final = (
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
    unit_name(Lawsuit.organisation_id).label("organisation"),
)
LAWSUITS: Final = Rows(
    source=Lawsuit,
    id=Lawsuit.id,
    brief=COLUMNS,
    make=_brief,
    groups=MappingProxyType(
        {
            "organisation": by_unit(Lawsuit.organisation_id),
            "cause": by_word(Lawsuit.withdrawal_cause, WithdrawalCause),
            "preceded": Group(
                sa.case((mediated_before(), "yes"), else_="no"), names=lambda _: PRECEDED
            ),
        }
    ),
    unit=Lawsuit.organisation_id,
)
DUTIES: Final = Rows(
    source=orm.join(LawsuitDuty, Lawsuit, Lawsuit.id == LawsuitDuty.lawsuit_id),
    id=LawsuitDuty.id,
    brief=COLUMNS,
    make=_brief,
    groups=MappingProxyType({"organisation": by_unit(LawsuitDuty.organisation_id)}),
    unit=LawsuitDuty.organisation_id,
)


def _imposed(question: Question) -> ColumnElement[bool]:
    """What fell due in the period; what is neither done nor due by today is left out."""
    settled = LawsuitDuty.done_on.is_not(None)
    over = sa.or_(settled, LawsuitDuty.due_on < question.today)
    return sa.and_(between(LawsuitDuty.due_on, question.period), over)


def _not_due(question: Question) -> ColumnElement[bool]:
    """What falls due in the period and may still be done in time."""
    waits = sa.and_(LawsuitDuty.done_on.is_(None), LawsuitDuty.due_on >= question.today)
    return sa.and_(between(LawsuitDuty.due_on, question.period), waits)


def _served(*conditions: ColumnElement[bool]) -> Measure:
    day = Lawsuit.served_on
    return Measure(rows=LAWSUITS, when=within(day, *conditions), day=day)


def _decided(*conditions: ColumnElement[bool], hits: ColumnElement[bool] = ALL) -> Measure:
    day = Lawsuit.decided_on
    return Measure(rows=LAWSUITS, when=within(day, *conditions), day=day, hits=hits)


_LITIGATION: Final = Lawsuit.procedure == LawsuitProcedure.LITIGATION
_FIRST: Final = Lawsuit.instance == LawsuitInstance.FIRST
MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "lawsuits_filed": _served(_LITIGATION, _FIRST),
        "reviews_filed": _served(Lawsuit.procedure == LawsuitProcedure.REVIEW),
        "lawsuits_withdrawn": _decided(_LITIGATION, Lawsuit.withdrawal_cause.in_(WITHDRAWN)),
        "appeals_withdrawn": _decided(
            _LITIGATION, Lawsuit.withdrawal_cause == WithdrawalCause.APPEAL
        ),
        "withdrawal_rate": _decided(
            _LITIGATION,
            _FIRST,
            hits=sa.and_(
                Lawsuit.outcome == LawsuitOutcome.WITHDRAWN,
                Lawsuit.withdrawal_cause.in_(PERMITTED),
            ),
        ),
        "lawsuits_mediated": _decided(Lawsuit.outcome == LawsuitOutcome.MEDIATED),
        "head_appearance_rate": Measure(
            rows=LAWSUITS,
            when=within(Lawsuit.heard_on, Lawsuit.procedure != LawsuitProcedure.REVIEW),
            day=Lawsuit.heard_on,
            hits=Lawsuit.head_attended.is_(True),
        ),
        "loss_rate": _decided(_LITIGATION, _FIRST, hits=Lawsuit.outcome.in_(LOST)),
        "judgment_performance_rate": Measure(
            rows=DUTIES,
            when=_imposed,
            day=LawsuitDuty.due_on,
            hits=LawsuitDuty.done_on.is_not(None),
        ),
        "duties_not_due": Measure(rows=DUTIES, when=_not_due, day=LawsuitDuty.due_on),
    }
)
