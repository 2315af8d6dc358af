"""Steps and additions: what is asked, what is said afterwards, and nothing typed is lost."""

from collections.abc import Callable
from datetime import datetime

import pytest

from config.vocabulary import DisputeStatus, Outcome, Step
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

S = DisputeStatus
Case = Callable[..., Handling]
Visit = Callable[[Actor], Visitor]


def path_of(handling: Handling, step: str) -> str:
    return f"/disputes/{handling.id}/steps/{step}"


def home_of(handling: Handling) -> str:
    return f"/disputes/{handling.id}"


def status_of(handling: Handling) -> tuple[DisputeStatus, Outcome | None]:
    with handling.office.app.app_context():
        return handling.row.status, handling.row.outcome


def take(visitor: Visitor, handling: Handling, step: str, /, **fields: str | list[str]) -> Page:
    path = path_of(handling, step)
    return visitor.fill(visitor.get(path), path, **fields)


@pytest.fixture
def mediator(office: Office, visit: Visit) -> Visitor:
    return visit(office.mediator)


@pytest.fixture
def director(office: Office, visit: Visit) -> Visitor:
    return visit(office.director)


def test_a_step_that_asks_nothing_is_one_click(mediator: Visitor, case: Case) -> None:
    handling = case(S.ACCEPTED)
    page = mediator.get(home_of(handling))
    done = mediator.follow(mediator.fill(page, path_of(handling, "start")))
    assert status_of(handling) == (S.MEDIATING, None)
    assert "已开始调解，可以记调解会了" in done.text


def test_a_written_agreement_without_terms_is_told_at_its_field(
    mediator: Visitor, case: Case
) -> None:
    handling = case(S.MEDIATING)
    page = take(mediator, handling, "agree", form="written", amount="1200")
    assert page.status == 422
    assert 'id="f-terms-error"' in page.html
    assert "书面协议请填写协议内容" in page.text
    assert page.form(path_of(handling, "agree")).values["amount"] == "1200"
    assert status_of(handling) == (S.MEDIATING, None)


def test_an_agreement_is_shown_with_its_terms_and_the_day_to_perform(
    mediator: Visitor, case: Case
) -> None:
    handling = case(S.MEDIATING)
    done = take(
        mediator,
        handling,
        "agree",
        form="written",
        terms="马家三日内清沟",
        amount="12800",
        performed_by="2099-12-31",
    )
    page = mediator.follow(done)
    assert "已登记协议，等双方履行" in page.text
    assert "12,800 元（1.28 万元）" in page.text
    assert "约定履行2099年12月31日（星期四）" in page.text


def test_several_reasons_of_a_failure_are_kept_and_told(mediator: Visitor, case: Case) -> None:
    handling = case(S.MEDIATING)
    reasons = ["amount_apart", "respondent_absent"]
    page = mediator.follow(take(mediator, handling, "fail", reasons=reasons, note="差得太多"))
    assert status_of(handling) == (S.CLOSED, Outcome.NOT_AGREED)
    assert "金额分歧大、被申请人未到" in page.text
    assert "差得太多" in page.text


def test_what_somebody_typed_survives_that_another_was_quicker(
    mediator: Visitor, case: Case, now: datetime
) -> None:
    handling = case(S.MEDIATING)
    path = path_of(handling, "withdraw")
    form = mediator.get(path)
    with handling.office.app.app_context():
        handling.take(
            Step.ASSIGN,
            {"mediator": str(handling.office.mediator.user_id)},
            actor=handling.office.director,
            now=now,
        )
    page = mediator.fill(form, path, reason="申请人说两家和好了")
    assert (page.status, page.headings) == (412, ["内容已被修改"])
    assert page.form(path).values["reason"] == "申请人说两家和好了"
    assert "指定调解员" in page.text
    assert "仍然保存“申请人撤回”" in page.text
    assert mediator.fill(page, path).status == 303
    assert status_of(handling) == (S.CLOSED, Outcome.WITHDRAWN)


def test_what_was_typed_can_still_be_copied_when_the_step_is_no_longer_open(
    mediator: Visitor, case: Case, now: datetime
) -> None:
    handling = case(S.MEDIATING)
    path = path_of(handling, "agree")
    form = mediator.get(path)
    with handling.office.app.app_context():
        handling.take(Step.FAIL, {"reasons": ["other"]}, now=now)
    page = mediator.fill(form, path, form="written", terms="马家三日内清沟")
    assert page.status == 412
    assert "它现在是“办结·调解不成”" in page.text
    assert "现在已经不能“达成协议”了" in page.text
    assert "马家三日内清沟" in page.html


def test_nothing_leads_back_from_the_archive_so_it_is_asked_about(
    director: Visitor, case: Case
) -> None:
    handling = case(S.CLOSED)
    assert path_of(handling, "archive") in director.get(home_of(handling)).links
    assert "归档以后不能再改" in director.get(path_of(handling, "archive")).text
    assert "已归档" in director.follow(take(director, handling, "archive")).text


def test_who_gave_a_dispute_back_goes_on_at_the_desk(
    mediator: Visitor, director: Visitor, case: Case
) -> None:
    handling = case(S.DISPATCHED)
    done = take(mediator, handling, "return", reason="当事人不在本辖区")
    assert done.location == "/"
    assert "已退回，等中心重新分派" in mediator.follow(done).text
    waiting = director.get("/dispatch").text
    assert "柳溪镇人民调解委员会退回（第 1 次）：当事人不在本辖区" in waiting


def test_another_unit_needs_a_reason_and_the_form_keeps_its_way_back(
    office: Office, director: Visitor, case: Case
) -> None:
    handling = case()
    path, page = path_of(handling, "dispatch"), director.get("/dispatch")
    values = page.form(path).values.copy()
    values["organisation"] = str(office.units["station"])
    refused = director.post(path, values)
    assert refused.status == 422
    assert "与建议单位不同，请写明理由" in refused.text
    done = director.fill(refused, path, reason="双方同意去派出所谈")
    assert done.location == "/dispatch"
    assert "已分派给柳溪派出所，等签收" in director.follow(done).text


def test_the_suggested_unit_is_one_click_and_may_be_helped(
    office: Office, director: Visitor, case: Case
) -> None:
    handling = case()
    path = path_of(handling, "dispatch")
    helpers = [str(office.units["justice"])]
    done = director.fill(director.get("/dispatch"), path, assist=helpers)
    assert "已分派给柳溪镇人民调解委员会，等签收" in director.follow(done).text
    assert "协办单位柳溪司法所" in director.get(home_of(handling)).text


def test_a_restricted_dispute_is_sent_with_its_mediator(
    office: Office, director: Visitor, case: Case
) -> None:
    handling = case(restricted=True)
    path = path_of(handling, "dispatch")
    assert path in director.get("/dispatch").links
    assert "受限纠纷只有指定的调解员能看到，请一并指定" in director.get(path).text
    mediator = str(office.mediator.user_id)
    assert take(director, handling, "dispatch", mediator=mediator).status == 303


def test_declining_names_several_doors(director: Visitor, case: Case) -> None:
    handling = case()
    doors = ["labour_arbitration", "legal_aid"]
    done = take(director, handling, "decline", ground="not_mediable", go_to=doors)
    page = director.follow(done)
    assert status_of(handling) == (S.CLOSED, Outcome.DECLINED)
    assert "引导去向劳动人事争议仲裁委员会、法律援助机构" in page.text


def test_mediators_are_offered_with_what_they_carry(
    office: Office, director: Visitor, case: Case
) -> None:
    handling = case(S.ACCEPTED)
    assert f"{office.mediator.name}（在办 1 件）" in director.get(path_of(handling, "assign")).text


def test_a_meeting_is_kept_with_who_came(mediator: Visitor, case: Case) -> None:
    handling = case(S.MEDIATING)
    path = f"{home_of(handling)}/add/sessions"
    form = mediator.get(path)
    with handling.office.app.app_context():
        first, second = [str(each.id) for each in handling.row.parties]
    came = {f"came__{first}": "true", f"came__{second}": "false"}
    told = {"held_at": "2026-11-20T09:30", "place": "一号调解室", "minutes": "谈了排水沟"}
    page = mediator.follow(mediator.fill(form, path, **told, **came))
    assert "第 1 次 2026年11月20日 09:30 一号调解室" in page.text
    assert "王小满到场、李大有未到" in page.text


def test_a_meeting_without_minutes_is_told_and_what_was_typed_stays(
    mediator: Visitor, case: Case
) -> None:
    handling = case(S.MEDIATING)
    path = f"{home_of(handling)}/add/sessions"
    page = mediator.fill(mediator.get(path), path, held_at="", place="村委会", minutes="")
    assert page.status == 422
    assert page.form(path).values["place"] == "村委会"
    assert 'id="f-minutes-error"' in page.html


def test_a_visit_sent_twice_is_kept_once(mediator: Visitor, case: Case) -> None:
    handling = case(S.AGREED)
    path = f"{home_of(handling)}/add/visits"
    form = mediator.get(path)
    told = {"visited_on": "2026-11-01", "result": "performing", "satisfied": ""}
    assert mediator.fill(form, path, **told).status == 303
    assert mediator.fill(form, path, **told).status == 303
    assert mediator.get(home_of(handling)).text.count("2026年11月1日（星期日）") == 1


def test_a_step_that_is_not_open_leads_back_to_the_dispute(director: Visitor, case: Case) -> None:
    handling = case(S.CLOSED)
    page = director.get(path_of(handling, "dispatch"))
    assert page.status == 409
    assert home_of(handling) in page.links
