"""Asked before: a creating request runs once for each key, and is answered alike ever after."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec
from uuid import UUID

from flask import Response, request
from werkzeug.datastructures import FileStorage

from service.errors import Invalid, KeyRequired
from service.operations.idempotency import Answer, Claim, once
from service.queries import dispute as disputes
from service.web.door import actor, desk, now

KEY_LENGTH: Final = 100
KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")
DISPUTES: Final = "/api/v1/disputes/"

P = ParamSpec("P")


def idempotent(view: Callable[P, Response]) -> Callable[P, Response]:
    """Make a creating view run once for each Idempotency-Key of a user."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key:
            raise KeyRequired
        if len(key) > KEY_LENGTH or not key.isprintable():
            raise Invalid({"Idempotency-Key": [f"最多 {KEY_LENGTH} 个可见字符"]})
        claim = Claim(actor().user_id, f"{request.method} {request.path}"[:100], key, _body())
        kept = once(claim, lambda: _kept(view(*args, **kwargs)), desk=desk(), now=now())
        if kept.replayed and actor().only is None:  # what a program sent stays its own
            _still_theirs(kept)
        return Response(kept.body, kept.status, kept.headers)

    return guarded


def _still_theirs(kept: Answer) -> None:
    """An answer is repeated only to who may still see what it tells of."""
    told = (request.view_args or {}).get("dispute_id")
    if told is None and kept.headers.get("Location", "").startswith(DISPUTES):
        told = UUID(kept.headers["Location"].removeprefix(DISPUTES))
    if told is not None:
        disputes.one(told, actor=actor(), desk=desk(), now=now())


def digest(file: FileStorage) -> str:
    """The SHA-256 of an uploaded file, which is left at its beginning."""
    file.stream.seek(0)
    found = hashlib.sha256(file.stream.read()).hexdigest()
    file.stream.seek(0)
    return found


def _body() -> str:
    if request.mimetype == "multipart/form-data":  # its boundary is another each time
        fields = sorted(request.form.items(multi=True))
        files = [(n, each.filename, digest(each)) for n, each in request.files.items(multi=True)]
        return json.dumps([fields, sorted(files)])
    parsed = request.get_json(silent=True)
    if parsed is not None:
        return json.dumps(parsed, sort_keys=True)
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _kept(response: Response) -> Answer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, response.get_data(), headers)
