"""Who asks: sends requests as every subject."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient

from models import Allowance, transaction
from service.gateways import upload
from service.web.cookie import COOKIE
from tests.factories.matrix import Subject, Thing, World
from tests.factories.question.body import shaped
from tests.factories.question.due import Expectation
from tests.factories.question.route import Route
from tests.factories.surface import Answer, taken

LEDGER: Final = Path(__file__).parents[2] / "data" / "ledger.xlsx"
TOKEN: Final = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


class Asker(Expectation):
    """Sends requests as every subject, and knows what answer is due."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._clients: dict[str, FlaskClient] = {}
        self._forgery: dict[str, str] = {}

    def forget(self, subject: Subject) -> None:
        """What was known of the disputes is known no more: somebody changed one.

        What the next page would tell them of it is read now, or it would stand on that page.
        """
        self._standing.clear()
        if subject.secret and not subject.is_program:
            self._client(subject).get("/organisations")

    def address(self, route: Route, thing: Thing | None, *, crossed: Thing | None = None) -> str:
        """Where to ask for the thing; with the parts of another one when they are crossed."""
        values: dict[str, Any] = dict(route.values)
        for place, name in enumerate(route.nouns):
            whose = crossed if crossed is not None and place else thing
            found = whose and (whose.id if name == whose.noun else whose.parts.get(name))
            values[name] = found or uuid4()
        if "form_key" in values:
            values["form_key"] = str(values["form_key"]).replace("-", "")
        bound = self.app.url_map.bind("localhost")
        return str(bound.build(route.endpoint, values, route.method, append_unknown=False))

    def ask(self, subject: Subject, route: Route, address: str, **query: Any) -> Answer:
        """One request; whoever is told to wait gets a fresh allowance and asks again."""
        answer = self._ask(subject, route, address, query)
        if answer.status == 429:
            self._allow()
            answer = self._ask(subject, route, address, query)
        return answer

    def _ask(
        self, subject: Subject, route: Route, address: str, query: Mapping[str, Any]
    ) -> Answer:
        headers: dict[str, str] = {}
        sent: dict[str, Any] = {}
        if route.method not in ("GET", "DELETE"):
            headers, sent = self._body(subject, route)
        if subject.secret and (route.is_api or subject.is_program):
            headers["Authorization"] = f"Bearer {subject.secret}"
        client = self._client(subject)
        return taken(
            client.open(
                address, method=route.method, headers=headers, query_string=query or None, **sent
            )
        )

    def post(self, subject: Subject, route: Route, body: Mapping[str, Any]) -> Answer:
        """One body to a door for programs."""
        headers = {"Authorization": f"Bearer {subject.secret}"}
        client = self._client(subject)
        address = self.address(route, None)
        answer = taken(client.post(address, json=dict(body), headers=headers))
        if answer.status == 429:
            self._allow()
            answer = taken(client.post(address, json=dict(body), headers=headers))
        return answer

    def _allow(self) -> None:
        with self.app.app_context(), transaction() as session:
            session.execute(sa.delete(Allowance))

    def _client(self, subject: Subject) -> FlaskClient:
        if subject.name not in self._clients:
            client = self.app.test_client()
            if subject.secret and not subject.is_program:
                client.set_cookie(COOKIE, subject.secret)
            self._clients[subject.name] = client
        return self._clients[subject.name]

    def _body(self, subject: Subject, route: Route) -> tuple[dict[str, str], dict[str, Any]]:
        if not route.is_api:
            form = {"csrf_token": self._token(subject), "version": "999999", "reason": "核对一下"}
            form["form_key"] = uuid4().hex
            form |= self._brought(subject, route)
            return {}, {"data": form}
        headers = {"If-Match": '"999999"', "Idempotency-Key": uuid4().hex}
        return headers, shaped(self.app, route)

    def _brought(self, subject: Subject, route: Route) -> dict[str, str]:
        """What a form names that had to be brought before: the workbook they looked at."""
        if route.endpoint != "ledger.commit" or subject.actor is None:
            return {}
        folder = self.app.extensions["settings"].data_dir / "uploads"
        keyring = self.world.office.desk.keyring
        return {"token": upload.keep(folder, LEDGER.read_bytes(), subject.actor.user_id, keyring)}

    def _token(self, subject: Subject) -> str:
        if subject.actor is None or subject.is_program:
            return "x"
        if subject.name not in self._forgery:
            page = self._client(subject).get("/organisations").get_data()
            found = TOKEN.search(page)
            assert found is not None, subject.name
            self._forgery[subject.name] = found[1].decode()
        return self._forgery[subject.name]
