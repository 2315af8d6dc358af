"""The page of one's own sessions, and an administrator's look at somebody's."""

from collections.abc import Callable

from flask import Flask

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import PASSWORD, Office
from tests.factories.visitor import Visitor

HERE = "/sessions"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
)


def signed_in(app: Flask, agent: str = CHROME, address: str = "192.0.2.1") -> Visitor:
    visitor = Visitor(app, agent=agent, address=address)
    page = visitor.get("/sign-in")
    visitor.fill(page, "/sign-in", username="window-centre", password=PASSWORD)
    return visitor


def test_one_sees_device_and_address_of_each_and_ends_one(app: Flask, office: Office) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    first = signed_in(app)
    second = signed_in(app, agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/6")
    page = first.get(HERE)
    assert (page.title, page.text.count("Chrome · Windows")) == ("会话", 1)
    assert ("就是这里" in page.text, "192.0.2.1" in page.text) == (True, True)
    ending = next(each for each in page.forms if each.action.endswith("/end"))
    done = first.follow(first.post(ending.action, ending.values))
    assert ("已退出那里的登录" in done.text, "Safari · iPhone" in done.text) == (True, False)
    assert second.get("/").location == "/sign-in?next=/"


def test_one_ends_all_others_at_once(app: Flask, office: Office) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    others = [signed_in(app), signed_in(app)]
    mine = signed_in(app)
    done = mine.follow(mine.fill(mine.get(HERE), f"{HERE}/end-others"))
    assert "已退出其他 2 处登录" in done.text
    assert [each.get("/").status for each in others] == [303, 303]
    assert f"{HERE}/end-others" not in [form.action for form in done.forms]


def test_somebody_elses_is_not_found(
    app: Flask, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    mine = signed_in(app)
    signed_in(app)
    page = mine.get(HERE)
    action = next(each.action for each in page.forms if each.action.endswith("/end"))
    leader = visit(office.leader)
    token = leader.get("/").form("/sign-out").values["csrf_token"]
    assert leader.post(action, {"csrf_token": token}).status == 404
    assert mine.get(HERE).html.count('class="name">Chrome · Windows') == 2


def test_the_way_there_stands_under_ones_name(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    links = visit(office.window).get("/").links
    assert [HERE in links, "/password" in links] == [True, True]


def test_an_administrator_sees_where_and_ends_it(
    app: Flask, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    clerk = office.actor(Role.WINDOW, password=PASSWORD)
    mine = signed_in(app)
    path = f"/users/{clerk.user_id}"
    for role in (Role.SYSADMIN, Role.SECADMIN):
        page = visit(office.actor(role)).get(path)
        assert ("Chrome · Windows" in page.text, "192.0.2.1" in page.text) == (True, True)
    admin = visit(office.actor(Role.SYSADMIN))
    done = admin.follow(admin.fill(admin.get(path), f"{path}/sessions/end"))
    assert "已退出这个账户登录的全部地方" in done.text
    assert mine.get("/").location == "/sign-in?next=/"


def test_signing_in_again_in_one_browser_leaves_no_session_behind(
    app: Flask, office: Office
) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    mine = signed_in(app)
    values = {
        "csrf_token": mine.get("/").form("/sign-out").values["csrf_token"],
        "username": "window-centre",
        "password": PASSWORD,
    }
    assert mine.post("/sign-in", values).status == 303
    assert mine.get(HERE).text.count("Chrome · Windows") == 1
