"""Registering at the window: errors at their fields, once only, and the paper afterwards."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from models import Dispute, Party, db
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, Handling
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

PATH = "/disputes/new"
FILLED: dict[str, Any] = {
    "parties__0__name": "孙德山",
    "parties__0__phone": "139 0000 0001",
    "parties__1__name": "马有财",
    "category": "neighbour",
    "narrative": "排水沟堵了，水进院子",
    "amount": "１２，８００",
    "action": "register",
}


@pytest.fixture
def window(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    """The clerk's browser."""
    return visit(office.window)


def send(window: Visitor, page: Page | None = None, **changes: Any) -> Page:
    return window.fill(page or window.get(PATH), PATH, **(FILLED | changes))


def stored(window: Visitor) -> list[Dispute]:
    with window.app.app_context():
        return list(db.session.scalars(sa.select(Dispute)))


def test_a_filled_form_becomes_a_dispute_and_a_receipt(window: Visitor) -> None:
    page = window.follow(send(window))
    (dispute,) = stored(window)
    assert page.headings == [f"登记回执 {dispute.number}"]
    assert f"已登记，编号 {dispute.number}" in page.text
    assert dispute.amount_fen == 1_280_000
    assert "孙**" in page.text
    assert "马" not in page.text


def test_every_wrong_field_is_told_beside_it_and_in_the_summary(window: Visitor) -> None:
    page = send(
        window,
        parties__0__name="",
        parties__0__id_number="123",
        parties__1__phone="12",
        category="",
        amount="很多",
        people_count="零",
        occurred_on="2099-01-01",
    )
    assert page.status == 422
    for field in ("parties-0-name", "category", "amount", "people-count"):
        assert f'href="#f-{field}"' in page.html
        assert f'id="f-{field}-error"' in page.html
    assert page.form(PATH).values["narrative"] == FILLED["narrative"]
    assert stored(window) == []


def test_wrong_numbers_are_told_at_their_party(window: Visitor) -> None:
    page = send(window, parties__0__id_number="123", parties__1__phone="12")
    assert "身份证号应为 18 位（末位可为 X）或 15 位数字" in page.text
    assert 'id="f-parties-0-id-number-error"' in page.html
    assert 'id="f-parties-1-phone-error"' in page.html
    assert page.form(PATH).values["parties.0.id_number"] == "123"


def test_a_party_of_whom_only_the_address_is_known_is_not_dropped_in_silence(
    window: Visitor,
) -> None:
    page = send(window, parties__1__name="", parties__1__address="东街 9 号")
    assert page.status == 422
    assert 'id="f-parties-1-name-error"' in page.html


def test_the_same_form_twice_registers_once(window: Visitor) -> None:
    page = window.get(PATH)
    first, second = send(window, page), send(window, page)
    assert first.location == second.location
    assert len(stored(window)) == 1


def test_another_matter_from_the_same_form_is_asked_about_and_then_taken(window: Visitor) -> None:
    page = window.get(PATH)
    send(window, page)
    again = send(window, page, narrative="又一件事：院墙滴水")
    assert again.status == 422
    assert "这张表刚才已经登记过了" in again.text
    assert window.fill(again, PATH, action="register").status == 303
    assert len(stored(window)) == 2


def test_without_script_a_button_adds_a_party_and_keeps_what_was_typed(window: Visitor) -> None:
    page = send(window, action="add_party")
    values = page.form(PATH).values
    assert page.status == 200
    assert values["parties.0.name"] == "孙德山"
    assert values["parties.2.role"] == "third_party"
    assert stored(window) == []


def test_without_script_a_button_shows_where_it_would_go_and_what_to_ask(window: Visitor) -> None:
    page = send(window, action="preview")
    assert "建议由人民调解委员会办理" in page.text
    assert "《人民调解法》第8条、第17条" in page.text
    assert "有没有人受伤？法医怎么说？" in page.text
    assert "facts.pending_at" in page.form(PATH).values


def test_what_the_rules_ask_can_be_answered_on_the_form(window: Visitor) -> None:
    page = send(window, action="preview", facts__pending_at="court")
    assert "不适用调解" in page.text
    assert page.form(PATH).values["facts.pending_at"] == "court"


def test_danger_outranks_everything(window: Visitor) -> None:
    page = send(window, action="preview", facts__danger="true", facts__domestic_violence="true")
    assert "先保护人：由派出所处置" in page.text
    assert "rt-tone-stop" in page.html


def test_every_answer_is_stored_and_nothing_for_not_knowing(window: Visitor) -> None:
    send(
        window,
        facts__government_party="",
        facts__injury="none",
        facts__land_matter="",
        facts__respondent_refuses="false",
    )
    assert stored(window)[0].facts == {"injury": "none", "respondent_refuses": False}


def test_the_language_of_a_party_is_kept(window: Visitor) -> None:
    send(window, parties__0__language="mn")
    with window.app.app_context():
        spoken = db.session.scalars(sa.select(Party.language).order_by(Party.position))
        assert [each.value for each in spoken] == ["mn", "zh"]


def receipt(visitor: Visitor, dispute_id: UUID) -> Page:
    return visitor.get(f"/disputes/{dispute_id}/receipt")


def test_the_paper_of_a_restricted_matter_says_nothing_of_it(
    window: Visitor, case: Callable[..., Handling]
) -> None:
    page = receipt(window, case(restricted=True).id)
    assert "来访人来访人" in page.text
    assert APPLICANT["name"][:1] not in page.text.split("接下来")[1]
    assert "工作人员会单独与您联系。有危险请马上拨打 110" in page.text


def test_the_paper_of_what_is_not_mediable_names_doors_and_terms(
    window: Visitor, case: Callable[..., Handling]
) -> None:
    facts = {"administrative_act": "benefit_decision", "learnt_on": "2026-11-01"}
    page = receipt(window, case(category="social_security", facts=facts).id)
    assert "这件事不适用调解，可以找旗人民政府、人民法院" in page.text
    assert "最迟 2026年12月31日（星期四）" in page.text


def test_a_crafted_form_is_refused_in_words(window: Visitor) -> None:
    page = window.get(PATH)
    values = page.form(PATH).values.copy()
    values.update({"facts": "x", "parties": "y", "category": "neighbour"})
    assert window.post(PATH, values).status == 422
