"""Any set of lawsuits adds up: by cause, and by whatever a figure is split by."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.lawsuit import DutySource
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    Outcome,
    Role,
    WithdrawalCause,
)
from models import Lawsuit, LawsuitDuty, transaction
from service.desk import Desk
from service.queries import lawsuit_figures as figures
from service.queries import metric
from service.queries.metric import Question
from service.rules import metric as dictionary
from service.rules import statistics
from service.rules.metric import Family, Metric
from service.rules.statistics import Period
from tests.factories.town import Stretch, Town

FIRST, DAY = date(2026, 11, 2), timedelta(days=1)
PERIOD = Period(FIRST + 7 * DAY, FIRST + 21 * DAY)
TODAY = FIRST + 17 * DAY
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
MEDIATED_ON = FIRST + 9 * DAY
FIGURES = [each for each in dictionary.METRICS.values() if each.family is Family.LAWSUIT]
DAYS, UNITS = st.integers(4, 24), st.integers(0, 1)
WITHDRAWN = [(LawsuitOutcome.WITHDRAWN, cause) for cause in WithdrawalCause]
DECIDED = [(each, None) for each in LawsuitOutcome if each is not LawsuitOutcome.WITHDRAWN]
SUIT = st.fixed_dictionaries(
    {
        "procedure": st.just(LawsuitProcedure.LITIGATION) | st.sampled_from(LawsuitProcedure),
        "instance": st.sampled_from(LawsuitInstance),
        "unit": UNITS,
        "served": DAYS,
        "lasts": st.integers(0, 7),
        "end": st.none() | st.sampled_from(WITHDRAWN) | st.sampled_from(DECIDED),
        "heard": st.none() | st.tuples(DAYS, st.booleans()),
        "behind": st.booleans(),
        "duties": st.lists(st.tuples(DAYS, UNITS, st.booleans()), max_size=2),
    }
)
SUITS = st.lists(SUIT, max_size=2) | st.lists(SUIT, min_size=15, max_size=40)
DAILY = 10


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield app.extensions["fengqiao"]


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town()


def lawsuit(told: dict[str, Any], units: tuple[UUID, UUID], dispute: UUID, by: UUID) -> Lawsuit:
    outcome, cause = told["end"] or (None, None)
    served_on = FIRST + told["served"] * DAY
    heard = told["heard"]
    return Lawsuit(
        procedure=told["procedure"],
        instance=told["instance"],
        court="某旗人民法院",
        cause="行政处罚",
        act="罚款决定",
        plaintiffs_sealed=b"-",
        sealed_key=b"-",
        organisation_id=units[told["unit"]],
        served_on=served_on,
        dispute_id=dispute if told["behind"] else None,
        status=LawsuitStatus.DECIDED if outcome else LawsuitStatus.PENDING,
        outcome=outcome,
        withdrawal_cause=cause,
        decided_on=served_on + told["lasts"] * DAY if outcome else None,
        heard_on=FIRST + heard[0] * DAY if heard else None,
        head_attended=heard[1] if heard else None,
        recorded_at=NOW,
        recorded_by=by,
    )


def duties(told: dict[str, Any], units: tuple[UUID, UUID], of: Lawsuit) -> list[LawsuitDuty]:
    return [
        LawsuitDuty(
            lawsuit_id=of.id,
            ordinal=ordinal,
            source=DutySource.JUDGMENT,
            organisation_id=units[unit],
            words_sealed=b"-",
            due_on=FIRST + due * DAY,
            done_on=TODAY if done else None,
            settled_at=NOW if done else None,
            settled_by=of.recorded_by if done else None,
            recorded_by=of.recorded_by,
            recorded_at=NOW,
        )
        for ordinal, (due, unit, done) in enumerate(told["duties"], start=1)
    ]


def causes_by_hand(suits: list[Lawsuit]) -> tuple[Counter[Any], Counter[Any]]:
    """Suits withdrawn in the period by cause; and those that were mediated here before."""
    ended = [
        each
        for each in suits
        if each.procedure is LawsuitProcedure.LITIGATION
        and each.outcome is LawsuitOutcome.WITHDRAWN
        and each.decided_on is not None
        and PERIOD.start_on <= each.decided_on < PERIOD.end_on
    ]
    before = [each for each in ended if each.dispute_id and each.served_on >= MEDIATED_ON]
    return (
        Counter(each.withdrawal_cause for each in ended),
        Counter(each.withdrawal_cause for each in before),
    )


def assert_adds_up(found: Metric, desk: Desk) -> None:
    """Whatever it is split by, the groups sum up to the figure, and so do its rows."""
    question = Question(metric=found, period=PERIOD, today=TODAY)
    rows = metric.page(question, limit=200).items
    for by in found.groups:
        whole = metric.figure(question, by=by, policy=desk.policy)
        groups = whole.groups or ()
        assert sum(each.numerator for each in groups) == whole.numerator
        assert sum(each.counted for each in rows) == whole.numerator
        assert sum(each.denominator or 0 for each in groups) == (whole.denominator or 0)
        assert whole.denominator in (None, len(rows))


@pytest.mark.parametrize("examples", [DAILY, pytest.param(300, marks=pytest.mark.deep)])
@pytest.mark.daily("sqlite")
def test_any_set_of_lawsuits_adds_up_by_cause_and_by_group(
    examples: int, town: Town, desk: Desk
) -> None:
    units, by = (town.committee, town.station), town.user(Role.LEGAL).user_id
    dispute = town.dispute(Stretch(FIRST, MEDIATED_ON, Outcome.NOT_AGREED))
    counted: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=examples == DAILY,  # the same every day: so few may miss a cause
        suppress_health_check=list(HealthCheck),
    )
    @given(told=SUITS)
    def check(told: list[dict[str, Any]]) -> None:
        suits = [lawsuit(each, units, dispute, by) for each in told]
        with transaction() as session:
            session.execute(sa.delete(LawsuitDuty))
            session.execute(sa.delete(Lawsuit))
            session.add_all(suits)
            session.flush()  # gives ids
            for suit, each in zip(suits, told, strict=True):
                session.add_all(duties(each, units, suit))
            causes, before = causes_by_hand(suits)

        year = figures.measure(PERIOD, scope=None, policy=desk.policy, today=TODAY)

        assert {each.cause: each.count for each in year.causes} == {
            cause: causes[cause] for cause in statistics.WITHDRAWN
        }
        assert {each.cause: each.preceded for each in year.causes} == {
            cause: before[cause] for cause in statistics.WITHDRAWN
        }
        withdrawn = year.figures["lawsuits_withdrawn"].numerator
        assert withdrawn == sum(each.count for each in year.causes) == statistics.withdrawn(causes)
        assert year.figures["appeals_withdrawn"].numerator == causes[WithdrawalCause.APPEAL]
        for one in FIGURES:
            assert_adds_up(one, desk)
            counted[one.id] += metric.figure(
                Question(metric=one, period=PERIOD, today=TODAY), policy=desk.policy
            ).numerator

    check()
    assert {each.id for each in FIGURES} == set(+counted)
