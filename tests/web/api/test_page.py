"""A hostile cursor: every list of the JSON doors refuses it at its field, none breaks over it."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import Role
from models import Plan, db
from service.gateways.keyring import Keyring
from service.queries.page import PLACE
from tests.factories.calendar import YEAR_2027
from tests.factories.office import Office
from tests.factories.plan import planned
from tests.factories.program import DISPUTES, Program, of_role, program

INSTANT: Final = "2026-11-02T01:00:00+00:00"
DAY: Final = "2026-11-02"
ROW: Final = "6f1c1d1e-0f6b-4a8e-9d53-2f1c7a1b0c3d"
PERIOD: Final = {"from": "2026-11-01", "to": "2026-12-01"}
METRIC: Final = "/api/v1/metrics/{metric_id}/rows"
TIMELINE: Final = DISPUTES + "/{dispute_id}/events"
UNSHAPED: Final = (
    "x",
    "====",
    "%%%",
    "王",
    "\0",
    "a" * 300,
    "a" * 301,
    "W1tb" * 75,
    "W1tb" * 2_000,
)
NO_LISTS: Final[tuple[Any, ...]] = (None, 1, "unread", {}, {"0": 1}, [], [[]], ["a"] * 4)
WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    1.5,
    2**31,
    2**63,
    10**60,
    float("nan"),
    [],
    {},
    "",
    "\0",
    "王",
    "\ud800",
    "2026-11-02T01:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01",
    "9999-12-31",
    "9999-W53",
    ROW + "\0",
    ROW + "0",
)


@dataclass(frozen=True)
class Listing:
    """One list: who reads it, how it is asked, and a place in it as its cursors say it."""

    path: str
    place: tuple[Any, ...]
    role: Role = Role.DIRECTOR
    query: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


TASKS: Final = "/api/v1/plans/{year}/tasks"
MOVES: Final = "/api/v1/calendar/{year}/drafts/{draft_id}/moves"
CHANGES: Final = "/api/v1/plans/{year}/changes"
LISTINGS: Final = {
    "disputes": Listing(DISPUTES, (INSTANT, ROW)),
    "disputes, oldest": Listing(DISPUTES, (INSTANT, ROW), query={"sort": "oldest"}),
    "disputes, by due date": Listing(DISPUTES, (DAY, ROW), query={"sort": "due"}),
    "disputes, searched": Listing(DISPUTES, (INSTANT, ROW), query={"q": "院墙"}),
    "disputes of a platform": Listing(DISPUTES, (INSTANT, ROW), role=Role.PLATFORM),
    "timeline": Listing(TIMELINE, (7,)),
    "consultations": Listing("/api/v1/consultations", (INSTANT, ROW)),
    "lawsuits": Listing("/api/v1/lawsuits", (DAY, ROW)),
    "letters": Listing("/api/v1/suggestions", (DAY, ROW)),
    "letters, overdue": Listing("/api/v1/suggestions", (DAY, ROW), query={"overdue": "true"}),
    "inbox, unread": Listing("/api/v1/notices", ("unread", INSTANT, ROW)),
    "inbox, read": Listing("/api/v1/notices", ("read", INSTANT, ROW)),
    "tokens": Listing("/api/v1/tokens", (INSTANT, ROW), role=Role.SYSADMIN),
    "broken glass": Listing("/api/v1/break-glass", (INSTANT, ROW), role=Role.AUDITOR),
    "trail": Listing("/api/v1/audit", (7,), role=Role.AUDITOR),
    "data requests": Listing("/api/v1/data-requests", (INSTANT, ROW)),
    "backups": Listing("/api/v1/backups", (INSTANT, ROW), role=Role.SYSADMIN),
    "changes of terms": Listing("/api/v1/clock-changes", (INSTANT, ROW)),
    "handovers": Listing("/api/v1/handovers", (INSTANT, ROW)),
    "handovers behind a number": Listing(
        "/api/v1/handovers/flow/rows", (INSTANT, ROW), query=PERIOD
    ),
    "guidance": Listing("/api/v1/guidance", (DAY, ROW)),
    "府检府院联动": Listing("/api/v1/linkages", (DAY, ROW)),
    "what is due of it": Listing("/api/v1/linkages", (DAY, ROW), query={"box": "due"}),
    "its sealed registers": Listing("/api/v1/referrals", (DAY, ROW)),
    "a register of the plan": Listing(
        "/api/v1/registers/{register_id}", (DAY, ROW), words={"register_id": "enforcers"}
    ),
    "its rows of a year": Listing(
        "/api/v1/plans/{year}/registers/{register_id}",
        (DAY, ROW),
        words={"year": "2026", "register_id": "enforcers"},
    ),
    "sheets of the court": Listing("/api/v1/exchanges", (INSTANT, ROW)),
    "organisations": Listing("/api/v1/organisations", (ROW,)),
    "mediators": Listing("/api/v1/mediators", (ROW,)),
    "disputes behind a credit": Listing(
        "/api/v1/joint-tasks/credit/rows", (INSTANT, ROW), query=PERIOD
    ),
    "meetings": Listing("/api/v1/meetings", (INSTANT, ROW)),
    "decisions of meetings": Listing("/api/v1/meetings/decisions", (DAY, ROW)),
    "tasks of co-units": Listing("/api/v1/joint-tasks", (INSTANT, ROW)),
    "disputes in the charge of leaders": Listing("/api/v1/charges", (INSTANT, ROW)),
    "supervision": Listing("/api/v1/supervisions", (INSTANT, ROW)),
    "what the court sent": Listing("/api/v1/court_referrals", (DAY, ROW)),
    "thirty days": Listing("/api/v1/court_referrals", (DAY, ROW), query={"box": "windows"}),
    "what a court sent": Listing("/api/v1/court_referrals", (DAY, ROW), query={"box": "sent"}),
    "what a calendar moves": Listing(MOVES, (DAY, ROW)),
    "objections to an appraisal": Listing(
        "/api/v1/evaluations/{year}/objections", (INSTANT, ROW), words={"year": "2025"}
    ),
    "tasks of a plan": Listing(TASKS, (1, 1, 1, ROW), words={"year": "2026"}),
    "notes of progress": Listing(
        TASKS + "/{number}/progress", (DAY, INSTANT, ROW), words={"year": "2026", "number": "1"}
    ),
    "what changed in a plan": Listing(CHANGES, (INSTANT, 7), query=PERIOD, words={"year": "2026"}),
    "weekly letters": Listing("/api/v1/reports/weekly", ("2026-W45", 1)),
    **{
        f"rows of {metric}": Listing(METRIC, (DAY, ROW), query=PERIOD, words={"metric_id": metric})
        for metric in (
            "disputes_received",
            "disputes_closed",
            "lawsuits_filed",
            "consultations",
            "confirmations",
            "suggestions_due",
            "judgment_performance_rate",
            "litigation_per_10k",
        )
    },
}


def packed(value: Any) -> str:
    """A cursor under the key of the tests: as somebody could make who has the key."""
    sealed = Keyring(b"d" * 32, b"i" * 32).seal_alike(json.dumps(value).encode(), PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def hostile(place: tuple[Any, ...]) -> list[str]:
    """No cursors at all, places of other lengths, and one wrong value in each position."""
    shaped: list[Any] = [*NO_LISTS, place[:-1], (*place, place[-1])]
    shaped += [
        (*place[:position], wrong, *place[position + 1 :])
        for position in range(len(place))
        for wrong in WRONG
        if (place[position], wrong) != (7, 2**31)  # events are numbered beyond four bytes
    ]
    return [*UNSHAPED, *map(packed, shaped)]


def drafted(office: Office) -> str:
    """A draft of a year's calendar; its id."""
    told = YEAR_2027.as_json() | {"source": "国办发明电〔2026〕9号"}
    planner = of_role(office, Role.PLANNER)
    made = planner.post("/api/v1/calendar/2027/drafts", told, key=uuid4().hex)
    return str(made.get_json()["id"])


def bring_in_a_plan(office: Office) -> None:
    """The plan of a year, once."""
    with office.app.app_context():
        if db.session.scalar(sa.select(Plan.id)) is None:
            planned(office)


def reader(office: Office, role: Role) -> Program:
    """Who may read the list."""
    if role is not Role.PLATFORM:
        return of_role(office, role)
    told = {
        "name": "热线平台",
        "source": "hotline_12345",
        "organisation": str(office.units["justice"]),
        "scopes": ["dispute.list"],
    }
    made = of_role(office, Role.SYSADMIN).post("/api/v1/tokens", told, key=uuid4().hex)
    return Program(office.app.test_client(), made.get_json()["token"])


@pytest.mark.daily("postgresql")  # which holds fewer numbers and no NUL: the stricter of the two
@pytest.mark.parametrize("name", list(LISTINGS))
def test_a_hostile_cursor_is_refused_at_its_field(shared_office: Office, name: str) -> None:
    listing = LISTINGS[name]
    words = dict(listing.words)
    if listing.path == TIMELINE:
        words["dispute_id"] = program(shared_office, shared_office.window).registered()["id"]
    if listing.path == MOVES:
        words |= {"year": "2027", "draft_id": drafted(shared_office)}
    if listing.path.startswith(TASKS) or listing.path == CHANGES:
        bring_in_a_plan(shared_office)
    path, caller = listing.path.format(**words), reader(shared_office, listing.role)

    def answer(cursor: str) -> tuple[int, list[str]]:
        told = caller.get(path, query_string=listing.query | {"cursor": cursor})
        return told.status_code, list((told.get_json() or {}).get("errors", {}))

    assert answer(packed(listing.place)) == (200, [])
    cursors = hostile(listing.place)
    assert {each: answer(each) for each in cursors} == dict.fromkeys(cursors, (422, ["cursor"]))


def test_no_list_is_missing_here(shared_office: Office) -> None:
    paths = shared_office.app.test_client().get("/api/openapi.json").get_json()["paths"]
    asked = {
        (path, each.get("name"))
        for path, methods in paths.items()
        for each in methods.get("get", {}).get("parameters", [])
    }
    paged = {path for path, name in asked if name == "cursor"}
    assert paged == {listing.path for listing in LISTINGS.values()}
