"""Callers of the JSON doors for tests: signed in by the door itself."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.vocabulary import Role
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT
from tests.factories.office import PASSWORD, Office

INTAKE: dict[str, Any] = {
    "category": "neighbour",
    "narrative": NARRATIVE,
    "source": "walk_in",
    "parties": [APPLICANT, RESPONDENT],
}


@dataclass(frozen=True)
class Caller:
    """A program with a bearer token."""

    client: FlaskClient
    token: str

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read."""
        return self.client.get(path, headers=self._headers(), **more)

    def post(
        self,
        path: str,
        json: Any = None,
        *,
        key: str | None = None,
        version: str | None = None,
        **more: Any,
    ) -> TestResponse:
        """Post JSON, with the key or the version when there is one."""
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        headers |= {"If-Match": version} if version else {}
        body = {"json": json} if json is not None else {}
        return self.client.post(path, headers=headers, **body, **more)

    def patch(self, path: str, json: Any, *, version: str | None = None) -> TestResponse:
        """Change, on a version when there is one."""
        headers = self._headers() | ({"If-Match": version} if version else {})
        return self.client.patch(path, json=json, headers=headers)

    def register(self, **changes: Any) -> dict[str, Any]:
        """Register a dispute; what is named is otherwise. What the door answered."""
        answer = self.post("/api/v1/disputes", INTAKE | changes, key=uuid4().hex)
        assert answer.status_code == 201, answer.text
        shown: dict[str, Any] = answer.get_json()
        return shown

    def take(self, dispute_id: str, step: str, body: dict[str, Any] | None = None) -> TestResponse:
        """Take a step on the version that is shown now."""
        seen = self.get(f"/api/v1/disputes/{dispute_id}")
        version = seen.headers.get("ETag", '"0"')
        path = f"/api/v1/disputes/{dispute_id}/steps/{step}"
        return self.post(path, body or {}, version=version)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def caller(office: Office, role: Role, unit: str = "centre", *, name: str = "") -> Caller:
    """Somebody of the office who signed in with a password."""
    office.actor(role, unit, name=name, password=PASSWORD)
    username = f"{role.value}-{unit}{'-' if name else ''}{name}"
    return signed_in(office.app.test_client(), username)


def signed_in(client: FlaskClient, username: str) -> Caller:
    """The caller that a sign-in gives."""
    body = {"username": username, "password": PASSWORD}
    answer = client.post("/api/v1/sign-in", json=body)
    assert answer.status_code == 200, answer.text
    return Caller(client, answer.get_json()["token"])
