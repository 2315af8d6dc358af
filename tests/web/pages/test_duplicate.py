"""The panel of possible duplicates, and what is kept of the choices made in it."""

import re
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from config.vocabulary import DisputeStatus, Role
from service.clock import utc_now
from service.operations import duplicate as operations
from service.rules.access import Actor
from service.web import form as forms
from tests.factories.dispute import APPLICANT, NARRATIVE, Handling
from tests.factories.office import Office
from tests.factories.person import mobile
from tests.factories.visitor import Page, Visitor

Visit = Callable[[Actor], Visitor]
TYPED = {
    "parties.0.role": "applicant",
    "parties.0.name": APPLICANT["name"],
    "parties.0.id_number": APPLICANT["id_number"],
    "parties.1.role": "respondent",
    "parties.1.name": "李大有",
    "category": "neighbour",
    "narrative": NARRATIVE,
    "source": "walk_in",
}


def panel(browser: Visitor, **more: Any) -> Page:
    """The panel for a form posted with its token."""
    token = browser.get("/disputes/new").form("/disputes/new").values["csrf_token"]
    return browser.post("/duplicates/panel", {"csrf_token": token} | TYPED | more)


def number_of(case: Handling) -> str:
    with case.office.app.app_context():
        return case.row.number


def test_nothing_alike_leaves_the_slot_empty(office: Office, visit: Visit) -> None:
    found = panel(visit(office.window))
    assert found.status == 200
    assert re.sub(r"\s+", "", found.html) == '<divdata-slot="duplicates"data-count="0"></div>'


def test_a_candidate_says_why_and_leads_there_in_a_new_page(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    made = case()
    found = panel(visit(office.window))
    assert found.links == [f"/disputes/{made.id}", f"/disputes/{made.id}/repeats"]
    assert "可能重复1" in found.text
    assert "申请人身份证号相同" in found.text
    assert "王** 与 李**" in found.text
    assert 'target="_blank"' in found.html
    assert found.html.count('form="intake"') == 4
    assert f'name="links.0.number" value="{number_of(made)}"' in found.html


def test_a_foreign_one_shows_no_more_than_number_unit_and_reasons(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    made = case(DisputeStatus.DISPATCHED)
    found = panel(visit(office.actor(Role.WINDOW, "justice")))
    assert found.links == [f"/repeats?number={number_of(made)}"]
    assert number_of(made) in found.text
    assert "柳溪镇人民调解委员会，不在您的查看范围" in found.text
    assert "李*" not in found.text
    assert NARRATIVE not in found.text


def test_a_restricted_one_is_not_there(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    case(restricted=True)
    found = panel(visit(office.actor(Role.WINDOW, "justice")))
    assert "entry" not in found.html


def test_numbers_beyond_the_limit_are_said_not_to_be_matched(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    case()
    with office.app.app_context():
        for place in range(200, 320, 8):
            told = {"parties": [{"phone": mobile(each)} for each in range(place, place + 8)]}
            operations.check(told, actor=office.window, desk=office.desk, now=utc_now())
    found = panel(visit(office.window))
    assert "新填的号码这次没有比对" in found.text
    assert "双方当事人相同" in found.text
    assert "身份证号相同" not in found.text


def test_choices_that_were_posted_are_shown_as_chosen(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    made = case()
    chosen = {"links.3.number": number_of(made), "links.3.relation": "different"}
    found = panel(visit(office.window), **chosen)
    assert re.findall(r'value="(\w+)" checked', found.html) == ["different"]


def test_what_cannot_be_read_yet_is_left_out(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    case()
    wrong = {"occurred_on": "昨天", "parties.1.kind": "horse", "parties.1.name": "李" * 200}
    assert "申请人身份证号相同" in panel(visit(office.window), **wrong).text


def test_a_choice_made_while_registering_is_kept_and_told(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    first = case()
    browser = visit(office.window)
    form = browser.get("/disputes/new").form("/disputes/new")
    values = form.values.copy()
    told = TYPED | {"links.0.number": number_of(first), "links.0.relation": "same"}
    for name, text in told.items():
        values[name] = text
    values["action"] = "register"
    taken = browser.post("/disputes/new", values)
    assert taken.status == 303, taken.text
    detail = browser.get(f"/disputes/{first.id}")
    assert "同一件）" in detail.text
    waiting = visit(office.director).get("/dispatch")
    assert f"记为同一件：{number_of(first)}（也在等分派，今天登记）" in waiting.text


def test_a_decision_may_be_taken_later_on_a_page_of_its_own(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    first, second = case(), case()
    browser, path = visit(office.director), f"/disputes/{first.id}/links"
    assert path in browser.get(f"/disputes/{first.id}").links
    page = browser.get(path)
    wrong = browser.fill(page, path, number="LXZ2026-99999", relation="linked")
    assert wrong.status == 422
    assert "没有这个编号，请核对" in wrong.text
    missing = browser.fill(page, path, number=number_of(second))
    assert "请选择" in missing.text
    taken = browser.fill(page, path, number=number_of(second), relation="linked")
    assert "（邻里，相关）" in browser.follow(taken).text


def test_rows_of_a_form_become_lists_in_their_order() -> None:
    posted = MultiDict(
        {
            "links.10.number": "B",
            "links.10.relation": "same",
            "links.2.number": "A",
            "links.2.relation": "linked",
            "links.3.number": "C",
            "parties.1.name": "乙",
            "parties.0.role": "applicant",
        }
    )
    assert forms.body(posted) == {
        "links": [{"number": "A", "relation": "linked"}, {"number": "B", "relation": "same"}],
        "parties": [{"name": "乙"}],
    }
