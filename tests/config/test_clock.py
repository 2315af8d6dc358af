"""The catalogue of terms against the handbook of the law, row by row."""

from datetime import date

import pytest

from config import clock
from config.clock import ClockRule
from config.vocabulary import ClockKind, Step, TimeUnit

CLOCKS = clock.load()

# What the handbook says of each: length, how much and how often it may be extended, unit, since
# when and until when, and the grades of its sources. `~` marks an extension that the law leaves to
# the parties, where the centre sets how long: there the handbook has no number.
LAW = """
CONS.ACCEPT       7         WD 2020-01-01 -          A
CONS.MED.OLD      45        WD -          2024-06-30 A
CONS.MED          60        ND 2024-07-01 -          B
CONS.CLUE         15+15     WD -          -          AC
TRAF.APPLY        10        WD -          -          A
TRAF.MED          10        WD -          -          A
TRAF.FROM_PM      3         WD -          -          A
TRAF.REVIEW       3         WD -          -          A
SEC.SECOND        7         WD -          -          A
SEC.CASE.OLD      30+30     ND -          2025-12-31 A
SEC.CASE          30+30x2   ND 2026-01-01 -          AC
SEC.TRANSFER      24        H  -          -          A
LAB.MED           15        ND -          -          A
LAB.TIMEBAR       12        M  -          -          A
LAB.ARB.ACCEPT    5         ND -          -          A
LAB.ARB           45+15     ND -          -          A
LAB.SUE           15        ND -          -          A
LAB.INSPECT       60+30     WD -          -          A
INJ.EMPLOYER      30        ND -          -          A
INJ.WORKER        12        M  -          -          A
LAND.TIMEBAR      24        M  -          -          A
LAND.ARB.ACCEPT   5         WD -          -          A
LAND.ARB          60+30     ND -          -          A
LAND.SUE          30        ND -          -          A
TITLE.ACCEPT      7         WD -          -          B
TITLE.COPY        5         WD -          -          B
TITLE.DONE        6         M  -          -          C
TITLE.SUE         30        ND -          -          A
COLL.REVOKE       12        M  2025-05-01 -          A
MEDI.PM           30~30     WD -          -          A
MEDI.ADM          30        WD -          -          A
MEDI.ADM.ACCEPT   5         WD -          -          A
PATENT.FILE       5         WD -          -          B
COURT.ACK         3         WD -          -          A
COURT.DELEG       30~30     ND -          -          A
COURT.ENTR.ORD    15~15     ND -          -          A
COURT.ENTR.SIM    7~7       ND -          -          A
JC.APPLY          30        ND -          -          A
CIV.ANSWER        15        ND -          -          A
DV.ORDER          72        H  -          -          A
DV.ORDER.URG      24        H  -          -          A
XF.NOTICE         15        ND -          -          A
XF.OBJECT         5         WD -          -          A
XF.DONE           60+30     ND -          -          A
XF.REVIEW         30        ND -          -          A
XF.REVIEW.DONE    30        ND -          -          A
XF.RECHECK        30        ND -          -          A
XF.RECHECK.DONE   30        ND -          -          A
REC.APPLY         60        ND -          -          A
REC.APPLY.UNTOLD  12        M  -          -          A
REC.REPLY         10        WD -          -          A
REC.REPLY.SIM     5         WD -          -          A
REC.OPINION       60        ND -          -          A
LIT.SUE           6         M  -          -          A
LIT.SUE.UNTOLD    12        M  -          -          A
LIT.INACTION      2         M  -          -          A
LIT.SUE.INACTION  6         M  -          -          A
LIT.SUE.REVIEW    15        ND -          -          A
LIT.ANSWER        15        ND -          -          A
LIT.APPEAL.J      15        ND -          -          A
LIT.APPEAL.R      10        ND -          -          A
INFO.REPLY        20+20     WD -          -          A
PROC.GEN          2         M  -          -          B
PROC.PIL          2         M  -          -          A
PROC.PIL.URG      15        ND -          -          A
COURT.SUG         2         M  2023-11-16 -          AR
PM.DEFAULT        1~1       M  -          -          C
ADM.DEFAULT       30+15     ND -          -          R
SLA.DISPATCH      1         WD -          -          R
SLA.ACCEPT        3         WD -          -          R
SLA.CONTACT       2         WD -          -          R
SLA.JOINT         5         WD -          -          R
SLA.VISIT         10        WD -          -          R
SLA.ARCHIVE       10        WD -          -          R
"""

# What the handbook says in its running text only, and dates that others write down.
BESIDE = """
CONS.TIMEBAR      36        M  -          -          AB
COLL.OUTER        60        M  2025-05-01 -          A
LIT.OUTER         60        M  -          -          A
LIT.OUTER.LAND    240       M  -          -          A
OUT.12345         0         ND -          -          R
OUT.STATED        0         ND -          -          R
SUG.STATED        0         ND -          -          R
SUG.DEMAND        0         ND -          -          R
LIT.HEARING       0         ND -          -          R
DUTY.DUE          0         ND -          -          R
INQUIRY.DUE       0         ND -          -          R
AID.DUE           0         ND -          -          R
CHECK.DUE         0         ND -          -          R
LINK.DUE          0         ND -          -          R
MEET.DUE          0         ND -          -          R
PLAN.TASK         0         ND -          -          R
PLAN.MILESTONE    0         ND -          -          R
PLAN.ENTRY        0         ND -          -          R
PLAN.EXPIRY       0         ND -          -          R
INFO.EXTENDED     40        WD -          -          A
INFO.ACTIVE       20        WD -          -          A
NORM.FILE         15        ND -          -          C
TRANSFER.REVIEW   3         ND -          -          A
EMERGENCY.FILE    20        WD -          -          B
CREDIT.PUBLISH    7         WD -          -          B
REPORT.SUBMIT     0         ND -          -          B
REPORT.PUBLISH    0         ND -          -          C
"""
ROWS = {row.split()[0]: row.split()[1:] for row in (LAW + BESIDE).strip().splitlines() if row}


def shown(rule: ClockRule) -> list[str]:
    length = str(rule.length)
    if rule.extension:
        length += f"{'~' if '~' in ROWS[rule.id][0] else '+'}{rule.extension}"
    if rule.extension_times > 1:
        length += f"x{rule.extension_times}"
    grades = "".join(sorted({row.grade.value for row in rule.basis}))
    begun, ended = (f"{each}" if each else "-" for each in (rule.valid_from, rule.valid_to))
    return [length, rule.unit.value, begun, ended, grades]


def test_the_catalogue_has_the_terms_of_the_handbook_and_no_others() -> None:
    assert set(CLOCKS.by_id) == set(ROWS)


@pytest.mark.parametrize("rule_id", ROWS)
def test_a_term_is_as_the_handbook_says(rule_id: str) -> None:
    assert shown(CLOCKS[rule_id]) == ROWS[rule_id]


def test_an_extension_without_a_number_in_the_law_says_so() -> None:
    ours = {rule_id for rule_id, row in ROWS.items() if "~" in row[0]}

    assert {each for each in ours if "同意" not in CLOCKS[each].note} == set()


def test_the_parties_own_terms_are_remedies() -> None:
    remedies = {rule.id for rule in CLOCKS.by_id.values() if rule.kind is ClockKind.REMEDY}

    assert remedies == set(
        """
        CONS.TIMEBAR TRAF.APPLY TRAF.FROM_PM TRAF.REVIEW LAB.TIMEBAR LAB.SUE INJ.EMPLOYER
        INJ.WORKER LAND.TIMEBAR LAND.SUE TITLE.SUE COLL.REVOKE COLL.OUTER JC.APPLY CIV.ANSWER
        XF.REVIEW XF.RECHECK REC.APPLY REC.APPLY.UNTOLD LIT.SUE LIT.OUTER LIT.OUTER.LAND
        LIT.SUE.UNTOLD LIT.SUE.INACTION LIT.SUE.REVIEW LIT.APPEAL.J LIT.APPEAL.R
        """.split()
    )


def test_only_law_is_statutory() -> None:
    local = {
        rule.id
        for rule in CLOCKS.by_id.values()
        if rule.kind is ClockKind.STATUTORY and {row.grade.value for row in rule.basis} == {"R"}
    }

    assert local == set()


def test_a_superseded_term_and_its_successor_leave_no_day_open() -> None:
    for old, new, last in (
        ("CONS.MED.OLD", "CONS.MED", date(2024, 6, 30)),
        ("SEC.CASE.OLD", "SEC.CASE", date(2025, 12, 31)),
    ):
        assert CLOCKS[old].valid_to == last
        assert CLOCKS[new].valid_from == date.fromordinal(last.toordinal() + 1)


def test_every_citation_has_its_law_and_local_ones_no_article() -> None:
    wrong = [
        (rule.id, row.law, row.article)
        for rule in CLOCKS.by_id.values()
        for row in rule.basis
        if not row.law or bool(row.article) is (row.grade.value == "R")
    ]

    assert wrong == []


def test_the_steps_start_and_meet_the_centres_own_promises() -> None:
    assert CLOCKS["SLA.ACCEPT"].starts_on == (Step.DISPATCH,)
    assert CLOCKS["SLA.ACCEPT"].met_by == (Step.ACCEPT, Step.DECLINE)
    assert CLOCKS["SLA.DISPATCH"].met_by == (Step.DISPATCH,)
    assert CLOCKS["SLA.DISPATCH"].starts_on == (Step.RETURN,)


def test_a_stated_term_has_no_length() -> None:
    rule = CLOCKS["OUT.12345"]

    assert (rule.stated, rule.length, rule.unit) == (True, 0, TimeUnit.NATURAL_DAY)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("length = 0", "必须为正"),
        ("length = 1\nlenght = 2", "未知的键：lenght"),
        ("length = 1\nextension = 1", "须同时写明"),
        ('length = 1\nextends = ["agreed"]', "须同时写明"),
    ],
)
def test_a_wrong_term_is_refused(more: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        clock.parse(f'version = 1\n[[clock]]\nid = "A"\n{more}\n')


def test_an_id_stands_once() -> None:
    row = '[[clock]]\nid = "A"\nname = "a"\ntrigger = "t"\nlength = 1\nunit = "WD"\nbasis = []\n'

    with pytest.raises(ValueError, match="A 重复"):
        clock.parse(f"version = 1\n{row}{row}")
