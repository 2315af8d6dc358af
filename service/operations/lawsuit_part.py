"""Parts of a lawsuit: hearings, duties, its review. Each is sealed with the key of the case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from models import Hearing, Lawsuit, LawsuitDuty
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.operations.event import record as record_event
from service.rules.access import Actor


def key_of(lawsuit: Lawsuit, desk: Desk) -> FieldKey:
    """The key of what is sealed of a case."""
    return desk.keyring.field_key(lawsuit.sealed_key, f"lawsuit:{lawsuit.id}")


def next_ordinal(
    session: Session, table: type[Hearing] | type[LawsuitDuty], lawsuit_id: UUID
) -> int:
    """The number of the next one of a case whose row is locked."""
    last = sa.select(sa.func.max(table.ordinal)).where(table.lawsuit_id == lawsuit_id)
    return (session.scalar(last) or 0) + 1


def note(
    session: Session,
    lawsuit: Lawsuit,
    deed: str,
    detail: Mapping[str, Any],
    *,
    part: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down what was done beside the case, which is a new version of it."""
    flag_modified(lawsuit, "status")
    session.flush()  # gives the new version to the event
    record_event(
        session,
        lawsuit.id,
        subject="lawsuit",
        action=deed,
        actor=actor,
        now=now,
        detail={**detail, "fields": [part]},
        version=lawsuit.version,
    )
