"""The hint below the narrative: buttons with their reasons, quiet when the choice agrees."""

from collections.abc import Callable

import pytest

from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

STORY = "在工地干了三个月，包工头拖欠工资"


@pytest.fixture
def ask(office: Office, visit: Callable[[Actor], Visitor]) -> Callable[..., Page]:
    """Asks for the panel with the fields of an intake form."""
    window = visit(office.window)
    token = window.get("/disputes/new").form("/disputes/new").values["csrf_token"]

    def send(**typed: str) -> Page:
        return window.post("/categories/panel", typed | {"csrf_token": token})

    return send


def test_it_says_which_words_it_goes_by(ask: Callable[..., Page]) -> None:
    page = ask(narrative=STORY)
    assert page.status == 200
    assert 'data-choose-category="wages"' in page.html
    assert "欠薪— 因为“拖欠工资”“包工头”“工地”" in page.text


def test_it_is_quiet_when_the_choice_agrees_or_nothing_is_told(ask: Callable[..., Page]) -> None:
    for typed in ({"narrative": STORY, "category": "wages"}, {"narrative": ""}, {}):
        assert ask(**typed).html.strip() == '<div data-slot="categories"></div>'


def test_another_choice_is_told_what_the_words_say_and_not_suggested_itself(
    ask: Callable[..., Page],
) -> None:
    page = ask(narrative="借钱打了借条不还，后来离婚", category="family")
    assert 'data-choose-category="debt"' in page.html
    assert 'data-choose-category="family"' not in page.html


def test_what_is_typed_stands_in_the_page_as_text(ask: Callable[..., Page]) -> None:
    page = ask(narrative="<b>离婚</b>", category="<i>")
    assert "<b>" not in page.html
    assert "<i>" not in page.html
