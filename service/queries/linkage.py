"""Look at the registers of 府检府院联动: lists, one row with its stages, what is due, the numbers.

An open register is read as far as one's right reaches. A row of a sealed one is its named people's
alone; how many there are is told to who may count them, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from config.access import Reach
from config.linkage import LinkagePeriod, LinkageRegister, LinkageStage, Register, Stage
from models import Lawsuit, Linkage, LinkageName, LinkageStep, Suggestion, User, UserRole, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries import sight
from service.queries import suggestion as letters
from service.queries.access import of_town
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import linkage as rules
from service.rules.access import Actor

NOT_FOUND: Final = "没有找到这条记录"
SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageRow:
    """One row of a list; `late`: overdue, or came after its day."""

    id: UUID
    register: LinkageRegister
    number: str
    stage: LinkageStage
    sort: str
    title: str | None
    asker: str
    sign: str | None
    organisation_id: UUID
    organisation: str
    received_on: date
    due_on: date | None
    provisional: bool
    period: LinkagePeriod | None
    ended_on: date | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One stage it came to."""

    stage: LinkageStage
    on: date
    due_on: date | None
    late: bool
    paper: str | None
    words: str | None = field(repr=False)
    recorded_by: str


@dataclass(frozen=True, slots=True)
class SuitView:
    """The case it led to; for who may not read cases it has no id."""

    id: UUID | None
    case_number: str


@dataclass(frozen=True, slots=True)
class LetterView:
    """The letter 检察建议 a case sent, as it stands in the register of letters."""

    id: UUID
    document_number: str


@dataclass(frozen=True, slots=True)
class ChainView:
    """The case of the procuratorate that something belongs to; no id for who may not open it."""

    id: UUID | None
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class NamedView:
    """Somebody who may see a sealed row."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageView:
    """One row with everything that is told of it; `open` are the stages this viewer may say."""

    row: LinkageRow
    words: str | None = field(repr=False)
    stages: Sequence[StageView]
    lawsuit: SuitView | None
    letters: Sequence[LetterView]
    names: Sequence[NamedView]
    open: Sequence[Stage]
    version: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a register there are, still open, and overdue."""

    register: LinkageRegister
    total: int
    open: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to. `box`: open, due (by its day), soon, late, done; None is all."""

    register: LinkageRegister | None = None
    box: str | None = None


def right(register: Register, deed: str) -> str:
    """The action of the policy for a register."""
    return f"{'referral' if register.sealed else 'linkage'}.{deed}"


def place(part: str, row_id: UUID) -> str:
    """Where sealed words belong."""
    table = {"words": "linkage.words", "step": "linkage_step.words"}[part]
    return f"{table}:{row_id}"


def reached(action: str, *, sealed: bool, actor: Actor, desk: Desk) -> ColumnElement[bool]:
    """The rows of the open, or of the sealed registers that somebody reaches with an action."""
    policy = desk.policy
    registers = [each.id for each in policy.linkages.those(sealed=sealed)]
    scope = access.scope(actor, action, policy.access)
    mine: ColumnElement[bool] = sa.false()
    if sealed and Reach.NAMED in scope.reach:
        named = sa.select(LinkageName.linkage_id).where(LinkageName.user_id == actor.user_id)
        mine = Linkage.id.in_(named)
    elif not sealed and Reach.TOWN in scope.reach:
        mine = of_town(actor, Linkage.organisation_id)
    elif not sealed and Reach.ORGANISATION in scope.reach:
        mine = Linkage.organisation_id.in_(actor.homes)
    return Linkage.register.in_(registers) & mine


def page(
    filters: Filters,
    *,
    sealed: bool,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[LinkageRow]:
    """A page of the rows one may list: newest first; what is due by its day."""
    action, today = "referral.read" if sealed else "linkage.list", desk.today(now)
    where = [reached(action, sealed=sealed, actor=actor, desk=desk), *_narrowed(filters, today)]
    by_day = filters.box in ("due", "soon", "late")
    keys = (Linkage.due_on, Linkage.id) if by_day else (Linkage.received_on, Linkage.id)
    query = sa.select(Linkage).where(*where).options(joinedload(Linkage.organisation))
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_day, as_id), descending=not by_day))
    order = keys if by_day else tuple(each.desc() for each in keys)
    found = db.session.scalars(query.order_by(*order).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        day = last.due_on if by_day else last.received_on
        following = encode_cursor([str(day), str(last.id)])
    total = None
    if count:
        total = db.session.scalar(sa.select(sa.func.count()).select_from(Linkage).where(*where))
    return Page([_row(each, today) for each in found[:limit]], following, total)


def one(linkage_id: UUID, *, sealed: bool, actor: Actor, desk: Desk, now: datetime) -> LinkageView:
    """One row with its stages; NotFound for who may not know of it."""
    action = "referral.read" if sealed else "linkage.read"
    row = db.session.scalar(
        sa.select(Linkage)
        .where(Linkage.id == linkage_id, reached(action, sealed=sealed, actor=actor, desk=desk))
        .options(joinedload(Linkage.organisation))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(NOT_FOUND)
    key = desk.keyring.field_key(row.sealed_key, f"linkage:{row.id}")
    return LinkageView(
        row=_row(row, desk.today(now)),
        words=key.open_optional(row.words_sealed, place("words", row.id)),
        stages=_stages(row, key),
        lawsuit=_lawsuit(row, actor, desk),
        letters=[] if sealed else _letters(row, actor, desk),
        names=_names(row) if sealed else [],
        open=_open(row, sealed=sealed, actor=actor, desk=desk),
        version=row.version,
    )


def chains_of(
    *, letter: str | None = None, lawsuit: UUID | None = None, actor: Actor, desk: Desk
) -> list[ChainView]:
    """The cases that sent a letter of this number, or led to this suit, if one may list them."""
    action = "linkage.list"
    if not access.may(actor, action, desk.policy.access):
        return []
    sent = sa.select(LinkageStep.linkage_id).where(
        LinkageStep.paper == letter, LinkageStep.stage == LinkageStage.SUGGESTED
    )
    which = Linkage.id.in_(sent) if lawsuit is None else Linkage.lawsuit_id == lawsuit
    found = db.session.scalars(
        sa.select(Linkage)
        .where(which, reached(action, sealed=False, actor=actor, desk=desk))
        .order_by(Linkage.received_on, Linkage.id)
    )
    opens = access.may(actor, "linkage.read", desk.policy.access)
    return [ChainView(row.id if opens else None, row.number, row.title or "") for row in found]


def counts(*, actor: Actor, desk: Desk, now: datetime) -> list[Count]:
    """The numbers of each register as far as one may list; of the sealed ones for who counts."""
    linkages, today = desk.policy.linkages, desk.today(now)
    shown = list(linkages.those(sealed=False))
    found = _counted(reached("linkage.list", sealed=False, actor=actor, desk=desk), today)
    if access.may(actor, "referral.count", desk.policy.access):
        sealed = [each.id for each in linkages.those(sealed=True)]
        found |= _sealed_counts(
            Linkage.register.in_(sealed) & of_town(actor, Linkage.organisation_id), today
        )
        shown += linkages.those(sealed=True)
    return [found.get(each.id, Count(each.id, 0, 0, 0)) for each in shown]


@sight.whole("how many rows are sealed")
def _sealed_counts(condition: ColumnElement[bool], today: date) -> dict[LinkageRegister, Count]:
    return _counted(condition, today)


def _counted(condition: ColumnElement[bool], today: date) -> dict[LinkageRegister, Count]:
    waits = Linkage.ended_on.is_(None)
    found = db.session.execute(
        sa.select(
            Linkage.register,
            sa.func.count(),
            sa.func.count(sa.case((waits, 1))),
            sa.func.count(sa.case((waits & (Linkage.due_on < today), 1))),
        )
        .where(condition)
        .group_by(Linkage.register)
    )
    return {row[0]: Count(*row) for row in found}


def due_count(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many open rows are overdue or due within a week, of those one may say something of."""
    counted = sa.select(sa.func.count()).select_from(Linkage)
    return (
        db.session.scalar(
            counted.where(
                reached("linkage.step", sealed=False, actor=actor, desk=desk),
                *_narrowed(Filters(box="soon"), desk.today(now)),
            )
        )
        or 0
    )


def candidates(*, actor: Actor, desk: Desk) -> list[NamedView]:
    """Who may be named at all: active, of the town, with a role that reads what names them."""
    policy = desk.policy.access
    roles = [each for each in policy.rights if policy.reach(each, "referral.read")]
    found = db.session.execute(
        sa.select(User.id, User.name)
        .where(
            User.id.in_(sa.select(UserRole.user_id).where(UserRole.role.in_(roles))),
            User.active.is_(True),
            of_town(actor, User.organisation_id),
        )
        .order_by(User.name, User.id)
    )
    return [NamedView(*row) for row in found]


def _narrowed(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.register is not None:
        conditions.append(Linkage.register == filters.register)
    if filters.box == "done":
        conditions.append(Linkage.ended_on.is_not(None))
    elif filters.box is not None:
        conditions.append(Linkage.ended_on.is_(None))
    if filters.box == "due":
        conditions.append(Linkage.due_on.is_not(None))
    if filters.box == "late":
        conditions.append(Linkage.due_on < today)
    if filters.box == "soon":
        conditions.append(Linkage.due_on <= today + SOON)
    return conditions


def _row(row: Linkage, today: date) -> LinkageRow:
    return LinkageRow(
        id=row.id,
        register=row.register,
        number=row.number,
        stage=row.stage,
        sort=row.sort,
        title=row.title,
        asker=row.asker,
        sign=row.sign,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        received_on=row.received_on,
        due_on=row.due_on,
        provisional=row.due_provisional,
        period=row.period,
        ended_on=row.ended_on,
        late=rules.is_late(row.due_on, row.ended_on, today),
    )


def _stages(row: Linkage, key: FieldKey) -> list[StageView]:
    found = db.session.execute(
        sa.select(LinkageStep, User.name)
        .join(User, User.id == LinkageStep.recorded_by)
        .where(LinkageStep.linkage_id == row.id)
        .order_by(LinkageStep.ordinal)
    )
    return [
        StageView(
            stage=step.stage,
            on=step.on_date,
            due_on=step.due_on,
            late=rules.is_late(step.due_on, step.on_date, step.on_date),
            paper=step.paper,
            words=key.open_optional(step.words_sealed, place("step", step.id)),
            recorded_by=who,
        )
        for step, who in found
    ]


def _lawsuit(row: Linkage, actor: Actor, desk: Desk) -> SuitView | None:
    """The case, where the viewer sees cases at all."""
    if row.lawsuit_id is None:
        return None
    found = db.session.execute(
        sa.select(Lawsuit.id, Lawsuit.case_number).where(
            Lawsuit.id == row.lawsuit_id, of_town(actor, Lawsuit.organisation_id)
        )
    ).first()
    if found is None:
        return None
    opens = access.may(actor, "lawsuit.read", desk.policy.access)
    return SuitView(found.id if opens else None, found.case_number or "案号待补")


def _letters(row: Linkage, actor: Actor, desk: Desk) -> list[LetterView]:
    """The letters it sent, where the viewer may open them: they are known by their number."""
    sent = sa.select(LinkageStep.paper).where(
        LinkageStep.linkage_id == row.id, LinkageStep.stage == LinkageStage.SUGGESTED
    )
    scope = access.scope(actor, "suggestion.read", desk.policy.access)
    found = db.session.execute(
        sa.select(Suggestion.id, Suggestion.document_number)
        .where(Suggestion.document_number.in_(sent), letters.reached(scope))
        .order_by(Suggestion.received_on, Suggestion.id)
    )
    return [LetterView(*each) for each in found]


def _names(row: Linkage) -> list[NamedView]:
    found = db.session.execute(
        sa.select(User.id, User.name)
        .join(LinkageName, LinkageName.user_id == User.id)
        .where(LinkageName.linkage_id == row.id)
        .order_by(LinkageName.named_at, User.name)
    )
    return [NamedView(*each) for each in found]


def _open(row: Linkage, *, sealed: bool, actor: Actor, desk: Desk) -> list[Stage]:
    scope = access.scope(actor, "referral.step" if sealed else "linkage.step", desk.policy.access)
    if not scope.reach or row.ended_on is not None:
        return []
    keeps = bool({Reach.TOWN, Reach.NAMED} & scope.reach)
    if not keeps and row.organisation_id not in actor.homes:
        return []
    return rules.open_stages(desk.policy.linkages[row.register], row.stage, unit=not keeps)
