"""The slip over the counter: every number of a visit with its QR; a restricted one says nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import DisputeStatus, Role, Step
from models import Event, db
from service.rules.access import Actor
from service.web import qr
from tests.factories.dispute import APPLICANT, Handling, every, registered
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

Case = Callable[..., Handling]


@pytest.fixture
def window(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    """The clerk's browser."""
    return visit(office.window)


@contextmanager
def reached_at(app: Flask, address: str | None) -> Iterator[None]:
    """The deployment with this address for citizens."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, public_url=address)
    yield
    app.extensions["settings"] = before


def receipt(visitor: Visitor, handling: Handling, **query: str) -> Page:
    return visitor.get(f"/disputes/{handling.id}/receipt", **query)


def printed(app: Flask) -> list[dict[str, str]]:
    with app.app_context():
        events = db.session.scalars(sa.select(Event).where(Event.action == "print"))
        return [event.detail for event in events]


def test_every_number_of_a_visit_is_on_one_slip_with_its_code_and_its_qr(
    window: Visitor, office: Office, now: datetime
) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    with office.app.app_context():
        made = every(office, now=now, matters=matters)
    with reached_at(office.app, "https://fengqiao.example"):
        page = receipt(window, Handling(office, made[0].id))
    for each in made:
        assert each.number in page.text
        assert f"{each.code[:4]} {each.code[4:]}" in page.text
        text = f"https://fengqiao.example/public#{each.number}.{each.code}"
        assert str(qr.drawn(text)) in page.html
    assert "fengqiao.example/public" in page.text
    assert printed(office.app) == [{"paper": "receipt"}] * 2


def test_without_a_setting_the_qr_leads_where_the_request_came_to(
    window: Visitor, office: Office, now: datetime
) -> None:
    with office.app.app_context():
        made = every(office, now=now)[0]
    page = receipt(window, Handling(office, made.id))
    assert str(qr.drawn(f"http://localhost/public#{made.number}.{made.code}")) in page.html


def test_the_code_of_a_slip_stands_in_no_address(window: Visitor, case: Case) -> None:
    page = receipt(window, case())
    code = page.html.split('class="sheet-code">')[1][:9]
    assert code.replace(" ", "") not in page.html
    assert [link for link in page.links if "#" in link and link != "#main"] == []


@pytest.mark.parametrize(
    ("asked", "kind"), [("80", "paper-80"), ("a4", "paper-a4"), ("x", "paper-a4")]
)
def test_the_paper_is_chosen_in_the_address(
    window: Visitor, case: Case, asked: str, kind: str
) -> None:
    assert f'<body class="{kind}"' in receipt(window, case(), paper=asked).html


def test_the_slip_of_a_restricted_visit_is_quiet(window: Visitor, case: Case) -> None:
    handling = case(restricted=True, category="family")
    page = receipt(window, handling)
    with handling.office.app.app_context():
        number = handling.row.number
    slip = page.html.split("<article")[1].split("</article>")[0]
    assert page.title == f"办事回执 {number}"
    assert number in slip
    assert "有危险马上拨打 110" in page.text
    for hidden in (
        APPLICANT["name"][:1],
        "家",
        "纠纷",
        "来访人",
        "查询码",
        "<svg",
        "public",
        "110",
    ):
        assert hidden not in slip


def test_matters_that_cannot_be_mediated_name_doors_and_terms(window: Visitor, case: Case) -> None:
    facts = {"administrative_act": "benefit_decision", "learnt_on": "2026-11-01"}
    page = receipt(window, case(category="social_security", facts=facts))
    assert "这件事不适用调解，可以找旗人民政府、人民法院" in page.text
    assert "最迟 2026年12月31日（星期四）" in page.text


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (DisputeStatus.REGISTERED, "接下来中心分派承办单位"),
        (DisputeStatus.DISPATCHED, "接下来已经分派给承办单位，等它签收"),
        (DisputeStatus.MEDIATING, "接下来正在调解"),
        (DisputeStatus.CLOSED, "接下来这件事已经办结"),
    ],
)
def test_a_slip_tells_what_follows_now(
    office: Office,
    visit: Callable[[Actor], Visitor],
    case: Case,
    status: DisputeStatus,
    told: str,
) -> None:
    page = receipt(visit(office.director), case(status))
    assert told in page.text


def test_the_slip_of_what_was_declined_sends_on(
    office: Office, window: Visitor, case: Case, now: datetime
) -> None:
    handling = case()
    body = {"ground": "respondent_refuses", "go_to": ["people_court"]}
    with office.app.app_context():
        handling.take(Step.DECLINE, body, actor=office.window, now=now)
    page = receipt(window, handling)
    assert "这件事中心没有受理，理由和期限看《不予受理告知书》可以去人民法庭" in page.text
    assert "中心分派承办单位" not in page.text


def test_several_matters_tell_each_where_it_stands(
    window: Visitor, office: Office, now: datetime
) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    with office.app.app_context():
        made = every(office, now=now, matters=matters)
        Handling(office, made[1].id).until(DisputeStatus.MEDIATING, now=now)
    page = receipt(window, Handling(office, made[0].id))
    assert "接下来中心分派承办单位" in page.text
    assert "第 2 件现在到了“调解中”" in page.text


def test_the_window_prints_its_own_slip_again_long_after_it_went_on(
    office: Office, visit: Callable[[Actor], Visitor], window: Visitor, now: datetime
) -> None:
    long_ago = now - timedelta(days=200)
    with office.app.app_context():
        handling = registered(office, now=long_ago).until(DisputeStatus.CLOSED, now=long_ago)
        number = handling.row.number
    assert window.get(f"/disputes/{handling.id}").status == 404
    page = receipt(window, handling)
    assert (page.status, number in page.text) == (200, True)
    assert "王**" in page.text
    assert "王小满" not in page.html
    assert f"/disputes/{handling.id}" not in page.links
    found = window.get("/search", q=number)
    assert f"/disputes/{handling.id}/receipt" in found.links
    other = visit(office.actor(Role.WINDOW, name="other"))
    assert receipt(other, handling).status == 404
    assert f"/disputes/{handling.id}/receipt" not in other.get("/search", q=number).links


def test_a_voided_registration_prints_no_slip_and_tells_who_voided_it(
    office: Office, visit: Callable[[Actor], Visitor], case: Case, now: datetime
) -> None:
    handling = case()
    with office.app.app_context():
        handling.take(Step.VOID, {"reason": "同一件登记了两次"}, actor=office.window, now=now)
        number = handling.row.number
    director = visit(office.director)
    assert receipt(director, handling).status == 409
    page = director.get(f"/disputes/{handling.id}")
    assert f"/disputes/{handling.id}/receipt" not in page.links
    assert page.headings == [f"纠纷 {number}"]
    assert f"登记有误，{office.window.name} 于" in page.text
    assert "原因：同一件登记了两次。编号保留，不计入统计。" in page.text


def test_who_may_not_print_a_slip_gets_none(
    office: Office, visit: Callable[[Actor], Visitor], case: Case
) -> None:
    handling = case(DisputeStatus.MEDIATING)
    assert receipt(visit(office.mediator), handling).status == 404
    assert receipt(visit(office.director), handling).status == 200
