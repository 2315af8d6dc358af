"""The witness: what was looked at or refused at the door stands in the trail 审计."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Final, ParamSpec
from uuid import UUID

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from service.operations import audit
from service.web.door import action_of, actor, desk, now, visitor

P = ParamSpec("P")
# the part of an address that numbers a thing of a year's plan, and the thing
NUMBERED: Final[Mapping[str, str]] = {"number": "plan_task", "revision": "plan_report"}


def noted(
    deed: str, subject: str
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, Response]]:
    """Have it written to the trail when a view answered: `deed` is export, download, print ...

    What cannot be written is not shown.
    """

    def mark(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
        @wraps(view)
        def told(*args: P.args, **kwargs: P.kwargs) -> Response:
            response = current_app.make_response(view(*args, **kwargs))
            if response.status_code < HTTPStatus.BAD_REQUEST:
                audit.saw(
                    f"{subject}.{deed}",
                    subject=subject,
                    subject_id=asked_for()[1],
                    actor=actor(),
                    now=now(),
                    detail=_plain_asked(),
                )
            return response

        return told

    return mark


def looked_at(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Have it written to the trail that somebody opened the dispute of the address."""

    @wraps(view)
    def told(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = current_app.make_response(view(*args, **kwargs))
        dispute_id = (request.view_args or {}).get("dispute_id")
        if response.status_code < HTTPStatus.BAD_REQUEST and dispute_id is not None:
            audit.looked(dispute_id, actor=actor(), desk=desk(), now=now())
        return response

    return told


def asked_for() -> tuple[str | None, UUID | None]:
    """What the address names: the thing's noun and its id, where it is known by an id."""
    asked = request.view_args or {}
    for name, value in asked.items():
        if isinstance(value, UUID):
            return name.removesuffix("_id"), value
    return next((noun for name, noun in NUMBERED.items() if name in asked), None), None


def note_denial(status: int) -> None:
    """Write down that the caller was refused; of who is not known there is nothing to write."""
    found = visitor()
    name = action_of(request.endpoint) if request.endpoint else None
    subject, subject_id = asked_for()
    if found is None or (status == HTTPStatus.NOT_FOUND and subject is None):
        return
    audit.denied(
        (name or "unknown").format(**(request.view_args or {}))[:60],
        subject=subject,
        subject_id=subject_id,
        actor=actor(),
        now=now(),
        detail={"status": status, "endpoint": request.endpoint},
    )


def _plain_asked() -> dict[str, str]:
    """What else the address names: a week, a kind of file."""
    asked = request.view_args or {}
    return {name: str(value) for name, value in asked.items() if not isinstance(value, UUID)}
