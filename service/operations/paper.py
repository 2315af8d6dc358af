"""Write down that a paper 文书 was opened to be printed: who did, which one, and its mark."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from models import transaction
from service.operations.event import record
from service.rules.access import Actor


def opened(
    dispute_ids: Iterable[UUID], paper: str, *, actor: Actor, now: datetime, mark: str | None = None
) -> None:
    """Record that `paper` of these disputes was opened; the caller has found it may be.

    `mark` is the hash of its filled fields, as it stands in its footer.
    """
    with transaction() as session:
        for dispute_id in dispute_ids:
            record(
                session,
                dispute_id,
                subject="dispute",
                action="print",
                actor=actor,
                now=now,
                detail={"paper": paper} | ({"mark": mark} if mark else {}),
            )
