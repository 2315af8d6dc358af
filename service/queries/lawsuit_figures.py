"""The figures of lawsuits 应诉统计: of a period; the monitor 诉源治理."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import sqlalchemy as sa

from config.policy import Policy
from config.vocabulary import WithdrawalCause
from config.words import label
from models import Litigation, db
from service.queries import metric
from service.queries.metric import MetricView, Question
from service.rules import metric as dictionary
from service.rules.access import Scope
from service.rules.statistics import WITHDRAWN, Period

NAMES = (
    "lawsuits_filed",
    "reviews_filed",
    "lawsuits_mediated",
    "lawsuits_withdrawn",
    "appeals_withdrawn",
    "withdrawal_rate",
    "head_appearance_rate",
    "loss_rate",
    "judgment_performance_rate",
)


@dataclass(frozen=True, slots=True)
class CauseCount:
    """Suits withdrawn for one cause, and how many of them were mediated by us before."""

    cause: WithdrawalCause
    label: str
    count: int
    preceded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitFigures:
    """Everything that is counted of lawsuits in a period; `causes` add up to what was withdrawn."""

    period: Period
    figures: dict[str, MetricView]
    causes: tuple[CauseCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """What the court counted in a month, as it stands now."""

    month: date
    civil: int
    administrative: int
    settled_before: int
    turned_criminal: int
    source: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """诉源治理 of a year; `per_10k` is None while nobody wrote down how many people there are."""

    months: Sequence[MonthView]
    cases: int
    settled_before: int
    turned_criminal: int
    people: int | None
    per_10k: Fraction | None


def measure(period: Period, *, scope: Scope | None, policy: Policy, today: date) -> LawsuitFigures:
    """Every figure of a period, by the one definition of each; `scope` None is the whole town."""

    def ask(name: str, **narrowed: str) -> Question:
        found = dictionary.find(name)
        return Question(metric=found, period=period, today=today, scope=scope, narrowed=narrowed)

    def split(**narrowed: str) -> dict[str, int]:
        question = ask("lawsuits_withdrawn", **narrowed)
        view = metric.figure(question, by="cause", policy=policy)
        return {each.key: each.numerator for each in view.groups or ()}

    counts, preceded = split(), split(preceded="yes")
    return LawsuitFigures(
        period=period,
        figures={name: metric.figure(ask(name), policy=policy) for name in NAMES},
        causes=tuple(
            CauseCount(each, label(each), counts.get(each.value, 0), preceded.get(each.value, 0))
            for each in WithdrawalCause
            if each in WITHDRAWN
        ),
    )


def monitor(year: int, *, policy: Policy) -> Monitor:
    """What the court counted in a year, month by month, beside the people of the town."""
    rows = db.session.scalars(
        sa.select(Litigation)
        .where(
            Litigation.month >= date(year, 1, 1),
            Litigation.month < date(year + 1, 1, 1),
            Litigation.latest,
        )
        .order_by(Litigation.month)
    ).all()
    cases = sum(each.civil + each.administrative for each in rows)
    people = policy.population.people
    return Monitor(
        months=[
            MonthView(
                month=each.month,
                civil=each.civil,
                administrative=each.administrative,
                settled_before=each.settled_before,
                turned_criminal=each.turned_criminal,
                source=each.source,
                revision=each.revision,
            )
            for each in rows
        ],
        cases=cases,
        settled_before=sum(each.settled_before for each in rows),
        turned_criminal=sum(each.turned_criminal for each in rows),
        people=people,
        per_10k=Fraction(cases * dictionary.PER, people) if people and rows else None,
    )
