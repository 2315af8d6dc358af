"""更正登记: what was written down wrongly is set right at the window, once, with the reason."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, PartyKind, PartyRole
from models import Dispute, Party, db
from service.operations import party
from service.queries import dispute as queries
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling
from tests.factories.office import Office
from tests.factories.person import mobile
from tests.factories.visitor import Page, Visitor

S = DisputeStatus
Case = Callable[..., Handling]
Visit = Callable[[Actor], Visitor]
WHY = "来访人带来了身份证"


def path_of(handling: Handling) -> str:
    return f"/disputes/{handling.id}/correct"


def keys(handling: Handling) -> list[str]:
    """The names under which the fields of the parties stand, in order."""
    with handling.office.app.app_context():
        return [f"who.{each.id.hex}" for each in handling.row.parties]


def stored(handling: Handling) -> Any:
    """What the mediator would read of it: parties in clear."""
    office = handling.office
    with office.app.app_context():
        row = handling.row
        key = office.desk.keyring.field_key(row.sealed_key, f"dispute:{row.id}")
        return list(party.stored(row, key).values())


def events(visitor: Visitor, handling: Handling) -> str:
    return visitor.get(f"/disputes/{handling.id}").text.split("办理经过")[1]


def sent(visitor: Visitor, handling: Handling, **changes: str) -> Page:
    page = visitor.get(path_of(handling))
    return visitor.fill(page, path_of(handling), **{"reason": WHY} | changes)


def test_the_page_of_a_dispute_leads_there_for_who_may_correct_it(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    assert path_of(handling) in visit(office.window).get(f"/disputes/{handling.id}").links
    dispatched = case(S.DISPATCHED)
    assert path_of(dispatched) not in visit(office.window).get(f"/disputes/{dispatched.id}").links
    assert visit(office.window).get(path_of(dispatched)).status == 403
    closed = case(S.CLOSED)
    assert path_of(closed) not in visit(office.director).get(f"/disputes/{closed.id}").links
    assert visit(office.director).get(path_of(closed)).status == 409


def test_the_form_holds_what_stands_and_no_hidden_number(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    page = visit(office.window).get(path_of(handling))
    values = page.form(path_of(handling)).values
    assert (values["category"], values["narrative"][:4]) == ("neighbour", "两家因院")
    assert "王**" in page.text
    for hidden in ("王小满", APPLICANT["phone"], APPLICANT["id_number"], APPLICANT["address"]):
        assert hidden not in page.html


def test_what_nobody_touched_is_no_correction(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    page = sent(clerk, handling)
    assert (page.status, "没有要更正的内容" in page.text) == (422, True)
    with office.app.app_context():
        assert handling.row.version == 1


def test_a_correction_says_why(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    page = sent(clerk, handling, reason="", amount="500")
    assert (page.status, "请填写为什么更正" in page.text) == (422, True)
    assert page.form(path_of(handling)).values["amount"] == "500"
    assert "原来：没有写" in page.text


def test_a_name_and_a_phone_are_set_right_and_everything_they_are_found_by_follows(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, clerk = case(), visit(office.window)
    first = keys(handling)[0]
    page = sent(clerk, handling, **{f"{first}.name": "王晓曼", f"{first}.phone": mobile(77)})
    assert clerk.follow(page).status == 200
    told = stored(handling)[0]
    assert (told["name"], told["phone"]) == ("王晓曼", mobile(77))
    assert (told["id_number"], told["address"]) == (APPLICANT["id_number"], APPLICANT["address"])
    with office.app.app_context():
        number = handling.row.number
    director = visit(office.director)
    assert number in director.get("/disputes", q="王晓曼").text
    assert number not in director.get("/disputes", q="王小满").text
    with office.app.app_context():
        row = db.session.get_one(Party, handling.row.parties[0].id)
        index = office.desk.keyring.index
        assert (row.initials, row.phone_index) == ("wxm", index("phone", mobile(77)))
        assert row.phone_tail_index == index("phone_tail", mobile(77)[-4:])


def test_the_timeline_tells_which_fields_and_why_and_no_number(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, clerk = case(), visit(office.window)
    first = keys(handling)[0]
    sent(clerk, handling, **{f"{first}.phone": mobile(77), "amount": "500"})
    text = events(clerk, handling)
    assert "更正了金额（没有写改为500 元）、申请人第 1 位的电话" in text
    assert WHY in text
    assert mobile(77) not in text


def test_somebody_comes_in_and_somebody_goes(office: Office, visit: Visit, case: Case) -> None:
    third = {"role": "third_party", "kind": "person", "name": "赵多余"}
    handling = case(parties=[APPLICANT, RESPONDENT, third])
    clerk, key = visit(office.window), keys(handling)
    sent(
        clerk,
        handling,
        **{
            f"{key[2]}.gone": "true",
            "new.0.name": "草原路桥公司",
            "new.0.kind": "organisation",
            "new.0.role": "respondent",
        },
    )
    told = [(each["role"], each["kind"], each["name"]) for each in stored(handling)]
    assert told == [
        (PartyRole.APPLICANT, PartyKind.PERSON, "王小满"),
        (PartyRole.RESPONDENT, PartyKind.PERSON, "李大有"),
        (PartyRole.RESPONDENT, PartyKind.ORGANISATION, "草原路桥公司"),
    ]
    assert "去掉第三人第 1 位、新加被申请人第 2 位" in events(clerk, handling)


def test_an_applicant_stays(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    for place, words in ((0, "至少要留一名申请人"), (1, "至少要留一名被申请人")):
        page = sent(clerk, handling, **{f"{keys(handling)[place]}.gone": "true"})
        assert (page.status, words in page.text) == (422, True)


def test_a_wrong_number_is_told_at_its_field(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    second = keys(handling)[1]
    page = sent(clerk, handling, **{f"{second}.id_number": "123"})
    assert page.status == 422
    assert f"#f-{second.replace('.', '-')}-id-number" in page.links


def test_a_missing_reason_and_a_wrong_phone_are_told_at_once_by_whose_field_it_is(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, clerk = case(), visit(office.window)
    second = keys(handling)[1]
    typed = {f"{second}.phone": "123", "occurred_on": "2999-01-01", "reason": ""}
    page = sent(clerk, handling, **typed)
    assert page.status == 422
    assert "请改正 3 处" in page.text
    assert "被申请人 李** 改为电话：应为 11 位" in page.text
    assert "请填写为什么更正" in page.text
    assert "#f-occurred-on" in page.links
    assert page.html.count('<details class="unfold" open>') == 0
    with office.app.app_context():
        assert handling.row.version == 1


def test_a_party_s_list_of_roles_opens_for_what_is_wrong_in_it(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, clerk = case(), visit(office.window)
    page = sent(clerk, handling, **{f"{keys(handling)[1]}.kind": "organisation"})
    assert page.status == 422
    assert "改成单位要把名称一起填写" in page.text
    assert page.html.count('<details class="unfold" open>') == 1
    assert "李大有" not in page.html


def test_another_party_stands_open_and_is_typed_into_at_once(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, clerk = case(), visit(office.window)
    page = sent(clerk, handling, action="add_party")
    assert '<details class="fix-who" open>' in page.html.split("新加的第 1 位")[0][-200:]
    assert "autofocus" in page.html.split('name="new.0.name"')[1][:120]
    page = sent(clerk, handling, action="add_party", **{"new.0.name": "赵来"})
    assert "autofocus" in page.html.split('name="new.1.name"')[1][:120]
    assert page.html.count("autofocus") == 1


def test_a_guardian_stands_for_whom_they_stand(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    first = keys(handling)[0]
    new = {"new.0.name": "王大山", "new.0.role": "guardian", "new.0.represents": first}
    assert sent(clerk, handling, **new).status == 303
    with office.app.app_context():
        at = handling.row.registered_at
        view = queries.one(handling.id, actor=office.window, desk=office.desk, now=at)
        assert [each.represents for each in view.parties] == [None, None, 0]


def test_violence_at_home_told_later_restricts_the_whole_visit(
    office: Office, visit: Visit, case: Case
) -> None:
    matters = [
        {"category": "family", "facts": {}},
        {"category": "debt", "facts": {}},
    ]
    handling, clerk = case(matters=matters), visit(office.window)
    page = clerk.follow(sent(clerk, handling, **{"facts.domestic_violence": "true"}))
    assert "已经限制查阅" in page.text
    assert "同一次来访的另外几件也一样" in page.text
    with office.app.app_context():
        group = handling.row.visit_group
        rows = db.session.scalars(sa.select(Dispute).filter_by(visit_group=group)).all()
        assert [(row.restricted, row.narrative) for row in rows] == [(True, None)] * 2
        assert [each.name for row in rows for each in row.parties] == [None] * 4
    assert "从此限制查阅" in events(clerk, handling)


def test_another_way_to_go_is_shown_with_the_old_one(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, clerk = case(), visit(office.window)
    page = clerk.follow(sent(clerk, handling, **{"facts.danger": "true"}))
    assert "去向按更正后的情况重新判断过：原来建议由" in page.text
    assert "现在先保护人" in page.text
    assert "去向原来建议由" in events(clerk, handling)


def test_who_was_slower_is_told_and_keeps_only_what_they_wrote(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    clerk, director = visit(office.window), visit(office.director)
    path = path_of(handling)
    page = clerk.get(path)
    assert sent(director, handling, amount="700").status == 303
    late = clerk.fill(page, path, reason=WHY, interpreter="格日勒")
    assert (late.status, late.headings) == (412, ["内容已被修改"])
    assert "更正了金额" in late.text
    values = late.form(path).values
    assert (values["interpreter"], "amount" in values) == ("格日勒", False)
    assert clerk.post(path, values).status == 303
    with office.app.app_context():
        assert (handling.row.amount_fen, handling.row.interpreter) == (70_000, "格日勒")


def test_who_was_slower_sees_beside_their_field_what_the_other_made_of_it(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    clerk, director = visit(office.window), visit(office.director)
    path, first = path_of(handling), keys(handling)[0]
    page = clerk.get(path)
    theirs = {"amount": "700", "interpreter": "格日勒", f"{first}.name": "王晓曼"}
    assert sent(director, handling, **theirs).status == 303
    ours = {"amount": "500", f"{first}.name": "王小曼", f"{first}.phone": mobile(77)}
    late = clerk.fill(page, path, reason=WHY, **ours)
    assert (late.status, late.text.count("对方刚改为")) == (412, 2)
    assert "对方刚改为：700" in late.text
    assert "对方刚改为：王**" in late.text
    assert "王晓曼" not in late.html
    assert '<h1 tabindex="-1" data-focus-first>内容已被修改</h1>' in late.html


def test_two_clicks_are_one_correction(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    path = path_of(handling)
    values = clerk.get(path).form(path).values.copy()
    values["amount"], values["reason"] = "500", WHY
    assert [clerk.post(path, values).status for _ in range(2)] == [303, 303]
    with office.app.app_context():
        assert handling.row.version == 2


def test_the_window_is_told_who_ends_a_restricted_dispute(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(restricted=True)
    text = visit(office.window).get(f"/disputes/{handling.id}").text
    assert "登记有误作废" in text
    assert "的中心主任办：这件纠纷限制查阅" in text
    assert "的中心主任办：" not in visit(office.director).get(f"/disputes/{handling.id}").text
    assert "的中心主任办：" not in visit(office.window).get(f"/disputes/{case().id}").text


@pytest.mark.parametrize("paper", ["a4", "80"])
def test_who_needs_an_interpreter_is_told_on_page_and_receipt(
    office: Office, visit: Visit, case: Case, paper: str
) -> None:
    handling = case(parties=[APPLICANT | {"language": "mn"}, RESPONDENT])
    clerk = visit(office.window)
    assert "需要翻译：蒙古语" in clerk.get(f"/disputes/{handling.id}").text
    assert "需要翻译蒙古语" in clerk.get(f"/disputes/{handling.id}/receipt", paper=paper).text


@pytest.mark.parametrize("along", [True, False])
def test_the_others_of_the_visit_are_named_and_follow_when_ticked(
    office: Office, visit: Visit, case: Case, along: bool
) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    handling, clerk = case(matters=matters), visit(office.window)
    page = clerk.get(path_of(handling))
    assert "同一次来访还有 1 件" in page.text
    values = page.form(path_of(handling)).values.copy()
    values[f"{keys(handling)[0]}.name"], values["reason"] = "王晓曼", WHY
    if not along:
        del values["siblings"]
    told = clerk.follow(clerk.post(path_of(handling), values))
    assert ("也一并更正了" in told.text) is along
    with office.app.app_context():
        found = db.session.scalars(sa.select(Party.name).where(Party.position == 0)).all()
    assert sorted(map(str, found)) == sorted(["王晓曼", "王晓曼" if along else "王小满"])
