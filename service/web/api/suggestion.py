"""Letters 建议书 for programs: record, read, list, take steps."""

from typing import Any, Final
from uuid import UUID

from flask import Response

from config.suggestion import SuggestionStep
from schemas.attachment import AttachmentFileIn
from schemas.step import StepIn
from schemas.suggestion import (
    SHAPES,
    CorrectLetterIn,
    DemandListOut,
    LetterFileIn,
    LetterFileListOut,
    LetterFileOut,
    LetterIn,
    LetterOut,
    LetterPageOut,
    LetterQuery,
    LetterRowOut,
    ReplyListOut,
)
from service.operations import suggestion as operations
from service.operations import suggestion_correction as correction
from service.operations import suggestion_file as file_operations
from service.operations import suggestion_step as steps
from service.operations.attachment import Candidate
from service.operations.suggestion import DemandDraft, SuggestionDraft
from service.operations.suggestion_file import FileDraft
from service.queries import suggestion as queries
from service.queries import suggestion_part as parts
from service.queries.suggestion import Filters, SuggestionView
from service.web import attachment, suggestion_file
from service.web.door import action, actor, answer, bulky, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.steps import load_body
from service.web.witness import noted

blp = StrictBlueprint("api-suggestion", __name__, url_prefix="/api/v1", description="建议书")
PAGE_KEYS: Final = ("limit", "cursor", "count")
# a step we do not have is an address that does not exist
STEPS: Final = ",".join(SuggestionStep)


@blp.post("/suggestions")
@action("suggestion.record")
@blp.arguments(LetterIn)
@blp.response(201, LetterOut)
@idempotent
def record(body: dict[str, Any]) -> Response:
    """Record a letter."""
    draft = SuggestionDraft(**body | {"demands": [DemandDraft(**e) for e in body["demands"]]})
    made = operations.record(draft, actor=actor(), desk=desk(), now=now())
    response = _shown(made, status=201)
    response.headers["Location"] = f"/api/v1/suggestions/{made}"
    return response


@blp.get("/suggestions")
@action("suggestion.read")
@blp.arguments(LetterQuery, location="query")
@blp.response(200, LetterPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page: latest received first; of the overdue ones, longest overdue first."""
    paging = {key: query.pop(key) for key in PAGE_KEYS}
    page = queries.page(Filters(**query), actor=actor(), desk=desk(), now=now(), **paging)
    return answer_page(page, LetterRowOut().dump)


@blp.get("/suggestions/<uuid:suggestion_id>")
@action("suggestion.read")
@blp.response(200, LetterOut)
@noted("read", "suggestion")
def read(suggestion_id: UUID) -> Response:
    """One letter as the caller may see it."""
    return _shown(suggestion_id)


@blp.patch("/suggestions/<uuid:suggestion_id>")
@action("suggestion.correct")
@blp.arguments(CorrectLetterIn)
@blp.response(200, LetterOut)
def correct(body: dict[str, Any], suggestion_id: UUID) -> Response:
    """Correct what was written down of it, while no reply went out."""
    correction.correct(
        suggestion_id, body, version=required_version(), actor=actor(), desk=desk(), now=now()
    )
    return _shown(suggestion_id)


@blp.get("/suggestions/<uuid:suggestion_id>/demands")
@action("suggestion.read")
@blp.response(200, DemandListOut)
@noted("read", "suggestion")
def demands(suggestion_id: UUID) -> Response:
    """What the letter demands, each with its answer."""
    return answer(DemandListOut().dump({"items": _one(suggestion_id).demands}))


@blp.get("/suggestions/<uuid:suggestion_id>/replies")
@action("suggestion.read")
@blp.response(200, ReplyListOut)
@noted("read", "suggestion")
def replies(suggestion_id: UUID) -> Response:
    """Every round with its reply."""
    return answer(ReplyListOut().dump({"items": _one(suggestion_id).replies}))


@blp.post(f"/suggestions/<uuid:suggestion_id>/steps/<any({STEPS}):suggestion_step>")
@action("suggestion.{suggestion_step}")
@blp.arguments(StepIn)
@blp.response(200, LetterOut)
def take(body: dict[str, Any], suggestion_id: UUID, suggestion_step: str) -> Response:
    """Take one legal step."""
    word = SuggestionStep(suggestion_step)
    steps.take(
        suggestion_id,
        word,
        load_body(SHAPES[word], body),
        version=required_version(),
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _shown(suggestion_id)


@blp.get("/suggestions/<uuid:suggestion_id>/files")
@action("suggestion.read")
@blp.response(200, LetterFileListOut)
@noted("read", "suggestion")
def files(suggestion_id: UUID) -> Response:
    """The original, proofs and receipts, oldest first."""
    return answer({"items": _files(suggestion_id)})


@blp.post("/suggestions/<uuid:suggestion_id>/files")
@action("suggestion.attach")
@bulky
@blp.arguments(LetterFileIn, location="form")
@blp.arguments(AttachmentFileIn, location="files")
@blp.response(201, LetterFileOut)
def attach(form: dict[str, Any], given: dict[str, Any], suggestion_id: UUID) -> Response:
    """Add one file of at most 20 MB; it is looked at before it is taken."""
    draft = suggestion_file.draft(given["file"], form)
    with file_operations.taken_in(
        suggestion_id, draft, store=attachment.store(), actor=actor(), desk=desk()
    ) as candidate:
        return _attached(suggestion_id, candidate, draft)


@idempotent
def _attached(suggestion_id: UUID, candidate: Candidate, draft: FileDraft) -> Response:
    who: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    made = file_operations.add(suggestion_id, candidate, draft, **who)
    found = next(each for each in _files(suggestion_id) if each["id"] == str(made))
    return answer(found, status=201)


@blp.get("/suggestions/<uuid:suggestion_id>/files/<uuid:file_id>/content")
@action("suggestion.read")
@blp.response(200, content_type="application/octet-stream")
def content(suggestion_id: UUID, file_id: UUID) -> Response:
    """The bytes as they came, checked against their digest; 410 when they are not those."""
    return suggestion_file.sent(suggestion_id, file_id)


def _files(suggestion_id: UUID) -> list[Any]:
    row, key = queries.opened(suggestion_id, actor=actor(), desk=desk())
    shape = LetterFileOut()
    return [shape.dump(each) for each in parts.files(row, key)]


def _one(suggestion_id: UUID) -> SuggestionView:
    return queries.one(suggestion_id, actor=actor(), desk=desk(), now=now())


def _shown(suggestion_id: UUID, *, status: int = 200) -> Response:
    view = _one(suggestion_id)
    return answer(LetterOut().dump(view), status=status, version=view.version)
