"""The pages of requests of the people concerned, of bases, and of who got what."""

from config.vocabulary import DisputeStatus, Role
from tests.factories.dispute import APPLICANT, registered
from tests.factories.office import Office
from tests.factories.visitor import Visitor

NEW = "/data-requests/new"
ASKED = {
    "kind": "access",
    "identity_check": "card",
    "name": str(APPLICANT["name"]),
    "id_number": str(APPLICANT["id_number"]),
    "everything": "true",
}


def test_a_request_is_registered_decided_and_answered(office: Office) -> None:
    with office.app.app_context():
        number = registered(office).row.number
    clerk, director = Visitor(office.app, office.window), Visitor(office.app, office.director)
    made = clerk.follow(clerk.fill(clerk.get(NEW), NEW, **ASKED))
    assert number in made.text
    assert str(APPLICANT["id_number"]) not in made.html
    links = clerk.get("/data-requests").links
    (path,) = [each for each in links if each.startswith("/data-requests/") and each != NEW]
    assert "等中心主任决定" in clerk.get(path).text
    step = f"{path}/decide"
    unsaid = director.fill(director.get(path), step, decision="refused")
    assert (unsaid.status, "不同意的，要写明理由" in unsaid.text) == (422, True)
    director.fill(director.get(path), step, decision="granted")
    step = f"{path}/answer"
    late = clerk.fill(clerk.get(path), step, method="in_person", answered_on="2999-01-01")
    assert late.status == 422
    done = clerk.follow(
        clerk.fill(clerk.get(path), step, method="in_person", answered_on=_today(clerk))
    )
    assert "已答复" in done.text
    assert str(APPLICANT["id_number"]) in clerk.get(f"{path}/sheet").html


def _today(clerk: Visitor) -> str:
    return clerk.get(NEW).form(NEW).values["received_on"]


def test_nothing_is_claimed_that_nobody_ticked(office: Office) -> None:
    clerk = Visitor(office.app, office.window)
    page = clerk.fill(clerk.get(NEW), NEW, **{**ASKED, "identity_check": ""})
    assert page.status == 422
    assert "怎么核对身份的：请选择" in page.text


def test_errors_stand_at_their_fields_and_what_was_typed_stays(office: Office) -> None:
    clerk = Visitor(office.app, office.window)
    page = clerk.fill(
        clerk.get(NEW), NEW, kind="correct", name="甲", id_number="15", identity_check="card"
    )
    assert page.status == 422
    assert "请写明纠纷编号" in page.text
    assert page.form(NEW).values["name"] == "甲"


def test_the_disputes_page_tells_on_what_its_data_is_kept(office: Office) -> None:
    with office.app.app_context():
        made = registered(office)
    clerk = Visitor(office.app, office.window)
    page = clerk.get(f"/disputes/{made.id}")
    path = f"/disputes/{made.id}/bases"
    assert path in page.links
    assert "个人信息处理依据：履行法定职责" in page.text
    changes = {
        "ground": "consent",
        "scope": "诊断书交交调委",
        "obtained_on": _today(clerk),
        "form": "written",
    }
    told = clerk.follow(clerk.fill(clerk.get(path), path, **changes))
    assert "诊断书交交调委" in told.text
    back = next(each.action for each in told.forms if each.action.endswith("/withdraw"))
    gone = clerk.follow(clerk.fill(told, back))
    assert "已撤回" in gone.text


def test_director_and_auditor_see_to_whom_data_was_given(office: Office) -> None:
    with office.app.app_context():
        made = registered(office).until(DisputeStatus.DISPATCHED)
        hidden = registered(office, restricted=True)
    path = f"/disputes/{made.id}/provisions"
    for role in (Role.DIRECTOR, Role.AUDITOR):
        page = Visitor(office.app, office.actor(role)).get(path)
        assert "柳溪镇人民调解委员会" in page.text
        assert str(APPLICANT["name"]) not in page.html
    auditor = Visitor(office.app, office.actor(Role.AUDITOR))
    assert auditor.get(f"/disputes/{hidden.id}/provisions").status == 404
    assert Visitor(office.app, office.window).get(path).status == 403
