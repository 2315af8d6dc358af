"""Tokens 接口令牌: let a program of another platform in, and shut it out again."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Role, Source, TokenScope
from models import Organisation, Token, User, UserRole, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound
from service.gateways.keyring import new_token, token_hash
from service.operations.event import record
from service.rules import access
from service.rules.access import Actor

MARK: Final = "fqt_"  # so that a token that leaked into a file is known for what it is
# what a person takes down at the centre never comes from a program
TAKEN_DOWN: Final = frozenset({Source.WALK_IN, Source.PHONE, Source.INITIATIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDraft:
    """A token to make. It lasts through `expires_on`; without one until it is revoked.

    With `replaces` it acts in the same account as that token, and goes on reading what was sent
    with it.
    """

    name: str
    source: Source
    organisation: UUID
    scopes: Collection[TokenScope]
    expires_on: date | None = None
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh token: the secret is shown once and stored only as a hash."""

    id: UUID
    secret: str = field(repr=False)


def make(draft: TokenDraft, *, actor: Actor, desk: Desk, now: datetime) -> Made:
    """Make a token; Invalid names every wrong field."""
    access.require(actor, "token.manage", desk.policy.access)
    _check(draft, desk.today(now))
    token_id, secret = uuid4(), MARK + new_token()
    with transaction() as session:
        # held: a unit is not given up while a platform is let in there
        unit = session.get(Organisation, draft.organisation, with_for_update={"read": True})
        if unit is None or not unit.active:
            raise Invalid({"organisation": ["没有这个单位"]})
        session.add(
            Token(
                id=token_id,
                name=draft.name,
                user_id=_account(session, draft),
                source=draft.source,
                scopes=sorted({scope.value for scope in draft.scopes}),
                token_hash=token_hash(secret),
                created_by=actor.user_id,
                created_at=now,
                expires_at=_end_of(draft.expires_on, desk),
            )
        )
        detail = {"scopes": sorted(draft.scopes), "source": draft.source.value}
        _record(session, token_id, "make", actor=actor, now=now, detail=detail)
    return Made(token_id, secret)


def revoke(token_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Shut a token out for good; a second time changes nothing. NotFound when there is none."""
    access.require(actor, "token.manage", desk.policy.access)
    with transaction() as session:
        token = session.get(Token, token_id, with_for_update=True)
        if token is None:
            raise NotFound("没有这个令牌")
        if token.revoked_at is None:
            token.revoked_at = now
            _record(session, token_id, "revoke", actor=actor, now=now, detail={})


def touch(token_id: UUID, *, now: datetime) -> None:
    """Note that the token was just used."""
    with transaction() as session:
        session.execute(sa.update(Token).where(Token.id == token_id).values(used_at=now))


def _check(draft: TokenDraft, today: date) -> None:
    problems: dict[str, list[str]] = {}
    if draft.source in TAKEN_DOWN:
        problems["source"] = ["这种来源由窗口登记，不从平台送来"]
    if not draft.scopes:
        problems["scopes"] = ["请至少选择一项"]
    if draft.expires_on and draft.expires_on < today:
        problems["expires_on"] = ["有效期不能早于今天"]
    if problems:
        raise Invalid(problems)


def _account(session: Session, draft: TokenDraft) -> UUID:
    """The account the token acts in: a fresh one, or that of the token it replaces.

    Its role says that it is a program's: it has no password and nobody gives it one.
    """
    if draft.replaces is not None:
        return _replaced(session, draft)
    user_id = uuid4()
    session.add(
        User(
            id=user_id,
            username=f"platform-{user_id.hex[:12]}",
            name=draft.name,
            organisation_id=draft.organisation,
            grants=[UserRole(role=Role.PLATFORM)],
        )
    )
    session.flush()  # the token refers to it
    return user_id


def _replaced(session: Session, draft: TokenDraft) -> UUID:
    old = session.get(Token, draft.replaces)
    if old is None:
        raise Invalid({"replaces": ["没有这个令牌"]})
    account = session.get_one(User, old.user_id)
    if (account.organisation_id, old.source) != (draft.organisation, draft.source):
        raise Invalid({"replaces": ["单位和来源要与接替的令牌相同"]})
    return old.user_id


def _end_of(day: date | None, desk: Desk) -> datetime | None:
    """The first instant at which a token that lasts through `day` is no longer taken."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), desk.zone)


def _record(
    session: Session,
    token_id: UUID,
    deed: str,
    *,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any],
) -> None:
    record(session, token_id, subject="token", action=deed, actor=actor, now=now, detail=detail)
