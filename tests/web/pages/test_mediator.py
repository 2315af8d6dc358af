"""调解员名册, suggestions and 申请回避 on pages."""

from collections.abc import Callable

import pytest

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_register_is_kept_and_its_relations_stop_an_assignment(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(DisputeStatus.ACCEPTED)
    other = office.actor(Role.MEDIATOR, "committee", name="b")
    head = visit(office.liaison)
    listed = head.get("/mediators")
    assert ("还没有入册" in listed.text, other.name in listed.text) == (True, True)
    enter = f"/mediators/new?user={other.user_id}"
    assert enter in listed.links
    page = head.get(enter)
    typed = {"skills": ["neighbour", "debt"], "load_limit": "8", "languages": ["zh", "mn"]}
    made = head.fill(page, "/mediators/new", **typed)
    assert made.status == 303, made.text
    address = made.location or ""
    shown = head.get(address)
    assert ("蒙古语" in shown.text, "没有申报" in shown.text) == (True, True)
    bare = head.fill(shown, f"{address}/interests")
    assert (bare.status, "请选择" in bare.text) == (422, True)
    head.fill(shown, f"{address}/interests", close_relation="relative", close_name="王小满")
    away = head.fill(
        shown,
        f"{address}/leaves",
        **{"from": "2026-01-01", "until": "2020-01-01"},
        reason="illness",
    )
    assert (away.status, "结束日期不能早于开始日期" in away.text) == (422, True)
    edited = head.fill(head.get(f"{address}/edit"), f"{address}/edit", village="", name="赵调解")
    assert (edited.status, edited.location) == (303, address)
    assert "近亲属：王小满" in head.get(address).text
    assert "利害关系申报" not in visit(office.mediator).get(address).text
    step = f"/disputes/{one.id}/steps/assign"
    asked = head.get(step)
    assert ("推荐的调解员" in asked.text, "申报过与申请人是近亲属" in asked.text) == (True, True)
    assert f'value="{other.user_id}"' not in asked.text
    refused = head.fill(asked, step, mediator=str(other.user_id))
    assert (refused.status, "应当回避：申报过与申请人是近亲属" in refused.text) == (422, True)


def test_a_request_is_taken_down_and_decided(office: Office, visit: Visit, case: Case) -> None:
    one = case(DisputeStatus.MEDIATING)
    other = office.actor(Role.MEDIATOR, "committee", name="b")
    address, head = f"/disputes/{one.id}/recusals", visit(office.liaison)
    assert address in head.get(f"/disputes/{one.id}").links
    asked = head.fill(head.get(address), address, reason="调解员是对方的表弟")
    assert asked.location == address
    waiting = head.get(address)
    (decide,) = (each.action for each in waiting.forms if each.action.endswith("/decide"))
    bare = head.fill(waiting, decide, granted="true", words="属实")
    assert (bare.status, "请选另一位调解员" in bare.text) == (422, True)
    done = head.fill(waiting, decide, granted="true", words="属实", mediator=str(other.user_id))
    assert (done.status, done.location) == (303, address)
    told = head.get(f"/disputes/{one.id}").text
    assert ("当事人申请回避" in told, f"同意，换成{other.name}" in told) == (True, True)
