from datetime import date
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rules.substitution import DEPTH, StandIn, problem, stood_in_for

A, B, C, D, E, F, G = (UUID(int=number) for number in range(1, 8))
DAY, LAST = date(2026, 11, 2), date(2026, 11, 6)


def stand(absent: UUID, substitute: UUID, first: date = DAY, last: date = LAST) -> StandIn:
    return StandIn(absent, substitute, first, last)


def test_whoever_stands_in_for_an_absent_substitute_has_the_work_of_both() -> None:
    pairs = [(A, B), (B, C), (D, C)]
    assert stood_in_for(C, pairs) == {A, B, D}
    assert stood_in_for(B, pairs) == {A}
    assert stood_in_for(A, pairs) == frozenset()


def test_a_circle_that_should_not_be_there_ends() -> None:
    assert stood_in_for(A, [(A, B), (B, A)]) == {B}


def test_a_chain_is_followed_for_so_many_links() -> None:
    assert stood_in_for(G, [(A, B), (B, C), (C, D), (D, E), (E, F), (F, G)]) == {B, C, D, E, F}


def test_a_circle_is_refused_however_long() -> None:
    assert problem(stand(B, A), [stand(A, B)]) is not None
    assert problem(stand(C, A), [stand(A, B), stand(B, C)]) is not None


def test_what_shares_no_day_makes_no_circle_and_no_second_absence() -> None:
    later = stand(A, B, date(2026, 11, 7), date(2026, 11, 8))
    assert problem(stand(B, A), [later]) is None
    assert problem(stand(A, C), [later]) is None


def test_one_day_in_common_is_enough() -> None:
    assert problem(stand(A, C), [stand(A, B, LAST, date(2026, 11, 20))]) is not None


def test_a_chain_that_gets_too_long_is_refused_wherever_it_grows() -> None:
    five = [stand(A, B), stand(B, C), stand(C, D), stand(D, E), stand(E, F)]
    assert len(five) == DEPTH
    assert problem(stand(F, G), five) is not None
    assert problem(stand(G, A), five) is not None
    assert problem(stand(C, D), [*five[:2], *five[3:]]) is None


@pytest.mark.parametrize("links", [1, DEPTH])
def test_a_chain_as_long_as_allowed_is_taken(links: int) -> None:
    people = [A, B, C, D, E, F][: links + 1]
    pairs = list(pairwise(people))
    assert problem(stand(*pairs[-1]), [stand(*pair) for pair in pairs[:-1]]) is None


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=12))
def test_whatever_is_let_in_has_no_circle(asked: list[tuple[int, int]]) -> None:
    let_in: list[StandIn] = []
    for absent, substitute in asked:
        new = stand(UUID(int=absent), UUID(int=substitute))
        if absent != substitute and problem(new, let_in) is None:
            let_in.append(new)
    pairs = [(each.absent, each.substitute) for each in let_in]
    for number in range(1, 7):
        at, steps = UUID(int=number), 0
        while steps <= DEPTH and (following := dict(pairs).get(at)):
            at, steps = following, steps + 1
        assert steps <= DEPTH
