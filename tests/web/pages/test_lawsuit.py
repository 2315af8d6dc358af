"""The register of reviews and lawsuits at the browser."""

import io
import zipfile
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from config.vocabulary import Role
from models import LawsuitDuty, db
from service.rules.access import Actor
from tests.factories.lawsuit import sheepfold
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

NEW = "/lawsuits/new"


@pytest.fixture
def legal(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    return visit(office.actor(Role.LEGAL))


def record(legal: Visitor, office: Office, **changes: str) -> Page:
    told = {
        "procedure": "litigation",
        "instance": "first",
        "court": "某旗人民法院",
        "cause": "行政处罚",
        "act": "罚款决定",
        "plaintiffs": "赵一\n钱二",
        "organisation": str(office.units["station"]),
        "served_on": "2026-10-12",
    }
    return legal.fill(legal.get(NEW), NEW, **(told | changes))


def decide(legal: Visitor, page: Page, path: str, **changes: str) -> Page:
    told = {"decided_on": "2026-10-20", "served_on": "2026-10-21", "outcome": "withdrawn"}
    given = {f"decide.{name}": value for name, value in (told | changes).items()}
    return legal.fill(page, f"{path}/steps/decide", **given)


def test_a_case_is_recorded_decided_and_closed(legal: Visitor, office: Office) -> None:
    made = record(legal, office)
    page = legal.follow(made)
    assert "已登记案件" in page.text
    assert "赵*、钱*" in page.text
    decided = legal.follow(decide(legal, page, made.location, withdrawal_cause="settled"))
    assert "府院联动和解后撤诉" in decided.text
    closed = legal.follow(legal.fill(decided, f"{made.location}/steps/close"))
    assert "案件已经办结。" in closed.text


def test_a_withdrawal_without_its_cause_is_told_at_the_field(
    legal: Visitor, office: Office
) -> None:
    made = record(legal, office)
    page = decide(legal, legal.follow(made), made.location)
    assert page.status == 422
    assert 'id="f-decide-withdrawal-cause-error"' in page.html


def test_missing_things_are_told_at_their_fields(legal: Visitor, office: Office) -> None:
    page = record(legal, office, plaintiffs="", organisation="", served_on="")
    assert page.status == 422
    for field in ("plaintiffs", "organisation", "served-on"):
        assert f'id="f-{field}-error"' in page.html


def test_a_leader_sees_the_list_and_is_offered_no_case(
    legal: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    made = record(legal, office)
    page = visit(office.leader).get("/lawsuits")
    assert "行政处罚" in page.text
    assert made.location not in page.links


def test_filters_begin_with_everything(legal: Visitor, office: Office) -> None:
    record(legal, office)
    page = legal.get("/lawsuits", procedure="", status="", outcome="")
    assert "行政处罚" in page.text
    assert "没有符合条件的案件。" in legal.get("/lawsuits", procedure="review").text


def test_an_old_page_says_that_somebody_was_quicker(legal: Visitor, office: Office) -> None:
    made = record(legal, office)
    old = legal.follow(made)
    decide(legal, old, made.location, outcome="upheld")
    page = decide(legal, old, made.location, outcome="revoked")
    assert page.status == 412
    assert "别人刚刚修改过" in page.text


def test_the_torn_down_sheepfold_stands_on_its_page_to_the_day(
    legal: Visitor, office: Office
) -> None:
    page = legal.get(f"/lawsuits/{sheepfold(office)}")
    for said in (
        "2026年11月20日",
        "12月18日到期",
        "负责人出庭：副镇长 白音",
        "确认违法",
        "赔偿羊圈",
    ):
        assert said in page.text, said
    assert "11月10日到期" in page.text
    assert "败诉案件还没有做一案一评" in page.text
    assert "审理中→已裁判" in page.text.replace(" ", "")


def test_a_lost_case_is_written_to_its_end_at_the_browser(
    legal: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    made = record(legal, office)
    path, page = made.location, legal.follow(made)

    def fill(to: str, **told: str) -> Page:
        nonlocal page
        page = legal.fill(page, f"{path}{to}", **told)
        page = legal.follow(page) if page.status == 303 else page
        return page

    fill("/hearings", **{"plan.planned_on": "2026-11-02", "plan.must_attend": "mass"})
    assert "可能引发群体性事件" in page.text
    fill("/steps/answer", **{"answer.answered_on": "2026-11-03"})
    assert "逾期答辩、举证，视为没有证据" in page.text
    hear = {"hear.held_on": "2026-11-02"}
    assert 'id="f-hear-who-error"' in fill("/steps/hear", **hear).html
    fill("/steps/hear", **(hear | {"hear.who": "lawyer"}))
    assert "违规：只有律师出庭" in page.text
    decision = {"decided_on": "2026-11-05", "served_on": "2026-11-05", "outcome": "revoked"}
    fill("/steps/decide", **{f"decide.{name}": value for name, value in decision.items()})
    owed = {"duty.source": "judgment", "duty.words": "退还罚款", "duty.due_on": "2026-11-10"}
    fill("/duties", **owed)
    assert "到期没有履行" in page.text
    with office.app.app_context():
        duty_id = db.session.scalar(sa.select(LawsuitDuty.id))
    assert legal.get(f"/duties/{duty_id}").location == path
    assert visit(office.leader).get(f"/duties/{duty_id}").status == 403
    assert visit(office.leader).get("/duties").location == "/lawsuits?unperformed=true"
    home = visit(office.leader).get("/")
    assert "有 1 项生效裁判、复议决定的义务到期没有履行。" in home.text
    assert "1 项到期没有履行" in visit(office.leader).get("/lawsuits?unperformed=true").text
    assert "还有 1 项义务没有履行，不能办结。" in page.text
    assert f"{path}/steps/close" not in [each.action for each in page.forms]
    fill("/duties/1/done", **{"done-1.done_on": "2026-11-12", "done-1.proof": "退款凭证"})
    assert "逾期履行" in page.text
    form = legal.get(f"{path}/case-review")
    told = {"causes": "facts", "reviewers": "办公会", "reviewed_on": "2026-11-06"}
    wrong = legal.fill(form, f"{path}/case-review", **told)
    assert (wrong.status, "请写至少一项整改" in wrong.text) == (422, True)
    told |= {"mends.0.words": "核对证据", "mends.0.due_on": "2026-12-01"}
    told["mends.0.organisation"] = str(office.units["station"])
    page = legal.follow(legal.fill(wrong, f"{path}/case-review", **told))
    assert "事实不清、主要证据不足" in page.text
    fill("/case-review/mends/1/done", **{"mend-1.done_on": "2026-11-13"})
    fill("/steps/close")
    assert "案件已经办结。" in page.text
    figures = legal.get("/lawsuits/figures")
    assert "负责人出庭应诉率" in figures.text
    assert visit(office.leader).get("/lawsuits/figures").status == 200


def test_papers_are_printed_and_taken_along_as_a_word_file(
    legal: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    path = f"/lawsuits/{sheepfold(office)}/papers"
    for document, said in (
        ("answer", "2026年11月10日"),
        ("evidence", "证据 5"),
        ("mandate", "不得只委托律师出庭"),
        ("identity", "副镇长"),
        ("absence", "不可抗力"),
    ):
        page = legal.get(f"{path}/{document}")
        assert said in page.text, document
        assert "乌云其木格" in page.text  # to the court in full
    answer = legal.download(f"{path}/answer/docx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert "强制拆除羊圈" in file.read("word/document.xml").decode()
    assert visit(office.director).get(f"{path}/answer").status == 403


def test_what_the_court_counts_is_entered_by_month(
    legal: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    counts = {"civil": "30", "administrative": "1", "settled_before": "12", "turned_criminal": "0"}
    told = counts | {"month": "2026-10", "source": "旗法院通报"}
    page = legal.get("/litigation", year="2026")
    wrong = legal.fill(page, "/litigation", **(told | {"civil": "许多"}))
    assert (wrong.status, 'id="f-civil-error"' in wrong.html) == (422, True)
    seen = legal.follow(legal.fill(wrong, "/litigation", **told))
    assert "31 件" in seen.text
    assert "人口数还没有填写" in seen.text
    assert "登记一个月" not in visit(office.leader).get("/litigation", year="2026").text
