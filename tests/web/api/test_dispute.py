"""The JSON door of disputes: created once, changed on the version that was read, strictly read."""

import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import Role
from models import Dispute, Event, db
from service.gateways.keyring import Keyring
from service.queries.page import PLACE
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT
from tests.factories.office import Office
from tests.factories.program import DISPUTES, INTAKE, Program, dispatched, of_role

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def clerk(office: Office) -> Program:
    """The window's program."""
    return of_role(office, Role.WINDOW)


@pytest.fixture
def director(office: Office) -> Program:
    """The director's program."""
    return of_role(office, Role.DIRECTOR)


@pytest.fixture
def mediator(office: Office) -> Program:
    """The mediator's program."""
    return of_role(office, Role.MEDIATOR, "committee")


def stored(app: Flask) -> int:
    """How many disputes there are."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Dispute.id))) or 0


def without_receipt(shown: dict[str, Any]) -> dict[str, Any]:
    """What a later reading shows as well."""
    return {name: value for name, value in shown.items() if name != "receipt"}


def test_a_registration_answers_201_with_number_receipt_route_and_steps(clerk: Program) -> None:
    answer = clerk.intake(
        place={"village": "东街社区", "detail": "3 号"}, amount="800.50", people_count=2
    )
    shown = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"{DISPUTES}/{shown['id']}"
    assert (shown["status"], shown["amount"], shown["people_count"]) == ("registered", "800.50", 2)
    assert shown["number"].endswith("-00001")
    assert len(shown["receipt"]["code"]) == 8
    assert shown["route"]["lead"] == "people_mediation_committee"
    assert shown["steps"] == ["withdraw", "decline", "void"]
    assert [party["name"] for party in shown["parties"]] == ["王**", "李**"]


def test_what_was_created_reads_the_same_afterwards(clerk: Program) -> None:
    made = clerk.registered()
    answer = clerk.get(f"{DISPUTES}/{made['id']}")
    assert answer.status_code == 200
    assert without_receipt(answer.get_json() | {"linked": []}) == without_receipt(made)


def test_several_matters_are_linked_with_a_receipt_each(clerk: Program) -> None:
    made = clerk.registered(matters=[{"category": "neighbour"}, {"category": "debt"}])
    (other,) = made["linked"]
    assert made["category"] == "neighbour"
    assert len(other["receipt"]["code"]) == 8
    assert clerk.get(f"{DISPUTES}/{other['id']}").get_json()["category"] == "debt"


def test_the_same_key_and_body_answer_byte_for_byte_the_same(app: Flask, clerk: Program) -> None:
    key = uuid4().hex
    first = clerk.post(DISPUTES, INTAKE, key=key)
    again = clerk.post(DISPUTES, dict(reversed(INTAKE.items())), key=key)
    assert (again.status_code, again.data) == (201, first.data)
    assert [again.headers[name] for name in ("ETag", "Location", "Content-Type")] == [
        first.headers[name] for name in ("ETag", "Location", "Content-Type")
    ]
    assert stored(app) == 1


def test_the_same_key_with_another_body_is_422(app: Flask, clerk: Program) -> None:
    key = uuid4().hex
    clerk.post(DISPUTES, INTAKE, key=key)
    answer = clerk.post(DISPUTES, INTAKE | {"people_count": 2}, key=key)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency-key-reused")
    assert stored(app) == 1


def test_without_a_key_nothing_is_created(app: Flask, clerk: Program) -> None:
    answer = clerk.post(DISPUTES, INTAKE)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency-key-required")
    assert stored(app) == 0


NO_KEYS = ["k" * 101, "k\x7f"]


def test_a_key_that_is_none_is_refused(clerk: Program) -> None:
    for key in NO_KEYS:
        assert clerk.post(DISPUTES, INTAKE, key=key).status_code == 422


def test_the_key_of_another_user_is_another_key(app: Flask, office: Office, clerk: Program) -> None:
    key = uuid4().hex
    mine = clerk.post(DISPUTES, INTAKE, key=key).get_json()
    theirs = of_role(office, Role.DIRECTOR).post(DISPUTES, INTAKE, key=key).get_json()
    assert mine["id"] != theirs["id"]
    assert stored(app) == 2


def test_a_refused_creation_keeps_no_answer_under_its_key(app: Flask, clerk: Program) -> None:
    key = uuid4().hex
    refused = clerk.post(DISPUTES, INTAKE | {"facts": {"dangr": True}}, key=key)
    assert refused.status_code == 422
    assert clerk.post(DISPUTES, INTAKE, key=key).status_code == 201
    assert stored(app) == 1


def test_a_key_is_used_up_only_where_it_was_used(clerk: Program) -> None:
    """Nothing but a creation asks for a key, and none takes one."""
    made, key = clerk.registered(), uuid4().hex
    for _ in range(2):
        answer = clerk.post("/api/v1/routing/preview", {"category": "debt"}, key=key)
        assert answer.status_code == 200
    assert clerk.get(f"{DISPUTES}/{made['id']}", key=key).status_code == 200


def test_twenty_at_once_under_one_key_make_one_dispute(app: Flask, clerk: Program) -> None:
    key, together = uuid4().hex, Barrier(20)

    def send(_: int) -> tuple[int, bytes]:
        together.wait()
        answer = Program(app.test_client(), clerk.token).post(DISPUTES, INTAKE, key=key)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(20) as senders:
        answers = set(senders.map(send, range(20)))
    assert [status for status, _ in answers] == [201]
    assert stored(app) == 1


def test_a_change_needs_the_version_it_is_based_on(director: Program, clerk: Program) -> None:
    made = clerk.registered()
    for answer in (
        director.patch(f"{DISPUTES}/{made['id']}", {"amount": "5"}),
        director.post(f"{DISPUTES}/{made['id']}/steps/void", {"reason": "登记重复"}),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (428, "version-required")


WEAK_TAGS = ["*", 'W/"1"', "1", '"01"', '"+1"', '"１"', '"1", "2"', '""', '"x"']


def test_a_validator_that_is_not_strong_is_refused(director: Program, clerk: Program) -> None:
    for tag in WEAK_TAGS:
        made = clerk.registered()
        answer = director.patch(
            f"{DISPUTES}/{made['id']}",
            {"amount": "5"},
            headers={"If-Match": tag.encode().decode("latin-1")},
        )
        assert answer.status_code == 412
        assert director.get(f"{DISPUTES}/{made['id']}").headers["ETag"] == '"1"'


def test_a_stale_change_names_what_changed(director: Program, clerk: Program) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}"
    first = director.patch(path, {"amount": "5", "people_count": 3}, version='"1"')
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    stale = director.patch(path, {"amount": "7"}, version='"1"')
    assert (stale.status_code, stale.get_json()["changed"]) == (412, ["amount", "people_count"])
    assert director.get(path).get_json()["amount"] == "5"


def test_nobody_is_made_a_unit_to_read_the_masked_name(director: Program, clerk: Program) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}"
    shown = director.get(path).get_json()["parties"]
    unit = [{"id": each["id"], "kind": "organisation"} for each in shown]
    answer = director.patch(path, {"parties": unit}, version='"1"')
    told = {f"parties.{place}.kind": ["改成单位要把名称一起填写"] for place in range(len(unit))}
    assert (answer.status_code, answer.get_json()["errors"]) == (422, told)
    assert director.get(path).get_json()["parties"] == shown


def test_fifty_changes_of_one_version_at_once_are_one_change(
    app: Flask, director: Program, clerk: Program
) -> None:
    path, together = f"{DISPUTES}/{clerk.registered()['id']}", Barrier(25)

    def change(place: int) -> int:
        together.wait()
        body = {"amount": str(place)}
        return (
            Program(app.test_client(), director.token).patch(path, body, version='"1"').status_code
        )

    with ThreadPoolExecutor(25) as senders:
        answers = sorted(senders.map(change, range(50)))
    assert answers == [200] + [412] * 49
    assert director.get(path).headers["ETag"] == '"2"'


def test_an_illegal_step_is_409_with_the_legal_ones(
    office: Office, clerk: Program, director: Program
) -> None:
    dispute_id = dispatched(office, clerk, director)
    answer = director.take(dispute_id, "archive")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "step-not-allowed")
    assert answer.get_json()["steps"] == [
        "accept",
        "return",
        "assign",
        "withdraw",
        "decline",
        "void",
    ]


NO_STEPS = ["nonsense", "read", "register", "{step}", "session"]


def test_a_step_that_is_none_is_refused(clerk: Program, director: Program) -> None:
    for step in NO_STEPS:
        made = clerk.registered()
        assert director.take(made["id"], step).status_code in (403, 404)


def test_who_gives_a_dispute_back_is_told_that_it_went(
    office: Office, clerk: Program, director: Program, mediator: Program
) -> None:
    dispute_id = dispatched(office, clerk, director)
    answer = mediator.take(dispute_id, "return", {"reason": "与当事人有亲属关系"})
    assert (answer.status_code, answer.get_json()) == (
        200,
        {"id": dispute_id, "status": "registered", "steps": []},
    )
    assert mediator.get(f"{DISPUTES}/{dispute_id}").status_code == 404
    assert director.get(f"{DISPUTES}/{dispute_id}").get_json()["status"] == "registered"


UNKNOWN = "不认识的字段"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "closed"}, "status"),
        ({"place": {"village": "东街", "x": 1}}, "place.x"),
        ({"parties": [APPLICANT, RESPONDENT | {"masked": True}]}, "parties.1.masked"),
        ({"matters": [{"category": "debt", "version": 3}]}, "matters.0.version"),
    ],
)
def test_unknown_fields_are_refused_at_every_depth(
    app: Flask, clerk: Program, changes: dict[str, Any], field: str
) -> None:
    answer = clerk.intake(**changes)
    assert (answer.status_code, answer.get_json()["errors"]) == (422, {field: [UNKNOWN]})
    assert stored(app) == 0


RESERVED = """
    id number status outcome channel level version registered_at registered_on registered_by
    registered_at_organisation_id organisation organisation_id mediator mediator_id accepted_on
    closed_on due_on due_rule batch_id fingerprint sealed_key code visit_group created_by steps
""".split()


def test_no_field_of_ours_can_be_registered(clerk: Program) -> None:
    for name in RESERVED:
        for changes, path in (
            ({name: "1"}, name),
            ({"parties": [APPLICANT | {f"{name}_": "1"}]}, f"parties.0.{name}_"),
        ):
            answer = clerk.intake(**changes)
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [path]), name


def test_no_field_of_ours_can_be_corrected(director: Program, clerk: Program) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}"
    for name in [*RESERVED, "restricted", "matters"]:
        answer = director.patch(path, {name: "1"}, version='"1"')
        assert (answer.status_code, answer.get_json()["errors"]) == (422, {name: [UNKNOWN]}), name
    assert director.get(path).headers["ETag"] == '"1"'


def test_no_field_of_ours_comes_with_a_step(clerk: Program, director: Program) -> None:
    made = clerk.registered()
    for name in RESERVED:
        answer = director.take(made["id"], "void", {"reason": "登记重复", name: "1"})
        assert (answer.status_code, answer.get_json()["errors"]) == (422, {name: [UNKNOWN]}), name
    assert director.get(f"{DISPUTES}/{made['id']}").get_json()["status"] == "registered"


def test_an_empty_correction_is_refused(director: Program, clerk: Program) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}"
    answer = director.patch(path, {}, version='"1"')
    assert (answer.status_code, answer.get_json()["errors"]) == (
        422,
        {"body": ["没有要修改的内容"]},
    )


def test_every_wrong_field_is_told_in_chinese_at_its_place(app: Flask, clerk: Program) -> None:
    answer = clerk.post(
        DISPUTES,
        {
            "narrative": " ",
            "source": "rumour",
            "occurred_on": "昨天",
            "amount": "many",
            "people_count": 0,
            "restricted": "yes",
            "facts": [],
            "matters": {},
            "place": 3,
            "parties": [{"role": "boss", "language": "en", "name": 7}],
        },
        key=uuid4().hex,
    )
    errors = answer.get_json()["errors"]
    assert answer.status_code == 422
    assert set(errors) == {
        "category",
        "narrative",
        "source",
        "occurred_on",
        "amount",
        "people_count",
        "restricted",
        "facts",
        "matters",
        "place",
        "parties.0.role",
        "parties.0.language",
        "parties.0.name",
    }
    for path, messages in errors.items():
        assert all(any("\u4e00" <= sign <= "\u9fff" for sign in told) for told in messages), path
    assert stored(app) == 0


NO_AMOUNTS = [
    "-1",
    "0.001",
    "NaN",
    "Infinity",
    "1e999999",
    "1e-999999",
    "1000000000001",
    "",
    True,
    1.5,
]


def test_an_amount_that_is_none_is_refused_at_its_field(clerk: Program) -> None:
    for amount in NO_AMOUNTS:
        answer = clerk.intake(amount=amount)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["amount"])


UNTYPABLE = ["\0", "a\0b", "\ud800", "\udfff字", "\x1b[2J", "\x7f", "\ufffe", "\U0010ffff"]


def test_text_that_nobody_types_is_refused_at_its_field(clerk: Program) -> None:
    for text in UNTYPABLE:
        for changes, path in (
            ({"narrative": text}, "narrative"),
            ({"category": text}, "category"),
            ({"source_reference": text}, "source_reference"),
            ({"place": {"detail": text}}, "place.detail"),
            ({"parties": [APPLICANT | {"name": text}]}, "parties.0.name"),
            ({"parties": [APPLICANT | {"id_number": text}]}, "parties.0.id_number"),
        ):
            answer = clerk.intake(**changes)
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [path]), path


NO_NAMES = ["\ud800", "a\udfffb", "\0", "no.such", ""]


def test_a_field_name_that_nobody_types_is_refused(clerk: Program) -> None:
    for name in NO_NAMES:
        assert clerk.intake(**{name: 1}).status_code == 422
        assert clerk.intake(facts={name: True}).status_code == 422
        assert clerk.intake(parties=[APPLICANT | {name: 1}]).status_code == 422


JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "\0",
    [],
    [[]],
    [None],
    {},
    {"a": {}},
    "9" * 5000,
]


def test_no_json_value_at_any_place_makes_an_error_of_ours(
    clerk: Program, director: Program
) -> None:
    made = clerk.registered()
    paths: dict[str, Any] = {
        **{
            name: lambda junk, n=name: {n: junk}
            for name in [
                *INTAKE,
                "place",
                "facts",
                "matters",
                "amount",
                "people_count",
                "occurred_on",
                "restricted",
                "source_reference",
            ]
        },
        "party": lambda junk: {"parties": [junk]},
        "matter": lambda junk: {"matters": [junk]},
        **{
            f"party.{name}": lambda junk, n=name: {"parties": [APPLICANT | {n: junk}]}
            for name in (
                "role",
                "kind",
                "name",
                "id_type",
                "id_number",
                "phone",
                "address",
                "language",
            )
        },
        "fact": lambda junk: {"facts": {"danger": junk, "served_on": junk, "injury": junk}},
        "place.detail": lambda junk: {"place": {"detail": junk, "village": junk}},
    }
    for path, changes in paths.items():
        for junk in JUNK:
            assert clerk.intake(**changes(junk)).status_code in (201, 422), (path, junk)
    for junk in JUNK:
        for step in ("dispatch", "close", "decline", "void", "withdraw"):
            body = {
                "organisation": junk,
                "assist": junk,
                "outcome": junk,
                "ground": junk,
                "go_to": junk,
                "reason": junk,
            }
            assert director.take(made["id"], step, body).status_code == 422, (step, junk)
        assert director.take(made["id"], "void", junk).status_code in (200, 400, 422), junk


NO_QUERIES = [
    {"limit": "0"},
    {"limit": "201"},
    {"limit": "x"},
    {"sort": "amount"},
    {"status": "gone"},
    {"organisation": "x"},
    {"registered_from": "yesterday"},
    {"count": "perhaps"},
    {"cursor": "x"},
    {"cursor": "a" * 401},
    {"q": "a" * 61},
    {"q": "\0"},
    {"category": "\0"},
    {"village": "\0"},
    {"nonsense": "1"},
]


def test_a_query_that_is_none_is_refused_at_its_field(clerk: Program) -> None:
    for query in NO_QUERIES:
        answer = clerk.get(DISPUTES, query_string=query)
        assert answer.status_code == 422
        (path,) = answer.get_json()["errors"]
        assert path == next(iter(query))
        assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.get_json()["errors"][path][0])


def test_a_list_has_items_a_cursor_and_a_total_when_asked(clerk: Program) -> None:
    made = [clerk.registered()["id"] for _ in range(3)]
    first = clerk.get(DISPUTES, query_string={"limit": 2, "count": "true"}).get_json()
    rest = clerk.get(DISPUTES, query_string={"limit": 2, "cursor": first["next_cursor"]}).get_json()
    assert (first["total"], "total" in rest, rest["next_cursor"]) == (3, False, None)
    assert [row["id"] for row in first["items"] + rest["items"]] == made[::-1]


def test_a_leader_is_told_number_category_unit_stage_and_due_only(
    office: Office, clerk: Program, director: Program
) -> None:
    dispatched(office, clerk, director, restricted=True)
    dispatched(office, clerk, director)
    items = of_role(office, Role.LEADER).get(DISPUTES).get_json()["items"]
    names = [
        "category",
        "due_on",
        "due_paused",
        "number",
        "organisation",
        "overdue",
        "parties",
        "restricted",
        "status",
    ]
    assert [sorted(row) for row in items] == [names, names]
    assert [row["parties"] for row in items] == ["", "受限"]


def test_the_events_are_told_in_order_with_a_cursor(
    office: Office, clerk: Program, director: Program
) -> None:
    path = f"{DISPUTES}/{dispatched(office, clerk, director)}/events"
    first = director.get(path, query_string={"limit": 1}).get_json()
    rest = director.get(path, query_string={"cursor": first["next_cursor"]}).get_json()
    assert [each["action"] for each in first["items"] + rest["items"]] == ["register", "dispatch"]


NO_PLACES = ["[1e400]", "[99999999999999999999999]", "[-1]", '["1"]', "[true]"]


def test_a_place_in_the_events_that_is_none_is_refused(clerk: Program) -> None:
    for place in NO_PLACES:
        made = clerk.registered()
        sealed = Keyring(b"d" * 32, b"i" * 32).seal_alike(place.encode(), PLACE)
        cursor = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        path = f"{DISPUTES}/{made['id']}/events"
        assert clerk.get(path, query_string={"cursor": cursor}).status_code == 422


NO_TIMES = [
    "2026-11-02T09:00",
    "yesterday",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2299-01-01T00:00:00+08:00",
    5,
    None,
]


def test_a_session_at_no_time_is_refused_at_its_field(
    office: Office, clerk: Program, director: Program, mediator: Program
) -> None:
    for held_at in NO_TIMES:
        dispute_id = dispatched(office, clerk, director)
        mediator.taken(dispute_id, "accept")
        mediator.taken(dispute_id, "start")
        body = {"held_at": held_at, "place": "调解室", "minutes": "谈了"}
        answer = mediator.post(f"{DISPUTES}/{dispute_id}/sessions", body, key=uuid4().hex)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["held_at"])


def test_the_narrative_is_kept_as_it_was_written(clerk: Program) -> None:
    text = "第一行\r\n第二行　全角空格\u200b，ᠮᠣᠩᠭᠣᠯ 与 𠮷"
    made = clerk.registered(narrative=text)
    assert made["narrative"] == "第一行\n第二行　全角空格，ᠮᠣᠩᠭᠣᠯ 与 𠮷"


def test_one_event_for_each_change_and_none_for_a_refused_one(
    app: Flask, office: Office, clerk: Program, director: Program
) -> None:
    dispute_id = dispatched(office, clerk, director)
    director.patch(f"{DISPUTES}/{dispute_id}", {"amount": "5"}, version='"2"')
    director.patch(f"{DISPUTES}/{dispute_id}", {"amount": "6"}, version='"2"')
    director.take(dispute_id, "archive")
    clerk.take(dispute_id, "accept")
    clerk.intake(category="nonsense")
    with app.app_context():
        told = db.session.scalars(
            sa.select(Event.action).where(Event.subject == "dispute").order_by(Event.id)
        ).all()
    assert told == ["register", "dispatch", "correct"]


def test_nothing_of_a_foreign_dispute_can_be_reached(office: Office, clerk: Program) -> None:
    """Foreign is told byte for byte like missing, but for the request and the address asked."""
    theirs = clerk.registered()["id"]
    stranger = of_role(office, Role.MEDIATOR, "station")
    director = of_role(office, Role.DIRECTOR)
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/parties", None),
        ("GET", "/events", None),
        ("GET", "/sessions", None),
        ("GET", "/agreement", None),
        ("GET", "/visits", None),
        ("PATCH", "", {"amount": "5"}),
        ("POST", "/steps/accept", {}),
        ("POST", "/steps/close", {"outcome": "guided"}),
        (
            "POST",
            "/sessions",
            {"held_at": "2026-11-02T09:00:00+08:00", "place": "某处", "minutes": "某"},
        ),
        ("POST", "/visits", {"visited_on": "2026-11-02", "result": "performed"}),
    ):
        told = [
            stranger.send(method, f"{DISPUTES}/{each}{path}", body, version='"1"', key=uuid4().hex)
            for each in (theirs, NOBODY)
        ]
        assert [each.status_code for each in told] == [404, 404], (method, path)
        bodies = [each.get_json() | {"request_id": "", "instance": ""} for each in told]
        assert bodies[0] == bodies[1], (method, path)
        kept = [
            {k: v for k, v in each.headers.items() if k not in ("X-Request-Id", "Content-Length")}
            for each in told
        ]
        assert kept[0] == kept[1], (method, path)
    assert director.get(f"{DISPUTES}/{theirs}").get_json()["narrative"] == NARRATIVE
    assert director.get(f"{DISPUTES}/{theirs}").headers["ETag"] == '"1"'


def test_a_replay_shows_nothing_to_who_may_no_longer_see_it(
    office: Office, clerk: Program, director: Program
) -> None:
    body = INTAKE | {"restricted": True}
    made = clerk.post(DISPUTES, body, key="same")
    path = made.headers["Location"]
    assert clerk.post(DISPUTES, body, key="same").data == made.data
    sent = {"organisation": str(office.units["committee"])}
    director.post(f"{path}/steps/dispatch", sent, version='"1"')
    assert clerk.post(DISPUTES, body, key="same").status_code == 404
