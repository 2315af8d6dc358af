"""Meetings by program: called once, held, followed up; a restricted dispute is never told."""

from typing import Any
from uuid import uuid4

from config.vocabulary import DisputeStatus, Role
from models import db
from service.operations import restricted
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import program

ALL = "/api/v1/meetings"
OPEN_WORDS, SHUT_WORDS = "院墙怎么拆、谁来拆", "孩子由谁接送"
SAID, DECIDED = "派出所说双方已经冷静", "请司法所本周内上门"


def test_it_is_called_held_and_followed_and_a_restricted_dispute_leaks_nothing(  # noqa: PLR0915 -- one meeting from its call to its end
    office: Office,
) -> None:
    station, justice = (office.actor(Role.LIAISON, each) for each in ("station", "justice"))
    with office.app.app_context():
        told: dict[str, Any] = {"desk": office.desk, "now": MONDAY_9AM}
        plain = registered(office, now=MONDAY_9AM).until(DisputeStatus.MEDIATING)
        shut = registered(office, now=MONDAY_9AM).until(DisputeStatus.MEDIATING)
        numbers = [plain.row.number, shut.row.number]
        db.session.rollback()
    director, police = program(office, office.director), program(office, station)
    law, committee = program(office, justice), program(office, office.liaison)
    body: dict[str, Any] = {
        "title": "十一月联席会议",
        "held_at": MONDAY_9AM.isoformat(),
        "place": "镇综治中心三楼",
        "members": [str(office.units[each]) for each in ("station", "committee")],
        "items": [
            {"words": OPEN_WORDS, "number": numbers[0]},
            {"words": SHUT_WORDS, "number": numbers[1]},
            {"words": "下季度怎么排班"},
        ],
    }
    assert director.post(ALL, body).status_code == 400  # no Idempotency-Key
    assert police.post(ALL, body, key=uuid4().hex).status_code == 403
    strange = body | {"items": [{"number": "LXZ2026-99999"}]}
    wrong = director.post(ALL, strange, key=uuid4().hex)
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["items.0.number"])
    key = uuid4().hex
    made = director.post(ALL, body, key=key)
    assert made.status_code == 201
    assert director.post(ALL, body, key=key).get_json() == made.get_json()
    one = f"{ALL}/{made.get_json()['row']['id']}"
    with office.app.app_context():
        restricted.restrict(shut.id, "涉及未成年人", actor=office.director, **told)
    # who was not invited knows of no meeting
    assert (law.get(one).status_code, law.get(ALL).get_json()["items"]) == (404, [])
    seen = police.get(one).get_json()["items"]
    assert [(each["number"], each["hidden"], each["words"]) for each in seen] == [
        (numbers[0], True, None),
        (numbers[1], True, None),
        (None, False, "下季度怎么排班"),
    ]
    assert SHUT_WORDS not in police.get(one).get_data(as_text=True)
    theirs = committee.get(one).get_json()["items"]
    assert [each["words"] for each in theirs] == [OPEN_WORDS, None, "下季度怎么排班"]
    minutes = {
        "words": "会议开得顺利",
        "attended": [str(office.units["station"])],
        "said": [{"item": 1, "words": SAID}],
        "decisions": [
            {
                "words": DECIDED,
                "organisation": str(office.units["justice"]),
                "due_on": "2126-11-06",
                "item": 1,
            },
            {
                "words": "请派出所排班",
                "organisation": str(office.units["station"]),
                "due_on": "2126-11-05",
            },
        ],
    }
    address, version = f"{one}/minutes", director.get(one).headers["ETag"]
    assert police.post(address, minutes, version=version).status_code == 403
    # nobody reads the restricted one in full: nothing is written on it
    about = minutes | {"said": [{"item": 2, "words": SAID}]}
    assert director.post(address, about, version=version).status_code == 409
    held = director.post(address, minutes, version=version).get_json()
    assert (held["row"]["state"], held["row"]["open"], held["row"]["late"]) == ("held", 2, 0)
    assert {each["organisation"]: each["attended"] for each in held["members"]} == {
        "柳溪派出所": True,
        "柳溪镇人民调解委员会": False,
    }
    assert director.post(address, minutes, version=version).status_code == 412
    # who owes something knows of the meeting now, but not of the dispute
    (owed, other) = law.get(one).get_json()["decisions"]
    assert (owed["hidden"], owed["words"], other["words"]) == (True, None, "请派出所排班")
    assert [each["ordinal"] for each in police.get(f"{ALL}/decisions").get_json()["items"]] == [2]
    settle = f"{one}/decisions/{other['id']}/settle"
    assert law.post(settle, {"words": "已排"}).status_code == 403
    assert police.post(settle, {"words": "算了", "dropped": True}).status_code == 403
    done = police.post(settle, {"words": "已排到年底"}).get_json()
    assert [(each["state"], each["follow_up"]) for each in done["decisions"]] == [
        ("open", None),
        ("done", "已排到年底"),
    ]
    assert police.post(settle, {"words": "再填"}).status_code == 409
    assert police.post(f"{one}/decisions/{owed['id']}/settle", {"words": "看"}).status_code == 404
    waits = director.get(f"{ALL}/decisions").get_json()["items"]
    assert [(each["organisation"], each["late"]) for each in waits] == [("柳溪司法所", False)]
    dropped = director.post(
        f"{one}/decisions/{owed['id']}/settle", {"words": "双方和好", "dropped": True}
    )
    assert dropped.get_json()["decisions"][0]["state"] == "dropped"
