"""审计、我的操作记录, and 谁看过 on the page of a dispute: for who may know, and nobody else."""

import re
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import DisputeStatus, Role
from models import AuditEntry, Dispute, db
from service.rules.access import Actor
from service.web.cookie import COOKIE
from tests.factories.dispute import NARRATIVE, Handling
from tests.factories.office import Office
from tests.factories.trail import forging
from tests.factories.visitor import Visitor, session_of

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]


def actions(app: Flask) -> list[str]:
    """Every entry's action, in order."""
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_an_auditor_reads_who_did_what_without_the_story(
    office: Office, visit: Visit, case: Case
) -> None:
    case(DisputeStatus.MEDIATING)
    page = visit(office.actor(Role.AUDITOR)).get("/audit")
    assert (page.status, page.title) == (200, "审计")
    assert "开始调解" in page.text
    assert NARRATIVE not in page.html


@pytest.mark.parametrize("role", [Role.WINDOW, Role.LEADER, Role.PLANNER])
def test_others_have_their_own_deeds_only(
    office: Office, visit: Visit, case: Case, role: Role
) -> None:
    case(DisputeStatus.MEDIATING)
    visitor = visit(office.actor(role))
    assert visitor.get("/audit").status == 403
    page = visitor.get("/audit/mine")
    assert (page.status, page.title) == (200, "我的操作记录")
    assert "签收" not in page.text


def test_what_cannot_be_read_in_an_address_is_left_out_and_said(
    office: Office, visit: Visit
) -> None:
    visitor = visit(office.actor(Role.AUDITOR))
    answer = visitor.get("/audit?result=nothing&subject=user")
    assert (answer.status, answer.location) == (303, "/audit?subject=user")
    assert "有的条件看不懂" in visitor.follow(answer).text


def test_the_kinds_of_deeds_are_to_be_chosen_and_each_cell_says_what_it_is(
    office: Office, visit: Visit, case: Case
) -> None:
    case(DisputeStatus.MEDIATING)
    page = visit(office.actor(Role.AUDITOR)).get("/audit?kind=write")
    chosen = page.html.partition('name="kind"')[2].partition("</select>")[0]
    words = re.findall(r"<option[^>]*>([^<]*)<", chosen)
    assert words == ["全部", "写入", "查看", "拒绝", "导出", "登录", "权限", "作业"]
    assert "开始调解" in page.text
    cells = re.findall(r"<td[^>]*>", page.html)
    assert [each for each in cells if "data-label" not in each] == []
    other = visit(office.actor(Role.AUDITOR)).get("/audit?kind=look")
    assert "开始调解" not in other.text


def test_a_verification_is_asked_for_and_its_verdict_stands_on_the_page(
    office: Office, visit: Visit
) -> None:
    visitor = visit(office.actor(Role.AUDITOR))
    assert "还没有核对过" in visitor.get("/audit").text
    done = visitor.follow(visitor.fill(visitor.get("/audit"), "/audit/verify"))
    assert "完整，没有被改动" in done.text
    with office.app.app_context(), forging() as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET actor_name = '乙' WHERE seq = 2")
    bad = visitor.follow(visitor.fill(visitor.get("/audit"), "/audit/verify"))
    assert "核对到第 1 条：被改动过，从第 2 条起有问题" in bad.text


def test_an_unknown_number_is_said_to_be_unknown(office: Office, visit: Visit) -> None:
    page = visit(office.actor(Role.AUDITOR)).get("/audit?number=QLS2026-99999")
    assert page.status == 200
    assert "没有找到编号是 QLS2026-99999 的纠纷" in page.text


def test_the_export_takes_the_filters_of_what_is_listed(
    office: Office, visit: Visit, case: Case
) -> None:
    handled = case()
    case()
    with office.app.app_context():
        number = db.session.scalar(sa.select(Dispute.number).where(Dispute.id == handled.id))
    visitor = visit(office.actor(Role.AUDITOR))
    page = visitor.get(f"/audit?number={number}&actor={office.window.user_id}")
    address = f"/audit/workbook?number={number}&amp;actor={office.window.user_id}"
    assert f'href="{address}"' in page.html.partition("data-results")[2]
    client = office.app.test_client()
    client.set_cookie(COOKIE, session_of(office.app, office.actor(Role.AUDITOR)))
    answer = client.get(address.replace("&amp;", "&"))
    book = openpyxl.load_workbook(BytesIO(answer.data), read_only=True)
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert {(row[2], row[7]) for row in rows} == {(office.window.name, f"纠纷 {number}")}


def test_the_rows_go_into_a_workbook_as_shown_and_that_is_noted(office: Office, case: Case) -> None:
    case(DisputeStatus.CLOSED)
    client = office.app.test_client()
    client.set_cookie(COOKIE, session_of(office.app, office.actor(Role.AUDITOR)))
    answer = client.get("/audit/workbook?subject=dispute")
    book = openpyxl.load_workbook(BytesIO(answer.data), read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[6] for row in rows][:2] == ["操作", "办结"]
    assert NARRATIVE not in str(rows)
    assert actions(office.app)[-1] == "audit.export"


def test_who_looked_stands_on_the_page_for_the_director_and_the_mediator(
    office: Office, visit: Visit, case: Case
) -> None:
    handled = case(DisputeStatus.MEDIATING)
    address = f"/disputes/{handled.id}"
    visit(office.mediator).get(address)
    for reader in (office.director, office.mediator):
        page = visit(reader).get(address)
        assert "谁看过" in page.text
        assert office.mediator.name in page.text.partition("谁看过")[2]
    assert "谁看过" not in visit(office.liaison).get(address).text


def test_who_looks_again_within_half_an_hour_looked_once(
    office: Office, visit: Visit, case: Case
) -> None:
    address = f"/disputes/{case().id}"
    visitor = visit(office.director)
    for _ in range(3):
        visitor.get(address)
    assert actions(office.app).count("dispute.look") == 1
