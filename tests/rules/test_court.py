"""What a court sends: its number against its kind, its term, and the result it is told."""

from datetime import date

import pytest

from config.court import CourtKind, CourtProcedure, CourtResult, CourtState
from config.vocabulary import DisputeStatus, Outcome
from service.errors import Conflict, Invalid
from service.rules import court

ASSIGNED, ENTRUSTED = CourtKind.ASSIGNED, CourtKind.ENTRUSTED
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("(2026)内0525民诉前调12号", ASSIGNED, "（2026）内0525民诉前调12号"),
        ("〔2026〕内 0525 民初 123 号", ENTRUSTED, "（2026）内0525民初123号"),
        ("（2026）内0525民初123号之一", ENTRUSTED, "（2026）内0525民初123号之一"),
    ],
)
def test_a_number_is_written_as_courts_write_it(text: str, kind: CourtKind, written: str) -> None:
    assert court.case_number(text, kind) == written


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("（2026）内0525民初123号", ASSIGNED, "“民初”是立案后的案号，应选委托调解"),
        ("（2026）内0525民诉前调12号", ENTRUSTED, "“民诉前调”是立案前的案号，应选委派调解"),
        ("内0525民初123号", ENTRUSTED, court.SHAPE),
        ("（2026）内0525行初3号", ENTRUSTED, court.SHAPE),
    ],
)
def test_a_number_of_the_other_kind_or_of_no_civil_case_is_refused(
    text: str, kind: CourtKind, said: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        court.case_number(text, kind)
    assert refusal.value.fields == {"case_number": [said]}


def test_the_term_is_thirty_fifteen_or_seven_days_by_kind_and_procedure() -> None:
    assert [
        court.term(ASSIGNED, None),
        court.term(ENTRUSTED, CourtProcedure.ORDINARY),
        court.term(ENTRUSTED, CourtProcedure.SIMPLIFIED),
    ] == ["COURT.DELEG", "COURT.ENTR.ORD", "COURT.ENTR.SIM"]


@pytest.mark.parametrize(
    ("kind", "procedure"), [(ENTRUSTED, None), (ASSIGNED, CourtProcedure.SIMPLIFIED)]
)
def test_only_a_case_that_was_filed_has_a_procedure(
    kind: CourtKind, procedure: CourtProcedure | None
) -> None:
    with pytest.raises(Invalid) as refusal:
        court.check_procedure(kind, procedure)
    assert list(refusal.value.fields) == ["procedure"]


R, S, End = CourtResult, DisputeStatus, Outcome


@pytest.mark.parametrize(
    ("result", "status", "outcome", "on", "field"),
    [
        (R.AGREED, S.AGREED, None, MONDAY, None),
        (R.AGREED, S.CLOSED, End.AGREED, TUESDAY, None),
        (R.NOT_AGREED, S.CLOSED, End.NOT_AGREED, TUESDAY, None),
        (R.AGREED, S.MEDIATING, None, TUESDAY, "result"),
        (R.NOT_AGREED, S.MEDIATING, None, TUESDAY, "result"),
        (R.NOT_AGREED, S.CLOSED, End.AGREED, TUESDAY, "result"),
        (R.AGREED, S.AGREED, None, date(2026, 11, 4), "reported_on"),
        (R.AGREED, S.AGREED, None, date(2026, 11, 1), "reported_on"),
    ],
)
def test_a_court_is_told_what_happened(
    result: CourtResult, status: DisputeStatus, outcome: Outcome | None, on: date, field: str | None
) -> None:
    def told() -> None:
        court.check_report(CourtState.RUNNING, result, status, outcome, (on, MONDAY, TUESDAY))

    if field is None:
        told()
        return
    with pytest.raises(Invalid) as refusal:
        told()
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("state", [CourtState.WAITING, CourtState.SENT_BACK, CourtState.REPORTED])
def test_a_court_is_told_once_and_after_it_was_answered(state: CourtState) -> None:
    with pytest.raises(Conflict):
        court.check_report(state, R.AGREED, S.AGREED, None, (MONDAY, MONDAY, MONDAY))


@pytest.mark.parametrize("state", [CourtState.RUNNING, CourtState.SENT_BACK, CourtState.REPORTED])
def test_what_was_answered_is_not_answered_again(state: CourtState) -> None:
    with pytest.raises(Conflict):
        court.check_answerable(state)


def test_a_letter_is_not_older_than_its_case_number() -> None:
    number = "（2026）内0525民诉前调12号"
    court.check_received(number, date(2026, 1, 1), date(2026, 11, 2))
    for day in (date(2025, 12, 31), date(2026, 11, 3)):
        with pytest.raises(Invalid):
            court.check_received(number, day, date(2026, 11, 2))
