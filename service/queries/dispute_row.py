"""Look at many disputes 纠纷: pages of rows and counts, always inside a scope."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from config.access import Reach
from config.vocabulary import (
    Channel,
    ClockKind,
    Danger,
    DisputeStatus,
    Language,
    Level,
    Outcome,
    Source,
)
from models import Clock, Dispute, Organisation, User, db
from service.gateways.keyring import Keyring
from service.queries import party, search
from service.queries.access import Within, in_full, known, visible, ways_to
from service.queries.danger import URGENT, about_danger
from service.queries.dispute import late
from service.queries.page import (
    Page,
    as_day,
    as_id,
    as_instant,
    as_number,
    beyond,
    encode_cursor,
    read_cursor,
)
from service.queries.party import Named
from service.queries.search import Among, Search
from service.rules import dispute as rules
from service.rules import narrative
from service.rules import search as search_rules
from service.rules.access import Scope
from service.rules.narrative import LOOK_AHEAD
from service.rules.search import Part

RESTRICTED_PARTIES: Final = "受限"


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a list: its column (the id breaks ties) and how its cursor is read.

    Danger to people may come before everything, whichever way the column runs, and after it what
    the parties may lose `between` these days: their own term 救济期限 runs out.
    """

    column: Any
    descending: bool
    read: Callable[[Any], date]
    urgent_first: bool = False
    between: tuple[date, date] = (date.max, date.max)

    @property
    def columns(self) -> tuple[Any, ...]:
        """What a row's place is made of."""
        pair = (self.column, Dispute.id)
        if not self.urgent_first:
            return pair
        ranks = sa.case(
            (URGENT, self._rank(2)),
            (Dispute.remedy_on.between(*self.between), self._rank(1)),
            else_=self._rank(0),
        )
        return (ranks, *pair)

    @property
    def keys(self) -> list[Any]:
        """What to order by."""
        return [key.desc() if self.descending else key.asc() for key in self.columns]

    @property
    def readers(self) -> list[Callable[[Any], Any]]:
        """How the place in a cursor is read."""
        return [*([as_number] if self.urgent_first else []), self.read, as_id]

    def rank(self, row: Any) -> int:
        """Where a row stands by its danger and its remedy."""
        first, last = self.between
        pressing = row.remedy_on is not None and first <= row.remedy_on <= last
        return self._rank(2 if row.danger is not Danger.NONE else int(pressing))

    def _rank(self, place: int) -> int:
        """The pressing ones stand at the end the order begins with."""
        return place if self.descending else 2 - place


_ORDERS: Final = {
    "newest": Order(Dispute.registered_at, descending=True, read=as_instant),
    "oldest": Order(Dispute.registered_at, descending=False, read=as_instant),
    "due": Order(Dispute.due_on, descending=False, read=as_day),
    "next": Order(Dispute.next_on, descending=False, read=as_day),
}
URGENT_FIRST: Final = "urgent_"
ORDERS: Final[Mapping[str, Order]] = MappingProxyType(
    _ORDERS | {URGENT_FIRST + name: replace(o, urgent_first=True) for name, o in _ORDERS.items()}
)
SOON: Final = timedelta(days=3)
REMEDY_SOON: Final = timedelta(days=7)
SUMMARY_LENGTH: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """One row of a list; `parties` is one line, 受限 when the dispute is restricted.

    Its names are masked for everybody but the mediator in charge, also in the `summary`: how the
    narrative begins, "" when that is sealed. `danger` is to people; `languages` are those
    somebody has to translate from. `has_unit`: one of ours has it, not an office that is but
    a word of an old ledger. `step_on` is by when the centre wants the next step taken.
    A `brief` one says number, category, unit, stage and due only.
    """

    id: UUID
    number: str
    status: DisputeStatus
    outcome: Outcome | None
    merged: bool
    category: str
    channel: Channel
    level: Level
    restricted: bool
    registered_on: date
    closed_on: date | None
    due_on: date | None
    due_provisional: bool
    due_paused: bool
    overdue: bool
    remedy_on: date | None
    remedy_rule: str | None
    organisation: str | None
    has_unit: bool
    mediator: str | None
    parties: str
    summary: str
    danger: Danger
    languages: tuple[Language, ...]
    interpreter: str | None
    step_on: date | None
    brief: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None narrows nothing. `q` is looked for in `parts`.

    `urgent_first` puts danger to people before everything else, where a row may say so, and then
    what the parties may lose within a week. By due date the parties' own terms count as well.
    """

    status: DisputeStatus | None = None
    category: str | None = None
    channel: Channel | None = None
    organisation: UUID | None = None
    village: str | None = None
    source: Source | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    due_before: date | None = None
    overdue: bool | None = None
    open: bool | None = None
    dated: bool | None = None
    urgent: bool | None = None
    q: str | None = None
    parts: frozenset[Part] = search.EVERYWHERE
    mine: bool = False
    sort: str = "newest"
    urgent_first: bool = False

    @property
    def asks_hidden(self) -> bool:
        """Whether it narrows by what a brief row does not show."""
        hidden = (
            self.channel,
            self.village,
            self.source,
            self.registered_from,
            self.registered_to,
            self.urgent,
        )
        return any(each is not None for each in hidden)


def page(
    filters: Filters,
    *,
    scope: Scope,
    today: date,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
    keyring: Keyring | None = None,
) -> Page[DisputeRow]:
    """A page of the rows in `scope`, newest or most urgent first.

    A phone is looked for only with the `keyring`.
    """
    full, ways = known(scope, now), ways_to(scope, now)
    asks_hidden, dangerous = filters.asks_hidden, bool(filters.open and filters.urgent)
    if dangerous:  # few, and found by themselves
        filters = replace(filters, open=None, urgent=None)
    narrowed = _conditions(filters, scope, today)
    narrowed.append(_stands(filters))
    if asks_hidden:
        # or the filter would tell what the row leaves out; a sealed one leaves out the village
        narrowed.append(full if filters.village is None else in_full(scope, now))
    showing = partial(
        rows,
        full=full,
        today=today,
        sort=_sort(filters, scope),
        limit=limit,
        reader=scope.actor.user_id,
    )
    within = Within(narrowed, ways)
    if dangerous:
        within, narrowed = within.along(about_danger()), [*narrowed, about_danger()]
    if not (filters.q and filters.q.strip()):
        return showing(within, cursor=cursor, count=count)
    parts = filters.parts & {Part.NUMBER} if is_brief(scope) else filters.parts
    sought = Search(asked=search_rules.read(filters.q), parts=parts, keyring=keyring)
    # by words and phones what is sealed is not found: that would tell whose it is
    among = _among(ways, narrowed, in_full(scope, now), ORDERS[_by(filters, scope)], cursor)
    found = search.ids(sought, among, limit + 1)
    shown = showing(Within([Dispute.id.in_(found)]))
    return replace(shown, total=search.total(sought, among)) if count else shown


def rows(
    within: Within,
    *,
    today: date,
    sort: str = "newest",
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
    full: ColumnElement[bool],
    reader: UUID,
) -> Page[DisputeRow]:
    """A page of the rows `within`, which must already be narrowed to what may be seen.

    By a date only rows that have one are listed, and counted. Rows outside of `full` are brief.
    `reader` sees the names of what they mediate.
    """
    order, every = replace(ORDERS[sort], between=(today, today + REMEDY_SOON)), within.every
    if dated := _dated(order):
        within, every = within.along(*dated), [*every, *dated]
    below = within
    if cursor:
        place = read_cursor(cursor, *order.readers)
        after = beyond(order.columns, place, descending=order.descending)
        below = Within([*within.conditions, after], within.ways)
    chosen = below.first(order.columns, descending=order.descending, limit=limit + 1)
    ids = [row[-1] for row in db.session.execute(chosen)]  # what is shown is read of these only
    query = _row_query(full).where(Dispute.id.in_(ids))
    found = db.session.execute(query.order_by(*order.keys)).all() if ids else []
    parties = party.named([row.id for row in found[:limit]])
    steps = _steps([row.id for row in found[:limit] if row.full])
    total = None
    if count and not cursor and len(ids) <= limit:
        total = len(ids)
    elif count:
        total = db.session.scalar(sa.select(sa.func.count()).select_from(Dispute).where(*every))
    following = _cursor(found[limit - 1], order) if len(found) > limit else None
    shown = [
        _row(
            row,
            parties.get(row.id, []),
            today,
            clear=row.mediator_id == reader,
            step_on=steps.get(row.id),
        )
        for row in found[:limit]
    ]
    return Page(shown, following, total)


def is_brief(scope: Scope) -> bool:
    """Whether the scope sees brief rows only: number, category, unit, stage, due."""
    return scope.reach == frozenset({Reach.BRIEF})


def counts(scope: Scope, *, today: date, now: datetime) -> dict[str, int]:
    """How many open disputes in `scope`, how many late, due within three days, by status."""
    running = Dispute.due_paused.is_(False)
    soon = sa.case((running & Dispute.due_on.between(today, today + SOON), 1))
    past = sa.case((late(today), 1))
    found = db.session.execute(
        sa.select(Dispute.status, sa.func.count(), sa.func.count(past), sa.func.count(soon))
        .where(visible(scope, now), Dispute.status.in_(rules.OPEN))
        .group_by(Dispute.status)
    ).all()
    by_status = {status.value: number for status, number, _, _ in found}
    return by_status | {
        "open": sum(by_status.values()),
        "overdue": sum(row[2] for row in found),
        "soon": sum(row[3] for row in found),
    }


def open_by_unit() -> dict[UUID, int]:
    """How many open disputes each organisation leads."""
    return _open_by(Dispute.organisation_id)


def open_by_mediator() -> dict[UUID, int]:
    """How many open disputes each mediator carries."""
    return _open_by(Dispute.mediator_id)


def _open_by(column: Any) -> dict[UUID, int]:
    counted = sa.select(column, sa.func.count()).where(
        Dispute.status.in_(rules.OPEN), column.is_not(None)
    )
    found = db.session.execute(counted.group_by(column)).all()
    return {row[0]: row[1] for row in found}


def _stands(filters: Filters) -> ColumnElement[bool]:
    """One that went into another comes up by its number alone, which leads there."""
    stands = Dispute.merged_into_id.is_(None)
    if not (filters.q and filters.q.strip()):
        return stands
    return sa.or_(stands, search.begins(search_rules.read(filters.q).number))


def _sort(filters: Filters, scope: Scope) -> str:
    """Which of the `ORDERS`; brief rows say nothing of danger, not by their order either."""
    first = filters.urgent_first and not is_brief(scope)
    return URGENT_FIRST + _by(filters, scope) if first else _by(filters, scope)


def _by(filters: Filters, scope: Scope) -> str:
    """Who advises people goes by the parties' own terms too; a brief row says nothing of them."""
    advises = filters.sort == "due" and Reach.BRIEF not in scope.reach
    return "next" if advises else filters.sort


def _dated(order: Order) -> list[ColumnElement[bool]]:
    return [order.column.is_not(None)] if order.read is as_day else []


def _steps(ids: Sequence[UUID]) -> dict[UUID, date]:
    """By when the centre wants the next step 内部时限 of each, where it has promised one."""
    found = (
        sa.select(Clock.dispute_id, sa.func.min(Clock.due_on))
        .join(Dispute, Dispute.id == Clock.dispute_id)
        .where(
            Clock.dispute_id.in_(ids),
            Clock.kind == ClockKind.INTERNAL,
            Clock.rule.is_distinct_from(Dispute.due_rule),
            Clock.stopped_at.is_(None),
            Clock.paused_from.is_(None),
        )
        .group_by(Clock.dispute_id)
    )
    rows = db.session.execute(found) if ids else ()
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _row_query(full: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.status,
            Dispute.outcome,
            Dispute.merged_into_id,
            Dispute.category,
            Dispute.channel,
            Dispute.level,
            Dispute.restricted,
            Dispute.registered_at,
            Dispute.registered_on,
            Dispute.closed_on,
            Dispute.due_on,
            Dispute.due_provisional,
            Dispute.due_paused,
            Dispute.remedy_on,
            Dispute.remedy_rule,
            Dispute.next_on,
            Dispute.mediator_id,
            Dispute.version,
            Dispute.interpreter,
            sa.func.substr(Dispute.narrative, 1, SUMMARY_LENGTH + LOOK_AHEAD).label("narrative"),
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("organisation"),
            Organisation.id.label("unit_id"),
            sa.func.coalesce(User.name, Dispute.mediator_text).label("mediator"),
            sa.case((full, 1), else_=0).label("full"),
            Dispute.danger,
        )
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .outerjoin(User, User.id == Dispute.mediator_id)
    )


def _row(
    row: Any, parties: Sequence[Named], today: date, *, clear: bool, step_on: date | None
) -> DisputeRow:
    told = DisputeRow(
        id=row.id,
        number=row.number,
        status=row.status,
        outcome=row.outcome,
        merged=row.merged_into_id is not None,
        category=row.category,
        channel=row.channel,
        level=row.level,
        restricted=row.restricted,
        registered_on=row.registered_on,
        closed_on=row.closed_on,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        due_paused=row.due_paused,
        overdue=rules.is_late(row.due_on, today, paused=row.due_paused),
        remedy_on=row.remedy_on,
        remedy_rule=row.remedy_rule,
        organisation=row.organisation,
        has_unit=row.unit_id is not None,
        mediator=row.mediator,
        parties=RESTRICTED_PARTIES if row.restricted else party.line(parties, clear=clear),
        summary=narrative.opening(
            row.narrative or "", () if clear else party.people(parties), SUMMARY_LENGTH
        ),
        danger=row.danger,
        languages=party.foreign(parties),
        interpreter=party.interpreter(row.interpreter, clear=clear)
        if clear or not row.restricted
        else None,
        step_on=step_on,
        brief=not row.full,
        version=row.version,
    )
    return _cut(told) if told.brief else told


def _cut(row: DisputeRow) -> DisputeRow:
    """The row without what a leader is not told (contract §8.1)."""
    return replace(
        row,
        outcome=None,
        level=Level.NONE,
        mediator=None,
        parties=row.parties if row.restricted else "",
        summary="",
        danger=Danger.NONE,
        remedy_on=None,
        remedy_rule=None,
        languages=(),
        interpreter=None,
    )


def _conditions(filters: Filters, scope: Scope, today: date) -> list[ColumnElement[bool]]:
    plain = (
        (Dispute.status, filters.status),
        (Dispute.category, filters.category),
        (Dispute.channel, filters.channel),
        (Dispute.organisation_id, filters.organisation),
        (Dispute.village, filters.village),
        (Dispute.source, filters.source),
    )
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in plain if value is not None
    ]
    if filters.registered_from:
        conditions.append(Dispute.registered_on >= filters.registered_from)
    if filters.registered_to:
        conditions.append(Dispute.registered_on <= filters.registered_to)
    if filters.due_before:
        conditions.append(late(filters.due_before))  # what is paused is not due
    dated = Dispute.due_on.is_not(None)
    flags = (
        (dated & late(today), filters.overdue),
        (Dispute.status.in_(rules.OPEN), filters.open),
        (dated, filters.dated),
        (URGENT, filters.urgent),
    )
    conditions += [flag if said else ~flag for flag, said in flags if said is not None]
    if filters.mine:
        conditions.append(Dispute.mediator_id == scope.actor.user_id)
    return conditions


def _among(
    ways: Sequence[ColumnElement[bool]],
    narrowed: list[ColumnElement[bool]],
    full: ColumnElement[bool],
    order: Order,
    cursor: str | None,
) -> Among:
    return Among(
        ways=ways,
        narrowed=[*narrowed, *_dated(order)],
        full=full,
        column=order.column,
        descending=order.descending,
        place=read_cursor(cursor, order.read, as_id) if cursor else None,
    )


def _cursor(row: Any, order: Order) -> str:
    place = [getattr(row, order.column.key).isoformat(), str(row.id)]
    ranked = [order.rank(row)] if order.urgent_first else []
    return encode_cursor([*ranked, *place])
