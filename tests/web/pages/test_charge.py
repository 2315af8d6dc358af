"""领导包案 and 领导接访 on pages: named from the dispute, written on and found by the leader."""

from collections.abc import Callable
from datetime import datetime

from config.vocabulary import DisputeStatus
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
WORDS = "请司法所一周内见双方"


def test_a_leader_is_named_on_the_dispute_and_writes_on_their_own_page(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(DisputeStatus.MEDIATING)
    dispute = f"/disputes/{handling.id}"
    path, me = f"{dispute}/charge", office.leader
    director, leader, mediator = (visit(each) for each in (office.director, me, office.mediator))
    assert "领导包案" not in mediator.get(dispute).headings
    assert leader.get(path).status == 404
    assert path in director.get(dispute).links
    page = director.get(path)
    bare = director.fill(page, path)
    assert (bare.status, "请选择包案领导" in bare.text) == (422, True)
    done = director.fill(bare, path, **{"name.leader": str(me.user_id)})
    assert (done.status, me.name in director.follow(done).text) == (303, True)
    listed = leader.get("/charges")
    assert (path in listed.links, dispute in listed.links) == (True, False)
    mine = leader.get(path)
    assert "还没有过问" not in mine.text
    written = leader.fill(mine, f"{path}/measures", **{"measure.words": WORDS})
    assert WORDS in leader.follow(written).text
    ahead = leader.fill(mine, f"{path}/look", **{"look.looked_on": "2126-11-02"})
    assert (ahead.status, "过问日期不能晚于今天" in ahead.text) == (422, True)
    shown = mediator.get(dispute).text
    assert (WORDS in shown, "指定包案领导" in shown) == (True, True)  # on the course, by whom
    assert "换包案领导" not in mediator.get(path).text
    odd = leader.get("/charges?state=nonsense")
    assert (odd.status, odd.location) == (303, "/charges")


def test_a_reception_is_planned_printed_and_visited(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    with office.app.app_context():
        number = case().row.number
    day = now.astimezone(office.desk.zone).date()
    director, window = visit(office.director), visit(office.window)
    month = director.get("/reception-days")
    bare = director.fill(month, "/reception-days")
    assert (bare.status, "请选择接访领导" in bare.text) == (422, True)
    told = {
        "leader": str(office.leader.user_id),
        "on": day.isoformat(),
        "begins": "09:00",
        "ends": "11:30",
        "place": "镇政府一楼接访室",
    }
    done = director.fill(director.get("/reception-days"), "/reception-days", **told)
    page = director.follow(done)
    assert "09:00–11:30" in page.text
    (one,) = {each for each in page.links if each.startswith("/reception-days/")}
    shown = window.get(one)
    assert [each.action for each in shown.forms if "call-off" in each.action] == []
    wrong = window.fill(shown, f"{one}/visits", number="LXZ2026-99999")
    assert (wrong.status, "没有这个编号" in wrong.text) == (422, True)
    noted = window.fill(shown, f"{one}/visits", number=number)
    assert number in window.follow(noted).text
    assert "登记来访 1 件" in director.get("/reception-days").text
    assert visit(office.mediator).get(one).status == 403
