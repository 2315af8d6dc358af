"""Programs that call the JSON doors in tests, each with a session of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.vocabulary import Role
from models import UserSession, transaction
from service.gateways.keyring import new_token, token_hash
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT
from tests.factories.office import Office

DISPUTES = "/api/v1/disputes"
INTAKE: dict[str, Any] = {
    "category": "neighbour",
    "narrative": NARRATIVE,
    "source": "walk_in",
    "parties": [APPLICANT, RESPONDENT],
}


@dataclass(frozen=True)
class Program:
    """Something that calls with a bearer token."""

    client: FlaskClient
    token: str

    def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        key: str | None = None,
        version: str | None = None,
        **more: Any,
    ) -> TestResponse:
        """One request, with the key or the version when there is one."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": version} if version else {}
        if json is not None:
            more["json"] = json
        return self.client.open(path, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read."""
        return self.send("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        """Post."""
        return self.send("POST", path, json, **more)

    def patch(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        """Change."""
        return self.send("PATCH", path, json, **more)

    def intake(self, **changes: Any) -> TestResponse:
        """The answer to a registration under a fresh key; what is named is otherwise."""
        return self.post(DISPUTES, INTAKE | changes, key=uuid4().hex)

    def registered(self, **changes: Any) -> dict[str, Any]:
        """A dispute that was registered, as the door showed it."""
        answer = self.intake(**changes)
        assert answer.status_code == 201, answer.text
        shown: dict[str, Any] = answer.get_json()
        return shown

    def take(self, dispute_id: str, step: str, body: Any = None) -> TestResponse:
        """Take a step on the version that is shown now."""
        tag = self.get(f"{DISPUTES}/{dispute_id}").headers.get("ETag", '"1"')
        path = f"{DISPUTES}/{dispute_id}/steps/{step}"
        return self.post(path, {} if body is None else body, version=tag)

    def taken(self, dispute_id: str, step: str, body: Any = None) -> dict[str, Any]:
        """What the door shows after a step that it took."""
        answer = self.take(dispute_id, step, body)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.get_json()
        return shown


def program(office: Office, actor: Actor) -> Program:
    """The program of somebody in the office, already signed in."""
    token, now = new_token(), datetime.now(UTC)
    with office.app.app_context(), transaction() as session:
        session.add(
            UserSession(
                user_id=actor.user_id,
                token_hash=token_hash(token),
                started_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
    return Program(office.app.test_client(), token)


def of_role(office: Office, role: Role, unit: str = "centre") -> Program:
    """The program of whoever has this role."""
    return program(office, office.actor(role, unit))


def dispatched(office: Office, clerk: Program, director: Program, **changes: Any) -> str:
    """The id of a dispute that waits at the committee for its mediator."""
    dispute_id: str = clerk.registered(**changes)["id"]
    body = {
        "organisation": str(office.units["committee"]),
        "mediator": str(office.mediator.user_id),
    }
    director.taken(dispute_id, "dispatch", body)
    return dispute_id
