"""Clocks for tests: asked, decided and looked at through the operations."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import ClockChangeKind
from models import Clock, ClockChange, db
from service.operations import clock_change as changes
from service.operations import clock_entry as entries
from service.operations.clock_change import Decision, Wish
from service.operations.clock_entry import Entry
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.moment import MONDAY_9AM

PAUSE, EXTEND = ClockChangeKind.PAUSE, ClockChangeKind.EXTEND
WORDS = "房屋鉴定要等两周"


def clocks(handling: Handling, *, running: bool = True) -> dict[str, Clock]:
    """The clocks of a dispute by their rules, the latest of each."""
    found = sa.select(Clock).where(Clock.dispute_id == handling.id).order_by(Clock.start_on)
    if running:
        found = found.where(Clock.stopped_at.is_(None))
    found = found.execution_options(populate_existing=True)
    return {each.rule: each for each in db.session.scalars(found)}


def clock_of(handling: Handling, rule: str = "PM.DEFAULT") -> Clock:
    """One of them that runs."""
    return clocks(handling)[rule]


def change_row(change_id: UUID) -> ClockChange:
    """A change as it is stored now."""
    return db.session.get_one(ClockChange, change_id, populate_existing=True)


def asked(
    handling: Handling,
    kind: ClockChangeKind = PAUSE,
    *,
    rule: str = "PM.DEFAULT",
    actor: Actor | None = None,
    now: datetime = MONDAY_9AM,
    **wish: Any,
) -> UUID:
    """A change the mediator asked for."""
    told = {"ground": "appraisal"} if kind is PAUSE else {"ground": "agreed", "length": 1}
    return changes.ask(
        handling.id,
        clock_of(handling, rule).id,
        Wish(**{"kind": kind, "words": WORDS} | told | wish),
        version=handling.row.version,
        actor=actor or handling.office.mediator,
        desk=handling.office.desk,
        now=now,
    )


def decided(
    handling: Handling,
    change_id: UUID,
    *,
    granted: bool = True,
    words: str | None = None,
    actor: Actor | None = None,
    now: datetime = MONDAY_9AM,
) -> None:
    """What the director says to it."""
    changes.decide(
        handling.id,
        change_row(change_id).clock_id,
        change_id,
        Decision(granted, words),
        version=handling.row.version,
        actor=actor or handling.office.director,
        desk=handling.office.desk,
        now=now,
    )


def resumed(
    handling: Handling, *, rule: str = "PM.DEFAULT", now: datetime = MONDAY_9AM, **told: Any
) -> None:
    """The mediator ends the pause."""
    changes.resume(
        handling.id,
        clock_of(handling, rule).id,
        version=handling.row.version,
        actor=handling.office.mediator,
        desk=handling.office.desk,
        now=now,
        **told,
    )


def entered(
    handling: Handling, *, actor: Actor | None = None, now: datetime = MONDAY_9AM, **entry: Any
) -> UUID:
    """A term somebody entered."""
    return entries.enter(
        handling.id,
        Entry(**entry),
        version=handling.row.version,
        actor=actor or handling.office.director,
        desk=handling.office.desk,
        now=now,
    )
