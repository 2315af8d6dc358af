"""A process that uploads one file and is killed at a point of the way, as by a power cut.

Arguments: data directory, database address, the dispute, who uploads (username), the point.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from config.settings import Settings
from config.vocabulary import AttachmentKind
from models import db
from service.app import create_app
from service.gateways.attachment import Store
from service.operations import attachment as operations
from service.operations.attachment import AttachmentDraft
from service.queries import sight
from service.queries.user import by_username
from tests.factories import file


def die(*_: object) -> None:
    """No clean-up, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


def at_sight(of: Callable[[str, tuple[Any, ...]], bool]) -> None:
    """Die when the interpreter is about to do this."""
    sys.addaudithook(lambda name, told: die() if of(name, told) else None)


def arm(point: str, store: Store) -> None:
    """Prepare the end."""
    if point == "temporary file open":  # before its folder is asked for anything else
        at_sight(lambda name, told: name == "open" and str(told[0]).endswith(".part"))
    elif point == "temporary file written":
        at_sight(lambda name, _: name == "os.rename")
    elif point == "renamed":
        inside = str(store.folder)
        at_sight(
            lambda name, told: (
                name == "open"
                and str(told[0]).startswith(inside)
                and not str(told[0]).endswith(".part")
            )
        )
    elif point == "stored":
        event.listen(Session, "after_begin", lambda *_: die() if list(store.names()) else None)
    elif point == "row inserted":
        event.listen(Session, "after_flush", die)
    elif point == "about to commit":
        event.listen(Session, "before_commit", die)
    elif point == "committed":
        event.listen(Session, "after_commit", die)


def main(data_dir: str, database_url: str, dispute: str, username: str, point: str) -> None:
    """Upload, up to the point."""
    app = create_app(Settings.for_test(Path(data_dir), database_url=database_url))
    store = Store(Path(data_dir) / "attachments")
    draft = AttachmentDraft(name="协议.pdf", content=file.PDF, kind=AttachmentKind.AGREEMENT)
    now, dispute_id = datetime.now(UTC), UUID(dispute)
    desk = app.extensions["fengqiao"]
    with app.app_context(), sight.whole("tests"):
        actor = by_username(username)
        assert actor is not None
        db.session.rollback()
        arm(point, store)
        with operations.taken_in(
            dispute_id, draft, store=store, actor=actor, desk=desk, now=now
        ) as candidate:
            operations.add(dispute_id, candidate, actor=actor, desk=desk, now=now)


if __name__ == "__main__":
    main(*sys.argv[1:])
