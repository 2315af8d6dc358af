"""What a refusal may cite, which terms still run, and the mark of a paper's fields."""

from datetime import date
from typing import Any

from config import policy
from service.rules.paper import cited, law_of, mark, of_ground, still_open

POLICY = policy.load()
RULEBOOK = POLICY.rulebook
BASIS = [{"law": "行政复议法", "article": "11", "grade": "A"}]
ANSWER: dict[str, Any] = {
    "accept": "no",
    "rule": {"id": "act.benefit", "version": 1},
    "basis": BASIS,
    "deadlines": [
        {"rule": "LIT.SUE", "due_on": "2027-05-03"},
        {"rule": "REC.APPLY", "due_on": "2026-12-31"},
        {"rule": "XF.REVIEW", "due_on": "2026-11-20"},
        {"rule": "PM.DEFAULT", "due_on": "2026-12-20"},
    ],
}


def test_the_law_is_cited_when_the_rules_found_this_very_ground() -> None:
    assert cited(ANSWER, "administrative_act", RULEBOOK) == BASIS


def test_no_law_is_cited_for_a_ground_that_a_person_found() -> None:
    assert cited(ANSWER, "respondent_refuses", RULEBOOK) == []
    assert cited(ANSWER, "other", RULEBOOK) == []
    assert cited(ANSWER | {"accept": "yes"}, "administrative_act", RULEBOOK) == []
    assert cited(ANSWER | {"rule": {"id": "gone", "version": 1}}, "other", RULEBOOK) == []


def test_only_the_citizens_terms_that_still_run_are_told_nearest_first() -> None:
    running = still_open(ANSWER, date(2026, 12, 31), ("PM.DEFAULT",))
    assert [each["rule"] for each in running] == ["REC.APPLY", "LIT.SUE"]


def test_a_ground_has_the_terms_the_law_gives_it_with_their_law_and_others_none() -> None:
    on = date(2026, 12, 1)
    found = of_ground("administrative_act", on, POLICY.grounds, POLICY.clocks)
    assert [rule.id for rule in found] == ["REC.APPLY", "LIT.SUE"]
    assert [[each.as_dict() for each in law_of(rule, on)] for rule in found] == [
        [{"law": "行政复议法", "article": "20", "grade": "A"}],
        [{"law": "行政诉讼法", "article": "46", "grade": "A"}],
    ]
    for ground in ("respondent_refuses", "other", "other:协商"):
        assert of_ground(ground, on, POLICY.grounds, POLICY.clocks) == []


def test_of_a_law_that_was_replaced_only_the_one_in_force_is_cited() -> None:
    clues = POLICY.clocks["CONS.CLUE"]
    laws = [
        [each.law for each in law_of(clues, day)] for day in (date(2026, 4, 14), date(2026, 4, 15))
    ]
    assert laws == [["市场监督管理投诉举报处理暂行办法"], ["市场监督管理投诉举报处理办法"]]


def test_equal_fields_have_equal_marks_and_any_change_another() -> None:
    one = mark({"number": "QLS2026-00001", "doors": ["court"]})
    assert one == mark({"doors": ["court"], "number": "QLS2026-00001"})
    assert one != mark({"number": "QLS2026-00001", "doors": ["people_court"]})
    assert one == "c7d660d1897540796d5045dbef18111003d7cd99b2a13b1863c70b95d2632bef"
