"""Merging on pages: side by side first, then one; the old number leads on."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role
from models import AuditEntry, db
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.person import resident_id
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]


def test_two_are_compared_merged_found_by_either_number_and_parted(
    office: Office, visit: Visit, case: Case
) -> None:
    into, gone = case(DisputeStatus.MEDIATING), case(narrative="门前的老榆树被砍了两棵，没有赔")
    with office.app.app_context():
        numbers = into.row.number, gone.row.number
    director, path = visit(office.director), f"/disputes/{into.id}/merge"
    assert "要并进来的那一件" in director.get(path).text
    assert "没有这个编号" in director.get(f"{path}?number=LXZ2026-99999").text
    shown = director.get(f"{path}?number={numbers[1]}")
    assert "门前的老榆树被砍了两棵" in shown.text
    assert "王**：两件里都有" in shown.text
    short = director.fill(shown, path, reason="")
    assert (short.status, "门前的老榆树" in short.text) == (422, True)
    done = director.fill(shown, path, reason="同一件事")
    assert (done.status, done.location) == (303, f"/disputes/{into.id}")
    page = director.get(f"/disputes/{into.id}")
    assert f"并入的登记 {numbers[1]}" in page.text
    assert director.get(f"/disputes/{gone.id}").location == f"/disputes/{into.id}"
    link = next(each for each in page.links if each.endswith("/undo"))
    back = director.fill(director.get(link), link, reason="不是一件")
    assert back.location == f"/disputes/{gone.id}"
    assert director.get(f"/disputes/{gone.id}").status == 200


def test_a_stale_page_of_two_keeps_the_reason(office: Office, visit: Visit, case: Case) -> None:
    into, gone = case(DisputeStatus.DISPATCHED), case()
    with office.app.app_context():
        number = gone.row.number
    director, path = visit(office.director), f"/disputes/{into.id}/merge"
    shown = director.get(f"{path}?number={number}")
    with office.app.app_context():
        into.until(DisputeStatus.ACCEPTED, now=into.row.registered_at)
    stale = director.fill(shown, path, reason="同一件事说了两遍")
    assert (stale.status, "同一件事说了两遍" in stale.text) == (412, True)


def test_who_may_not_read_the_one_that_remained_is_told_where_it_is(
    office: Office, visit: Visit, case: Case
) -> None:
    into, gone = case(actor=office.director), case()
    with office.app.app_context():
        numbers = into.row.number, gone.row.number
    director, path = visit(office.director), f"/disputes/{into.id}/merge"
    director.fill(director.get(f"{path}?number={numbers[1]}"), path, reason="同一件事")
    text = visit(office.window).get(f"/disputes/{gone.id}").text
    assert f"这一件已经并入 {numbers[0]}" in text


def test_a_clerk_takes_down_a_visit_again_by_the_card(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case()
    with office.app.app_context():
        number = one.row.number
    clerk = visit(office.actor(Role.WINDOW, "justice"))
    page = clerk.get(f"/repeats?number={number}")
    wrong = clerk.fill(page, "/repeats", number=number, id_number=resident_id(7))
    assert (wrong.status, "编号和证件对不上" in wrong.text) == (422, True)
    done = clerk.fill(page, "/repeats", number=number, id_number=resident_id(1))
    assert done.status == 303
    assert "第 2 次" in visit(office.director).get(f"/disputes/{one.id}").text


def test_a_visit_again_says_who_came_or_what_was_said(
    office: Office, visit: Visit, case: Case
) -> None:
    clerk, path = visit(office.director), f"/disputes/{case().id}/repeats"
    nobody = clerk.fill(clerk.get(path), path, party="", words="")
    assert (nobody.status, "请写明来的是谁" in nobody.text) == (422, True)
    assert clerk.fill(clerk.get(path), path).status == 303  # the applicant, as it stands there


def test_the_likely_ones_are_listed_with_what_to_do(
    office: Office, visit: Visit, case: Case
) -> None:
    first, second = case(), case()
    page = visit(office.director).get(f"/disputes/{first.id}/duplicates")
    with office.app.app_context():
        number = second.row.number
    assert f"/disputes/{first.id}/merge?number={number}" in page.links
    assert "申请人身份证号相同" in page.text


def test_what_cannot_be_merged_is_said_over_the_form_and_both_looks_are_written_down(
    office: Office, visit: Visit, case: Case
) -> None:
    into, gone = case(), case()
    with office.app.app_context():
        number = gone.row.number
    director, path = visit(office.director), f"/disputes/{into.id}/merge"
    shown = director.get(f"{path}?number={number}")
    with office.app.app_context():
        looks = sa.select(AuditEntry.subject_id).where(AuditEntry.action == "dispute.look")
        assert set(db.session.scalars(looks)) == {into.id, gone.id}
        gone.until(DisputeStatus.AGREED, now=into.row.registered_at)
    refused = director.fill(shown, path, reason="同一件事说了两遍")
    assert (refused.status, f"{number} 已经达成协议" in refused.text) == (409, True)
    long = director.fill(shown, path, reason="同一件事说了两遍", version="1" * 5000)
    assert long.status == 412
