"""Versions of the routing rules by program: drafted, changed, checked, replayed, published."""

from datetime import timedelta
from typing import Any

import pytest

from config.vocabulary import STAFF, Role
from service.clock import utc_now
from tests.factories.office import Office
from tests.factories.program import Program, of_role, program
from tests.factories.rulebook import FIRM, SHIPPED, changed, second_director

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
RULES, REPLAYS = "/api/v1/routing/rules", "/api/v1/routing/replays"
PREVIEW = "/api/v1/routing/preview"
TO_FIRM = changed("debt", FIRM)
NOBODY = "规则 debt 的牵头（lead）里有未知的单位 nobody"


@pytest.fixture
def writer(office: Office) -> Program:
    """The program of the director, who writes."""
    return of_role(office, Role.DIRECTOR)


def test_a_draft_is_written_changed_replayed_and_published(office: Office, writer: Program) -> None:
    number = of_role(office, Role.WINDOW).registered(category="debt")["number"]
    made = writer.post(RULES, {"title": "第二版"}, key="d")
    assert made.status_code == 201
    assert made.headers["Location"] == f"{RULES}/2"
    assert (made.get_json()["state"], made.get_json()["faults"]) == ("checked", [])
    path = f"{RULES}/2"
    assert writer.patch(path, {"content": TO_FIRM}).status_code == 428
    revised = writer.patch(path, {"content": TO_FIRM, "note": "债务"}, version='"1"')
    assert (revised.status_code, revised.headers["ETag"]) == (200, '"2"')
    assert writer.patch(path, {"note": "晚了"}, version='"1"').status_code == 412
    assert writer.get(path).get_json() == revised.get_json()
    checked = writer.post(f"{path}/check", version='"2"')
    assert checked.get_json() == {"state": "checked", "faults": []}

    replay = writer.post(REPLAYS, {"rules": 2, "last": 100}, key="r")
    told = replay.get_json()
    assert (replay.status_code, told["compared"], told["changed"]) == (201, 1, 1)
    move = {
        "from": "yes/people/people_mediation_committee",
        "to": "yes/people/law_firm",
        "count": 1,
        "from_text": "可以受理，人民调解，人民调解委员会",
        "to_text": "可以受理，人民调解，律师事务所",
    }
    assert told["moves"] == [move]
    assert told["disputes"] == [
        {
            "number": number,
            "from": move["from"],
            "to": move["to"],
            "because": "规则“债权债务纠纷，人民调解”的去向改了",
            "restricted": False,
        }
    ]
    assert writer.get(replay.headers["Location"]).get_json() == told
    [kept] = writer.get(f"{REPLAYS}?rules=2").get_json()["items"]
    assert (kept["id"], kept["changed"]) == (told["id"], 1)

    tomorrow = office.desk.today(utc_now()) + timedelta(days=1)
    when = {"in_force_from": tomorrow.isoformat()}
    assert writer.post(f"{path}/publish", when, version='"2"').status_code == 409
    other = program(office, second_director(office))
    published = other.post(f"{path}/publish", when, version='"2"')
    assert (published.status_code, published.get_json()["state"]) == (200, "published")
    listed = writer.get(RULES).get_json()
    assert [(each["number"], each["governs"]) for each in listed["versions"]] == [
        (2, False),
        (1, True),
    ]
    asked = {"category": "debt", "registered_on": tomorrow.isoformat()}
    answer = writer.post(PREVIEW, asked).get_json()
    assert (answer["lead"], answer["rule"]) == ("law_firm", {"id": "debt", "version": 2})
    assert writer.post(PREVIEW, {"category": "debt"}).get_json()["rule"]["version"] == 1


def test_a_rule_is_told_in_full_words(writer: Program) -> None:
    rules = {each["id"]: each for each in writer.get(RULES).get_json()["items"]}
    told = rules["petition_final"]
    shown = {name: told[name] for name in ("when", "outcome", "basis_text")}
    assert shown == {
        "when": "是否已在别处处理是“信访复核终结”，并且除非（有新的事实：是）",
        "outcome": "不适用调解，引导到信访部门",
        "basis_text": ["《信访工作条例》第36条"],
    }


def test_what_is_wrong_is_told_at_its_rule_and_field(writer: Program) -> None:
    wrong = changed("debt", ('lead = "people_mediation_committee"', 'lead = "nobody"'))
    made = writer.post(RULES, {"content": wrong}, key="w").get_json()
    assert made["state"] == "draft"
    assert made["faults"] == [{"rule": "debt", "field": "lead", "text": NOBODY}]
    refused = writer.post(RULES, {"content": "version = "}, key="x")
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["content"])
    list_of_one = SHIPPED.replace('lead = "police_station"', 'lead = ["police_station"]', 1)
    strange = writer.post(RULES, {"content": list_of_one}, key="y")
    assert strange.get_json()["errors"] == {
        "content": ["分流规则有误：规则 danger 的 lead 应为文字"]
    }
    nought = writer.get(f"{REPLAYS}?rules=0")
    assert nought.get_json()["errors"] == {"rules": ["应在 1 到 2147483647 之间"]}
    replay = writer.post(REPLAYS, {"rules": 2, "last": 5}, key="r")
    assert replay.status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rules": 2, "last": 0}, "last"),
        ({"rules": 2, "registered_from": "2026-01-01"}, "registered_to"),
        ({"last": 5}, "rules"),
    ],
)
def test_a_question_without_sense_is_refused(
    writer: Program, body: dict[str, Any], field: str
) -> None:
    writer.post(RULES, {}, key="d")
    answer = writer.post(REPLAYS, body, key="r")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_everybody_who_routes_reads_and_the_director_writes(office: Office) -> None:
    readers = {role for role in STAFF if of_role(office, role).get(RULES).status_code == 200}
    writers = {
        role for role in STAFF if of_role(office, role).post(RULES, {}, key="d").status_code == 201
    }
    assert readers == set(STAFF) - {Role.SYSADMIN, Role.SECADMIN}
    assert writers == {Role.DIRECTOR}


def test_a_draft_is_taken_back(writer: Program) -> None:
    tag = writer.post(RULES, {}, key="d").headers["ETag"]
    done = writer.post(f"{RULES}/2/withdraw", version=tag)
    assert (done.status_code, done.get_json()["state"]) == (200, "withdrawn")
    again = writer.patch(f"{RULES}/2", {"note": "还想改"}, version='"2"')
    assert again.status_code == 409
    assert writer.get(f"{RULES}/9").status_code == 404
