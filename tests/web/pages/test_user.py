"""Accounts at the browser: created, reset, closed; links shown once on a slip."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import PASSWORD, Office
from tests.factories.visitor import Page, Visitor, pressed_together

NEW, LIST, FIRST = "/users/new", "/users/import", "/first-sign-in"
CODE = re.compile(r"登录码\s*([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})")


@pytest.fixture
def admin(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    return visit(office.actor(Role.SYSADMIN))


def hire(admin: Visitor, office: Office, page: Page | None = None, **changes: str) -> Page:
    told = {"name": "何晓云", "username": "he", "role": "window"}
    told["organisation"] = str(office.units["centre"])
    return admin.fill(page or admin.get(NEW), NEW, **(told | changes))


def test_a_new_colleague_gets_a_slip_and_sets_a_password(
    app: Flask, admin: Visitor, office: Office
) -> None:
    slip = hire(admin, office)
    assert (slip.status, slip.title) == (200, "账户已建立")
    (code,) = CODE.findall(slip.text)
    own, here = Visitor(app), "/sign-in"
    typed = {"username": "he", "password": code.lower().replace("-", " ")}
    page = own.fill(own.get(here), here, **typed)
    chosen = own.fill(page, FIRST, password=PASSWORD, again=PASSWORD)
    assert "密码已设置，请用账号 he 登录" in own.follow(chosen).text
    assert own.fill(page, FIRST, password=PASSWORD, again=PASSWORD).status == 401
    assert own.fill(own.get(here), here, **typed).status == 401


def test_pressing_twice_creates_one_account_with_one_link(admin: Visitor, office: Office) -> None:
    form = admin.get(NEW)
    first, again = hire(admin, office, form), hire(admin, office, form)
    assert CODE.findall(first.text) == CODE.findall(again.text)
    other = hire(admin, office, form, username="she")
    assert (other.status, "这个账户刚才已经建过了" in other.text) == (422, True)


def test_a_role_that_waits_for_a_second_person_is_said_to_wait(
    admin: Visitor, office: Office
) -> None:
    office.actor(Role.SECADMIN, password=PASSWORD)
    slip = hire(admin, office, role="director")
    assert "何晓云的角色“中心主任”还没有生效" in slip.text
    assert "中心主任（等确认）" in slip.text
    assert "还没有生效" not in hire(admin, office, username="she").text


def test_the_summary_of_errors_names_the_fields(admin: Visitor, office: Office) -> None:
    page = admin.fill(admin.get(NEW), NEW, name="", username="", organisation="")
    for told in ("姓名：请填写", "用户名：请填写", "单位：请选择"):
        assert told in page.text


def test_wrong_words_are_told_at_their_fields(admin: Visitor, office: Office) -> None:
    page = hire(admin, office, username="He", role="", phone="12")
    assert page.status == 422
    page = hire(admin, office, username="He", phone="12")
    for field in ("username", "phone"):
        assert f'id="f-{field}-error"' in page.html
    assert 'value="platform"' not in page.html


def test_a_password_is_taken_away_and_given_anew(
    admin: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    clerk, path = visit(office.window), f"/users/{office.window.user_id}"
    page = admin.get(path)
    slip, again = (admin.fill(page, f"{path}/reset") for _ in range(2))
    assert slip.title == "密码已重置"
    assert CODE.findall(slip.text) == CODE.findall(again.text)
    assert clerk.get("/").status == 303
    assert CODE.findall(admin.get(path).text) == []


def test_closing_says_what_the_person_still_carries(
    admin: Visitor, office: Office, case: Callable[..., Handling]
) -> None:
    case(DisputeStatus.MEDIATING)
    path = f"/users/{office.mediator.user_id}"
    page = admin.get(path)
    assert "这个人手上还有1件没有办结的纠纷" in page.text
    assert f"{path}/hand-over" in page.links
    token = page.form("/sign-out").values["csrf_token"]
    refused = admin.post(f"{path}/disable", {"csrf_token": token})  # a page from before
    assert "请先交接" in admin.follow(refused).text


def test_an_account_is_closed_and_opened_again(admin: Visitor, office: Office) -> None:
    path = f"/users/{office.window.user_id}"
    done = admin.follow(admin.fill(admin.get(path), f"{path}/disable"))
    assert "已停用，这个人马上不能再用系统" in done.text
    opened = admin.follow(admin.fill(done, f"{path}/enable"))
    assert "已启用，原来的密码还能用" in opened.text


def test_ones_own_account_is_offered_nothing(admin: Visitor, office: Office) -> None:
    path = f"/users/{office.actor(Role.SYSADMIN).user_id}"
    page = admin.get(path)
    assert "这是您自己的账户" in page.text
    assert [form.action for form in page.forms if form.action.startswith(path)] == []


def test_the_security_administrator_looks_and_changes_nothing(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    visitor, path = visit(office.actor(Role.SECADMIN)), f"/users/{office.window.user_id}"
    assert not {NEW, LIST} & set(visitor.get("/users").links)
    assert [form.action for form in visitor.get(path).forms if path in form.action] == []


def test_a_director_sees_no_accounts(office: Office, visit: Callable[[Actor], Visitor]) -> None:
    assert visit(office.director).get("/users").status == 403


def test_the_list_is_narrowed_by_role_unit_and_state(admin: Visitor, office: Office) -> None:
    office.actor(Role.MEDIATOR, "justice")
    page = admin.get("/users", role="mediator", organisation=str(office.units["justice"]))
    assert ("mediator-justice" in page.text, "sysadmin-centre" in page.text) == (True, False)
    assert "没有符合条件的账户。" in admin.get("/users", state="locked").text
    assert admin.get("/users", role="nonsense", organisation="x", state="y").status == 200


def test_a_list_is_tried_and_everybody_gets_a_slip(admin: Visitor) -> None:
    row = "\t{}\t窗口\t柳溪镇综治中心"
    tried = admin.fill(
        admin.get(LIST), LIST, text="He" + row.format("何") + "\nbai" + row.format("白")
    )
    assert "第 1 列（用户名）：用户名以小写字母开头" in tried.text
    good = admin.fill(tried, LIST, text="he" + row.format("何") + "\nbai" + row.format("白"))
    commit = next(form for form in good.forms if form.values.get("action") == "commit")
    slips = admin.post(LIST, commit.values)
    assert (slips.title, len(CODE.findall(slips.text))) == ("已建立 2 个账户", 2)


def listed(admin: Visitor, *usernames: str) -> dict[str, str]:
    """The form that creates the accounts of a list that was tried."""
    text = "\n".join(f"{name}\t何\t窗口\t柳溪镇综治中心" for name in usernames)
    tried = admin.fill(admin.get(LIST), LIST, text=text)
    return next(form.values for form in tried.forms if form.values.get("action") == "commit")


def test_pressing_twice_on_a_list_shows_the_same_slips(admin: Visitor) -> None:
    form = listed(admin, "he", "bai")
    first, again = admin.post(LIST, form), admin.post(LIST, form)
    assert (again.status, again.title) == (200, "已建立 2 个账户")
    assert (len(CODE.findall(first.text)), again.html) == (2, first.html)


def test_a_list_sent_at_once_makes_every_account_once(
    app: Flask, admin: Visitor, office: Office
) -> None:
    actor = office.actor(Role.SYSADMIN)
    slips = pressed_together(app, actor, LIST, listed(admin, "he", "bai"))
    assert [each.status for each in slips] == [200] * 4
    (codes,) = {tuple(CODE.findall(each.text)) for each in slips}
    own = Visitor(app)
    for name, code in zip(("he", "bai"), codes, strict=True):
        page = own.fill(own.get(FIRST), FIRST, username=name, sign_in_code=code)
        assert (page.status, page.title) == (200, "设置密码")


def test_another_list_under_the_same_key_comes_back_with_its_sentence(admin: Visitor) -> None:
    form = listed(admin, "he")
    admin.post(LIST, form)
    other = listed(admin, "bai")
    page = admin.post(LIST, {**other, "form_key": form["form_key"]})
    assert (page.status, "这份名单刚才已经建过账户" in page.text) == (422, True)
    assert page.form(LIST).values["text"].startswith("bai")


def test_a_list_somebody_was_quicker_with_is_shown_row_by_row(admin: Visitor) -> None:
    form = listed(admin, "he", "bai")
    admin.post(LIST, listed(admin, "bai"))
    page = admin.post(LIST, form)
    assert (page.status, "第 1 列（用户名）：用户名已经有人使用" in page.text) == (422, True)
    assert "没有符合条件的账户。" in admin.get("/users", q="he").text
