"""A restricted dispute: who sees what of it, on every surface, and how somebody gets to see it."""

import base64
import html
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from config.vocabulary import Role
from models import AuditEntry, Dispute, Glass, db, transaction
from service.operations import restricted
from service.web.cookie import COOKIE
from tests.factories.dispute import APPLICANT, RESPONDENT
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id
from tests.factories.program import DISPUTES, Program, dispatched, of_role, program
from tests.factories.visitor import Visitor

# what nobody may find who sees the dispute sealed
CANARIES: Final = {
    "applicant": "司空见雪",
    "respondent": "欧阳拂晓",
    "phone": mobile(771),
    "id_number": resident_id(771),
    "address": "柳溪镇白桦巷七百七十一号",
    "place": "白桦巷尽头的旧碾坊",
    "village": "白桦社区",
    "narrative": "碾坊夜里起了争执砸坏了门",
    "interpreter": "乌云格日乐",
    "amount": "771771",
    "minutes": "谈到碾坊的旧账便吵起来",
    "session_place": "东厢第三调解室",
    "terms": "每月初七付清当月的柴火",
    "note": "门已经修好还差一把锁",
    "material": "碾坊的地契复印件",
    "outside": "WB-6600-6611",
    "why_returned": "我们与碾坊主人是亲戚要回避",
    "why_marked": "怕对方知道她来过这里",
    "why_named": "她只肯同女同志细说",
}


def sent_back(office: Office, clerk: Program, director: Program, mediator: Program) -> str:
    """The id of a restricted dispute with a canary in everything that takes words."""
    dispute_id = dispatched(
        office,
        clerk,
        director,
        parties=[
            APPLICANT
            | {
                "name": CANARIES["applicant"],
                "phone": CANARIES["phone"],
                "id_number": CANARIES["id_number"],
                "address": CANARIES["address"],
                "language": "mn",
            },
            RESPONDENT | {"name": CANARIES["respondent"]},
        ],
        narrative=CANARIES["narrative"],
        place={"village": CANARIES["village"], "detail": CANARIES["place"]},
        amount=CANARIES["amount"],
        interpreter=CANARIES["interpreter"],
    )
    path = f"{DISPUTES}/{dispute_id}"
    mediator.taken(dispute_id, "return", {"reason": CANARIES["why_returned"]})
    body = {
        "organisation": str(office.units["committee"]),
        "mediator": str(office.mediator.user_id),
    }
    director.taken(dispute_id, "dispatch", body)
    mediator.taken(dispute_id, "accept")
    marked = mediator.post(f"{path}/restrict", {"reason": CANARIES["why_marked"]})
    assert marked.status_code == 200, marked.text
    papers = {"items": [{"name": CANARIES["material"], "state": "wanted"}]}
    assert mediator.post(f"{path}/materials", papers, key=uuid4().hex).status_code == 201
    mediator.taken(dispute_id, "start")
    held = {
        "held_at": "2026-01-05T09:00:00+08:00",
        "place": CANARIES["session_place"],
        "minutes": CANARIES["minutes"],
    }
    assert mediator.post(f"{path}/sessions", held, key=uuid4().hex).status_code == 201
    mediator.taken(dispute_id, "agree", {"form": "written", "terms": CANARIES["terms"]})
    visited = {"visited_on": "2026-01-05", "result": "performed", "note": CANARIES["note"]}
    assert mediator.post(f"{path}/visits", visited, key=uuid4().hex).status_code == 201
    entry = {"system": "police", "number": CANARIES["outside"], "entered_on": "2026-01-05"}
    assert mediator.post(f"{path}/outside-entries", entry, key=uuid4().hex).status_code == 201
    return dispute_id


@pytest.fixture
def people(office: Office) -> dict[str, Program]:
    """The programs of those who take part."""
    return {
        "clerk": of_role(office, Role.WINDOW),
        "director": of_role(office, Role.DIRECTOR),
        "mediator": of_role(office, Role.MEDIATOR, "committee"),
        "secadmin": of_role(office, Role.SECADMIN),
        "auditor": of_role(office, Role.AUDITOR),
        "second": program(office, office.actor(Role.DIRECTOR, name="b")),
    }


def spellings(canary: str) -> Iterator[bytes]:
    """How a canary may stand in an answer."""
    for text in (canary, html.escape(canary), json.dumps(canary)[1:-1], quote(canary)):
        yield text.encode()
    yield base64.b64encode(canary.encode())


def found(body: bytes) -> list[str]:
    """Which canaries stand in an answer."""
    return [name for name, text in CANARIES.items() if any(s in body for s in spellings(text))]


def paths(office: Office, dispute_id: str) -> Iterator[str]:
    """Every address that can be read, of the dispute or of none."""
    values = {
        "dispute_id": dispute_id,
        "week": "2026-W02",
        "kind": "rows",
        "metric_id": "disputes_received",
        "step": "close",
    }
    for rule in office.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments - set(values):
            continue
        with office.app.test_request_context():
            address = office.app.url_map.bind("localhost").build(
                rule.endpoint,
                {name: values[name] for name in rule.arguments},
                append_unknown=False,
            )
        yield str(address)


def browser(office: Office, reader: Program) -> FlaskClient:
    """The pages as the owner of a program opens them."""
    client = office.app.test_client()
    client.set_cookie(COOKIE, reader.token)
    return client


@pytest.mark.daily("sqlite")
def test_the_director_finds_none_of_it_on_any_surface(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = sent_back(office, people["clerk"], people["director"], people["mediator"])
    pages = browser(office, people["director"])
    leaks: dict[str, list[str]] = {}
    seen: set[int] = set()
    for path in paths(office, dispute_id):
        answer = people["director"].get(path) if path.startswith("/api") else pages.get(path)
        seen.add(answer.status_code)
        assert answer.status_code < 500, path
        if hits := found(answer.data + str(answer.headers).encode()):
            leaks[path] = hits
    assert leaks == {}
    assert 200 in seen
    number = people["director"].get(f"{DISPUTES}/{dispute_id}").get_json()["number"]
    visitor = Visitor(office.app, office.director)
    for asked in ("applicant", "phone", "id_number", "narrative", "material", "outside"):
        page = visitor.fill(visitor.get("/search"), "/search", q=CANARIES[asked])
        shown = visitor.follow(page) if page.status == 303 else page
        assert (shown.status, number in shown.text) == (200, False), asked
    village = people["director"].get(DISPUTES, query_string={"village": CANARIES["village"]})
    assert village.get_json()["items"] == []
    # the walk would find them: the mediator in charge sees them
    path = f"{DISPUTES}/{dispute_id}"
    told = [people["mediator"].get(f"{path}{part}").data for part in PARTS]
    assert {"applicant", "narrative", "minutes", "terms", "note", "material"} <= {
        name for body in told for name in found(body)
    }


PARTS: Final = (
    "",
    "/parties",
    "/events",
    "/sessions",
    "/agreement",
    "/visits",
    "/materials",
)  # fmt: skip -- a list of words


def test_who_sees_it_sealed_is_told_what_happened_without_reasons(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = sent_back(office, people["clerk"], people["director"], people["mediator"])
    path = f"{DISPUTES}/{dispute_id}/events"
    events = people["director"].get(path).get_json()["items"]
    assert [each["action"] for each in events][:3] == ["register", "dispatch", "return"]
    assert {each.get("reason") for each in events} == {None}
    inside = people["mediator"].get(path).get_json()["items"]
    assert CANARIES["why_returned"] in {each["reason"] for each in inside}


def test_who_is_named_reads_it_from_the_next_request_on_until_it_ends(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = sent_back(office, people["clerk"], people["director"], people["mediator"])
    path, second = f"{DISPUTES}/{dispute_id}", office.actor(Role.DIRECTOR, name="b")
    body = {"person": str(second.user_id), "reason": CANARIES["why_named"]}
    assert people["second"].get(path).get_json()["sealed"] is True
    named = people["director"].post(f"{path}/named", body, key=uuid4().hex)
    assert named.status_code == 201, named.text
    opened = people["second"].get(path).get_json()
    assert (opened["sealed"], opened["narrative"]) == (False, CANARIES["narrative"])
    assert CANARIES["applicant"] not in json.dumps(opened, ensure_ascii=False)  # masked
    kinds = [each["kind"] for each in people["second"].get("/api/v1/notices").get_json()["items"]]
    assert "named" in kinds
    again = people["director"].post(f"{path}/named", body, key=uuid4().hex)
    assert again.get_json()["errors"] == {"person": ["已经指定过了"]}
    named_id = named.get_json()["items"][0]["id"]
    assert people["director"].post(f"{path}/named/{named_id}/end").status_code == 200
    assert people["second"].get(path).get_json()["sealed"] is True
    assert people["director"].post(f"{path}/named/{named_id}/end").status_code == 409


@pytest.mark.parametrize(
    ("role", "unit"),
    [(Role.WINDOW, "centre"), (Role.LEADER, "centre"), (Role.SECADMIN, "centre")],
)
def test_nobody_is_named_who_could_not_read_it(
    office: Office, people: dict[str, Program], role: Role, unit: str
) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    body = {"person": str(office.actor(role, unit).user_id), "reason": "要她来看"}
    answer = people["director"].post(f"{DISPUTES}/{dispute_id}/named", body, key=uuid4().hex)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["person"])


def test_nobody_names_themselves(office: Office, people: dict[str, Program]) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    body = {"person": str(office.director.user_id), "reason": "我要看"}
    answer = people["director"].post(f"{DISPUTES}/{dispute_id}/named", body, key=uuid4().hex)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["person"])


WHY: Final = "孩子今晚要被接走，必须马上核实"


def asked(director: Program, dispute_id: str) -> dict[str, Any]:
    """A request to break the glass."""
    path = f"{DISPUTES}/{dispute_id}/break-glass"
    answer = director.post(path, {"reason": WHY}, key=uuid4().hex)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def test_the_glass_breaks_with_a_second_person_and_the_auditor_sees_it(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    path = f"{DISPUTES}/{dispute_id}"
    glass = asked(people["director"], dispute_id)
    twice = people["director"].post(f"{path}/break-glass", {"reason": WHY}, key=uuid4().hex)
    assert (glass["state"], twice.status_code) == ("pending", 409)
    assert people["director"].get(path).get_json()["sealed"] is True
    for reader in ("secadmin", "auditor"):
        listed = people[reader].get("/api/v1/break-glass").get_json()["items"]
        assert [(each["state"], "reason" in each) for each in listed] == [("pending", False)]
    one = f"/api/v1/break-glass/{glass['id']}"
    assert people["secadmin"].get(one).get_json()["reason"] == WHY
    assert people["auditor"].get(one).status_code == 403
    decided = people["secadmin"].post(f"{one}/decide", {"agree": True})
    assert decided.get_json()["state"] == "open"
    assert people["secadmin"].get(one).get_json().get("reason") is None
    assert people["secadmin"].get(path).status_code == 403
    opened = people["director"].get(path).get_json()
    assert opened["sealed"] is False
    people["director"].get(path)
    with office.app.app_context():
        trail = deeds()
    through = [each for each in trail if each.detail.get("glass") == glass["id"]]
    assert [each.action for each in through] == [
        "dispute.glass-ask",
        "glass.read",
        "dispute.glass-agree",
        "dispute.look",
        "dispute.look",
    ]
    ended = people["director"].post(f"{one}/end")
    assert ended.get_json()["state"] == "over"
    assert people["director"].get(path).get_json()["sealed"] is True


def deeds() -> list[AuditEntry]:
    """The trail, in order."""
    return list(db.session.query(AuditEntry).order_by(AuditEntry.seq))


def test_a_refusal_says_why_and_opens_nothing(office: Office, people: dict[str, Program]) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    one = f"/api/v1/break-glass/{asked(people['director'], dispute_id)['id']}"
    bare = people["secadmin"].post(f"{one}/decide", {"agree": False})
    assert list(bare.get_json()["errors"]) == ["reason"]
    told = {"agree": False, "reason": "请先联系承办的调解员"}
    assert people["secadmin"].post(f"{one}/decide", told).get_json()["state"] == "refused"
    assert people["secadmin"].post(f"{one}/decide", {"agree": True}).status_code == 409
    assert people["director"].get(f"{DISPUTES}/{dispute_id}").get_json()["sealed"] is True
    asked(people["director"], dispute_id)  # one may ask again


@pytest.mark.parametrize("reason", ["急", "快 快 快 快 快 快", "a b c d e f"])
def test_a_reason_that_is_none_is_refused_at_its_field(
    people: dict[str, Program], reason: str
) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    path = f"{DISPUTES}/{dispute_id}/break-glass"
    answer = people["director"].post(path, {"reason": reason}, key=uuid4().hex)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["reason"])


def moved_back(glass_id: UUID, by: timedelta) -> None:
    """As if it had all happened earlier."""
    with transaction() as session:
        glass = session.query(Glass).filter(Glass.id == glass_id).one()
        glass.asked_at -= by
        if glass.decided_at:
            glass.decided_at -= by
        if glass.until:
            glass.until -= by


def test_it_closes_by_itself_after_four_hours(office: Office, people: dict[str, Program]) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    glass = asked(people["director"], dispute_id)
    one = f"/api/v1/break-glass/{glass['id']}"
    people["secadmin"].post(f"{one}/decide", {"agree": True})
    path = f"{DISPUTES}/{dispute_id}"
    assert people["director"].get(path).get_json()["sealed"] is False
    with office.app.app_context():
        moved_back(UUID(glass["id"]), timedelta(hours=4))
    assert people["director"].get(path).get_json()["sealed"] is True
    states = people["auditor"].get("/api/v1/break-glass").get_json()["items"]
    assert [each["state"] for each in states] == ["over"]


def test_a_request_nobody_decides_lapses_after_four_hours(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    glass = asked(people["director"], dispute_id)
    with office.app.app_context():
        moved_back(UUID(glass["id"]), timedelta(hours=4))
    one = f"/api/v1/break-glass/{glass['id']}"
    assert people["secadmin"].get(one).get_json()["state"] == "lapsed"
    assert people["secadmin"].post(f"{one}/decide", {"agree": True}).status_code == 409


def test_who_loses_the_role_looks_no_longer_and_getting_it_back_opens_nothing(
    office: Office, people: dict[str, Program]
) -> None:
    dispute_id = people["clerk"].registered(restricted=True)["id"]
    glass = asked(people["director"], dispute_id)
    people["secadmin"].post(f"/api/v1/break-glass/{glass['id']}/decide", {"agree": True})
    with office.app.app_context(), transaction() as session:
        restricted.end_glasses_of(
            session,
            office.director.user_id,
            {Role.LEADER},
            actor=None,
            desk=office.desk,
            now=session.query(Glass).one().asked_at + timedelta(minutes=1),
        )
    assert people["director"].get(f"{DISPUTES}/{dispute_id}").get_json()["sealed"] is True


def test_marking_takes_the_visit_along_and_unmarking_gives_it_back(
    office: Office, people: dict[str, Program]
) -> None:
    matter = {"category": "neighbour", "narrative": "菜地边上的树也在争"}
    first = people["clerk"].registered(matters=[matter, matter | {"category": "debt"}])
    one, other = first["id"], first["linked"][0]["id"]
    marked = people["director"].post(f"{DISPUTES}/{one}/restrict", {"reason": "怕对方报复"})
    assert marked.get_json()["sealed"] is True
    assert people["director"].get(f"{DISPUTES}/{other}").get_json()["sealed"] is True
    again = people["director"].post(f"{DISPUTES}/{one}/restrict", {"reason": "怕对方报复"})
    assert again.status_code == 403  # the right reaches open disputes only
    body = {"person": str(office.actor(Role.DIRECTOR, name="b").user_id), "reason": "请她核对"}
    why = {"reason": "双方都说可以公开"}
    assert people["second"].post(f"{DISPUTES}/{one}/unrestrict", why).status_code == 403
    people["director"].post(f"{DISPUTES}/{one}/named", body, key=uuid4().hex)
    half = people["second"].post(f"{DISPUTES}/{one}/unrestrict", why)
    assert half.status_code == 409  # the other one of the visit is not hers to read
    people["director"].post(f"{DISPUTES}/{other}/named", body, key=uuid4().hex)
    opened = people["second"].post(f"{DISPUTES}/{one}/unrestrict", why)
    assert opened.status_code == 200, opened.text
    with office.app.app_context():
        rows = db.session.query(Dispute).all()
        assert {row.restricted for row in rows} == {False}
        assert {party.name_sealed for row in rows for party in row.parties} == {None}
    listed = people["director"].get(DISPUTES, query_string={"q": APPLICANT["name"]}).get_json()
    assert {each["id"] for each in listed["items"]} == {one, other}


@pytest.mark.parametrize(
    "told",
    [
        {"facts": {"minor_victim": True}},
        {"parties": [APPLICANT | {"id_number": "150525201501010011"}, RESPONDENT]},
    ],
    ids=["fact", "minor"],
)
def test_what_the_law_closes_nobody_opens(
    office: Office, people: dict[str, Program], told: dict[str, Any]
) -> None:
    dispute_id = people["clerk"].registered(**told)["id"]
    path = f"{DISPUTES}/{dispute_id}"
    body = {"person": str(office.actor(Role.DIRECTOR, name="b").user_id), "reason": "请她核对"}
    assert people["director"].post(f"{path}/named", body, key=uuid4().hex).status_code == 201
    answer = people["second"].post(f"{path}/unrestrict", {"reason": "想公开"})
    assert answer.status_code == 409
    assert people["director"].get(path).get_json()["sealed"] is True


def test_the_window_marks_what_it_may_still_correct(people: dict[str, Program]) -> None:
    dispute_id = people["clerk"].registered()["id"]
    path = f"{DISPUTES}/{dispute_id}"
    marked = people["clerk"].post(f"{path}/restrict", {"reason": "怕对方报复"})
    assert (marked.status_code, marked.get_json()["restricted"]) == (200, True)
    events = people["clerk"].get(f"{path}/events").get_json()["items"]
    assert events[-1]["reason"] == "怕对方报复"
