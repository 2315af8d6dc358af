"""Notices: a refusal with its law, doors and terms; what to bring; what was handed in."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, OrganisationKind, Step
from models import Event, db
from service.operations import organisation as organisations
from service.operations import paper as papers
from service.operations.organisation import OrganisationDraft
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.rulebook import SHIPPED, published
from tests.factories.visitor import Page, Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
DAY = timedelta(days=1)
MARK = re.compile(r"内容校验码（SHA-256）<span class=\"code\">([0-9a-f]{64})<")
BENEFIT: dict[str, Any] = {
    "category": "social_security",
    "facts": {"administrative_act": "benefit_decision", "learnt_on": "2026-11-01"},
}


@pytest.fixture
def declined(office: Office, case: Case, now: datetime) -> Callable[..., Handling]:
    """A dispute that was not taken."""

    def make(
        actor: Actor,
        ground: str = "administrative_act",
        reason: str = "对停发决定不服",
        **more: Any,
    ) -> Handling:
        handling = case(**(BENEFIT | more))
        body = {"ground": ground, "go_to": ["people_court", "court"], "reason": reason}
        with office.app.app_context():
            handling.take(Step.DECLINE, body, actor=actor, now=now)
        return handling

    return make


def notice(visitor: Visitor, handling: Handling, name: str = "decline") -> Page:
    return visitor.get(f"/disputes/{handling.id}/papers/{name}")


def mark(page: Page) -> str:
    found = MARK.search(page.html)
    assert found, page.text
    return found[1]


def test_a_refusal_names_ground_law_doors_terms_and_remedies(
    office: Office, visit: Visit, declined: Callable[..., Handling], now: datetime
) -> None:
    court = OrganisationDraft(
        kind=OrganisationKind.PEOPLE_COURT,
        name="柳溪人民法庭",
        address="柳溪镇南街 8 号",
        phone="0475-0000001",
    )
    with office.app.app_context():
        organisations.create(court, actor=None, now=now)
    page = notice(visit(office.window), declined(office.window))
    for told in (
        "不予受理告知书",
        "王小满：",
        "对行政行为不服",
        "对停发决定不服",
        "《行政复议法》第11条第十二项",
        "柳溪人民法庭　柳溪镇南街 8 号　电话 0475-0000001",
        "人民法院",
        "申请行政复议：最迟2026年12月31日（星期四）",
        "（暂定，以受理机关核定为准）",
        "不影响您依法申请仲裁、行政复议或者向人民法院起诉",
        "加盖 柳溪镇综治中心 印章",
        "申请人签收：",
    ):
        assert told.replace("　", "").replace(" ", "") in page.text.replace(" ", "").replace(
            "　", ""
        ), told
    assert "李" not in page.html.split("<article")[1]


def test_no_law_is_printed_for_a_ground_the_rules_did_not_find(
    office: Office, visit: Visit, declined: Callable[..., Handling]
) -> None:
    none = {"category": "neighbour", "facts": {}}
    page = notice(visit(office.window), declined(office.window, "respondent_refuses", **none))
    assert "《" not in page.text
    assert "依据一栏请核对以后手写。期限一栏也请核对以后手写。" in page.text
    assert page.html.count('class="notice-blank"') == 2


def test_the_terms_of_the_ground_stand_in_words_when_nobody_knows_their_start(
    office: Office, visit: Visit, declined: Callable[..., Handling]
) -> None:
    unknown = {"facts": {"administrative_act": "benefit_decision"}}
    found = {"category": "neighbour", "facts": {}}  # the rules would have taken it
    for facts, blanks in ((unknown, 0), (found, 1)):
        page = notice(visit(office.window), declined(office.window, **facts))
        for told in (
            "申请行政复议：60 日，从知道或应当知道行政行为之日起算《行政复议法》第20条",
            "提起行政诉讼：6 个月，从知道或应当知道行政行为之日起算《行政诉讼法》第46条",
            "期限从哪天起算，请问清受理的机关",
        ):
            assert told in page.text, told
        assert page.html.count('class="notice-blank"') == blanks


def test_the_mark_is_that_of_the_fields_and_opening_is_written_down(
    office: Office, visit: Visit, declined: Callable[..., Handling]
) -> None:
    one = declined(office.window)
    other = declined(office.window, reason="另一句话")
    first = mark(notice(visit(office.window), one))
    assert mark(notice(visit(office.director), one)) == first
    assert mark(notice(visit(office.window), other)) != first
    with office.app.app_context():
        events = db.session.scalars(
            sa.select(Event).where(Event.action == "print", Event.subject_id == one.id)
        ).all()
        told = [(each.actor_id, each.detail) for each in events]
    detail = {"paper": "decline", "mark": first}
    assert told == [(office.window.user_id, detail), (office.director.user_id, detail)]
    assert "打开文书打印不予受理告知书" in visit(office.director).get(f"/disputes/{one.id}").text


def test_looking_at_the_same_paper_again_within_the_hour_is_no_new_event(
    office: Office, visit: Visit, declined: Callable[..., Handling], now: datetime
) -> None:
    handling, window = declined(office.window), visit(office.window)
    for _ in range(3):
        notice(window, handling)
        window.get(f"/disputes/{handling.id}/receipt")

    def told() -> list[str]:
        events = sa.select(Event).where(Event.action == "print").order_by(Event.id)
        return [each.detail["paper"] for each in db.session.scalars(events)]

    with office.app.app_context():
        assert told() == ["decline", "receipt"]
        later = now + timedelta(hours=1, minutes=1)
        papers.opened([handling.id], "receipt", actor=office.window, now=later)
        papers.opened([handling.id], "receipt", actor=office.window, now=later)
        papers.opened([handling.id], "receipt", actor=office.window, now=later, mark="f" * 64)
        assert told() == ["decline", "receipt", "receipt", "receipt"]


def test_declining_leads_to_its_notice(
    office: Office, visit: Visit, declined: Callable[..., Handling]
) -> None:
    handling = declined(office.window)
    assert f"/disputes/{handling.id}/papers/decline" in (
        visit(office.window).get(f"/disputes/{handling.id}").links
    )


def test_a_restricted_refusal_is_the_directors_alone_and_names_nobody(
    office: Office, visit: Visit, declined: Callable[..., Handling], now: datetime
) -> None:
    handling = declined(office.director, restricted=True)
    page = notice(visit(office.director), handling)
    assert page.status == 200
    paper = page.html.split("<article")[1]
    assert "来访人：" in paper
    assert "社保" not in paper
    assert notice(visit(office.window), handling).status == 404


def test_what_was_not_declined_has_no_refusal(office: Office, visit: Visit, case: Case) -> None:
    assert notice(visit(office.window), case()).status == 404
    assert notice(visit(office.director), case(DisputeStatus.CLOSED)).status == 404


def materials(visitor: Visitor, handling: Handling) -> tuple[str, Page]:
    path = f"/disputes/{handling.id}/materials"
    return path, visitor.get(path)


def test_what_is_ticked_stands_on_the_notice_and_what_comes_on_the_receipt(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, window = case(category="debt"), visit(office.window)
    path, page = materials(window, handling)
    assert notice(window, handling, "materials-notice").status == 404
    done = window.fill(
        page,
        path,
        usual=["身份证明", "借条、欠条和付款记录"],
        own__0__name="银行流水",
        own__0__form="electronic",
        own__0__copies="2",
        state="wanted",
    )
    page = window.follow(done)
    assert "已加进告知单" in page.text
    told = notice(window, handling, "materials-notice")
    assert "王小满：" in told.text
    assert told.headings[0].startswith("一次性告知单")
    assert "银行流水电子件 2 份" in told.text
    assert "不是法律规定的受理条件" in told.text
    assert notice(window, handling, "materials-receipt").status == 404
    row = next(form for form in page.forms if form.action.startswith(f"{path}/"))
    moved = window.post(row.action, row.values.to_dict() | {"state": "received", "copies": "3"})
    assert "已记下收到" in window.follow(moved).text
    taken = notice(window, handling, "materials-receipt")
    assert "今收到 王小满 提交的下列材料共 1 种 3 份" in taken.text
    assert "李大有" not in told.html + taken.html
    assert mark(taken) != mark(told)
    back = window.post(row.action, row.values.to_dict() | {"state": "returned"})
    assert "已记下退还" in window.follow(back).text
    events = visit(office.director).get(f"/disputes/{handling.id}").text
    for said in ("材料告知补交 3 种", "材料收到 1 种", "材料退还 1 种"):
        assert said in events


def test_nothing_ticked_and_odd_copies_are_told_at_their_fields(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, window = case(), visit(office.window)
    path, page = materials(window, handling)
    empty = window.fill(page, path, state="wanted")
    assert (empty.status, "请勾选或者填写材料" in empty.text) == (422, True)
    odd = window.fill(
        page, path, usual=["身份证明"], own__1__name="照片", own__1__copies="零", state="wanted"
    )
    assert odd.status == 422
    assert 'href="#f-own-1-copies"' in odd.html
    assert 'id="f-own-1-copies-error"' in odd.html
    assert odd.form(path).values.getlist("usual") == ["身份证明"]


def test_the_same_form_twice_notes_once(office: Office, visit: Visit, case: Case) -> None:
    handling, window = case(), visit(office.window)
    path, page = materials(window, handling)
    sent = {"own__0__name": "照片", "own__0__form": "copy", "state": "received"}
    assert [window.fill(page, path, **sent).status for _ in range(2)] == [303, 303]
    assert "共 1 种 1 份" in notice(window, handling, "materials-receipt").text
    other = window.fill(page, path, **(sent | {"own__0__name": "录音"}))
    assert (other.status, "再要记" in other.text or "要再记" in other.text) == (422, True)


def test_papers_of_an_ended_dispute_are_read_only(office: Office, visit: Visit, case: Case) -> None:
    handling, director = case(DisputeStatus.CLOSED), visit(office.director)
    path, page = materials(director, handling)
    assert "材料只能退还" in page.text
    assert [form.action for form in page.forms if form.action.startswith(path)] == []


def test_a_stranger_to_the_dispute_keeps_no_papers(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    assert materials(visit(office.mediator), handling)[1].status == 404


def test_a_guidance_card_says_where_with_what_and_by_when_and_nothing_of_the_other_side(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    labour = OrganisationDraft(
        kind=OrganisationKind.HUMAN_RESOURCES,
        name="柳溪人社所",
        address="柳溪镇北街 2 号",
        phone="0475-0000002",
    )
    with office.app.app_context():
        organisations.create(labour, actor=None, now=now)
    asked = {"category": "labour", "facts": {"employment_ended_on": "2026-05-11"}}
    handling, window = case(**asked), visit(office.window)
    assert f"/disputes/{handling.id}/papers/guide" in window.get(f"/disputes/{handling.id}").links
    page = notice(window, handling, "guide")
    paper = page.html.split("<article")[1]
    for told in (
        "办事指引卡",
        "王**：",
        "柳溪人社所　柳溪镇北街 2 号　电话 0475-0000002",
        "劳动合同或者能证明用工的材料",
        "劳动争议调解：最迟",
        "劳动仲裁时效：最迟2027年5月11日（暂定）",
        "《劳动争议调解仲裁法》第27条",
        "劳动人事争议仲裁委员会、人民法院",
    ):
        assert told.replace(" ", "").replace("　", "") in page.text.replace(" ", "").replace(
            "　", ""
        ), told
    assert "李" not in paper
    with office.app.app_context():
        events = db.session.scalars(sa.select(Event).where(Event.action == "print")).all()
        assert [each.detail for each in events] == [{"paper": "guide", "mark": mark(page)}]


def test_a_guidance_card_follows_the_version_of_the_rules_that_decided(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    old, new = 'labour = ["labour_arbitration", "court"]', 'labour = ["trade_union", "court"]'
    with office.app.app_context():
        published(office, SHIPPED.replace(old, new), (now - DAY).date(), at=now - 3 * DAY)
    page = notice(visit(office.window), case(category="labour"), "guide")
    assert "工会、人民法院" in page.text
    assert "劳动人事争议仲裁委员会、人民法院" not in page.text


def test_a_restricted_dispute_has_no_guidance_card_on_paper(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, director = case(restricted=True), visit(office.director)
    links = director.get(f"/disputes/{handling.id}").links
    assert f"/disputes/{handling.id}/papers/guide" not in links
    assert notice(director, handling, "guide").status == 404
