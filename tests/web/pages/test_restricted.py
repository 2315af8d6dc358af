"""限制查阅 on pages: the sealed card, naming, asking and deciding, marking."""

from collections.abc import Callable

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import NARRATIVE, Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
WHY = "孩子今晚要被接走，必须马上核实"


def test_who_sees_it_sealed_is_told_what_is_visible_and_the_two_ways_in(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(restricted=True)
    page = visit(office.director).get(f"/disputes/{handling.id}")
    assert "这件纠纷限制查阅" in page.text
    assert f"/disputes/{handling.id}/restricted#g-glass" in page.links
    assert "<table" not in page.html.partition("<template")[0]
    assert f"/disputes/{handling.id}/steps/dispatch" in page.links  # the steps stay theirs


def test_the_mediator_in_charge_sees_no_sealed_card(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(DisputeStatus.ACCEPTED, restricted=True)
    page = visit(office.mediator).get(f"/disputes/{handling.id}")
    assert (NARRATIVE in page.text, "d-sealed" in page.html) == (True, False)


def test_the_glass_is_asked_for_decided_and_ended_on_pages(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(restricted=True)
    path, director = f"/disputes/{handling.id}", visit(office.director)
    secadmin, auditor = visit(office.actor(Role.SECADMIN)), visit(office.actor(Role.AUDITOR))
    short = director.fill(
        director.get(f"{path}/restricted"), f"{path}/break-glass", glass__reason="急"
    )
    assert (short.status, "至少 10 个字" in short.text) == (422, True)
    asked = director.fill(short, f"{path}/break-glass", glass__reason=WHY)
    assert (asked.status, asked.location) == (303, f"{path}/restricted")
    assert "等第二人决定" in director.follow(asked).text
    for watcher in (secadmin, auditor):
        listed = watcher.get("/break-glass")
        assert "等第二人决定" in listed.text
        assert 'class="bar-count">1' in listed.html
        assert WHY not in listed.text
    assert "看理由" not in auditor.get("/break-glass").text
    one = next(link for link in secadmin.get("/break-glass").links if "/break-glass/" in link)
    page = secadmin.get(one)
    assert (WHY in page.text, NARRATIVE in page.text) == (True, False)
    nothing = secadmin.fill(page, one, agree="false")
    assert (nothing.status, "请写明为什么不同意" in nothing.text) == (422, True)
    assert secadmin.fill(page, one, agree="true").status == 303
    opened = director.get(path)
    assert NARRATIVE in opened.text
    assert "紧急查阅中，还剩" in opened.text
    assert director.fill(opened, f"{one}/end").location == path
    assert NARRATIVE not in director.get(path).text


def test_somebody_is_named_and_no_longer_named_on_the_page(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, second = case(restricted=True), office.actor(Role.DIRECTOR, name="b")
    path, director = f"/disputes/{handling.id}", visit(office.director)
    page = director.get(f"{path}/restricted")
    bare = director.fill(page, f"{path}/named", naming__reason="请她核对")
    assert (bare.status, "请选择指定谁" in bare.text) == (422, True)
    told = {"naming__person": str(second.user_id), "naming__reason": "请她核对"}
    named = director.fill(page, f"{path}/named", **told)
    assert named.status == 303
    assert NARRATIVE in visit(second).get(path).text
    page = director.follow(named)
    end = next(each.action for each in page.forms if each.action.endswith("/end"))
    assert director.fill(page, end).status == 303
    assert NARRATIVE not in visit(second).get(path).text


def test_the_window_marks_it_on_the_page(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    path = f"/disputes/{handling.id}"
    page = clerk.get(f"{path}/restricted")
    marked = clerk.fill(page, f"{path}/restrict", mark__reason="怕对方报复")
    assert marked.status == 303
    with office.app.app_context():
        assert handling.row.restricted
