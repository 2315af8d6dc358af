"""A button does one thing: done is said where one looks next, and so is why it was not."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Response, flash

from service.errors import Conflict, Forbidden, Refusal
from service.web.form import see
from service.web.witness import note_denial


def turn(deed: Callable[[], object], said: str, *, to: str) -> Response:
    """Do it, and look at `to`, where `said` stands, or what in the state of things forbids it."""
    try:
        deed()
    except Conflict as refusal:
        return stopped(refusal, to=to)
    flash(said)
    return see(to)


def stopped(refusal: Refusal, *, to: str) -> Response:
    """Look at `to`, where it stands why it was not done; a denial is in the trail as anywhere."""
    if isinstance(refusal, Forbidden):
        note_denial(HTTPStatus.FORBIDDEN)
    flash(refusal.detail, "stop")
    return see(to)
