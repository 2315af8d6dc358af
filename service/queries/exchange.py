"""Look at exchanges with the court 数据交换: its sheets, their rows, and our own sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.exchange import ExchangeReason, ExchangeState, ExchangeVerdict
from config.vocabulary import LawsuitStatus
from config.words import label
from models import Dispute, Exchange, ExchangeRow, Lawsuit, User, db
from service.errors import NotFound
from service.queries import sight
from service.queries.access import of_town
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules.access import Actor
from service.rules.exchange import OurCase

NOT_FOUND: Final = "没有找到这张表"
V = ExchangeVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """One sheet in a list, with how many rows of each kind it has."""

    id: UUID
    state: ExchangeState
    read_by: str
    read_at: datetime
    settled_at: datetime | None
    counts: dict[ExchangeVerdict, int]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRowView:
    """One row of it."""

    ordinal: int
    place: int | None
    verdict: ExchangeVerdict
    case_number: str | None
    number: str | None
    theirs: str | None
    ours: str | None
    problem: str | None
    reason: ExchangeReason | None


@sight.whole("the sheet for the court")
def our_cases(actor: Actor) -> list[OurCase]:
    """The cases of the town that have a number, as they stand in the sheet for the court.

    Of a restricted dispute not even the number goes out.
    """
    shown = sa.case((Dispute.restricted.is_(False), Dispute.number), else_=sa.null())
    found = db.session.execute(
        sa.select(Lawsuit.case_number, Lawsuit.court, shown.label("number"), Lawsuit.status)
        .outerjoin(Dispute, Dispute.id == Lawsuit.dispute_id)
        .where(Lawsuit.case_number.is_not(None), of_town(actor, Lawsuit.organisation_id))
        .order_by(Lawsuit.served_on, Lawsuit.id)
    )
    return [
        OurCase(
            row.case_number,
            row.court,
            row.number,
            label(row.status),
            row.status is not LawsuitStatus.CLOSED,
        )
        for row in found
    ]


def page(
    *, actor: Actor, limit: int = 25, cursor: str | None = None, count: bool = False
) -> Page[ExchangeView]:
    """A page of the sheets that came, newest first; the door asked who may look."""
    keys = (Exchange.read_at, Exchange.id)
    query = _sheets(actor)
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_instant, as_id), descending=True))
    ordered = query.order_by(*(key.desc() for key in keys)).limit(limit + 1)
    found = db.session.execute(ordered).all()
    following = None
    if len(found) > limit:
        last: Exchange = found[limit - 1].Exchange
        following = encode_cursor([last.read_at.isoformat(), str(last.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Exchange)
        total = db.session.scalar(counted.where(of_town(actor, Exchange.organisation_id)))
    return Page(_views(found[:limit]), following, total)


def one(exchange_id: UUID, *, actor: Actor) -> ExchangeView:
    """One sheet; NotFound for who may not know of it."""
    found = db.session.execute(_sheets(actor).where(Exchange.id == exchange_id)).all()
    if not found:
        raise NotFound(NOT_FOUND)
    return _views(found)[0]


def rows(exchange_id: UUID) -> list[ExchangeRowView]:
    """The rows of a sheet that was opened, what has to be explained first."""
    order = sa.case({V.WRONG: 0, V.SAME: 2}, value=ExchangeRow.verdict, else_=1)
    found = db.session.scalars(
        sa.select(ExchangeRow)
        .where(ExchangeRow.exchange_id == exchange_id)
        .order_by(order, ExchangeRow.ordinal)
    )
    return [
        ExchangeRowView(
            ordinal=each.ordinal,
            place=each.place,
            verdict=each.verdict,
            case_number=each.case_number,
            number=each.number,
            theirs=each.theirs,
            ours=each.ours,
            problem=each.problem,
            reason=each.reason,
        )
        for each in found
    ]


def _sheets(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Exchange, User.name)
        .join(User, User.id == Exchange.read_by)
        .where(of_town(actor, Exchange.organisation_id))
        .execution_options(populate_existing=True)
    )


def _views(found: Sequence[Any]) -> list[ExchangeView]:
    ids = [row.Exchange.id for row in found]
    counted = db.session.execute(
        sa.select(ExchangeRow.exchange_id, ExchangeRow.verdict, sa.func.count())
        .where(ExchangeRow.exchange_id.in_(ids))
        .group_by(ExchangeRow.exchange_id, ExchangeRow.verdict)
    ).all()
    by_sheet: dict[UUID, dict[ExchangeVerdict, int]] = {each: {} for each in ids}
    for exchange_id, verdict, number in counted:
        by_sheet[exchange_id][verdict] = number
    return [
        ExchangeView(
            id=row.Exchange.id,
            state=row.Exchange.state,
            read_by=row.name,
            read_at=row.Exchange.read_at,
            settled_at=row.Exchange.settled_at,
            counts=by_sheet[row.Exchange.id],
            version=row.Exchange.version,
        )
        for row in found
    ]
