"""Letters 建议书 in the database: dates to the day, clocks that stop and run on, lateness kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import astuple, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from config.clock_subject import ClockSubject
from config.suggestion import Adoption, SuggestionEnd, SuggestionKind
from config.suggestion import SuggestionStatus as S
from config.suggestion import SuggestionStep as T
from config.vocabulary import ClockEnd, Role
from models import Clock, Event, Suggestion, SuggestionDemand, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale, StepNotAllowed
from service.operations import suggestion as operations
from service.operations import suggestion_correction as correction
from service.operations import suggestion_step as steps
from service.queries import suggestion as queries
from service.queries.clock_subject import of_subject
from service.queries.metric import Question, figure
from service.queries.suggestion import Filters
from service.rules import metric as dictionary
from service.rules.statistics import Period
from tests.factories.calendar import signed
from tests.factories.office import Office
from tests.factories.suggestion import DISPATCHED, Lettered, draft, lettered


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 2, 0, tzinfo=UTC)


def clocks(letter: Lettered) -> list[tuple[str, date, ClockEnd | None]]:
    found = db.session.scalars(
        sa.select(Clock)
        .where(Clock.subject == ClockSubject.SUGGESTION, Clock.subject_id == letter.id)
        .order_by(Clock.stopped_at.is_(None), Clock.stopped_at, Clock.id)
        .execution_options(populate_existing=True)
    )
    return [(each.rule, each.due_on, each.ended) for each in found]


def promises(letter: Lettered) -> list[tuple[int, date, ClockEnd | None]]:
    found = db.session.execute(
        sa.select(SuggestionDemand.number, Clock.due_on, Clock.ended)
        .join(Clock, Clock.subject_id == SuggestionDemand.id)
        .where(SuggestionDemand.suggestion_id == letter.id, Clock.subject == ClockSubject.DEMAND)
        .order_by(SuggestionDemand.number)
        .execution_options(populate_existing=True)
    )
    return [(number, due_on, ended) for number, due_on, ended in found]


@pytest.fixture
def here(office: Office) -> Iterator[Office]:
    with office.app.app_context():
        yield office


def test_a_reply_a_day_late_is_late_for_ever(here: Office) -> None:
    """L2: received 2026-09-30, due 2026-11-30, sent 2026-12-01."""
    letter = lettered(here, now=at(10, 8))
    row = letter.row
    assert (row.due_on, row.due_provisional, row.number) == (
        date(2026, 11, 30),
        False,
        "青龙建收〔2026〕1号",
    )
    letter.replied(date(2026, 12, 1), now=at(12, 2))
    assert clocks(letter) == [("PROC.PIL", date(2026, 11, 30), ClockEnd.MET)]
    letter.sent_back(date(2026, 12, 7), now=at(12, 8), stated=date(2026, 12, 31))
    assert clocks(letter)[1:] == [("PROC.PIL", date(2026, 12, 31), None)]
    letter.replied(date(2026, 12, 20), now=at(12, 21))
    row = letter.row
    assert (row.late, row.first_replied_on, row.owed_on, row.replied_on, row.round) == (
        True,
        date(2026, 12, 1),
        date(2026, 11, 30),
        date(2026, 12, 20),
        2,
    )
    view = queries.one(letter.id, actor=here.leader, desk=here.desk, now=at(12, 22))
    assert [each.late for each in view.replies] == [True, False]


def test_who_was_late_is_not_excused_by_an_objection_to_a_later_round(here: Office) -> None:
    """Counted by the steps themselves, at every one of them."""
    letter = lettered(here, now=at(10, 8)).replied(date(2026, 12, 1), now=at(12, 2))

    def counted(now: datetime) -> list[tuple[int, int | None]]:
        year = Period(date(2026, 1, 1), date(2027, 1, 1))
        names = ("suggestion_reply_rate", "suggestion_on_time_rate", "suggestions_late")
        asked = (
            Question(metric=dictionary.find(name), period=year, today=here.desk.today(now))
            for name in names
        )
        found = [figure(each, policy=here.desk.policy) for each in asked]
        return [(each.numerator, each.denominator) for each in found]

    assert counted(at(12, 3)) == [(1, 1), (0, 1), (1, None)]
    letter.sent_back(date(2026, 12, 7), now=at(12, 8), stated=date(2026, 12, 31))
    assert counted(at(12, 9)) == [(0, 1), (0, 1), (1, None)]
    letter.take(T.OBJECT, {"reason": "第二轮不应再提"}, now=at(12, 10))
    assert counted(at(12, 11)) == [(0, 1), (0, 1), (1, None)]
    letter.take(T.DECIDE_OBJECTION, {"upheld": True}, now=at(12, 20))
    assert counted(at(12, 21)) == [(1, 1), (0, 1), (1, None)]  # the first reply stands


def test_an_objection_stops_the_term_and_unheeded_it_runs_on_as_it_was(here: Office) -> None:
    letter = lettered(here, now=at(10, 8))
    assign = {"organisation": here.units["committee"]}
    letter.take(T.ASSIGN, assign, now=at(10, 8), actor=here.director)
    letter.take(T.OBJECT, {"reason": "河段不归本镇管"}, now=at(10, 9))
    assert clocks(letter) == [("PROC.PIL", date(2026, 11, 30), ClockEnd.REPLACED)]
    late = queries.one(letter.id, actor=letter.legal, desk=here.desk, now=at(12, 9))
    assert (late.status, late.overdue, late.steps) == (S.OBJECTED, False, [T.DECIDE_OBJECTION])
    letter.take(T.DECIDE_OBJECTION, {"upheld": False, "words": "属本镇"}, now=at(10, 20))
    assert (letter.status, letter.row.objected_on) == (S.ASSIGNED, None)
    assert clocks(letter)[1:] == [("PROC.PIL", date(2026, 11, 30), None)]
    late = queries.one(letter.id, actor=letter.legal, desk=here.desk, now=at(12, 1))
    assert late.overdue
    overdue = queries.page(Filters(overdue=True), actor=here.leader, desk=here.desk, now=at(12, 1))
    assert [each.id for each in overdue.items] == [letter.id]
    letter.take(T.OBJECT, {"reason": "再次说明"}, now=at(10, 21))
    letter.take(T.DECIDE_OBJECTION, {"upheld": True}, now=at(10, 22))
    assert (letter.status, letter.row.ended_as) == (S.CLOSED, SuggestionEnd.WITHDRAWN)
    assert clocks(letter)[-1][2] is ClockEnd.REPLACED
    shown = queries.one(letter.id, actor=letter.legal, desk=here.desk, now=at(10, 23))
    assert [each.upheld for each in shown.objections] == [False, True]


def test_a_term_the_letter_alone_can_state_is_asked_for(here: Office) -> None:
    """L3: received on a Saturday, nothing stated: until 2026-12-31, to be asked."""
    governance: dict[str, Any] = {
        "kind": SuggestionKind.JUDICIAL_GOVERNANCE,
        "received_on": date(2026, 10, 31),
    }
    letter = lettered(here, now=at(11, 2), **governance)
    assert (letter.row.due_on, letter.row.due_provisional) == (date(2026, 12, 31), True)
    with pytest.raises(Invalid):
        letter.take(T.CONFIRM_DUE, {"due_on": date(2026, 10, 1)}, now=at(11, 3))
    letter.take(T.CONFIRM_DUE, {}, now=at(11, 3))  # the issuer says: two months it is
    assert (letter.row.due_on, letter.row.due_provisional) == (date(2026, 12, 31), False)
    with pytest.raises(StepNotAllowed):
        letter.take(T.CONFIRM_DUE, {}, now=at(11, 4))
    stated = lettered(here, now=at(11, 2), stated_due_on=date(2026, 11, 30), **governance)
    assert (stated.row.due_on, stated.row.due_provisional) == (date(2026, 11, 30), False)
    later = lettered(here, now=at(1, 4, 2027), **governance | {"received_on": date(2026, 12, 31)})
    assert (later.row.due_on, later.row.due_provisional) == (date(2027, 3, 1), True)
    case = lettered(here, now=at(11, 2), **governance | {"kind": SuggestionKind.JUDICIAL_CASE})
    assert (case.row.due_on, case.row.due_rule, clocks(case)) == (None, None, [])
    with pytest.raises(Invalid):
        case.take(T.CONFIRM_DUE, {}, now=at(11, 3))
    case.take(T.CONFIRM_DUE, {"due_on": date(2026, 11, 20)}, now=at(11, 3))
    assert clocks(case) == [("SUG.STATED", date(2026, 11, 20), None)]


def test_what_a_reply_promises_by_a_day_is_owed_by_that_day(here: Office) -> None:
    letter = lettered(here, now=at(10, 8))
    promised = {"measure": "清理河岸", "adopted": Adoption.YES, "due_on": date(2026, 12, 10)}
    letter.take(T.ANSWER_DEMAND, promised | {"number": 1}, now=at(10, 9))
    done = {"measure": "立了牌", "adopted": Adoption.PARTLY, "done_on": date(2026, 10, 9)}
    letter.take(T.ANSWER_DEMAND, done | {"number": 2}, now=at(10, 9))
    assert promises(letter) == []
    letter.take(T.APPROVE, now=at(10, 10), actor=here.director)
    letter.take(T.DISPATCH, DISPATCHED | {"dispatched_on": date(2026, 10, 12)}, now=at(10, 12))
    assert promises(letter) == [(1, date(2026, 12, 10), None)]
    with pytest.raises(Invalid) as nothing:  # nothing was promised for the second
        letter.take(T.FINISH_DEMAND, {"number": 2, "done_on": date(2026, 10, 13)}, now=at(10, 13))
    with pytest.raises(Invalid) as early:
        letter.take(T.FINISH_DEMAND, {"number": 1, "done_on": date(2026, 10, 14)}, now=at(10, 13))
    assert [list(each.value.fields) for each in (nothing, early)] == [["number"], ["done_on"]]
    unit = here.actor(Role.LIAISON, "committee")
    letter.take(
        T.FINISH_DEMAND, {"number": 1, "done_on": date(2026, 12, 11)}, now=at(12, 11), actor=unit
    )
    assert promises(letter) == [(1, date(2026, 12, 10), ClockEnd.MET)]
    found = queries.one(letter.id, actor=unit, desk=here.desk, now=at(12, 12))
    assert T.FINISH_DEMAND not in found.steps


def test_what_a_later_reply_tells_as_done_was_done_on_its_day(here: Office) -> None:
    letter = lettered(here, now=at(10, 8)).answered(now=at(10, 9))
    promised = {"number": 1, "measure": "分两批清运", "adopted": Adoption.YES}
    letter.take(T.ANSWER_DEMAND, promised | {"due_on": date(2026, 10, 20)}, now=at(10, 9))
    letter.take(T.APPROVE, now=at(10, 10), actor=here.director)
    letter.take(T.DISPATCH, DISPATCHED | {"dispatched_on": date(2026, 10, 12)}, now=at(10, 12))
    letter.sent_back(date(2026, 10, 21), now=at(10, 21))
    done = {"due_on": date(2026, 10, 20), "done_on": date(2026, 10, 19)}
    letter.take(T.ANSWER_DEMAND, promised | done, now=at(10, 22))
    letter.take(T.APPROVE, now=at(10, 22), actor=here.director)
    letter.take(T.DISPATCH, DISPATCHED | {"dispatched_on": date(2026, 10, 23)}, now=at(10, 23))
    assert promises(letter) == [(1, date(2026, 10, 20), ClockEnd.MET)]
    stopped = sa.select(Clock.stopped_on).where(Clock.subject == ClockSubject.DEMAND)
    assert db.session.scalars(stopped).all() == [date(2026, 10, 19)]


def test_a_suit_ends_what_was_not_answered(here: Office) -> None:
    letter = lettered(here, now=at(10, 8))
    with pytest.raises(StepNotAllowed):
        letter.take(T.CLOSE, now=at(10, 9))
    with pytest.raises(Invalid):
        letter.take(
            T.SUE, {"filed_on": date(2026, 12, 3), "lawsuit": "（2026）无此案"}, now=at(12, 4)
        )
    letter.take(T.SUE, {"filed_on": date(2026, 12, 3)}, now=at(12, 4)).take(T.CLOSE, now=at(12, 5))
    assert (letter.row.ended_as, clocks(letter)[0][2]) == (SuggestionEnd.SUED, ClockEnd.CLOSED)


def corrected(letter: Lettered, *, now: datetime, **changes: Any) -> Suggestion:
    """Its row after a correction by who records letters."""
    correction.correct(
        letter.id,
        {"reason": "登记时看错"} | changes,
        version=letter.row.version,
        actor=letter.legal,
        desk=letter.office.desk,
        now=now,
    )
    return letter.row


def test_a_mistyped_letter_is_corrected_and_its_term_is_counted_anew(here: Office) -> None:
    # received 09-30 it was due on 11-30; what was typed was a month too early, so it is red already
    letter = lettered(here, now=at(12, 8), received_on=date(2026, 8, 31))
    letter.answered(now=at(12, 8)).take(T.APPROVE, now=at(12, 8), actor=here.director)
    row = corrected(letter, now=at(12, 9), received_on=date(2026, 11, 30), served_how="当面送达")
    assert (row.due_on, row.due_rule, row.due_provisional) == (date(2027, 2, 1), "PROC.PIL", True)
    assert clocks(letter) == [
        ("PROC.PIL", date(2026, 11, 2), ClockEnd.MISTAKEN),
        ("PROC.PIL", date(2027, 2, 1), None),
    ]
    view = queries.one(letter.id, actor=letter.legal, desk=here.desk, now=at(12, 10))
    assert (view.overdue, view.late, view.approved, view.replies[0].received_on) == (
        False,
        False,
        False,
        date(2026, 11, 30),
    )
    told = of_subject(ClockSubject.SUGGESTION, letter.id, desk=here.desk, now=at(12, 10))
    assert [each.late for each in told] == [False, False]  # what was never owed is not late
    event = db.session.scalars(
        sa.select(Event).where(Event.action == "suggestion-correct", Event.subject_id == letter.id)
    ).one()
    assert (event.reason, event.version, event.detail) == (
        "登记时看错",
        row.version,
        {
            "fields": ["received_on", "served_how"],
            "before": {"received_on": "2026-08-31", "served_how": None},
            "after": {"received_on": "2026-11-30", "served_how": "当面送达"},
            "due_on": "2027-02-01",
            "due_rule": "PROC.PIL",
        },
    )
    # urgent and of another kind; then one whose term nobody knows, until it is stated
    assert corrected(letter, now=at(12, 9), urgent=True).due_rule == "PROC.PIL.URG"
    row = corrected(letter, now=at(12, 9), urgent=False, kind=SuggestionKind.JUDICIAL_CASE)
    assert (row.due_on, row.due_rule, [each[2] for each in clocks(letter)][-1]) == (
        None,
        None,
        ClockEnd.MISTAKEN,
    )
    row = corrected(letter, now=at(12, 9), stated_due_on=date(2026, 12, 20))
    assert (row.due_on, clocks(letter)[-1]) == (
        date(2026, 12, 20),
        ("SUG.STATED", date(2026, 12, 20), None),
    )
    # what says the same is no correction; what is no fact of the term leaves its clock alone
    version, ran = row.version, clocks(letter)
    assert corrected(letter, now=at(12, 9), stated_due_on=date(2026, 12, 20)).version == version
    row = corrected(letter, now=at(12, 9), document_number="柳法建〔2026〕300号")
    assert (row.version, clocks(letter)) == (version + 1, ran)


def test_a_correction_is_refused_after_a_reply_and_where_it_cannot_be(here: Office) -> None:
    other = lettered(here, now=at(10, 8))
    letter = lettered(here, now=at(10, 8))
    for wrong, field in (
        ({"received_on": date(2026, 10, 9)}, "received_on"),
        ({"stated_due_on": date(2026, 9, 29)}, "stated_due_on"),
        ({"document_number": other.row.document_number}, "document_number"),
    ):
        with pytest.raises(Invalid) as refusal:
            corrected(letter, now=at(10, 8), **wrong)
        assert list(refusal.value.fields) == [field]
    letter.take(T.OBJECT, {"reason": "河段不归本镇管"}, now=at(10, 9))
    with pytest.raises(Invalid):  # nobody objects to what did not come yet
        corrected(letter, now=at(10, 12), received_on=date(2026, 10, 12))
    row = corrected(letter, now=at(10, 12), received_on=date(2026, 10, 8))
    assert (row.due_on, [each[2] for each in clocks(letter)]) == (
        date(2026, 12, 8),
        [ClockEnd.REPLACED],
    )
    letter.take(T.DECIDE_OBJECTION, {"upheld": False}, now=at(10, 13))
    assert clocks(letter)[-1] == ("PROC.PIL", date(2026, 12, 8), None)
    with pytest.raises(Forbidden):
        correction.correct(
            letter.id,
            {"urgent": True},
            version=letter.row.version,
            actor=here.director,
            desk=here.desk,
            now=at(10, 13),
        )
    letter.replied(date(2026, 10, 14), now=at(10, 14))
    for _ in range(2):
        with pytest.raises(Conflict, match="已经寄出"):
            corrected(letter, now=at(10, 15), urgent=True)
        if letter.status is S.REPLIED:
            letter.sent_back(date(2026, 10, 15), now=at(10, 15))


def test_each_step_is_one_version_with_its_event_and_every_refusal_changes_nothing(
    here: Office,
) -> None:
    letter = lettered(here, now=at(10, 8))
    other = here.actor(Role.LIAISON, "station")
    told: dict[str, Any] = {"number": 1, "measure": "清运", "adopted": Adoption.YES}
    with pytest.raises(NotFound):
        letter.take(T.ANSWER_DEMAND, told, now=at(10, 9), actor=other)
    with pytest.raises(Forbidden):
        letter.take(T.OBJECT, {"reason": "不归本镇"}, now=at(10, 9), actor=here.liaison)
    letter.answered(now=at(10, 9), actor=here.liaison)
    both = here.somebody("both", {Role.LEGAL, Role.DIRECTOR}, "centre")
    letter.take(
        T.ANSWER_DEMAND,
        {"number": 1, "measure": "清运", "adopted": Adoption.YES},
        now=at(10, 9),
        actor=both,
    )
    with pytest.raises(Forbidden, match="没有参与答复"):
        letter.take(T.APPROVE, now=at(10, 10), actor=both)
    with pytest.raises(Stale):
        steps.take(
            letter.id,
            T.APPROVE,
            {},
            version=1,
            actor=here.director,
            desk=here.desk,
            now=at(10, 10),
        )
    letter.take(T.APPROVE, now=at(10, 10), actor=here.leader)
    late = DISPATCHED | {"dispatched_on": date(2026, 10, 12)}
    with pytest.raises(Invalid):
        letter.take(T.DISPATCH, late, now=at(10, 11))
    events = db.session.execute(
        sa.select(Event.action, Event.version)
        .where(Event.subject == "suggestion", Event.subject_id == letter.id)
        .order_by(Event.id)
    ).all()
    assert [each.version for each in events] == list(range(1, len(events) + 1))
    assert events[0].action == "suggestion-record"
    assert letter.row.version == len(events)


def test_one_letter_recorded_by_two_at_once_is_recorded_once(here: Office) -> None:
    told: dict[str, Any] = {"actor": here.actor(Role.LEGAL, "justice"), "desk": here.desk}
    same = draft(here)

    def record() -> dict[str, list[str]]:
        with here.app.app_context(), pytest.raises(Invalid) as refusal:
            operations.record(same, now=at(10, 8), **told)
        return refusal.value.fields

    with ThreadPoolExecutor(1) as colleague:
        with transaction():
            operations.record(same, now=at(10, 8), **told)
            other = colleague.submit(record)
            wait([other], timeout=0.7)  # as far as it comes before this one is there
        assert list(other.result()) == ["document_number"]


def test_another_town_knows_of_none_of_it(here: Office) -> None:
    letter = lettered(here, now=at(10, 8))
    far = here.units["justice"]
    stranger = replace(
        here.actor(Role.LEGAL, "justice"), organisation_id=far, town=frozenset({far})
    )
    with pytest.raises(NotFound):
        queries.one(letter.id, actor=stranger, desk=here.desk, now=at(10, 9))
    assert queries.page(Filters(), actor=stranger, desk=here.desk, now=at(10, 9)).items == []
    with pytest.raises(Invalid):
        operations.record(draft(here), actor=stranger, desk=here.desk, now=at(10, 9))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Suggestion)) == 1


def test_desks_are_told_what_waits_for_whom(here: Office) -> None:
    now = at(12, 8)
    lettered(here, now=at(10, 8))  # overdue, and nothing is answered
    lettered(here, now=now, received_on=date(2026, 12, 1)).answered(now=now)
    approved = lettered(here, now=at(10, 8), unit="station").answered(now=at(10, 9))
    approved.take(T.APPROVE, now=at(10, 9), actor=here.director)
    back = lettered(here, now=at(10, 8)).replied(date(2026, 10, 9), now=at(10, 9))
    back.sent_back(date(2026, 12, 1), now=now)
    lettered(here, now=at(10, 8)).take(T.OBJECT, {"reason": "不归本镇管"}, now=at(10, 9))
    told: dict[str, Any] = {"desk": here.desk, "now": now}
    assert astuple(queries.waiting(actor=here.leader, **told)) == (4, 2, 2, 1, 1, 1)
    assert astuple(queries.waiting(actor=here.liaison, **told)) == (3, 1, 2, 1, 0, 1)
    assert astuple(queries.waiting(actor=here.mediator, **told)) == (0, 0, 0, 0, 0, 0)


def test_a_published_year_moves_its_date_and_what_it_is_measured_by(here: Office) -> None:
    letter = lettered(
        here,
        now=at(12, 9),
        kind=SuggestionKind.PROCURATORIAL_GENERAL,
        received_on=date(2026, 12, 9),
    )
    assert (letter.row.due_on, letter.row.due_provisional) == (date(2027, 2, 9), True)
    signed(here, now=at(12, 10))
    db.session.rollback()
    assert (letter.row.due_on, letter.row.due_provisional) == (date(2027, 2, 13), False)
    letter.replied(date(2027, 2, 12), now=at(2, 12, 2027))
    assert (letter.row.late, letter.row.owed_on) == (False, date(2027, 2, 13))
