"""Who reaches members, duty lists, attendance and guidance: every role, own unit, other unit."""

from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import Role
from models import Attendance, DutyTurn, Guidance, db
from service.clock import utc_now
from service.operations import attendance, duty_list, guidance, member
from service.operations.guidance import GuidanceDraft
from service.operations.member import Terms
from tests.factories.office import Office
from tests.factories.visitor import Visitor

# role, unit -> what reading is answered: the members, a month of duty, attendance of the unit,
# the pasted list, the guidance
READ: dict[tuple[Role, str], tuple[int, int, int, int, int]] = {
    (Role.WINDOW, "centre"): (200, 200, 200, 403, 403),
    (Role.MEDIATOR, "station"): (200, 200, 403, 403, 403),
    (Role.LIAISON, "station"): (200, 200, 200, 200, 200),
    (Role.LIAISON, "committee"): (200, 200, 404, 404, 200),
    (Role.DIRECTOR, "centre"): (200, 200, 200, 200, 200),
    (Role.LEADER, "centre"): (403, 403, 403, 403, 403),
    (Role.LEGAL, "centre"): (403, 403, 403, 403, 403),
    (Role.PLANNER, "centre"): (403, 403, 403, 403, 403),
    (Role.AUDITOR, "centre"): (403, 403, 403, 403, 403),
    (Role.SYSADMIN, "centre"): (403, 403, 403, 403, 403),
    (Role.SECADMIN, "centre"): (403, 403, 403, 403, 403),
}
# who may change something of the unit, and is answered 303 or 204; the others 403 or 404
WRITE: dict[tuple[Role, str], set[str]] = {
    (Role.WINDOW, "centre"): {"ask", "withdraw"},
    (Role.LIAISON, "station"): {"turn"},
    (Role.LIAISON, "justice"): {"guidance"},
    (Role.DIRECTOR, "centre"): {"ask", "withdraw", "turn"},
}


@pytest.fixture
def made(office: Office) -> dict[str, Any]:
    """A member with a duty list, somebody who came, and one entry of the log."""
    now = utc_now()
    today = office.desk.today(now)
    unit = office.units["station"]
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": now}
    with office.app.app_context():
        member.take_in(unit, Terms(joined_on=today), **told)
        duty_list.take_list(unit, "每天\t张三", **told)
        came = attendance.sign_in(unit, **told)
        draft = GuidanceDraft(
            committee=office.units["committee"],
            guided_on=today,
            guided_by="冯某",
            topic="papers",
            finding="犇羴鱻骉",
            follow_up="补写",
            follow_up_on=today,
        )
        justice = office.actor(Role.LIAISON, "justice")
        entry = guidance.record(draft, **(told | {"actor": justice}))
        turn = db.session.scalars(sa.select(DutyTurn.id)).first()
    assert turn is not None
    return {"unit": unit, "came": came, "entry": entry, "turn": turn}


def test_everybody_reads_what_is_theirs(office: Office, made: dict[str, Any]) -> None:
    unit = made["unit"]
    pages = (
        f"/members/{unit}",
        f"/members/{unit}/duty",
        f"/attendance/{unit}",
        f"/members/{unit}/duty/import",
        "/guidance",
    )
    found = {}
    for role, at in READ:
        visitor = Visitor(office.app, office.actor(role, at))
        found[role, at] = tuple(visitor.get(page).status for page in pages)
    assert found == READ
    words = {
        at: "犇羴鱻骉" in Visitor(office.app, office.actor(Role.LIAISON, at)).get("/guidance").text
        for at in ("station", "committee", "justice")
    }
    assert words == {"station": False, "committee": True, "justice": True}


def test_everybody_changes_what_is_theirs_alone(office: Office, made: dict[str, Any]) -> None:
    doors = {
        "ask": f"/attendance/{made['unit']}/ask",
        "guidance": f"/guidance/{made['entry']}/done",
        "withdraw": f"/attendance/notes/{made['came']}/withdraw",
        "turn": f"/duty/{made['turn']}/end",
    }
    others = {key: set[str]() for key in READ} | {(Role.LIAISON, "justice"): set()}
    expected = others | WRITE
    for (role, at), allowed in sorted(expected.items(), key=lambda each: len(each[1])):
        visitor = Visitor(office.app, office.actor(role, at))
        token = visitor.get("/organisations").form("/sign-out").values["csrf_token"]
        for name, path in doors.items():
            if name == "turn" and allowed and name in allowed and _is_gone(office, made):
                continue  # somebody before took it out
            answer = visitor.post(path, {"csrf_token": token})
            assert (answer.status == 303) == (name in allowed), (role, at, name, answer.status)


def _is_gone(office: Office, made: dict[str, Any]) -> bool:
    with office.app.app_context():
        return db.session.get(DutyTurn, made["turn"]) is None


def test_nothing_of_it_stands_in_clear(office: Office, made: dict[str, Any]) -> None:
    with office.app.app_context():
        row = db.session.get_one(Guidance, made["entry"])
        assert "犇羴鱻骉".encode() not in row.finding_sealed
        assert db.session.get_one(Attendance, made["came"]).name == "张三"
