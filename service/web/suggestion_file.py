"""Files of letters 建议书 at both doors: read from a form, sent as bytes."""

from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.datastructures import FileStorage

from service.operations import suggestion_file as operations
from service.operations.suggestion_file import FileDraft
from service.web.attachment import saved, store
from service.web.door import actor, desk, now


def draft(file: FileStorage, told: dict[str, Any]) -> FileDraft:
    """An uploaded file with what was told about it."""
    file.stream.seek(0)
    return FileDraft(name=file.filename or "", content=file.stream.read(), **told)


def sent(suggestion_id: UUID, file_id: UUID) -> Response:
    """The bytes of a file to be saved, never to be shown in our place."""
    who: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    given = operations.give(suggestion_id, file_id, store=store(), **who)
    return saved(given.content, given.view.name, given.view.media)
