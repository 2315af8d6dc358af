"""A dispute shared with another unit: what for, on what basis, until when; closed at once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from config.vocabulary import Role
from models import Share, db, transaction
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, dispatched, of_role


def day(days: int = 0) -> str:
    """A day from today on."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.fixture
def people(office: Office) -> dict[str, Program]:
    """The programs of those who take part."""
    return {
        "clerk": of_role(office, Role.WINDOW),
        "director": of_role(office, Role.DIRECTOR),
        "liaison": of_role(office, Role.LIAISON, "committee"),
        "station": of_role(office, Role.LIAISON, "station"),
    }


def told(office: Office, **changes: Any) -> dict[str, Any]:
    """A share with the police station; what is named is otherwise."""
    plain = {
        "organisation": str(office.units["station"]),
        "purpose": "referral",
        "basis": "《治安管理处罚法》第9条",
        "until": day(30),
    }
    return plain | changes


def share(by: Program, dispute_id: str, body: dict[str, Any]) -> Any:
    """The answer to a share."""
    return by.post(f"{DISPUTES}/{dispute_id}/shares", body, key=uuid4().hex)


def test_the_other_unit_sees_it_until_the_share_is_ended(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = dispatched(office, people["clerk"], people["director"])
    path = f"{DISPUTES}/{dispute_id}"
    assert people["station"].get(path).status_code == 404
    made = share(people["liaison"], dispute_id, told(office))
    assert made.status_code == 201, made.text
    assert people["station"].get(path).status_code == 200
    assert people["station"].get(f"{path}/shares").status_code == 404
    share_id = made.get_json()["items"][0]["id"]
    assert people["liaison"].post(f"{path}/shares/{share_id}/end").status_code == 200
    assert people["station"].get(path).status_code == 404
    assert people["liaison"].post(f"{path}/shares/{share_id}/end").status_code == 409
    events = people["liaison"].get(f"{path}/events").get_json()["items"]
    assert [each["action"] for each in events[-2:]] == ["share", "share-end"]


def test_it_closes_by_itself_after_its_last_day(office: Office, people: dict[str, Program]) -> None:
    dispute_id = dispatched(office, people["clerk"], people["director"])
    assert share(people["director"], dispute_id, told(office, until=day(1))).status_code == 201
    assert people["station"].get(f"{DISPUTES}/{dispute_id}").status_code == 200
    with office.app.app_context(), transaction() as session:
        row = session.query(Share).one()
        assert row.until is not None
        row.shared_at -= timedelta(days=3)
        row.until -= timedelta(days=3)
    assert people["station"].get(f"{DISPUTES}/{dispute_id}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"basis": None}, "basis"),
        ({"until": day(400)}, "until"),
        ({"until": day(-2)}, "until"),
        ({"organisation": str(uuid4())}, "organisation"),
        ({"purpose": "curiosity"}, "purpose"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    office: Office, people: dict[str, Program], changes: dict[str, Any], field: str
) -> None:
    dispute_id = dispatched(office, people["clerk"], people["director"])
    answer = share(people["director"], dispute_id, told(office, **changes))
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_assisting_needs_no_basis_and_the_leading_unit_no_share(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = dispatched(office, people["clerk"], people["director"])
    body = told(office, purpose="assist", basis=None)
    assert share(people["director"], dispute_id, body).status_code == 201
    assert share(people["director"], dispute_id, body).status_code == 422
    own = told(office, organisation=str(office.units["committee"]))
    assert share(people["director"], dispute_id, own).status_code == 422


def test_what_is_restricted_is_shared_with_nobody_and_restricting_ends_every_share(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = dispatched(office, people["clerk"], people["director"])
    assert share(people["director"], dispute_id, told(office)).status_code == 201
    path = f"{DISPUTES}/{dispute_id}"
    assert people["director"].post(f"{path}/restrict", {"reason": "怕报复"}).status_code == 200
    assert people["station"].get(path).status_code == 404
    assert share(people["director"], dispute_id, told(office)).status_code == 403
    with office.app.app_context():
        assert all(row.ended_at for row in db.session.query(Share))


def test_only_who_leads_shares(office: Office, people: dict[str, Program]) -> None:
    dispute_id = dispatched(office, people["clerk"], people["director"])
    assert share(people["station"], dispute_id, told(office)).status_code == 404
    assert share(people["clerk"], dispute_id, told(office)).status_code == 403
