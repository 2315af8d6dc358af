"""Finding disputes, and what one's page says."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor
from tests.statements import statements

S = DisputeStatus
Case = Callable[..., Handling]
Visit = Callable[[Actor], Visitor]
MOST_STATEMENTS = 28
TO_WRITE_A_LOOK = 3  # where the trail ends, the entry, the new end


def number_of(handling: Handling) -> str:
    with handling.office.app.app_context():
        return handling.row.number


def test_a_name_finds_its_disputes_and_the_condition_can_be_taken_away(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, director = case(), visit(office.director)
    page = director.get("/disputes", q="王小")
    assert number_of(handling) in page.text
    assert "去掉条件：查找：王小" in page.text
    assert "没有找到。" in director.get("/disputes", q="赵").text


def test_a_leader_finds_by_number_and_never_by_name(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, leader = case(), visit(office.leader)
    number = number_of(handling)
    assert number not in leader.get("/disputes", q="王小满").text
    page = leader.get("/disputes", q=number)
    assert number in page.text
    assert "王" not in page.text
    assert f"/disputes/{handling.id}" not in page.links


def test_a_filter_narrows_nothing_that_was_not_chosen(
    office: Office, visit: Visit, case: Case
) -> None:
    case(S.MEDIATING)
    director = visit(office.director)
    values = director.get("/disputes").form("/disputes").values.to_dict()
    assert {name for name, value in values.items() if value} == {"sort"}
    page = director.get("/disputes", **values | {"category": "neighbour"})
    assert "本页 1 件" in page.text
    assert "类别：邻里" in page.text


def test_conditions_nobody_understands_are_left_out_and_said(office: Office, visit: Visit) -> None:
    director = visit(office.director)
    asked = director.get("/disputes", status="nonsense", category="neighbour")
    assert asked.location == "/disputes?category=neighbour"
    assert "有的条件看不懂，已经去掉" in director.follow(asked).text


def test_pages_follow_one_another(office: Office, visit: Visit, case: Case) -> None:
    numbers = {number_of(case()) for _ in range(3)}
    director = visit(office.director)
    first = director.get("/disputes", limit="2")
    second = director.get(next(link for link in first.links if "cursor=" in link))
    shown = [{n for n in numbers if n in page.text} for page in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] | shown[1]) == (2, 1, numbers)
    assert "第一页" in second.text


def test_a_dispute_of_others_answers_as_one_that_is_not_there(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(S.MEDIATING)
    other = visit(office.actor(Role.MEDIATOR, "station"))
    pages = [other.get(f"/disputes/{key}") for key in (handling.id, uuid4())]
    assert [page.status for page in pages] == [404, 404]
    assert pages[0].headings == pages[1].headings == ["没有找到"]


def test_the_mediator_sees_names_and_everybody_else_masks(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(S.MEDIATING)
    path = f"/disputes/{handling.id}"
    clear, masked = visit(office.mediator).get(path), visit(office.director).get(path)
    assert ("王小满" in clear.text, "19900000001" in clear.text) == (True, True)
    assert ("王小满" in masked.text, "王**" in masked.text) == (False, True)
    assert "19900000001" not in masked.text
    assert "王小满 与 李大有" in visit(office.mediator).get("/disputes").text


def test_the_timeline_tells_in_words(office: Office, visit: Visit, case: Case) -> None:
    handling = case(S.AGREED)
    text = visit(office.mediator).get(f"/disputes/{handling.id}").text
    assert "达成协议口头协议" in text
    assert "分派柳溪镇人民调解委员会" in text
    assert "已登记→已分流待签收" in text.replace(" ", "")
    assert "None" not in text


def test_a_closed_dispute_does_not_wait_for_anybody(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    director = visit(office.director)
    path = f"/disputes/{handling.id}/steps/withdraw"
    page = director.follow(director.fill(director.get(path), path, reason="两家和好了"))
    assert "申请人撤回" in page.text
    assert ("待分派" in page.text.split("办理信息")[1], "未指定" in page.text) == (False, False)


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (S.DISPATCHED, "下一步：签收受理。"),
        (S.ACCEPTED, "下一步：开始调解。"),
        (S.MEDIATING, "下一步：达成协议。"),
        (S.AGREED, "下一步：履行完毕。"),
    ],
)
def test_there_is_one_next_step(
    office: Office, visit: Visit, case: Case, status: DisputeStatus, hint: str
) -> None:
    page = visit(office.mediator).get(f"/disputes/{case(status).id}")
    assert hint in page.text
    shown = page.html.partition("<template")[0]  # signing in again waits unseen on every page
    assert shown.count("btn-main") == 1


@pytest.mark.parametrize(
    ("reader", "status"),
    [
        ("director", S.REGISTERED),
        ("director", S.AGREED),
        ("director", S.CLOSED),
        ("mediator", S.AGREED),
    ],
)
def test_a_page_asks_the_database_few_questions(
    office: Office, visit: Visit, case: Case, reader: str, status: S
) -> None:
    handling = case(status)
    person = visit(getattr(office, reader))
    for written in (TO_WRITE_A_LOOK, 0):  # who opens it again is still looking
        with statements() as sent:
            assert person.get(f"/disputes/{handling.id}").status == 200
        assert len(sent) <= MOST_STATEMENTS + written
