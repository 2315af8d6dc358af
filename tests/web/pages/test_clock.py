"""期限 on pages: remedies first, the bar and the days, a pause asked for, decided and ended."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from config.vocabulary import DisputeStatus, OutsideSystem, Role, SharePurpose
from models import Share, transaction
from service.operations import outside_entry
from service.operations.outside_entry import EntryDraft
from service.rules.access import Actor
from tests.factories.clock import EXTEND, asked, change_row, clock_of, decided, entered
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor
from tests.operations.test_clock import BENEFIT

S = DisputeStatus
Case = Callable[..., Handling]
Visit = Callable[[Actor], Visitor]


@pytest.fixture
def mediator(office: Office, visit: Visit) -> Visitor:
    return visit(office.mediator)


@pytest.fixture
def director(office: Office, visit: Visit) -> Visitor:
    return visit(office.director)


def clock_path(handling: Handling, rule: str = "PM.DEFAULT") -> str:
    with handling.office.app.app_context():
        return f"/disputes/{handling.id}/clocks/{clock_of(handling, rule).id}"


def asks(visitor: Visitor, path: str, kind: str, **fields: str) -> Page:
    form = visitor.get(f"{path}/changes/new?kind={kind}")
    return visitor.fill(form, f"{path}/changes", **fields)


def test_the_open_remedy_stands_before_everything_else(office: Office, visit: Visit) -> None:
    now = datetime.now(UTC)
    known = (office.desk.today(now) - timedelta(days=55)).isoformat()
    facts = BENEFIT["facts"] | {"learnt_on": known}
    with office.app.app_context():
        handling = registered(office, now=now, category="social_security", facts=facts)
    page = visit(office.director).get(f"/disputes/{handling.id}")
    place = page.text.index("当事人的期限，调解不会让它停下来")
    assert place < page.text.index("事情经过")
    assert "申请行政复议" in page.text
    assert "《行政复议法》第20条" in page.text
    listed = visit(office.director).get("/disputes")
    assert "天申请行政复议，最迟" in listed.text


def test_a_pause_is_seen_asked_for_granted_and_ended(
    mediator: Visitor, director: Visitor, case: Case
) -> None:
    handling = case(S.MEDIATING)
    home, path = f"/disputes/{handling.id}", clock_path(handling)
    assert path in mediator.get(home).links
    empty = asks(mediator, path, "pause")
    assert empty.status == 422
    assert "请写明情况" in empty.text
    today = handling.office.desk.today(datetime.now(UTC)).isoformat()
    told = {"ground": "appraisal", "words": "等鉴定结论", "from_on": today}
    seen = asks(mediator, path, "pause", **told)
    assert seen.status == 200
    assert "起暂停计时" in seen.text
    sent = mediator.fill(seen, f"{path}/changes", **told)
    assert (sent.status, sent.location) == (303, path)
    assert "已提交申请中止，等批准" in mediator.follow(sent).text

    waiting = director.get("/clock-changes")
    decide = next(each for each in waiting.links if each.startswith(path))
    page = director.get(decide)
    assert "等鉴定结论" in page.text
    assert "委托鉴定、检测的书面材料" in page.text
    assert f"/disputes/{handling.id}/attachments" in page.links
    refused = director.fill(page, f"{decide}/decision", granted="false")
    assert (refused.status, "不同意请写明理由" in refused.text) == (422, True)
    done = director.fill(page, f"{decide}/decision", granted="true")
    assert done.status == 303
    letter = director.get(f"{decide}/letter")
    assert "中止调解通知书" in letter.text
    told_of = mediator.get(home).text
    assert "暂停计时" in told_of
    assert "人民调解工作若干规定" in told_of  # the law and who approved stand where the date is
    assert re.search(r"中止：甲\d \d+月\d+日同意", told_of)
    assert "‖" in mediator.get("/").html
    explained = mediator.get(path)
    assert "现在暂停计时" in explained.text
    early = mediator.fill(explained, f"{path}/resume", on=today)
    assert (early.status, "要晚于中止的起日" in early.text) == (422, True)


def test_an_extension_tells_the_new_date_before_it_is_sent(mediator: Visitor, case: Case) -> None:
    handling = case(S.MEDIATING)
    path = clock_path(handling)
    told = {"ground": "agreed", "words": "双方都同意", "length": "1"}
    seen = asks(mediator, path, "extend", **told)
    assert "同意以后，到期日由" in seen.text
    assert "确认申请延期" in seen.text
    changed = mediator.fill(seen, f"{path}/changes", **(told | {"length": "9"}))
    assert changed.status == 422
    assert "请写明延长多少，每次延长1个月" in changed.text


def test_who_asked_sees_no_way_to_decide(office: Office, mediator: Visitor, case: Case) -> None:
    handling = case(S.MEDIATING)
    with office.app.app_context():
        change = asked(handling, EXTEND, now=datetime.now(UTC))
    path = clock_path(handling)
    page = mediator.get(path)
    assert f"{path}/changes/{change}" not in page.links
    dropped = mediator.fill(page, f"{path}/changes/{change}/drop")
    assert dropped.status == 303
    with office.app.app_context():
        assert change_row(change).state.value == "dropped"


def test_who_may_only_look_gets_no_form(office: Office, visit: Visit, case: Case) -> None:
    handling = case(S.MEDIATING)
    with office.app.app_context():
        change = asked(handling, now=datetime.now(UTC))
    path = clock_path(handling)
    looks = (f"/disputes/{handling.id}", path)
    forms = (f"/disputes/{handling.id}/clocks/new", f"{path}/changes/new?kind=extend")
    liaison = visit(office.liaison)
    assert [liaison.get(each).status for each in looks] == [200, 200]
    assert liaison.get(forms[0]).status == 200  # of the unit in the lead
    assert liaison.get(f"{path}/changes/{change}").status == 200
    helper = visit(_helper(office, handling))
    assert [helper.get(each).status for each in looks] == [200, 200]
    assert [helper.get(each).status for each in (*forms, f"{path}/changes/{change}")] == [403] * 3


def _helper(office: Office, handling: Handling) -> Actor:
    """The liaison of a unit that assists in it."""
    liaison = office.actor(Role.LIAISON, "station")
    with office.app.app_context(), transaction() as session:
        session.add(
            Share(
                dispute_id=handling.id,
                organisation_id=office.units["station"],
                purpose=SharePurpose.ASSIST,
                shared_by=office.director.user_id,
                shared_at=MONDAY_9AM,
            )
        )
    return liaison


def test_the_days_are_told_one_by_one(mediator: Visitor, case: Case) -> None:
    handling = case(S.MEDIATING)
    page = mediator.get(clock_path(handling))
    for words in ("起算日，不计", "第 1 天", "全国人民调解工作规范", "人民调解", "法定期限"):
        assert words in page.text or words == "全国人民调解工作规范"
    assert 'class="day day-start"' in page.html


def test_a_date_of_another_office_is_entered_and_ended(director: Visitor, case: Case) -> None:
    handling = case(S.MEDIATING)
    today = handling.office.desk.today(datetime.now(UTC))
    path = f"/disputes/{handling.id}/clocks"
    form = director.get(f"{path}/new")
    wrong = director.fill(form, path, rule="OUT.12345")
    assert (wrong.status, "请填写交办材料写明的日期" in wrong.text) == (422, True)
    due = (today + timedelta(days=2)).isoformat()
    made = director.fill(form, path, rule="OUT.12345", due_on=due)
    assert made.status == 303
    assert "12345工单办结" in director.follow(made).text
    clock = clock_path(handling, "OUT.12345")
    ended = director.fill(director.get(clock), f"{clock}/stop", ended="met", on=today.isoformat())
    assert ended.status == 303
    assert "已经办到" in director.follow(ended).text


def test_an_old_page_is_told_that_something_moved(
    office: Office, director: Visitor, case: Case
) -> None:
    handling = case(S.MEDIATING)
    with office.app.app_context():
        change = asked(handling, now=datetime.now(UTC))
    path = f"{clock_path(handling)}/changes/{change}"
    page = director.get(path)
    with office.app.app_context():
        entered(
            handling,
            rule="OUT.12345",
            due_on=office.desk.today(datetime.now(UTC)),
            now=datetime.now(UTC),
        )
    late = director.fill(page, f"{path}/decision", granted="true")
    assert "刚才有人改动了这件纠纷" in director.follow(late).text


def test_a_change_that_was_decided_says_so(office: Office, director: Visitor, case: Case) -> None:
    handling = case(S.MEDIATING)
    now = datetime.now(UTC)
    with office.app.app_context():
        change: UUID = asked(handling, EXTEND, now=now)
        decided(handling, change, now=now)
    path = f"{clock_path(handling)}/changes/{change}"
    assert "这份申请已经有结果" in director.get(path).text
    assert "延长调解期限通知书" in director.get(f"{path}/letter").text
    assert director.get("/clock-changes").text.count("没有等审批的申请") == 1


def test_my_deadlines_are_a_calendar_of_numbers(
    office: Office, mediator: Visitor, case: Case
) -> None:
    handling = case(S.MEDIATING)
    assert "/deadlines.ics" in mediator.get("/").links
    answer = mediator.download("/deadlines.ics")
    assert answer.mimetype == "text/calendar"
    text = answer.get_data(as_text=True).replace("\r\n ", "")
    with office.app.app_context():
        number, due = handling.row.number, handling.row.due_on
    assert due is not None
    assert f"SUMMARY:{number} 人民调解到期" in text
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in text
    assert "王" not in text


def test_the_calendar_file_says_of_a_restricted_dispute_the_date_alone(
    office: Office, mediator: Visitor, case: Case
) -> None:
    handling = case(S.MEDIATING, restricted=True)
    text = mediator.download("/deadlines.ics").get_data(as_text=True).replace("\r\n ", "")
    with office.app.app_context():
        number, due = handling.row.number, handling.row.due_on
    assert due is not None
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in text
    assert f"SUMMARY:{number} 期限到期，调解中" in text
    assert "人民调解" not in text


def test_the_pages_hold_at_new_year(office: Office, visit: Visit) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 8, tzinfo=UTC), tick=False):
        with office.app.app_context():
            handling = registered(office, now=datetime.now(UTC))
            handling.until(S.MEDIATING, now=datetime.now(UTC))
        page = visit(office.mediator).get(clock_path(handling))
    assert "2027年2月1日（星期一）（暂定）" in page.text


def test_who_sees_it_sealed_reads_that_terms_changed_and_not_which(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(S.MEDIATING, restricted=True)
    with office.app.app_context():
        asked(handling, EXTEND)
        entry = EntryDraft(
            system=OutsideSystem.MOJ_MEDIATION, number="RM-1", entered_on=MONDAY_9AM.date()
        )
        outside_entry.enter(
            handling.id, entry, actor=office.mediator, desk=office.desk, now=MONDAY_9AM
        )
    page = visit(office.director).get(f"/disputes/{handling.id}")
    assert page.status == 200
    assert "期限：延期" in page.text
    assert "RM-1" not in page.html
