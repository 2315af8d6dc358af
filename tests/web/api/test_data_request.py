"""What people may ask about their own data, from the window to the answer."""

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from config.vocabulary import Role
from tests.factories.dispute import APPLICANT, RESPONDENT
from tests.factories.office import Office
from tests.factories.person import resident_id
from tests.factories.program import Program, of_role, program
from tests.factories.visitor import Visitor

PATH = "/api/v1/data-requests"
ASKED: dict[str, Any] = {
    "kind": "access",
    "name": APPLICANT["name"],
    "id_number": APPLICANT["id_number"],
    "identity_check": "card",
    "everything": True,
    "received_on": "2026-01-05",
}


def asked(clerk: Program, **changes: Any) -> TestResponse:
    """The answer to a request that is written down."""
    return clerk.post(PATH, ASKED | changes, key=uuid4().hex)


def taken(who: Program, made: dict[str, Any], step: str, body: dict[str, Any]) -> TestResponse:
    """The answer to a step on the version as it is."""
    path = f"{PATH}/{made['id']}"
    tag = who.get(path).headers["ETag"]
    return who.post(f"{path}/steps/{step}", body, version=tag)


def test_a_request_goes_its_whole_way(office: Office) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    number = clerk.registered()["number"]
    made = asked(clerk).get_json()
    assert (made["numbers"], made["status"], made["due_on"]) == ([number], "received", "2026-01-26")
    assert (made["name"], "*" in made["id_number"]) == ("王**", True)
    assert taken(clerk, made, "decide", {"decision": "granted"}).status_code == 403
    early = taken(clerk, made, "answer", {"method": "post", "answered_on": "2026-01-06"})
    assert early.status_code == 409
    unsaid = taken(director, made, "decide", {"decision": "refused"})
    assert (unsaid.status_code, list(unsaid.get_json()["errors"])) == (422, ["reason"])
    decided = taken(director, made, "decide", {"decision": "granted"}).get_json()
    assert (decided["status"], decided["decision"]) == ("decided", "granted")
    told = taken(clerk, made, "answer", {"method": "in_person", "answered_on": "2026-01-06"})
    assert (told.get_json()["status"], told.get_json()["answer_method"]) == (
        "answered",
        "in_person",
    )


def test_what_is_wrong_is_told_at_the_field(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    number = clerk.registered()["number"]
    for changes, wrong in (
        ({"id_number": "1505"}, ["id_number"]),
        ({"received_on": "2999-01-01"}, ["received_on"]),
        ({"everything": False}, ["numbers"]),
        ({"numbers": [number]}, ["numbers"]),
        ({"everything": False, "numbers": ["LXZ2026-99999"]}, ["numbers"]),
        ({"everything": False, "numbers": [number], "id_number": resident_id(9)}, ["numbers"]),
        ({"kind": "correct"}, ["wish"]),
    ):
        answer = asked(clerk, **changes)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, wrong)


def test_a_restricted_dispute_is_as_if_it_were_not_there(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    hidden = clerk.registered(restricted=True)["number"]
    assert asked(clerk).get_json()["numbers"] == []
    named, unknown = (
        asked(clerk, everything=False, numbers=[each]).get_json()["errors"]
        for each in (hidden, "LXZ2026-99999")
    )
    assert named == unknown


def test_the_answer_shows_who_asked_and_masks_the_others(office: Office) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    other = RESPONDENT | {"id_number": resident_id(8), "address": "西街 9 号"}
    story = f"李大有打电话 {RESPONDENT['phone']} 骂人，我的电话 {APPLICANT['phone']}"
    clerk.registered(parties=[APPLICANT, other], narrative=story)
    made = asked(clerk).get_json()
    browser = Visitor(office.app, office.window)
    path = f"/data-requests/{made['id']}/sheet"
    assert browser.get(path).status == 403
    taken(director, made, "decide", {"decision": "granted"})
    html = browser.get(path).html
    for own in (
        APPLICANT["name"],
        APPLICANT["id_number"],
        APPLICANT["phone"],
        APPLICANT["address"],
    ):
        assert str(own) in html
    for foreign in (other["name"], other["phone"], other["id_number"], other["address"]):
        assert str(foreign) not in html


def test_only_window_and_director_know_of_requests(office: Office) -> None:
    asked(of_role(office, Role.WINDOW))
    for role in (Role.MEDIATOR, Role.LIAISON):
        assert of_role(office, role, "committee").get(PATH).status_code == 403
    assert len(program(office, office.director).get(PATH).get_json()["items"]) == 1


def test_a_dispute_that_became_restricted_is_named_by_no_request_any_more(office: Office) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    dispute = clerk.registered()
    made = asked(clerk).get_json()
    assert made["numbers"] == [dispute["number"]]
    path = f"/api/v1/disputes/{dispute['id']}/restrict"
    assert director.post(path, {"reason": "当事人要求保密，事由敏感"}).status_code == 200
    assert clerk.get(f"{PATH}/{made['id']}").get_json()["numbers"] == []
