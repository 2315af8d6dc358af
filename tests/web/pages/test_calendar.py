"""工作日历 at the browser: a notice becomes rows, rows a draft, a draft the calendar in force."""

from collections.abc import Callable
from datetime import date
from html import unescape

import pytest

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.calendar import clock, signed
from tests.factories.dispute import registered
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
EDIT = "/calendar/2027/edit"
NOTICE = """国办发明电〔2026〕9号
元旦：1月1日（周五）至3日（周日）放假，共3天。
春节：2月5日（周五）至12日（周五）放假调休，共8天。2月13日（周六）、2月20日（周六）上班。
鼓励安排职工在除夕（2月4日）休息。"""


@pytest.fixture
def planner(office: Office, visit: Visit) -> Visitor:
    return visit(office.actor(Role.PLANNER))


def read(planner: Visitor) -> Page:
    return planner.fill(planner.get(EDIT), "/calendar/2027/read", text=NOTICE)


def drafted(planner: Visitor) -> Page:
    return planner.fill(read(planner), EDIT)


def test_a_notice_is_read_into_rows_and_its_odd_sentence_is_shown(planner: Visitor) -> None:
    page = read(planner)
    values = page.form(EDIT).values
    assert page.status == 200
    assert [values[f"off.{n}.from"] for n in range(3)] == ["2027-01-01", "2027-02-05", ""]
    assert [values[f"work.{n}.on"] for n in range(3)] == ["2027-02-13", "2027-02-20", ""]
    assert values["source"] == "国办发明电〔2026〕9号"
    assert "没有读懂：鼓励安排职工在除夕（2月4日）休息" in unescape(page.html)


def test_what_is_no_notice_is_refused_and_takes_no_row_away(planner: Visitor) -> None:
    drafted(planner)
    stood = planner.get(EDIT).form(EDIT).values
    for told, said in (
        ("\x89PNG\r\n\x1a\n\x00", "这个文件不是文字"),
        ("今天天气不错", "没有读出放假的日子，请核对是不是放假通知"),
        ('{"year": 2027}', "JSON 里没有 days 这一项"),
    ):
        refused = planner.fill(planner.get(EDIT), "/calendar/2027/read", text=told)
        assert (refused.status, said in refused.text) == (422, True)
        values = refused.form(EDIT).values
        kept = {name: value for name, value in values.items() if name.startswith(("off.", "work."))}
        assert kept == {name: stood[name] for name in kept}
        assert (values["off.1.from"], values["source"]) == ("2027-02-05", stood["source"])


def test_a_draft_is_previewed_and_signed_by_the_director(
    office: Office, visit: Visit, planner: Visitor
) -> None:
    with office.app.app_context():
        handled = registered(office)
        clock(office, handled.id, "MEDI.PM", date(2026, 12, 25))
        number = handled.row.number
    assert "未公布，日期为暂定" in planner.get("/calendar/2027").text
    made = drafted(planner)
    path = made.location
    page = planner.get(path)
    assert number in page.text
    assert "1 个期限的到期日推后" in page.text
    assert "2027年2月15日（星期一）" in page.text
    assert f"{path}/sign" not in [each.action for each in page.forms]
    assert "2027 年的工作日历草稿等中心主任签发。" in planner.get("/").text
    director = visit(office.director)
    assert "2027 年的工作日历草稿等您签发。" in director.get("/").text
    assert f'href="{path}"' in director.get("/").html
    done = director.follow(director.fill(director.get(path), f"{path}/sign"))
    assert "工作日历草稿" not in director.get("/").text
    assert "2027 年工作日历已签发" in done.text
    assert office.director.name in done.text
    assert "未公布" not in done.text
    told = director.get("/calendar/explain", rule="MEDI.PM", **{"from": "2026-12-25"})
    assert "2027年2月15日（星期一）到期" in told.text
    assert "暂定" not in told.text
    assert planner.get(path).location == "/calendar/2027"
    story = director.get(f"/disputes/{handled.id}").text
    assert "工作日历公布，期限随之调整" in story


def test_errors_stand_at_their_rows_and_nothing_typed_is_lost(planner: Visitor) -> None:
    page = planner.get(EDIT)
    refused = planner.fill(
        page,
        EDIT,
        source="国办发明电〔2026〕9号",
        off__0__name="元旦",
        off__0__from="2027-01-03",
        off__0__to="2027-01-01",
        off__3__name="春节",
        work__2__name="春节",
        work__2__on="2027-02-15",
    )
    assert refused.status == 422
    values = refused.form(EDIT).values
    assert (values["off.0.to"], values["off.1.name"]) == ("2027-01-01", "春节")
    assert "放假第 2 行，第一天：请填写日期" in unescape(refused.html).replace("\n", "")
    whole = planner.fill(refused, EDIT, off__1__from="2027-02-05", off__1__to="2027-02-12")
    said = unescape(whole.html)
    assert "最后一天早于第一天" in said
    assert "2027-02-15 不是周末，不能是调休上班日" in said


def test_a_draft_that_waits_is_edited_not_doubled(planner: Visitor) -> None:
    path = drafted(planner).location
    page = planner.get(EDIT)
    assert page.form(EDIT).values["version"] == "1"
    assert planner.fill(page, EDIT, work__1__name="", work__1__on="").location == path
    assert "2027年2月20日" not in planner.get(path).text
    late = planner.fill(page, EDIT, source="别的通知", form_key="0" * 32)
    assert "别人刚刚修改过" in planner.follow(late).text
    gone = planner.fill(planner.get(path), f"{path}/withdraw")
    assert "草稿已撤回" in planner.follow(gone).text
    assert planner.get(path).status == 404


def test_older_versions_stay_to_be_read(office: Office, planner: Visitor) -> None:
    with office.app.app_context():
        signed(office)
        signed(office)
    page = planner.get("/calendar/2027")
    assert "第 1 版" in page.text
    assert "第 2 版" in page.text
    assert "随系统发布的文件" in planner.get("/calendar/2026").text


def test_the_calculator_says_why_it_cannot(office: Office, visit: Visit) -> None:
    window = visit(office.window)
    assert window.get("/calendar/explain").status == 200
    none = window.get("/calendar/explain", rule="LAB.MED")
    assert (none.status, "请填写从哪一天起算" in none.text) == (422, True)
    hours = window.get("/calendar/explain", rule="DV.ORDER", at="2026-11-20T10:00")
    assert "2026年11月23日 10:00到期" in hours.text
    old = window.get("/calendar/explain", rule="CONS.MED.OLD", **{"from": "2026-01-05"})
    assert "起算日不在其中" in old.text
    assert "依据：《市场监督管理投诉举报处理暂行办法》第21条" in old.text
    ours = window.get("/calendar/explain", rule="SLA.ACCEPT", **{"from": "2026-01-05"})
    assert "依据：本中心内部时限" in ours.text
    long = window.get("/calendar/explain", rule="LIT.OUTER.LAND", **{"from": "2026-01-05"})
    assert "没有画出" in long.text


def test_years_nobody_knows_are_not_there(planner: Visitor) -> None:
    assert planner.get("/calendar/1066").status == 404
    assert planner.get("/calendar/99999999999999999999").status == 404
    assert planner.get("/calendar/2199").status == 200


def test_a_file_that_is_no_notice_is_refused_at_its_field(planner: Visitor) -> None:
    refused = planner.fill(planner.get(EDIT), "/calendar/2027/read", text='{"days": 1}')
    assert (refused.status, "JSON 里没有 days 这一项" in refused.text) == (422, True)
