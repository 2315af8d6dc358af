"""查找: grouped, masked, with reasons; private numbers stay out of addresses."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.consultation import asked
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id
from tests.factories.visitor import Page, Visitor

S = DisputeStatus
Case = Callable[..., Handling]
Visit = Callable[[Actor], Visitor]


def number_of(handling: Handling) -> str:
    with handling.office.app.app_context():
        return handling.row.number


def ask(visitor: Visitor, text: str) -> Page:
    """Type into the box of the bar and press Enter."""
    return visitor.fill(visitor.get("/"), "/search", q=text)


def test_a_full_number_leads_straight_to_its_dispute(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, director = case(), visit(office.director)
    number = number_of(handling)
    slip = f"http://localhost/public#{number}.ABCD2345"
    for typed in (f" {number.lower()} ", slip):
        assert ask(director, typed).location == f"/disputes/{handling.id}"
    assert director.get("/search", q=number).location == f"/disputes/{handling.id}"


def test_a_number_is_found_as_people_say_it(office: Office, visit: Visit, case: Case) -> None:
    handling, director = case(), visit(office.director)
    number = number_of(handling)
    tail = number.rpartition("-")[2]
    for typed in (number.lower().replace("-", " "), number.replace("-", ""), tail):
        assert ask(director, typed).location == f"/disputes/{handling.id}"
    page = director.follow(ask(director, tail.lstrip("0")))  # may be a word of a narrative too
    assert f"编号以“{number}”开头" in page.text


def test_a_number_of_somebody_else_answers_like_one_that_does_not_exist(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(S.MEDIATING)
    stranger = visit(office.actor(Role.MEDIATOR, "justice"))
    number = number_of(handling)
    page = stranger.follow(ask(stranger, number))
    other = stranger.follow(ask(stranger, "LXZ2026-09999"))
    assert page.text.replace(number, "") == other.text.replace("LXZ2026-09999", "")


def test_what_is_typed_stands_in_the_address_of_the_answer(office: Office, visit: Visit) -> None:
    assert unquote(ask(visit(office.director), "王小满").location) == "/search?q=王小满"


def test_answers_stand_in_groups_with_their_reasons(
    office: Office, visit: Visit, case: Case
) -> None:
    case()
    case(narrative="说是王小满家的狗咬了人", parties=[APPLICANT | {"name": "赵铁柱"}, RESPONDENT])
    page = visit(office.director).get("/search", q="小满")
    assert "当事人1 件" in page.text
    assert "姓名、名称里有“小满”" in page.text
    assert "经过里的词1 件" in page.text
    assert "说是王<mark>小满</mark>家的狗咬了人" in page.html
    assert "编号以" not in page.text


def test_initials_and_the_end_of_a_phone_find_and_names_stay_masked(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, window = case(), visit(office.window)
    for q, why in (("wxm", "拼音首字母以“wxm”开头"), ("0001", "电话末四位是 0001")):
        page = window.get("/search", q=q)
        assert number_of(handling) in page.text
        assert why in page.text
        assert "王** 与 李**" in page.text
        assert "王小满" not in page.text


def test_a_group_shows_eight_and_then_all_by_pages(
    office: Office, visit: Visit, case: Case
) -> None:
    for _ in range(27):
        case()
    director = visit(office.director)
    first = director.get("/search", q="小满")
    assert "前 8 件" in first.text
    assert first.html.count("data-row-link") == 8
    whole = director.get(next(each for each in first.links if "part=party" in each))
    assert whole.html.count("data-row-link") == 25
    rest = director.get(next(each for each in whole.links if "cursor=" in each))
    assert rest.html.count("data-row-link") == 2
    assert director.get("/search", q="小满", part="party", cursor="x").status == 303


def test_restricted_and_foreign_disputes_leave_no_trace(
    office: Office, visit: Visit, case: Case
) -> None:
    case(restricted=True)
    case(S.CLOSED)
    for actor in (office.actor(Role.MEDIATOR, "justice"), office.actor(Role.LIAISON, "station")):
        visitor = visit(actor)
        for q in ("王小满", "wxm", "院墙", "0001", "LXZ2026"):
            assert "没有找到" in visitor.get("/search", q=q).text
    assert "1 件" in visit(office.director).get("/search", q="王小满").text


def test_a_leader_finds_by_number_alone_and_opens_nothing(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, leader = case(S.MEDIATING), visit(office.leader)
    number = number_of(handling)
    page = leader.follow(ask(leader, number))
    assert number in page.text
    assert "王" not in page.text
    assert f"/disputes/{handling.id}" not in page.links
    for q in ("王小满", "wxm", "院墙", "0002"):
        assert number not in leader.get("/search", q=q).text
    assert ask(leader, resident_id(1)).status == 403


@pytest.mark.parametrize("private", [resident_id(1), mobile(1)])
def test_a_private_number_is_answered_where_it_was_typed_and_never_shown_again(
    office: Office, visit: Visit, case: Case, private: str
) -> None:
    handling, window = case(), visit(office.window)
    page = ask(window, private)
    assert (page.status, page.location) == (200, "")
    assert number_of(handling) in page.text
    assert private not in page.html
    in_the_address = window.get("/search", q=private)
    assert "不要写在网址里" in in_the_address.text
    assert number_of(handling) not in in_the_address.text
    assert private not in in_the_address.html


def test_the_same_person_elsewhere_is_told_by_number_and_unit_only(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, hidden = case(S.MEDIATING), case(restricted=True)
    page = ask(visit(office.actor(Role.MEDIATOR, "justice")), resident_id(1))
    assert f"{number_of(handling)}柳溪镇人民调解委员会证件号码相同" in page.text
    assert number_of(hidden) not in page.text
    assert "王" not in page.text
    assert f"/disputes/{handling.id}" not in page.links


def test_a_wrong_id_number_is_told_at_once(office: Office, visit: Visit) -> None:
    page = ask(visit(office.window), "150525197001010010")
    assert page.status == 422
    assert "身份证号校验码不符，请核对" in page.text
    assert "150525197001010010" not in page.html


def test_nothing_typed_says_what_may_be_typed(office: Office, visit: Visit) -> None:
    window = visit(office.window)
    assert "填知道的任何一样" in window.get("/search").text
    assert "填知道的任何一样" in window.follow(ask(window, " ")).text


def test_consultations_stand_in_a_group_of_their_own_and_name_nobody(
    office: Office, visit: Visit
) -> None:
    with office.app.app_context():
        asked(office)
    window = visit(office.window)
    for q, why in (
        ("押金", "问题里有“押金”，或者来问的人叫“押金”"),
        ("赵小满", "来问的人叫“赵小满”"),
        ("0001", "电话末四位是 0001"),
        ("LXZZX2026", "编号以“LXZZX2026”开头"),
    ):
        page = window.get("/search", q=q)
        assert "咨询1 条" in page.text
        assert why in page.text
        assert "房东不退押金，可以找谁？" in page.text
        assert page.text.count("赵") == page.text.count(q) * ("赵" in q)
        assert "199****" not in page.text
    assert "19900000001" not in ask(window, "19900000001").html
    assert "电话号码相同" in ask(window, "19900000001").text


def test_a_consultation_s_full_number_leads_to_it_for_who_may_see_it(
    office: Office, visit: Visit
) -> None:
    with office.app.app_context():
        made = asked(office)
    for typed in ("LXZZX2026-00001", "lxzzx2026 1"):
        assert ask(visit(office.window), typed).location == f"/consultations/{made}"
    for stranger in (office.mediator, office.leader):
        for q in ("LXZZX2026-00001", "LXZZX2026", "押金", "赵小满", "0001"):
            page = visit(stranger).get("/search", q=q)
            assert (page.status, "没有找到" in page.text) == (200, True)
            assert "咨询1 条" not in page.text
        assert f"/consultations/{made}" not in ask(visit(stranger), "19900000001").html


def test_many_consultations_are_read_by_pages(office: Office, visit: Visit) -> None:
    with office.app.app_context():
        for _ in range(27):
            asked(office)
    window = visit(office.window)
    first = window.get("/search", q="押金")
    assert ("前 8 条" in first.text, first.html.count("data-row-link")) == (True, 8)
    whole = window.get(next(each for each in first.links if "part=consultation" in each))
    assert whole.html.count("data-row-link") == 25
    rest = window.get(next(each for each in whole.links if "cursor=" in each))
    assert rest.html.count("data-row-link") == 2
    assert window.get("/search", q="押金", part="consultation", cursor="x").status == 303


def test_the_people_of_a_dispute_are_masked_in_its_own_story(
    office: Office, visit: Visit, case: Case
) -> None:
    case(S.MEDIATING, narrative="王小满与李大有因院墙滴水争吵，赵铁柱在场")
    seen = visit(office.director).get("/search", q="院墙", part="narrative")
    assert "王**与李**因<mark>院墙</mark>滴水争吵，赵铁柱在场" in seen.html
    assert "小满" not in visit(office.director).get("/search", q="院墙").html
    theirs = visit(office.mediator).get("/search", q="院墙", part="narrative")
    assert "王小满与李大有因<mark>院墙</mark>滴水争吵，赵铁柱在场" in theirs.html
