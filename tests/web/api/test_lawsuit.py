from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import ValidationError
from werkzeug.test import TestResponse

from config.vocabulary import OrganisationKind, Role
from models import AuditEntry, db
from schemas.lawsuit import HearIn
from service.clock import utc_now
from service.operations import organisation as organisations
from service.operations import user as users
from service.operations.organisation import OrganisationDraft
from service.operations.user import UserDraft
from tests.factories.lawsuit import sheepfold
from tests.factories.office import Office
from tests.factories.program import of_role

PASSWORD = "Tr4ctor-green"
DUTY = {"source": "judgment", "words": "重新作出决定", "due_on": "2026-11-10"}


class Caller:
    """A program that signed in as one role."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client, self._token = client, token

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self._client.post(path, json=body, headers=self._headers(headers))

    def record(self, body: Any) -> TestResponse:
        return self.post("/api/v1/lawsuits", body, Idempotency_Key=str(uuid4()))

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers=self._headers({}))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {key.replace("_", "-"): value for key, value in more.items()}
        return {"Authorization": f"Bearer {self._token}"} | named


@pytest.fixture
def town(app: Flask) -> str:
    """The id of the town's government."""
    now = utc_now()
    with app.app_context():
        desk = app.extensions["fengqiao"]
        draft = OrganisationDraft(kind=OrganisationKind.TOWN_GOVERNMENT, name="柳溪镇人民政府")
        government = organisations.create(draft, actor=None, now=now)
        for role in (Role.LEGAL, Role.LEADER, Role.WINDOW):
            users.create(
                UserDraft(
                    username=role.value,
                    name="某某",
                    organisation=government,
                    roles=[role],
                    password=PASSWORD,
                ),
                actor=None,
                desk=desk,
                now=now,
            )
    return str(government)


def signed_in(client: FlaskClient, username: str) -> Caller:
    body = {"username": username, "password": PASSWORD}
    token = client.post("/api/v1/sign-in", json=body).get_json()["token"]
    return Caller(client, token)


@pytest.fixture
def legal(client: FlaskClient, town: str) -> Caller:
    return signed_in(client, "legal")


@pytest.fixture
def body(town: str) -> dict[str, Any]:
    return {
        "procedure": "litigation",
        "instance": "second",
        "court": "柳溪市中级人民法院",
        "cause": "行政处罚",
        "act": "限期拆除决定",
        "plaintiffs": ["乌云其木格", "  李国梁 "],
        "organisation": town,
        "served_on": "2026-09-01",
    }


def test_a_recorded_case_answers_201_with_its_address_and_version(
    legal: Caller, body: dict[str, Any]
) -> None:
    answer = legal.record(body)
    shown = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"/api/v1/lawsuits/{shown['id']}"
    assert shown["plaintiffs"] == ["乌****", "李**"]
    assert (shown["status"], shown["steps"]) == ("pending", ["answer", "hear", "decide"])
    assert legal.get(answer.headers["Location"]).get_json() == shown


def test_the_way_of_an_appeal_that_is_withdrawn(legal: Caller, body: dict[str, Any]) -> None:
    path = legal.record(body).headers["Location"]
    decision = {
        "decided_on": "2026-10-08",
        "served_on": "2026-10-12",
        "outcome": "withdrawn",
        "withdrawal_cause": "appeal",
    }
    decided = legal.post(f"{path}/steps/decide", decision, If_Match='"1"')
    assert (decided.status_code, decided.get_json()["withdrawal_cause"]) == (200, "appeal")
    closed = legal.post(f"{path}/steps/close", {}, If_Match=decided.headers["ETag"])
    assert (closed.status_code, closed.get_json()["status"]) == (200, "closed")
    again = legal.post(f"{path}/steps/close", {}, If_Match=closed.headers["ETag"])
    assert (again.status_code, again.get_json()["code"], again.get_json()["steps"]) == (
        409,
        "step-not-allowed",
        [],
    )


def test_a_step_needs_the_version_it_is_based_on(legal: Caller, body: dict[str, Any]) -> None:
    path = legal.record(body).headers["Location"]
    assert legal.post(f"{path}/steps/close", {}).status_code == 428
    assert legal.post(f"{path}/steps/close", {}, If_Match='"7"').status_code == 412


@pytest.mark.parametrize("step", ["appeal", "nonsense"])
def test_a_step_that_is_not_built_is_not_found(
    step: str, legal: Caller, body: dict[str, Any]
) -> None:
    path = legal.record(body).headers["Location"]
    answer = legal.post(f"{path}/steps/{step}", {}, If_Match='"1"')
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"plaintiffs": []}, "plaintiffs"),
        ({"plaintiffs": ["甲某", ""]}, "plaintiffs.1"),
        ({"court": " "}, "court"),
        ({"served_on": "2199-01-01"}, "served_on"),
        ({"organisation": str(uuid4())}, "organisation"),
        ({"procedure": "appeal"}, "procedure"),
        ({"surprise": 1}, "surprise"),
        ({"previous": "没有这个案号"}, "previous"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_recorded(
    wrong: dict[str, Any], field: str, legal: Caller, body: dict[str, Any]
) -> None:
    answer = legal.record(body | wrong)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
    assert legal.get("/api/v1/lawsuits").get_json()["items"] == []


def test_who_came_is_told_in_true_and_false_alone() -> None:
    told = {"held_on": "2026-09-10", "head": {"attended": 0}, "lawyer_only": "no"}
    with pytest.raises(ValidationError) as wrong:
        HearIn().load(told)
    assert list(dict(wrong.value.messages_dict)) == ["head", "lawyer_only"]


def test_a_decision_that_cannot_be_names_its_field(legal: Caller, body: dict[str, Any]) -> None:
    path = legal.record(body).headers["Location"]
    decision = {"decided_on": "2026-10-08", "served_on": "2026-10-12", "outcome": "withdrawn"}
    answer = legal.post(f"{path}/steps/decide", decision, If_Match='"1"')
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["withdrawal_cause"])


def test_the_list_pages_counts_and_names_no_plaintiff(legal: Caller, body: dict[str, Any]) -> None:
    for day in ("2026-09-01", "2026-09-02", "2026-09-03"):
        legal.record(body | {"served_on": day})
    first = legal.get("/api/v1/lawsuits?limit=2&count=true").get_json()
    rest = legal.get(f"/api/v1/lawsuits?limit=2&cursor={first['next_cursor']}").get_json()
    served = [row["served_on"] for row in first["items"] + rest["items"]]
    assert served == ["2026-09-03", "2026-09-02", "2026-09-01"]
    assert (first["total"], rest["next_cursor"], "total" in rest) == (3, None, False)
    assert "plaintiffs" not in first["items"][0]
    assert legal.get("/api/v1/lawsuits?status=closed").get_json()["items"] == []
    assert legal.get("/api/v1/lawsuits?colour=red").status_code == 422


def test_each_role_gets_what_is_its(
    client: FlaskClient, legal: Caller, body: dict[str, Any]
) -> None:
    path = legal.record(body).headers["Location"]
    leader, window = signed_in(client, "leader"), signed_in(client, "window")
    assert leader.get("/api/v1/lawsuits").status_code == 200
    assert leader.get(path).status_code == 403
    assert leader.record(body).status_code == 403
    assert window.get("/api/v1/lawsuits").status_code == 403
    assert client.get("/api/v1/lawsuits").status_code == 401


def test_the_torn_down_sheepfold_is_told_to_the_day(office: Office) -> None:
    """L1: the answer until 11-10, the appeal until 12-18, the head came."""
    path = f"/api/v1/lawsuits/{sheepfold(office)}"
    shown = of_role(office, Role.LEGAL).get(path).get_json()
    told = {each["rule"]: each for each in shown["clocks"]}
    assert {rule: (each["due_on"], each["late"]) for rule, each in told.items()} == {
        "LIT.ANSWER": ("2026-11-10", False),
        "LIT.HEARING": ("2026-11-20", False),
        "LIT.APPEAL.J": ("2026-12-18", False),
    }
    assert (told["LIT.ANSWER"]["stopped_on"], told["LIT.ANSWER"]["provisional"]) == (
        "2026-11-09",
        False,
    )
    assert (shown["head_must_attend"], shown["head_attended"], shown["breach"]) == (
        True,
        True,
        False,
    )
    legal = of_role(office, Role.LEGAL)
    assert [legal.get(f"{path}/{part}").status_code for part in ("hearings", "duties")] == [200] * 2
    with office.app.app_context():  # who opened what is sealed of it stands in the trail
        opened = db.session.scalars(
            sa.select(AuditEntry.action).where(AuditEntry.action == "lawsuit.read")
        )
        assert len(opened.all()) == 3
    figures = of_role(office, Role.LEADER)
    period = {"from": "2026-11-01", "to": "2027-01-01"}
    for metric in ("head_appearance_rate", "loss_rate"):
        answer = figures.get(f"/api/v1/metrics/{metric}", query_string=period).get_json()
        assert (answer["numerator"], answer["denominator"], answer["value"]) == (1, 1, 1)


def test_a_case_goes_its_whole_way_by_program(  # noqa: PLR0915 -- one case from its service to its end
    client: FlaskClient, legal: Caller, body: dict[str, Any], town: str
) -> None:
    first = body | {"instance": "first", "must_attend": ["mass"]}
    assert list(legal.record(first | {"must_attend": ["x"]}).get_json()["errors"]) == [
        "must_attend"
    ]
    made = legal.record(first)
    path, tag = made.headers["Location"], made.headers["ETag"]

    def step(word: str, told: dict[str, Any]) -> TestResponse:
        nonlocal tag
        answer = legal.post(f"{path}/steps/{word}", told, If_Match=tag)
        tag = answer.headers.get("ETag", tag)
        return answer

    def add(part: str, told: dict[str, Any]) -> TestResponse:
        nonlocal tag
        answer = legal.post(f"{path}/{part}", told, Idempotency_Key=str(uuid4()))
        tag = answer.headers.get("ETag", tag)
        return answer

    assert add("duties", DUTY).status_code == 409  # not decided yet
    assert legal.post(f"{path}/hearings", {"planned_on": "2026-10-09"}).status_code == 400
    assert add("hearings", {"planned_on": "2026-10-09", "head": "白音"}).status_code == 201
    late = step("answer", {"answered_on": "2026-09-30", "case_number": "（2026）内1号"}).get_json()
    assert (late["case_number"], late["answered_late"], late["clocks"][0]["late"]) == (
        "（2026）内1号",
        True,
        True,
    )
    odd = step("hear", {"held_on": "2026-10-09", "head": {"attended": True}, "lawyer_only": True})
    assert (odd.status_code, list(odd.get_json()["errors"])) == (422, ["lawyer_only"])
    alone = {"held_on": "2026-10-09", "head": {"attended": False}, "lawyer_only": True}
    heard = step("hear", alone).get_json()
    assert [each["breach"] for each in heard["hearings"]] == ["lawyer_only"]
    decision = {"decided_on": "2026-10-20", "served_on": "2026-10-21", "outcome": "revoked"}
    decided = step("decide", decision).get_json()
    assert (decided["lost"], decided["steps"]) == (True, ["perform", "close"])
    assert step("close", {}).get_json()["code"] == "conflict"  # no review yet
    assert add("duties", DUTY | {"source": "opinion"}).status_code == 422
    owed = add("duties", DUTY).get_json()["duties"]
    assert [(each["number"], each["late"], each["done_on"]) for each in owed] == [(1, True, None)]
    found = legal.get("/api/v1/lawsuits?unperformed=true").get_json()["items"]
    assert [(each["unperformed"], each["breach"]) for each in found] == [(1, True)]
    mend = {"words": "先催告", "organisation": town, "due_on": "2026-12-01"}
    review = {"causes": ["procedure"], "reviewers": "办公会", "reviewed_on": "2026-10-22"}
    assert add("case_review", review | {"mends": []}).status_code == 422
    assert add("case_review", review | {"mends": [mend]}).status_code == 201
    assert add("case_review", review | {"mends": [mend]}).status_code == 409
    mended = legal.post(f"{path}/case_review/mends/1/done", {"done_on": "2026-11-01"})
    assert mended.get_json()["case_review"]["mends"][0]["done_on"] == "2026-11-01"
    assert step("close", {}).status_code == 412  # the review came in between
    tag = legal.get(path).headers["ETag"]
    assert step("close", {}).status_code == 409  # a duty is open
    done = legal.post(f"{path}/duties/1/done", {"done_on": "2026-11-12", "proof": "回执"})
    assert done.get_json()["duties"][0]["late"] is True
    tag = legal.get(path).headers["ETag"]
    assert legal.get(f"{path}/duties").get_json()["items"] == done.get_json()["duties"]
    assert len(legal.get(f"{path}/hearings").get_json()["items"]) == 1
    assert step("perform", {"done_on": "2026-11-12"}).get_json()["status"] == "performed"
    assert step("close", {}).get_json()["status"] == "closed"
    second = body | {"previous": made.get_json()["id"], "served_on": "2026-11-02"}
    later = legal.record(second).get_json()
    assert [each["this"] for each in later["chain"]] == [False, True]
    leader = signed_in(client, "leader")
    assert leader.get(f"{path}/hearings").status_code == 403
