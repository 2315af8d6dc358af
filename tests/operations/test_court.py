"""What a court sends: recorded with its clocks, answered, told; the application to its ruling."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.court import (
    ConfirmationBar,
    ConfirmationState,
    ConfirmationStep,
    CourtGround,
    CourtKind,
    CourtProcedure,
    CourtResult,
    CourtState,
)
from config.vocabulary import ClockEnd, DisputeStatus, Role, Source, Step
from models import Clock, Confirmation, db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import confirmation as confirmations
from service.operations import court as operations
from service.queries import court as queries
from service.queries import metric
from service.queries.court import Box
from service.queries.metric import Question
from service.rules import metric as metrics
from service.rules.statistics import Period
from tests.factories.court import (
    agreed,
    confirmed,
    letter,
    prepared,
    received,
    reported,
    row,
)
from tests.factories.dispute import Handling, let_in, registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S, T = ConfirmationState, ConfirmationStep


def running(handling: Handling) -> dict[str, date]:
    found = sa.select(Clock.rule, Clock.due_on).where(
        Clock.dispute_id == handling.id, Clock.stopped_at.is_(None)
    )
    return {each.rule: each.due_on for each in db.session.execute(found)}


def days(count: int) -> datetime:
    return MONDAY_9AM + timedelta(days=count)


def taken(
    handling: Handling, step: ConfirmationStep, on: date, *, now: datetime, **more: Any
) -> None:
    confirmations.take(
        handling.id,
        step,
        {"on": on, "case_number": None, "reason": None} | more,
        version=handling.row.version,
        actor=handling.office.mediator,
        desk=handling.office.desk,
        now=now,
    )


def boxes(office: Office, box: Box, *, now: datetime = MONDAY_9AM) -> list[str]:
    page = queries.page(box, actor=office.director, desk=office.desk, now=now, count=True)
    assert page.total == len(page.items)
    return [each.number for each in page.items]


def test_an_assignment_is_answered_in_three_working_days_and_mediated_in_thirty(
    office: Office,
) -> None:
    """C16b: a case the court has not filed."""
    facts = {"pending_at": "court_before_filing", "pending_since": "2026-11-02"}
    one = registered(office, source=Source.COURT_ASSIGNED, category="debt", facts=facts)
    made = received(one)
    assert running(one)["COURT.ACK"] == date(2026, 11, 5)
    assert (row(made).state, row(made).answer_by) == (CourtState.WAITING, date(2026, 11, 5))
    assert boxes(office, Box.WAITING) == [one.row.number]
    confirmed(one, made, now=days(1))
    assert (row(made).due_on, running(one).get("COURT.ACK")) == (date(2026, 12, 3), None)
    assert running(one)["COURT.DELEG"] == date(2026, 12, 3)
    assert (boxes(office, Box.WAITING), boxes(office, Box.RUNNING)) == ([], [one.row.number])
    with pytest.raises(Conflict, match="已经答复过法院"):
        confirmed(one, made)


@pytest.mark.parametrize(
    ("procedure", "due_on"),
    [(CourtProcedure.ORDINARY, date(2026, 11, 17)), (CourtProcedure.SIMPLIFIED, date(2026, 11, 9))],
)
def test_a_case_that_was_filed_is_mediated_in_the_days_of_its_procedure(
    office: Office, procedure: CourtProcedure, due_on: date
) -> None:
    """C16: the court has filed it and entrusts it."""
    one = registered(office, source=Source.COURT_ENTRUSTED, category="debt")
    number = "（2026）内0525民初123号"
    with pytest.raises(Invalid) as refusal:
        received(one, case_number=number)
    assert list(refusal.value.fields) == ["case_number"]
    made = received(one, kind=CourtKind.ENTRUSTED, case_number=number, procedure=procedure)
    confirmed(one, made)
    assert row(made).due_on == due_on


def test_a_result_that_was_not_told_stays_on_the_desk(office: Office) -> None:
    one = registered(office).until(DisputeStatus.MEDIATING)
    made = received(one)
    confirmed(one, made)
    one.take(Step.AGREE, {"form": "oral"})
    one.take(Step.CLOSE, {"outcome": "agreed"})
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    assert (boxes(office, Box.UNREPORTED), queries.to_do(**told)) == ([one.row.number], 1)
    with pytest.raises(Invalid) as refusal:
        reported(one, made, result=CourtResult.NOT_AGREED)
    assert list(refusal.value.fields) == ["result"]
    reported(one, made)
    assert (row(made).result, row(made).reported_on) == (CourtResult.AGREED, MONDAY)
    assert (boxes(office, Box.UNREPORTED), queries.to_do(**told)) == ([], 0)
    assert row(made).undisputed_sealed not in (None, b"")


def test_it_goes_back_with_a_reason_and_may_come_again(office: Office) -> None:
    one = registered(office)
    made = received(one)
    with pytest.raises(Conflict, match="这个案号已经登记过了"):
        received(one)
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    version = one.row.version
    operations.send_back(one.id, made, "被申请人不在本镇", version=version, **told)
    assert (row(made).state, "COURT.ACK" in running(one)) == (CourtState.SENT_BACK, False)
    again = received(one)
    assert row(again).state is CourtState.WAITING


def test_the_court_follows_what_it_sent_by_its_brief_row_alone(office: Office) -> None:
    one = registered(office).until(DisputeStatus.MEDIATING)
    made = received(one)
    confirmed(one, made)
    theirs = office.actor(Role.LIAISON, "court")
    told: dict[str, Any] = {"actor": theirs, "desk": office.desk, "now": MONDAY_9AM}
    (brief,) = queries.page(Box.SENT, **told).items
    assert (brief.number, brief.dispute_id, brief.lead, brief.category) == (
        one.row.number,
        None,
        "柳溪镇人民调解委员会",
        "neighbour",
    )
    assert queries.page(Box.RUNNING, **told).items == []
    others = told | {"actor": office.actor(Role.LIAISON, "station")}
    assert queries.page(Box.SENT, **others).items == []
    with pytest.raises(NotFound):
        operations.confirm(one.id, made, version=one.row.version, **told)


def test_of_a_restricted_dispute_the_court_learns_its_stage_and_who_is_not_let_in_nothing(
    office: Office,
) -> None:
    one = let_in(registered(office, restricted=True), office.director)
    received(one)
    told: dict[str, Any] = {"desk": office.desk, "now": MONDAY_9AM}
    theirs = office.actor(Role.LIAISON, "court")
    (brief,) = queries.page(Box.SENT, actor=theirs, **told).items
    assert (brief.restricted, brief.category, brief.outcome) == (True, "", None)
    other = office.actor(Role.DIRECTOR, name="b")
    assert queries.page(Box.WAITING, actor=other, **told).items == []
    with pytest.raises(Forbidden):
        operations.receive(
            one.id, letter(office, case_number="（2026）内0525民诉前调13号"), actor=other, **told
        )


def test_an_agreement_is_confirmed_step_by_step_and_counted(office: Office) -> None:
    """C03: the agreement of 2026-11-12 may be brought to the court until 2026-12-14."""
    day = datetime(2026, 11, 12, 1, 0, tzinfo=UTC)
    one = agreed(office, now=day)
    assert boxes(office, Box.WINDOWS, now=day) == [one.row.number]
    made = prepared(one, now=day)
    kept = db.session.get_one(Confirmation, made)
    assert (kept.state, kept.apply_by, kept.provisional) == (S.PREPARED, date(2026, 12, 14), False)
    with pytest.raises(Conflict, match="已经准备过"):
        prepared(one, now=day)
    late = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
    with pytest.raises(Invalid) as refusal:
        taken(one, T.FILE, date(2026, 12, 15), now=late)
    assert refusal.value.fields == {"on": ["已过共同申请的 30 日，法院不予受理"]}
    taken(one, T.FILE, date(2026, 12, 14), now=late)
    assert boxes(office, Box.WINDOWS, now=day) == []
    number = "（2026）内0525民特12号"
    taken(one, T.ACCEPT, date(2026, 12, 15), now=late, case_number=number)
    taken(one, T.CONFIRM, date(2026, 12, 15), now=late, case_number=number)
    db.session.refresh(kept)
    assert (kept.state, kept.decided_on, kept.case_number) == (
        S.CONFIRMED,
        date(2026, 12, 15),
        number,
    )
    asked = Question(
        metric=metrics.find("confirmations"),
        period=Period(date(2026, 12, 1), date(2027, 1, 1)),
        today=date(2026, 12, 15),
    )
    assert metric.figure(asked, policy=office.desk.policy).numerator == 1


def test_an_agreement_of_the_last_day_of_the_year_has_a_provisional_end(office: Office) -> None:
    day = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
    one = agreed_on(office, day)
    kept = db.session.get_one(Confirmation, prepared(one, now=day))
    assert (kept.apply_by, kept.provisional) == (date(2027, 2, 1), True)


def agreed_on(office: Office, day: datetime) -> Handling:
    handling = registered(office, now=day).until(DisputeStatus.MEDIATING, now=day)
    handling.take(Step.AGREE, {"form": "written", "terms": "付800元"}, now=day)
    return handling


def test_what_the_court_does_not_take_may_be_brought_again_while_the_days_last(
    office: Office,
) -> None:
    one = agreed(office)
    prepared(one)
    taken(one, T.FILE, MONDAY, now=MONDAY_9AM)
    assert "JC.APPLY" not in running(one)
    with pytest.raises(Invalid) as refusal:
        taken(one, T.REFUSE, MONDAY, now=MONDAY_9AM)
    assert refusal.value.fields == {"reason": ["请填写法院写明的理由"]}
    taken(one, T.REFUSE, MONDAY, now=MONDAY_9AM, reason="材料不全")
    assert running(one)["JC.APPLY"] == date(2026, 12, 2)
    again = db.session.get_one(Confirmation, prepared(one))
    assert (again.attempt, again.state) == (2, S.PREPARED)


def test_what_no_court_confirms_is_refused_with_the_article(office: Office) -> None:
    one = agreed(office)
    with pytest.raises(Invalid) as refusal:
        prepared(one, matter=ConfirmationBar.PERSONAL_STATUS)
    assert list(refusal.value.fields) == ["matter"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Confirmation)) == 0


def test_the_court_that_invited_is_the_one_that_confirms(office: Office) -> None:
    one = registered(office).until(DisputeStatus.MEDIATING)
    confirmed(one, received(one))
    one.take(Step.AGREE, {"form": "written", "terms": "付800元"})
    with pytest.raises(Invalid) as refusal:
        prepared(one)
    assert list(refusal.value.fields) == ["ground"]
    prepared(one, ground=CourtGround.INVITED, court="柳溪人民法庭")


def test_an_oral_agreement_is_written_down_before_the_court_is_asked(office: Office) -> None:
    one = registered(office).until(DisputeStatus.AGREED)
    with pytest.raises(Invalid) as refusal:
        prepared(one)
    assert refusal.value.fields == {"": ["口头协议要先补记协议内容，双方签字"]}
    told: dict[str, Any] = {"actor": office.mediator, "desk": office.desk, "now": MONDAY_9AM}
    confirmations.write_down(one.id, "付800元", version=one.row.version, **told)
    prepared(one)
    with pytest.raises(Conflict, match="没有要补记的口头协议"):
        confirmations.write_down(one.id, "付900元", version=one.row.version, **told)


def test_what_was_performed_waits_for_no_court(office: Office) -> None:
    one = agreed(office)
    one.take(Step.PERFORM)
    assert boxes(office, Box.WINDOWS) == []


def test_filing_meets_the_term_of_the_parties(office: Office) -> None:
    one = agreed(office)
    prepared(one)
    taken(one, T.FILE, MONDAY, now=MONDAY_9AM)
    ended = sa.select(Clock.ended).where(Clock.dispute_id == one.id, Clock.rule == "JC.APPLY")
    assert db.session.scalars(ended).all() == [ClockEnd.MET]
