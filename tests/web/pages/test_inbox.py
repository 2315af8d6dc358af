"""消息: what one was told, and the way to it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from config.clock_subject import ClockSubject
from config.vocabulary import DisputeStatus, Role, Step, TimeUnit
from models import transaction
from service.operations import clock_subject, correction, ladder
from service.operations.clock_subject import Owed
from service.operations.event import record
from service.rules.access import Actor
from service.web import show
from tests.factories.clock import EXTEND, asked, decided
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]


@pytest.fixture(autouse=True)
def director(office: Office) -> Actor:
    """The director is at work before anything comes in."""
    return office.director


def test_the_bar_counts_what_is_unread(office: Office, visit: Visit, case: Case) -> None:
    director = visit(office.director)
    assert 'aria-label="消息"' in director.get("/").html
    for _ in range(3):
        case()
    assert 'aria-label="未读消息 3 条"' in director.get("/disputes").html


def test_opening_one_marks_it_read_and_leads_to_its_dispute(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    director = visit(office.director)
    page = director.get("/inbox")
    address = next(each.action for each in page.forms if each.action.endswith("/open"))
    director.get("/inbox")  # looking changes nothing
    assert 'aria-label="未读消息 1 条"' in director.get("/inbox").html
    opened = director.fill(page, address)
    assert (opened.status, opened.location) == (303, f"/disputes/{handling.id}")
    after = director.get("/inbox")
    assert ("已读" in after.text, "全部标为已读" in after.text) == (True, False)


def test_a_reminder_that_comes_late_says_how_far_the_day_is_by_then(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(DisputeStatus.MEDIATING)
    with office.app.app_context():
        due_on = handling.row.due_on
        assert due_on is not None
        after = office.desk.calendar.add(due_on, 2, TimeUnit.WORKING_DAY)
        looked = datetime.combine(after, time(10), office.desk.zone)
        ladder.tell_due(desk=office.desk, now=looked)
    said = visit(office.mediator).get("/inbox").text
    assert f"人民调解期限提醒：已超期 2 个工作日，{show.long_day(due_on)}到期" in said


def test_who_asked_for_an_extension_reads_what_became_of_it(
    office: Office, visit: Visit, case: Case
) -> None:
    mediator, liaison = office.mediator, office.liaison
    handling = case(DisputeStatus.MEDIATING)
    with office.app.app_context():
        change = asked(handling, EXTEND)
    assert "人民调解：申请延期，等您审批" in visit(liaison).get("/inbox").text
    with office.app.app_context():
        decided(handling, change)
    assert "人民调解：申请延期，同意" in visit(mediator).get("/inbox").text


def test_everything_is_marked_read_at_once(office: Office, visit: Visit, case: Case) -> None:
    for _ in range(2):
        case()
    director = visit(office.director)
    done = director.fill(director.get("/inbox"), "/inbox/read")
    assert "已把 2 条标为已读" in director.follow(done).text
    assert 'aria-label="消息"' in director.get("/").html


def test_what_is_no_longer_ones_own_says_so(office: Office, visit: Visit, case: Case) -> None:
    handling = case(DisputeStatus.DISPATCHED)
    colleague = office.actor(Role.MEDIATOR, "committee", name="next")
    with office.app.app_context():
        now = handling.row.registered_at
        body = {"mediator": str(colleague.user_id)}
        handling.take(Step.ASSIGN, body, actor=office.liaison, now=now)
    mediator = visit(office.mediator)
    page = mediator.get("/inbox")
    assert ("这件已不归您办理" in page.text, "指定您为调解员" in page.text) == (True, False)
    assert ("已读" in page.text, "未读" in page.text) == (True, False)
    assert [each for each in page.forms if each.action.endswith("/open")] == []


def test_danger_stands_first_and_is_opened_by_itself(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(facts={"danger": True})
    case()
    director = visit(office.director)
    page = director.get("/inbox")
    assert page.text.index("有人身危险，马上处理") < page.text.index("新登记，待分派")
    assert "有人身危险，请逐条打开" in page.text
    done = director.follow(director.fill(page, "/inbox/read"))
    assert "已把 1 条标为已读；有人身危险的请逐条打开" in done.text
    assert 'aria-label="未读消息 1 条"' in done.html
    address = next(each.action for each in done.forms if each.action.endswith("/open"))
    assert director.fill(done, address).location == f"/disputes/{handling.id}"
    after = director.get("/inbox")
    assert (after.status, after.headings) == (200, ["消息"])
    assert ("请逐条打开" in after.text, "全部标为已读" in after.text) == (False, False)


def test_danger_that_was_corrected_away_says_so(office: Office, visit: Visit, case: Case) -> None:
    handling = case(facts={"danger": True})
    with office.app.app_context():
        correction.correct(
            handling.id,
            {"facts": {}},
            version=handling.row.version,
            actor=office.director,
            desk=office.desk,
            now=handling.row.registered_at + timedelta(minutes=1),
        )
    page = visit(office.director).get("/inbox")
    assert "有人身危险，马上处理（登记已更正，现在没有人身危险）" in page.text
    assert ("请逐条打开" in page.text, 'class="tag' in page.html) == (False, False)


def test_only_danger_leaves_nothing_to_mark_at_once(
    office: Office, visit: Visit, case: Case
) -> None:
    case(facts={"danger": True})
    assert "全部标为已读" not in visit(office.director).get("/inbox").text


def test_an_empty_inbox_says_what_will_come(office: Office, visit: Visit) -> None:
    page = visit(office.leader).get("/inbox")
    assert (page.status, page.headings) == (200, ["消息"])
    assert "还没有消息" in page.text
    assert visit(office.leader).get("/inbox", cursor="x").location == "/inbox"


def test_what_a_lawsuit_owes_leads_to_it_or_to_the_list_of_them(
    office: Office, visit: Visit, now: datetime
) -> None:
    lawsuit, legal, leader = uuid4(), office.actor(Role.LEGAL), office.leader
    owed = Owed(subject=ClockSubject.LAWSUIT, id=lawsuit, organisation_id=office.units["justice"])
    with office.app.app_context():
        today = office.desk.today(now)
        with transaction() as session:
            clock_subject.state(
                session,
                owed,
                "LIT.HEARING",
                today - timedelta(days=7),
                today - timedelta(days=30),
                desk=office.desk,
                now=now,
            )
            record(session, lawsuit, subject="lawsuit", action="record", actor=legal, now=now)
        looked = datetime.combine(today, time(10), office.desk.zone)
        ladder.tell_due(desk=office.desk, now=looked)
    for who, leads_to in ((legal, f"/lawsuits/{lawsuit}"), (leader, "/lawsuits")):
        reader = visit(who)
        page = reader.get("/inbox")
        assert ("应诉案件" in page.text, "开庭期限提醒：已超期" in page.text) == (True, True)
        address = next(each.action for each in page.forms if each.action.endswith("/open"))
        opened = reader.fill(page, address)
        assert (opened.status, opened.location) == (303, leads_to)
        assert 'aria-label="消息"' in reader.get("/inbox").html
