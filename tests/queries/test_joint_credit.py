"""Credit: each dispute has one lead and counts once, whoever works along; rows stand behind all."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.vocabulary import DisputeStatus, Role, Step
from service.queries import joint_credit as queries
from service.queries import metric, sight
from service.queries.joint_credit import Credit, CreditQuestion
from service.queries.metric import Question
from service.rules.access import Actor
from service.rules.metric import find
from service.rules.statistics import Period
from tests.factories.dispute import Handling, registered
from tests.factories.handover import accepted, sent
from tests.factories.joint import answered, asked, waived
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
NOT_OURS = {"code": "not_ours", "reason": "不归我们"}


def question(office: Office, actor: Actor | None = None, *, ago: int = 0) -> CreditQuestion:
    day = MONDAY - timedelta(days=ago)
    return queries.question(day, day, actor=actor or office.director, desk=office.desk)


def counted(office: Office, asked: CreditQuestion) -> dict[str, tuple[int, ...]]:
    """Lead, co, back by unit."""
    units: dict[UUID | None, str] = {v: k for k, v in office.units.items()}
    return {
        units.get(each.organisation_id, "-"): tuple(each.counts.values())
        for each in queries.units(asked, desk=office.desk)
    }


def behind(asked: CreditQuestion, credit: Credit, unit: UUID | None, office: Office) -> int:
    return len(queries.rows(asked, credit, unit, desk=office.desk).items)


def helped(handling: Handling, *units: str) -> None:
    for unit, task in zip(units, asked(handling, *units), strict=True):
        answered(handling, task, unit)


def test_lead_and_co_units_are_counted_apart_and_the_dispute_once(office: Office) -> None:
    office.actor(Role.LIAISON, "station")
    first = registered(office).until(S.MEDIATING)
    helped(first, "station", "justice")
    asked(first, "station")  # asked and not answered yet is no credit
    helped(registered(office).until(S.MEDIATING), "station")
    back = registered(office).until(S.DISPATCHED)
    back.take(Step.RETURN, NOT_OURS)
    registered(office)
    registered(office).take(Step.VOID, {"reason": "登记错了"})  # counts as nothing
    whole = question(office)
    assert queries.cases(whole, desk=office.desk) == 4
    assert counted(office, whole) == {
        "committee": (2, 0, 1),
        "justice": (0, 1, 0),
        "station": (0, 2, 0),
        "-": (2, 0, 0),
    }
    assert queries.cases(question(office, ago=1), desk=office.desk) == 0
    # a unit counts for itself, also where another leads
    mine = question(office, office.actor(Role.LIAISON, "station"))
    assert counted(office, mine) == {"station": (0, 2, 0)}
    assert behind(mine, Credit.CO, office.units["station"], office) == 2
    assert behind(mine, Credit.LEAD, office.units["committee"], office) == 0
    (row,) = queries.rows(whole, Credit.BACK, office.units["committee"], desk=office.desk).items
    assert (row.number, row.times, row.organisation) == (back.row.number, 1, None)


def test_what_units_do_together_is_linked_once_however_often(office: Office) -> None:
    """Asked along or taken over in the period; what came back or is waited for no more is none."""
    office.actor(Role.LIAISON, "station")
    both = registered(office).until(S.MEDIATING)
    helped(both, "station", "justice")
    gone = sent(both)
    accepted(both, gone, actor=office.actor(Role.LIAISON, "station"))
    still = registered(office).until(S.MEDIATING)
    asked(still, "station")
    for off in (True, False):
        let = registered(office).until(S.MEDIATING)
        (task,) = asked(let, "station")
        waived(let, task) if off else answered(let, task, refuses=True)
    back = registered(office).until(S.MEDIATING)
    sent(back)  # nobody has signed for it yet
    registered(office).until(S.MEDIATING)  # a dispatch is no linkage
    for start, numbers in ((MONDAY, [both, still]), (MONDAY + timedelta(days=1), [])):
        told = Question(
            metric=find("disputes_linked"),
            period=Period(start, start + timedelta(days=1)),
            today=MONDAY,
        )
        with sight.whole("figures"):
            behind = metric.page(told).items
        assert {row.id for row in behind} == {each.id for each in numbers}
        found = metric.figure(told, by="organisation", policy=office.desk.policy)
        assert (found.numerator, found.denominator) == (len(numbers), None)
        assert sum(group.numerator for group in found.groups or ()) == len(numbers)


WAYS = st.lists(
    st.tuples(
        st.sampled_from([S.REGISTERED, S.DISPATCHED, S.ACCEPTED, S.MEDIATING, S.CLOSED]),
        st.sets(st.sampled_from(["station", "justice"])),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


def test_the_sum_of_the_leads_is_the_number_of_disputes_and_rows_stand_behind_each(
    office: Office,
) -> None:
    @settings(
        max_examples=6,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(WAYS)
    def always(ways: list[Any]) -> None:
        for status, along, returns in ways:
            handling = registered(office, now=MONDAY_9AM).until(status)
            if along and status in (S.ACCEPTED, S.MEDIATING):
                helped(handling, *sorted(along))
            if returns and status in (S.DISPATCHED, S.ACCEPTED):
                handling.take(Step.RETURN, NOT_OURS)
        whole = question(office)
        units = queries.units(whole, desk=office.desk)
        leads = sum(each.counts[Credit.LEAD] for each in units)
        assert leads == queries.cases(whole, desk=office.desk)
        for each in units:
            for credit, count in each.counts.items():
                page = queries.rows(
                    whole, credit, each.organisation_id, desk=office.desk, limit=200
                )
                assert len(page.items) == count

    always()
