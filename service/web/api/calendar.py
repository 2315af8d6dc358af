"""The calendar 工作日历 for programs: a year, a due date explained, drafts, what they move."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.calendar import (
    CalendarCountsOut,
    CalendarDraftIn,
    CalendarExplainQuery,
    CalendarExplanationOut,
    CalendarMovesOut,
    CalendarMovesQuery,
    CalendarVersionOut,
    CalendarYearOut,
)
from service.operations import calendar as operations
from service.queries import calendar as queries
from service.queries import calendar_move as moves
from service.queries.calendar import YearView
from service.queries.calendar_move import MoveView
from service.rules import calendar_year as rules
from service.web import calendar
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-calendar", __name__, url_prefix="/api/v1", description="工作日历")


@blp.get("/calendar/explain")
@action("calendar.read")
@blp.arguments(CalendarExplainQuery, location="query")
@blp.response(200, CalendarExplanationOut)
def explain(query: dict[str, Any]) -> Response:
    """A due date, day by day, with its law, as the calendar in force has it."""
    rule, found = calendar.explained(query["rule"], query["start"])
    more = {"name": rule.name, "kind": rule.kind.value, "note": rule.note}
    return answer(found.as_dict() | more)


@blp.get("/calendar/<int:year>")
@action("calendar.read")
@blp.response(200, CalendarYearOut)
def one(year: int) -> Response:
    """A year as it is in force, and every version of it."""
    calendar.check_year(year)
    stands, shape = desk().calendar, CalendarVersionOut()
    return answer(
        {
            "year": year,
            "published": year in stands.holidays.years,
            "calendar": stands.version,
            **rules.of_year(stands.holidays, year).as_json(),
            "versions": [shape.dump(_version(each)) for each in queries.versions(year)],
        }
    )


@blp.post("/calendar/<int:year>/drafts")
@action("calendar.edit")
@blp.arguments(CalendarDraftIn)
@blp.response(201, CalendarVersionOut)
@idempotent
def draft(body: dict[str, Any], year: int) -> Response:
    """Draw up a year."""
    calendar.check_year(year)
    days = calendar.days_of(body)
    made = operations.draft(year, days, body["source"], actor=actor(), desk=desk(), now=now())
    response = _shown(made, year, status=201)
    response.headers["Location"] = f"/api/v1/calendar/{year}/drafts/{made}"
    return response


@blp.get("/calendar/<int:year>/drafts/<uuid:draft_id>")
@action("calendar.read")
@blp.response(200, CalendarVersionOut)
def drafted(year: int, draft_id: UUID) -> Response:
    """One version of a year, a draft or signed."""
    return _shown(draft_id, year)


@blp.get("/calendar/<int:year>/drafts/<uuid:draft_id>/moves")
@action("calendar.read")
@blp.arguments(CalendarMovesQuery, location="query")
@blp.response(200, CalendarMovesOut)
def moved(query: dict[str, Any], year: int, draft_id: UUID) -> Response:
    """What signing it would move of the disputes the caller may know of, the first due in front.

    `count` asks how many there are, those of others among them.
    """
    stands = queries.with_draft(queries.one(draft_id, year), desk().calendar)
    page = moves.page(
        year,
        stands,
        actor=actor(),
        desk=desk(),
        now=now(),
        limit=query["limit"],
        cursor=query["cursor"],
    )
    shown: dict[str, Any] = {
        "items": [_move(each) for each in page.items],
        "next_cursor": page.next_cursor,
    }
    if query["count"]:
        shown["counts"] = CalendarCountsOut().dump(moves.counts(year, stands, desk=desk()))
    return answer(shown)


@blp.post("/calendar/<int:year>/drafts/<uuid:draft_id>/sign")
@action("calendar.sign")
@blp.response(200, CalendarCountsOut)
def sign(year: int, draft_id: UUID) -> Response:
    """Put it into force as it stands at the version of If-Match, and move what it moves."""
    version = required_version()
    queries.one(draft_id, year)
    done = operations.sign(draft_id, version=version, actor=actor(), desk=desk(), now=now())
    return answer(CalendarCountsOut().dump(done))


def _shown(draft_id: UUID, year: int, *, status: int = 200) -> Response:
    view = queries.one(draft_id, year)
    shape = CalendarVersionOut()
    return answer(shape.dump(_version(view)), status=status, version=view.version)


def _version(view: YearView) -> dict[str, Any]:
    """A version with its rows beside the rest."""
    rows = {"off", "work"}
    told = {name: getattr(view, name) for name in CalendarVersionOut().fields if name not in rows}
    return told | {"off": view.days.off, "work": view.days.work}


def _move(view: MoveView) -> dict[str, Any]:
    moved = view.moved
    return {
        "clock": str(moved.clock_id),
        "number": view.number,
        "restricted": view.restricted,
        "organisation": view.organisation,
        "rule": None if view.restricted else moved.rule,
        "due_before": moved.due_before.isoformat(),
        "due_after": moved.due_after.isoformat(),
        "provisional_before": moved.provisional_before,
        "provisional_after": moved.provisional_after,
    }
