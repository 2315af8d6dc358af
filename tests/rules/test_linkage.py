"""The registers of 府检府院联动: what each takes, what follows on what, which round is due when."""

from datetime import date
from itertools import pairwise, product

import pytest

from config import linkage
from config.linkage import LinkagePeriod, LinkageRegister, LinkageStage
from service.errors import Invalid, StepNotAllowed
from service.rules import linkage as rules
from service.rules.linkage import Said, Written

R, S, P = LinkageRegister, LinkageStage, LinkagePeriod
TODAY = date(2026, 11, 23)
ALL = linkage.load()
# register -> every step there is, written out: a stage more is a decision more
STEPS = {
    R.OVERSIGHT: """filed>consulted filed>suggested filed>ended consulted>suggested consulted>ended
        suggested>rectified suggested>followed suggested>sued suggested>ended rectified>followed
        rectified>ended followed>rectified followed>sued followed>ended sued>ended""",
    R.INQUIRY: "filed>done filed>ended",
    R.COURT_AID: "filed>done filed>failed filed>ended",
    R.OBLIGATION: "filed>done filed>ended",
    R.ENFORCEMENT_CHECK: """filed>consulted filed>rectified filed>ended consulted>consulted
        consulted>rectified consulted>ended rectified>consulted rectified>ended""",
    R.INTERFERENCE: "",
    R.REFERRAL: "filed>received received>fed_back",
}


def test_what_follows_on_what_is_this_and_no_more() -> None:
    for register in R:
        wanted = {tuple(each.split(">")) for each in STEPS[register].split()}
        told, found = ALL[register], set()
        for one, other in product(told.stages, S):
            try:
                rules.after(told, one, other)
                found.add((one.value, other.value))
            except StepNotAllowed:
                pass
        assert found == wanted, register


def written(register: LinkageRegister, **changes: object) -> Written:
    """A row that this register takes; what is named is otherwise."""
    told = ALL[register]
    right = {
        "sort": next(iter(told.sorts)),
        "title": None if told.sealed else "请村里协助送达",
        "sign": None,
        "received_on": date(2026, 11, 20),
        "due_on": date(2026, 11, 27) if told.due is linkage.DueIs.MUST else None,
        "period": P.ONCE if told.periodic else None,
        "words": "共三户" if told.words else None,
        "readers": (),
    }
    return Written(**right | changes)  # type: ignore[arg-type]  # the fields of the tables below


@pytest.mark.parametrize("register", R)
def test_each_register_takes_what_it_keeps(register: LinkageRegister) -> None:
    rules.check_record(ALL[register], written(register), today=TODAY)


@pytest.mark.parametrize(
    ("register", "changes", "field"),
    [
        (R.COURT_AID, {"sort": "discipline"}, "sort"),
        (R.COURT_AID, {"title": None}, "title"),
        (R.COURT_AID, {"words": None}, "words"),
        (R.COURT_AID, {"due_on": None}, "due_on"),
        (R.COURT_AID, {"due_on": date(2026, 11, 19)}, "due_on"),
        (R.COURT_AID, {"received_on": date(2026, 11, 24)}, "received_on"),
        (R.COURT_AID, {"period": P.ONCE}, "period"),
        (R.OBLIGATION, {"period": None}, "period"),
        (R.OVERSIGHT, {"due_on": TODAY}, "due_on"),
        (R.REFERRAL, {"words": "线索内容"}, "words"),  # nothing of the clue is kept
        (R.REFERRAL, {"title": "谁的事"}, "title"),
        (R.REFERRAL, {"sign": "某案"}, "sign"),
        (R.INTERFERENCE, {"words": None}, "words"),
    ],
)
def test_what_it_does_not_keep_is_refused_at_its_field(
    register: LinkageRegister, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_record(ALL[register], written(register, **changes), today=TODAY)
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("register", "stage", "said", "fields"),
    [
        (R.COURT_AID, S.DONE, Said(on=TODAY), {"words"}),
        (R.COURT_AID, S.DONE, Said(on=date(2026, 11, 24), words="送到了"), {"on"}),
        (R.COURT_AID, S.DONE, Said(on=date(2026, 11, 19), words="送到了"), {"on"}),
        (R.COURT_AID, S.DONE, Said(on=TODAY, words="送到了", paper="一号"), {"paper"}),
        (R.OVERSIGHT, S.SUGGESTED, Said(on=TODAY), {"paper"}),
        (R.OVERSIGHT, S.ENDED, Said(on=TODAY, words="终结", lawsuit="某案"), {"lawsuit"}),
        (R.REFERRAL, S.RECEIVED, Said(on=TODAY, paper="一号", words="线索"), {"words"}),
        (R.COURT_AID, S.DONE, Said(on=TODAY, words="送到了"), set()),
        (R.OVERSIGHT, S.SUED, Said(on=TODAY, lawsuit="某案"), set()),
    ],
)
def test_a_stage_comes_with_its_proof_and_its_paper(
    register: LinkageRegister, stage: LinkageStage, said: Said, fields: set[str]
) -> None:
    found: set[str] = set()
    try:
        rules.check_step(ALL[register], stage, said, since=date(2026, 11, 20), today=TODAY)
    except Invalid as refusal:
        found = set(refusal.fields)
    assert found == fields


def test_a_round_on_the_31st_is_due_on_every_last_day_and_never_drifts() -> None:
    due, found = date(2026, 8, 31), []
    for _ in range(7):
        due = rules.next_due(due, P.MONTHLY, 31)
        found.append(due.isoformat())
    assert found == [
        "2026-09-30",
        "2026-10-31",
        "2026-11-30",
        "2026-12-31",
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
    ]
    assert rules.next_due(date(2026, 11, 30), P.QUARTERLY, 30) == date(2027, 2, 28)
    assert rules.next_due(date(2024, 2, 29), P.YEARLY, 29) == date(2025, 2, 28)
    assert all(one < other for one, other in pairwise(found))


def test_the_last_day_is_in_time_and_what_came_late_stays_late() -> None:
    due = date(2026, 11, 20)
    assert not rules.is_late(due, None, due)
    assert rules.is_late(due, None, date(2026, 11, 21))
    assert not rules.is_late(due, due, date(2030, 1, 1))
    assert rules.is_late(due, date(2026, 11, 21), date(2030, 1, 1))
    assert not rules.is_late(None, None, TODAY)
