"""What is said when something cannot be done."""

from collections.abc import Callable

from flask import Flask

from config.vocabulary import DisputeStatus
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
STORY = "排水沟堵了，水进院子，双方吵了几次"


def test_a_form_without_its_token_is_refused_and_the_text_is_given_back(
    office: Office, visit: Visit
) -> None:
    page = visit(office.window).post("/disputes/new", {"narrative": STORY, "password": "x" * 20})
    assert (page.status, page.headings) == (400, ["请求不完整"])
    assert STORY in page.text
    assert "x" * 20 not in page.html


def test_a_function_of_others_is_refused_in_words(office: Office, visit: Visit) -> None:
    page = visit(office.leader).get("/disputes/new")
    assert (page.status, page.headings) == (403, ["无权使用"])
    assert "您的角色不能使用这项功能" in page.text


def test_only_who_may_open_the_dispute_is_led_back_to_it(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    address = f"/disputes/{case(DisputeStatus.MEDIATING).id}"
    page = visit(office.leader).get(address)
    assert (page.status, address in page.links, "/" in page.links) == (403, False, True)
    page = visit(office.window).get(f"{address}/steps/agree")
    assert (page.status, address in page.links) == (403, True)


def test_an_address_that_is_none_says_so(office: Office, visit: Visit) -> None:
    page = visit(office.leader).get("/nowhere")
    assert (page.status, page.headings) == (404, ["没有找到"])
    assert "/" in page.links


def test_a_stranger_is_led_to_the_door(app: Flask) -> None:
    page = Visitor(app).get("/nowhere")
    assert page.status == 404
    assert "/sign-in" in page.links
    assert "办理范围" not in page.text


def test_every_error_page_has_one_heading_that_is_its_title(office: Office, visit: Visit) -> None:
    page = visit(office.leader).get("/nowhere")
    assert page.headings == [page.title]


def test_the_description_of_the_api_is_a_page(app: Flask) -> None:
    answer = app.test_client().get("/api/docs")
    assert answer.mimetype == "text/html"
    assert answer.get_data(as_text=True).startswith("<!doctype html>")


def test_no_page_may_run_what_stands_in_it(app: Flask) -> None:
    policy = app.test_client().get("/sign-in").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
