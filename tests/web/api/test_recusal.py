"""Asking for another mediator, by program: who may ask and decide, what follows, what is sealed."""

from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from config.vocabulary import Role
from models import Event, Recusal, db
from tests.factories.office import Office
from tests.factories.program import Program, dispatched, of_role, program

REASON = "调解员是对方的表弟"


def asked(caller: Program, dispute_id: str) -> dict[str, Any]:
    """A request of the applicant."""
    people = caller.get(f"/api/v1/disputes/{dispute_id}").get_json()["parties"]
    body = {"party": people[0]["id"], "reason": REASON}
    answer = caller.post(f"/api/v1/disputes/{dispute_id}/recusals", body, key=uuid4().hex)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.get_json()
    return shown


def test_who_is_not_wanted_is_changed_by_the_head_and_not_named_again(office: Office) -> None:
    other = office.actor(Role.MEDIATOR, "committee", name="b")
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    liaison = of_role(office, Role.LIAISON, "committee")
    dispute_id = dispatched(office, clerk, director)
    made = asked(clerk, dispute_id)
    path = f"/api/v1/disputes/{dispute_id}/recusals"
    assert (made["state"], made["reason"], made["mediator"]) == (
        "asked",
        REASON,
        office.mediator.name,
    )
    again = director.post(path, {"reason": "再说一次"}, key=uuid4().hex)
    assert again.status_code == 409
    decide = f"{path}/{made['id']}/decide"
    mine = program(office, office.mediator).post(decide, {"granted": False, "words": "不换"})
    assert mine.status_code == 403
    assert (
        of_role(office, Role.LIAISON, "station")
        .post(decide, {"granted": False, "words": "不换"})
        .status_code
        == 404
    )
    bare = liaison.post(decide, {"granted": True, "words": "属实"})
    assert (bare.status_code, list(bare.get_json()["errors"])) == (422, ["mediator"])
    granted = {"granted": True, "words": "属实，换人", "mediator": str(other.user_id)}
    done = liaison.post(decide, granted)
    assert (done.status_code, done.get_json()["state"], done.get_json()["successor"]) == (
        200,
        "granted",
        other.name,
    )
    assert liaison.post(decide, granted).status_code == 409
    shown = director.get(f"/api/v1/disputes/{dispute_id}").get_json()
    assert shown["mediator"]["id"] == str(other.user_id)
    back = director.take(dispute_id, "assign", {"mediator": str(office.mediator.user_id)})
    assert back.get_json()["errors"] == {"mediator": ["应当回避：这件纠纷已同意其回避，请另选一位"]}
    with office.app.app_context():
        row = db.session.scalars(sa.select(Recusal)).one()
        assert REASON.encode() not in (row.reason_sealed or b"")
        told = db.session.scalars(sa.select(Event).where(Event.action.like("recusal%"))).all()
        assert [(each.action, each.reason) for each in told] == [
            ("recusal-ask", None),
            ("recusal-decide", None),
        ]


def test_who_sees_a_restricted_dispute_sealed_is_told_no_reason(office: Office) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    dispute_id = dispatched(office, clerk, director, restricted=True)
    made = asked(program(office, office.mediator), dispute_id)
    shown = director.get(f"/api/v1/disputes/{dispute_id}/recusals").get_json()["items"]
    assert [(e["id"], e["reason"], e["party"]) for e in shown] == [(made["id"], None, None)]
    told = director.get(f"/api/v1/disputes/{dispute_id}/mediators").get_json()
    parts = {part["code"] for each in told["offered"] for part in each["parts"]}
    assert (told["sealed"], parts) == (True, {"load"})
    decide = f"/api/v1/disputes/{dispute_id}/recusals/{made['id']}/decide"
    assert director.post(decide, {"granted": False, "words": "不换"}).status_code == 403
