"""From an empty database to a centre that works, in the administrator's browser."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from config.vocabulary import OrganisationKind, Role
from service.operations import organisation as organisations
from service.operations import user as users
from service.operations.base import together
from service.operations.organisation import OrganisationDraft
from service.operations.user import UserDraft
from service.queries.user import by_username
from service.rules.access import Actor
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import PASSWORD, Office
from tests.factories.visitor import Page, Visitor, pressed_together

CODE = "[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}"


@pytest.fixture
def admin(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    return visit(office.actor(Role.SYSADMIN))


def entered(app: Flask, username: str) -> Page:
    visitor = Visitor(app)
    return visitor.fill(visitor.get("/sign-in"), "/sign-in", username=username, password=PASSWORD)


def people(admin: Visitor, office: Office, *rows: tuple[str, str, str, str]) -> Page:
    values: dict[str, str] = {}
    for place, (name, username, role, unit) in enumerate(rows):
        told = {"name": name, "username": username, "role": role}
        told["organisation"] = str(office.units[unit])
        values |= {f"rows__{place}__{field}": text for field, text in told.items()}
    return admin.fill(admin.get("/setup/people"), "/setup/people", **values)


def test_an_administrator_lands_there_while_nobody_can_work(app: Flask, office: Office) -> None:
    office.actor(Role.SYSADMIN, password=PASSWORD)
    assert entered(app, "sysadmin-centre").location == "/setup"
    _ = (office.window, office.director, office.mediator)
    assert entered(app, "sysadmin-centre").location == "/"


def test_nobody_else_lands_there(app: Flask, office: Office) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    assert entered(app, "window-centre").location == "/"


def test_the_centre_is_described(admin: Visitor) -> None:
    here = "/setup/centre"
    told = {"name": "柳溪镇矛调中心", "prefix": "LXX", "address": "镇东街", "phone": "0475-1"}
    page = admin.follow(admin.fill(admin.get(here), here, **told))
    assert "已保存本中心" in page.text
    values = admin.get(here).form(here).values
    assert {name: values[name] for name in told} == told


@pytest.fixture
def fresh(app: Flask, visit: Callable[[Actor], Visitor]) -> Visitor:
    """The administrator of a database that `create-admin` has just begun."""
    desk = app.extensions["fengqiao"]
    with app.app_context(), together():
        draft = OrganisationDraft(
            kind=OrganisationKind.GOVERNANCE_CENTRE,
            name=desk.policy.home.name,
            prefix=desk.policy.home.prefix,
        )
        centre = organisations.create(draft, actor=None, now=MONDAY_9AM)
        root = UserDraft(username="root-1", name="a", organisation=centre, roles=[Role.SYSADMIN])
        users.create(root, actor=None, desk=desk, now=MONDAY_9AM)
        actor = by_username("root-1")
    assert actor is not None
    return visit(actor)


def test_no_town_is_taken_for_another(app: Flask, fresh: Visitor) -> None:
    here = "/setup/centre"
    page = fresh.get(here)
    asked = ("name", "prefix", "address", "phone")
    assert {name: page.form(here).values[name] for name in asked} == dict.fromkeys(asked, "")
    assert "青龙山" not in page.html.partition("<main")[2]
    assert "青龙山" not in Visitor(app).get("/sign-in").html
    assert fresh.get("/setup/people").location == here
    refused = fresh.fill(page, here)
    errors = [name for name in asked if f'id="f-{name}-error"' in refused.html]
    assert (refused.status, errors) == (422, list(asked))
    check = fresh.get("/setup/check")
    assert (check.text.count("还没有填"), "disabled>核对无误" in check.html) == (4, True)


def test_before_the_centre_has_a_name_no_page_gives_it_one_and_it_is_not_counted(
    fresh: Visitor,
) -> None:
    desk, units = fresh.get("/"), fresh.get("/setup/units")
    assert ["青龙山" in page.html for page in (desk, units)] == [False, False]
    assert "本中心（还没有起名）" in desk.text
    fresh.fill(units, "/setup/units/first", people_court="西街法庭")
    counted = (fresh.get("/setup").text, fresh.get("/setup/units").text)
    assert ("已登记 1 个单位" in counted[0], "已登记1西街法庭" in counted[1]) == (True, True)


def test_the_desk_leads_on_with_the_set_up_until_it_is_finished(
    admin: Visitor, office: Office
) -> None:
    assert "继续初始设置" in admin.get("/").text
    for role in (Role.WINDOW, Role.DIRECTOR, Role.MEDIATOR):
        office.actor(role)
    here = "/setup/centre"
    admin.fill(admin.get(here), here, address="镇东街", phone="0475-0000000")
    done = admin.follow(admin.fill(admin.get("/setup/check"), "/setup/finish"))
    assert "初始设置已完成" in done.text
    assert "继续初始设置" not in done.text


def test_the_last_step_shows_everything_that_was_told(fresh: Visitor) -> None:
    here = "/setup/centre"
    told = {"name": "柳溪镇矛调中心", "prefix": "LXX", "address": "镇东街", "phone": "0475-1"}
    fresh.fill(fresh.get(here), here, **told)
    fresh.fill(fresh.get("/setup/units"), "/setup/units/first", people_court="西街法庭")
    check = fresh.get("/setup/check").text
    seen = [each for each in (*told.values(), "西街法庭", "root-1") if each in check]
    assert seen == [*told.values(), "西街法庭", "root-1"]


def test_a_wrong_prefix_is_told_at_its_field_and_nothing_is_saved(admin: Visitor) -> None:
    here = "/setup/centre"
    page = admin.fill(
        admin.get(here), here, name="别的", prefix="lx", address="镇东街", phone="0475-1"
    )
    assert (page.status, 'id="f-prefix-error"' in page.html) == (422, True)
    assert admin.get(here).form(here).values["name"] == "柳溪镇综治中心"


def test_who_is_slower_at_the_centre_keeps_the_text(admin: Visitor) -> None:
    here = "/setup/centre"
    old = admin.get(here)
    admin.fill(admin.get(here), here, address="镇东街", phone="0475-1")
    page = admin.fill(old, here, address="镇西街", phone="0475-2", hours="上午")
    assert (page.status, page.form(here).values["hours"]) == (412, "上午")
    assert "已保存本中心" in admin.follow(admin.fill(page, here)).text


def test_the_usual_units_are_named_and_villages_pasted(admin: Visitor) -> None:
    first, here = "/setup/units/first", "/setup/units"
    page = admin.follow(
        admin.fill(admin.get(here), first, law_firm="柳溪“甲”律所", people_court="甲,庭")
    )
    assert "已登记 2 个单位" in page.text
    assert "甲,庭" in page.text
    assert "law_firm" not in page.form(first).values
    again = admin.fill(page, first, town_government="柳溪派出所")
    assert (again.status, 'id="f-town-government-error"' in again.html) == (422, True)
    tried = admin.fill(page, here, text="东村\n西村")
    commit = next(form for form in tried.forms if form.values.get("action") == "commit")
    assert "已登记 2 个单位" in admin.follow(admin.post(here, commit.values)).text


def test_everybody_gets_a_slip_and_the_check_is_clean(admin: Visitor, office: Office) -> None:
    before = admin.get("/setup/check")
    assert "还没有中心主任的账户" in before.text
    forged = admin.post("/setup/finish", before.form("/sign-out").values)
    assert "本中心的名称、编号前缀、地址和电话还没有填好" in admin.follow(forged).text
    here = "/setup/centre"
    admin.fill(admin.get(here), here, address="镇东街", phone="0475-1")
    forged = admin.post("/setup/finish", before.form("/sign-out").values)
    assert "还没有窗口、中心主任、调解员的账户" in admin.follow(forged).text
    slips = people(
        admin,
        office,
        ("何", "he", "window", "centre"),
        ("于", "yu", "director", "centre"),
        ("白", "bai", "mediator", "committee"),
    )
    assert (slips.title, len(re.findall(CODE, slips.text))) == ("已建立 3 个账户", 3)
    check = admin.get("/setup/check")
    assert "窗口、中心主任、调解员都有了。" in check.text
    assert "道路交通事故调解委员会" in check.text
    assert "初始设置已完成" in admin.follow(admin.fill(check, "/setup/finish")).text


def test_one_wrong_person_keeps_all_out_and_the_rows_stay(admin: Visitor, office: Office) -> None:
    page = people(
        admin, office, ("何", "he", "window", "centre"), ("白", "Bai", "mediator", "committee")
    )
    assert (page.status, 'id="f-rows-1-username-error"' in page.html) == (422, True)
    assert page.form("/setup/people").values["rows.0.name"] == "何"
    assert "he" not in {each.strip() for each in admin.get("/users").text.split()}


def test_more_rows_keep_what_was_typed(admin: Visitor) -> None:
    here = "/setup/people"
    page = admin.fill(admin.get(here), here, rows__0__name="何", action="more")
    values = page.form(here).values
    assert (values["rows.0.name"], "rows.10.name" in values, "rows.11.name" in values) == (
        "何",
        True,
        False,
    )


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SECADMIN, Role.WINDOW])
def test_it_is_the_administrators_alone(
    office: Office, visit: Callable[[Actor], Visitor], role: Role
) -> None:
    assert visit(office.actor(role)).get("/setup").status == 403


def test_saving_the_centre_twice_is_no_conflict(app: Flask, admin: Visitor, office: Office) -> None:
    here = "/setup/centre"
    told = {"address": "镇东街", "phone": "0475-1"}
    form = {**admin.get(here).form(here).values, **told}
    assert [admin.post(here, form).location for _ in range(2)] == ["/setup/units"] * 2
    later = {**admin.get(here).form(here).values, "phone": "0475-2"}
    pages = pressed_together(app, office.actor(Role.SYSADMIN), here, later)
    assert [each.location for each in pages] == ["/setup/units"] * 4
    assert admin.get(here).form(here).values["version"] == "3"


@pytest.mark.parametrize("step", ["/setup/units/first", "/setup/units"])
def test_units_sent_at_once_are_registered_once(
    app: Flask, admin: Visitor, office: Office, step: str
) -> None:
    here = "/setup/units"
    page = admin.get(here)
    if step == here:
        page = admin.fill(page, here, text="东村\n西村")
        form = next(each for each in page.forms if each.values.get("action") == "commit").values
    else:
        named = {"law_firm": "东街律所", "people_court": "西街法庭"}
        form = MultiDict({**page.form(step).values, **named})
    pages = pressed_together(app, office.actor(Role.SYSADMIN), step, form)
    assert [(each.status, each.location) for each in pages] == [(303, here)] * 4
    assert admin.post(step, form).location == here
    assert "已登记 5 个单位" in admin.get("/setup").text


def test_people_sent_at_once_get_one_slip_each(app: Flask, admin: Visitor, office: Office) -> None:
    here = "/setup/people"
    told = {"name": "何", "username": "he", "role": "window"}
    told["organisation"] = str(office.units["centre"])
    row = {f"rows.0.{name}": text for name, text in told.items()}
    form = {**admin.get(here).form(here).values, **row}
    pages = pressed_together(app, office.actor(Role.SYSADMIN), here, form)
    links = {tuple(re.findall(CODE, each.text)) for each in pages}
    assert ([each.status for each in pages], len(links)) == ([200] * 4, 1)
    assert admin.post(here, form).title == "已建立 1 个账户"
