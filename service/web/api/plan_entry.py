"""The registers 工作台账 of the yearly plan for programs: rows, steps, files, figures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response

from schemas.attachment import AttachmentFileIn
from schemas.plan_entry import (
    PlanCountListOut,
    PlanCountOut,
    PlanCountQuery,
    PlanEntryFileIn,
    PlanEntryFileListOut,
    PlanEntryFileOut,
    PlanEntryIn,
    PlanEntryOut,
    PlanEntryPageOut,
    PlanEntryPatchIn,
    PlanEntryQuery,
    PlanEntryReasonIn,
    PlanEntryRowOut,
    PlanEntryStepIn,
    PlanPersonOut,
    RegisterListOut,
    RegisterOut,
)
from service.errors import NotFound
from service.operations import plan_entry as operations
from service.operations import plan_entry_file as file_operations
from service.operations.plan_entry import EntryChange, EntryDraft, EntryStep
from service.operations.plan_entry_file import EvidenceDraft, Stored
from service.queries import plan_entry as queries
from service.queries import plan_register as figures
from service.queries.plan_entry import EvidenceView, Filters
from service.queries.plan_task import NO_PLAN, YEARS
from service.rules.plan_entry import Taken
from service.web import attachment, plan_entry_file
from service.web.door import action, actor, answer, bulky, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-plan-entry", __name__, url_prefix="/api/v1", description="工作台账")
ENTRY = "/registers/<register_id>/<uuid:entry_id>"


@blp.get("/registers")
@action("plan_entry.list")
@blp.arguments(PlanCountQuery, location="query")
@blp.response(200, RegisterListOut)
def registers(query: dict[str, Any]) -> Response:
    """Every register: what it is made of, and how many rows the caller reaches."""
    found = queries.tallies(year=query["year"], actor=actor(), desk=desk(), now=now())
    return answer({"items": [RegisterOut().dump(each) for each in found]})


@blp.get("/registers/<register_id>")
@action("plan_entry.list")
@blp.arguments(PlanEntryQuery, location="query")
@blp.response(200, PlanEntryPageOut)
def listed(query: dict[str, Any], register_id: str) -> Response:
    """A page of a register, newest first; what is due by its day."""
    return _page(register_id, query)


@blp.get("/plans/<int:year>/registers/<register_id>")
@action("plan_entry.list")
@blp.arguments(PlanEntryQuery(exclude=["year"]), location="query")
@blp.response(200, PlanEntryPageOut)
def of_year(query: dict[str, Any], year: int, register_id: str) -> Response:
    """The rows of a register that count in a plan's year."""
    if year not in YEARS:
        raise NotFound(NO_PLAN)
    return _page(register_id, query | {"year": year})


@blp.post("/registers/<register_id>")
@action("plan_entry.record")
@blp.arguments(PlanEntryIn)
@blp.response(201, PlanEntryOut)
@idempotent
def record(body: dict[str, Any], register_id: str) -> Response:
    """Write a row."""
    draft = EntryDraft(register=register_id, **body)
    made = operations.record(draft, actor=actor(), desk=desk(), now=now())
    response = _shown(register_id, made, status=201)
    response.headers["Location"] = f"/api/v1/registers/{register_id}/{made}"
    return response


@blp.get("/registers/<register_id>/counts")
@action("plan_entry.list")
@blp.arguments(PlanCountQuery, location="query")
@blp.response(200, PlanCountListOut)
def counts(query: dict[str, Any], register_id: str) -> Response:
    """The figures of a register in a year, the running one where none is said."""
    year = query["year"] or desk().today(now()).year
    found = figures.figures(
        register_id, figures.year_of(year), actor=actor(), desk=desk(), now=now()
    )
    people = [each for one in found for each in one.people]
    strangers = [each.row.person for one in found for each in one.strangers]
    return answer(
        {
            "year": year,
            "items": [PlanCountOut().dump(figures.view(each)) for each in found],
            "people": [PlanPersonOut().dump(each) for each in people],
            "strangers": sorted({each for each in strangers if each}),
        }
    )


@blp.get(ENTRY)
@action("plan_entry.read")
@blp.response(200, PlanEntryOut)
@noted("read", "plan_entry")
def one(register_id: str, entry_id: UUID) -> Response:
    """One row with its steps and files."""
    return _shown(register_id, entry_id)


@blp.patch(ENTRY)
@action("plan_entry.record")
@blp.arguments(PlanEntryPatchIn)
@blp.response(200, PlanEntryOut)
def change(body: dict[str, Any], register_id: str, entry_id: UUID) -> Response:
    """Correct a row; what it owes is counted anew."""
    operations.change(
        register_id, entry_id, EntryChange(**body), version=required_version(), **_who()
    )
    return _shown(register_id, entry_id)


@blp.post(f"{ENTRY}/steps/<entry_step>")
@action("plan_entry.step")
@blp.arguments(PlanEntryStepIn)
@blp.response(200, PlanEntryOut)
def take(body: dict[str, Any], register_id: str, entry_id: UUID, entry_step: str) -> Response:
    """Take a step, or say why it does not apply; the last one ends the row."""
    draft = EntryStep(
        step=entry_step, said=Taken(body["on"], body["excuse"]), values=body["values"]
    )
    operations.take(register_id, entry_id, draft, version=required_version(), **_who())
    return _shown(register_id, entry_id)


@blp.post(f"{ENTRY}/reopen")
@action("plan_entry.step")
@blp.arguments(PlanEntryReasonIn)
@blp.response(200, PlanEntryOut)
def reopen(body: dict[str, Any], register_id: str, entry_id: UUID) -> Response:
    """Take back that a row has ended."""
    operations.reopen(register_id, entry_id, body["reason"], version=required_version(), **_who())
    return _shown(register_id, entry_id)


@blp.post(f"{ENTRY}/void")
@action("plan_entry.record")
@blp.arguments(PlanEntryReasonIn)
@blp.response(200, PlanEntryOut)
def void(body: dict[str, Any], register_id: str, entry_id: UUID) -> Response:
    """Say that a row was entered by mistake."""
    operations.void(register_id, entry_id, body["reason"], version=required_version(), **_who())
    return _shown(register_id, entry_id)


@blp.get(f"{ENTRY}/evidence")
@action("plan_entry.evidence")
@blp.response(200, PlanEntryFileListOut)
@noted("read", "plan_entry")
def evidence(register_id: str, entry_id: UUID) -> Response:
    """The files of a row, oldest first."""
    shown = [PlanEntryFileOut().dump(each) for each in _files(register_id, entry_id)]
    return answer({"items": shown})


@blp.post(f"{ENTRY}/evidence")
@action("plan_entry.evidence")
@bulky
@blp.arguments(PlanEntryFileIn, location="form")
@blp.arguments(AttachmentFileIn, location="files")
@blp.response(201, PlanEntryFileOut)
def attach(
    form: dict[str, Any], given: dict[str, Any], register_id: str, entry_id: UUID
) -> Response:
    """Add one file of at most 20 MB; it is looked at before it is taken."""
    draft = plan_entry_file.draft(given["file"], form)
    with file_operations.taken_in(
        register_id, entry_id, draft, store=attachment.store(), actor=actor(), desk=desk()
    ) as stored:
        return _attached(register_id, entry_id, stored, draft)


@blp.get(f"{ENTRY}/evidence/<uuid:evidence_id>/content")
@action("plan_entry.evidence")
@blp.response(200, content_type="application/octet-stream")
def content(register_id: str, entry_id: UUID, evidence_id: UUID) -> Response:
    """The bytes as they came, checked against their digest; 410 when they are not those."""
    return plan_entry_file.sent(register_id, entry_id, evidence_id)


@blp.post(f"{ENTRY}/evidence/<uuid:evidence_id>/withdraw")
@action("plan_entry.evidence")
@blp.arguments(PlanEntryReasonIn)
@blp.response(200, PlanEntryFileListOut)
def withdraw(body: dict[str, Any], register_id: str, entry_id: UUID, evidence_id: UUID) -> Response:
    """Take a file back; what an ended row rests on stays."""
    file_operations.withdraw(register_id, entry_id, evidence_id, body["reason"], **_who())
    shown = [PlanEntryFileOut().dump(each) for each in _files(register_id, entry_id)]
    return answer({"items": shown})


@idempotent
def _attached(register_id: str, entry_id: UUID, stored: Stored, draft: EvidenceDraft) -> Response:
    made = file_operations.add(register_id, entry_id, stored, draft, **_who())
    found = next(each for each in _files(register_id, entry_id) if each.id == made)
    return answer(PlanEntryFileOut().dump(found), status=201)


def _files(register_id: str, entry_id: UUID) -> Sequence[EvidenceView]:
    """The files of a row; without their names for who only reads it."""
    return queries.one(register_id, entry_id, actor=actor(), desk=desk(), now=now()).evidence


def _page(register_id: str, query: dict[str, Any]) -> Response:
    filters = Filters(
        register=register_id,
        box=query.pop("state"),
        year=query.pop("year"),
        organisation=query.pop("organisation"),
        q=query.pop("q"),
    )
    page = queries.page(filters, actor=actor(), desk=desk(), now=now(), **query)
    return answer_page(page, PlanEntryRowOut().dump)


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _shown(register_id: str, entry_id: UUID, *, status: int = 200) -> Response:
    view = queries.one(register_id, entry_id, actor=actor(), desk=desk(), now=now())
    return answer(PlanEntryOut().dump(view), status=status, version=view.version)
