"""Members, duty, attendance and guidance at a browser, from page to table."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from config.vocabulary import Role
from models import Attendance, DutyTurn, Guidance, Membership, db
from service.clock import utc_now
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.office import Office
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]


@pytest.fixture
def visit(office: Office) -> Visit:
    return lambda actor: Visitor(office.app, actor)


def joined(office: Office, visit: Visit, unit: str = "station") -> str:
    """The address of a unit that the director made a member."""
    director = visit(office.director)
    answer = director.fill(
        director.get("/members/new"),
        "/members/new",
        organisation=str(office.units[unit]),
        seat="resident",
        duty_phone="0475-5550110",
    )
    assert answer.status == 303, answer.text
    return answer.location


def on_duty(office: Office, visit: Visit, where: str, names: str = "张三、李四") -> None:
    liaison = visit(office.actor(Role.LIAISON, "station"))
    page = liaison.get(f"{where}/duty")
    answer = liaison.fill(page, f"{where}/duty", day="每天", names=names)
    assert answer.status == 303, answer.text


def test_a_member_is_taken_in_and_what_it_does_not_take_is_said_where_it_is_sent(
    office: Office, visit: Visit
) -> None:
    where, director = joined(office, visit, "committee"), visit(office.director)
    page = director.get(where)
    refusing = f"{where}/refusals"
    assert director.fill(page, refusing, category="neighbour").status == 422
    answer = director.fill(
        page, refusing, category="neighbour", words="正在换届", go_to="justice_office"
    )
    assert "正在换届，请到司法所" in director.follow(answer).text
    with office.app.app_context():
        case = registered(office, now=utc_now(), category="neighbour")
    assert "不受理这一类：正在换届" in director.get("/dispatch").text
    assert "不受理这一类：正在换届" in director.get(f"/disputes/{case.id}/steps/dispatch").text
    again = director.fill(director.get(where), f"{refusing}/end")
    assert "各类都受理" in director.follow(again).text


def test_terms_come_back_with_what_is_wrong_and_a_stale_form_is_kept(
    office: Office, visit: Visit
) -> None:
    where, director = joined(office, visit), visit(office.director)
    form = director.get(f"{where}/edit")
    wrong = director.fill(form, f"{where}/edit", seat="rotating")
    assert (wrong.status, "请选择星期几轮驻" in wrong.text) == (422, True)
    assert director.fill(form, f"{where}/edit", seat="rotating", weekdays=["1", "4"]).status == 303
    assert "轮驻（周一、周四）" in director.get(where).text
    late = director.fill(form, f"{where}/edit", duty_phone="1")
    assert (late.status, "别人刚刚改过这个单位" in late.text) == (412, True)
    with office.app.app_context():
        assert db.session.scalars(sa.select(Membership.duty_phone)).one() == "0475-5550110"


def test_the_duty_list_is_shown_on_the_month_the_desk_and_the_guidance_card(
    office: Office, visit: Visit
) -> None:
    where = joined(office, visit)
    window = visit(office.window)
    assert "没有人" in window.get(f"{where}/duty", month="2100-03").text
    on_duty(office, visit, where)
    assert "张三、李四" in window.get(f"{where}/duty").text
    assert "张三、李四" in window.get("/").text
    assert "张三、李四" in window.get("/members").text
    assert "排值班" not in window.get(f"{where}/duty").text
    with office.app.app_context():
        made = registered(office, now=utc_now(), facts={"danger": True})
    card = visit(office.director).get(f"/disputes/{made.id}/papers/guide").text
    assert "值班 张三、李四" in card
    assert "电话 0475-5550110" in card


def test_a_list_is_pasted_tried_and_written(office: Office, visit: Visit) -> None:
    where = joined(office, visit)
    liaison = visit(office.actor(Role.LIAISON, "station"))
    path = f"{where}/duty/import"
    tried = liaison.fill(liaison.get(path), path, text="周一\t张三\n明天\t李四")
    assert "看不懂这个日子" in tried.text
    tried = liaison.fill(liaison.get(path), path, text="周一至周五\t张三")
    commit = next(each for each in tried.forms if each.values.get("action") == "commit")
    assert liaison.post(path, commit.values).status == 303
    with office.app.app_context():
        assert sorted(map(str, db.session.scalars(sa.select(DutyTurn.weekday)))) == list("01234")
    turn = liaison.get(f"{where}/duty")
    taken_out = next(each.action for each in turn.forms if each.action.startswith("/duty/"))
    assert liaison.fill(turn, taken_out).status == 303
    stranger = visit(office.liaison)
    assert stranger.get(path).status == 404
    assert visit(office.window).get(path).status == 403


def test_the_window_signs_a_unit_in_with_one_click(office: Office, visit: Visit) -> None:
    where = joined(office, visit)
    on_duty(office, visit, where)
    window = visit(office.window)
    page = window.get("/attendance")
    sign = where.replace("/members/", "/attendance/") + "/sign"
    assert "张三、李四" in window.follow(window.fill(page, sign)).text
    assert window.fill(page, sign).status == 303  # a second click
    with office.app.app_context():
        noted = db.session.scalars(sa.select(Attendance)).one()
    page = window.get("/attendance")
    assert window.fill(page, f"/attendance/notes/{noted.id}/withdraw").status == 303
    assert window.get("/attendance/month").status == 200
    assert visit(office.liaison).get(where.replace("members", "attendance")).status == 404
    assert visit(office.mediator).get("/attendance").status == 403


def test_the_justice_office_writes_its_guidance_down(office: Office, visit: Visit) -> None:
    justice = visit(office.actor(Role.LIAISON, "justice"))
    page = justice.get("/guidance")
    today = office.desk.today(utc_now()).isoformat()
    said = {"guided_on": today, "guided_by": "冯某", "topic": "papers", "finding": "缺期限"}
    said |= {"follow_up": "补写", "committee": str(office.units["committee"])}
    assert justice.fill(page, "/guidance", **said).status == 422
    answer = justice.fill(page, "/guidance", **said, follow_up_on=today)
    shown = justice.follow(answer)
    assert "缺期限" in shown.text
    with office.app.app_context():
        made = db.session.scalars(sa.select(Guidance)).one()
    assert justice.fill(shown, f"/guidance/{made.id}/done").status == 303
    director = visit(office.director).get("/guidance")
    assert ("整改完成" in director.text, "记一次指导" in director.text) == (True, False)
    assert visit(office.window).get("/guidance").status == 403
