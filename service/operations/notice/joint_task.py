"""Notices of joint handling 联调: a unit is asked along, it answered, nobody waits any more."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import NoticeKind, Role
from models import Dispute, JointTask, Notice, User
from service.desk import Desk
from service.operations.notice.telling import close, has_it, holds, tell_under
from service.queries import notice as queries
from service.queries import sight
from service.rules.access import Actor

K = NoticeKind


@sight.whole("who is told")
def joint_asked(
    session: Session, dispute: Dispute, row: JointTask, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A unit is asked along: whoever answers for it is told."""
    told = [((User.organisation_id == row.organisation_id) & holds(Role.LIAISON), K.JOINT_ASKED)]
    cause = f"{queries.JOINT}:{row.id}:asked"
    tell_under(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def joint_answered(
    session: Session, dispute: Dispute, row: JointTask, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """It answered, or cannot do it: the unit in the lead and who asked are told."""
    told = [(has_it(dispute) | (User.id == row.asked_by), K.JOINT_ANSWERED)]
    cause = f"{queries.JOINT}:{row.id}:{row.state.value}"
    tell_under(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def joint_settled(session: Session, row: JointTask, *, now: datetime) -> None:
    """Nobody has to answer it any more, nor is anybody warned of its term."""
    about = sa.or_(
        Notice.cause.startswith(f"{queries.JOINT}:{row.id}:"),
        Notice.cause.startswith(f"{queries.CLOCK}:{row.clock_id}:"),
    )
    close(session, (Notice.dispute_id == row.dispute_id) & about, now=now)
