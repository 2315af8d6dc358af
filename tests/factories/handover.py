"""Handovers for tests, sent and answered by the operations; inside an app context."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import HandoverConsent
from models import Handover, Party, db
from service.operations import handover as operations
from service.operations.handover import HandoverDraft
from service.rules.access import Actor
from service.rules.handover import Agreed
from tests.factories.dispute import Handling
from tests.factories.moment import MONDAY, MONDAY_9AM

REASON = "两家都愿意由村里来谈"
RISK = "男方喝酒后容易动手"
PAPERS = ("询问笔录", "现场照片 3 张")


def parties(handling: Handling) -> tuple[UUID, ...]:
    """Everybody who is there to agree."""
    found = sa.select(Party.id).where(Party.dispute_id == handling.id).order_by(Party.position)
    return tuple(db.session.scalars(found))


def signed(handling: Handling, on: date = MONDAY) -> Agreed:
    """Both sides signed."""
    return Agreed(how=HandoverConsent.SIGNED, on=on, parties=parties(handling))


def sent(
    handling: Handling,
    unit: str = "station",
    *,
    actor: Actor | None = None,
    now: datetime = MONDAY_9AM,
    version: int | None = None,
    **changes: Any,
) -> UUID:
    """Hand it over to a unit, by the liaison of the committee unless another is named."""
    told: dict[str, Any] = {
        "organisation": handling.office.units[unit],
        "consent": signed(handling),
        "reason": REASON,
        "papers": PAPERS,
        "risk": RISK,
    }
    return operations.send(
        handling.id,
        HandoverDraft(**told | changes),
        version=handling.row.version if version is None else version,
        actor=actor or handling.office.liaison,
        desk=handling.office.desk,
        now=now,
    )


def accepted(handling: Handling, made: UUID, *, actor: Actor, now: datetime = MONDAY_9AM) -> None:
    """The unit takes it over."""
    told: dict[str, Any] = {"actor": actor, "desk": handling.office.desk, "now": now}
    operations.accept(handling.id, made, version=handling.row.version, **told)


def returned(
    handling: Handling,
    made: UUID,
    *,
    actor: Actor,
    code: str = "not_ours",
    words: str | None = None,
    now: datetime = MONDAY_9AM,
) -> None:
    """The unit returns it."""
    told: dict[str, Any] = {"actor": actor, "desk": handling.office.desk, "now": now}
    version = handling.row.version
    operations.give_back(handling.id, made, code=code, words=words, version=version, **told)


def withdrawn(
    handling: Handling, made: UUID, *, actor: Actor | None = None, now: datetime = MONDAY_9AM
) -> None:
    """Its sender takes it back."""
    who = actor or handling.office.liaison
    told: dict[str, Any] = {"actor": who, "desk": handling.office.desk, "now": now}
    operations.withdraw(handling.id, made, version=handling.row.version, **told)


def rows(handling: Handling) -> list[Handover]:
    """Its moves in their order, as they are stored."""
    found = sa.select(Handover).where(Handover.dispute_id == handling.id).order_by(Handover.ordinal)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))
