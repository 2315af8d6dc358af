"""The morning digest: one for each who has something to do, on working days, and no names in it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role, SupervisionKind
from jobs.registry import TIMETABLE
from jobs.runner import run_due
from models import HeldMessage, OutboxMessage, Restoration, User, db, transaction
from service.operations import digest as operations
from service.operations import ladder, supervision
from service.operations.supervision import Order
from service.rules.access import Actor
from tests.factories.clock import asked
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT, Handling, registered
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
Send = Callable[[datetime], int | None]


def at(month: int, day: int, hour: int = 7, minute: int = 30) -> datetime:
    """An instant by the office's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def send(office: Office) -> Send:
    return lambda now: operations.send(
        office.desk.today(now), sender="centre@town.test", desk=office.desk, now=now
    )


def address(*people: Actor) -> None:
    """Give people an address; those without one get no letter."""
    with transaction() as session:
        for each in people:
            session.get_one(User, each.user_id).email = f"{each.user_id.hex[:8]}@town.test"


def letters() -> dict[str, tuple[str, str]]:
    """Subject and text of every promised letter, by its recipient."""
    db.session.rollback()
    found = {}
    for each in db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.queued_at)):
        mail = message_from_bytes(each.content)
        texts = [
            part.get_payload(decode=True).decode()  # type: ignore[union-attr]  # a text is bytes
            for part in mail.walk()
            if part.get_content_type() == "text/plain"
        ]
        found[each.recipient] = (str(make_header(decode_header(mail["Subject"]))), texts[0])
    return found


def to(who: Actor) -> str:
    return letters()[f"{who.user_id.hex[:8]}@town.test"][1]


@pytest.fixture
def case(office: Office) -> Handling:
    """A dispute that is being mediated, due on Wednesday the 2nd of December."""
    return registered(office).until(S.MEDIATING)


@pytest.mark.parametrize(
    ("morning", "said"),
    [
        (at(11, 26), None),  # four working days before
        (at(11, 27), "3 个工作日内到期　1 件"),
        (at(12, 2), "今天到期　1 件"),
        (at(12, 3), "已超期　1 件"),
    ],
)
def test_what_is_due_is_told_to_who_has_it_in_hand(
    office: Office, case: Handling, send: Send, morning: datetime, said: str | None
) -> None:
    address(office.mediator, office.liaison, office.director, office.leader)
    assert send(morning) == (0 if said is None else 2)
    if said is not None:
        for who in (office.mediator, office.liaison):
            assert said in to(who)
            assert f"{case.row.number}　调解中　2026年12月2日（星期三）" in to(who)


def test_no_name_and_no_story_is_told(office: Office, case: Handling, send: Send) -> None:
    address(office.mediator)
    send(at(12, 3))
    content = db.session.scalars(sa.select(OutboxMessage.content)).one()
    parts = [part.get_payload(decode=True) or b"" for part in message_from_bytes(content).walk()]
    said = b"".join(parts).decode()  # type: ignore[arg-type]  # a text is bytes
    assert case.row.number in said
    for word in (NARRATIVE, APPLICANT["name"], RESPONDENT["name"], APPLICANT["phone"], "邻里"):
        assert word not in said


def test_who_has_nothing_or_no_address_gets_nothing(
    office: Office, case: Handling, send: Send
) -> None:
    assert case.row.number
    address(office.actor(Role.LIAISON, "station"), office.window)
    assert send(at(12, 3)) == 0


def test_each_gets_one_a_day_however_often_it_runs(
    office: Office, case: Handling, send: Send
) -> None:
    assert case.row.number
    address(office.mediator)
    assert [send(at(12, 3)), send(at(12, 3, 9)), send(at(12, 4))] == [1, 0, 1]


def test_there_is_none_on_days_off_nor_of_a_morning_that_passed(
    office: Office, case: Handling, send: Send
) -> None:
    assert case.row.number
    address(office.mediator)
    assert send(at(12, 5)) is None  # a Saturday
    desk = office.desk
    late = operations.send(
        date(2026, 12, 3), sender="centre@town.test", desk=desk, now=at(12, 4, 10)
    )
    assert late is None
    assert send(at(12, 3, 22)) is None  # at night


def test_approvals_supervision_and_steps_are_told_to_whom_they_wait_for(
    office: Office, case: Handling, send: Send
) -> None:
    people = (office.mediator, office.liaison, office.director, office.leader)
    address(*people)
    asked(case, now=at(11, 4, 10))
    told = {"desk": office.desk, "now": at(11, 4, 10)}
    order = Order(kind=SupervisionKind.ORDER, words="请抓紧", reply_by=date(2026, 11, 11))
    made = supervision.order([case.id], order, actor=office.leader, **told)[0]  # type: ignore[arg-type]  # the usual two
    send(at(11, 5))
    assert "延期、中止等您审批　1 件" in to(office.director)
    assert "督办等您答复　1 件" in to(office.mediator)
    assert "2026年11月11日（星期三）" in to(office.mediator)
    assert "延期、中止等您审批　1 件" in to(office.liaison)
    told["now"] = at(11, 5, 10)
    supervision.answer(made, "已约双方", actor=office.mediator, **told)  # type: ignore[arg-type]  # the usual two
    assert send(at(11, 6)) == 3  # the mediator has nothing left to do
    assert "督办已答复，等您确认　1 件" in to(office.leader)
    assert "督办等您答复" not in to(office.liaison)


def test_steps_of_the_ladder_since_the_last_digest_are_told_over_a_weekend(
    office: Office, case: Handling, send: Send
) -> None:
    address(office.leader, office.director)
    ladder.tell_due(desk=office.desk, now=at(12, 7, 8))  # T+3, a Monday
    assert send(at(12, 8)) == 2
    subject, text = letters()[f"{office.leader.user_id.hex[:8]}@town.test"]
    assert subject == "12月8日提要：上次提要以后提醒过的期限 1 件"
    assert case.row.number in text
    assert send(at(12, 9)) == 0  # that was told


def test_what_may_have_been_sent_before_a_restore_is_held(office: Office, case: Handling) -> None:
    assert case.row.number
    address(office.mediator)
    lost = Restoration(archive="x.fqa", held=0, cut_off=at(12, 2, 12), restored_at=at(12, 3, 6))
    with transaction() as session:
        session.add(lost)
    job = [each for each in TIMETABLE if each.name == "morning-digest"]
    done = run_due(office.app, at(12, 3), job)
    assert [each.summary for each in done] == ["2026-12-03 提要，1 封信待发送"]
    held = db.session.scalar(sa.select(sa.func.count()).select_from(HeldMessage))
    assert held == 1


def test_the_job_is_due_at_half_past_seven(office: Office, case: Handling) -> None:
    assert case.row.number
    address(office.mediator)
    job = [each for each in TIMETABLE if each.name == "morning-digest"]
    assert [each.period for each in run_due(office.app, at(12, 3, 7, 29), job)] == ["2026-12-02"]
    done = run_due(office.app, at(12, 3), job)
    assert [(each.period, each.summary) for each in done] == [
        ("2026-12-03", "2026-12-03 提要，1 封信待发送")
    ]
    assert run_due(office.app, at(12, 3, 9), job) == []
