"""Tasks 任务 of the plan through the doors of programs: the whole way, and who may do what."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from config.vocabulary import STAFF, Role
from tests.factories.file import PDF
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.plan import Planned, planned
from tests.factories.program import Program, of_role

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TASK = "/api/v1/plans/2026/tasks/1"


@pytest.fixture
def plan(office: Office, app: Flask) -> Iterator[Planned]:
    with time_machine.travel(MONDAY_9AM, tick=False):
        with app.app_context():
            made = planned(office)
        yield made


def done(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.get_json()


def tag(who: Program, path: str = TASK) -> str:
    return str(who.get(path).headers["ETag"])


def sent(who: Program, path: str, body: Any = None, *, method: str = "POST") -> TestResponse:
    """A step on the version that is shown now."""
    return who.send(method, path, {} if body is None else body, version=tag(who))


def handed_in(who: Program, content: bytes = PDF, **told: str) -> TestResponse:
    data = {"file": (BytesIO(content), "演练签到.pdf"), **told}
    return who.post(f"{TASK}/evidence", data=data, key=uuid4().hex)


def test_a_task_is_read_changed_and_noted(plan: Planned) -> None:
    office = plan.office
    planner, lead = of_role(office, Role.PLANNER), of_role(office, Role.LIAISON, "station")
    listed = done(planner.get("/api/v1/plans/2026/tasks?count=true&limit=2"))
    assert (listed["total"], [each["number"] for each in listed["items"]]) == (5, ["1", "2"])
    rest = done(planner.get(f"/api/v1/plans/2026/tasks?cursor={listed['next_cursor']}"))
    assert [each["number"] for each in rest["items"]] == ["3", "4", "5"]
    mine = done(lead.get("/api/v1/plans/2026/tasks?mine=true&q=演练"))
    assert [(each["number"], each["need"]) for each in mine["items"]] == [("1", "milestone_late")]

    shown = done(lead.get(TASK))
    assert (shown["text"], shown["state"], shown["steps"]) == (
        "开展应急演练，加强突发事件信息公开。",
        "open",
        ["finish"],
    )
    assert shown["lead"]["name"] == "柳溪派出所"
    assert [each["name"] for each in shown["co_units"]] == ["柳溪镇人民调解委员会"]
    assert shown["registers"] == ["emergency-drills"]

    assert lead.patch(TASK, {"name": "x"}, version=tag(lead)).status_code == 403
    assert planner.patch(TASK, {"name": "x"}).status_code == 428
    assert planner.patch(TASK, {"name": "x"}, version='"99"').status_code == 412
    assert done(planner.patch(TASK, {}, version='"1"'), 422)["errors"] == {
        "body": ["没有要修改的内容"]
    }
    figure = {"name": "演练次数", "unit": "次", "comparison": "at_least", "target": "2"}
    changed = done(
        planner.patch(
            TASK,
            {"name": "应急预案演练", "indicators": [figure], "due_on": "2026-12-20"},
            version=tag(planner),
        )
    )
    assert (changed["name"], changed["due_on"]) == ("应急预案演练", "2026-12-20")
    assert [each["target"] for each in changed["indicators"]] == ["2"]
    half = figure | {"target": None}
    wrong = done(planner.patch(TASK, {"indicators": [half]}, version=tag(planner)), 422)
    assert list(wrong["errors"]) == ["indicators.0.target"]

    assert lead.post(f"{TASK}/progress", {"text": "已经定好时间"}).status_code == 400
    key = uuid4().hex
    note = done(lead.post(f"{TASK}/progress", {"text": "已经定好时间"}, key=key), 201)
    assert done(lead.post(f"{TASK}/progress", {"text": "已经定好时间"}, key=key), 201) == note
    assert done(lead.get(f"{TASK}/progress"))["items"] == [note]


def test_milestones_and_documents_go_their_way(plan: Planned) -> None:
    lead = of_role(plan.office, Role.LIAISON, "station")
    shown = done(lead.get(TASK))
    late, coming = shown["milestones"]
    assert (late["late"], coming["late"]) == (True, False)
    added = {"name": "复盘", "due_on": "2026-12-10", "measure": shown["measures"][1]["id"]}
    third = done(lead.post(f"{TASK}/milestones", added, key=uuid4().hex), 201)
    moved = {"due_on": "2026-11-30", "reason": "学校放假"}
    at = f"{TASK}/milestones/{late['id']}"
    assert done(sent(lead, at, {"due_on": "2026-11-30"}, method="PATCH"), 422)["errors"]
    assert done(sent(lead, at, moved, method="PATCH"))["milestones"][1]["id"] == late["id"]
    done(sent(lead, f"{at}/steps/drop", {"reason": "并入实战演练"}))
    done(sent(lead, f"{TASK}/milestones/{coming['id']}/steps/finish", {"done_on": "2026-11-02"}))
    refusal = done(sent(lead, f"{TASK}/steps/finish", {"done_on": "2026-11-02"}), 409)
    assert "“复盘”" in refusal["detail"]
    done(sent(lead, f"{TASK}/milestones/{third['id']}/steps/finish", {"done_on": "2026-11-02"}))
    assert len(done(lead.get(f"{TASK}/milestones"))["items"]) == 3

    waited = {"title": "关于开展应急演练的通知", "issuer": "旗应急管理局"}
    document = done(lead.post(f"{TASK}/dependences", waited, key=uuid4().hex), 201)
    came = {"arrived_on": "2026-11-01", "document_number": "奈应急〔2026〕3号"}
    done(sent(lead, f"{TASK}/dependences/{document['id']}/steps/arrive", came))
    other = done(lead.post(f"{TASK}/dependences", waited, key=uuid4().hex), 201)
    done(sent(lead, f"{TASK}/dependences/{other['id']}/steps/drop", {"reason": "重复登记"}))
    kept = done(lead.get(f"{TASK}/dependences"))["items"]
    assert {each["id"]: each["arrived_on"] for each in kept} == {
        document["id"]: "2026-11-01",
        other["id"]: None,
    }
    refusal = done(sent(lead, f"{TASK}/steps/finish", {"done_on": "2026-11-02"}), 409)
    assert "没有佐证" in refusal["detail"]


def test_a_task_is_proved_finished_and_taken_up_again(plan: Planned) -> None:
    planner = of_role(plan.office, Role.PLANNER)
    lead = of_role(plan.office, Role.LIAISON, "station")
    for each in done(lead.get(TASK))["milestones"]:
        finish = f"{TASK}/milestones/{each['id']}/steps/finish"
        done(sent(lead, finish, {"done_on": "2026-11-02"}))
    proof = done(handed_in(lead, milestone=each["id"]), 201)
    assert (proof["about"], proof["kind"], proof["name"]) == ("其他", "other", "演练签到.pdf")
    assert "已经上传过" in done(handed_in(lead, kind="photo"), 409)["detail"]
    assert handed_in(lead, b"MZ not a paper").status_code in (415, 422)
    given = lead.get(f"{TASK}/evidence/{proof['id']}")
    assert (given.get_data(), given.headers["Content-Disposition"][:10]) == (PDF, "attachment")
    public = {"public": True, "published_on": "2026-11-02", "published_at": "政务公开栏"}
    at = f"{TASK}/evidence/{proof['id']}"
    assert done(sent(lead, at, public, method="PATCH"))["published_at"] == "政务公开栏"

    finished = done(sent(lead, f"{TASK}/steps/finish", {"done_on": "2026-11-02"}))
    assert (finished["state"], finished["steps"]) == ("done", ["reopen"])
    assert finished["counts"] == {
        "notes": 0,
        "evidence": 1,
        "milestones": 2,
        "open_milestones": 0,
        "documents": 0,
    }
    assert (
        "最后一份" in done(sent(lead, f"{at}/steps/withdraw", {"reason": "传错了"}), 409)["detail"]
    )
    assert done(sent(lead, f"{TASK}/steps/finish", {"done_on": "2026-11-02"}), 409)["steps"] == [
        "reopen"
    ]
    done(sent(lead, f"{TASK}/steps/reopen", {"reason": "督查发现没有信息公开"}))
    gone = done(sent(lead, f"{at}/steps/withdraw", {"reason": "传错了"}))
    assert gone["withdrawal"]["reason"] == "传错了"
    assert lead.get(at).status_code == 410
    assert len(done(lead.get(f"{TASK}/evidence"))["items"]) == 1
    assert sent(lead, f"{TASK}/steps/drop", {"reason": "不做了"}).status_code == 403
    assert done(sent(planner, f"{TASK}/steps/drop", {"reason": "不做了"}))["state"] == "dropped"
    assert done(sent(planner, f"{TASK}/steps/resume"))["steps"] == ["finish", "drop"]
    assert planner.get("/api/v1/plans/2027/tasks").status_code == 404
    assert planner.get("/api/v1/plans/2026/tasks/99").status_code == 404


# who reads task 1 (the station's), writes its progress, changes it, sees its evidence
READ, WRITE, EDIT, PROVE = "read", "write", "edit", "prove"
ALL = {READ, WRITE, EDIT, PROVE}
MATRIX: dict[tuple[Role, str], set[str] | None] = {
    (Role.PLANNER, "centre"): ALL,
    (Role.DIRECTOR, "centre"): ALL,
    (Role.LEADER, "centre"): {READ},
    (Role.LIAISON, "station"): {READ, WRITE, PROVE},
    (Role.LIAISON, "committee"): {READ, WRITE, PROVE},
    (Role.LIAISON, "justice"): set(),  # it exists, and they are told it does not
    (Role.MEDIATOR, "station"): set(),
    (Role.LEGAL, "station"): {READ},  # of the unit, but not theirs to answer for
    (Role.LEGAL, "justice"): set(),
    (Role.WINDOW, "centre"): None,  # the function is not theirs
    (Role.AUDITOR, "centre"): None,
    (Role.SYSADMIN, "centre"): None,
    (Role.SECADMIN, "centre"): None,
}


def expected(held: set[str] | None, part: str, action: bool) -> int:
    """200 where it is theirs, 404 where it is as if it were not, 403 where they see it only."""
    if not action:
        return 403
    if not held:
        return 404
    return 200 if part in held else 403


def test_who_may_do_what_with_a_task(plan: Planned) -> None:
    office = plan.office
    assert {role for role, _ in MATRIX} == set(STAFF)
    policy = office.desk.policy.access
    actions = {READ: "plan.read", WRITE: "plan.progress", EDIT: "plan.edit", PROVE: "plan.evidence"}
    for (role, unit), held in MATRIX.items():
        who = of_role(office, role, unit)
        for part, name in actions.items():
            due = expected(held, part, bool(policy.reach(role, name)))
            answers = {
                READ: lambda who=who: who.get(TASK),
                WRITE: lambda who=who: who.post(
                    f"{TASK}/progress", {"text": "进展"}, key=uuid4().hex
                ),
                EDIT: lambda who=who: who.patch(
                    TASK, {"name": uuid4().hex[:9]}, version=tag_of(plan)
                ),
                PROVE: lambda who=who: who.get(f"{TASK}/evidence"),
            }
            found = answers[part]().status_code
            assert (200 if found == 201 else found) == due, (role, unit, part)


def tag_of(plan: Planned) -> str:
    with plan.office.app.app_context():
        return f'"{plan.task("1").version}"'


def test_an_owner_works_on_what_is_theirs_alone(plan: Planned) -> None:
    owner = of_role(plan.office, Role.MEDIATOR, "committee")
    listed = done(owner.get("/api/v1/plans/2026/tasks"))
    assert [each["number"] for each in listed["items"]] == ["2"]
    two = "/api/v1/plans/2026/tasks/2"
    assert done(owner.get(two))["steps"] == ["finish"]
    for path in (TASK, f"{TASK}/progress", f"{TASK}/evidence", f"{TASK}/milestones"):
        assert owner.get(path).status_code == 404, path
    nowhere = uuid4()
    for path in (f"{two}/evidence/{nowhere}", f"{two}/milestones/{nowhere}/steps/drop"):
        method = "POST" if "steps" in path else "GET"
        body = {"reason": "不做了"} if method == "POST" else None
        assert owner.send(method, path, body, version=tag(owner, two)).status_code == 404
