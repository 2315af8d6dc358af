"""A letter 建议书 at the browser: what it waits for, the step expected first, the reply."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from config.suggestion import Adoption, SuggestionKind, SuggestionStep
from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.suggestion import TEXTS, Lettered, lettered
from tests.factories.visitor import Page, Visitor

ONE_DAY = timedelta(days=1)


def expected(page: Page) -> list[str]:
    """The heads beside the letter: what it waits for, then the step that is expected."""
    rail = page.html.partition('<aside class="rail"')[2]
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", rail)[:2]


def test_a_letter_says_what_it_waits_for_and_offers_the_expected_step_first(
    office: Office, visit: Callable[[Actor], Visitor], now: datetime
) -> None:
    legal, today = visit(office.actor(Role.LEGAL)), office.desk.today(now)
    planned = today + 30 * ONE_DAY
    with office.app.app_context():
        letter = lettered(office, now=now, received_on=today - 20 * ONE_DAY)
    path = f"/suggestions/{letter.id}"

    def take(step: SuggestionStep, **told: object) -> Page:
        with office.app.app_context():
            letter.take(step, told, now=now, actor=who(step, office, letter))
        return legal.get(path)

    page = legal.get(path)
    assert expected(page) == ["下一步", "转给单位办理"]
    assert "还有第 1、2 条没有答复。" in page.text
    units = page.form(f"{path}/steps/assign").values["assign.organisation"]
    assert units == str(office.units["committee"])  # the one it was recorded for
    answer = SuggestionStep.ANSWER_DEMAND
    for number in range(1, len(TEXTS) + 1):
        page = take(answer, number=number, measure="已清运", adopted=Adoption.YES, due_on=planned)
    assert "等没有参与答复的人审核复函" in page.text
    page = take(SuggestionStep.APPROVE)
    assert expected(page) == ["下一步", "登记寄出"]
    wrong = legal.fill(page, f"{path}/steps/dispatch")
    assert (wrong.status, "寄出方式：请填写" in wrong.text) == (422, True)
    sent = {"dispatched_on": today, "method": "直接送达", "document_number": "柳政函〔2026〕9号"}
    page = take(SuggestionStep.DISPATCH, **sent)
    assert expected(page) == ["下一步", "登记整改获认可"]
    assert "等发文机关认可整改" in page.text
    with office.app.app_context():
        said = letter.row.document_number
    paper = legal.get(f"{path}/reply/1").text
    assert f"贵院《检察建议书》（{said}）已于" in paper
    assert f"计划{planned.year}年{planned.month}月{planned.day}日前完成" in paper
    assert "星期" not in paper.partition("复函")[2].partition("内容校验码")[0]
    page = take(SuggestionStep.ACCEPT, accepted_on=today)
    assert expected(page) == ["下一步", "登记回头看"]


def who(step: SuggestionStep, office: Office, letter: Lettered) -> Actor:
    """Who takes a step: nobody approves what they answered."""
    return office.director if step is SuggestionStep.APPROVE else letter.legal


def test_a_letter_without_a_term_says_so_and_a_late_objection_stays_late(
    office: Office, visit: Callable[[Actor], Visitor], now: datetime
) -> None:
    legal, today = visit(office.actor(Role.LEGAL)), office.desk.today(now)
    with office.app.app_context():
        asked = lettered(office, now=now, kind=SuggestionKind.JUDICIAL_CASE, received_on=today)
        late = lettered(office, now=now, received_on=today - 80 * ONE_DAY)
        late.take(SuggestionStep.OBJECT, {"reason": "不归本镇管"}, now=now)
        number = late.row.document_number
    page = legal.get(f"/suggestions/{asked.id}")
    assert ("期限待问明" in page.text, "就是同意现在推算的日期" in page.text) == (True, False)
    assert "期限待问明" in legal.get("/suggestions").text
    home = legal.get("/").text
    assert "有 1 份建议书没有写明期限，要向发文机关问明。" in home
    page = legal.get(f"/suggestions/{late.id}")
    assert expected(page) == ["下一步", "登记异议结果"]
    assert "过了期限才提异议，统计按逾期算" in page.text
    told = {
        "sort": "public_interest",
        "title": "河边垃圾",
        "asker": "某旗人民检察院",
        "received_on": (today - 90 * ONE_DAY).isoformat(),
        "words": "河边堆着垃圾",
    }
    new = "/linkages/new"
    made = legal.fill(legal.get(f"{new}?register=oversight"), new, **told)
    chain = legal.follow(made)
    on = (today - 80 * ONE_DAY).isoformat()
    stages = f"{made.location}/stages"
    done = legal.fill(chain, stages, stage="suggested", on=on, paper=number)
    assert f"/suggestions/{late.id}" in legal.follow(done).links
