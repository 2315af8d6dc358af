"""The citizen's page and the answer by telephone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.policy import Limit
from config.vocabulary import DisputeStatus, Role, Step
from models import Event, db
from service.operations.dispute import Registered
from service.rules.access import Actor
from service.rules.progress import spoken_number
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, every
from tests.factories.office import Office
from tests.factories.person import resident_id
from tests.factories.visitor import Page, Visitor

S = DisputeStatus
Visit = Callable[[Actor], Visitor]
MISSED = "没有查到。请核对编号和查询码，或者带身份证件到窗口询问"
NOT_TOLD = "对不上，或者这件不能在这里答复。请核对号码，电话里就请来电人带身份证件到窗口"
NO_PROOF = "只凭编号不答复：请填查询码，人在窗口的填证件号码"
CARD = APPLICANT["id_number"]


@pytest.fixture
def made(office: Office, now: datetime) -> Registered:
    """A fresh dispute with its code."""
    with office.app.app_context():
        return every(office, now=now)[0]


def ask(visitor: Visitor, number: str, code: str, path: str = "/public") -> Page:
    return visitor.fill(visitor.get(path), path, number=number, code=code)


def test_the_holder_of_a_slip_is_told_and_no_name_is(
    office: Office, made: Registered, now: datetime
) -> None:
    with office.app.app_context():
        Handling(office, made.id).until(S.ACCEPTED, now=now)
    page = ask(Visitor(office.app), made.number.lower(), made.code.lower())
    assert page.status == 200
    assert page.headings == [page.title]
    for told in ("现在到了：受理", "承办单位柳溪镇人民调解委员会", "下一个日期", "身份证件", "110"):
        assert told in page.text
    for hidden in (APPLICANT["name"], RESPONDENT["name"], "王", "李", made.code, "邻里"):
        assert hidden not in page.html
    assert 'aria-label="主导航"' not in page.html


def test_every_miss_reads_the_same(office: Office, made: Registered) -> None:
    visitor = Visitor(office.app)
    pages = [ask(visitor, made.number, "ZZZZZZZZ"), ask(visitor, "LXZ2026-99999", made.code)]
    assert [page.status for page in pages] == [404, 404]
    assert [MISSED in page.text for page in pages] == [True, True]
    assert pages[0].form("/public").values["number"] == made.number


def test_an_empty_field_is_told_beside_it(office: Office) -> None:
    page = ask(Visitor(office.app), "", "")
    assert page.status == 422
    assert 'id="f-number-error"' in page.html
    assert 'id="f-code-error"' in page.html


def test_who_tries_too_often_is_told_when_to_come_back(office: Office, made: Registered) -> None:
    desk = office.app.extensions["fengqiao"]
    limits = replace(desk.policy.limits, progress_by_number=Limit(1, timedelta(days=36500)))
    changed = replace(desk, policy=replace(desk.policy, limits=limits))
    office.app.extensions["fengqiao"] = changed
    visitor = Visitor(office.app)
    pages = [ask(visitor, made.number, made.code) for _ in range(2)]
    assert [page.status for page in pages] == [200, 429]
    assert "查得太频繁了" in pages[1].text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_is_light(office: Office) -> None:
    page = len(Visitor(office.app).get("/public").html.encode())
    files = ("app.css", "public.js", "icon.svg")
    folder = Path(str(office.app.static_folder))
    assert page + sum((folder / name).stat().st_size for name in files) < 100_000


def test_a_member_of_staff_sees_the_citizens_page_as_citizens_do(
    office: Office, visit: Visit
) -> None:
    page = visit(office.director).get("/public")
    assert page.links == ["/privacy"]
    assert office.director.name not in page.html


def test_a_clerk_reads_out_what_a_caller_with_the_code_may_hear(
    office: Office, visit: Visit, made: Registered
) -> None:
    mediator = visit(office.mediator)  # to whom the dispute is not visible
    page = ask(mediator, made.number, made.code, "/readout")
    assert page.status == 200
    assert f"您的编号是：{spoken_number(made.number)}。" in page.text
    for hidden in ("王", "李", made.code):
        assert hidden not in page.html.split('<main id="main"')[1]
    director = visit(office.director)
    assert "电话答复" in director.get(f"/disputes/{made.id}").text


def test_a_number_alone_is_not_answered_and_leads_to_ones_own_dispute(
    office: Office, visit: Visit, made: Registered
) -> None:
    own = ask(visit(office.window), made.number, "", "/readout")
    assert (own.status, "念给来电人听" in own.text) == (200, False)
    assert f"/disputes/{made.id}" in own.links
    stranger = visit(office.mediator)
    pages = [ask(stranger, number, "", "/readout") for number in (made.number, "LXZ2026-99999")]
    assert [(page.status, NO_PROOF in page.text) for page in pages] == [(422, True)] * 2
    assert [link for link in pages[0].links if str(made.id) in link] == []


def show_card(visitor: Visitor, number: str, card: str) -> Page:
    page = visitor.get("/readout")
    return visitor.fill(page, "/readout", number=number, id_number=card)


def test_a_party_at_the_window_is_told_whoever_registered_it_and_their_own_slip_printed_again(
    office: Office, visit: Visit, made: Registered, now: datetime
) -> None:
    with office.app.app_context():
        Handling(office, made.id).until(S.ACCEPTED, now=now)
    tail = made.number.rpartition("-")[2].lstrip("0")
    other, slip = office.actor(Role.WINDOW, name="other"), f"/disputes/{made.id}/receipt"
    page = show_card(visit(other), tail, f"王小满 男 汉 {CARD.lower()} 柳溪镇东街 3 号")
    assert (page.status, "当面告诉来访人" in page.text) == (200, True)
    assert "现在到了“受理”这一步" in page.text
    assert "承办单位是柳溪镇人民调解委员会" in page.text
    assert slip not in page.links
    for hidden in ("王", "李", CARD):
        assert hidden not in page.html.split('<main id="main"')[1]
    for actor in (office.window, office.director):
        assert slip in show_card(visit(actor), made.number, CARD).links
    with office.app.app_context():
        events = db.session.scalars(sa.select(Event).where(Event.action == "readout")).all()
        assert [each.detail for each in events] == [{"found": True, "by": "identity"}] * 3


def test_whose_card_it_is_not_and_what_is_restricted_is_not_told_at_the_window(
    office: Office, visit: Visit, made: Registered, now: datetime
) -> None:
    with office.app.app_context():
        hidden = every(office, now=now, restricted=True)[0]
    director = visit(office.director)
    for number, card in (
        (made.number, resident_id(9)),
        ("LXZ2026-99999", CARD),
        (hidden.number, CARD),
    ):
        page = show_card(director, number, card)
        assert (page.status, NOT_TOLD in page.text, card in page.html) == (404, True, False)
    wrong = show_card(director, made.number, "123")
    assert (wrong.status, 'id="f-id-number-error"' in wrong.html) == (422, True)


def test_cards_are_looked_for_only_so_often(office: Office, visit: Visit, made: Registered) -> None:
    desk = office.app.extensions["fengqiao"]
    limits = replace(desk.policy.limits, identity_search=Limit(1, timedelta(days=36500)))
    changed = replace(desk, policy=replace(desk.policy, limits=limits))
    office.app.extensions["fengqiao"] = changed
    window = visit(office.window)
    for card in ("123", CARD):  # what is no number costs nothing
        show_card(window, made.number, card)
    page = show_card(window, made.number, CARD)
    assert (page.status, CARD in page.html) == (429, False)


def test_numbers_are_taken_as_people_say_them(
    office: Office, visit: Visit, made: Registered
) -> None:
    tail = made.number.rpartition("-")[2]
    for typed in (tail, tail.lstrip("0"), made.number.lower().replace("-", " ")):
        page = ask(visit(office.mediator), typed, made.code, "/readout")
        assert f"您的编号是：{spoken_number(made.number)}。" in page.text
        told = ask(Visitor(office.app), typed, made.code)
        assert (told.status, made.number in told.text) == (200, True)


def test_restricted_and_voided_disputes_are_not_read_out(
    office: Office, visit: Visit, made: Registered, now: datetime
) -> None:
    with office.app.app_context():
        hidden = every(office, now=now, restricted=True)[0]
        Handling(office, made.id).take(Step.VOID, {"reason": "登记重了"}, now=now)
    director = visit(office.director)
    for each in (hidden, made):
        page = ask(director, each.number, each.code, "/readout")
        assert (page.status, NOT_TOLD in page.text) == (404, True)
        assert ask(director, each.number, "", "/readout").status == 422


def test_every_answer_by_telephone_is_recorded(
    office: Office, visit: Visit, made: Registered
) -> None:
    window = visit(office.window)
    ask(window, made.number, made.code, "/readout")
    ask(window, "LXZ2026-99999", "ZZZZZZZZ", "/readout")
    with office.app.app_context():
        events = db.session.scalars(
            sa.select(Event).where(Event.action == "readout").order_by(Event.id)
        ).all()
        told = [(each.subject, each.actor_id, each.detail) for each in events]
    who = office.window.user_id
    assert told == [
        ("dispute", who, {"found": True, "by": "code"}),
        ("progress", who, {"found": False, "by": "code"}),
    ]


def test_a_clerk_is_held_back_too(office: Office, visit: Visit, made: Registered) -> None:
    desk = office.app.extensions["fengqiao"]
    limits = replace(desk.policy.limits, readout=Limit(1, timedelta(days=36500)))
    changed = replace(desk, policy=replace(desk.policy, limits=limits))
    office.app.extensions["fengqiao"] = changed
    window = visit(office.window)
    pages = [ask(window, made.number, made.code, "/readout") for _ in range(2)]
    assert [page.status for page in pages] == [200, 429]


def test_who_has_lost_the_slip_is_sent_to_the_window(office: Office, visit: Visit) -> None:
    page = visit(office.window).get("/readout")
    assert "电话里什么也不答复，也不说有没有这件事" in page.text
    empty = ask(visit(office.window), "", "", "/readout")
    assert (empty.status, "请填写编号" in empty.text) == (422, True)


def test_the_example_has_the_letters_of_this_centre(office: Office) -> None:
    assert "例如 LXZ20" in Visitor(office.app).get("/public").text
