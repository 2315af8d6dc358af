"""Member units 成员单位, their duty lists and their attendance for programs."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.attendance import AttendanceListOut, AttendanceOut, NotedOut, SignInUnitIn
from schemas.duty_list import DutyIn, DutyMonthOut, DutyQuery
from schemas.member import MembershipIn, MembershipOut, RefusalEndIn, RefusalIn
from service.operations import attendance as attendances
from service.operations import duty_list as duties
from service.operations import member as operations
from service.operations.member import Terms
from service.queries import attendance as comings
from service.queries import duty_list, member
from service.queries.attendance import Month
from service.queries.member import MemberView
from service.rules import access
from service.rules import duty_list as rules
from service.web import month as months
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-member", __name__, url_prefix="/api/v1", description="成员单位")


@blp.get("/organisations/<uuid:member_id>/membership")
@action("member.read")
@blp.response(200, MembershipOut)
def read(member_id: UUID) -> Response:
    """On what terms a unit is a member, and what it takes."""
    return _shown(member_id)


@blp.post("/organisations/<uuid:member_id>/membership")
@action("member.manage")
@blp.arguments(MembershipIn)
@blp.response(201, MembershipOut)
@idempotent
def take_in(body: dict[str, Any], member_id: UUID) -> Response:
    """Make an organisation a member of the caller's centre."""
    operations.take_in(member_id, Terms(**body), actor=actor(), desk=desk(), now=now())
    response = _shown(member_id, status=201)
    response.headers["Location"] = f"/api/v1/organisations/{member_id}/membership"
    return response


@blp.patch("/organisations/<uuid:member_id>/membership")
@action("member.manage")
@blp.arguments(MembershipIn)
@blp.response(200, MembershipOut)
def change(body: dict[str, Any], member_id: UUID) -> Response:
    """Change the terms, all of them at once; how it sat until yesterday stays."""
    version = required_version()
    operations.change(
        member_id, Terms(**body), version=version, actor=actor(), desk=desk(), now=now()
    )
    return _shown(member_id)


@blp.post("/organisations/<uuid:member_id>/membership/refuse")
@action("member.manage")
@blp.arguments(RefusalIn)
@blp.response(200, MembershipOut)
def refuse(body: dict[str, Any], member_id: UUID) -> Response:
    """Note a category the unit does not take, why, and where to go instead."""
    version = required_version()
    operations.refuse(member_id, **body, version=version, actor=actor(), desk=desk(), now=now())
    return _shown(member_id)


@blp.post("/organisations/<uuid:member_id>/membership/take-again")
@action("member.manage")
@blp.arguments(RefusalEndIn)
@blp.response(200, MembershipOut)
def take_again(body: dict[str, Any], member_id: UUID) -> Response:
    """The unit takes a category again."""
    version = required_version()
    operations.take_again(
        member_id, body["category"], version=version, actor=actor(), desk=desk(), now=now()
    )
    return _shown(member_id)


@blp.get("/organisations/<uuid:member_id>/duty")
@action("member.read")
@blp.arguments(DutyQuery, location="query")
@blp.response(200, DutyMonthOut)
def duty(query: dict[str, Any], member_id: UUID) -> Response:
    """Who is on duty on each day of a month."""
    return _duty(member_id, query["month"])


@blp.put("/organisations/<uuid:member_id>/duty")
@action("duty_list.edit")
@blp.arguments(DutyIn)
@blp.response(200, DutyMonthOut)
def write(body: dict[str, Any], member_id: UUID) -> Response:
    """Say who is on duty on some weekdays or one day; who stood there until now gives way."""
    duties.write(member_id, **body, actor=actor(), desk=desk(), now=now())
    return _duty(member_id, None)


@blp.get("/attendance")
@action("attendance.read")
@blp.arguments(DutyQuery, location="query")
@blp.response(200, AttendanceListOut)
def attendance(query: dict[str, Any]) -> Response:
    """Every member over a month, as far as it has passed, with the rows behind each number."""
    first = months.first_of(query["month"], desk().today(now()))
    found = comings.of_month(first, actor=actor(), desk=desk(), now=now())
    return answer(
        {
            "month": months.named(first),
            "items": [AttendanceOut().dump(_month(each)) for each in found],
            "next_cursor": None,
        }
    )


@blp.post("/organisations/<uuid:member_id>/attendance")
@action("attendance.sign")
@blp.arguments(SignInUnitIn)
@blp.response(201, NotedOut)
@idempotent
def sign_in(body: dict[str, Any], member_id: UUID) -> Response:
    """A unit is at the centre today."""
    made = attendances.sign_in(member_id, body["name"], actor=actor(), desk=desk(), now=now())
    return answer({"id": str(made)}, status=201)


@blp.post("/organisations/<uuid:member_id>/attendance/ask")
@action("attendance.sign")
@blp.response(201, NotedOut)
@idempotent
def ask(member_id: UUID) -> Response:
    """A unit on call was asked to come."""
    made = attendances.ask(member_id, actor=actor(), desk=desk(), now=now())
    return answer({"id": str(made)}, status=201)


def _view(member_id: UUID) -> MemberView:
    return member.one(member_id, access.require(actor(), "member.read", desk().policy.access))


def _shown(member_id: UUID, *, status: int = 200) -> Response:
    view = _view(member_id)
    told = {
        "id": view.id,
        "name": view.name,
        "joined_on": view.joined_on,
        "left_on": view.left_on,
        "inside_town": view.inside_town,
        "duty_phone": view.duty_phone,
        "takes": None if view.remit.takes is None else sorted(view.remit.takes),
        "refuses": [
            {"category": code, "words": said.words, "go_to": said.go_to}
            for code, said in view.remit.refuses.items()
        ],
        "seats": [
            {
                "kind": each.kind,
                "weekdays": [int(day) for day in each.weekdays],
                "from_on": each.from_on,
                "until_on": each.until_on,
            }
            for each in view.seats
        ],
        "version": view.version,
    }
    return answer(MembershipOut().dump(told), status=status, version=view.version)


def _duty(member_id: UUID, asked: str | None) -> Response:
    view = _view(member_id)
    first = months.first_of(asked, desk().today(now()))
    turns = duty_list.of_month(view.id, first)
    days = [each for each in rules.month(first, turns, desk().calendar) if view.is_member(each.on)]
    told = {"organisation": view.id, "month": months.named(first), "days": days}
    return answer(DutyMonthOut().dump(told))


def _month(each: Month) -> dict[str, Any]:
    return {
        "organisation": each.unit.id,
        "name": each.unit.name,
        "numerator": each.kept.numerator,
        "denominator": each.kept.denominator,
        "rows": each.kept.due,
        "beside": each.kept.beside,
    }
