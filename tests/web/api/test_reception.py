"""Reception days by program: planned, visited by who registered, counted as the rows say."""

from uuid import uuid4

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import program

ALL = "/api/v1/reception_days"


def test_a_day_is_planned_visited_and_counted_by_its_rows(office: Office) -> None:
    other = office.actor(Role.WINDOW, name="other")
    callers = (office.director, office.leader, office.window, other, office.mediator)
    director, leader, window, beside, mediator = (program(office, each) for each in callers)
    told = {
        "leader": str(office.leader.user_id),
        "on": "2026-11-09",
        "begins": "09:00",
        "ends": "11:30",
        "place": "镇政府一楼接访室",
    }
    for change, field in (
        ({"begins": "9点"}, "begins"),
        ({"ends": "08:00"}, "ends"),
        ({"leader": str(office.window.user_id)}, "leader"),
    ):
        wrong = director.post(ALL, told | change, key=uuid4().hex)
        assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, [field])
    assert window.post(ALL, told, key=uuid4().hex).status_code == 403
    assert mediator.get(ALL).status_code == 403
    key = uuid4().hex
    made = director.post(ALL, told, key=key).get_json()
    assert director.post(ALL, told, key=key).get_json() == made
    assert made["row"]["starts_at"] == "2026-11-09T01:00:00+00:00"
    twice = director.post(ALL, told | {"begins": "11:00", "ends": "12:00"}, key=uuid4().hex)
    assert list(twice.get_json()["errors"]) == ["begins"]
    one = f"{ALL}/{made['row']['id']}"
    visits, number = f"{one}/visits", window.registered()["number"]
    for caller, text in ((beside, number), (window, "LXZ2026-99999")):
        refused = caller.post(visits, {"number": text}, key=uuid4().hex)
        assert list(refused.get_json()["errors"]) == ["number"]
    noted = window.post(visits, {"number": number}, key=uuid4().hex)
    assert (noted.status_code, noted.get_json()["row"]["visits"]) == (201, 1)
    again = window.post(visits, {"number": number}, key=uuid4().hex)
    assert again.get_json()["errors"] == {"number": ["这件已经登记在这次接访里"]}
    # everybody counts the rows they may know of
    for caller, count in ((director, 1), (leader, 1), (window, 1), (beside, 0)):
        (listed,) = caller.get(f"{ALL}?month=2026-11").get_json()["items"]
        shown = caller.get(one).get_json()
        assert (listed["visits"], [each["number"] for each in shown["visits"]]) == (
            count,
            [number] * count,
        )
    assert director.get(f"{ALL}?month=2026-12").get_json()["items"] == []
    assert director.get(f"{ALL}/{uuid4()}").status_code == 404
    assert director.post(f"{one}/call-off").status_code == 409
    (visit,) = noted.get_json()["visits"]
    back = f"{visits}/{visit['id']}/withdraw"
    assert (leader.post(back).status_code, beside.post(back).status_code) == (403, 404)
    assert window.post(back).get_json()["visits"] == []
    assert window.post(back).status_code == 409
    assert window.post(f"{one}/call-off").status_code == 403
    assert director.post(f"{one}/call-off").get_json()["row"]["called_off_at"] is not None
    assert window.post(visits, {"number": number}, key=uuid4().hex).status_code == 409
