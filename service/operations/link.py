"""Keep what a registrar found between disputes that look alike 查重结论."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.desk import Desk
from service.rules.access import Actor


def keep(
    session: Session,
    dispute_id: UUID,
    found: Sequence[dict[str, Any]],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Store the decisions `{number, relation}` made while `dispute_id` was being registered."""
