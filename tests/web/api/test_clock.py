"""Clocks by program: terms with their days, changes asked for and decided, what waits."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, of_role, program

ASKED = {"kind": "extend", "ground": "agreed", "words": "双方都同意", "length": 1}
PAUSE = {"kind": "pause", "ground": "appraisal", "words": "等鉴定"}


def accepted(office: Office) -> tuple[str, Program]:
    """A dispute its mediator accepted, and the mediator's program."""
    made = program(office, office.window).registered()["id"]
    director, mediator = program(office, office.director), program(office, office.mediator)
    sent = {"organisation": str(office.units["committee"]), "mediator": str(mediator_id(office))}
    assert director.take(made, "dispatch", sent).status_code == 200
    assert mediator.take(made, "accept").status_code == 200
    return made, mediator


def mediator_id(office: Office) -> object:
    return office.mediator.user_id


def of_rule(caller: Program, dispute: str, rule: str = "PM.DEFAULT") -> tuple[str, str]:
    """The path of one term, and the version of the dispute."""
    answer = caller.get(f"{DISPUTES}/{dispute}/clocks")
    found = next(e for e in answer.get_json()["items"] if e["rule"] == rule)
    return f"{DISPUTES}/{dispute}/clocks/{found['id']}", answer.headers["ETag"]


def test_a_term_is_told_with_its_days_and_its_law(office: Office) -> None:
    dispute, mediator = accepted(office)
    path, tag = of_rule(mediator, dispute)
    answer = mediator.get(path)
    shown = answer.get_json()
    assert (answer.headers["ETag"], shown["rule"], shown["kind"]) == (
        tag,
        "PM.DEFAULT",
        "statutory",
    )
    assert (shown["state"], shown["overdue"], shown["paused_from"]) == ("running", False, None)
    assert shown["days_left"] == (len(shown["days"]))
    assert shown["days"][-1]["date"] == shown["due_on"]
    assert {each["grade"] for each in shown["basis"]} <= {"A", "B", "C", "R"}
    whole = mediator.get(f"{DISPUTES}/{dispute}").get_json()
    assert whole["due"] == {
        "rule": "PM.DEFAULT",
        "on": shown["due_on"],
        "provisional": shown["provisional"],
        "paused": False,
    }


def test_a_change_is_asked_for_once_and_decided_by_another(office: Office) -> None:
    dispute, mediator = accepted(office)
    path, tag = of_rule(mediator, dispute)
    assert mediator.post(f"{path}/changes", ASKED, key="k").status_code == 428
    key = uuid4().hex
    first = mediator.post(f"{path}/changes", ASKED, key=key, version=tag)
    assert first.status_code == 201
    again = mediator.post(f"{path}/changes", ASKED, key=key, version=tag)
    assert again.get_json() == first.get_json()
    director = program(office, office.director)
    (waits,) = director.get("/api/v1/clock-changes", query_string={"count": "true"}).get_json()[
        "items"
    ]
    assert (waits["kind"], waits["words"], waits["clock_name"]) == (
        "extend",
        "双方都同意",
        "人民调解",
    )
    decision = f"{path}/changes/{waits['id']}/decision"
    tag = first.headers["ETag"]
    assert mediator.post(decision, {"granted": True}, version=tag).status_code == 403
    stale = director.post(decision, {"granted": True}, version='"1"')
    assert stale.status_code == 412
    done = director.post(decision, {"granted": True}, version=tag)
    assert done.status_code == 200
    (change,) = done.get_json()["changes"]
    assert change["state"] == "granted"
    assert change["due_after"] == done.get_json()["due_on"] > change["due_before"]
    assert director.get("/api/v1/clock-changes").get_json()["items"] == []


def test_a_dispute_names_the_remedy_that_runs_out_next(office: Office) -> None:
    clerk = program(office, office.window)
    learnt_on = datetime.now(UTC).date() - timedelta(days=10)
    act = {"government_party": "respondent", "administrative_act": "benefit_decision"}
    made = clerk.registered(
        category="social_security", facts=act | {"learnt_on": learnt_on.isoformat()}
    )
    terms = clerk.get(f"{DISPUTES}/{made['id']}/clocks").get_json()["items"]
    assert made["remedy"] == {
        "rule": "REC.APPLY",
        "on": next(each["due_on"] for each in terms if each["rule"] == "REC.APPLY"),
    }
    assert clerk.registered()["remedy"] is None


def test_wrong_input_is_told_at_its_field(office: Office) -> None:
    dispute, mediator = accepted(office)
    path, tag = of_rule(mediator, dispute)
    for body, field in (
        (ASKED | {"length": 2}, "length"),
        (ASKED | {"ground": "appraisal"}, "ground"),
        (ASKED | {"kind": "calendar"}, "kind"),
        ({"kind": "pause"}, "ground"),
        (ASKED | {"from_on": "2026-11-23"}, "from_on"),
        (PAUSE | {"length": 3}, "length"),
    ):
        answer = mediator.post(f"{path}/changes", body, key=uuid4().hex, version=tag)
        assert (answer.status_code, field in answer.get_json()["errors"]) == (422, True)
    short, tag = of_rule(mediator, dispute, "SLA.CONTACT")
    refused = mediator.post(f"{short}/changes", ASKED, key=uuid4().hex, version=tag)
    assert refused.status_code == 409


def test_a_paused_dispute_is_in_no_list_of_the_overdue(office: Office) -> None:
    dispute, mediator = accepted(office)
    path, tag = of_rule(mediator, dispute)
    made = mediator.post(f"{path}/changes", PAUSE, key=uuid4().hex, version=tag)
    change = made.get_json()["changes"][0]["id"]
    director = program(office, office.director)
    answer = director.post(
        f"{path}/changes/{change}/decision", {"granted": True}, version=made.headers["ETag"]
    )
    assert (answer.get_json()["state"], answer.get_json()["days_left"]) == ("paused", None)
    row = director.get(DISPUTES).get_json()["items"][0]
    assert (row["due_paused"], row["overdue"]) == (True, False)
    for query, found in (
        ({"overdue": "true"}, 0),
        ({"overdue": "false"}, 1),
        ({"due_before": "2199-01-01"}, 0),
    ):
        items = director.get(DISPUTES, query_string=query).get_json()["items"]
        assert len(items) == found
    early = mediator.post(f"{path}/resume", {}, version=answer.headers["ETag"])
    assert list(early.get_json()["errors"]) == ["on"]


def test_a_date_of_another_office_is_entered_and_stopped(office: Office) -> None:
    dispute, mediator = accepted(office)
    tag = mediator.get(f"{DISPUTES}/{dispute}").headers["ETag"]
    entry = {"rule": "OUT.12345", "due_on": "2099-01-05"}
    made = mediator.post(f"{DISPUTES}/{dispute}/clocks", entry, key=uuid4().hex, version=tag)
    assert (made.status_code, made.get_json()["stated"], made.get_json()["days"]) == (201, True, [])
    path = f"{DISPUTES}/{dispute}/clocks/{made.get_json()['id']}"
    done = mediator.post(f"{path}/stop", {"ended": "met"}, version=made.headers["ETag"])
    assert (done.get_json()["state"], done.get_json()["ended"]) == ("stopped", "met")
    term, tag = of_rule(mediator, dispute)
    refused = mediator.post(f"{term}/stop", {"ended": "met"}, version=tag)
    assert refused.status_code == 409


def test_what_a_term_has_no_use_for_is_refused_at_its_field(office: Office) -> None:
    dispute, mediator = accepted(office)
    tag = mediator.get(f"{DISPUTES}/{dispute}").headers["ETag"]
    past, later = "2026-01-05T10:00:00+08:00", "2198-01-05T10:00:00+08:00"
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    for entry, field in (
        ({"rule": "INFO.REPLY", "start_on": "2026-01-05", "due_on": "2027-01-05"}, "due_on"),
        ({"rule": "LIT.SUE", "start_at": past}, "start_at"),
        ({"rule": "DV.ORDER", "start_at": past, "start_on": "2025-12-01"}, "start_on"),
        ({"rule": "DV.ORDER", "start_at": past, "due_on": "2026-01-05"}, "due_on"),
        ({"rule": "DV.ORDER", "start_at": later}, "start_at"),
        ({"rule": "DV.ORDER", "start_at": soon}, "start_at"),
        ({"rule": "OUT.12345", "start_at": past, "due_on": "2099-01-05"}, "start_at"),
    ):
        path = f"{DISPUTES}/{dispute}/clocks"
        answer = mediator.post(path, entry, key=uuid4().hex, version=tag)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field]), entry


def test_who_may_not_see_the_dispute_sees_no_term_of_it(office: Office) -> None:
    dispute, mediator = accepted(office)
    path, tag = of_rule(mediator, dispute)
    stranger = of_role(office, Role.LIAISON, "station")
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{DISPUTES}/{dispute}/clocks").status_code == 404
    assert of_role(office, Role.LEADER).get(path).status_code == 403
    other, _ = accepted(office)
    crossed = path.replace(dispute, other)
    assert mediator.get(crossed).status_code == 404
    moved = mediator.post(f"{crossed}/changes", ASKED, key=uuid4().hex, version=tag)
    assert moved.status_code == 404
