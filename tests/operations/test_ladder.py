"""The ladder: every step of every clock is told once, to rising roles, and never at night."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import (
    ClockEnd,
    ClockKind,
    DisputeStatus,
    NoticeKind,
    Role,
    Step,
    SupervisionKind,
    TimeUnit,
)
from jobs.registry import TIMETABLE
from jobs.runner import run_due
from models import Clock, ClockStep, Notice, db, transaction
from service.operations import ladder as operations
from service.operations import notice as notices
from service.operations import supervision
from service.operations.supervision import Order
from service.queries import figures
from service.queries import notice as inbox
from service.reports import weekly as reports
from service.rules import access
from service.rules.access import Actor
from service.rules.calendar import Week
from service.rules.weekly import Pressed
from tests.factories.clock import EXTEND, asked, decided
from tests.factories.dispute import Handling, registered
from tests.factories.office import Office
from tests.operations.test_clock import BENEFIT
from tests.statements import plans

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
DUE = date(2026, 12, 2)  # a Wednesday, thirty natural days from Monday the 2nd
RUNS, WORKERS = 100, 4


def at(month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    """An instant by the office's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


# the steps of a term of thirty days: the mornings on which each is told
MORNINGS = {
    "half": at(11, 17),
    "T-3": at(11, 27),
    "T-1": at(12, 1),
    "T": at(12, 2),
    "T+1": at(12, 3),
    "T+3": at(12, 7),
}


@pytest.fixture
def people(office: Office) -> dict[str, Actor]:
    """Everybody the ladder rises to, and one it does not."""
    return {
        "mediator": office.mediator,
        "liaison": office.liaison,
        "director": office.director,
        "leader": office.leader,
        "stranger": office.actor(Role.LIAISON, "station"),
    }


@pytest.fixture
def case(office: Office, people: dict[str, Actor]) -> Handling:
    """A dispute that is being mediated, with the one term of its channel."""
    assert people
    return registered(office).until(S.MEDIATING)


@pytest.fixture
def look(office: Office) -> Callable[[datetime], int]:
    return lambda now: operations.tell_due(desk=office.desk, now=now)


def steps(case: Handling) -> list[tuple[str, date]]:
    """What was told, in its order."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(ClockStep.step, ClockStep.due_on)
        .where(ClockStep.dispute_id == case.id)
        .order_by(ClockStep.told_at, ClockStep.step)
    )
    return [(step, due_on) for step, due_on in rows]


def warned(case: Handling, people: dict[str, Actor], *, unread: bool = False) -> dict[str, int]:
    """How many reminders each has of this dispute."""
    db.session.rollback()
    names = {who.user_id: name for name, who in people.items()}
    found = sa.select(Notice.user_id, sa.func.count()).where(
        Notice.dispute_id == case.id, Notice.kind == NoticeKind.CLOCK
    )
    if unread:
        found = found.where(Notice.read_at.is_(None))
    return {
        names[each]: count for each, count in db.session.execute(found.group_by(Notice.user_id))
    }


def the_clock(case: Handling) -> Clock:
    return db.session.scalars(
        sa.select(Clock)
        .where(Clock.dispute_id == case.id, Clock.rule == "PM.DEFAULT")
        .execution_options(populate_existing=True)
    ).one()


def test_every_step_is_told_in_the_morning_of_its_day_to_rising_roles(
    case: Handling, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    assert the_clock(case).due_on == DUE
    assert the_clock(case).next_step_at == MORNINGS["half"]
    version = the_clock(case).version
    for step, morning in MORNINGS.items():
        look(morning - timedelta(minutes=1))
        assert step not in [each for each, _ in steps(case)]
        look(morning)
        assert steps(case)[-1] == (step, DUE)
    assert [step for step, _ in steps(case)] == list(MORNINGS)
    assert warned(case, people) == {"mediator": 6, "liaison": 4, "director": 2, "leader": 1}
    # of the steps before the last nobody is reminded any longer
    assert set(warned(case, people, unread=True).values()) == {1}
    assert the_clock(case).next_step_at is None
    assert the_clock(case).version == version


def test_what_was_missed_is_told_once_and_the_most_urgent_only(
    case: Handling, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    assert look(at(12, 4, 10)) == 1
    assert steps(case) == [("T+1", DUE)]
    assert warned(case, people) == {"mediator": 1, "liaison": 1, "director": 1}
    assert look(at(12, 4, 10)) == 0
    assert the_clock(case).next_step_at == MORNINGS["T+3"]


def test_of_the_parties_own_time_that_ran_out_nobody_is_told_afterwards(
    office: Office, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    assert people
    agreed = registered(office).until(S.AGREED)
    assert look(at(12, 30, 10)) == 0
    assert steps(agreed) == []
    remedy = sa.select(Clock.next_step_at).where(Clock.rule == "JC.APPLY")
    assert db.session.scalars(remedy).all() == [None]


def test_nothing_is_told_at_night(
    case: Handling, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    for night in (at(12, 1, 22), at(12, 1, 23, 59), at(12, 2, 0), at(12, 2, 6, 59)):
        with transaction() as session:
            _look_at(session, MORNINGS["T-1"])
        assert look(night) == 0
        assert the_clock(case).next_step_at == at(12, 2, 7)
    assert steps(case) == []
    assert look(at(12, 2, 7)) == 1
    assert warned(case, people) == {"mediator": 1, "liaison": 1}


def _look_at(session: Session, moment: datetime) -> None:
    """As if nobody had looked since."""
    session.execute(sa.update(Clock).where(Clock.rule == "PM.DEFAULT").values(next_step_at=moment))


def _dangerous(office: Office) -> Handling:
    case = registered(office, facts={"danger": True})
    case.take(Step.DISPATCH, {"reason": "派出所已经处置，转来调解"})
    return case.until(S.MEDIATING)


def test_danger_to_people_is_told_at_night(
    office: Office, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    case = _dangerous(office)
    assert look(at(12, 1, 23)) >= 1
    assert ("T-1", DUE) in steps(case)
    assert warned(case, people)["mediator"] >= 1


def hours(case: Handling, start_at: datetime, count: int) -> None:
    """A term in hours, such as a protection order's."""
    due_at = start_at + timedelta(hours=count)
    desk = case.office.desk
    with transaction() as session:
        session.add(
            Clock(
                dispute_id=case.id,
                episode=1,
                rule="DV.ORDER.URG",
                kind=ClockKind.STATUTORY,
                length=count,
                unit=TimeUnit.HOUR,
                made_under={},
                start_on=desk.today(start_at),
                start_at=start_at,
                raw_due_on=desk.today(due_at),
                due_on=desk.today(due_at),
                due_at=due_at,
                next_step_at=start_at,
            )
        )


def test_a_term_in_hours_is_told_by_the_hour_night_or_not(
    case: Handling, look: Callable[[datetime], int]
) -> None:
    hours(case, at(11, 3, 20), 24)
    for moment in (at(11, 4, 8), at(11, 4, 14), at(11, 4, 19), at(11, 4, 20), at(11, 4, 23)):
        look(moment)
    told = [step for step, due in steps(case) if due == date(2026, 11, 4)]
    assert told == ["half", "T-6h", "T-1h", "T", "T+3h"]


def run_often(office: Office, now: datetime) -> None:
    """A hundred looks of four workers at once."""

    def worker(_: int) -> None:
        with office.app.app_context():
            for _ in range(RUNS // WORKERS):
                operations.tell_due(desk=office.desk, now=now)
            db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(worker, range(WORKERS)))


def test_a_hundred_runs_on_four_workers_tell_each_step_once_for_each_date(
    office: Office, case: Handling, people: dict[str, Actor]
) -> None:
    others = [registered(office).until(S.MEDIATING) for _ in range(3)]
    for morning in (MORNINGS["T-3"], MORNINGS["T-1"]):
        run_often(office, morning)
    for each in (case, *others):
        assert steps(each) == [("T-3", DUE), ("T-1", DUE)]
        assert warned(each, people) == {"mediator": 2, "liaison": 1}
    decided(case, asked(case, EXTEND, now=MORNINGS["T-1"]), now=MORNINGS["T-1"])
    moved = the_clock(case).due_on
    assert moved > DUE
    assert warned(case, people, unread=True) == {}
    last = datetime.combine(moved, time(8), office.desk.zone)
    run_often(office, last)
    run_often(office, last)
    assert steps(case) == [("T-3", DUE), ("T-1", DUE), ("T", moved)]
    assert warned(case, people) == {"mediator": 3, "liaison": 2}


def test_a_stopped_clock_tells_nobody_and_takes_its_reminder_along(
    case: Handling, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    look(MORNINGS["half"])
    assert warned(case, people, unread=True) == {"mediator": 1}
    case.take(Step.FAIL, {"reasons": ["other:谈不拢"]}, now=at(11, 18, 9))
    assert the_clock(case).ended is ClockEnd.MET
    assert warned(case, people, unread=True) == {}
    assert look(at(12, 2)) == 0
    assert steps(case) == [("half", DUE)]


def test_a_paused_clock_tells_nobody(
    case: Handling, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    look(MORNINGS["half"])
    began = at(11, 18, 9)
    decided(case, asked(case, now=began, from_on=date(2026, 11, 18)), now=began)
    assert warned(case, people, unread=True) == {}
    assert look(at(12, 3)) == 0
    # a look that began before the pause finds it paused
    with transaction() as session:
        _look_at(session, at(11, 27))
    assert look(at(12, 3)) == 0
    assert steps(case) == [("half", DUE)]


def test_a_remedy_that_has_run_out_leaves_the_row_to_the_next(
    office: Office, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    case = registered(office, **BENEFIT)
    version, last = case.row.version, date(2026, 11, 17)
    assert _next(case) == ("REC.APPLY", last)
    assert look(at(11, 17)) == 2  # it, and that nobody has sent the dispute on
    told = warned(case, people)
    assert warned(case, people, unread=True) == {"director": 2, "leader": 1}
    look(at(11, 17, 23, 59))
    assert _next(case) == ("REC.APPLY", last)
    look(at(11, 18, 0))
    assert _next(case) == ("LIT.SUE", date(2027, 3, 18))
    assert case.row.version == version
    assert warned(case, people) == told
    left = {"director": 1, "leader": 1}  # nothing of what has run out waits
    assert warned(case, people, unread=True) == left
    assert _remedy(case, "REC.APPLY").next_step_at is None
    assert case.row.next_on == date(2027, 3, 18)
    look(at(3, 19, 0).replace(year=2027))
    assert _next(case) == (None, None)


def test_of_a_remedy_nobody_is_told_when_it_is_over(
    office: Office, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    case = registered(office, **BENEFIT)
    look(at(11, 20))  # the worker stood still for days
    assert {step for step, due_on in steps(case) if due_on == date(2026, 11, 17)} == set()
    assert case.row.remedy_rule == "LIT.SUE"


def _next(case: Handling) -> tuple[str | None, date | None]:
    """What the row says of the next of the parties' own terms."""
    return case.row.remedy_rule, case.row.remedy_on


def _remedy(case: Handling, rule: str) -> Clock:
    """One of the parties' own terms as it is stored now."""
    return db.session.scalars(
        sa.select(Clock)
        .where(Clock.dispute_id == case.id, Clock.rule == rule)
        .execution_options(populate_existing=True)
    ).one()


def test_where_nobody_has_it_yet_the_next_role_up_is_told(
    office: Office, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    case = registered(office)  # nobody has it: the director has to send it on
    look(at(11, 3, 9))
    assert steps(case)[-1] == ("T", date(2026, 11, 3))
    assert warned(case, people) == {"director": 1}


def test_of_a_restricted_dispute_only_who_may_know_is_told(
    office: Office, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    case = registered(office, restricted=True).until(S.MEDIATING)
    look(MORNINGS["T+3"])
    assert warned(case, people) == {"mediator": 1, "director": 1, "leader": 1}


def test_a_leader_is_told_the_number_and_finds_the_row(
    office: Office, case: Handling, look: Callable[[datetime], int]
) -> None:
    look(MORNINGS["T+3"])
    now = at(12, 7, 9)
    told = inbox.page(actor=office.leader, desk=office.desk, now=now).items
    assert [(each.number, each.kind, each.brief, each.step, each.due_on) for each in told] == [
        (case.row.number, NoticeKind.CLOCK, True, "T+3", DUE)
    ]
    assert told[0].term is None  # which term it is would tell what the matter is about
    assert inbox.unread(actor=office.leader, desk=office.desk, now=now) == 1
    case.take(Step.AGREE, {"form": "oral"}, now=now)  # the term is met: nobody is warned of it
    assert inbox.unread(actor=office.leader, desk=office.desk, now=now) == 0


def test_a_leader_is_not_told_of_danger_by_a_reminder(
    office: Office, people: dict[str, Actor], look: Callable[[datetime], int]
) -> None:
    _dangerous(office)
    look(MORNINGS["T+3"])
    now = at(12, 7, 9)
    told = inbox.page(actor=office.leader, desk=office.desk, now=now).items
    assert {(each.kind, each.urgent, each.danger.value) for each in told} == {
        (NoticeKind.CLOCK, False, "none")
    }
    assert notices.read_all(until=now, actor=office.leader, now=now) == len(told)


def test_the_job_stands_in_the_timetable_and_says_what_it_did(
    office: Office, case: Handling
) -> None:
    job = [each for each in TIMETABLE if each.name == "clock-ladder"]
    assert [each.summary for each in run_due(office.app, MORNINGS["half"], job)] == [
        "已提醒 1 个期限"
    ]
    assert [each.summary for each in run_due(office.app, MORNINGS["half"], job)] == [
        "已提醒 0 个期限"
    ]
    assert steps(case) == [("half", DUE)]


def test_the_weekly_letter_counts_terms_that_ran_out_and_what_is_pressed(
    office: Office, case: Handling
) -> None:
    met = registered(office).until(S.MEDIATING)
    met.take(Step.AGREE, {"form": "oral"}, now=at(12, 1, 9))
    order = Order(kind=SupervisionKind.ORDER, words="请抓紧", reply_by=date(2026, 12, 4))
    supervision.order([case.id], order, actor=office.leader, desk=office.desk, now=at(12, 1, 9))
    week, monday = Week.parse("2026-W49"), at(12, 7)
    told = figures.measure(week, scope=None, desk=office.desk, now=monday)
    assert told.pressed == Pressed(run_out=1, waiting=1, late=1)
    looked_at = plans(lambda: figures.measure(week, scope=None, desk=office.desk, now=monday))
    terms = [each for each in looked_at if "ix_clock_" in each or "clock" in each.split()]
    assert [
        name in plan
        for name, plan in zip(("ix_clock_running_due", "ix_clock_stopped_late"), terms, strict=True)
    ] == [True, True]
    unit = access.scope(office.liaison, "metric.read", office.desk.policy.access)
    assert figures.measure(week, scope=unit, desk=office.desk, now=monday).pressed is None
    for form in (reports.html, reports.text):
        assert "本周有 1 个期限到期没有办到；督办等答复 1 件，其中逾期未答复 1 件" in form(
            told, office.desk.zone
        )
