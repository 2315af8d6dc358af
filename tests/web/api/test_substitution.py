"""Who is away, by program."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from config.vocabulary import Role
from service.clock import utc_now
from tests.factories.office import Office
from tests.factories.program import of_role

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PATH = "/api/v1/substitutions"


def test_it_is_noted_listed_and_ended(office: Office) -> None:
    first, second = office.mediator, office.actor(Role.MEDIATOR, "committee", name="b")
    today: date = office.desk.today(utc_now())
    liaison = of_role(office, Role.LIAISON, "committee")
    body = {
        "absent": str(first.user_id),
        "substitute": str(second.user_id),
        "from": today.isoformat(),
        "until": (today + timedelta(days=3)).isoformat(),
        "reason": "training",
    }
    made = liaison.post(PATH, body, key=uuid4().hex)
    assert made.status_code == 201, made.text
    (shown,) = liaison.get(PATH).get_json()["items"]
    assert shown == made.get_json()
    assert (shown["absent"], shown["from"], shown["reason"]) == (
        first.name,
        today.isoformat(),
        "training",
    )
    again = liaison.post(PATH, body, key=uuid4().hex)
    assert (again.status_code, list(again.get_json()["errors"])) == (422, ["substitute"])
    assert of_role(office, Role.LIAISON, "station").get(PATH).get_json()["items"] == []
    assert liaison.post(f"{PATH}/{shown['id']}/end").status_code == 204
    assert liaison.get(PATH).get_json()["items"] == []
    assert liaison.post(f"{PATH}/{uuid4()}/end").status_code == 404


def test_every_missing_field_is_named(office: Office) -> None:
    answer = of_role(office, Role.DIRECTOR).post(PATH, {}, key=uuid4().hex)
    assert sorted(answer.get_json()["errors"]) == [
        "absent",
        "from",
        "reason",
        "substitute",
        "until",
    ]
