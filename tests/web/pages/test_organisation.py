"""The register of organisations at the browser."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import Workbook

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor, pressed_together

NEW, LIST = "/organisations/new", "/organisations/import"


@pytest.fixture
def director(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    return visit(office.director)


def taken_in(director: Visitor, **changes: str) -> str:
    told = {"kind": "village_committee", "name": "东村", "address": "东街 1 号"} | changes
    made = director.fill(director.get(NEW), NEW, **told)
    assert made.status == 303, made.text
    return made.location


def edit(director: Visitor, path: str, page: Page | None = None, **changes: str) -> Page:
    here = f"{path}/edit"
    return director.fill(page or director.get(here), here, **changes)


def test_a_unit_is_taken_in_changed_and_its_history_told(director: Visitor) -> None:
    path = taken_in(director)
    shown = director.follow(edit(director, path, name="东街村", address=""))
    assert shown.title == "东街村"
    assert "地址：东街 1 号 → （空）" in shown.text
    assert "名称：东村 → 东街村" in shown.text


def test_who_is_slower_keeps_the_text_and_sees_what_happened(director: Visitor) -> None:
    path = taken_in(director)
    old = director.get(f"{path}/edit")
    edit(director, path, phone="0475-1")
    page = edit(director, path, old, hours="周一至周五，上午")
    assert (page.status, page.title) == (412, "别人刚刚改过")
    assert "电话：（空） → 0475-1" in page.text
    assert page.form(f"{path}/edit").values["hours"] == "周一至周五，上午"
    sent = director.follow(director.fill(page, f"{path}/edit", phone="0475-1"))
    assert "周一至周五，上午" in sent.text


def test_a_unit_is_given_up_and_folded_away(director: Visitor, office: Office) -> None:
    path = taken_in(director)
    director.fill(director.get(path), f"{path}/deactivate")
    page = director.get("/organisations")
    assert "已停用的单位（1）" in page.text
    assert "已停用" not in director.get("/organisations", q="派出所").text
    back = director.follow(director.fill(director.get(path), f"{path}/reactivate"))
    assert "已恢复使用" in back.text


def test_a_unit_somebody_works_at_says_what_stands_in_the_way(
    director: Visitor, office: Office
) -> None:
    _ = office.liaison
    path = f"/organisations/{office.units['committee']}"
    page = director.get(path)
    assert "要停用它，先把这些纠纷办结或者改派给别的单位，把账户停用。" in page.text
    assert f"{path}/deactivate" not in page.html
    forged = director.post(
        f"{path}/deactivate", director.get(NEW).form(NEW).values | {"version": "1"}
    )
    assert "还有 1 个在用的账户，现在不能停用" in director.follow(forged).text


def test_everybody_looks_and_only_some_are_offered_more(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    clerk = visit(office.window)
    page = clerk.get("/organisations")
    assert "柳溪派出所" in page.text
    assert not {NEW, LIST} & set(page.links)
    card = clerk.get(f"/organisations/{office.units['station']}")
    assert (card.status, "修改经过" in card.text) == (200, False)
    assert clerk.get(NEW).status == 403


def test_a_list_is_tried_mended_and_taken_in(director: Visitor) -> None:
    tried = director.fill(director.get(LIST), LIST, text="东村\n西村\t学校")
    assert "第 2 列（类别）：没有“学校”这个类别" in tried.text
    assert [form.values.get("action") for form in tried.forms].count("commit") == 0
    good = director.fill(tried, LIST, text="东村\n西村\t嘎查")
    commit = next(form for form in good.forms if form.values.get("action") == "commit")
    page = director.follow(director.post(LIST, commit.values))
    assert "已登记 2 个单位" in page.text
    assert "西村" in page.text


def test_what_is_no_list_is_told_at_the_text(director: Visitor) -> None:
    page = director.fill(director.get(LIST), LIST, text=" ")
    assert (page.status, 'id="f-text-error"' in page.html) == (422, True)


def test_a_file_may_stand_in_for_the_text(director: Visitor) -> None:
    values = dict(director.get(LIST).form(LIST).values) | {
        "file": (BytesIO("名称\n东村\n".encode("gb18030")), "units.csv")
    }
    page = director.post(LIST, values)
    assert page.form(LIST).values["text"] == "名称\n东村\n"


def test_a_workbook_is_read_like_a_pasted_list(director: Visitor) -> None:
    book = Workbook()
    sheet = book.create_sheet("单位", 0)
    for row in (["名称", "类别"], ["东村", ""], ["西街法庭", "人民法庭"]):
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    file = (BytesIO(content.getvalue()), "单位.xlsx")
    page = director.post(LIST, dict(director.get(LIST).form(LIST).values) | {"file": file})
    assert "新增 2 行" in page.text
    broken = (BytesIO(content.getvalue()[:200]), "单位.xlsx")
    refused = director.post(LIST, dict(director.get(LIST).form(LIST).values) | {"file": broken})
    assert (refused.status, 'id="f-file-error"' in refused.html) == (422, True)


@pytest.mark.parametrize("field", ["name", "kind"])
def test_a_blank_is_told_at_its_field(director: Visitor, field: str) -> None:
    page = director.fill(
        director.get(NEW), NEW, **({"kind": "court", "name": "某法院"} | {field: ""})
    )
    assert (page.status, f'id="f-{field}-error"' in page.html) == (422, True)
    path = taken_in(director)
    page = edit(director, path, None, **{field: ""})
    assert (page.status, f'id="f-{field}-error"' in page.html) == (422, True)


def test_the_administrator_keeps_the_register_too(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    assert NEW in visit(office.actor(Role.SYSADMIN)).get("/organisations").links


def test_a_list_sent_at_once_is_taken_in_once(
    app: Flask, director: Visitor, office: Office
) -> None:
    tried = director.fill(director.get(LIST), LIST, text="东村\n西村")
    form = next(each for each in tried.forms if each.values.get("action") == "commit").values
    pages = pressed_together(app, office.director, LIST, form)
    pages.append(director.post(LIST, form))
    assert [(each.status, each.location) for each in pages] == [(303, "/organisations")] * 5
    other = director.post(LIST, {**form, "text": "南村"})
    assert (other.status, "这份名单刚才已经登记过了" in other.text) == (422, True)
    assert "南村" not in director.get("/organisations").text


def test_a_row_that_went_wrong_meanwhile_is_shown(director: Visitor) -> None:
    tried = director.fill(director.get(LIST), LIST, text="东村\n西村")
    form = next(each for each in tried.forms if each.values.get("action") == "commit").values
    path = taken_in(director, name="西村", kind="court")
    director.fill(director.get(path), f"{path}/deactivate")
    page = director.post(LIST, form)
    assert (page.status, "有误 1 行" in page.text) == (422, True)
    assert "东村" not in director.get("/organisations").text


def test_the_same_change_sent_twice_is_no_conflict(director: Visitor) -> None:
    path = taken_in(director)
    page = director.get(f"{path}/edit")
    sent = [edit(director, path, page, phone="0475-1").location for _ in range(2)]
    assert sent == [path] * 2
