"""Imports of a plan 计划导入 through the doors of programs: the whole way, and who may."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from config.vocabulary import STAFF, Role
from tests.factories.office import Office
from tests.factories.program import Program, of_role

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
IMPORTS = "/api/v1/plans/imports"
TEXT = "一、健全应急体系\n1、开展演练。（责任单位：派出所、党政办）\n3、组织培训。\n各村要落实。"


def done(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.get_json()


def handed_in(who: Program, key: str = "", **told: Any) -> TestResponse:
    return who.post(IMPORTS, data={"year": "2026"} | told, key=key or uuid4().hex)


def test_a_plan_comes_in_is_corrected_and_taken(office: Office) -> None:
    planner = of_role(office, Role.PLANNER)
    key = uuid4().hex
    first = handed_in(planner, key, text=TEXT)
    made = done(first, 201)
    assert done(handed_in(planner, key, text=TEXT), 201)["id"] == made["id"]
    path = f"{IMPORTS}/{made['id']}"
    assert [line["kind"] for line in made["lines"]] == ["chapter", "task", "task", "closing"]
    assert made["lines"][2]["question"] == "编号从“1”跳到“3”，中间是否缺了内容"
    assert [(n["name"], n["units"]) for n in made["names"]] == [
        ("党政办", []),
        ("派出所", ["柳溪派出所"]),
    ]
    assert [task["text"] for task in made["plan"]["chapters"][0]["sections"][0]["tasks"]] == [
        "开展演练。（责任单位：派出所、党政办）",
        "组织培训。",
    ]
    body = {
        "lines": [{"index": 3, "kind": "text"}],
        "units": [{"name": "党政办", "organisation": str(office.units["centre"])}],
    }
    assert planner.patch(path, body).status_code == 428
    tag = first.headers["ETag"]
    changed = planner.patch(path, body, version=tag)
    assert done(changed)["lines"][3]["said"]
    assert planner.patch(path, body, version=tag).status_code == 412
    wrong = planner.patch(
        path, {"lines": [{"index": 9, "kind": "task"}]}, version=changed.headers["ETag"]
    )
    assert list(done(wrong, 422)["errors"]) == ["lines"]
    taken = planner.post(f"{path}/take", {}, version=changed.headers["ETag"])
    assert done(taken)["taken_by"]
    assert done(planner.post(f"{path}/take", {}, version=taken.headers["ETag"]), 409)
    again = done(handed_in(planner, file=(BytesIO(TEXT.encode()), "计划.txt")), 201)
    assert (again["file_name"], again["is_same"]) == ("计划.txt", False)
    fates = [(c["fate"], c["kind"]) for c in again["changes"] if c["fate"] != "same"]
    assert fates == [("reworded", "task")]
    assert [span["kind"] for span in again["changes"][-1]["spans"]] == ["same", "gone"]
    other = f"{IMPORTS}/{again['id']}"
    tag = planner.get(other).headers["ETag"]
    assert done(planner.post(f"{other}/drop", {}, version=tag))["dropped_at"]


def test_who_may_and_what_is_refused(office: Office) -> None:
    planner = of_role(office, Role.PLANNER)
    made = done(handed_in(of_role(office, Role.DIRECTOR), text=TEXT), 201)
    for role in set(STAFF) - {Role.PLANNER, Role.DIRECTOR}:
        who = of_role(office, role)
        assert handed_in(who, text=TEXT).status_code == 403, role
        assert who.get(f"{IMPORTS}/{made['id']}").status_code == 403, role
    assert done(planner.get(f"{IMPORTS}/{made['id']}"))["id"] == made["id"]
    assert planner.get(f"{IMPORTS}/{uuid4()}").status_code == 404
    assert planner.post(IMPORTS, data={"year": "2026", "text": TEXT}).status_code == 400
    for told, field in (
        ({"text": "  "}, "file"),
        ({"year": "26", "text": TEXT}, "year"),
        ({"file": (BytesIO(b"%PDF-1.4"), "a.docx")}, "file"),
        ({"text": TEXT, "more": "x"}, "more"),
    ):
        assert list(done(handed_in(planner, **told), 422)["errors"]) == [field]
