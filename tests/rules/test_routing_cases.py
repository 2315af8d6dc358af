from collections.abc import Iterator
from typing import Any

import pytest

from service.rules.routing import RouteAnswer
from tests.factories.routing import (
    CASES,
    GIVEN,
    RULEBOOK,
    answer_to,
    cases,
    differences,
    request_of,
)


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: str(case["id"]))
def test_a_case_is_answered_as_it_says(case: dict[str, Any]) -> None:
    answer = answer_to(request_of(case["request"]))

    assert differences(case["expect"], answer.as_dict()) == []
    assert answer.rule.id == case["rule"]


@pytest.mark.parametrize("case", cases(GIVEN), ids=lambda case: str(case["id"]))
def test_a_given_case_is_answered_as_it_says(case: dict[str, Any]) -> None:
    answer = answer_to(request_of(case["request"]))

    assert differences(case["expect"], answer.as_dict()) == []


def test_the_cases_reach_every_rule() -> None:
    answers = (answer_to(request_of(case["request"])) for case in cases(CASES))

    reached = {rule for answer in answers for rule in _rules_of(answer)}

    assert reached == {rule.id for rule in (*RULEBOOK.rules, RULEBOOK.visit)}


def _rules_of(answer: RouteAnswer) -> Iterator[str]:
    yield answer.rule.id
    for part in answer.parts:
        yield from _rules_of(part)


def test_our_copy_of_the_given_cases_is_theirs() -> None:
    given = cases(GIVEN)
    if not given:
        pytest.skip("the given cases are not beside the checkout")
    ours = {case["id"]: (case["request"], case["expect"]) for case in cases(CASES)}

    assert {case["id"]: (case["request"], case["expect"]) for case in given} == {
        case["id"]: ours[case["id"]] for case in given
    }
