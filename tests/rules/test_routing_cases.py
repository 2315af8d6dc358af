from collections.abc import Iterator
from typing import Any

import pytest

from service.rules.routing import RouteAnswer
from tests.factories.routing import (
    CASES,
    GIVEN,
    LAW_CASES,
    RULEBOOK,
    answer_to,
    cases,
    differences,
    request_of,
    strays,
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


@pytest.mark.parametrize("case", cases(LAW_CASES), ids=lambda case: str(case["id"]))
def test_a_case_is_answered_as_the_law_says(case: dict[str, Any]) -> None:
    answer = answer_to(request_of(case["request"]))

    assert strays(case["expect"], case["never"], answer.as_dict()) == []
    assert answer.rule.id == case["rule"]
    assert [name for name in case["with"] if name not in answer.companions] == []


def test_no_rule_and_no_companion_is_without_a_case_of_the_law() -> None:
    met = [answer_to(request_of(case["request"])) for case in cases(LAW_CASES)]
    answers = [each for answer in met for each in _whole(answer)]
    rules = {answer.rule.id for answer in answers}
    companions = {name for answer in answers for name in answer.companions}

    uncovered = [rule.id for rule in (*RULEBOOK.rules, RULEBOOK.visit) if rule.id not in rules]
    uncovered += [row.id for row in RULEBOOK.companions if row.id not in companions]

    assert uncovered == []


def _whole(answer: RouteAnswer) -> Iterator[RouteAnswer]:
    yield answer
    for part in answer.parts:
        yield from _whole(part)


# What the story cards of the client ask beside the given file: codes of what must and must not be


@pytest.mark.parametrize(
    ("case", "part", "must_do", "must_not"),
    [
        ("C01", None, {"ASK_PUBLICITY", "ASK_ENTRUST"}, set()),
        ("C02", None, {"FIELD_APPRAISAL", "KEEP_SAMPLE", "REPRESENTATIVES"}, {"WAIT_HARVEST"}),
        ("C03", None, {"THREE_PER_SIDE", "INVITE_INSURER", "RIGHT_START"}, {"AFTER_SUIT"}),
        ("C05", None, {"REPORT_POLICE"}, {"WAIVE_CRIME", "COMMITTEE_SEAL", "COUNT_AS_SUCCESS"}),
        (
            "C06",
            None,
            {
                "SEPARATE_TALKS",
                "FIX_INJURY",
                "TELL_PROTECTION_ORDER",
                "MANDATORY_REPORT",
                "PRIVACY",
            },
            {"JOINT_SESSION", "RECONCILE_AS_GOAL", "CONFIRM_STATUS"},
        ),
        (
            "C08",
            None,
            {
                "SAME_DAY",
                "REPRESENTATIVES",
                "KEEP_WAGE_PROOF",
                "MAIN_CONTRACTOR_PAYS",
                "CHECK_DEPOSIT",
                "TELL_PAYMENT_ORDER",
            },
            set(),
        ),
        (
            "C10",
            None,
            {"REMEDY_TODAY", "ASK_WHO_DECIDED", "RELIEF_FIRST"},
            {"PEOPLES_MEDIATION", "WAIT_FOR_US", "DECIDING_ORGAN_ADVISES"},
        ),
        ("C12", 0, {"TELL_BOTH_TERMS"}, {"LAND_ARBITRATION"}),
        ("C12", 1, {"CORRECT_RESOLUTION"}, {"MEDIATE_TOTAL"}),
        (
            "C13",
            None,
            {"REPORT_UP", "KEEP_STATUS_QUO", "SIDE_DAMAGE_APART"},
            {"TOWN_RULES", "CONFIRMABLE_TITLE"},
        ),
        ("C16", None, {"TELL_ANSWER_TERM"}, {"NEW_MEDIATION"}),
        ("C16b", None, {"CONFIRM_DELEGATION"}, {"USE_CONCESSIONS"}),
        ("C18", None, {"ASK_CONSENT", "TELL_CONFIRMATION"}, set()),
    ],
)
def test_what_a_story_demands_is_told(
    case: str, part: int | None, must_do: set[str], must_not: set[str]
) -> None:
    body = next(each["request"] for each in cases(CASES) if each["id"] == case)
    answer = answer_to(request_of(body))
    meant = answer if part is None else answer.parts[part]

    assert must_do - {note.code for note in meant.must_do} == set()
    assert must_not - {note.code for note in meant.must_not} == set()


def test_our_copy_of_the_given_cases_is_theirs() -> None:
    given = cases(GIVEN)
    if not given:
        pytest.skip("the given cases are not beside the checkout")
    ours = {case["id"]: (case["request"], case["expect"]) for case in cases(CASES)}

    assert {case["id"]: (case["request"], case["expect"]) for case in given} == {
        case["id"]: ours[case["id"]] for case in given
    }
