"""诉调对接 on pages: the court's dispute answered, told and confirmed, with its papers."""

from collections.abc import Callable
from datetime import datetime

from config.vocabulary import DisputeStatus, Role, Step
from service.rules.access import Actor
from tests.factories.court import BEFORE, TERMS, UNDATED, UNDISPUTED, prepared, tribunal
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
S = DisputeStatus


def test_what_the_court_sent_is_answered_mediated_told_and_confirmed(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    today = office.desk.today(now).isoformat()
    one = case(S.MEDIATING)
    with office.app.app_context():
        unit = tribunal(office)
    mediator, place = visit(office.mediator), f"/disputes/{one.id}/court"
    assert place in mediator.get(f"/disputes/{one.id}").links
    form = mediator.get(f"{place}/new")
    bare = mediator.fill(form, f"{place}/new")
    assert (bare.status, "请选择委派还是委托" in bare.text) == (422, True)
    told = {
        "kind": "assigned",
        "court_organisation": str(unit),
        "case_number": BEFORE,
        "received_on": today,
        "contact": "赵法官",
    }
    assert mediator.fill(form, f"{place}/new", **told).location == place
    page = mediator.get(place)
    assert ("等确认" in page.text, "赵法官" in page.text, "最迟确认" in page.text) == (True,) * 3
    assert one_row(mediator, "waiting")
    assert "有 1 件法院委派、委托等确认" in mediator.get("/").text
    address = next(
        each for each in (form.action for form in page.forms) if each.endswith("/confirm")
    )
    assert mediator.fill(page, address).location == place
    page = mediator.get(place)
    answer = next(each for each in page.links if each.endswith("/answer"))
    paper = mediator.get(answer).text
    assert ("调解回执" in paper, BEFORE in paper, "调解期限到" in paper) == (True,) * 3
    with office.app.app_context():
        one.take(Step.AGREE, UNDATED, now=now)
    assert one_row(mediator, "unreported")
    page = mediator.get(place)
    address = next(
        each for each in (form.action for form in page.forms) if each.endswith("/report")
    )
    early = mediator.fill(
        page, address, **{"report.result": "not_agreed", "report.reported_on": today}
    )
    assert (early.status, "与纠纷登记的结果不一致" in early.text) == (422, True)
    done = {"report.result": "agreed", "report.reported_on": today}
    mediator.fill(page, address, **done, **{"report.undisputed": UNDISPUTED})
    page = mediator.get(place)
    letter = next(each for each in page.links if each.endswith("/report"))
    paper = mediator.get(letter).text
    assert (UNDISPUTED in paper, "王小满" in paper, "让步" in paper) == (True, True, True)
    theirs = visit(office.actor(Role.LIAISON, "court"))
    listed = theirs.get("/court-referrals")
    assert ("达成调解协议" in listed.text, "滴水" in listed.text) == (True, False)
    assert theirs.get(place).status == 404


def one_row(visitor: Visitor, box: str) -> bool:
    return "本页 1 件" in visitor.get(f"/court-referrals?box={box}").text


def test_who_only_reads_it_is_not_given_the_form_of_what_the_court_sent(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(S.MEDIATING, actor=office.actor(Role.LIAISON, "justice"))
    reader = visit(office.actor(Role.LIAISON, "justice"))
    assert reader.get(f"/disputes/{one.id}/court").status == 200
    page = reader.get(f"/disputes/{one.id}/court/new")
    assert (page.status, "由承办的调解员" in page.text) == (403, True)


def test_an_application_is_refused_with_the_article_made_printed_and_followed(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    today = office.desk.today(now).isoformat()
    one = case(S.MEDIATING)
    with office.app.app_context():
        one.take(Step.AGREE, UNDATED, now=now)
    mediator, place = visit(office.mediator), f"/disputes/{one.id}/court"
    assert one_row(mediator, "windows")
    page = mediator.get(place)
    assert "被申请人没有登记证件号码" in page.text
    make = f"/disputes/{one.id}/confirmation"
    told = {"prepare.ground": "seat", "prepare.court": "奈曼旗人民法院"}
    refused = mediator.fill(page, make, **told, **{"prepare.matter": "personal_status"})
    assert (refused.status, "第 355 条" in refused.text, "民政部门" in refused.text) == (
        422,
        True,
        True,
    )
    mediator.fill(page, make, **told, **{"prepare.matter": "none"})
    page = mediator.get(place)
    paper = mediator.get(next(each for each in page.links if each.endswith("/paper"))).text
    assert (TERMS in paper, "李大有" in paper, "此致" in paper) == (True, True, True)
    assert "被申请人 李大有" not in paper
    director = visit(office.director)
    masked = director.get(next(each for each in page.links if each.endswith("/paper"))).text
    assert ("李大有　电话" in masked, "姓名已隐去" in masked) == (False, True)
    for step, more in (
        ("file", {}),
        ("accept", {"next.case_number": "（2026）内0525民特12号"}),
        ("confirm", {"next.case_number": "（2026）内0525民特12号"}),
    ):
        page = mediator.get(place)
        body = {"next.step": step, "next.on": today} | more
        assert mediator.fill(page, f"{make}/steps", **body).location == place
    page = mediator.get(place)
    assert ("裁定有效" in page.text, "申请强制执行" in page.text) == (True, True)


def test_an_application_says_what_its_own_agreement_says(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    one = case(S.MEDIATING)
    with office.app.app_context():
        one.take(Step.AGREE, UNDATED, now=now)
        made = prepared(one, now=now)
        one.take(Step.CLOSE, {"outcome": "agreed"}, now=now)
        one.take(Step.REOPEN, {"reason": "对方不认协议"}, now=now)
        one.until(S.MEDIATING, now=now)
        one.take(Step.AGREE, UNDATED | {"terms": "后来说好付九百元"}, now=now)
        where = f"/disputes/{one.id}/confirmation/{made}/paper"
    paper = visit(office.director).get(where).text
    assert (TERMS in paper, "九百元" in paper) == (True, False)
