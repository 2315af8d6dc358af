"""What is measured: daily work through the product's own doors, beside the same by bare SQL.

A request goes through the whole application, signed in, but over no socket. The mediator, not an
administrator, lists, opens and searches; every other role lists too, and the director, who sees
the whole town, goes deep into it and searches it. There is no export of disputes yet: the export
measured is the workbook of the weekly report.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from service.cli.bench import bare
from service.cli.bench.bare import Bare, Copies
from service.cli.bench.rulebook import grown
from service.cli.bench.scratch import Scratch
from service.cli.bench.town import PASSWORD, Crowd, workbook
from service.desk import Desk
from service.operations import ledger
from service.queries import figures
from service.queries.page import encode_cursor
from service.reports import weekly
from service.rules.calendar import Week

Work = Callable[[int], object]
SHEET_ROWS: Final = 200
MANY_RULES: Final = 200
NAME: Final = "王伟"
WORD: Final = "恢复原状"
RARE: Final = "共137米"  # about one story in nine hundred tells it


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of work: how often it is done, and what it is compared with, if anything."""

    name: str
    work: Work
    times: int
    bare: Bare | None


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in program inside this process."""

    client: FlaskClient
    token: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to one request; anything but a success stops the measuring."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex}
        given = self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        if given.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {given.status_code} {given.text[:300]}")
        return json.loads(given.data)


def signed_in(app: Flask, username: str) -> Caller:
    """Somebody of the scratch town."""
    client = app.test_client()
    told = {"username": username, "password": PASSWORD}
    given = client.post("/api/v1/sign-in", json=told)
    return Caller(client, str(given.get_json()["token"]))


def operations(
    app: Flask, scratch: Scratch, crowd: Crowd, *, desk: Desk, now: datetime, runs: int
) -> Iterator[Operation]:
    """Everything that is measured, reading before writing; heavy work is done less often."""
    window, mediator = signed_in(app, "window"), signed_in(app, "mediator0")
    director = signed_in(app, "director")
    me = scratch.rows("SELECT id FROM user_account WHERE username = ?", "mediator0")[0][0]
    page = "SELECT id FROM dispute WHERE mediator_id = ? LIMIT 500"
    ids = [str(row[0]) for row in scratch.rows(page, me)]
    visits = [_visit(crowd) for _ in range(runs)]
    yield Operation(
        "list",
        lambda _: mediator.call("GET", "/disputes"),
        runs,
        bare.listed(scratch, *bare.of_mediator(me)),
    )
    yield from _lists(app, scratch, director, runs)
    yield Operation(
        "open",
        lambda n: mediator.call("GET", f"/disputes/{_uuid(ids[n % len(ids)])}"),
        runs,
        bare.opened(scratch, ids),
    )
    named, worded = (partial(mediator.call, "GET", f"/disputes?q={q}") for q in (NAME, WORD))
    yield Operation("search_name", lambda _: named(), runs, bare.named(scratch, NAME, me))
    yield Operation("search_word", lambda _: worded(), runs, bare.worded(scratch, WORD, me))
    for name, q in (("search_town_rare", RARE), ("search_town_common", WORD)):
        searched = partial(director.call, "GET", f"/disputes?q={q}")
        yield Operation(name, _again(searched), runs, bare.worded(scratch, q))
    asked = {"category": "neighbour", "facts": {"government_party": "none"}}
    yield Operation(
        "routing_preview", lambda _: window.call("POST", "/routing/preview", asked), runs, None
    )
    yield Operation(
        f"routing_preview_{MANY_RULES}_rules", _by_many_rules(app, window, desk), runs, None
    )
    yield Operation(
        "duplicates",
        lambda n: window.call("POST", "/duplicates", visits[n % runs]),
        runs,
        bare.alike(scratch, [_keys(each, desk) for each in visits]),
    )
    week = Week.of(now.astimezone(desk.zone).date() - timedelta(days=7))
    yield Operation(
        "weekly_figures",
        lambda _: figures.measure(week, scope=None, desk=desk, now=now),
        max(1, runs // 10),
        bare.counted(scratch, week.start_on.isoformat(), week.end_on.isoformat()),
    )
    told = figures.measure(week, scope=None, desk=desk, now=now)
    yield Operation(
        "weekly_export_xlsx",
        lambda _: weekly.workbook(told, desk.zone),
        max(1, runs // 10),
        None,
    )
    first = window.call("POST", "/disputes", _visit(crowd))["id"]
    copies = Copies(scratch, _stored(first, scratch))
    yield Operation(
        "create",
        lambda n: window.call("POST", "/disputes", visits[n % runs]),
        runs,
        lambda _: copies.write(1),
    )
    rows = min(SHEET_ROWS, crowd.size)
    sheets = [workbook(crowd.rows(rows)) for _ in range(max(2, runs // 20))]
    yield Operation(
        f"ledger_import_{rows}_rows",
        lambda n: ledger.take_in(
            sheets[n % len(sheets)], f"{n}.xlsx", actor=None, desk=desk, now=now
        ),
        max(1, runs // 40),
        lambda _: copies.write(rows),
    )


def _lists(app: Flask, scratch: Scratch, director: Caller, runs: int) -> Iterator[Operation]:
    """The list of every other role, and a page in the middle of the whole town."""
    whole = bare.listed(scratch)
    unit = bare.listed(scratch, *bare.of_unit(scratch, "liaison"))
    for role, compared in (("window", None), ("liaison", unit), ("leader", whole)):
        listed = partial(signed_in(app, role).call, "GET", "/disputes")
        yield Operation(f"list_{role}", _again(listed), runs, compared)
    listed = partial(director.call, "GET", "/disputes")
    yield Operation("list_director", _again(listed), runs, whole)
    place = bare.middle(scratch)
    deep = partial(director.call, "GET", f"/disputes?cursor={_cursor(place)}")
    yield Operation("list_director_deep", _again(deep), runs, bare.listed_after(scratch, place))


def _by_many_rules(app: Flask, window: Caller, desk: Desk) -> Work:
    """A preview with much to explain, by a rulebook of many rules that is in force only then."""
    many = grown(desk.policy.rulebook, MANY_RULES)
    large = replace(desk, policy=replace(desk.policy, rulebook=many))
    asked = {
        "category": "land_contract",
        "registered_on": "2026-11-09",
        "facts": {"land_matter": "contract", "government_party": "none", "injury": "none"},
    }

    def work(_: int) -> object:
        app.extensions["fengqiao"] = large
        try:
            return window.call("POST", "/routing/preview", asked)
        finally:
            app.extensions["fengqiao"] = desk

    return work


def _again(call: Callable[[], object]) -> Work:
    """The same call, whichever time it is."""
    return lambda _: call()


def _cursor(place: tuple[Any, Any]) -> str:
    """The cursor behind a place of the newest-first list."""
    at, dispute_id = place
    instant = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return encode_cursor([aware.isoformat(), _uuid(str(dispute_id))])


def _visit(crowd: Crowd) -> dict[str, Any]:
    """Somebody of the town comes, about somebody else of the town."""
    applicant, respondent = crowd.rng.sample(crowd.known, 2)
    return {
        "category": "neighbour",
        "narrative": crowd.story(),
        "source": "walk_in",
        "place": {"village": applicant[3], "detail": "三组 1 号"},
        "parties": [
            {
                "role": "applicant",
                "name": applicant[0],
                "id_number": applicant[1],
                "phone": applicant[2],
            },
            {"role": "respondent", "name": respondent[0], "phone": respondent[2]},
        ],
    }


def _keys(visit: dict[str, Any], desk: Desk) -> tuple[bytes, bytes, str]:
    who, index = visit["parties"][0], desk.keyring.index
    return index("id_number", who["id_number"]), index("phone", who["phone"]), who["name"]


def _uuid(text: str) -> str:
    return (
        text if "-" in text else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    )


def _stored(dispute_id: str, scratch: Scratch) -> str:
    """An id as the database writes it."""
    return dispute_id.replace("-", "") if scratch.kind == "sqlite" else dispute_id
