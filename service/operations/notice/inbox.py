"""The inbox 消息 of a member of staff: what was read, and what is old."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from models import Dispute, Notice, db, transaction
from service.errors import NotFound
from service.operations.notice.telling import ALARMS
from service.queries import danger
from service.queries import notice as queries
from service.rules.access import Actor

KEPT: Final = timedelta(days=90)
KEPT_UNREAD: Final = timedelta(days=180)
AT_ONCE: Final = 500


def read(notice_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Note that its reader opened a notice, the first time.

    Raises NotFound for what is not theirs.
    """
    with transaction() as session:
        found = session.get(Notice, notice_id)
        if found is None or found.user_id != actor.user_id:
            raise NotFound("没有这条消息")
        found.read_at = found.read_at or now


def read_all(*, until: datetime, actor: Actor, now: datetime) -> int:
    """Note what was told up to `until` as read; what came while the page was open stays.

    So does what tells of danger to people: that is opened one by one.
    """
    with transaction() as session:
        done = session.scalars(
            sa.update(Notice)
            .where(
                Notice.user_id == actor.user_id,
                Notice.read_at.is_(None),
                Notice.told_at <= until,
                Notice.kind.in_(ALARMS + queries.TO_BRIEF)
                | ~sa.exists().where(Dispute.id == Notice.dispute_id, danger.about_danger()),
            )
            .values(read_at=now)
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
        return len(done.all())


def forget_old(now: datetime) -> int:
    """Delete what was told more than 90 days ago and read, or 180 days ago; how many were found.

    At most 500 of either are, looked for before anybody has to wait.
    """
    read = sa.select(Notice.id).where(Notice.read_at.is_not(None), Notice.told_at < now - KEPT)
    unread = sa.select(Notice.id).where(
        Notice.read_at.is_(None), Notice.told_at < now - KEPT_UNREAD
    )
    found = [each for old in (read, unread) for each in db.session.scalars(old.limit(AT_ONCE))]
    if found:
        with transaction() as session:
            session.execute(sa.delete(Notice).where(Notice.id.in_(found)))
    return len(found)
