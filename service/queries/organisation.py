"""Look at organisations 单位: those one works with, the register, and what hangs on one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.spelling import fold
from config.vocabulary import OrganisationKind
from models import Counter, Dispute, Organisation, Token, User, db
from service.errors import NotFound
from service.queries import sight
from service.queries.page import Page, as_id, encode_cursor, read_cursor
from service.queries.token import live
from service.queries.user import PERSON
from service.rules import access
from service.rules.access import Actor
from service.rules.dispute import ENDED
from service.rules.organisation import Known


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation as everybody may see it."""

    id: UUID
    kind: OrganisationKind
    name: str
    address: str | None
    phone: str | None
    hours: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Above:
    """The organisation one stands under 上级."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationCard:
    """Everything the register says of one organisation."""

    id: UUID
    kind: OrganisationKind
    name: str
    prefix: str | None
    parent: Above | None
    address: str | None
    phone: str | None
    hours: str | None
    position: int
    letterhead: str | None
    seal: str | None
    seal_keeper: str | None
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Burden:
    """What keeps an organisation from being given up.

    Open disputes that it leads, active accounts, and tokens that let a platform in there.
    """

    disputes: int
    accounts: int
    tokens: int

    def __bool__(self) -> bool:
        return bool(self.disputes or self.accounts or self.tokens)


def active() -> list[OrganisationView]:
    """Every active organisation, in the office's order."""
    return register(everything=False)


def active_in_town(actor: Actor) -> list[OrganisationView]:
    """Those of them that are of the caller's town: what something can be given to."""
    return [each for each in active() if access.is_of_town(actor, each.id)]


def register(text: str = "", *, everything: bool) -> list[OrganisationView]:
    """The organisations whose name, address or phone hold `text`, in the office's order.

    With `everything` those that were given up stand there too.
    """
    query = sa.select(Organisation).order_by(Organisation.position, Organisation.name)
    if not everything:
        query = query.where(Organisation.active)
    wanted = fold(text)
    return [
        _view(row)
        for row in db.session.scalars(query)
        if wanted in fold(f"{row.name}\n{row.address or ''}\n{row.phone or ''}")
    ]


def page(
    *, everything: bool, limit: int | None = None, cursor: str | None = None, count: bool = False
) -> Page[OrganisationView]:
    """A page of the register in its order; without `limit` the rest of it."""
    found = register(everything=everything)
    places = {each.id: place for place, each in enumerate(found, 1)}
    begin = places.get(*read_cursor(cursor, as_id)) or 0 if cursor else 0
    end = len(found) if limit is None else begin + limit
    following = encode_cursor([str(found[end - 1].id)]) if end < len(found) else None
    return Page(found[begin:end], following, len(found) if count else None)


def villages() -> list[OrganisationView]:
    """The villages and communities of the town, as places a dispute may happen in."""
    return [each for each in active() if each.kind is OrganisationKind.VILLAGE_COMMITTEE]


# every page asks this, so it is built once
_CENTRE: Final = sa.select(Organisation).where(Organisation.prefix.is_not(None))


def centre() -> OrganisationView | None:
    """The centre itself: the organisation whose prefix opens the numbers."""
    row = db.session.scalar(_CENTRE)
    return _view(row) if row else None


def one(organisation_id: UUID) -> OrganisationCard:
    """One organisation in full; NotFound when there is none."""
    above = aliased(Organisation)
    found = db.session.execute(
        sa.select(Organisation, above.name)
        .outerjoin(above, above.id == Organisation.parent_id)
        .where(Organisation.id == organisation_id)
    ).first()
    if found is None:
        raise NotFound("没有找到这个单位")
    row, parent = found
    return OrganisationCard(
        id=row.id,
        kind=row.kind,
        name=row.name,
        prefix=row.prefix,
        parent=Above(row.parent_id, parent) if row.parent_id else None,
        address=row.address,
        phone=row.phone,
        hours=row.hours,
        position=row.position,
        letterhead=row.letterhead,
        seal=row.seal,
        seal_keeper=row.seal_keeper,
        active=row.active,
        version=row.version,
    )


@sight.whole("closing a unit")
def burden(organisation_id: UUID, *, now: datetime) -> Burden:
    """How many open disputes the organisation leads, how many active accounts and live tokens."""
    disputes = sa.select(sa.func.count()).where(
        Dispute.organisation_id == organisation_id, Dispute.status.not_in(ENDED)
    )
    accounts = sa.select(sa.func.count()).where(
        User.organisation_id == organisation_id, User.active, PERSON
    )
    tokens = (
        sa.select(sa.func.count())
        .select_from(Token)
        .join(User, User.id == Token.user_id)
        .where(User.organisation_id == organisation_id, live(now))
    )
    counted = (db.session.scalar(query) or 0 for query in (disputes, accounts, tokens))
    return Burden(*counted)


def numbered() -> bool:
    """Whether a number was given out, after which the prefix stays.

    Every series of numbers has a year; a counter of year 0 only serves as a lock.
    """
    return bool(db.session.scalar(sa.select(sa.exists().where(Counter.year > 0))))


def known() -> Mapping[str, Known]:
    """Every organisation by name, for judging a list of them."""
    rows = db.session.execute(sa.select(Organisation.name, Organisation.kind, Organisation.active))
    return {row.name: Known(row.kind, row.active) for row in rows}


def named() -> Mapping[str, UUID]:
    """The active organisations by their names."""
    rows = db.session.execute(
        sa.select(Organisation.name, Organisation.id).where(Organisation.active)
    )
    return {row.name: row.id for row in rows}


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(
        row.id, row.kind, row.name, row.address, row.phone, row.hours, row.active
    )
