"""Files 佐证 of entries at both doors: read from a form, sent as bytes."""

from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.datastructures import FileStorage

from service.operations import plan_entry_file as operations
from service.operations.plan_entry_file import EvidenceDraft
from service.web.attachment import saved, store
from service.web.door import actor, desk, now


def draft(file: FileStorage, told: dict[str, Any]) -> EvidenceDraft:
    """An uploaded file with what was told about it."""
    file.stream.seek(0)
    return EvidenceDraft(name=file.filename or "", content=file.stream.read(), **told)


def sent(register_id: str, entry_id: UUID, evidence_id: UUID) -> Response:
    """The bytes of a file to be saved, never to be shown in our place."""
    who: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    given = operations.give(register_id, entry_id, evidence_id, store=store(), **who)
    return saved(given.content, given.view.name, given.view.media)
