"""When a glass is open, who may be named, and what nobody may open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config import access
from config.policy import RestrictedPolicy
from config.vocabulary import Role
from service.errors import Invalid
from service.rules.restricted import (
    KEPT_BY_FACT,
    KEPT_BY_MINOR,
    GlassState,
    GlassTimes,
    check_glass_reason,
    glass_state,
    may_be_named,
    readers,
    why_closed,
)

ASKED = datetime(2026, 1, 5, 1, tzinfo=UTC)
POLICY = RestrictedPolicy()
HOURS = timedelta(hours=1)


def state(after: timedelta, **times: datetime) -> GlassState:
    """Where a request stands so long after it was asked."""
    none: dict[str, datetime | None] = {"decided_at": None, "until": None, "ended_at": None}
    return glass_state(GlassTimes(ASKED, **none | times), ASKED + after, POLICY)


@pytest.mark.parametrize(
    ("after", "expected"),
    [(4 * HOURS - timedelta(seconds=1), GlassState.PENDING), (4 * HOURS, GlassState.LAPSED)],
)
def test_a_request_lapses_after_four_hours(after: timedelta, expected: GlassState) -> None:
    assert state(after) is expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [(5 * HOURS - timedelta(seconds=1), GlassState.OPEN), (5 * HOURS, GlassState.OVER)],
)
def test_an_agreement_opens_until_its_end(after: timedelta, expected: GlassState) -> None:
    assert state(after, decided_at=ASKED + HOURS, until=ASKED + 5 * HOURS) is expected


def test_a_decision_without_an_end_refused_it() -> None:
    assert state(2 * HOURS, decided_at=ASKED + HOURS) is GlassState.REFUSED


def test_what_was_ended_is_over_whatever_came_before() -> None:
    open_still = {"decided_at": ASKED + HOURS, "until": ASKED + 5 * HOURS}
    assert state(2 * HOURS, **open_still, ended_at=ASKED + HOURS) is GlassState.OVER


def test_spaces_make_no_reason() -> None:
    check_glass_reason("孩子今晚要被接走了吧", POLICY)
    with pytest.raises(Invalid):
        check_glass_reason("孩 子 今 晚 要 被 接 走 了", POLICY)


def test_who_may_be_named_reads_what_names_them() -> None:
    policy = access.load()
    assert readers(policy) == {Role.MEDIATOR, Role.LIAISON, Role.DIRECTOR}
    assert may_be_named([Role.LEADER, Role.LIAISON], policy)
    assert not may_be_named([Role.WINDOW], policy)


def test_a_fact_and_a_minor_keep_it_closed() -> None:
    today = date(2026, 1, 5)
    child = {"role": "applicant", "kind": "person", "id_number": "150525201501010011"}
    assert why_closed({"domestic_violence": True}, [], today=today) == KEPT_BY_FACT
    assert why_closed({}, [child], today=today) == KEPT_BY_MINOR
    assert why_closed({"danger": True}, [child], today=date(2040, 1, 1)) is None
