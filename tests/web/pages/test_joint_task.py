"""联调 on pages: units are asked from the dispute, answer on their own desk, and are waited for."""

from collections.abc import Callable
from datetime import UTC, datetime

import time_machine

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.joint import OPINION, WAIVED, WORDS
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
S = DisputeStatus


def test_units_are_asked_answer_and_are_let_off_with_a_reason(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(S.MEDIATING)
    dispute = f"/disputes/{handling.id}"
    lead, station = visit(office.liaison), visit(office.actor(Role.LIAISON, "station"))
    assert f"{dispute}/tasks/new" in lead.get(dispute).html
    page = lead.get(f"{dispute}/tasks/new")
    bare = lead.fill(page, f"{dispute}/tasks/new")
    assert (bare.status, "请选择协办单位" in bare.text) == (422, True)
    filled = {
        "tasks.0.organisation": str(office.units["station"]),
        "tasks.0.words": WORDS,
        "tasks.1.organisation": str(office.units["justice"]),
        "tasks.1.words": "请解释墙权怎么定",
    }
    done = lead.fill(bare, f"{dispute}/tasks/new", **filled)
    assert (done.status, done.location) == (303, dispute)
    shown = lead.follow(done).text
    assert "已请 2 个单位协办" in shown
    assert "还有 2 项没有结果" in shown
    desk = station.get("/joint-tasks")
    (task,) = {each for each in desk.links if f"{dispute}/tasks/" in each}
    mine = station.get(task)
    assert WORDS in mine.text
    assert "本中心内部时限（本地建议，非法律规定）" in mine.text
    assert "请解释墙权怎么定" not in station.get(dispute).text
    answered = station.fill(mine, f"{task}/answer", **{"answer.words": OPINION})
    assert (answered.status, OPINION in station.follow(answered).text) == (303, True)
    mediator = visit(office.mediator)
    waits = mediator.get("/joint-tasks")
    (other,) = {each for each in waits.links if f"{dispute}/tasks/" in each}
    assert OPINION in mediator.get(dispute).text
    refused = mediator.fill(mediator.get(other), f"{other}/waive")
    assert (refused.status, "请写明为什么不再等" in refused.text) == (422, True)
    gone = mediator.fill(refused, f"{other}/waive", **{"waive.reason": WAIVED})
    text = mediator.follow(gone).text
    assert (gone.status, f"不再等：{WAIVED}" in text, "没有结果" in text) == (303, True, False)
    assert "请协办" in text  # it stands on the course of the dispute


def test_a_term_that_ends_in_an_unpublished_year_is_marked_as_provisional(
    office: Office, visit: Visit
) -> None:
    with time_machine.travel(datetime(2026, 12, 28, 3, tzinfo=UTC), tick=False):
        now = datetime.now(UTC)
        with office.app.app_context():
            handling = registered(office, now=now).until(S.MEDIATING, now=now)
        path = f"/disputes/{handling.id}/tasks/new"
        lead, station = visit(office.liaison), visit(office.actor(Role.LIAISON, "station"))
        asked = {"tasks.0.organisation": str(office.units["station"]), "tasks.0.words": WORDS}
        assert lead.fill(lead.get(path), path, **asked).status == 303
        desk = station.get("/joint-tasks")
        (task,) = {each for each in desk.links if f"/disputes/{handling.id}/tasks/" in each}
        assert "暂定" in desk.text
        assert "2027年1月4日（暂定）" in station.get(task).text
