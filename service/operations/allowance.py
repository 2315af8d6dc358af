"""Take one of what is limited 限次, before it is done, so that parallel tries cannot exceed it."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from config.policy import Limit
from models import Allowance, transaction
from service.desk import Desk
from service.errors import TooOften

KEPT = timedelta(days=1)


def take(kind: str, subject: str, limit: Limit, *, desk: Desk, now: datetime) -> None:
    """Count one use of `kind` by `subject`; TooOften, with the seconds to wait, beyond `limit`.

    It commits by itself unless it stands in a transaction: a use that fails later was a use.
    """
    began_at = _window(now, limit.per)
    with transaction() as session:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        statement = (
            dialect.insert(Allowance)
            .values(
                kind=kind,
                subject=desk.keyring.index(f"allowance:{kind}", subject),
                began_at=began_at,
                used=1,
            )
            .on_conflict_do_update(
                index_elements=[Allowance.kind, Allowance.subject, Allowance.began_at],
                set_={"used": Allowance.used + 1},
            )
            .returning(Allowance.used)
        )
        used: int = session.execute(statement).scalar_one()
    if used > limit.count:
        raise TooOften(int((began_at + limit.per - now).total_seconds()) + 1)


def forget_expired(now: datetime) -> int:
    """Delete counters nobody will ask for again; how many there were."""
    with transaction() as session:
        gone = session.execute(
            sa.delete(Allowance).where(Allowance.began_at < now - KEPT).returning(Allowance.kind)
        )
        return len(gone.all())


def _window(now: datetime, per: timedelta) -> datetime:
    """The beginning of the stretch `now` lies in."""
    seconds = int(per.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
