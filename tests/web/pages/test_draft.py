"""Drafts at the browser: kept by script, shown with masked names, resumed or thrown away."""

from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import Draft, db, transaction
from service.rules.access import Actor
from service.web.cookie import COOKIE
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor, session_of

KEY = "0123456789abcdef0123456789abcdef"
TYPED = {
    "form_key": KEY,
    "category": "neighbour",
    "parties.0.name": "白桦生",
    "parties.1.name": "王小满",
    "facts.danger": "true",
    "narrative": "排水沟堵了",
}


class Seat:
    """A browser whose script saves drafts."""

    def __init__(self, app: Flask, actor: Actor) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(COOKIE, session_of(app, actor))
        self.token = Page(self.client.get("/")).form("/sign-out").values["csrf_token"]

    def save(self, key: str = KEY, /, **headers: str) -> TestResponse:
        return self.keep(TYPED, key, **headers)

    def keep(self, typed: dict[str, str], key: str = KEY, /, **headers: str) -> TestResponse:
        return self.client.put(
            f"/drafts/{key}", data=typed, headers={"X-CSRFToken": self.token} | headers
        )


@pytest.fixture
def seat(app: Flask, office: Office) -> Seat:
    """The clerk at the window."""
    return Seat(app, office.window)


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Draft)) or 0


def test_saving_says_when(seat: Seat, app: Flask) -> None:
    answer = seat.save()
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text[:-5] == "已存草稿 "
    assert stored(app) == 1


def test_saving_needs_the_token_of_the_page(seat: Seat, app: Flask) -> None:
    seat.token = "guessed"
    assert (seat.save().status_code, stored(app)) == (400, 0)


def test_a_key_that_no_form_has_is_not_found(seat: Seat, app: Flask) -> None:
    assert [seat.save(key).status_code for key in ("x", KEY.upper(), KEY[1:])] == [404] * 3
    assert stored(app) == 0


def test_nothing_is_kept_under_an_account_the_page_is_not_of(
    seat: Seat, app: Flask, office: Office
) -> None:
    theirs, ours = str(office.director.user_id), str(office.window.user_id)
    assert seat.save(**{"X-Form-Of": theirs}).status_code == 409
    assert stored(app) == 0
    assert seat.save(**{"X-Form-Of": ours}).status_code == 200


def test_who_is_not_signed_in_is_sent_to_the_sign_in(app: Flask) -> None:
    client = app.test_client()
    token = Page(client.get("/sign-in")).form("/sign-in").values["csrf_token"]
    answer = client.put(f"/drafts/{KEY}", data=TYPED, headers={"X-CSRFToken": token})
    assert (answer.status_code, stored(app)) == (303, 0)


def test_a_draft_comes_back_as_the_same_form(seat: Seat, office: Office) -> None:
    seat.save()
    page = Page(seat.client.get("/disputes/new", query_string={"draft": KEY}))
    values = page.form("/disputes/new").values
    assert {name: values.get(name) for name in TYPED} == TYPED


def test_another_one_and_one_that_never_was_are_an_empty_form(
    seat: Seat, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    seat.save()
    director = visit(office.director)
    pages = [director.get("/disputes/new", draft=key) for key in (KEY, uuid4().hex, "x")]
    forms = [page.form("/disputes/new").values for page in pages]
    assert [page.status for page in pages] == [200] * 3
    assert [(each["parties.0.name"], each["narrative"]) for each in forms] == [("", "")] * 3
    assert KEY not in {each["form_key"] for each in forms}


def test_the_empty_form_tells_of_drafts_by_time_masked_name_and_category(
    seat: Seat, app: Flask, office: Office
) -> None:
    seat.save()
    page = Page(seat.client.get("/disputes/new"))
    assert "有 1 份没登记完的" in page.text
    assert "存的 · 白** · 邻里" in page.text
    assert "白桦生" not in page.html
    seat.client.post(f"/drafts/{KEY}/discard", data=page.form(f"/drafts/{KEY}/discard").values)
    assert stored(app) == 0
    assert "没登记完的：" not in Page(seat.client.get("/disputes/new")).text


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ({"parties.0.name": ""}, "还没写姓名"),
        ({"parties.0.name": "柳溪路桥公司", "parties.0.kind": "organisation"}, "柳溪路桥公司"),
        ({"facts.domestic_violence": "true"}, "限制查阅"),
        ({"parties.0.id_number": "150525201501010011"}, "限制查阅"),
    ],
)
def test_whose_draft_it_is_stands_there_as_far_as_it_may(
    seat: Seat, typed: dict[str, str], who: str
) -> None:
    seat.keep(TYPED | typed)
    assert f"存的 · {who} · 邻里" in Page(seat.client.get("/disputes/new")).text


def test_every_draft_is_counted_and_one_that_cannot_be_read_is_told_apart(
    seat: Seat, app: Flask
) -> None:
    keys = [f"{place:032x}" for place in range(7)]
    for key in keys:
        seat.save(key)
    with app.app_context(), transaction() as session:
        damage = sa.update(Draft).values(content_sealed=b"damaged")
        session.execute(damage.where(Draft.form_key == keys[0]))
    page = Page(seat.client.get("/disputes/new"))
    assert "有 6 份没登记完的" in page.text
    assert page.html.count("继续填<") == 6
    assert "有 1 份草稿无法读取" in page.text
    assert Page(seat.client.get("/disputes/new", query_string={"draft": keys[0]})).status == 200
    thrown = f"/drafts/{keys[0]}/discard"
    seat.client.post(thrown, data=page.form(thrown).values)
    assert "无法读取" not in Page(seat.client.get("/disputes/new")).text


def test_registering_ends_the_draft(seat: Seat, app: Flask, office: Office) -> None:
    seat.save()
    page = Page(seat.client.get("/disputes/new", query_string={"draft": KEY}))
    answer = seat.client.post("/disputes/new", data=page.form("/disputes/new").values)
    assert (answer.status_code, stored(app)) == (303, 0)
    assert (seat.save().text, stored(app)) == ("这张表已经登记过了，不再存草稿", 0)
