"""On what ground a term may be paused or extended: what each wants, and the law behind it."""

from datetime import date

import pytest

from config import clock, clock_ground
from config.vocabulary import ClockChangeKind
from service.rules.deadlines import in_force

CLOCKS = clock.load()
GROUNDS = clock_ground.load(clocks=CLOCKS)
SHIPPED = clock_ground.DEFAULT.read_text(encoding="utf-8")
PAUSE, EXTEND = ClockChangeKind.PAUSE, ClockChangeKind.EXTEND


@pytest.mark.parametrize(
    ("rule_id", "pauses", "extends"),
    [
        ("MEDI.PM", ["appraisal"], ["agreed"]),
        ("MEDI.ADM", ["appraisal"], []),
        ("ADM.DEFAULT", ["appraisal", "absence", "other_result"], ["agreed"]),
        ("XF.DONE", [], ["complex"]),
        ("LAB.INSPECT", [], ["complex"]),
        ("INFO.REPLY", [], ["information"]),
        ("LAB.ARB", [], ["arbitration"]),
        ("LAND.ARB", [], ["arbitration"]),
        ("SEC.CASE", ["appraisal"], ["police_case"]),
        ("COURT.DELEG", ["appraisal"], ["agreed"]),
        ("LAB.MED", [], []),
        ("LIT.ANSWER", [], []),
        ("REC.APPLY", [], []),
        ("DV.ORDER", [], []),
        ("OUT.12345", [], []),
    ],
)
def test_a_term_has_its_grounds(rule_id: str, pauses: list[str], extends: list[str]) -> None:
    assert [each.code for each in GROUNDS.of(rule_id, PAUSE)] == pauses
    assert [each.code for each in GROUNDS.of(rule_id, EXTEND)] == extends


def test_no_remedy_and_no_hours_can_be_changed() -> None:
    for rule in CLOCKS.by_id.values():
        if rule.kind.value in ("remedy", "outside") or rule.unit.value == "H":
            assert (rule.pauses, rule.extends) == ((), ())


def test_a_ground_says_what_it_wants_and_how_it_is_told() -> None:
    agreed, complex_case = GROUNDS["agreed"], GROUNDS["complex"]

    assert (agreed.consent, agreed.approval) == (True, "")
    assert (complex_case.consent, complex_case.approval) == (False, "承办单位负责人")
    for ground in GROUNDS.by_code.values():
        assert ground.letter
        assert ground.consent or ground.evidence or ground.approval


def test_a_ground_cites_the_law_of_the_term_as_it_is_in_force() -> None:
    rows = GROUNDS["appraisal"].basis["CONS.MED"]

    assert [row.article for row in in_force(rows, date(2026, 4, 14))] == ["20"]
    assert [row.grade.value for row in in_force(rows, date(2026, 4, 15))] == ["C"]
    assert {row.grade.value for row in GROUNDS["agreed"].basis["ADM.DEFAULT"]} == {"R"}


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('letter = "延期通知书"', 'leter = "延期通知书"', "未知的键：leter"),
        ('code = "absence"', 'code = "appraisal"', "appraisal 重复"),
        ('rules = ["XF.DONE"]', 'rules = ["XF.DONE", "XF.GONE"]', "没有的期限 XF.GONE"),
        ('rules = ["XF.DONE"]', 'rules = ["XF.NOTICE"]', "XF.NOTICE 与期限变更事由不一致"),
        ('rules = ["MEDI.ADM"]', "rules = []", "MEDI.ADM 与期限变更事由不一致"),
    ],
)
def test_a_wrong_ground_is_refused(old: str, new: str, wrong: str) -> None:
    assert old in SHIPPED

    with pytest.raises(ValueError, match=wrong):
        clock_ground.parse(SHIPPED.replace(old, new, 1), clocks=CLOCKS)
