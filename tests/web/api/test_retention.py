"""What is due, agreed to and forgotten, by program; what is forgotten answers 410."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from config.vocabulary import Role
from tests.factories.canary import CANARIES, canary_dispute
from tests.factories.office import Office
from tests.factories.program import DISPUTES, of_role

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LONG_AGO = datetime(1985, 3, 4, 1, 0, tzinfo=UTC)


def test_three_people_forget_what_is_due(office: Office) -> None:
    with office.app.app_context():
        handling = canary_dispute(office, now=LONG_AGO)
        number = handling.row.number
    admin, director = of_role(office, Role.SYSADMIN), of_role(office, Role.DIRECTOR)
    shown = admin.get("/api/v1/retention").get_json()
    (due,) = [each for each in shown["items"] if each["due"]]
    assert (due["kept"], due["due"], due["stopped"], due["length"]) == ("agreed", 1, 0, 30)
    held = director.post("/api/v1/holds", {"number": number, "ground": "petition"}, key="h")
    assert (held.status_code, held.get_json()["number"]) == (201, number)
    assert admin.post("/api/v1/erasures", key="e1").status_code == 409
    assert admin.get("/api/v1/holds").get_json()["items"] == [held.get_json()]
    assert director.post(f"/api/v1/holds/{held.get_json()['id']}/lift").status_code == 204
    made = admin.post("/api/v1/erasures", key="e2")
    assert (made.status_code, made.get_json()["counts"]) == (201, {"agreed": 1})
    path = f"/api/v1/erasures/{made.get_json()['id']}"
    assert admin.post(f"{path}/run").status_code == 409
    assert director.post(f"{path}/agree").status_code == 200
    agreed = of_role(office, Role.SECADMIN).post(f"{path}/agree").get_json()
    assert agreed["standing"] == "agreed"
    assert admin.post(f"{path}/run").get_json()["erased"] == 1
    assert of_role(office, Role.AUDITOR).get(path).get_json()["standing"] == "finished"
    assert admin.get("/api/v1/erasures").get_json()["items"][0]["standing"] == "finished"
    gone = director.get(f"{DISPUTES}/{handling.id}")
    assert (gone.status_code, gone.get_json()["code"]) == (410, "erased")
    for part in ("parties", "sessions", "agreement", "visits", "events", "clocks"):
        told = director.get(f"{DISPUTES}/{handling.id}/{part}").get_data(as_text=True)
        assert [each for each in CANARIES.values() if each in told] == [], part
    listed = director.get(f"{DISPUTES}?limit=200").get_data(as_text=True)
    assert number in listed
    assert [each for each in CANARIES.values() if each in listed] == []
    stranger = of_role(office, Role.LIAISON, "station").get(f"{DISPUTES}/{handling.id}")
    assert stranger.status_code == 404


def test_a_list_that_does_not_exist_is_not_there(office: Office) -> None:
    director = of_role(office, Role.DIRECTOR)
    path = f"/api/v1/erasures/{uuid4()}"
    assert director.get(path).status_code == 404
    assert director.post(f"{path}/agree").status_code == 404
    assert director.post(f"{path}/refuse").status_code == 404
    assert director.post(f"/api/v1/holds/{uuid4()}/lift").status_code == 404
    unknown = director.post("/api/v1/holds", {"number": "X", "ground": "other"}, key="k")
    assert list(unknown.get_json()["errors"]) == ["number"]
