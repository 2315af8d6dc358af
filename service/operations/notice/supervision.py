"""Notices of supervision 督办: a unit is pressed, it replies, it is over."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import NoticeKind
from models import Dispute, Notice, User
from service.desk import Desk
from service.operations.notice.telling import close, has_it, tell_under
from service.queries import notice as queries
from service.queries import sight
from service.rules.access import Actor

K = NoticeKind


@sight.whole("who is told")
def supervised(
    session: Session,
    dispute: Dispute,
    supervision_id: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """A unit was pressed, or its reply sent back: its liaisons and its mediator are told."""
    told = [(has_it(dispute), K.SUPERVISED)]
    cause = f"{queries.SUPERVISED}:{supervision_id}:{int(now.timestamp())}"
    tell_under(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def supervision_answered(
    session: Session,
    dispute: Dispute,
    supervision_id: UUID,
    orderer: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """The unit replied: nobody there is asked any longer, and who ordered it is told."""
    supervision_over(session, dispute.id, supervision_id, now=now)
    told = [(User.id == orderer, K.SUPERVISION_ANSWERED)]
    cause = f"{queries.ANSWERED}:{supervision_id}:{int(now.timestamp())}"
    tell_under(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def supervision_over(
    session: Session, dispute_id: UUID, supervision_id: UUID, *, now: datetime
) -> None:
    """Nobody has to do anything about it any more: neither reply nor judge one."""
    about = sa.or_(
        *(
            Notice.cause.startswith(f"{word}:{supervision_id}:")
            for word in (queries.SUPERVISED, queries.ANSWERED)
        )
    )
    close(session, (Notice.dispute_id == dispute_id) & about, now=now)
