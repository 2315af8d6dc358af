"""One masked field in clear by program: who may, how often, and only after it is written down."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from config.policy import Limit
from config.vocabulary import AuditResult, NoticeKind, Role
from models import AuditEntry, Notice, db, transaction
from tests.factories.dispute import APPLICANT, RESPONDENT
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, dispatched, of_role
from tests.statements import owning

WHY = "核对身份以便送达"
PHONE = str(APPLICANT["phone"])


def asked(program: Program, dispute_id: str, field: str, reason: str = WHY):  # type: ignore[no-untyped-def]  # a response
    """The answer to one reveal."""
    return program.post(f"{DISPUTES}/{dispute_id}/reveals", {"field": field, "reason": reason})


def entries(office: Office) -> list[AuditEntry]:
    """What the trail says of reveals."""
    with office.app.app_context():
        found = sa.select(AuditEntry).where(AuditEntry.action == "dispute.reveal")
        return list(db.session.scalars(found.order_by(AuditEntry.seq)))


def test_one_field_is_shown_and_the_trail_says_so(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    answer = asked(clerk, made["id"], "parties.0.id_number")
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["field"], told["value"]) == ("parties.0.id_number", APPLICANT["id_number"])
    assert set(told) == {"field", "value", "revealed_at"}
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = entries(office)
    assert (entry.fields, entry.result) == (["parties.0.id_number"], AuditResult.DONE)
    assert entry.reason_sealed is not None
    assert WHY.encode() not in entry.reason_sealed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("parties.0.phone", PHONE),
        ("parties[1].phone", RESPONDENT["phone"]),
        ("respondent.name", RESPONDENT["name"]),
        ("phone", PHONE),
        ("address", APPLICANT["address"]),
        ("place.detail", "磨坊后面第三家"),
        ("interpreter", "乌日娜"),
    ],
)
def test_every_masked_field_may_be_shown(office: Office, field: str, value: str) -> None:
    clerk = of_role(office, Role.WINDOW)
    place = {"village": "东街社区", "detail": "磨坊后面第三家"}
    made = clerk.registered(place=place, interpreter="乌日娜")
    assert asked(clerk, made["id"], field).get_json()["value"] == value


def test_the_list_says_who_saw_what_and_no_value(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    asked(clerk, made["id"], "phone")
    answer = clerk.get(f"{DISPUTES}/{made['id']}/reveals")
    (row,) = answer.get_json()["items"]
    assert (row["field"], row["reason"]) == ("parties.0.phone", WHY)
    assert PHONE not in answer.text


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"field": "phone"}, ["reason"]),
        ({"field": "phone", "reason": "要看"}, ["reason"]),
        ({"field": "phone", "reason": "     "}, ["reason"]),
        ({"field": "phone", "reason": "的的的的的的"}, ["reason"]),
        ({"reason": WHY}, ["field"]),
        ({"field": "parties.9.phone", "reason": WHY}, ["field"]),
        ({"field": "narrative", "reason": WHY}, ["field"]),
        ({"field": "respondent.id_number", "reason": WHY}, ["field"]),
        ({"field": ["phone", "name"], "reason": WHY}, ["field"]),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_nothing_is_shown(
    office: Office, body: dict[str, object], wrong: list[str]
) -> None:
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    answer = clerk.post(f"{DISPUTES}/{made['id']}/reveals", body)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, wrong)
    assert entries(office) == []


def test_who_may_not_see_the_dispute_learns_nothing_of_it(office: Office) -> None:
    made = of_role(office, Role.WINDOW).registered()
    other = of_role(office, Role.MEDIATOR, "committee")
    unknown = "5f9a3f0e-0000-4000-8000-000000000000"
    answers = [asked(other, each, "phone") for each in (made["id"], unknown)]
    assert [each.status_code for each in answers] == [404, 404]
    first, second = (each.get_json() for each in answers)
    assert first["detail"] == second["detail"]


def test_seeing_it_masked_is_no_right_to_see_more(office: Office) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    made = clerk.registered()
    body = {"organisation": str(office.units["committee"])}
    director.taken(made["id"], "dispatch", body)
    waiting = of_role(office, Role.MEDIATOR, "committee")  # may read what waits at its unit
    assert waiting.get(f"{DISPUTES}/{made['id']}").status_code == 200
    assert asked(waiting, made["id"], "phone").status_code == 403


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.LEGAL, Role.SYSADMIN])
def test_other_roles_have_no_such_function(office: Office, role: Role) -> None:
    made = of_role(office, Role.WINDOW).registered()
    assert asked(of_role(office, role), made["id"], "phone").status_code == 403


def test_the_assigned_mediator_needs_it_for_id_numbers(office: Office) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    dispute_id = dispatched(office, clerk, director)
    mediator = of_role(office, Role.MEDIATOR, "committee")
    shown = mediator.get(f"{DISPUTES}/{dispute_id}").get_json()["parties"][0]
    assert (shown["phone"], "*" in shown["id_number"]) == (PHONE, True)
    answer = asked(mediator, dispute_id, "id_number")
    assert answer.get_json()["value"] == APPLICANT["id_number"]


def test_beyond_the_hourly_limit_nothing_is_shown_and_the_watchers_are_told_once(
    office: Office,
) -> None:
    auditor, secadmin = office.actor(Role.AUDITOR), office.actor(Role.SECADMIN)
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    tools = office.desk
    limits = replace(tools.policy.limits, reveals=Limit(2, tools.policy.limits.reveals.per))
    few = replace(tools, policy=replace(tools.policy, limits=limits))
    office.app.extensions["fengqiao"] = few
    answers = [asked(clerk, made["id"], "phone") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 5401
    assert PHONE not in answers[-1].text
    assert [each.result for each in entries(office)] == [
        AuditResult.DONE,
        AuditResult.DONE,
        AuditResult.DENIED,
        AuditResult.DENIED,
    ]  # fmt: skip -- one line says it
    with office.app.app_context():
        told = db.session.scalars(
            sa.select(Notice.user_id).where(Notice.kind == NoticeKind.REVEALED_OFTEN)
        )
        assert sorted(told) == sorted(each.user_id for each in (auditor, secadmin))
    assert made["number"] in _inbox(office, Role.AUDITOR)


def _inbox(office: Office, role: Role) -> str:
    from tests.factories.visitor import Visitor  # noqa: PLC0415 -- loads the whole application

    page = Visitor(office.app, office.actor(role)).get("/inbox")
    assert "超过了每小时的限次" in page.text
    return page.text


def test_the_limit_is_thirty_an_hour(office: Office) -> None:
    limit = office.desk.policy.limits.reveals
    assert (limit.count, limit.per.total_seconds()) == (30, 3600)


def test_what_cannot_be_written_down_is_not_shown(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    with office.app.app_context(), transaction() as session:
        owning(session.connection())
        session.execute(sa.text("ALTER TABLE audit_entry RENAME TO audit_entry_away"))
    answer = asked(clerk, made["id"], "phone")
    with office.app.app_context(), transaction() as session:
        owning(session.connection())
        session.execute(sa.text("ALTER TABLE audit_entry_away RENAME TO audit_entry"))
    assert answer.status_code == 503
    assert (PHONE in answer.text, "Retry-After" in answer.headers) == (False, True)


def test_of_a_restricted_dispute_its_registrar_sees_a_field_until_it_is_dispatched(
    office: Office,
) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    made = clerk.registered(restricted=True)
    assert asked(clerk, made["id"], "name").get_json()["value"] == APPLICANT["name"]
    director.taken(made["id"], "dispatch", {"organisation": str(office.units["committee"])})
    assert asked(clerk, made["id"], "name").status_code == 404
    assert asked(of_role(office, Role.LIAISON, "committee"), made["id"], "name").status_code == 404
