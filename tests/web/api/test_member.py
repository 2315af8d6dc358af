"""Members, duty, attendance and guidance by program."""

from uuid import uuid4

import pytest

from config.vocabulary import Role
from service.clock import utc_now
from tests.factories.office import Office
from tests.factories.program import of_role

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_member_is_taken_in_changed_and_narrowed(office: Office) -> None:
    director, unit = of_role(office, Role.DIRECTOR), office.units["station"]
    path = f"/api/v1/organisations/{unit}/membership"
    today = office.desk.today(utc_now()).isoformat()
    body = {"joined_on": today, "seat": "rotating", "weekdays": [4, 1], "inside_town": False}
    made = director.post(path, body, key=uuid4().hex)
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert (told["inside_town"], told["takes"], told["refuses"]) == (False, None, [])
    assert [(e["kind"], e["weekdays"]) for e in told["seats"]] == [("rotating", [1, 4])]
    refusal = {"category": "medical", "words": "要先鉴定", "go_to": "health"}
    narrowed = director.post(f"{path}/refuse", refusal, version=made.headers["ETag"])
    assert narrowed.get_json()["refuses"] == [refusal]
    stale = director.patch(path, body, version=made.headers["ETag"])
    assert stale.status_code == 412
    again = director.post(
        f"{path}/take-again", {"category": "medical"}, version=narrowed.headers["ETag"]
    )
    assert again.get_json()["refuses"] == []
    changed = director.patch(path, body | {"takes": ["traffic"]}, version=again.headers["ETag"])
    assert changed.get_json()["takes"] == ["traffic"]
    assert of_role(office, Role.WINDOW).get(path).get_json() == changed.get_json()
    assert of_role(office, Role.LEADER).get(path).status_code == 403
    assert director.get(f"/api/v1/organisations/{uuid4()}/membership").status_code == 404


def test_duty_is_written_and_read_by_the_month(office: Office) -> None:
    director, unit = of_role(office, Role.DIRECTOR), office.units["station"]
    base = f"/api/v1/organisations/{unit}"
    body = {"joined_on": "2026-01-05", "seat": "on_call"}
    assert director.post(f"{base}/membership", body, key=uuid4().hex).status_code == 201
    liaison = of_role(office, Role.LIAISON, "station")
    said = {"day": "周三", "names": "张三"}
    assert liaison.send("PUT", f"{base}/duty", said).status_code == 200
    wrong = liaison.send("PUT", f"{base}/duty", said | {"day": "明天"})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["day"])
    month = liaison.get(f"{base}/duty", query_string={"month": "2100-12"}).get_json()
    assert [day["on"] for day in month["days"] if day["names"]] == [
        f"2100-12-{day:02d}" for day in (1, 8, 15, 22, 29)
    ]
    assert liaison.get(f"{base}/duty", query_string={"month": "x"}).status_code == 422
    stranger = of_role(office, Role.LIAISON, "committee")
    assert stranger.send("PUT", f"{base}/duty", said).status_code == 404


def test_attendance_and_guidance_come_with_their_rows(office: Office) -> None:
    director, unit = of_role(office, Role.DIRECTOR), office.units["station"]
    base = f"/api/v1/organisations/{unit}"
    body = {"joined_on": "2026-01-05", "seat": "on_call"}
    assert director.post(f"{base}/membership", body, key=uuid4().hex).status_code == 201
    window = of_role(office, Role.WINDOW)
    asked = window.post(f"{base}/attendance/ask", key=uuid4().hex)
    came = window.post(f"{base}/attendance", {}, key=uuid4().hex)
    assert (asked.status_code, came.status_code) == (201, 201)
    assert asked.get_json() == came.get_json()
    (item,) = window.get("/api/v1/attendance").get_json()["items"]
    assert (item["numerator"], item["denominator"]) == (0, 0)  # today is not over yet
    justice = of_role(office, Role.LIAISON, "justice")
    told = {
        "committee": str(office.units["committee"]),
        "guided_on": office.desk.today(utc_now()).isoformat(),
        "guided_by": "冯某",
        "topic": "papers",
        "finding": "齐全",
    }
    made = justice.post("/api/v1/guidance", told, key=uuid4().hex)
    assert made.status_code == 201, made.text
    (entry,) = justice.get("/api/v1/guidance").get_json()["items"]
    assert (entry["id"], entry["finding"]) == (made.get_json()["id"], "齐全")
    assert justice.post(f"/api/v1/guidance/{entry['id']}/done").status_code == 409
    assert (
        of_role(office, Role.LIAISON, "station").get("/api/v1/guidance").get_json()["items"] == []
    )
