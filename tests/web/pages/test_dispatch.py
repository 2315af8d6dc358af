"""What waits to be sent on: who gave it back and why, and one look at the database for a page."""

from collections.abc import Callable
from typing import Any

from config.vocabulary import DisputeStatus, LinkRelation, Outcome, Role, Step
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor
from tests.statements import statements

S = DisputeStatus
Case = Callable[..., Handling]
Visit = Callable[[Actor], Visitor]
STATEMENTS = 15


def given_back(handling: Handling, reason: str) -> None:
    """The unit sends it back to the centre."""
    with handling.office.app.app_context():
        handling.take(Step.RETURN, {"reason": reason})


def test_who_gave_it_back_last_and_how_often_is_told(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(S.DISPATCHED)
    given_back(handling, "不是本单位的事")
    with office.app.app_context():
        handling.take(Step.DISPATCH)
    given_back(handling, "当事人已经搬走")
    case()
    page = visit(office.director).get("/dispatch")
    assert "柳溪镇人民调解委员会退回（第 2 次）：当事人已经搬走" in page.text
    assert page.text.count("退回（第") == 1


def test_that_a_restricted_dispute_came_back_is_told_without_its_reason(
    office: Office, visit: Visit, case: Case
) -> None:
    given_back(case(S.DISPATCHED, restricted=True), "当事人要求换人")
    page = visit(office.director).get("/dispatch").text
    assert "退回（第 1 次），理由只有能查阅的人看得到" in page
    assert "当事人要求换人" not in page


def test_the_newest_answer_of_the_rules_is_proposed(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    page = visit(office.director).get("/dispatch")
    form = page.form(f"/disputes/{handling.id}/steps/dispatch")
    assert form.values["version"] == "1"
    assert form.values["organisation"] == str(office.units["committee"])


def test_danger_stands_at_the_top_with_a_shape_and_a_word(
    office: Office, visit: Visit, case: Case
) -> None:
    case()
    case(facts={"danger": True})
    page = visit(office.director).get("/dispatch").html
    first, second = page.split('<li class="card queue-item')[1:]
    assert ("有危险" in first, "有危险" in second) == (True, False)
    assert 'class="tag tag-stop tag-danger"><svg' in first


def test_danger_nobody_asked_about_is_said_with_where_to_write_the_answer(
    office: Office, visit: Visit, case: Case
) -> None:
    spoken = case(narrative="他拿刀上门，说要砍人")
    case(narrative="他拿刀上门，说要砍人", facts={"danger": False})
    page = visit(office.director).get("/dispatch")
    assert page.text.count("可能有危险") == 1
    assert page.text.count("还没有问清楚") == 1
    assert f"/disputes/{spoken.id}/correct" in page.html


def test_who_has_to_be_translated_for_is_told(office: Office, visit: Visit, case: Case) -> None:
    parties = [APPLICANT | {"language": "mn"}, RESPONDENT]
    case(parties=parties)
    case(parties=parties, interpreter="其木格")
    page = visit(office.director).get("/dispatch").text
    assert page.count("需要翻译：蒙古语（还没有找到翻译）") == 1
    assert page.count("需要翻译：蒙古语（翻译：其**）") == 1


def doubled(office: Office, case: Case, other: Handling, **told: Any) -> Handling:
    """Another visit that its registrar holds for the same as the other."""
    with office.app.app_context():
        number = other.row.number
    return case(links=[{"number": number, "relation": LinkRelation.SAME}], **told)


def test_the_other_of_two_held_for_the_same_is_shown_where_it_stands(
    office: Office, visit: Visit, case: Case
) -> None:
    first = case(S.DISPATCHED)
    doubled(office, case, first)
    page = visit(office.director).get("/dispatch")
    assert f"/disputes/{first.id}" in page.links
    assert "（柳溪镇人民调解委员会，已分流待签收，今天登记）" in page.text


def test_it_goes_to_the_same_unit_at_a_press(office: Office, visit: Visit, case: Case) -> None:
    first = case(S.DISPATCHED)
    second = doubled(office, case, first, category="traffic")
    director = visit(office.director)
    page = director.get("/dispatch")
    sent = f"/disputes/{second.id}/steps/dispatch"
    form = next(each for each in page.forms if "同一单位" in each.values.get("reason", ""))
    assert form.action == sent
    assert director.post(sent, form.values).status == 303
    with office.app.app_context():
        row = second.row
        assert (row.status, row.organisation_id) == (S.DISPATCHED, office.units["committee"])


def test_what_was_registered_twice_is_voided_from_there(
    office: Office, visit: Visit, case: Case
) -> None:
    first = case()
    second = doubled(office, case, first)
    director = visit(office.director)
    page = director.get("/dispatch")
    done = director.fill(page, f"/disputes/{second.id}/steps/void")
    assert "已作废" in director.follow(done).text
    with office.app.app_context():
        assert (second.row.outcome, first.row.status) == (Outcome.MISTAKEN, S.REGISTERED)
    after = director.get("/dispatch")
    assert ("记为同一件" in after.text, "共 1 件" in after.text) == (False, True)


def voidable(visit: Visit, office: Office) -> list[str]:
    """The ways by which 待分派 offers to void."""
    forms = visit(office.director).get("/dispatch").forms
    return [form.action for form in forms if form.action.endswith("/void")]


def test_of_two_only_the_later_is_voided_and_the_older_says_which_that_is(
    office: Office, visit: Visit, case: Case
) -> None:
    first = case()
    second = doubled(office, case, first)
    page = visit(office.director).get("/dispatch")
    with office.app.app_context():
        numbers = (first.row.number, second.row.number)
    items = page.html.split('<li class="card queue-item')[1:]
    older, later = sorted(items, key=lambda item: f"data-row-link>{numbers[1]}<" in item)
    link = f'<a href="/disputes/{second.id}">{numbers[1]}</a>'
    assert f"记为同一件，后来的是 {link}" in older
    assert ("后来的是" in later, f"作废 {numbers[0]}" in page.html) == (False, False)
    assert voidable(visit, office) == [f"/disputes/{second.id}/steps/void"]


def test_the_only_one_that_tells_of_danger_is_not_voided(
    office: Office, visit: Visit, case: Case
) -> None:
    danger = {"danger": True}
    doubled(office, case, case(), facts=danger)
    assert voidable(visit, office) == []
    both = doubled(office, case, case(facts=danger), facts=danger)
    assert voidable(visit, office) == [f"/disputes/{both.id}/steps/void"]


def test_what_was_voided_by_mistake_is_handled_again_as_the_page_says(
    office: Office, visit: Visit, case: Case
) -> None:
    second = doubled(office, case, case())
    director = visit(office.director)
    page = director.get("/dispatch")
    assert "编号保留；弄错了，归档以前中心主任可以重新办理。" in page.text
    director.fill(page, f"/disputes/{second.id}/steps/void")
    again = f"/disputes/{second.id}/steps/reopen"
    assert director.fill(director.get(again), again, reason="不是同一件").status == 303
    with office.app.app_context():
        assert (second.row.outcome, second.row.status) == (None, S.REGISTERED)


def test_of_one_that_may_not_be_read_only_that_there_is_one(
    office: Office, visit: Visit, case: Case
) -> None:
    first = case(S.DISPATCHED)
    reader = office.actor(Role.MEDIATOR, "station")
    doubled(office, case, first, actor=reader)
    page = visit(reader).get("/dispatch")
    with office.app.app_context():
        number = first.row.number
    assert ("另有一件" in page.text, number in page.text) == (True, False)


def test_the_number_of_statements_does_not_grow_with_the_rows(
    office: Office, visit: Visit, case: Case
) -> None:
    director = visit(office.director)
    given_back(case(S.DISPATCHED), "不是本单位的事")
    with statements() as one:
        director.get("/dispatch")
    for _ in range(4):
        given_back(case(S.DISPATCHED), "不是本单位的事")
        case(restricted=True)
    with statements() as many:
        page = director.get("/dispatch")
    assert "共 9 件" in page.text
    assert (len(one), len(many)) == (STATEMENTS, STATEMENTS)
