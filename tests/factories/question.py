"""Questions to the doors: every route for every subject about every thing, and what is due."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from werkzeug.routing import Rule

from config.access import Reach
from config.vocabulary import DisputeStatus, LawsuitStep, Step
from models import Allowance, Base, Dispute, db, transaction
from schemas import lawsuit as lawsuit_shapes
from schemas.base import Coded, Day, Id, Word
from schemas.step import SHAPES
from service.queries.access import standing
from service.rules import access
from service.rules.access import Actor, Standing
from service.web.cookie import COOKIE
from service.web.door import PUBLIC
from tests.factories import file
from tests.factories.matrix import NOW, TODAY, Subject, Thing, World
from tests.factories.surface import Answer, taken

SIGNED_IN: Final = "signed-in"
# what stands in an address beside ids; `step` takes every step there is
VALUES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "week": ("2026-W44",),
        "year": ("2026",),
        "kind": ("sessions", "visits"),
        "metric_id": ("disputes_received", "disputes_open"),
        "long_code": ("x",),
        "filename": ("app.css",),
    }
)
STEPS: Final = tuple(step.value for step in Step)
# whose rights on a thing are not a reach of the policy, and what they are
OWN: Final[Mapping[str, tuple[str, Callable[[Actor, Thing], bool]]]] = MappingProxyType(
    {
        "notice_id": ("one's inbox is one's own", lambda who, it: it.owner == who.user_id),
        "session_id": ("one's own sessions", lambda who, it: it.owner == who.user_id),
        "note_id": (
            "a note is for everybody at the same window",
            lambda who, it: it.at == who.organisation_id,
        ),
        "form_key": ("a key is one's own: another's is another draft", lambda who, it: True),
    }
)
# and by whom else they are reached
ALSO: Final[Mapping[str, str]] = MappingProxyType({"session_id": "session.revoke"})
# where 404 is the right answer to who may: there is no such part, or not by that word
NOTHING_THERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api-dispute.agreement": "some have come to no agreement",
        "paper.decline": "none was declined",
        "paper.materials_notice": "no paper is wanted, all were brought",
        "paper.materials_receipt": "the same the other way round",
        "api-weekly.read": "no week was published",
        "api-weekly.revisions": "the same",
        "api-weekly.file": "the same",
        "weekly.one": "the same",
        "outside_entry.withdraw": "somebody in this walk withdrew it before",
        "api-outside-entry.withdraw": "the same",
        "weekly.workbook": "the same",
        "clock_change.letter": "none was granted",
        "backup.discard": "somebody in this walk released it before",
        "backup.release": "somebody in this walk discarded it before",
        "api-weekly.unsubscribe": "somebody in this walk ended it before",
        "ledger.commit": "no workbook was brought",
    }
)
# where 403 is the right answer to some whose function it is: a rule beside the policy
REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api-consultation.correct": "only who took it down, or the director",
        "consultation.edit": "the same",
        "consultation.correct": "the same",
        "data_request.sheet": "nothing is handed out before the director agreed",
    }
)
UNCOUNTED: Final = frozenset({"audit_entry", "audit_head", "allowance", "idempotency_record"})
PASSING: Final = frozenset({"user_session.seen_at", "token.used_at"})
TOKEN: Final = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
HEX: Final = re.compile(r"\b[0-9a-f]{32}\b")
CURSOR: Final = re.compile(r'(?<="next_cursor":")[\w-]+|(?<=cursor=)[\w-]+')
FORGERY: Final = re.compile(r"[\w-]{20,}\.[\w-]{6}\.[\w-]{20,}|Ij[\w-]{40,}\.[\w-]+\.[\w-]+")


@dataclass(frozen=True)
class Route:
    """One method of one route, its step filled in."""

    method: str
    rule: Rule
    action: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    programs: bool = False

    @property
    def endpoint(self) -> str:
        """Its name in the application."""
        return str(self.rule.endpoint)

    @property
    def is_api(self) -> bool:
        """Whether it is a door for programs."""
        return self.rule.rule.startswith("/api/v1/")

    @property
    def nouns(self) -> list[str]:
        """The ids its address names, the first of which says whose it is."""
        return [name for name in PARTS.findall(self.rule.rule) if name not in PLAIN]

    @property
    def name(self) -> str:
        """How it is called in a report."""
        return (
            f"{self.method} {self.rule.rule}{' ' + str(dict(self.values)) if self.values else ''}"
        )


PARTS: Final = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
PLAIN: Final = frozenset(VALUES) | {"step"}


class Due(StrEnum):
    """The answer that is due."""

    ANYBODY = "anybody"  # public: whatever it says, it says nothing foreign
    STRANGER = "stranger"  # 401, or the way to the sign-in
    FORBIDDEN = "forbidden"  # 403: the function is not theirs
    HIDDEN = "hidden"  # 404, the bytes of what does not exist
    SEEN = "seen"  # they know it and may not do this: 403 or 404
    SEALED = "sealed"  # they know of it without what it is about
    OPEN = "open"  # theirs


# what the world holds none of: who reaches these is asked by the tests named here alone
ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "glass_id": "tests/stories/test_restricted.py",
        "named_id": "tests/stories/test_restricted.py",
        "share_id": "tests/stories/test_share.py",
        "grant_id": "tests/operations/test_grant.py",
        "supervision_id": "tests/stories/test_supervision.py",
        "draft_id": "tests/web/api/test_calendar.py",
        "merge_id": "tests/web/api/test_merge.py",
        "party_id": "tests/web/pages/test_person.py",
    }
)


def routes(app: Flask, *, everywhere: bool = False) -> Iterator[Route]:
    """Every method of every route, once for each step and each word its address takes.

    Those that name what the world holds none of only where `everywhere` is asked for.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        if not everywhere and rule.arguments & ELSEWHERE.keys():
            continue
        view = app.view_functions[rule.endpoint]
        action = str(getattr(view, "action", ""))
        programs = bool(getattr(view, "for_programs", False))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for values in _words(rule):
                told = action.format(**values) if values else action
                yield Route(method, rule, told, values, programs)


def _words(rule: Rule) -> Iterator[dict[str, str]]:
    names = [name for name in PARTS.findall(rule.rule) if name in PLAIN]
    if not names:
        yield {}
        return
    name = names[0]
    rest = {each: VALUES[each][0] for each in names[1:]}
    steps = tuple(LawsuitStep) if "lawsuit" in rule.endpoint else STEPS
    for word in steps if name == "step" else VALUES[name]:
        yield {name: str(word)} | rest


def unknown(world: World, route: Route) -> list[str]:
    """The parts of an address that no thing and no word here can fill."""
    nouns = {each.noun for each in world.things}
    parts = {name for each in world.disputes() for name in each.parts}
    return [name for name in route.nouns if name not in nouns | parts]


class Asker:
    """Sends requests as every subject, and knows what answer is due."""

    def __init__(self, world: World) -> None:
        self.world, self.app = world, world.office.app
        self.policy = world.office.desk.policy.access
        self._clients: dict[str, FlaskClient] = {}
        self._forgery: dict[str, str] = {}
        self._standing: dict[UUID, Standing] = {}

    # -- what is due -------------------------------------------------------------------------

    def due(self, subject: Subject, route: Route, thing: Thing | None) -> Due:
        """What the policy says, and nothing else."""
        if route.action == PUBLIC:
            return Due.ANYBODY
        actor = subject.actor
        if actor is None or (subject.is_program and not route.is_api):
            return Due.STRANGER
        if subject.is_program and not route.programs:
            return Due.FORBIDDEN
        if route.action != SIGNED_IN and not access.may(actor, route.action, self.policy):
            return Due.FORBIDDEN
        return Due.OPEN if thing is None else self._due_of(actor, route, thing)

    def _due_of(self, actor: Actor, route: Route, thing: Thing) -> Due:
        """The same of a thing, for who may use the function at all."""
        if thing.noun in OWN:
            return Due.OPEN if self._owns(actor, thing) else Due.HIDDEN
        if route.action == SIGNED_IN:
            return Due.OPEN
        scope = access.scope(actor, route.action, self.policy)
        if thing.noun == "dispute_id":
            return self._due_within(scope, thing)
        reads = READS.get(thing.noun)
        if reads and not self._reaches(access.scope(actor, reads, self.policy), thing):
            return Due.HIDDEN
        return (
            self._behind(actor, thing)
            if Reach.ALL in scope.reach
            else self._due_within(scope, thing)
        )

    def _due_within(self, scope: access.Scope, thing: Thing) -> Due:
        """The same by how the thing stands to the scope."""
        stand, actor = self.standing(thing), scope.actor
        if access.opens(scope, stand, NOW):
            return self._behind(actor, thing)
        if access.covers(scope, stand, NOW):
            return Due.SEALED
        return Due.SEEN if self.knows(actor, thing) else Due.HIDDEN

    def _owns(self, actor: Actor, thing: Thing) -> bool:
        also = ALSO.get(thing.noun)
        overseen = also is not None and access.may(actor, also, self.policy)
        return OWN[thing.noun][1](actor, thing) or overseen

    def _reaches(self, scope: access.Scope, thing: Thing) -> bool:
        return Reach.ALL in scope.reach or access.covers(scope, self.standing(thing), NOW)

    def _behind(self, actor: Actor, thing: Thing) -> Due:
        """What became of a dispute that is restricted is reached as that dispute is."""
        if thing.noun == "dispute_id" or thing.dispute is None:
            return Due.OPEN
        behind = self._of_dispute(thing.dispute)
        reads = access.scope(actor, "dispute.read", self.policy)
        if not behind.restricted or access.opens(reads, behind, NOW):
            return Due.OPEN
        return Due.SEALED if access.covers(reads, behind, NOW) else Due.HIDDEN

    def knows(self, actor: Actor, thing: Thing) -> bool:
        """Whether they may read a dispute, if only sealed."""
        if thing.noun != "dispute_id":
            return False
        reads = access.scope(actor, "dispute.read", self.policy)
        return access.covers(reads, self.standing(thing), NOW)

    def reads(  # noqa: PLR0911 -- one answer for each kind of thing
        self, actor: Actor | None, thing: Thing, place: str = ""
    ) -> bool:
        """Whether what stands at a place of a thing may come before their eyes."""
        if actor is None or "erased" in thing.relation:
            return False
        if thing.noun in ("notice_id", "session_id", "form_key"):
            return thing.owner == actor.user_id
        if thing.noun in OWN:
            return OWN[thing.noun][1](actor, thing)
        action = LISTED.get((thing.noun, place)) or READS.get(thing.noun)
        if actor.only is not None:
            return place == "reference" and thing.owner == actor.user_id
        if action is None:
            return False
        scope = access.scope(actor, action, self.policy)
        if thing.noun != "dispute_id" and Reach.ALL in scope.reach:
            return True
        opened = access.opens(scope, self.standing(thing), NOW)
        return opened and self._behind(actor, thing) is Due.OPEN

    def standing(self, thing: Thing) -> Standing:
        """How a thing stands to the question who may reach it."""
        if thing.noun == "dispute_id":
            return self._of_dispute(UUID(str(thing.id)))
        at = thing.at or UUID(int=0)
        return Standing(
            status=DisputeStatus.MEDIATING,
            dispatched_before=True,
            restricted=False,
            registered_by=thing.owner,
            registered_at=NOW,
            registered_at_organisation_id=at,
            organisation_id=at,
            mediator_id=None,
        )

    def _of_dispute(self, dispute_id: UUID) -> Standing:
        if dispute_id not in self._standing:
            with self.app.app_context():
                row = db.session.get_one(Dispute, dispute_id)
                self._standing[dispute_id] = standing(db.session(), row, NOW)
        return self._standing[dispute_id]

    def forget(self, subject: Subject) -> None:
        """What was known of the disputes is known no more: somebody changed one.

        What the next page would tell them of it is read now, or it would stand on that page.
        """
        self._standing.clear()
        if subject.secret and not subject.is_program:
            self._client(subject).get("/organisations")

    # -- asking ------------------------------------------------------------------------------

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
            return {}, {"data": form}
        headers = {"If-Match": '"999999"', "Idempotency-Key": uuid4().hex}
        return headers, self._shaped(route)

    def _token(self, subject: Subject) -> str:
        if subject.actor is None or subject.is_program:
            return "x"
        if subject.name not in self._forgery:
            page = self._client(subject).get("/organisations").get_data()
            found = TOKEN.search(page)
            assert found is not None, subject.name
            self._forgery[subject.name] = found[1].decode()
        return self._forgery[subject.name]

    def _shaped(self, route: Route) -> dict[str, Any]:
        """The least that the door's own shapes take."""
        told = getattr(self.app.view_functions[route.endpoint], "_apidoc", {})
        sent: dict[str, Any] = {}
        for part in told.get("arguments", {}).get("parameters", []):
            where = {"json": "json", "form": "data", "files": "data"}.get(part["in"])
            if where is not None:
                sent.setdefault(where, {}).update(least(_shape(route, part["schema"])))
        return sent or {"json": {}}


READS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dispute_id": "dispute.read",
        "consultation_id": "consultation.list",
        "lawsuit_id": "lawsuit.read",
        "data_request_id": "data_request.read",
    }
)
# what of a thing stands in lists, which more may see; a platform has its own reference back
LISTED: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {("lawsuit_id", "court"): "lawsuit.list", ("lawsuit_id", "cause"): "lawsuit.list"}
)


def _shape(route: Route, schema: Any) -> Schema:
    step = route.values.get("step")
    if step is not None and "lawsuit" in route.endpoint:
        return lawsuit_shapes.SHAPES[LawsuitStep(step)]()
    if step is not None:
        return SHAPES[Step(step)]()
    made: Schema = schema() if isinstance(schema, type) else schema
    return made


def least(schema: Schema) -> dict[str, Any]:
    """A body with what a shape requires, and one field more where it would be empty."""
    named = schema.load_fields.items()
    needed = {each.data_key or name: _value(each) for name, each in named if each.required}
    if needed or not schema.load_fields:
        return needed
    for name, each in named:
        if isinstance(each, fields.String) and not each.validate:
            return {each.data_key or name: _value(each)}
    return {}


def _value(each: Any) -> Any:  # noqa: C901, PLR0911 -- one answer for each kind of field
    if isinstance(each, Id):
        return str(uuid4())
    if isinstance(each, Word):
        words: type[StrEnum] = each.enum
        return next(iter(words)).value
    if isinstance(each, Coded):
        return min(each.codes)
    if isinstance(each, Day):
        return TODAY.isoformat()
    if isinstance(each, fields.AwareDateTime):
        return NOW.isoformat()
    if isinstance(each, fields.Boolean):
        return True
    if isinstance(each, fields.Integer):
        return 1
    if isinstance(each, fields.Nested):
        return least(each.schema)
    if isinstance(each, fields.List):
        return [_value(each.inner)]
    if isinstance(each, fields.Raw):
        return BytesIO(file.PDF), "a.pdf"
    return "核对一下"


def plain(answer: Answer, address: str) -> tuple[int, tuple[tuple[str, str], ...], str]:
    """The answer without what differs each time: the asked address, request ids, form keys."""
    text = answer.text
    for each in sorted(set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", address))):
        text = text.replace(each, "#")
    text = CURSOR.sub("#", FORGERY.sub("#", HEX.sub("#", text)))
    passing = {"x-request-id", "set-cookie"}
    headers = tuple(
        (name, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "#", value))
        for name, value in answer.headers
        if name.lower() not in passing
    )
    return answer.status, headers, text


def stored(app: Flask) -> dict[str, int]:
    """A checksum of every table whose rows are deeds."""
    with app.app_context():
        return {
            table.name: hash(
                tuple(
                    sorted(
                        map(
                            repr,
                            db.session.execute(
                                sa.select(
                                    *(c for c in table.c if f"{table.name}.{c.name}" not in PASSING)
                                )
                            ),
                        )
                    )
                )
            )
            for table in Base.metadata.sorted_tables
            if table.name not in UNCOUNTED
        }
