"""Who could mediate, out of the tables: open disputes alone are load, and whom they met before."""

import pytest

from config.vocabulary import DisputeStatus, Role, Step
from service.queries import candidate as queries
from tests.factories.dispute import CLOSED_AS_AGREED, Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus


def found(one: Handling) -> dict[str, tuple[int, list[str]]]:
    """Open disputes and findings of everybody at the committee, by name."""
    unit = one.office.units["committee"]
    every = queries.judged(one.row, unit=unit, desk=one.office.desk, now=MONDAY_9AM)
    return {
        each.candidate.name: (each.candidate.open, [f.code for f in each.findings])
        for each in every
    }


def test_load_counts_open_disputes_only_and_a_failed_case_speaks_against(office: Office) -> None:
    mine, other = office.mediator.name, office.actor(Role.MEDIATOR, "committee", name="b").name
    asked = registered(office)
    assert found(asked) == {mine: (0, []), other: (0, [])}
    agreed = registered(office).until(S.AGREED)
    assert found(asked) == {mine: (1, ["met"]), other: (0, [])}
    agreed.take(Step.CLOSE, CLOSED_AS_AGREED)
    assert found(asked) == {mine: (0, ["met"]), other: (0, [])}
    failed = registered(office).until(S.MEDIATING)
    failed.take(Step.FAIL, {"reasons": ["facts_disputed"]})
    assert found(asked) == {mine: (0, ["earlier"]), other: (0, [])}


def test_whom_somebody_met_in_a_restricted_dispute_is_not_told(office: Office) -> None:
    mine = office.mediator.name
    registered(office, restricted=True).until(S.MEDIATING)
    assert found(registered(office)) == {mine: (1, [])}
