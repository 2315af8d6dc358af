"""Letters 建议书: terms to the day, what is firm, what has to be asked, which steps are legal."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from config import calendar, clock, suggestion
from config.suggestion import Adoption, SuggestionEnd, SuggestionKind
from config.suggestion import SuggestionStatus as S
from config.suggestion import SuggestionStep as T
from service.errors import Forbidden, Invalid, StepNotAllowed
from service.rules import suggestion as rules
from service.rules.calendar import WorkCalendar
from service.rules.suggestion import Stand, Term

CLOCKS = clock.load()
CALENDAR = WorkCalendar(calendar.load())
KINDS = suggestion.load(known=CLOCKS.by_id)
K = SuggestionKind
TODAY = date(2026, 10, 8)
OPEN = Stand(
    status=S.ASSIGNED,
    round=1,
    assigned=True,
    approved=False,
    unanswered=(),
    fresh=True,
    asked=False,
    sued=False,
)


def term(
    kind: SuggestionKind,
    received: str,
    *,
    stated: str | None = None,
    urgent: bool = False,
    round_: int = 1,
) -> Term | None:
    return rules.term(
        KINDS[kind],
        urgent=urgent,
        round_=round_,
        received_on=date.fromisoformat(received),
        stated_on=date.fromisoformat(stated) if stated else None,
        clocks=CLOCKS,
        calendar=CALENDAR,
    )


@pytest.mark.parametrize(
    ("kind", "received", "more", "told"),
    [
        # L2: two months; the urgent one fifteen natural days
        (K.PROCURATORIAL_PUBLIC_INTEREST, "2026-09-30", {}, ("2026-11-30", "PROC.PIL", False)),
        (
            K.PROCURATORIAL_PUBLIC_INTEREST,
            "2026-11-16",
            {"urgent": True},
            ("2026-12-01", "PROC.PIL.URG", False),
        ),
        # L3: two months unless the letter says; past the published years a date is provisional
        (K.JUDICIAL_GOVERNANCE, "2026-10-31", {}, ("2026-12-31", "COURT.SUG", True)),
        (
            K.JUDICIAL_GOVERNANCE,
            "2026-10-31",
            {"stated": "2026-11-30"},
            ("2026-11-30", "COURT.SUG", False),
        ),
        (
            K.JUDICIAL_GOVERNANCE,
            "2026-10-31",
            {"stated": "2027-03-31"},
            ("2027-03-31", "COURT.SUG", False),
        ),
        (K.JUDICIAL_GOVERNANCE, "2026-12-31", {}, ("2027-03-01", "COURT.SUG", True)),
        # a date in the letter shortens what the law counts and never lengthens it
        (
            K.PROCURATORIAL_GENERAL,
            "2026-09-30",
            {"stated": "2026-10-20"},
            ("2026-10-20", "PROC.GEN", False),
        ),
        (
            K.PROCURATORIAL_GENERAL,
            "2026-09-30",
            {"stated": "2027-01-20"},
            ("2026-11-30", "PROC.GEN", False),
        ),
        (K.PROCURATORIAL_SUPERVISION, "2026-09-30", {}, ("2026-11-30", "PROC.GEN", False)),
        (K.REVIEW_OPINION, "2026-09-01", {}, ("2026-11-02", "REC.OPINION", False)),
        (
            K.JUDICIAL_CASE,
            "2026-09-30",
            {"stated": "2026-10-31"},
            ("2026-10-31", "SUG.STATED", False),
        ),
        # no law counts a second round: the issuer states it, or it is asked
        (
            K.PROCURATORIAL_GENERAL,
            "2026-09-30",
            {"round_": 2, "stated": "2027-01-20"},
            ("2027-01-20", "PROC.GEN", False),
        ),
        (K.PROCURATORIAL_GENERAL, "2026-09-30", {"round_": 2}, ("2026-11-30", "PROC.GEN", True)),
    ],
)
def test_a_letter_is_due(
    kind: SuggestionKind,
    received: str,
    more: dict[str, object],
    told: tuple[str, str, bool],
) -> None:
    found = term(kind, received, **more)  # type: ignore[arg-type]  # a table of cases
    assert found is not None
    assert (found.due_on.isoformat(), found.rule, found.provisional) == told


def test_where_no_law_has_days_and_nobody_stated_any_there_is_no_date() -> None:
    assert term(K.JUDICIAL_CASE, "2026-09-30") is None
    assert [kind for kind in K if rules.is_asked(KINDS[kind], 1)] == [
        K.JUDICIAL_GOVERNANCE,
        K.JUDICIAL_CASE,
    ]
    assert all(rules.is_asked(KINDS[kind], 2) for kind in K)


def steps(**changes: object) -> str:
    stand = replace(OPEN, **changes)  # type: ignore[arg-type]  # a table of cases
    return " ".join(each.value for each in rules.steps_from(stand))


WORK = "assign answer_demand"
END = "object sue"


@pytest.mark.parametrize(
    ("changes", "legal"),
    [
        ({"status": S.RECEIVED, "unanswered": (1, 2)}, f"{WORK} {END}"),
        ({"asked": True, "unanswered": (2,)}, f"assign confirm_due answer_demand {END}"),
        ({}, f"{WORK} approve {END}"),
        ({"approved": True}, f"{WORK} dispatch {END}"),
        ({"sued": True}, f"{WORK} approve object close"),
        ({"status": S.RETURNED, "round": 2, "fresh": False}, f"{WORK} {END}"),
        ({"status": S.RETURNED, "round": 2}, f"{WORK} approve {END}"),
        ({"status": S.OBJECTED}, "decide_objection"),
        ({"status": S.REPLIED, "approved": True}, "send_back accept sue close"),
        ({"status": S.ACCEPTED, "approved": True}, "send_back look_back sue close"),
        ({"status": S.CLOSED, "ended_as": SuggestionEnd.DONE}, "look_back"),
        ({"status": S.CLOSED, "ended_as": SuggestionEnd.WITHDRAWN}, ""),
    ],
)
def test_the_legal_steps(changes: dict[str, object], legal: str) -> None:
    assert steps(**changes) == legal


def test_a_step_that_is_not_legal_says_why_and_which_are() -> None:
    with pytest.raises(StepNotAllowed) as refused:
        rules.after(replace(OPEN, unanswered=(1, 3)), T.APPROVE)
    assert refused.value.detail == "第 1、3 条还没有答复，不能审核"
    assert refused.value.allowed == f"{WORK} {END}".split()
    for stand, step, why in (
        (OPEN, T.DISPATCH, rules.NOT_APPROVED),
        (OPEN, T.CONFIRM_DUE, rules.FIRM),
        (replace(OPEN, sued=True), T.SUE, rules.SUED_ALREADY),
        (OPEN, T.CLOSE, rules.NOT_OVER),
        (replace(OPEN, round=2, fresh=False), T.APPROVE, rules.NOTHING_NEW),
    ):
        with pytest.raises(StepNotAllowed, match=why):
            rules.after(stand, step)
    assert rules.after(replace(OPEN, approved=True), T.DISPATCH) is S.REPLIED


def test_an_objection_ends_the_letter_or_leads_back() -> None:
    assert rules.after_objection(OPEN, upheld=True) is S.CLOSED
    assert rules.after_objection(OPEN, upheld=False) is S.ASSIGNED
    assert rules.after_objection(replace(OPEN, assigned=False), upheld=False) is S.RECEIVED
    assert rules.after_objection(replace(OPEN, round=2), upheld=False) is S.RETURNED


def test_overdue_is_who_works_at_it_after_its_last_day() -> None:
    due, day_after = date(2026, 11, 30), date(2026, 12, 1)
    for status in S:
        late = rules.is_overdue(status, due, day_after, replied_on=None)
        assert late is (status in rules.AT_WORK)
    assert not rules.is_overdue(S.ASSIGNED, due, due, replied_on=None)
    assert not rules.is_overdue(S.ASSIGNED, None, day_after, replied_on=None)
    assert (rules.is_late(due, due), rules.is_late(due, day_after)) == (False, True)
    assert not rules.is_late(None, day_after)


def test_words_and_days_that_cannot_be_are_refused_at_their_field() -> None:
    today = date(2026, 11, 23)
    with pytest.raises(Invalid) as wrong:
        rules.check_record(
            received_on=date(2026, 11, 24),
            stated_due_on=date(2026, 11, 20),
            numbers=[1, 2, 1],
            today=today,
        )
    assert list(wrong.value.fields) == ["received_on", "stated_due_on", "demands.2.number"]
    with pytest.raises(Invalid) as wrong:
        rules.check_answer(
            adopted=Adoption.NO,
            reason=None,
            due_on=date(2026, 11, 1),
            done_on=date(2026, 11, 24),
            received_on=date(2026, 11, 2),
            today=today,
        )
    assert list(wrong.value.fields) == ["reason", "done_on", "due_on"]
    rules.check_answer(
        adopted=Adoption.PARTLY,
        reason=None,
        due_on=date(2026, 11, 2),
        done_on=None,
        received_on=date(2026, 11, 2),
        today=today,
    )
    for told, since in ((date(2026, 11, 24), None), (date(2026, 11, 2), date(2026, 11, 3))):
        with pytest.raises(Invalid):
            rules.check_day("on", told, name="日期", since=since, since_name="收到", today=today)
    with pytest.raises(Invalid):
        rules.check_due(date(2026, 11, 2), date(2026, 11, 3))
    me = uuid4()
    rules.check_approver(me, {None, uuid4()})
    with pytest.raises(Forbidden):
        rules.check_approver(me, {None, me})


@pytest.mark.parametrize(
    ("status", "replied", "said"),
    [
        *((each, None, None) for each in (S.RECEIVED, S.ASSIGNED, S.OBJECTED)),
        *((each, TODAY, rules.SENT_ALREADY) for each in (S.REPLIED, S.RETURNED, S.CLOSED)),
        (S.CLOSED, None, rules.ENDED),
    ],
)
def test_a_letter_is_corrected_until_a_reply_went_out(
    status: S, replied: date | None, said: str | None
) -> None:
    assert rules.why_not_corrected(status, replied) == said


@pytest.mark.parametrize(
    ("received_on", "stated_due_on", "wrong"),
    [
        (TODAY + timedelta(days=1), None, ["received_on"]),
        (TODAY, TODAY - timedelta(days=1), ["stated_due_on"]),
        (TODAY, None, ["received_on"]),  # after it was objected to
        (TODAY - timedelta(days=1), None, []),
    ],
)
def test_a_corrected_day_is_none_that_cannot_be(
    received_on: date, stated_due_on: date | None, wrong: list[str]
) -> None:
    told: dict[str, Any] = {"received_on": received_on, "stated_due_on": stated_due_on}
    later = {"提出异议的日期": TODAY - timedelta(days=1), "起诉日期": None}
    try:
        rules.check_corrected(**told, later=later, today=TODAY)
        found: list[str] = []
    except Invalid as refusal:
        found = list(refusal.fields)
    assert found == wrong
