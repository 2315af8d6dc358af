from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from service.rules.deadlines import deadline
from service.rules.routing import RouteAnswer
from tests.factories.routing import (
    CALENDAR,
    CASES,
    CLOCKS,
    GIVEN,
    LAW_CASES,
    RULEBOOK,
    answer_to,
    ask,
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


# The negative and edge checks of the client that are the rules' own; the others, of people seen
# twice, of old numbers, guardians and interpreters, stand beside the rules of parties.


def test_who_refuses_clearly_ends_it_and_is_told_the_other_ways() -> None:
    answer = ask("neighbour", respondent_refuses=True)

    assert (answer.accept, answer.go_to) == ("no", ("people_court", "court"))
    assert [row.as_dict() for row in answer.basis] == [
        {"law": "人民调解法", "article": "17、26", "grade": "A"}
    ]
    assert "TELL_ROUTES" in {note.code for note in answer.must_do}


def test_beating_again_during_mediation_ends_the_mediation_of_the_police() -> None:
    calm = ask("public_order", first_session_on=date(2026, 8, 31))
    again = ask("public_order", first_session_on=date(2026, 8, 31), danger=True)

    texts = {note.code: note.text for note in calm.must_do}
    assert "调解中又针对对方违法" in texts["CHECK_EXCLUDED"]
    assert (again.accept, again.lead) == ("protect", "police_station")
    assert "JOINT_SESSION" in {note.code for note in again.must_not}


def test_an_agreement_of_new_years_eve_may_be_confirmed_until_a_day_still_to_be_published() -> None:
    due = deadline(CLOCKS["JC.APPLY"], date(2026, 12, 31), CALENDAR)

    assert (due.raw_due_on, due.due_on) == (date(2027, 1, 30), date(2027, 2, 1))
    assert due.provisional


@pytest.mark.parametrize("what", ["military", "foreign", "religious"])
@pytest.mark.parametrize("category", ["neighbour", "land_contract", "expropriation", "wages"])
def test_army_foreigners_and_religion_are_never_dispatched_by_themselves(
    what: str, category: str
) -> None:
    answer = ask(category, sensitive=what, government_party="respondent")

    assert (answer.accept, answer.channel, answer.lead) == ("manual", "none", "governance_centre")
    assert "AUTO_DISPATCH" in {note.code for note in answer.must_not}


def test_a_report_of_a_cadre_leaves_as_a_matter_of_its_own() -> None:
    answer = ask("expropriation", misconduct_reported=True, land_matter="collective_distribution")

    assert [part.rule.id for part in answer.parts] == ["land.collective", "misconduct"]
    assert {"FORWARD_REPORT", "MEDIATE_MISCONDUCT"} <= {note.code for note in answer.must_not}
    assert "misconduct_reported" not in {row.fact for row in answer.parts[0].matched}


def test_who_comes_again_after_withdrawing_is_taken_and_tied_to_the_earlier_number() -> None:
    answer = ask("neighbour", repeat=True, new_facts=True)

    assert (answer.accept, answer.rule.id) == ("yes", "neighbour")
    assert "LINK_EARLIER" in {note.code for note in answer.must_do}


def test_our_copy_of_the_given_cases_is_theirs() -> None:
    given = cases(GIVEN)
    if not given:
        pytest.skip("the given cases are not beside the checkout")
    ours = {case["id"]: (case["request"], case["expect"]) for case in cases(CASES)}

    assert {case["id"]: (case["request"], case["expect"]) for case in given} == {
        case["id"]: ours[case["id"]] for case in given
    }
