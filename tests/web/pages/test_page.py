"""A hostile cursor in the address of a page: told, or led back to where the list begins."""

import base64
import json
from collections.abc import Callable
from typing import Final

import pytest

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Visitor

FAR: Final = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01")
ROW: Final = "6f1c1d1e-0f6b-4a8e-9d53-2f1c7a1b0c3d"
LISTS: Final = {
    "/disputes?": 422,
    "/disputes?sort=due&": 422,
    "/dispatch?": 422,
    "/consultations?": 422,
    "/lawsuits?": 422,
    "/suggestions?": 303,
    "/figures/disputes_received?from=2026-11-01&to=2026-12-01&": 422,
    "/inbox?": 303,
    "/outside-entries?": 303,
    "/search?q=院墙&part=narrative&": 303,
}


def packed(*values: object) -> str:
    """A cursor somebody made by hand."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize("address", list(LISTS))
def test_a_hostile_cursor_never_breaks_a_page(
    office: Office, visit: Callable[[Actor], Visitor], address: str
) -> None:
    visitor = visit(office.actor(Role.DIRECTOR))
    cursors = ["x", "a" * 300, "W1tb" * 75, *(packed(far, ROW) for far in FAR)]
    cursors += [packed("unread", far, ROW) for far in FAR]
    found = {each: visitor.get(f"{address}cursor={each}").status for each in cursors}
    assert found == dict.fromkeys(cursors, LISTS[address])
