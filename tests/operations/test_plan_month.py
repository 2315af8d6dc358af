"""The plan's months and quarters: kept once, told once, to whom they concern."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

import docx
import pytest
import sqlalchemy as sa
from flask import Flask

from config.clock_subject import ClockSubject
from config.plan import PlanReportKind, PlanTaskState
from config.vocabulary import NoticeKind, Role
from jobs.registry import TIMETABLE
from jobs.runner import run_due
from models import Notice, OutboxMessage, PlanReport, PlanTask, User, db, transaction
from service.queries import notice as notices
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.plan import Planned, planned

pytestmark = pytest.mark.usefixtures("inside")
PLAN_JOBS = [each for each in TIMETABLE if each.name in ("plan-month", "plan-quarter")]


def at(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    """An instant by the office's clock."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def plan(office: Office) -> Planned:
    return planned(office)


@pytest.fixture
def run(app: Flask) -> Callable[[datetime], dict[str, str]]:
    """Run the plan's jobs as of an instant: what each of them said of which period."""

    def go(now: datetime) -> dict[str, str]:
        ran = run_due(app, now, PLAN_JOBS)
        assert [each.error for each in ran] == [None] * len(ran)
        return {f"{each.job} {each.period}": each.summary for each in ran}

    return go


def address(*people: Actor) -> None:
    with transaction() as session:
        for each in people:
            session.get_one(User, each.user_id).email = f"{each.user_id.hex[:8]}@town.test"


def mails() -> dict[tuple[str, str], EmailMessage]:
    """Every promised mail by its recipient and the beginning of its key."""
    db.session.rollback()
    return {
        (each.recipient, each.dedupe_key.rpartition(":")[0]): message_from_bytes(
            each.content, policy=policy.default
        )
        for each in db.session.scalars(sa.select(OutboxMessage))
    }


def to(who: Actor) -> str:
    return f"{who.user_id.hex[:8]}@town.test"


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_month_is_kept_and_told_to_who_moves_its_tasks_once(
    plan: Planned, run: Callable[[datetime], dict[str, str]]
) -> None:
    office = plan.office
    station, committee = plan.liaison("station"), plan.liaison("committee")
    leader, window = office.actor(Role.LEADER), office.actor(Role.WINDOW)
    address(station, committee, office.mediator, plan.planner, leader, window)
    said = run(at(11, 1))
    assert said["plan-month 2026-11"] == "2026-11 计划提醒，4 封信待发送"
    assert run(at(11, 1, 10)) == {}  # the period is done; a second look does nothing
    found = mails()
    month = "plan-month:2026-11"
    reached = {to for to, key in found if key == month}
    assert reached == {to(e) for e in (station, committee, office.mediator, plan.planner)}

    told = text(found[to(station), month])
    assert "1　应急演练" in told
    assert "节点“桌面推演”应于 10月20日 完成，已过 12 天" in told  # overdue: red
    assert told.count("实战演练") == 1  # near: said once, by the light's own reason
    assert "5　年度述法" in told
    assert "3　建议书办复" not in told
    assert "2　干部培训" in text(found[to(office.mediator), month])
    assert "4　优化机构职能" in text(found[to(plan.planner), month])
    assert "1　应急演练" not in text(found[to(plan.planner), month])

    kept = db.session.scalars(sa.select(PlanReport)).all()
    assert [(each.kind, each.period) for each in kept] == [
        (PlanReportKind.MONTH, "2026-10"),
        (PlanReportKind.QUARTER, "2026-Q3"),
    ]
    assert kept[0].body["as_of"] == "2026-10-31"
    assert len(kept[0].body["tasks"]) == 5


def test_reminders_stand_in_the_inbox_until_the_next_month(
    plan: Planned, run: Callable[[datetime], dict[str, str]]
) -> None:
    office, station = plan.office, plan.liaison("station")
    run(at(11, 1))
    mine = sa.select(Notice).where(Notice.user_id == station.user_id)
    first = db.session.scalars(mine.order_by(Notice.subject_id)).all()
    assert {each.kind for each in first} == {NoticeKind.PLAN_MONTH}
    assert {each.subject for each in first} == {ClockSubject.PLAN_TASK}
    assert {each.subject_id for each in first} == {plan.tasks[number] for number in "125"}
    assert notices.unread(actor=station, desk=office.desk, now=at(11, 1)) == 3
    with transaction() as session:
        task = session.get_one(PlanTask, plan.tasks["5"])
        task.state, task.done_on = PlanTaskState.DONE, at(11, 20).date()
    run(at(12, 1))
    db.session.rollback()
    waiting = db.session.scalars(mine.where(Notice.read_at.is_(None))).all()
    assert {each.subject_id for each in waiting} == {plan.tasks[number] for number in "12"}
    assert {each.cause.split(":")[1] for each in waiting} == {"2026-12"}


def test_a_month_gone_by_is_kept_as_it_stood_and_told_to_nobody(
    plan: Planned, run: Callable[[datetime], dict[str, str]]
) -> None:
    address(plan.liaison("station"))
    run(at(9, 1))
    with transaction() as session:  # what happened since does not change what stood then
        task = session.get_one(PlanTask, plan.tasks["1"])
        task.state, task.done_on = PlanTaskState.DONE, at(11, 3).date()
    said = run(at(11, 20))  # the machine was off for two months
    assert said["plan-month 2026-10"] == "2026-10 计划提醒，不发：已经过期"
    assert "plan-month:2026-10" not in {key for _, key in mails()}
    october = db.session.scalars(sa.select(PlanReport).where(PlanReport.period == "2026-10")).one()
    assert october.body["tasks"][0]["light"] == "red"


def test_the_quarter_s_review_goes_to_who_steers_the_plan(
    plan: Planned, run: Callable[[datetime], dict[str, str]]
) -> None:
    office = plan.office
    leader, director = office.actor(Role.LEADER), office.actor(Role.DIRECTOR)
    address(leader, director, plan.planner, plan.liaison("station"))
    run(at(7, 5))
    said = run(at(10, 5))
    assert said["plan-quarter 2026-Q3"] == "2026-Q3 计划点评，3 封信待发送"
    assert run(at(10, 6)) == {}
    found = mails()
    review = "plan-review:2026-Q3"
    assert {to for to, key in found if key == review} == {
        to(e) for e in (leader, director, plan.planner)
    }
    mail = found[to(leader), review]
    assert mail["Subject"].startswith("2026年第3季度计划点评：5 项任务，")
    assert "柳溪镇2026年法治政府建设工作计划第3季度点评" in text(mail)
    [attached] = list(mail.iter_attachments())
    document = docx.Document(BytesIO(attached.get_payload(decode=True)))  # type: ignore[arg-type]  # a file is bytes
    words = [each.text for each in document.paragraphs]
    assert words[0] == "柳溪镇2026年法治政府建设工作计划第3季度点评"
    assert words[1].startswith("截至2026年9月30日，5 项任务，")
