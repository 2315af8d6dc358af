"""Somebody takes a sign-in slip to the first page."""

from datetime import datetime

from service.desk import Desk
from service.operations import sign_in_slip as operations


def set_first(username: str, code: str, password: str, *, desk: Desk, now: datetime) -> None:
    """Look at the slip and set the first password with it."""
    slip = operations.look(username, code, address="192.0.2.1", desk=desk, now=now)
    operations.set_password(slip, password, desk=desk, now=now)
