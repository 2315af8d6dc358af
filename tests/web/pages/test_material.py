"""材料 in a browser: the form of what a clerk writes down in own words."""

from collections.abc import Callable

import pytest

from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor


@pytest.fixture
def window(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    return visit(office.window)


def wanted(window: Visitor, handling: Handling, **own: str) -> Page:
    path = f"/disputes/{handling.id}/materials"
    return window.fill(window.get(path), path, state="wanted", **own)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("承包合同原件", "承包合同原件原件 1 份"),
        ("身份证复印件", "身份证复印件复印件 1 份"),
        ("录音电子件", "录音电子件电子件 1 份"),
    ],
)
def test_a_form_that_the_name_says_is_taken_from_it(
    name: str, told: str, window: Visitor, case: Callable[..., Handling]
) -> None:
    handling = case()
    window.follow(wanted(window, handling, own__0__name=name))
    assert told in window.get(f"/disputes/{handling.id}/papers/materials-notice").text


def test_what_is_chosen_counts_more_than_the_name(
    window: Visitor, case: Callable[..., Handling]
) -> None:
    said = {"own__0__name": "合同原件", "own__0__form": "copy"}
    assert "合同原件复印件 1 份" in window.follow(wanted(window, case(), **said)).text


@pytest.mark.parametrize("name", ["照片", "合同原件和复印件"])
def test_a_form_nobody_told_is_asked_at_its_field(
    name: str, window: Visitor, case: Callable[..., Handling]
) -> None:
    page = wanted(window, case(), own__1__name=name, own__1__copies="零")
    assert page.status == 422
    assert '<a href="#f-own-1-form">第 2 份的形式：请选择</a>' in page.html
    assert 'id="f-own-1-form-error"' in page.html
    assert '<a href="#f-own-1-copies">第 2 份的份数：' in page.html
    assert "还没有记材料" in page.text
