"""Entries in the systems of others by program."""

from uuid import UUID, uuid4

from config.vocabulary import Role
from tests.factories.dispute import Handling, let_in
from tests.factories.office import Office
from tests.factories.program import DISPUTES, of_role, program

ENTRY = {"system": "moj_mediation", "number": "司-2026-1", "entered_on": "2026-01-05"}


def test_an_entry_is_made_listed_and_taken_back(office: Office) -> None:
    clerk = program(office, office.window)
    made = clerk.registered(source="grid", source_reference="W-9")
    path = f"{DISPUTES}/{made['id']}/outside-entries"
    assert clerk.post(path, ENTRY).status_code == 400  # no Idempotency-Key
    key = uuid4().hex
    first = clerk.post(path, ENTRY, key=key)
    assert (first.status_code, first.get_json()["same"]) == (201, [])
    assert clerk.post(path, ENTRY, key=key).get_json() == first.get_json()
    again = clerk.post(path, ENTRY, key=uuid4().hex)
    assert (again.status_code, list(again.get_json()["errors"])) == (422, ["number"])
    shown = clerk.get(path).get_json()
    assert shown["source_reference"] == "W-9"
    assert [each | {"same": []} for each in shown["items"]] == [first.get_json()]
    back = f"{path}/{first.get_json()['id']}/withdraw"
    assert list(clerk.post(back, {}).get_json()["errors"]) == ["reason"]
    assert clerk.post(back, {"reason": "抄错了"}).get_json()["items"] == []


def test_the_same_number_elsewhere_is_warned_of(office: Office) -> None:
    director, clerk = program(office, office.director), program(office, office.window)
    first, second = clerk.registered(restricted=True), clerk.registered()
    with office.app.app_context():
        let_in(Handling(office, UUID(first["id"])), office.director)
    for made, expected in ((first, []), (second, [{"id": first["id"], "number": first["number"]}])):
        path = f"{DISPUTES}/{made['id']}/outside-entries"
        answer = director.post(path, ENTRY, key=uuid4().hex)
        assert answer.get_json()["same"] == expected
    third = of_role(office, Role.LIAISON).registered()
    path = f"{DISPUTES}/{third['id']}/outside-entries"
    assert of_role(office, Role.LIAISON).post(path, ENTRY, key="k").status_code == 403
    own = of_role(office, Role.DIRECTOR)
    assert len(own.post(path, ENTRY, key=uuid4().hex).get_json()["same"]) == 2


def test_whoever_may_not_see_the_dispute_is_told_nothing(office: Office) -> None:
    made = program(office, office.window).registered()
    path = f"{DISPUTES}/{made['id']}/outside-entries"
    stranger = of_role(office, Role.LIAISON, "station")
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, ENTRY, key="k").status_code == 404
