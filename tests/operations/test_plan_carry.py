"""A plan carried over to the next year: its tasks with their units, and where they came from."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from config.clock_subject import ClockSubject
from config.plan import PlanTaskState
from config.vocabulary import Role
from models import (
    Clock,
    Organisation,
    Plan,
    PlanAssist,
    PlanIndicator,
    PlanMilestone,
    PlanNote,
    PlanTask,
    PlanTaskRegister,
    db,
    transaction,
)
from service.errors import Conflict, Forbidden, NotFound
from service.operations import plan_carry as operations
from service.operations.plan_carry import a_year_on
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.plan import YEAR, planned

pytestmark = pytest.mark.usefixtures("inside")


def test_every_task_goes_on_with_its_units_and_a_year_later(office: Office) -> None:
    plan = planned(office)
    with transaction() as session:
        dropped = session.get_one(PlanTask, plan.tasks["4"])
        dropped.state, dropped.dropped_at, dropped.reason = (
            PlanTaskState.DROPPED,
            MONDAY_9AM,
            "并入",
        )
        done = session.get_one(PlanTask, plan.tasks["3"])
        done.state, done.done_on = PlanTaskState.DONE, date(YEAR, 10, 1)
        session.add(
            PlanNote(
                task_id=done.id,
                on_date=date(YEAR, 9, 1),
                text="已部署",
                recorded_by=plan.planner.user_id,
                recorded_at=MONDAY_9AM,
            )
        )
        session.get_one(Organisation, office.units["justice"]).active = False
    made = operations.carry_over(YEAR, actor=plan.planner, desk=office.desk, now=MONDAY_9AM)
    following = db.session.get_one(Plan, made)
    assert (following.year, following.previous_id) == (YEAR + 1, plan.id)
    assert following.title == "柳溪镇2027年法治政府建设工作计划"
    assert following.approved_by is None
    tasks = {
        each.number: each
        for each in db.session.scalars(sa.select(PlanTask).where(PlanTask.plan_id == made))
    }
    assert sorted(tasks) == ["1", "2", "3", "5"]
    for number, task in tasks.items():
        before = plan.task(number)
        assert (task.previous_id, task.text, task.name) == (before.id, before.text, before.name)
        assert (task.state, task.due_on) == (PlanTaskState.OPEN, date(YEAR + 1, 12, 31))
    assert tasks["1"].lead_id == office.units["station"]
    assert tasks["3"].lead_id is None  # that unit was closed: somebody has to say who leads
    assert tasks["2"].owner_id == office.mediator.user_id

    def of(table: type, number: str) -> list:  # type: ignore[type-arg]  # whatever table
        return list(db.session.scalars(sa.select(table).filter_by(task_id=tasks[number].id)))

    assert [each.organisation_id for each in of(PlanAssist, "1")] == [office.units["committee"]]
    assert {(each.name, each.due_on) for each in of(PlanMilestone, "1")} == {
        ("桌面推演", date(YEAR + 1, 10, 20)),
        ("实战演练", date(YEAR + 1, 11, 12)),
    }
    assert [(each.hundredths, each.words) for each in of(PlanIndicator, "2")] == [
        (6000, "每人不少于60学时")
    ]
    assert [each.register for each in of(PlanTaskRegister, "1")] == ["emergency-drills"]
    assert of(PlanNote, "3") == []
    stated = db.session.scalars(sa.select(Clock).where(Clock.subject == ClockSubject.PLAN_TASK))
    assert {each.subject_id for each in stated} == {tasks[number].id for number in "125"}


def test_it_is_carried_over_once_by_who_may(office: Office) -> None:
    plan = planned(office)
    told: dict[str, Any] = {"desk": office.desk, "now": MONDAY_9AM}
    with pytest.raises(NotFound):
        operations.carry_over(2019, actor=plan.planner, **told)
    for role in (Role.LEADER, Role.LIAISON, Role.AUDITOR):
        with pytest.raises(Forbidden):
            operations.carry_over(YEAR, actor=office.actor(role), **told)
    last = operations.carry_over(YEAR, actor=plan.planner, **told)
    with pytest.raises(Conflict, match="2027 年已经有计划"):
        operations.carry_over(YEAR, actor=office.director, **told)
    with transaction() as session:
        session.get_one(Plan, last).year = 2199
    with pytest.raises(Conflict, match="2200"):
        operations.carry_over(2199, actor=office.director, **told)


@pytest.mark.parametrize(
    ("day", "following"),
    [(date(2028, 2, 29), date(2029, 2, 28)), (date(2026, 12, 31), date(2027, 12, 31))],
)
def test_a_day_moves_on_by_a_year(day: date, following: date) -> None:
    assert a_year_on(day) == following
