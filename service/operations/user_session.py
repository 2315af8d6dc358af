"""End sessions 会话: one's own, or as an administrator somebody else's."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import User, UserSession, transaction
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import token_hash
from service.operations.event import record
from service.queries.user import PERSON
from service.rules import access
from service.rules.access import Actor

REVOKE = "session.revoke"


def end(session_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """End one session; somebody else's needs the right to. NotFound when there is none to see."""
    with transaction() as session:
        found = session.get(UserSession, session_id, with_for_update=True)
        own = found is not None and found.user_id == actor.user_id
        if found is None or not (own or access.may(actor, REVOKE, desk.policy.access)):
            raise NotFound("没有这个会话")
        if found.ended_at is None:
            found.ended_at = now
            _record(session, found.user_id, "end-session", actor=actor, now=now)


def end_others(token: str, *, actor: Actor, now: datetime) -> int:
    """End one's own sessions but the one of `token`; how many there were."""
    with transaction() as session:
        ended = end_sessions(session, actor.user_id, now, but=token)
        if ended:
            _record(session, actor.user_id, "end-sessions", actor=actor, now=now)
        return ended


def end_all(user_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Sign somebody out wherever they are signed in; NotFound when nobody has the account."""
    access.require(actor, REVOKE, desk.policy.access)
    with transaction() as session:
        if session.scalar(sa.select(User.id).where(User.id == user_id, PERSON)) is None:
            raise NotFound("没有这个账户")
        if end_sessions(session, user_id, now):
            _record(session, user_id, "end-sessions", actor=actor, now=now)


def end_sessions(session: Session, user_id: UUID, now: datetime, *, but: str | None = None) -> int:
    """Sign the account out wherever it is signed in, but for the session of a token."""
    running = sa.select(UserSession.id).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.token_hash != token_hash(but or ""),
    )
    found = session.scalars(running.with_for_update()).all()
    if found:
        session.execute(
            sa.update(UserSession).where(UserSession.id.in_(found)).values(ended_at=now)
        )
    return len(found)


def _record(session: Session, user_id: UUID, deed: str, *, actor: Actor, now: datetime) -> None:
    record(session, user_id, subject="user", action=deed, actor=actor, now=now)
