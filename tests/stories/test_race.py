"""Two at once at the desk of letters and cases: one of them takes the step, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import Program, of_role

LETTER = {
    "kind": "procuratorial_general",
    "issuer": "柳溪旗人民检察院",
    "document_number": "柳检建〔2026〕9001号",
    "title": "河道垃圾治理",
    "received_on": "2026-03-02",
    "demands": [{"number": 1, "text": "清理垃圾"}],
}
CASE = {
    "procedure": "litigation",
    "instance": "first",
    "court": "柳溪旗人民法院",
    "case_number": "（2026）内9999行初9002号",
    "cause": "行政强制",
    "act": "强制拆除羊圈",
    "plaintiffs": ["乌云其木格"],
    "served_on": "2026-03-02",
}
SENT = {"method": "邮政快递", "document_number": "柳政函〔2026〕8号"}


def at_once(*deeds: Callable[[], Any]) -> list[int]:
    """The statuses of what was sent in one moment, sorted."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> int:
        barrier.wait()
        status: int = deed().status_code
        return status

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(run, deeds))


@pytest.mark.daily("postgresql")
def test_of_two_at_once_one_takes_the_step_and_nothing_is_recorded_twice(office: Office) -> None:
    legal, director = of_role(office, Role.LEGAL, "justice"), of_role(office, Role.DIRECTOR)
    leader = of_role(office, Role.LEADER)
    unit = {"organisation": str(office.units["station"])}

    def new(caller: Program, noun: str, body: dict[str, Any]) -> Callable[[], Any]:
        return lambda: caller.post(f"/api/v1/{noun}", body | unit, key=uuid4().hex)

    for noun, body in (("suggestions", LETTER), ("lawsuits", CASE)):
        assert at_once(*[new(legal, noun, body)] * 4) == [201, 422, 422, 422], noun
    content = legal.get("/api/v1/exchanges/sheet").get_data()

    def sheet() -> Any:
        told = {"file": (BytesIO(content), "a.xlsx")}
        return legal.send("POST", "/api/v1/exchanges", key=uuid4().hex, data=told)

    assert at_once(sheet, sheet) == [201, 201]
    assert len(legal.get("/api/v1/exchanges").get_json()["items"]) == 1
    path = f"/api/v1/suggestions/{legal.get('/api/v1/suggestions').get_json()['items'][0]['id']}"

    def step(caller: Program, word: str, body: dict[str, Any] | None = None) -> Callable[[], Any]:
        tag = legal.get(path).headers["ETag"]
        return lambda: caller.post(f"{path}/steps/{word}", body or {}, version=tag)

    answer = {"number": 1, "measure": "已清运", "adopted": "yes"}
    assert step(legal, "answer_demand", answer)().status_code == 200
    assert at_once(step(director, "approve"), step(leader, "approve")) == [200, 412]
    sent = SENT | {"dispatched_on": date(2026, 4, 1).isoformat()}
    changed = step(legal, "answer_demand", answer | {"measure": "改口"})
    # what is sent is what was approved, whichever comes first
    statuses = at_once(step(legal, "dispatch", sent), step(legal, "dispatch", sent), changed)
    assert statuses == [200, 412, 412]
    told = legal.get(path).get_json()
    if told["status"] == "replied":
        assert "改口" not in told["replies"][0]["text"]
    else:
        assert told["replies"][0]["dispatched_on"] is None
