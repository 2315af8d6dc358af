"""分流规则 at the browser: read in words, drafted, replayed, published by a second person."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from config.vocabulary import DisputeStatus, Role, Step
from service.clock import utc_now
from service.operations import rulebook as operations
from service.operations.rulebook import Change
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.rulebook import second_director
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
RULES = "/routing/rules"
BEGIN, DRAFT, DEBT = f"{RULES}/drafts", f"{RULES}/2", f"{RULES}/2/rules/debt/edit"


@pytest.fixture
def director(office: Office, visit: Visit) -> Visitor:
    return visit(office.director)


def begun(director: Visitor) -> Page:
    return director.follow(director.fill(director.get(RULES), BEGIN))


def test_the_rules_are_told_in_words(office: Office, visit: Visit) -> None:
    page = visit(office.window).get(RULES)
    assert page.status == 200
    assert "第 1 版" in page.text
    assert "不适用调解，引导到信访部门" in page.text
    assert "《信访工作条例》第36条" in page.text
    assert BEGIN not in [form.action for form in page.forms]
    assert visit(office.window).get(DEBT).status == 403


def test_every_number_of_a_rule_has_exactly_its_rows(
    office: Office, visit: Visit, case: Case
) -> None:
    with office.app.app_context():
        station = {"organisation": office.units["station"], "reason": "远", "mediator": None}
        case(category="debt").take(Step.DISPATCH, station, actor=office.director)
    case(DisputeStatus.CLOSED, category="debt")
    case(category="debt")
    case(category="debt", restricted=True)
    leader = visit(office.leader)
    page = leader.get(f"{RULES}/1/rules/debt")
    counts = {}
    for url in [each for each in page.links if "/rows/" in each]:
        rows = leader.get(url)
        listed = rows.html.count('<td role="cell" class="col-number">')
        assert f"共{listed}件" in rows.text.replace(" ", "")
        counts[url.rpartition("/")[2]] = listed
    assert counts == {
        "decided": 3,
        "dispatched": 2,
        "overridden": 1,
        "ended": 1,
        "agreed": 1,
        "closed": 1,
    }
    assert "2 件中 1 件" in page.text  # 改派率: under five no percentage
    mediator = visit(office.mediator)
    assert "已经分派" not in mediator.get(f"{RULES}/1/rules/debt").text
    assert mediator.get(f"{RULES}/1/rules/debt/rows/decided").status == 403


def test_a_rule_is_changed_replayed_and_published_by_another(
    office: Office, visit: Visit, director: Visitor, case: Case
) -> None:
    handled = case(category="debt")
    with office.app.app_context():
        number = handled.row.number
    draft = begun(director)
    assert "自己改过的规则，要由别人发布" in draft.text
    saved = director.fill(director.get(DEBT), DEBT, lead="law_firm")
    draft = director.follow(saved)
    replay = director.follow(director.fill(draft, f"{DRAFT}/replay", last="200"))
    assert "比较了 1 件，会换去向的 1 件" in replay.text
    assert f"/disputes/{handled.id}" in replay.links
    assert number in replay.text
    changes = director.get(f"{DRAFT}/changes").text
    assert "可以受理，人民调解，由" not in changes
    assert "受理，人民调解，由律师事务所办理" in changes

    other = visit(second_director(office))
    today = office.desk.today(utc_now())
    page = other.get(DRAFT)
    late = other.fill(page, f"{DRAFT}/publish", in_force_from=today.isoformat())
    assert (late.status, "最早从明天起生效" in late.text) == (422, True)
    tomorrow = (today + timedelta(days=1)).isoformat()
    done = other.follow(other.fill(late, f"{DRAFT}/publish", in_force_from=tomorrow))
    assert "已发布，待生效" in done.text
    with office.app.app_context():
        assert office.desk.rulebooks.on(today + timedelta(days=1)).version == 2
        assert office.desk.rulebooks.on(today).version == 1
    gone = other.follow(other.fill(done, f"{DRAFT}/withdraw"))
    assert "第 2 版已撤回" in gone.text


def test_what_was_typed_survives_that_somebody_was_quicker(
    office: Office, director: Visitor
) -> None:
    begun(director)
    form = director.get(DEBT)
    with office.app.app_context():
        operations.revise(
            2,
            Change(note="别人改的"),
            version=1,
            actor=second_director(office),
            desk=office.desk,
            now=utc_now(),
        )
    late = director.fill(form, DEBT, title="我写的名称")
    assert (late.status, late.form(DEBT).values["title"]) == (412, "我写的名称")
    assert "有人在您之前改了这份草稿" in late.text
    assert director.fill(late, DEBT).status == 303


def test_a_fault_is_told_at_its_rule_and_field(director: Visitor) -> None:
    begun(director)
    shown = director.follow(director.fill(director.get(DEBT), DEBT, accept="no", channel="none"))
    assert "不受理却没有写明事由（ground）" in shown.text
    assert "不受理却没有写明去向（go_to）" in shown.text
    draft = director.get(DRAFT)
    assert "规则“债权债务纠纷，人民调解”，去向" in draft.text
    assert f"{DRAFT}/replay" not in [form.action for form in draft.forms]
    wrong = director.fill(director.get(DEBT), DEBT, people_from="许多")
    assert (wrong.status, "应为人数" in wrong.text) == (422, True)


def test_a_rule_is_added_in_front_of_another_and_taken_out(director: Visitor) -> None:
    begun(director)
    new = f"{DRAFT}/rules/new/edit"
    changes = {
        "title": "小额债务先找律师",
        "category": ["debt"],
        "line.0.what": "repeat=true",
        "lead": "law_firm",
        "reasons": "重复来访的债务由律师先解答",
        "basis.0.law": "人民调解法",
        "basis.0.article": "17",
        "basis.0.grade": "A",
        "before": "debt",
    }
    saved = director.fill(director.get(new), new, **changes)
    draft = director.follow(saved)
    assert "小额债务先找律师" in draft.text
    assert "校验通过" in draft.text
    path = f"{DRAFT}/rules/own.1"
    changed = unescape(director.get(f"{DRAFT}/changes").html)
    assert ("新增" in changed, "移动" in changed) == (True, False)
    gone = director.follow(director.fill(director.get(f"{path}/edit"), f"{path}/remove"))
    assert "小额债务先找律师" not in gone.text


def test_the_whole_text_is_changed_or_refused(director: Visitor) -> None:
    begun(director)
    path = f"{DRAFT}/text"
    wrong = director.fill(director.get(path), path, content="version = ")
    assert (wrong.status, "不是分流规则的写法" in wrong.text) == (422, True)
    page = director.get(path)
    text = page.form(path).values["content"].replace("人民调解委员会", "调委会")
    saved = director.fill(page, path, content=text, title="新名称", note="为什么")
    assert "为什么" in director.follow(saved).text


def test_who_only_reads_is_offered_nothing_to_write(office: Office, visit: Visit) -> None:
    with office.app.app_context():
        operations.draft(Change(), actor=office.director, desk=office.desk, now=utc_now())
    for role in (Role.AUDITOR, Role.LEADER, Role.MEDIATOR):
        page = visit(office.actor(role)).get(DRAFT)
        assert page.status == 200
        assert [form.action for form in page.forms if form.action.startswith(RULES)] == []
