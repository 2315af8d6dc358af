"""Figures: counted by hand, counted by the database, and never other than the rows behind them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.vocabulary import (
    Channel,
    LawsuitInstance,
    LawsuitProcedure,
    Outcome,
    Role,
    WithdrawalCause,
)
from models import Dispute, Episode, transaction
from service.desk import Desk
from service.errors import Invalid
from service.queries import figures, metric
from service.queries.metric import Question
from service.rules import access
from service.rules import metric as dictionary
from service.rules.access import Actor, Scope
from service.rules.calendar import Week
from service.rules.statistics import Period
from tests.factories.town import Stretch, Town

MONDAY = date(2026, 11, 16)
WEEK = Week(2026, 47)
PERIOD = Period(WEEK.start_on, WEEK.end_on)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
A, N = Outcome.AGREED, Outcome.NOT_AGREED


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield app.extensions["fengqiao"]


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town()


def asked(metric_id: str, scope: Scope | None = None, **narrowed: str) -> Question:
    return Question(
        metric=dictionary.find(metric_id),
        period=PERIOD,
        today=TODAY,
        scope=scope,
        narrowed=narrowed,
    )


def number(metric_id: str, desk: Desk, scope: Scope | None = None, **narrowed: str) -> int:
    view = metric.figure(asked(metric_id, scope, **narrowed), policy=desk.policy)
    return view.numerator


def rows(question: Question) -> list[Any]:
    """Every row behind the figure, two to a page."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = metric.page(question, limit=2, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def scope_of(actor: Actor, desk: Desk) -> Scope:
    return access.scope(actor, "metric.read", desk.policy.access)


def test_every_figure_is_counted_by_its_family_and_split_as_it_says() -> None:
    counted = {(family, name) for family, known in metric.FAMILIES.items() for name in known}
    assert counted == {(each.family, each.id) for each in dictionary.METRICS.values()}
    for each in dictionary.METRICS.values():
        assert tuple(metric.FAMILIES[each.family][each.id].rows.groups) == each.groups


def test_monday_is_in_and_the_next_monday_is_not(town: Town, desk: Desk) -> None:
    for day in (MONDAY - DAY, MONDAY, MONDAY + 6 * DAY, MONDAY + 7 * DAY):
        town.dispute(Stretch(day, day, A))
    assert (number("disputes_received", desk), number("disputes_closed", desk)) == (2, 2)


def test_the_53rd_week_reaches_into_the_new_year(town: Town, desk: Desk) -> None:
    for day in (date(2026, 12, 27), date(2026, 12, 28), date(2027, 1, 3), date(2027, 1, 4)):
        town.dispute(Stretch(day))
    week = Week.parse("2026-W53")
    period = Period(week.start_on, week.end_on)
    question = Question(
        metric=dictionary.find("disputes_received"), period=period, today=date(2027, 1, 4)
    )
    assert metric.figure(question, policy=desk.policy).numerator == 2


def test_a_reopening_is_no_second_reception(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(MONDAY - 9 * DAY, MONDAY - 5 * DAY, N), Stretch(MONDAY + DAY))
    assert number("disputes_received", desk) == 0
    assert number("disputes_reopened", desk) == 1
    assert number("disputes_open", desk) == 1


def test_a_dispute_closed_twice_in_a_week_is_two_closings_and_two_rows(
    town: Town, desk: Desk
) -> None:
    town.dispute(Stretch(MONDAY, MONDAY, N), Stretch(MONDAY + DAY, MONDAY + 2 * DAY, A))
    assert number("disputes_closed", desk) == 2
    assert sorted(row.ordinal for row in rows(asked("disputes_closed"))) == [1, 2]


def test_a_dispute_registered_by_mistake_counts_nowhere(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(MONDAY, MONDAY + DAY, Outcome.MISTAKEN))
    names = ("disputes_received", "disputes_closed", "disputes_open", "disputes_overdue")
    assert [number(name, desk) for name in names] == [0, 0, 0, 0]


def test_open_is_counted_at_the_end_of_the_period(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(MONDAY, MONDAY + 6 * DAY, A))
    town.dispute(Stretch(MONDAY, MONDAY + 7 * DAY, A))
    town.dispute(Stretch(MONDAY + 7 * DAY))
    assert number("disputes_open", desk) == 1


def test_overdue_is_what_is_late_today(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(MONDAY), due_on=TODAY - DAY)
    town.dispute(Stretch(MONDAY), due_on=TODAY)
    assert number("disputes_overdue", desk) == 1
    assert [row.overdue for row in rows(asked("disputes_overdue"))] == [True]


def test_what_is_longest_overdue_stands_first_on_every_page(town: Town, desk: Desk) -> None:
    for late in (1, 5, 3, 5, 2):
        town.dispute(Stretch(MONDAY - late * DAY), due_on=TODAY - late * DAY)
    shown = rows(asked("disputes_overdue"))
    assert [(TODAY - row.due_on).days for row in shown] == [5, 5, 3, 2, 1]
    assert len({row.id for row in shown}) == 5


def test_the_success_rate_leaves_out_what_was_not_mediated_to_its_end(
    town: Town, desk: Desk
) -> None:
    for outcome in Outcome:
        town.dispute(Stretch(MONDAY, MONDAY, outcome))
    view = metric.figure(asked("mediation_success_rate"), policy=desk.policy)
    assert (view.numerator, view.denominator) == (1, 3)
    counted = [row.counted for row in rows(asked("mediation_success_rate"))]
    assert sorted(counted) == [False, False, True]


def test_a_rate_of_nothing_is_nothing(desk: Desk) -> None:
    view = metric.figure(asked("mediation_success_rate"), policy=desk.policy)
    assert (view.numerator, view.denominator, view.value) == (0, 0, None)


def test_the_eight_categories_are_covered_once_each_by_the_first_that_came(
    town: Town, desk: Desk
) -> None:
    for place, category in enumerate(("traffic", "traffic", "consumer", "neighbour", "consumer")):
        town.dispute(Stretch(MONDAY + place * DAY), category=category, organisation=town.station)
    town.dispute(Stretch(MONDAY - DAY), category="environment")
    town.dispute(Stretch(MONDAY, MONDAY, Outcome.MISTAKEN), category="land_contract")
    assert number("categories_covered", desk) == 2
    behind = rows(asked("categories_covered"))
    assert [row.category for row in behind] == ["traffic", "consumer"]
    assert [row.number for row in behind] == ["LXZ-00001", "LXZ-00003"]
    units = [scope_of(town.user(Role.LIAISON, unit), desk) for unit in (town.station, town.centre)]
    assert [number("categories_covered", desk, scope) for scope in units] == [2, 0]


def test_suits_reviews_appeals_and_public_interest_are_told_apart(town: Town, desk: Desk) -> None:
    later = LawsuitInstance.SECOND
    town.lawsuit(MONDAY)
    town.lawsuit(MONDAY, instance=later)
    town.lawsuit(MONDAY, procedure=LawsuitProcedure.REVIEW)
    town.lawsuit(MONDAY, procedure=LawsuitProcedure.PUBLIC_INTEREST)
    town.lawsuit(MONDAY - DAY)
    assert (number("lawsuits_filed", desk), number("reviews_filed", desk)) == (1, 1)


def test_withdrawn_suits_are_counted_when_decided_by_cause_without_appeals(
    town: Town, desk: Desk
) -> None:
    for cause in WithdrawalCause:
        town.lawsuit(MONDAY - 30 * DAY, decided_on=MONDAY, withdrawal_cause=cause)
    town.lawsuit(MONDAY - 30 * DAY, decided_on=MONDAY)
    assert (number("lawsuits_withdrawn", desk), number("appeals_withdrawn", desk)) == (4, 1)
    assert number("lawsuits_withdrawn", desk, cause="settled") == 1


def test_the_withdrawal_rate_is_of_first_instance_suits_and_permitted_ones_count(
    town: Town, desk: Desk
) -> None:
    causes = (WithdrawalCause.OWN, WithdrawalCause.SETTLED, WithdrawalCause.DEEMED, None)
    for cause in causes:
        town.lawsuit(MONDAY, decided_on=MONDAY + DAY, withdrawal_cause=cause)
    appeal, second = WithdrawalCause.APPEAL, LawsuitInstance.SECOND
    town.lawsuit(MONDAY, instance=second, decided_on=MONDAY, withdrawal_cause=appeal)
    view = metric.figure(asked("withdrawal_rate"), policy=desk.policy)
    assert (view.numerator, view.denominator) == (2, 4)


def a_little_of_everything(town: Town) -> None:
    for place in range(9):
        closed = MONDAY + DAY if place % 3 else None
        town.dispute(
            Stretch(MONDAY, closed, (A, N)[place % 2] if closed else None),
            organisation=(town.committee, town.station, None)[place % 3],
            category=("neighbour", "family")[place % 2],
            channel=(Channel.PEOPLE, Channel.NONE)[place % 2],
            village=("柳东村", None)[place % 2],
            restricted=place == 4,
            due_on=MONDAY if closed is None else None,
        )
    for cause in (*WithdrawalCause, None):
        town.lawsuit(MONDAY, decided_on=MONDAY + DAY, withdrawal_cause=cause)
    town.lawsuit(MONDAY, procedure=LawsuitProcedure.REVIEW)


# those of registers are data: tests/stories/test_plan_entry.py
COUNTED = [
    key
    for key, each in dictionary.METRICS.items()
    if "per_10k" not in key and each.family is not dictionary.Family.PLAN_ENTRY
]


@pytest.mark.parametrize("metric_id", COUNTED)
def test_every_figure_and_every_group_is_exactly_its_rows(
    metric_id: str, town: Town, desk: Desk
) -> None:
    a_little_of_everything(town)
    found = dictionary.find(metric_id)
    for by in found.groups:
        whole = metric.figure(asked(metric_id), by=by, policy=desk.policy)
        assert _pair(rows(asked(metric_id)), found.is_rate) == (whole.numerator, whole.denominator)
        assert whole.groups is not None
        assert sum(group.numerator for group in whole.groups) == whole.numerator
        for group in whole.groups:
            behind = rows(asked(metric_id, None, **{by: group.key}))
            assert _pair(behind, found.is_rate) == (group.numerator, group.denominator)


def _pair(behind: list[Any], is_rate: bool) -> tuple[int, int | None]:
    if is_rate:
        return sum(row.counted for row in behind), len(behind)
    return len(behind), None


def test_a_leader_s_numbers_hold_the_restricted_and_the_rows_say_no_more(
    town: Town, desk: Desk
) -> None:
    town.dispute(Stretch(MONDAY), restricted=True, village="柳东村")
    scope = scope_of(town.user(Role.LEADER), desk)
    (row,) = rows(asked("disputes_received", scope))
    assert (row.restricted, row.number) == (True, "LXZ-00001")
    assert not {"parties", "narrative", "village"} & set(type(row).__slots__)


def test_the_village_of_a_restricted_dispute_is_in_no_group(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(MONDAY), restricted=True, village="柳东村")
    town.dispute(Stretch(MONDAY), village="柳东村")
    view = metric.figure(asked("disputes_received"), by="village", policy=desk.policy)
    assert view.groups is not None
    assert [(group.key, group.numerator) for group in view.groups] == [("unset", 1), ("柳东村", 1)]


def test_a_unit_counts_what_it_leads_and_nothing_restricted(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(MONDAY), organisation=town.station)
    town.dispute(Stretch(MONDAY), organisation=town.station, restricted=True)
    town.dispute(Stretch(MONDAY), organisation=town.committee)
    town.lawsuit(MONDAY)
    scope = scope_of(town.user(Role.LIAISON, town.station), desk)
    other = scope_of(town.user(Role.LIAISON, town.committee), desk)
    assert number("disputes_received", desk, scope) == 1
    assert len(rows(asked("disputes_received", scope))) == 1
    assert number("lawsuits_filed", desk, scope) == 1
    assert number("lawsuits_filed", desk, other) == 0


def test_who_may_read_no_figures_counts_nothing(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(MONDAY))
    scope = scope_of(town.user(Role.AUDITOR), desk)
    assert number("disputes_received", desk, scope) == 0


@pytest.mark.parametrize(
    "narrowed", [{"channel": "pigeon"}, {"organisation": "x"}, {"cause": "own"}]
)
def test_a_filter_that_means_nothing_is_refused_at_its_field(
    narrowed: dict[str, str], desk: Desk
) -> None:
    with pytest.raises(Invalid) as refusal:
        number("disputes_received", desk, None, **narrowed)
    assert list(refusal.value.fields) == list(narrowed)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "WyJ4IiwgIngiXQ"])
def test_a_cursor_that_was_not_made_here_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        metric.page(asked("disputes_received"), cursor=cursor)
    assert list(refusal.value.fields) == ["cursor"]


# A history is one line a dispute: where it belongs, and the lengths of gaps and stretches in days.
PLACES = [(c, ch, o) for c in ("family", "labour") for ch in Channel for o in (0, 1, 2)]
ENDS = [A, N, Outcome.TERMINATED, Outcome.WITHDRAWN, Outcome.MISTAKEN]
SPANS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 12), st.sampled_from(ENDS)), max_size=2
)
HISTORIES = st.lists(
    st.tuples(st.sampled_from(PLACES), st.integers(0, 27), SPANS, st.booleans()), max_size=12
)
FIRST = date(2026, 11, 2)


def lives(history: list[Any]) -> Iterator[tuple[Any, list[Stretch]]]:
    """The stretches of each dispute: closed ones, then an open one where it was reopened last."""
    for place, offset, spans, ends_open in history:
        day, stretches = FIRST + offset * DAY, []
        for gap, length, outcome in spans:
            day += gap * DAY
            stretches.append(Stretch(day, day + length * DAY, outcome))
            day += length * DAY
        if ends_open or not stretches:
            stretches.append(Stretch(day))
        yield place, stretches


def by_hand(history: list[Any], week: Week, part: int | None, key: Any) -> list[int]:
    """Opening, received, reopened, closed, closing, agreed, ended: day after day, no SQL."""
    opening = received = reopened = closed = closing = agreed = ended = 0
    days = [week.start_on + n * DAY for n in range(7)]
    for place, stretches in lives(history):
        if stretches[-1].outcome is Outcome.MISTAKEN or (part is not None and place[part] != key):
            continue
        for ordinal, (opened, closed_on, outcome) in enumerate(
            (each.opened_on, each.closed_on, each.outcome) for each in stretches
        ):
            opening += opened < days[0] and not (closed_on and closed_on < days[0])
            closing += opened <= days[6] and not (closed_on and closed_on <= days[6])
            for day in days:
                received += day == opened and ordinal == 0
                reopened += day == opened and ordinal > 0
                if day == closed_on:
                    closed += 1
                    agreed += outcome is A
                    ended += outcome in (A, N, Outcome.TERMINATED)
    return [opening, received, reopened, closed, closing, agreed, ended]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
@pytest.mark.daily("postgresql")
def test_every_line_of_every_week_is_what_counting_by_hand_gives(
    history: list[Any], town: Town, desk: Desk
) -> None:
    units = (town.committee, town.station, None)
    with transaction() as session:
        session.execute(sa.delete(Episode))
        session.execute(sa.delete(Dispute))
    for (category, channel, unit), stretches in lives(history):
        town.dispute(*stretches, organisation=units[unit], category=category, channel=channel)
    week = Week.of(FIRST)
    for _ in range(5):
        now = week.end_at(desk.zone)
        told = figures.measure(week, scope=None, desk=desk, now=now)
        for part, lines in enumerate((told.categories, told.channels, told.organisations)):
            named = {line.key: _numbers(line.flow, line.success) for line in lines}
            for key in {place[part] for place, *_ in history}:
                shown = key if part < 2 else metric.key_of(units[key])
                assert named.get(shown, [0] * 7) == by_hand(history, week, part, key)
        assert _numbers(told.flow, told.success) == by_hand(history, week, None, None)
        week = week.next()


def _numbers(flow: Any, success: Any) -> list[int]:
    came = [flow.opening, flow.received, flow.reopened, flow.closed, flow.closing]
    return [*came, success.numerator, success.denominator]
