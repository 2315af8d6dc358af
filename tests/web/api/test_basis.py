"""On what the data of a dispute is processed: duty, consents, withdrawal."""

from typing import Any
from uuid import uuid4

from config.vocabulary import Role
from tests.factories.dispute import APPLICANT, RESPONDENT
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, of_role

CONSENT: dict[str, Any] = {
    "ground": "consent",
    "form": "written",
    "scope": "诊断书交道交调委会计算赔偿",
    "obtained_on": "2026-01-05",
}


def child_id(birth: str = "20150101") -> str:
    """A made-up number of somebody born that day."""
    body = f"150525{birth}001"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def given(program: Program, path: str, **changes: Any) -> Any:
    """The answer to noting a consent."""
    return program.post(path, CONSENT | changes, key=uuid4().hex)


def test_a_dispute_keeps_the_duty_it_was_registered_under(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    shown = clerk.get(f"{DISPUTES}/{clerk.registered()['id']}/bases").get_json()
    (duty,) = shown["items"]
    assert (duty["ground"], duty["duty"]["code"]) == ("statutory", "mediation")
    assert shown["missing"] == []


def test_a_consent_is_noted_and_withdrawn(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    path = f"{DISPUTES}/{clerk.registered()['id']}/bases"
    made = given(clerk, path)
    assert made.status_code == 201
    consent = made.get_json()["items"][1]
    assert (consent["scope"], consent["withdrawn_on"]) == (CONSENT["scope"], None)
    back = f"{path}/{consent['id']}/withdraw"
    early = clerk.post(back, {"withdrawn_on": "2026-01-04"})
    assert (early.status_code, list(early.get_json()["errors"])) == (422, ["withdrawn_on"])
    gone = clerk.post(back, {"withdrawn_on": "2026-01-06", "reason": "不想用了"}).get_json()
    assert (gone["items"][1]["withdrawn_on"], gone["items"][1]["withdrawal"]) == (
        "2026-01-06",
        "不想用了",
    )
    assert clerk.post(back, {"withdrawn_on": "2026-01-06"}).status_code == 409


def test_a_consent_says_what_for_and_is_no_duty(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    path = f"{DISPUTES}/{clerk.registered()['id']}/bases"
    assert list(given(clerk, path, scope=None).get_json()["errors"]) == ["scope"]
    assert list(given(clerk, path, ground="statutory").get_json()["errors"]) == ["ground"]
    assert list(given(clerk, path, obtained_on="2999-01-01").get_json()["errors"]) == [
        "obtained_on"
    ]
    assert list(given(clerk, path, party=str(uuid4())).get_json()["errors"]) == ["party"]


def test_for_a_child_under_fourteen_the_guardians_consent_is_asked_and_never_blocks(
    office: Office,
) -> None:
    clerk = of_role(office, Role.WINDOW)
    child = APPLICANT | {"id_number": child_id()}
    guardian = {"role": "guardian", "kind": "person", "name": "王大海", "represents": 0}
    made = clerk.registered(parties=[child, RESPONDENT, guardian])
    path = f"{DISPUTES}/{made['id']}/bases"
    assert clerk.get(path).get_json()["missing"] == [0]
    people = [each["id"] for each in made["parties"]]
    wrong = given(clerk, path, ground="guardian", party=people[0], given_by=people[1])
    assert list(wrong.get_json()["errors"]) == ["given_by"]
    right = given(clerk, path, ground="guardian", party=people[0], given_by=people[2])
    assert (right.status_code, right.get_json()["missing"]) == (201, [])


def test_who_only_reads_notes_no_consent(office: Office) -> None:
    made = of_role(office, Role.WINDOW).registered()
    path = f"{DISPUTES}/{made['id']}/bases"
    assert given(of_role(office, Role.LEADER), path).status_code == 403
    assert given(of_role(office, Role.MEDIATOR, "committee"), path).status_code == 404
