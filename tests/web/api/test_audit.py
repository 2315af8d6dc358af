"""The trail over HTTP: each sees as far as they may, and what cannot be written did not happen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import AuditKind, DisputeStatus, Role
from models import AuditEntry, Dispute, db, transaction
from service.operations import audit
from service.queries import audit as queries
from service.queries.audit import Asked
from service.rules.audit import kind_of
from tests.factories.caller import Caller
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT, registered
from tests.factories.office import PASSWORD, Office
from tests.factories.trail import forging
from tests.statements import owning, plans

pytestmark = pytest.mark.usefixtures("inside")
JAMMED = "EXECUTE FUNCTION audit_entry_only_grows()"
BODY = {
    "category": "neighbour",
    "narrative": NARRATIVE,
    "source": "walk_in",
    "parties": [APPLICANT, RESPONDENT],
}


@pytest.fixture
def caller(office: Office) -> Callable[..., Caller]:
    """Whoever has a role, signed in."""

    def called(role: Role, unit: str = "centre") -> Caller:
        return Caller(office.app, office.actor(role, unit))

    return called


@contextmanager
def unwritable() -> Iterator[None]:
    """A trail nobody can write to meanwhile."""
    sqlite = db.engine.dialect.name == "sqlite"
    deed = "BEGIN SELECT RAISE(ABORT, 'jam'); END" if sqlite else JAMMED
    db.session.rollback()
    with db.engine.begin() as connection:
        owning(connection)
        connection.exec_driver_sql(f"CREATE TRIGGER jam BEFORE INSERT ON audit_entry {deed}")
    try:
        yield
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            owning(connection)
            connection.exec_driver_sql(f"DROP TRIGGER jam{'' if sqlite else ' ON audit_entry'}")


def count(table: type = AuditEntry) -> int:
    """How many rows there are."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def newest() -> AuditEntry:
    """The last entry."""
    db.session.rollback()
    found = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert found is not None
    return found


def deeds(caller: Caller, **query: str) -> list[str]:
    """What a caller sees, newest first."""
    answer = caller.get("/audit", **query)
    assert answer.status_code == 200, answer.text
    return [each["action"] for each in answer.get_json()["items"]]


def test_without_the_trail_nothing_is_written_and_the_answer_is_503(
    caller: Callable[..., Caller],
) -> None:
    clerk = caller(Role.WINDOW)
    with unwritable():
        answer = clerk.post("/disputes", BODY)
        assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
        assert (count(Dispute), "Retry-After" in answer.headers) == (0, True)
    assert clerk.post("/disputes", BODY).status_code == 201


def test_without_the_trail_nothing_is_shown_and_nothing_is_denied(
    office: Office, caller: Callable[..., Caller]
) -> None:
    case = registered(office)
    clerk, leader = caller(Role.WINDOW), caller(Role.LEADER)
    with unwritable():
        seen = clerk.get(f"/disputes/{case.id}")
        denied = leader.get(f"/disputes/{case.id}")
    assert (seen.status_code, denied.status_code) == (503, 503)
    assert NARRATIVE not in seen.text


def test_a_refused_change_leaves_no_entry_of_its_own(caller: Callable[..., Caller]) -> None:
    clerk = caller(Role.WINDOW)
    before = count()
    assert clerk.post("/disputes", BODY | {"category": "nothing"}).status_code == 422
    assert count() == before


@pytest.mark.parametrize("there", [True, False])
def test_a_denial_is_exactly_one_entry_whether_the_thing_is_there_or_not(
    office: Office, caller: Callable[..., Caller], *, there: bool
) -> None:
    case = registered(office).id if there else office.window.user_id
    liaison = caller(Role.LIAISON, "station")
    before = count()
    assert liaison.get(f"/disputes/{case}").status_code == 404
    told = newest()
    assert (count() - before, told.action, told.result.value, told.subject_id) == (
        1,
        "dispute.read",
        "denied",
        case,
    )


def test_an_entry_says_who_where_from_what_and_in_which_request(
    office: Office, caller: Callable[..., Caller]
) -> None:
    clerk = caller(Role.WINDOW)
    made = clerk.post("/disputes", BODY).get_json()
    told = next(
        each
        for each in clerk.get("/audit").get_json()["items"]
        if each["action"] == "dispute.register"
    )
    assert (told["actor_id"], told["organisation"], told["roles"], told["address"]) == (
        str(office.window.user_id),
        "柳溪镇综治中心",
        ["window"],
        "127.0.0.1",
    )
    assert (told["subject_id"], told["name"], told["result"]) == (
        made["id"],
        made["number"],
        "done",
    )
    assert len(told["request_id"]) == 32


def test_everybody_sees_their_own_deeds_and_no_others(
    office: Office, caller: Callable[..., Caller]
) -> None:
    registered(office)
    caller(Role.PLANNER).get("/disputes")
    assert set(deeds(caller(Role.WINDOW))) == {"dispute.register"}
    assert set(deeds(caller(Role.PLANNER))) <= {"dispute.list", "audit.open"}


def belongs(entry: dict[str, Any], kind: AuditKind) -> bool:
    """Whether an entry is of a kind: what was refused is of none that was done."""
    denied: bool = entry["result"] == "denied"
    if kind is AuditKind.DENIED:
        return denied
    return kind_of(entry["action"]) is kind and (not denied or kind is AuditKind.SIGN_IN)


def walked(caller: Caller, **query: str) -> list[int]:
    """The numbers of what is listed, page by page."""
    found: list[int] = []
    while True:
        page = caller.get("/audit", limit="2", **query).get_json()
        found += [each["seq"] for each in page["items"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


DONE = {AuditKind.WRITE, AuditKind.LOOK, AuditKind.EXPORT, AuditKind.DENIED}
THERE = {
    Role.AUDITOR: DONE | {AuditKind.RIGHTS, AuditKind.JOB},
    Role.SECADMIN: {AuditKind.RIGHTS, AuditKind.LOOK, AuditKind.DENIED},
    Role.WINDOW: DONE | {AuditKind.JOB},
}


@pytest.mark.parametrize("role", list(THERE))
def test_every_kind_of_deed_is_found_page_by_page_and_nothing_else_with_it(
    office: Office, caller: Callable[..., Caller], role: Role
) -> None:
    handled = registered(office).until(DisputeStatus.MEDIATING)
    window, reader = caller(Role.WINDOW), caller(role)
    assert caller(Role.DIRECTOR).get(f"/disputes/{handled.id}").status_code == 200
    deeds(reader)
    assert window.get("/users").status_code == 403
    with transaction() as session:
        told: dict[str, Any] = {"subject_id": None, "now": datetime(2026, 11, 2, 1, tzinfo=UTC)}
        for action, subject in (("report.export", "report"), ("job.run", "job")):
            audit.note(session, action, subject=subject, actor=office.window, **told)
    entries = reader.get("/audit", limit="200").get_json()["items"]
    for kind in AuditKind:
        newest = entries[0]["seq"]
        found = [each for each in walked(reader, kind=kind.value) if each <= newest]
        assert found == [each["seq"] for each in entries if belongs(each, kind)], kind
    there = {kind for kind in AuditKind if any(belongs(each, kind) for each in entries)}
    assert there == THERE[role]


@pytest.mark.plans
def test_a_rare_kind_is_walked_along_its_own_index(
    office: Office, caller: Callable[..., Caller]
) -> None:
    assert caller(Role.AUDITOR).get("/audit/verify").status_code == 200
    actor = office.actor(Role.AUDITOR)
    now = datetime(2026, 11, 2, 1, tzinfo=UTC)
    asked = Asked(kind=AuditKind.LOOK)
    looked_at = plans(lambda: queries.page(asked, actor=actor, desk=office.desk, now=now))
    assert "ix_audit_entry_action" in looked_at[0]
    assert "SCAN audit_entry" not in looked_at[0]
    assert "Seq Scan" not in looked_at[0]


def test_an_auditor_sees_the_deeds_of_the_town_and_no_content(
    office: Office, caller: Callable[..., Caller]
) -> None:
    case = registered(office).until(DisputeStatus.CLOSED)
    answer = caller(Role.AUDITOR).get("/audit", limit=200)
    told = answer.get_json()["items"]
    assert {"dispute.register", "dispute.agree", "user.create"} <= {e["action"] for e in told}
    assert {e["name"] for e in told if e["subject"] == "dispute"} == {case.row.number}
    for word in (NARRATIVE, "王小满", "李大有", APPLICANT["phone"], APPLICANT["id_number"]):
        assert word not in answer.text


def test_who_keeps_the_system_sees_its_running_and_no_dispute(
    office: Office, caller: Callable[..., Caller]
) -> None:
    registered(office)
    told = caller(Role.SYSADMIN).get("/audit").get_json()["items"]
    assert {each["subject"] for each in told} == {"user", "organisation"}


def test_who_keeps_rights_sees_every_denial_without_the_number(
    office: Office, caller: Callable[..., Caller]
) -> None:
    case = registered(office)
    caller(Role.LIAISON, "station").get(f"/disputes/{case.id}")
    told = caller(Role.SECADMIN).get("/audit", result="denied").get_json()["items"]
    assert [(each["action"], each["name"]) for each in told] == [("dispute.read", None)]


def test_a_director_sees_their_own_organisation(
    office: Office, caller: Callable[..., Caller]
) -> None:
    registered(office).until(DisputeStatus.MEDIATING)
    seen = deeds(caller(Role.DIRECTOR))
    assert ("dispute.register" in seen, "dispute.accept" in seen) == (True, False)


def test_pages_follow_each_other_without_gap_or_repetition(
    office: Office, caller: Callable[..., Caller]
) -> None:
    registered(office).until(DisputeStatus.ARCHIVED)
    auditor = caller(Role.AUDITOR)
    numbers: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = auditor.get("/audit", limit=3, subject="dispute", **cursor).get_json()
        numbers += [each["seq"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert (len(numbers), numbers) == (7, sorted(set(numbers), reverse=True))


@pytest.mark.parametrize(
    ("query", "field"),
    [({"from": "2026-11-03", "to": "2026-11-02"}, "to"), ({"number": "13912345678"}, "number")],
)
def test_a_wrong_filter_is_named(
    caller: Callable[..., Caller], query: dict[str, str], field: str
) -> None:
    answer = caller(Role.AUDITOR).get("/audit", **query)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_filters_leave_what_they_name(office: Office, caller: Callable[..., Caller]) -> None:
    case, other = registered(office), registered(office)
    auditor = caller(Role.AUDITOR)
    assert deeds(auditor, number=case.row.number) == ["dispute.register"]
    assert deeds(auditor, subject_id=str(other.id), action="dispute.register") == [
        "dispute.register"
    ]
    assert deeds(auditor, number="LXZ-1999-00001") == []
    today = datetime.now(UTC).date().isoformat()
    assert set(deeds(auditor, **{"from": today, "subject": "audit"})) == {"audit.open"}


def test_a_verification_is_an_entry_and_names_the_first_bad_row(
    caller: Callable[..., Caller],
) -> None:
    auditor = caller(Role.AUDITOR)
    whole = auditor.get("/audit/verify").get_json()
    assert (whole["verdict"], whole["first_bad"], whole["begins_at"]) == ("whole", None, 1)
    assert newest().action == "audit.verify"
    with forging() as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET actor_name = '乙' WHERE seq = 1")
    bad = auditor.get("/audit/verify").get_json()
    assert (bad["verdict"], bad["first_bad"], newest().result.value) == ("mismatch", 1, "failed")


@pytest.mark.parametrize("role", [Role.WINDOW, Role.DIRECTOR, Role.SYSADMIN])
def test_others_do_not_verify(caller: Callable[..., Caller], role: Role) -> None:
    assert caller(role).get("/audit/verify").status_code == 403


def test_a_sign_in_says_where_it_came_from_whether_it_succeeded_or_not(office: Office) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    client = office.app.test_client()
    told = []
    for password in (PASSWORD, "Qita-Mima-2026"):
        client.post("/api/v1/sign-in", json={"username": "window-centre", "password": password})
        entry = newest()
        told.append((entry.action, entry.result.value, entry.address, len(entry.request_id or "")))
    assert told == [
        ("user.sign-in", "done", "127.0.0.1", 32),
        ("user.sign-in-refused", "denied", "127.0.0.1", 32),
    ]
