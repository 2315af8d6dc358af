"""Count one figure 指标, and show exactly the rows behind it.

A figure has one condition: the number is its count, the rows are its rows, the groups are the same
rows split. Nothing counts anywhere that is not counted here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from config import words
from config.access import Reach
from config.court import ConfirmationState
from config.policy import Policy
from config.suggestion import SuggestionEnd, SuggestionKind, SuggestionStatus
from config.vocabulary import (
    Channel,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    Outcome,
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
from service.errors import Invalid
from service.queries import sight
from service.queries.dispute import late
from service.queries.lawsuit import mediated_before
from service.queries.suggestion import overdue
from service.rules import metric as rules
from service.rules.access import Scope
from service.rules.lawsuit import LOST
from service.rules.metric import Metric
from service.rules.statistics import MEDIATION_ENDED, PERMITTED, WITHDRAWN, Period

REPEATED: Final = "repeated_visits"
CONFIRMED: Final = "confirmations"
# what a figure of disputes counts where it is not how often they were handled
ROWS: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {REPEATED: RepeatVisit, CONFIRMED: Confirmation}
)
PERFORMED: Final = "judgment_performance_rate"
PRECEDED: Final[Mapping[str, str]] = {"yes": "先经本中心调解", "no": "没有经过本中心调解"}
UNSET: Final = "unset"  # the key of what has no value; `none` is a channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One figure asked for: in which period, narrowed to which groups, by whom.

    `scope` None is the town's own letter, which is nobody's look. `today` judges lateness.
    """

    metric: Metric
    period: Period
    today: date
    scope: Scope | None = None
    narrowed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group of a split figure."""

    key: str
    label: str
    numerator: int
    denominator: int | None

    @property
    def value(self) -> Fraction | None:
        """The number of the group; a rate of nothing is None."""
        return _value(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class MetricView:
    """One figure; `denominator` is None for a plain count.

    Beside the rates of letters 建议书 stand those `not_yet_due` and those `objected` to; beside
    that of duties 履行 those not due yet.
    """

    metric: Metric
    period: Period
    numerator: int
    denominator: int | None
    groups: tuple[GroupView, ...] | None = None
    not_yet_due: int | None = None
    objected: int | None = None

    @property
    def value(self) -> Fraction | None:
        """The number itself; a rate of nothing is None, one of people is per ten thousand."""
        if not self.metric.is_of_litigation:
            return _value(self.numerator, self.denominator)
        share = _value(self.numerator, self.denominator or 0)
        return share * rules.PER if share is not None else None


def figure(question: Question, *, by: str | None = None, policy: Policy) -> MetricView:
    """Count the figure, and its groups when asked for."""
    if by is not None:
        rules.check_group(question.metric, by)
    if question.metric.is_of_litigation:
        return _per_people(question, by, policy)
    ((*_, rows, hits),) = tally(question)
    groups = None if by is None else tuple(_groups(question, by, policy))
    pair, beside = _pair(question, rows, hits), _beside(question)
    return MetricView(question.metric, question.period, *pair, groups, **beside)


def _beside(question: Question) -> dict[str, int]:
    """What stands beside a rate of letters, or of duties, and changes none."""
    if question.metric.id == PERFORMED:  # all that is due by its end, but for what counts today
        whole, today = (tally(each)[0][-2] for each in (_over(question), question))
        return {"not_yet_due": whole - today}
    if not (question.metric.is_of_suggestions and question.metric.is_rate):
        return {}
    return {
        name: tally(replace(question, metric=rules.METRICS[metric]))[0][-2]
        for name, metric in (
            ("not_yet_due", "suggestions_not_due"),
            ("objected", "suggestions_objected"),
        )
    }


def _over(question: Question) -> Question:
    """The same, asked when its period is over."""
    return replace(question, today=question.period.end_on)


def _per_people(question: Question, by: str | None, policy: Policy) -> MetricView:
    """The cases the court counted, beside the people of the town."""
    cases = sa.func.coalesce(sa.func.sum(Litigation.civil + Litigation.administrative), 0)
    total = db.session.scalar(narrowed(question, sa.select(cases))) or 0
    groups = None
    if by is not None:
        asked = sa.select(Litigation.month.label("month"), cases)
        query = narrowed(question, cast("Select[Any]", asked)).group_by(Litigation.month)
        groups = tuple(
            GroupView(key_of(month), key_of(month)[:7], int(count), None)
            for month, count in db.session.execute(query.order_by(Litigation.month))
        )
    people = policy.population.people
    return MetricView(question.metric, question.period, int(total), people, groups)


@sight.whole("figures")
def tally(question: Question, *by: Any) -> Sequence[Any]:
    """Rows and counted rows for each value of `by`, which come first in each answer."""
    hits = sa.func.count(sa.case((counted(question), 1)))
    query = narrowed(question, sa.select(*by, sa.func.count(), hits))
    return db.session.execute(query.group_by(*by) if by else query).all()


def narrowed(question: Question, query: Select[Any]) -> Select[Any]:
    """`query` over exactly the rows of the figure, inside the scope."""
    query = query.select_from(base(question.metric))
    if question.metric.is_of_disputes:
        mine = ROWS.get(question.metric.id, Episode)
        query = query.join(Dispute, Dispute.id == mine.dispute_id).where(COUNTS)
    if question.metric.id == PERFORMED:
        query = query.join(Lawsuit, Lawsuit.id == LawsuitDuty.lawsuit_id)
    query = query.where(_CONDITIONS[question.metric.id](question), _reached(question))
    for group, key in question.narrowed.items():
        rules.check_group(question.metric, group, group)
        query = query.where(_is(_column(question.metric, group), key, group))
    return query


def base(metric: Metric) -> type[Any]:
    """The table whose rows a figure counts."""
    if metric.is_of_disputes:
        return ROWS.get(metric.id, Episode)
    if metric.is_of_suggestions:
        return Suggestion
    if metric.is_of_consultations or metric.is_of_litigation:
        return Consultation if metric.is_of_consultations else Litigation
    return LawsuitDuty if metric.id == PERFORMED else Lawsuit


def counted(question: Question) -> ColumnElement[bool]:
    """Which of a figure's rows count; all of them unless it is a rate."""
    return _COUNTED.get(question.metric.id, sa.true())


def _between(column: Any, period: Period) -> ColumnElement[bool]:
    return sa.and_(column >= period.start_on, column < period.end_on)


def open_on(day: date) -> ColumnElement[bool]:
    """Episodes that were open when `day` began.

    The opening is written so that no database looks for it by index: nearly every episode ever
    was opened before `day`, while few are still open.
    """
    still_open = sa.or_(Episode.closed_on.is_(None), Episode.closed_on >= day)
    return sa.and_(still_open, (Episode.opened_on >= day).is_(sa.false()))


def _received(question: Question) -> ColumnElement[bool]:
    return sa.and_(_between(Episode.opened_on, question.period), Episode.ordinal == 1)


def _reopened(question: Question) -> ColumnElement[bool]:
    return sa.and_(_between(Episode.opened_on, question.period), Episode.ordinal > 1)


def _closed(question: Question) -> ColumnElement[bool]:
    return _between(Episode.closed_on, question.period)


def _overdue(question: Question) -> ColumnElement[bool]:
    return sa.and_(Episode.closed_on.is_(None), late(question.today))


def _mediated(question: Question) -> ColumnElement[bool]:
    return sa.and_(_closed(question), Episode.outcome.in_(MEDIATION_ENDED))


def _confirmed(question: Question) -> ColumnElement[bool]:
    ruled = Confirmation.state == ConfirmationState.CONFIRMED
    return sa.and_(_between(Confirmation.decided_on, question.period), ruled)


def _asked(question: Question) -> ColumnElement[bool]:
    asked = _between(Consultation.asked_on, question.period)
    return sa.and_(asked, Consultation.dispute_id.is_(None))


def _heard(question: Question) -> ColumnElement[bool]:
    heard = _between(Lawsuit.heard_on, question.period)
    return sa.and_(heard, Lawsuit.procedure != LawsuitProcedure.REVIEW)


def _imposed(question: Question) -> ColumnElement[bool]:
    """What fell due in the period; what is neither done nor due by today is left out."""
    due = _between(LawsuitDuty.due_on, question.period)
    settled = LawsuitDuty.done_on.is_not(None)
    return sa.and_(due, sa.or_(settled, LawsuitDuty.due_on < question.today))


def _told(question: Question) -> ColumnElement[bool]:
    return sa.and_(_between(Litigation.month, question.period), Litigation.latest)


def _served(*conditions: ColumnElement[bool]) -> Callable[[Question], ColumnElement[bool]]:
    return lambda question: sa.and_(_between(Lawsuit.served_on, question.period), *conditions)


def _decided(*conditions: ColumnElement[bool]) -> Callable[[Question], ColumnElement[bool]]:
    return lambda question: sa.and_(_between(Lawsuit.decided_on, question.period), *conditions)


# the day the first reply was due; once it went out, as it was then
OWED: Final = sa.func.coalesce(Suggestion.owed_on, Suggestion.due_on)


def _owed(question: Question) -> ColumnElement[bool]:
    return _between(OWED, question.period)


def _due(question: Question, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Letters whose last day is over, as `rules.suggestion_rate` places them."""
    return sa.and_(_owed(question), question.today > OWED, ~_holds(_OBJECTED), *conditions)


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, false where it knows nothing."""
    return sa.case((condition, 1), else_=0) == 1


_OBJECTED: Final = sa.and_(
    sa.or_(
        Suggestion.status == SuggestionStatus.OBJECTED,
        Suggestion.ended_as == SuggestionEnd.WITHDRAWN,
    ),
    sa.or_(Suggestion.due_on.is_(None), Suggestion.objected_on <= Suggestion.due_on),
)
_REPLIED: Final = Suggestion.replied_on.is_not(None)


# mistaken entries count as nothing, and of two that were merged the one that remained counts
COUNTS: Final = sa.and_(
    sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
    Dispute.merged_into_id.is_(None),
)
_LITIGATION: Final = Lawsuit.procedure == LawsuitProcedure.LITIGATION
_FIRST: Final = Lawsuit.instance == LawsuitInstance.FIRST
_CONDITIONS: Final[Mapping[str, Callable[[Question], ColumnElement[bool]]]] = MappingProxyType(
    {
        "disputes_received": _received,
        "disputes_reopened": _reopened,
        "disputes_closed": _closed,
        "disputes_open": lambda question: open_on(question.period.end_on),
        "disputes_overdue": _overdue,
        "mediation_success_rate": _mediated,
        REPEATED: lambda question: _between(RepeatVisit.came_on, question.period),
        CONFIRMED: _confirmed,
        "lawsuits_filed": _served(_LITIGATION, _FIRST),
        "reviews_filed": _served(Lawsuit.procedure == LawsuitProcedure.REVIEW),
        "lawsuits_withdrawn": _decided(_LITIGATION, Lawsuit.withdrawal_cause.in_(WITHDRAWN)),
        "appeals_withdrawn": _decided(
            _LITIGATION, Lawsuit.withdrawal_cause == WithdrawalCause.APPEAL
        ),
        "withdrawal_rate": _decided(_LITIGATION, _FIRST),
        "lawsuits_mediated": _decided(Lawsuit.outcome == LawsuitOutcome.MEDIATED),
        "head_appearance_rate": _heard,
        "loss_rate": _decided(_LITIGATION, _FIRST),
        PERFORMED: _imposed,
        "litigation_per_10k": _told,
        "consultations": _asked,
        "suggestion_reply_rate": _due,
        "suggestion_on_time_rate": _due,
        "suggestion_rectified_rate": _due,
        "suggestions_due": _due,
        "suggestions_replied": lambda question: _due(question, _REPLIED),
        "suggestions_late": lambda question: _due(
            question, sa.or_(Suggestion.late, _holds(overdue(question.today)))
        ),
        "suggestions_not_due": lambda question: sa.and_(
            _owed(question), question.today <= OWED, ~_holds(_OBJECTED)
        ),
        "suggestions_objected": lambda question: sa.and_(_owed(question), _holds(_OBJECTED)),
    }
)
_COUNTED: Final[Mapping[str, ColumnElement[bool]]] = MappingProxyType(
    {
        "mediation_success_rate": Episode.outcome == Outcome.AGREED,
        "withdrawal_rate": sa.and_(
            Lawsuit.outcome == LawsuitOutcome.WITHDRAWN, Lawsuit.withdrawal_cause.in_(PERMITTED)
        ),
        "suggestion_reply_rate": _REPLIED,
        "suggestion_on_time_rate": sa.and_(_REPLIED, Suggestion.late.is_(False)),
        "suggestion_rectified_rate": Suggestion.accepted_on.is_not(None),
        "head_appearance_rate": Lawsuit.head_attended.is_(True),
        "loss_rate": Lawsuit.outcome.in_(LOST),
        PERFORMED: LawsuitDuty.done_on.is_not(None),
    }
)


def _reached(question: Question) -> ColumnElement[bool]:
    """The whole town; or what one's own organisation leads, without the restricted."""
    scope = question.scope
    if scope is None or (Reach.TOWN in scope.reach and scope.actor.town is None):
        return sa.true()
    if question.metric.is_of_litigation:  # counts of the whole town, and nobody's cases
        return sa.true() if Reach.TOWN in scope.reach else sa.false()
    if Reach.TOWN in scope.reach:
        return _led_by(question, scope.actor.town or ())
    if Reach.ORGANISATION not in scope.reach:
        return sa.false()
    led = _led_by(question, scope.actor.homes)
    return led & Dispute.restricted.is_(False) if question.metric.is_of_disputes else led


def _led_by(question: Question, organisation_ids: Collection[UUID]) -> ColumnElement[bool]:
    """What these organisations lead, answer to, or were asked."""
    if question.metric.is_of_consultations:
        return Consultation.organisation_id.in_(organisation_ids)
    if question.metric.is_of_suggestions:
        return Suggestion.organisation_id.in_(organisation_ids)
    if question.metric.id == PERFORMED:
        return LawsuitDuty.organisation_id.in_(organisation_ids)
    if not question.metric.is_of_disputes:
        return Lawsuit.organisation_id.in_(organisation_ids)
    return Dispute.organisation_id.in_(organisation_ids)


def _column(metric: Metric, group: str) -> ColumnElement[Any]:
    """What a figure is split by; the village of a restricted dispute is nobody's to learn."""
    if group == "village":
        return sa.case((Dispute.restricted.is_(False), Dispute.village), else_=None)
    if metric.id == PERFORMED:
        return LawsuitDuty.organisation_id.expression
    if metric.is_of_disputes:
        return _OF_DISPUTE[group]
    if metric.is_of_suggestions:
        return _OF_SUGGESTION[group]
    return (_OF_CONSULTATION if metric.is_of_consultations else _OF_LAWSUIT)[group]


_OF_DISPUTE: Final[Mapping[str, ColumnElement[Any]]] = MappingProxyType(
    {
        "category": Dispute.category.expression,
        "channel": Dispute.channel.expression,
        "organisation": Dispute.organisation_id.expression,
        "source": Dispute.source.expression,
    }
)


_OF_CONSULTATION: Final[Mapping[str, ColumnElement[Any]]] = MappingProxyType(
    {
        "category": Consultation.category.expression,
        "organisation": Consultation.organisation_id.expression,
        "source": Consultation.source.expression,
    }
)


_OF_SUGGESTION: Final[Mapping[str, ColumnElement[Any]]] = MappingProxyType(
    {
        "organisation": Suggestion.organisation_id.expression,
        "kind": Suggestion.kind.expression,
    }
)


_OF_LAWSUIT: Final[Mapping[str, ColumnElement[Any]]] = MappingProxyType(
    {
        "organisation": Lawsuit.organisation_id.expression,
        "cause": Lawsuit.withdrawal_cause.expression,
        "preceded": sa.case((mediated_before(), "yes"), else_="no"),
        "month": Litigation.month.expression,
    }
)


def _is(column: ColumnElement[Any], key: str, group: str) -> ColumnElement[bool]:
    if key == UNSET:
        return column.is_(None)
    try:
        value = _READ[group](key) if group in _READ else key
    except ValueError as refusal:
        raise Invalid({group: ["没有这个选项"]}) from refusal
    return column == value


_READ: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "channel": Channel,
        "source": Source,
        "cause": WithdrawalCause,
        "organisation": UUID,
        "kind": SuggestionKind,
        "month": date.fromisoformat,
    }
)


def _groups(question: Question, by: str, policy: Policy) -> list[GroupView]:
    found = tally(question, _column(question.metric, by))
    naming = labels(by, policy)
    rank = {key: place for place, key in enumerate(naming)}
    views = [
        GroupView(key_of(value), naming.get(key_of(value), key_of(value)), *_pair(question, *pair))
        for value, *pair in found
    ]
    return sorted(views, key=lambda view: (rank.get(view.key, len(rank)), view.key))


def key_of(value: Any) -> str:
    """The key of a group as other programs write it."""
    return UNSET if value is None else str(value)


def labels(by: str, policy: Policy) -> dict[str, str]:
    """Key -> Chinese name of the groups, in the office's order; villages name themselves."""
    if by == "category":
        return {each.code: each.name for each in policy.categories.all} | {UNSET: "未分类别"}
    if by == "organisation":
        rows = db.session.execute(
            sa.select(Organisation.id, Organisation.name).order_by(
                Organisation.position, Organisation.name
            )
        )
        return {str(key): name for key, name in rows} | {UNSET: "尚未分派"}
    if by == "preceded":
        return dict(PRECEDED)
    vocabulary: dict[str, Any] = {
        "channel": Channel,
        "source": Source,
        "cause": WithdrawalCause,
        "kind": SuggestionKind,
    }
    return words.labels(vocabulary[by]) if by in vocabulary else {UNSET: "未填或不显示"}


def _pair(question: Question, rows: int, hits: int) -> tuple[int, int | None]:
    return (hits, rows) if question.metric.is_rate else (rows, None)


def _value(numerator: int, denominator: int | None) -> Fraction | None:
    if denominator is None:
        return Fraction(numerator)
    return Fraction(numerator, denominator) if denominator else None
