"""Look at tokens 接口令牌: whose one is, and which there are; never the token itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.vocabulary import Role, Source
from models import Organisation, Token, User, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import token_hash
from service.queries.dispute import UnitView
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.queries.user import Caller
from service.rules.access import Actor

ENDLESS: Final = datetime(2199, 12, 31, tzinfo=UTC)


class Standing(StrEnum):
    """Whether a token is taken."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Program:
    """A program at the door, and when its token was last used."""

    id: UUID
    caller: Caller
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as the administrators see it. `account` is the user it acts as."""

    id: UUID
    name: str
    source: Source
    organisation: UnitView
    scopes: list[str]
    account: str
    standing: Standing
    expires_on: date | None
    created_at: datetime
    created_by: str
    used_at: datetime | None
    revoked_at: datetime | None


def by_secret(secret: str, *, now: datetime) -> Program | None:
    """The program behind a token; None when it is unknown, over, or its unit is closed."""
    found = db.session.execute(
        sa.select(Token, User, Organisation)
        .join(User, User.id == Token.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            Token.token_hash == token_hash(secret),
            live(now),
            User.active,
            Organisation.active,
        )
    ).first()
    if found is None:
        return None
    token, user, unit = found
    actor = Actor(
        user.id,
        token.name,
        user.organisation_id,
        frozenset({Role.PLATFORM}),
        only=frozenset(token.scopes),
        source=token.source,
    )
    seen_at, ends_at = token.used_at or token.created_at, token.expires_at or ENDLESS
    caller = Caller(actor, user.username, unit.name, unit.kind.value, seen_at, ends_at)
    return Program(token.id, caller, token.used_at)


def live(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a token is neither revoked nor expired."""
    return sa.and_(
        Token.revoked_at.is_(None), sa.or_(Token.expires_at.is_(None), Token.expires_at > now)
    )


def page(
    *, desk: Desk, now: datetime, limit: int = 25, cursor: str | None = None
) -> Page[TokenView]:
    """Every token, newest first."""
    query = _query().order_by(Token.created_at.desc(), Token.id.desc()).limit(limit + 1)
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond((Token.created_at, Token.id), place, descending=True))
    found = db.session.execute(query).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([last.created_at.isoformat(), str(last.id)])
    return Page([_view(row, desk, now) for row in found[:limit]], following)


def one(token_id: UUID, *, desk: Desk, now: datetime) -> TokenView:
    """One token; NotFound when there is none."""
    row = db.session.execute(_query().where(Token.id == token_id)).first()
    if row is None:
        raise NotFound("没有这个令牌")
    return _view(row, desk, now)


def _query() -> sa.Select[*tuple[Any, ...]]:
    maker = aliased(User)
    return (
        sa.select(Token, User.username, Organisation, maker.name)
        .join(User, User.id == Token.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .join(maker, maker.id == Token.created_by)
        .execution_options(populate_existing=True)
    )


def _view(row: Any, desk: Desk, now: datetime) -> TokenView:
    token, username, unit, maker = row
    return TokenView(
        token.id,
        token.name,
        token.source,
        UnitView(unit.id, unit.kind.value, unit.name),
        token.scopes,
        username,
        _standing(token, now),
        _last_day(token.expires_at, desk),
        token.created_at,
        maker,
        token.used_at,
        token.revoked_at,
    )


def _standing(token: Token, now: datetime) -> Standing:
    if token.revoked_at is not None:
        return Standing.REVOKED
    over = token.expires_at is not None and token.expires_at <= now
    return Standing.EXPIRED if over else Standing.ACTIVE


def _last_day(expires_at: datetime | None, desk: Desk) -> date | None:
    return desk.today(expires_at - timedelta(seconds=1)) if expires_at else None
