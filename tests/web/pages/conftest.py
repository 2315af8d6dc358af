"""People at their browsers, and an office with work in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from config.vocabulary import DisputeStatus
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.office import Office
from tests.factories.visitor import Visitor


@pytest.fixture
def now() -> datetime:
    """The instant the test began; pages read the clock themselves."""
    return datetime.now(UTC)


@pytest.fixture
def visit(app: Flask) -> Callable[[Actor], Visitor]:
    """Opens the browser of somebody who is signed in."""
    return lambda actor: Visitor(app, actor)


@pytest.fixture
def case(office: Office, now: datetime) -> Callable[..., Handling]:
    """A dispute taken along to a status; what is named of it is otherwise."""

    def make(status: DisputeStatus = DisputeStatus.REGISTERED, **changes: Any) -> Handling:
        with office.app.app_context():
            return registered(office, now=now, **changes).until(status, now=now)

    return make
