"""外部系统登记 at the browser: on the dispute's page, and what is still to be typed over."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus
from models import OutsideEntry, db
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
ENTRY = {"system": "moj_mediation", "number": "司-1", "entered_on": "2026-01-05"}


def enter(visitor: Visitor, handling: Handling, **changes: str) -> Page:
    """Fill in the form on the dispute's own page."""
    page = visitor.get(f"/disputes/{handling.id}")
    return visitor.fill(page, f"/disputes/{handling.id}/outside-entries", **ENTRY | changes)


def test_an_entry_stands_on_the_page_of_its_dispute(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, director = case(), visit(office.director)
    page = director.follow(enter(director, handling))
    assert "已记下司法部人民调解平台的编号" in page.text
    assert "司-1" in page.text


def test_what_is_wrong_is_told_at_its_field(office: Office, visit: Visit, case: Case) -> None:
    handling, director = case(), visit(office.director)
    page = enter(director, handling, entered_on="2199-01-01")
    values = page.form(f"/disputes/{handling.id}/outside-entries").values
    assert (page.status, values["number"]) == (422, "司-1")
    assert "登记日期不能晚于今天" in page.text


def test_the_same_number_elsewhere_is_warned_of(office: Office, visit: Visit, case: Case) -> None:
    first, second = case(), case(DisputeStatus.MEDIATING)
    director, mediator = visit(office.director), visit(office.mediator)
    director.follow(enter(director, first))
    seen = mediator.follow(enter(mediator, second))
    assert "同一个编号也登记在 另一件您看不到的纠纷 上" in seen.text
    with office.app.app_context():
        number = second.row.number
    third = case()
    assert number in director.follow(enter(director, third)).text


def test_an_entry_is_taken_back_with_a_reason(office: Office, visit: Visit, case: Case) -> None:
    handling, director = case(), visit(office.director)
    enter(director, handling)
    page = director.get(f"/disputes/{handling.id}/outside-entries")
    address = next(each.action for each in page.forms if each.action.endswith("/withdraw"))
    refused = director.fill(page, address)
    assert (refused.status, "请填写撤销理由" in refused.text) == (422, True)
    done = director.follow(director.fill(page, address, reason="抄错了"))
    assert "还没有登记到别的系统" in done.text
    course = director.get(f"/disputes/{handling.id}").text
    assert ("撤销外部系统编号" in course, "抄错了" in course) == (True, True)


def test_who_only_looks_is_offered_no_form(office: Office, visit: Visit, case: Case) -> None:
    handling = case(DisputeStatus.MEDIATING)
    page = visit(office.window).get(f"/disputes/{handling.id}")
    assert (page.status, "外部系统登记" in page.text) == (200, True)


def test_what_is_still_to_be_typed_over_is_listed(office: Office, visit: Visit, case: Case) -> None:
    handling, director = case(DisputeStatus.ACCEPTED), visit(office.director)
    address = f"/disputes/{handling.id}"
    page = director.get("/outside-entries", system="moj_mediation")
    assert (page.headings, address in page.links) == (
        ["还没有登记到司法部人民调解平台的纠纷"],
        True,
    )
    enter(director, handling, entered_on=date(2026, 1, 5).isoformat())
    assert address not in director.get("/outside-entries", system="moj_mediation").links
    assert address in director.get("/outside-entries", system="grid", ended="false").links
    assert address not in director.get("/outside-entries", system="grid", ended="true").links
    assert director.get("/outside-entries", cursor="x").status == 303
    assert visit(office.leader).get("/outside-entries").status == 403


def test_a_second_number_shows_the_first_and_asks_what_it_is(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, director = case(), visit(office.director)
    enter(director, handling)
    path = f"/disputes/{handling.id}/outside-entries"
    asked = enter(director, handling, number="司-2")
    told = f"已经登记了 司-1（{office.director.name} 1月5日）"
    assert (asked.status, told in asked.text, 'id="f-correction-error"' in asked.html) == (
        422,
        True,
        True,
    )
    assert asked.form(path).values["number"] == "司-2"
    done = director.follow(director.fill(asked, path, correction="true"))
    assert "已更正司法部人民调解平台的编号" in done.text
    course = director.get(f"/disputes/{handling.id}").text
    assert ("更正为 司-2" in course, "司-1" in course) == (True, True)


def test_the_day_is_today_at_the_latest_on_both_forms_and_the_question_follows_the_number(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    handling, director = case(), visit(office.director)
    path = f"/disputes/{handling.id}/outside-entries"
    today = office.desk.today(now).isoformat()
    for page in (director.get(path), director.get(f"/disputes/{handling.id}")):
        assert page.form(path).values["entered_on"] == today
        assert f'max="{today}"' in page.html
    enter(director, handling)
    asked = enter(director, handling, number="司-2").html
    assert "已有 司-1，这个新编号是" in asked
    assert asked.index('id="f-number"') < asked.index('id="f-correction"')


def test_of_two_numbers_the_page_asks_which_was_wrong(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, director = case(), visit(office.director)
    path = f"/disputes/{handling.id}/outside-entries"
    enter(director, handling)
    director.fill(enter(director, handling, number="司-2"), path, correction="false")
    asked = enter(director, handling, number="司-3")
    told = ("更正：原来的 司-1 写错了", "更正：原来的 司-2 写错了", "原来的也留")
    assert [each in asked.text for each in told] == [True, True, True]
    unnamed = director.fill(asked, path, correction="true")
    assert (unnamed.status, "请选更正哪一个" in unnamed.text) == (422, True)
    with office.app.app_context():
        wrong = db.session.scalars(
            sa.select(OutsideEntry.id).where(OutsideEntry.number == "司-1")
        ).one()
    director.follow(director.fill(asked, path, correction=str(wrong)))
    left = director.get(path)
    assert [each in left.text for each in ("司-1", "司-2", "司-3")] == [False, True, True]


def test_the_window_finds_the_list_in_the_menu_with_its_newest_first(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    window = visit(office.window)
    second = case()
    with office.app.app_context():
        first = registered(office, now=now - timedelta(hours=1))
    assert "/outside-entries" in window.get("/disputes").links
    page = window.get("/outside-entries")
    links = [
        each for each in page.links if each in {f"/disputes/{first.id}", f"/disputes/{second.id}"}
    ]
    assert (links, "共 2 件没有登记" in page.text) == (
        [f"/disputes/{second.id}", f"/disputes/{first.id}"],
        True,
    )
