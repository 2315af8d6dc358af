"""Imports of a yearly plan 计划导入 for programs: hand in, look, correct, take in, give up."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.plan_import import (
    PlanImportChangeIn,
    PlanImportFileIn,
    PlanImportIn,
    PlanImportOut,
)
from schemas.step import Nothing, StepIn
from service.operations import plan_import as operations
from service.operations.plan_import import Source
from service.queries import plan_import as queries
from service.web import plan_import as words
from service.web.door import action, actor, answer, bulky, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint
from service.web.steps import load_body

blp = StrictBlueprint(
    "api-plan-import", __name__, url_prefix="/api/v1/plans/imports", description="计划导入"
)


@blp.post("")
@action("plan.import")
@bulky
@blp.arguments(PlanImportIn, location="form")
@blp.arguments(PlanImportFileIn, location="files")
@blp.response(201, PlanImportOut)
def make(form: dict[str, Any], files: dict[str, Any]) -> Response:
    """Hand in a document of at most 20 MB, or a text; nothing of the plan changes yet."""
    return _made(words.source(form["year"], form["text"], files["file"]))


@idempotent
def _made(source: Source) -> Response:
    made = operations.make(source, actor=actor(), desk=desk(), now=now())
    return _shown(made, status=201)


@blp.get("/<uuid:plan_import_id>")
@action("plan.import")
@blp.response(200, PlanImportOut)
def read(plan_import_id: UUID) -> Response:
    """One import: its lines as they are read, the plan they make, what taking it in changes."""
    return _shown(plan_import_id)


@blp.patch("/<uuid:plan_import_id>")
@action("plan.import")
@blp.arguments(PlanImportChangeIn)
@blp.response(200, PlanImportOut)
def correct(body: dict[str, Any], plan_import_id: UUID) -> Response:
    """Say what lines are and whom names mean; the rest is read anew. `If-Match` is its ETag."""
    operations.correct(
        plan_import_id,
        {each["index"]: each["kind"] for each in body["lines"]},
        {each["name"]: each["organisation"] for each in body["units"]},
        version=required_version(),
        **_who(),
    )
    return _shown(plan_import_id)


@blp.post("/<uuid:plan_import_id>/take")
@action("plan.import")
@blp.arguments(StepIn)
@blp.response(200, PlanImportOut)
def take(body: dict[str, Any], plan_import_id: UUID) -> Response:
    """Take it into the plan of its year; an approved plan wants approval again."""
    load_body(Nothing, body)
    operations.take(plan_import_id, version=required_version(), **_who())
    return _shown(plan_import_id)


@blp.post("/<uuid:plan_import_id>/drop")
@action("plan.import")
@blp.arguments(StepIn)
@blp.response(200, PlanImportOut)
def give_up(body: dict[str, Any], plan_import_id: UUID) -> Response:
    """Put it aside; the plan stays as it is."""
    load_body(Nothing, body)
    operations.give_up(plan_import_id, version=required_version(), **_who())
    return _shown(plan_import_id)


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _shown(plan_import_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(plan_import_id, actor=actor(), desk=desk())
    shown = PlanImportOut().dump(words.told(view))
    return answer(shown, version=view.row.version, status=status)
