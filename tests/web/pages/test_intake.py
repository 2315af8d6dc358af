"""Registering at the window: errors at their fields, once only, and the paper afterwards."""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from config.vocabulary import Authority, Source
from models import Consultation, Dispute, Party, db
from service.operations import consultation as consultations
from service.operations import draft as drafts
from service.operations.consultation import Asked
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id
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


def test_every_wrong_field_is_told_at_once_beside_it_and_in_the_summary(window: Visitor) -> None:
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
    wrong = (
        "parties-0-name",
        "parties-0-id-number",
        "parties-1-phone",
        "category",
        "amount",
        "people-count",
        "occurred-on",
    )
    assert "还不能保存，请改正 7 处" in page.text
    for field in wrong:
        assert f'href="#f-{field}"' in page.html
        assert f'id="f-{field}-error"' in page.html
    assert page.form(PATH).values["narrative"] == FILLED["narrative"]
    assert stored(window) == []


def summary(page: Page) -> list[str]:
    """What the summary of the errors says, line by line."""
    listed = page.html.split('class="errs"')[1].split("</ul>")[0]
    return re.findall(r"<a href=[^>]*>([^<]*)</a>", listed)


def test_the_summary_calls_each_field_by_its_name(window: Visitor) -> None:
    page = send(
        window,
        parties__0__id_number="123",
        parties__1__phone="12",
        parties__2__role="third_party",
        parties__2__name="王小满",
        parties__2__phone="12",
        people_count="零",
        **(MATTER | {"matters__1__amount": "很多"}),
    )
    phone = "应为 11 位手机号或带区号座机"
    assert summary(page) == [
        "申请人证件号码：身份证号应为 18 位（末位可为 X）或 15 位数字",
        f"被申请人电话：{phone}",
        f"第 3 位（第三人）电话：{phone}",
        "第 2 件的涉及金额：金额应为数字，单位元，最多两位小数",
        "涉及人数：应为整数",
    ]


def test_a_check_on_the_way_says_the_same_as_sending_and_writes_nothing(window: Visitor) -> None:
    values = window.get(PATH).form(PATH).values.copy()
    values.update({"parties.0.phone": "12", "category": "neighbour"})
    told = window.post("/disputes/check", values)
    assert told.status == 200
    assert re.findall(r'id="(f-[^"]*)-error"', told.html) == [
        "f-parties-0-name",
        "f-parties-0-phone",
        "f-narrative",
    ]
    assert "应为 11 位手机号或带区号座机" in told.text
    assert stored(window) == []


def crowded(window: Visitor, count: int) -> dict[str, str]:
    """The form with so many parties whose telephones are wrong."""
    values = dict(window.get(PATH).form(PATH).values)
    for row in range(count):
        values |= {f"parties.{row}.name": f"来访{row}", f"parties.{row}.phone": "12"}
    return values | {"category": "neighbour", "narrative": "争界"}


def test_of_a_thousand_parties_none_is_judged(window: Visitor) -> None:
    values = crowded(window, 1_000)
    told = window.post("/disputes/check", values)
    assert re.findall(r'id="(f-[^"]*)-error"', told.html) == ["f-parties-0-name"]
    assert "当事人最多 200 人，请分次登记" in told.text
    panel = window.post("/routing/preview-panel", values)
    assert (panel.status, "当事人最多 200 人，请分次登记" in panel.text) == (200, True)
    assert window.post("/duplicates/panel", values).status == 200
    sent = window.post(PATH, crowded(window, 201) | {"action": "register"})
    assert (sent.status, summary(sent)) == (
        422,
        ["申请人姓名或名称：当事人最多 200 人，请分次登记"],
    )
    assert stored(window) == []


def test_two_hundred_parties_are_judged(window: Visitor) -> None:
    told = window.post("/disputes/check", crowded(window, 200))
    assert len(re.findall(r'-phone-error"', told.html)) == 200


@pytest.mark.parametrize(
    "path",
    [
        "/disputes/check",
        "/consultations/signs",
        "/routing/preview-panel",
        "/duplicates/panel",
        "/categories/panel",
    ],
)
def test_a_hint_takes_no_more_than_a_mebibyte(window: Visitor, path: str) -> None:
    key = window.get(PATH).form(PATH).values["csrf_token"]
    part = "--x\r\nContent-Disposition: form-data; name="
    opening = f'{part}"csrf_token"\r\n\r\n{key}\r\n{part}"file"; filename="a"\r\n\r\n'
    told = []
    for size in (1024 * 1024 - 4096, 1024 * 1024 + 1):
        body = opening.encode() + bytes(size) + b"\r\n--x--\r\n"
        told.append(window.send(path, body, "multipart/form-data; boundary=x").status)
    assert told == [200, 413]


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


def test_without_script_the_focus_is_in_the_new_row_and_it_can_be_taken_away(
    window: Visitor,
) -> None:
    page = send(window, action="add_party")
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', page.html) == ["parties.2.role"]
    page = window.fill(page, PATH, parties__2__name="王第三", action="add_party")
    page = window.fill(page, PATH, parties__3__name="李第四", action="remove_party.2")
    values = page.form(PATH).values
    assert page.status == 200
    assert "parties.2.name" not in values
    assert (values["parties.0.name"], values["parties.3.name"]) == ("孙德山", "李第四")
    assert re.findall(r'value="([^"]+)"[^>]* autofocus', page.html) == ["add_party"]
    window.fill(page, PATH, action="register")
    assert [each.name for each in named(window)] == ["孙德山", "马有财", "李第四"]


def test_the_two_sides_of_a_dispute_cannot_be_taken_away(window: Visitor) -> None:
    page = send(window, action="remove_party.0")
    assert page.form(PATH).values["parties.0.name"] == "孙德山"
    assert 'value="remove_party.1"' not in page.html


def test_without_script_a_matter_is_taken_away(window: Visitor) -> None:
    page = send(window, **MATTER, action="add_matter")
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', page.html) == ["matters.2.category"]
    page = window.fill(page, PATH, action="remove_matter.1")
    assert "matters.1.category" not in page.form(PATH).values
    assert re.findall(r'value="([^"]+)"[^>]* autofocus', page.html) == ["add_matter"]


def test_a_name_like_a_unit_is_asked_about_when_a_person_is_chosen(window: Visitor) -> None:
    page = send(window, action="preview", parties__1__name="柳溪路桥有限公司")
    assert "名称以“公司”结尾，如果是单位，请选单位" in page.text
    page = window.fill(page, PATH, action="preview", parties__1__kind="organisation")
    assert "名称以“公司”结尾" not in page.text


def test_without_script_a_button_shows_where_it_would_go_and_what_to_ask(window: Visitor) -> None:
    page = send(window, action="preview")
    assert "建议由人民调解委员会办理" in page.text
    assert "《人民调解法》第8条、第17条" in page.text
    assert "有没有人受伤？法医怎么说？" in page.text
    assert "facts.pending_at" in page.form(PATH).values
    assert "因为：纠纷类型：邻里" in page.text
    assert "人民调解：1个月，从受理之日起算" in page.text
    assert "带上：身份证明、证据材料" in page.text
    assert "还可以去：人民法庭、人民法院" in page.text


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


def test_a_crafted_form_is_refused_in_words(window: Visitor) -> None:
    page = window.get(PATH)
    values = page.form(PATH).values.copy()
    values.update({"facts": "x", "parties": "y", "category": "neighbour"})
    assert window.post(PATH, values).status == 422


def named(window: Visitor) -> list[Party]:
    with window.app.app_context():
        return list(db.session.scalars(sa.select(Party).order_by(Party.dispute_id, Party.position)))


def test_an_empty_row_between_two_does_not_shift_an_error(window: Visitor) -> None:
    page = send(
        window,
        parties__1__name="",
        parties__2__role="third_party",
        parties__2__name="王小满",
        parties__2__phone="12",
    )
    assert 'id="f-parties-2-phone-error"' in page.html
    assert 'id="f-parties-1-phone-error"' not in page.html


def test_what_is_missing_is_named_in_the_summary(window: Visitor) -> None:
    page = send(window, parties__0__name="", parties__0__phone="", category="", narrative="")
    summary = page.text.split("请改正")[1].split("当事人")[0]
    assert "请填写申请人的姓名或名称请选择纠纷类别请填写事情经过" in summary


def test_an_agent_stands_for_the_row_that_was_chosen(window: Visitor) -> None:
    send(
        window,
        parties__1__name="",
        parties__2__name="王小满",
        parties__2__role="third_party",
        parties__3__name="李律师",
        parties__3__role="agent",
        parties__3__represents="2",
        parties__3__authority="special",
    )
    _, third, agent = named(window)
    assert (third.name, agent.represents_id, agent.authority) == (
        "王小满",
        third.id,
        Authority.SPECIAL,
    )


@pytest.mark.parametrize(
    ("whom", "told"),
    [
        ("", "请选择代表谁"),
        ("1", "代表的那一位还没有填写，请先填写姓名"),
        ("2", "代表的应是申请人、被申请人或第三人"),
    ],
)
def test_an_agent_without_a_principal_is_told_so(window: Visitor, whom: str, told: str) -> None:
    page = send(
        window,
        parties__1__name="",
        parties__2__name="李律师",
        parties__2__role="agent",
        parties__2__represents=whom,
    )
    assert told in page.text
    assert 'id="f-parties-2-represents-error"' in page.html
    assert stored(window) == []


def test_a_guardian_has_no_authority_of_an_agent(window: Visitor) -> None:
    send(
        window,
        parties__2__name="王小满",
        parties__2__role="guardian",
        parties__2__represents="0",
        parties__2__authority="special",
    )
    assert named(window)[2].authority is None


def test_a_child_restricts_the_visit_and_asks_for_a_guardian(window: Visitor) -> None:
    page = send(window, action="preview", parties__0__id_number="150525201501010011")
    told = "第 1 位（申请人）未满 18 周岁，这次登记自动限制查阅。还没有监护人，请登记监护人"
    assert told in page.text
    assert "这次登记会限制查阅：列表和队列里不出现姓名" in page.text
    send(window, parties__0__id_number="150525201501010011")
    assert stored(window)[0].restricted


MATTER: dict[str, Any] = {
    "matters__1__category": "debt",
    "matters__1__narrative": "借给他三万元没有还",
    "matters__1__amount": "30,000",
    "matters__1__facts.government_party": "none",
}


def test_two_matters_of_a_visit_are_two_disputes_each_with_its_own_story(window: Visitor) -> None:
    page = window.follow(send(window, **MATTER, facts__injury="none"))
    first, second = sorted(stored(window), key=lambda each: each.number)
    assert f"已登记 2 件，编号 {first.number}、{second.number}" in page.text
    assert (first.category, first.narrative, first.amount_fen) == (
        "neighbour",
        FILLED["narrative"],
        1_280_000,
    )
    assert (second.category, second.narrative, second.amount_fen) == (
        "debt",
        "借给他三万元没有还",
        3_000_000,
    )
    assert (first.facts, second.facts) == ({"injury": "none"}, {"government_party": "none"})
    assert first.visit_group == second.visit_group is not None


def test_a_matter_without_a_story_shares_the_one_of_the_visit(window: Visitor) -> None:
    send(window, **(MATTER | {"matters__1__narrative": "", "matters__1__amount": ""}))
    second = max(stored(window), key=lambda each: each.number)
    assert (second.narrative, second.amount_fen) == (FILLED["narrative"], None)


def test_what_endangers_people_holds_for_every_matter(window: Visitor) -> None:
    send(window, **MATTER, facts__domestic_violence="true")
    assert [each.restricted for each in stored(window)] == [True, True]


def test_errors_of_a_further_matter_stand_at_its_fields(window: Visitor) -> None:
    page = send(window, **(MATTER | {"matters__1__category": "", "matters__1__amount": "很多"}))
    assert 'href="#f-matters-1-category"' in page.html
    assert 'id="f-matters-1-category-error"' in page.html
    assert 'id="f-matters-1-amount-error"' in page.html


def test_each_matter_has_its_own_route_and_its_own_questions(window: Visitor) -> None:
    page = send(window, action="preview", **(MATTER | {"matters__1__category": "wages"}))
    assert "一次来访有几件事，分开办理" in page.text
    assert "第 2 件：欠薪" in page.text
    assert "matters.1.facts.wages_owed" in page.html


def test_without_script_a_button_adds_a_matter(window: Visitor) -> None:
    page = send(window, action="add_matter")
    assert "matters.1.category" in page.form(PATH).values
    assert page.form(PATH).values["narrative"] == FILLED["narrative"]


ROSTER = "\n".join(f"来访{place} {resident_id(place)} {mobile(place)}" for place in range(1, 7))


def test_a_pasted_list_becomes_applicants_and_a_head_count(window: Visitor) -> None:
    page = send(window, action="import_parties", roster=ROSTER)
    values = page.form(PATH).values
    assert (values["parties.0.name"], values["parties.2.name"]) == ("孙德山", "来访1")
    assert (values["parties.7.id_number"], values["people_count"]) == (resident_id(6), "7")
    assert "名单里的 6 人已经加到当事人，还没有登记" in page.text
    window.fill(page, PATH, action="register", parties__2__representative="true")
    parties = named(window)
    assert [each.role.value for each in parties] == ["applicant", "respondent"] + ["applicant"] * 6
    assert [each.representative for each in parties] == [False, False, True] + [False] * 5
    assert stored(window)[0].people_count == 7


def test_the_first_of_a_list_takes_the_empty_row_of_the_applicant(window: Visitor) -> None:
    page = send(
        window, action="import_parties", roster=ROSTER, parties__0__name="", parties__0__phone=""
    )
    assert page.form(PATH).values["parties.0.name"] == "来访1"
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', page.html) == ["parties.0.name"]


def test_a_list_with_a_fault_stays_as_it_was_pasted(window: Visitor) -> None:
    page = send(window, action="import_parties", roster=f"{ROSTER}\n坏 1505")
    assert page.status == 422
    assert "名单还没有加进来，请先改正" in page.text
    assert "第 7 行：电话应为 11 位手机号或带区号的固定电话" in page.text
    assert page.form(PATH).values["roster"] == f"{ROSTER}\n坏 1505"


def test_a_list_from_a_workbook_is_read_like_a_pasted_one(window: Visitor) -> None:
    book = Workbook()
    sheet = book.create_sheet("名单", 0)
    for row in (["姓名", "身份证号", "电话"], ["其木格", resident_id(1), mobile(1)]):
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    values = window.get(PATH).form(PATH).values.to_dict()
    file = (BytesIO(content.getvalue()), "名单.xlsx")
    page = window.post(PATH, values | {"action": "import_parties", "roster_file": file})
    assert page.form(PATH).values["parties.0.name"] == "其木格"


def test_what_is_no_workbook_is_refused_in_words(window: Visitor) -> None:
    values = window.get(PATH).form(PATH).values.to_dict()
    file = (BytesIO(b"x"), "名单.xlsx")
    page = window.post(PATH, values | {"action": "import_parties", "roster_file": file})
    assert "不是 Excel 文件（.xlsx 或 .xls）" in page.text


def test_six_representatives_are_too_many(window: Visitor) -> None:
    page = send(window, action="import_parties", roster=ROSTER)
    ticks: dict[str, Any] = {f"parties__{row}__representative": "true" for row in range(2, 8)}
    page = window.fill(page, PATH, action="register", **ticks)
    assert 'id="f-parties-7-representative-error"' in page.html
    assert "代表人最多 5 人（《信访工作条例》第20条）" in page.text


def test_the_head_count_is_no_less_than_who_is_named(window: Visitor) -> None:
    page = send(window, action="import_parties", roster=ROSTER)
    page = window.fill(page, PATH, action="register", people_count="6")
    assert "涉及人数不能少于已经写明的 7 名申请人" in page.text


def test_two_hundred_people_fit_and_one_more_is_told(window: Visitor) -> None:
    many = "\n".join(f"来访{place}" for place in range(198))
    page = send(window, action="import_parties", roster=many)
    assert page.status == 200
    again = window.fill(page, PATH, action="import_parties", roster="又一人")
    assert "当事人最多 200 人，请分次登记" in again.text
    assert window.fill(page, PATH, action="register").status == 303
    assert len(named(window)) == 200


def test_what_a_card_reader_typed_into_the_name_falls_into_its_fields(window: Visitor) -> None:
    send(window, parties__0__name=f"孙德山 {resident_id(1)} 东街 3 号")
    first = named(window)[0]
    assert (first.name, first.id_number_sealed is None, first.address_sealed is None) == (
        "孙德山",
        False,
        False,
    )


def test_a_number_alone_is_no_name(window: Visitor) -> None:
    page = send(window, parties__0__name=resident_id(1))
    assert "姓名栏里是证件号码，请填到证件号码一栏，这里写姓名" in page.text
    assert stored(window) == []


def test_the_interpreter_is_kept(window: Visitor) -> None:
    send(window, parties__0__language="mn", interpreter="乌日娜")
    assert stored(window)[0].interpreter == "乌日娜"


def test_the_window_may_ask_every_panel(window: Visitor) -> None:
    live = 'data-live="/routing/preview-panel /duplicates/panel /categories/panel"'
    assert live in window.get(PATH).html


def test_a_draft_is_resumed_under_its_key_and_gone_once_registered(
    window: Visitor, office: Office, now: datetime
) -> None:
    values = window.get(PATH).form(PATH).values
    values["narrative"] = "写到一半"
    with office.app.app_context():
        fields = list(values.items(multi=True))
        drafts.save(values["form_key"], fields, actor=office.window, desk=office.desk, now=now)
    assert "有 1 份没登记完的" in window.get(PATH).text
    resumed = window.get(PATH, draft=values["form_key"])
    assert resumed.form(PATH).values["narrative"] == "写到一半"
    assert resumed.form(PATH).values["form_key"] == values["form_key"]
    send(window, resumed)
    assert "没登记完的" not in window.get(PATH).text


def test_a_draft_that_is_gone_is_said_and_the_form_is_empty(window: Visitor) -> None:
    page = window.get(PATH, draft="0" * 32)
    assert "这份草稿已经不在了，可能已经登记或丢掉" in page.text
    assert page.form(PATH).values["narrative"] == ""


@pytest.mark.parametrize(
    "crafted",
    [
        {"parties.0.represents.x": "1", "parties.0.name": "某"},
        {"parties.00.name": "某", "parties.0.name": "某"},
        {"matters": "x", "matters.1.category": "debt"},
        {"matters.1": "x", "matters.1.category": "debt"},
        {"parties.0.role.x": "y", "parties.0.name": "某", "parties.0.kind": "ghost"},
        {"consultation": "x", "links": "y"},
        {"parties.9999.name": "某", "action": "add_party"},
    ],
)
def test_a_crafted_row_is_no_fault_of_ours(window: Visitor, crafted: dict[str, str]) -> None:
    values = window.get(PATH).form(PATH).values.copy()
    values.update({"category": "neighbour", "narrative": "某事", **crafted})
    assert window.post(PATH, values).status in (200, 303, 422)


def test_a_question_that_becomes_a_dispute_fills_the_form_and_is_noted(
    window: Visitor, office: Office, now: datetime
) -> None:
    asked = Asked(
        question="院墙滴水谁管", answer="可以登记", source=Source.PHONE, category="neighbour"
    )
    with office.app.app_context():
        made = consultations.record(asked, actor=office.window, desk=office.desk, now=now)
    page = window.get(PATH, consultation=str(made))
    values = page.form(PATH).values
    assert (values["narrative"], values["source"]) == ("院墙滴水谁管", "phone")
    window.fill(page, PATH, action="register", parties__0__name="孙德山", category="neighbour")
    with window.app.app_context():
        (dispute,) = db.session.scalars(sa.select(Dispute))
        assert db.session.get_one(Consultation, made).dispute_id == dispute.id
