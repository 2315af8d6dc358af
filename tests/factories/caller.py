"""Somebody who is signed in and calls the JSON door."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from models import UserSession, transaction
from service.gateways.keyring import new_token, token_hash
from service.rules.access import Actor


class Caller:
    """Sends requests as one actor, each creation under a key of its own."""

    def __init__(self, app: Flask, actor: Actor) -> None:
        self._client = app.test_client()
        token, now = new_token(), datetime.now(UTC)
        with transaction() as session:
            session.add(
                UserSession(
                    user_id=actor.user_id,
                    token_hash=token_hash(token),
                    started_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        """GET under /api/v1."""
        return self._client.get(f"/api/v1{path}", query_string=query, headers=self._headers)

    def post(self, path: str, body: dict[str, Any], key: str | None = None) -> TestResponse:
        """POST under /api/v1."""
        headers = self._headers | {"Idempotency-Key": key or uuid4().hex}
        return self._client.post(f"/api/v1{path}", json=body, headers=headers)

    def delete(self, path: str) -> TestResponse:
        """DELETE under /api/v1."""
        return self._client.delete(f"/api/v1{path}", headers=self._headers)
