"""移交 on pages: written, sent, answered by the unit, followed, printed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import time_machine

from config.vocabulary import DisputeStatus, Role, Step
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.handover import parties
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
S = DisputeStatus


def written(office: Office, one: Handling) -> dict[str, Any]:
    with office.app.app_context():
        people = [str(each) for each in parties(one)]
    return {
        "organisation": str(office.units["station"]),
        "reason": "男方又动手，要派出所处理",
        "consent.how": "signed",
        "consent.on": "2026-11-02",
        "consent.parties": people,
        "papers": "询问笔录\n现场照片",
        "risk": "酒后容易冲动",
    }


def test_a_letter_is_written_sent_accepted_and_printed(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(S.MEDIATING)
    sender = visit(office.liaison)
    shown = sender.get(f"/disputes/{one.id}")
    address = f"/disputes/{one.id}/handovers/new"
    assert address in shown.links
    page = sender.get(address)
    bare = sender.fill(page, address)
    assert (bare.status, "请选择接收单位" in bare.text, "请写明为什么移交" in bare.text) == (
        422,
        True,
        True,
    )
    sent = sender.fill(page, address, **written(office, one))
    assert sent.location == f"/disputes/{one.id}"
    assert "已移交，等对方签收" in sender.get(sent.location).text
    assert address not in sender.get(sent.location).links
    station = visit(office.actor(Role.LIAISON, "station"))
    assert "有 1 件别的单位移交来的等签收" in station.get("/").text
    box = station.get("/handovers")
    assert ("还有" in box.text, "办公时间" in box.text) == (True, True)
    letter = next(each for each in box.links if each.startswith(f"/disputes/{one.id}/handovers/"))
    shown = station.get(letter)
    assert "8 小时办公时间，本中心内部时限（本地建议，非法律规定）" in shown.text
    assert ("询问笔录" in shown.text, "酒后容易冲动" in shown.text) == (True, True)
    refused = station.fill(shown, f"{letter}/return", code="papers_missing")
    assert (refused.status, "请写明缺哪些材料" in refused.text) == (422, True)
    done = station.fill(shown, f"{letter}/accept")
    assert done.location == f"/disputes/{one.id}"
    listed = sender.get("/handovers?box=sent")
    assert ("已签收" in listed.text, "柳溪派出所" in listed.text) == (True, True)
    paper = station.get(f"{letter}/paper")
    assert ("纠纷移交单" in paper.text, "询问笔录；现场照片" in paper.text) == (True, True)
    late = station.fill(shown, f"{letter}/accept")
    assert (late.status, "这次移交已经签收" in late.text) == (422, True)


def test_a_dispatch_is_returned_with_its_code_by_the_step(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(S.DISPATCHED)
    liaison = visit(office.liaison)
    address = f"/disputes/{one.id}/steps/return"
    page = liaison.get(address)
    liaison.fill(page, address, code="wrong_place", reason="在河东，归河东管")
    director = visit(office.director)
    assert "不在本单位辖区" in director.get(f"/disputes/{one.id}").text


def test_a_letter_that_wrote_itself_into_a_corner_keeps_what_was_typed(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(S.MEDIATING)
    sender, address = visit(office.liaison), f"/disputes/{one.id}/handovers/new"
    told = written(office, one) | {"consent.how": "not_needed"}
    page = sender.fill(sender.get(address), address, **told)
    assert (page.status, "请写明为什么不需要当事人同意" in page.text) == (422, True)
    assert "男方又动手" in page.html


def test_the_flow_opens_its_rows_and_the_director_finds_what_came_back(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(S.MEDIATING)
    sender, address = visit(office.liaison), f"/disputes/{one.id}/handovers/new"
    station = visit(office.actor(Role.LIAISON, "station"))
    for _ in range(3):
        sender.fill(sender.get(address), address, **written(office, one))
        links = station.get("/handovers").links
        letter = next(each for each in links if each.startswith(f"/disputes/{one.id}/handovers/"))
        station.fill(station.get(letter), f"{letter}/return", code="not_ours")
    blocked = sender.fill(sender.get(address), address, **written(office, one))
    assert "这件纠纷已经退回 3 次，移到哪里由中心主任决定" in blocked.text
    director = visit(office.director)
    assert "第 3 次退回" in director.get("/handovers?box=back").text
    flow = director.get("/handovers/flow")
    assert "人民调解 → 行政调解" in flow.text
    rows = next(each for each in flow.links if "measure=sent" in each and "before=people" in each)
    assert director.get(rows).html.count("已退回") == 3


def test_who_does_not_lead_it_is_not_given_the_letter_to_fill_in(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(S.MEDIATING, actor=office.actor(Role.LIAISON, "justice"))
    page = visit(office.actor(Role.LIAISON, "justice")).get(f"/disputes/{one.id}/handovers/new")
    assert (page.status, "不由您单位承办" in page.text) == (403, True)


def test_who_sent_it_does_not_answer_it_with_whatever_form(
    office: Office, visit: Visit, case: Case
) -> None:
    one = case(S.MEDIATING)
    sender = visit(office.liaison)
    address = f"/disputes/{one.id}/handovers/new"
    sender.fill(sender.get(address), address, **written(office, one))
    box = visit(office.actor(Role.LIAISON, "station")).get("/handovers")
    letter = next(each for each in box.links if each.startswith(f"/disputes/{one.id}/handovers/"))
    values = sender.get(letter).form(f"{letter}/withdraw").values.copy()
    values["version"] = "?"
    for deed in ("return", "accept", "withdraw"):
        assert sender.post(f"{letter}/{deed}", values).status == 422
    station = visit(office.actor(Role.LIAISON, "station"))
    assert station.fill(station.get(letter), f"{letter}/accept").status == 303
    for deed in ("return", "accept"):
        assert sender.post(f"{letter}/{deed}", values).status == 404


def test_a_term_that_ends_in_an_unpublished_year_is_marked_as_provisional(
    office: Office, visit: Visit
) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 8, tzinfo=UTC), tick=False):
        now = datetime.now(UTC)
        with office.app.app_context():
            one = registered(office, now=now)
            one.take(Step.DISPATCH, {"mediator": None}, now=now)
        box = visit(office.liaison).get("/handovers")
        letter = next(e for e in box.links if e.startswith(f"/disputes/{one.id}/handovers/"))
        assert "暂定" in box.text
        assert "（暂定）" in visit(office.liaison).get(letter).text
