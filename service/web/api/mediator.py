"""Mediators 调解员名册 for programs: the register, leave, declared relations, who is suggested."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.mediator import (
    InterestIn,
    InterestOut,
    MediatorCandidateOut,
    MediatorCandidatesOut,
    MediatorCandidatesQuery,
    MediatorDetailOut,
    MediatorIn,
    MediatorLeaveIn,
    MediatorLeaveOut,
    MediatorOut,
    MediatorPageOut,
    MediatorPatch,
    MediatorQuery,
)
from service.errors import NotFound
from service.operations import mediator as operations
from service.queries import candidate as candidates
from service.queries import mediator as queries
from service.queries.mediator import Filters, MediatorView
from service.rules import access
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import looked_at, noted

blp = StrictBlueprint("api-mediator", __name__, url_prefix="/api/v1", description="调解员名册")


@blp.get("/mediators")
@action("mediator.read")
@blp.arguments(MediatorQuery, location="query")
@blp.response(200, MediatorPageOut)
def listed(query: dict[str, Any]) -> Response:
    """The register of the town, by name."""
    told = {name: query.pop(name) for name in ("limit", "cursor", "count")}
    today = desk().today(now())
    page = queries.page(Filters(**query), actor=actor(), today=today, **told)
    return answer_page(page, MediatorOut().dump)


@blp.get("/mediators/<uuid:mediator_id>")
@action("mediator.read")
@blp.response(200, MediatorDetailOut)
@noted("read", "mediator")
def one(mediator_id: UUID) -> Response:
    """One in full; relations and what became of their disputes for their head alone."""
    return _shown(_view(mediator_id))


@blp.post("/mediators")
@action("mediator.manage")
@blp.arguments(MediatorIn)
@blp.response(201, MediatorDetailOut)
@idempotent
def add(body: dict[str, Any]) -> Response:
    """Take one into the register."""
    made = operations.add(body, actor=actor(), desk=desk(), now=now())
    response = _shown(_view(made), status=201)
    response.headers["Location"] = f"/api/v1/mediators/{made}"
    return response


@blp.patch("/mediators/<uuid:mediator_id>")
@action("mediator.manage")
@blp.arguments(MediatorPatch)
@blp.response(200, MediatorDetailOut)
def change(body: dict[str, Any], mediator_id: UUID) -> Response:
    """Change what the body names. `If-Match` is the ETag of the row."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.change(_row(mediator_id), body, version=required_version(), **told)
    return _shown(_view(mediator_id))


@blp.post("/mediators/<uuid:mediator_id>/leaves")
@action("mediator.manage")
@blp.arguments(MediatorLeaveIn)
@blp.response(201, MediatorLeaveOut)
@idempotent
def leave(body: dict[str, Any], mediator_id: UUID) -> Response:
    """Note that one is away."""
    made = operations.leave(_row(mediator_id), body, actor=actor(), desk=desk(), now=now())
    found = next(each for each in _view(mediator_id).leaves if each.id == made)
    return answer(MediatorLeaveOut().dump(found), status=201)


@blp.post("/mediators/<uuid:mediator_id>/leaves/<uuid:leave_id>/end")
@action("mediator.manage")
@blp.response(204)
def back(mediator_id: UUID, leave_id: UUID) -> Response:
    """One is back."""
    operations.back(_row(mediator_id), leave_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)


@blp.post("/mediators/<uuid:mediator_id>/interests")
@action("mediator.manage")
@blp.arguments(InterestIn)
@blp.response(201, InterestOut)
@idempotent
def declare(body: dict[str, Any], mediator_id: UUID) -> Response:
    """Take down a relation one declares."""
    made = operations.declare(_row(mediator_id), body, actor=actor(), desk=desk(), now=now())
    found = next(each for each in _view(mediator_id).interests or () if each.id == made)
    return answer(InterestOut().dump(found), status=201)


@blp.post("/mediators/<uuid:mediator_id>/interests/<uuid:interest_id>/end")
@action("mediator.manage")
@blp.response(204)
def withdraw(mediator_id: UUID, interest_id: UUID) -> Response:
    """It holds no longer."""
    operations.withdraw(_row(mediator_id), interest_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)


@blp.get("/disputes/<uuid:dispute_id>/mediators")
@action("dispute.assign")
@blp.arguments(MediatorCandidatesQuery, location="query")
@blp.response(200, MediatorCandidatesOut)
@looked_at
def suggested(query: dict[str, Any], dispute_id: UUID) -> Response:
    """Three who could mediate, with why, and the others with what speaks against them."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    found = candidates.suggested(dispute_id, unit=query["organisation"], **told)
    shape = MediatorCandidateOut()
    return answer(
        {
            "offered": [shape.dump(each) for each in found.offered],
            "others": [shape.dump(each) for each in found.others],
            "sealed": found.sealed,
        }
    )


def _row(mediator_id: UUID) -> UUID:
    """The row of the register, told by its id or by that of the account."""
    found = queries.named(mediator_id)
    if found is None:
        raise NotFound(queries.NOT_FOUND)
    return found[0]


def _view(mediator_id: UUID) -> MediatorView:
    unit = queries.named(mediator_id)
    scope = access.scope(actor(), "mediator.manage", desk().policy.access)
    heads = unit is not None and queries.reaches(scope, unit[1])
    today = desk().today(now())
    return queries.one(mediator_id, actor=actor(), heads=heads, desk=desk(), today=today)


def _shown(view: MediatorView, *, status: int = 200) -> Response:
    detail = MediatorDetailOut().dump(view)
    row = MediatorOut().dump(view.row)
    return answer(detail | row, version=view.row.version, status=status)
