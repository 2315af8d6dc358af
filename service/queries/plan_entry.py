"""Look at the registers 工作台账 of the yearly plan: lists, one row with its steps, files, terms.

What names citizens is opened only for who may write in the row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.clock_subject import ClockSubject
from config.plan import EvidenceKind
from config.plan_register import EntryState, Register, Step
from config.vocabulary import ClockEnd, Media
from models import Clock, Organisation, PlanEntry, PlanEvidence, User, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries.access import of_town
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import plan_entry as rules
from service.rules.access import Actor, Scope
from service.rules.plan_entry import Row, Taken, Value

NOT_FOUND: Final = "没有找到这个台账条目"
NO_REGISTER: Final = "没有这个台账"
SOON: Final = timedelta(days=30)
BOXES: Final = ("open", "overdue", "soon", "ended", "voided")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One row of a list; `late`: what is due next is over."""

    id: UUID
    register: str
    number: str
    title: str
    organisation_id: UUID
    organisation: str
    year: int
    on_date: date
    stage: str
    state: EntryState
    due_on: date | None
    due_rule: str | None
    provisional: bool
    late: bool
    ended_on: date | None
    person: str | None
    values: Mapping[str, Value]
    taken: Mapping[str, Taken]
    gaps: Sequence[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of a register and what became of it in this row; `gap`: it was passed over."""

    step: Step
    taken: Taken | None
    gap: bool
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One file of a row; a withdrawn one says why."""

    id: UUID
    kind: EvidenceKind
    about: str
    name: str = field(repr=False)
    media: Media
    size: int
    sha256: str
    stored_as: UUID
    public: bool
    published_on: date | None
    published_at: str | None
    uploaded_by: str
    uploaded_at: datetime
    withdrawn_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One row with everything that is told of it.

    `hidden` are the columns this viewer is not shown; `missing` what must be shown before it ends.
    """

    row: EntryRow
    values: Mapping[str, Value] = field(repr=False)
    hidden: Sequence[str]
    steps: Sequence[StepView]
    evidence: Sequence[EvidenceView]
    missing: Sequence[Sequence[EvidenceKind]]
    recorded_by: str
    recorded_at: datetime
    reason: str | None
    may_record: bool
    may_step: bool
    may_attach: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; `q` is sought in titles, numbers and names of staff."""

    register: str
    box: str | None = None
    year: int | None = None
    organisation: UUID | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of a register somebody reaches: all, open, overdue, ended."""

    register: Register
    total: int
    open: int
    overdue: int
    ended: int


def place(entry_id: UUID) -> str:
    """Where the sealed values of a row belong."""
    return f"plan_entry.values:{entry_id}"


def register(register_id: str, desk: Desk) -> Register:
    """A register by its id; NotFound where there is none."""
    if register_id not in desk.policy.registers:
        raise NotFound(NO_REGISTER)
    return desk.policy.registers[register_id]


def reached(scope: Scope) -> ColumnElement[bool]:
    """The rows that somebody reaches with an action: of the town, or of the own unit."""
    if Reach.TOWN in scope.reach:
        return of_town(scope.actor, PlanEntry.organisation_id)
    if Reach.ORGANISATION in scope.reach:
        return PlanEntry.organisation_id.in_(scope.actor.homes)
    return sa.false()


def row_of(entry: PlanEntry, register: Register, key: FieldKey | None) -> Row:
    """What a stored row says; without a key what is of citizens is left out."""
    text = key.open_optional(entry.values_sealed, place(entry.id)) if key else None
    sealed = orjson.loads(text) if text else {}
    return rules.restored(register, entry.values, sealed, voided=entry.voided_at is not None)


def page(
    filters: Filters,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[EntryRow]:
    """A page of a register: newest first; what is due by its day."""
    told, today = register(filters.register, desk), desk.today(now)
    where = _where(filters, actor, desk, today)
    by_day = filters.box in ("overdue", "soon")
    keys = (PlanEntry.due_on, PlanEntry.id) if by_day else (PlanEntry.on_date, PlanEntry.id)
    query = sa.select(PlanEntry, Organisation.name).join(
        Organisation, Organisation.id == PlanEntry.organisation_id
    )
    query = query.where(*where)
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_day, as_id), descending=not by_day))
    order = keys if by_day else tuple(each.desc() for each in keys)
    found = db.session.execute(query.order_by(*order).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([str(last.due_on if by_day else last.on_date), str(last.id)])
    total = None
    if count:
        total = db.session.scalar(sa.select(sa.func.count()).select_from(PlanEntry).where(*where))
    items = [_row(entry, name, told, today) for entry, name in found[:limit]]
    return Page(items, following, total)


def everything(
    filters: Filters, *, actor: Actor, desk: Desk, now: datetime, most: int
) -> list[EntryRow]:
    """The rows of a register to print or save, oldest first, `most` of them."""
    told, today = register(filters.register, desk), desk.today(now)
    found = db.session.execute(
        sa.select(PlanEntry, Organisation.name)
        .join(Organisation, Organisation.id == PlanEntry.organisation_id)
        .where(*_where(filters, actor, desk, today))
        .order_by(PlanEntry.on_date, PlanEntry.id)
        .limit(most)
    )
    return [_row(entry, name, told, today) for entry, name in found]


def one(register_id: str, entry_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> EntryView:
    """One row with its steps, files and what may follow; NotFound for who may not know of it."""
    told = register(register_id, desk)
    entry, organisation, writer = _opened(register_id, entry_id, actor, desk)
    may = {
        deed: _may(f"plan_entry.{deed}", entry, actor, desk)
        for deed in ("record", "step", "evidence")
    }
    key = desk.keyring.field_key(entry.sealed_key, f"plan_entry:{entry.id}")
    row = row_of(entry, told, key if may["record"] else None)
    files = evidence(entry, desk, named=may["evidence"])
    shown = [each.kind for each in files if each.withdrawn_at is None]
    gaps = {each.name for each in row.gaps}
    following = rules.next_steps(row)
    return EntryView(
        row=_row(entry, organisation, told, desk.today(now)),
        values=row.values,
        hidden=_hidden(entry, told) if not may["record"] else [],
        steps=[
            StepView(
                step=each,
                taken=row.taken.get(each.name),
                gap=each.name in gaps,
                open=each.name in following,
            )
            for each in told.steps.values()
        ],
        evidence=files,
        missing=rules.missing(told, shown),
        recorded_by=writer,
        recorded_at=entry.recorded_at,
        reason=entry.reason,
        may_record=may["record"],
        may_step=may["step"],
        may_attach=may["evidence"],
        version=entry.version,
    )


def register_of(entry_id: UUID, *, actor: Actor, desk: Desk) -> str:
    """The register of a row: where messages about it lead; NotFound as ever."""
    scope = access.scope(actor, "plan_entry.read", desk.policy.access)
    found = db.session.scalar(
        sa.select(PlanEntry.register).where(PlanEntry.id == entry_id, reached(scope))
    )
    if found is None or found not in desk.policy.registers:
        raise NotFound(NOT_FOUND)
    return found


def opened(
    register_id: str, entry_id: UUID, *, actor: Actor, desk: Desk
) -> tuple[PlanEntry, FieldKey]:
    """The row and its key, for who may read it; NotFound when they may not."""
    register(register_id, desk)
    entry, *_ = _opened(register_id, entry_id, actor, desk)
    return entry, desk.keyring.field_key(entry.sealed_key, f"plan_entry:{entry.id}")


def evidence(entry: PlanEntry, desk: Desk, *, named: bool = True) -> list[EvidenceView]:
    """The files of a row, oldest first, the withdrawn ones among them; not `named`: no names."""
    found = db.session.execute(
        sa.select(PlanEvidence, User.name)
        .join(User, User.id == PlanEvidence.uploaded_by)
        .where(PlanEvidence.entry_id == entry.id)
        .order_by(PlanEvidence.uploaded_at, PlanEvidence.id)
    )
    return [_file(each, by, desk if named else None) for each, by in found]


def kinds_shown(entry_id: UUID) -> list[EvidenceKind]:
    """The kinds of the files that stand for a row."""
    return list(
        db.session.scalars(
            sa.select(PlanEvidence.kind).where(
                PlanEvidence.entry_id == entry_id, PlanEvidence.withdrawn_at.is_(None)
            )
        )
    )


def file_key(evidence_id: UUID, desk: Desk) -> FieldKey:
    """The key that a file is sealed with; whoever calls has opened what it belongs to."""
    sealed = db.session.scalars(
        sa.select(PlanEvidence.sealed_key).where(PlanEvidence.id == evidence_id)
    ).one()
    return desk.keyring.field_key(sealed, f"plan_evidence:{evidence_id}")


def is_kept(evidence_id: UUID) -> bool:
    """Whether a file has become one of something."""
    asked = sa.select(PlanEvidence.id).where(PlanEvidence.id == evidence_id)
    return db.session.scalar(asked) is not None


def met_clocks(entry_id: UUID) -> Sequence[Clock]:
    """The clocks of a row that were met."""
    return db.session.scalars(
        sa.select(Clock).where(
            Clock.subject == ClockSubject.PLAN_ENTRY,
            Clock.subject_id == entry_id,
            Clock.ended == ClockEnd.MET,
        )
    ).all()


def tallies(*, year: int | None = None, actor: Actor, desk: Desk, now: datetime) -> list[Tally]:
    """The numbers of every register as far as one reaches, in the order of the registers.

    Of a year: what began and what ended in it; what is open or overdue by then, whenever it began.
    """
    scope = access.scope(actor, "plan_entry.list", desk.policy.access)
    is_open = PlanEntry.ended_on.is_(None)
    late = is_open & (PlanEntry.due_on < desk.today(now))
    begun: ColumnElement[bool] = sa.true()
    so_far: ColumnElement[bool] = sa.true()
    ended: ColumnElement[bool] = ~is_open
    if year is not None:
        whole = (date(year, 1, 1), date(year, 12, 31))
        begun, so_far = PlanEntry.year == year, PlanEntry.year <= year
        ended = PlanEntry.ended_on.between(*whole)
    found = {
        row[0]: row[1:]
        for row in db.session.execute(
            sa.select(
                PlanEntry.register,
                *(sa.func.count(sa.case((each, 1))) for each in (begun, is_open, late, ended)),
            )
            .where(reached(scope), PlanEntry.voided_at.is_(None), so_far)
            .group_by(PlanEntry.register)
        )
    }
    nothing = (0, 0, 0, 0)
    return [Tally(each, *found.get(each.id, nothing)) for each in desk.policy.registers.all]


def years(register_id: str, *, actor: Actor, desk: Desk) -> list[int]:
    """The years a register has rows of, the newest first."""
    scope = access.scope(actor, "plan_entry.list", desk.policy.access)
    return list(
        db.session.scalars(
            sa.select(PlanEntry.year)
            .where(PlanEntry.register == register_id, reached(scope))
            .distinct()
            .order_by(PlanEntry.year.desc())
        )
    )


def _where(filters: Filters, actor: Actor, desk: Desk, today: date) -> list[ColumnElement[bool]]:
    scope = access.scope(actor, "plan_entry.list", desk.policy.access)
    where = [PlanEntry.register == filters.register, reached(scope)]
    where += _boxed(filters.box, today)
    if filters.year is not None:
        where.append(PlanEntry.year == filters.year)
    if filters.organisation is not None:
        where.append(PlanEntry.organisation_id == filters.organisation)
    if filters.q:
        wanted = f"%{_escaped(filters.q)}%"
        sought = (PlanEntry.title, PlanEntry.number, PlanEntry.person)
        where.append(sa.or_(*(each.like(wanted, escape="\\") for each in sought)))
    return where


def _boxed(box: str | None, today: date) -> list[ColumnElement[bool]]:
    """The rows of one tab; what was voided stands in its own alone."""
    if box == "voided":
        return [PlanEntry.voided_at.is_not(None)]
    where: list[ColumnElement[bool]] = [PlanEntry.voided_at.is_(None)]
    if box == "ended":
        return [*where, PlanEntry.ended_on.is_not(None)]
    if box is not None:
        where.append(PlanEntry.ended_on.is_(None))
    if box == "overdue":
        where.append(PlanEntry.due_on < today)
    if box == "soon":
        where += [PlanEntry.due_on >= today, PlanEntry.due_on <= today + SOON]
    return where


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _opened(
    register_id: str, entry_id: UUID, actor: Actor, desk: Desk
) -> tuple[PlanEntry, str, str]:
    scope = access.scope(actor, "plan_entry.read", desk.policy.access)
    found = db.session.execute(
        sa.select(PlanEntry, Organisation.name, User.name)
        .join(Organisation, Organisation.id == PlanEntry.organisation_id)
        .join(User, User.id == PlanEntry.recorded_by)
        .where(PlanEntry.id == entry_id, PlanEntry.register == register_id, reached(scope))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found[0], found[1], found[2]


def _may(action: str, entry: PlanEntry, actor: Actor, desk: Desk) -> bool:
    scope = access.scope(actor, action, desk.policy.access)
    return bool(scope.reach) and access.is_reached(scope, entry.organisation_id)


def _hidden(entry: PlanEntry, told: Register) -> list[str]:
    """What is not shown without a key: one then knows only whether anything is sealed."""
    return sorted(told.personal) if entry.values_sealed is not None else []


def _row(entry: PlanEntry, organisation: str, told: Register, today: date) -> EntryRow:
    row = row_of(entry, told, None)
    is_open = entry.ended_on is None and entry.voided_at is None
    return EntryRow(
        id=entry.id,
        register=entry.register,
        number=entry.number,
        title=entry.title,
        organisation_id=entry.organisation_id,
        organisation=organisation,
        year=entry.year,
        on_date=entry.on_date,
        stage=entry.stage,
        state=row.state,
        due_on=entry.due_on if is_open else None,
        due_rule=entry.due_rule if is_open else None,
        provisional=entry.due_provisional,
        late=is_open and entry.due_on is not None and entry.due_on < today,
        ended_on=entry.ended_on,
        person=entry.person,
        values=row.values,
        taken=row.taken,
        gaps=row.gaps,
    )


def _file(each: PlanEvidence, by: str, desk: Desk | None) -> EvidenceView:
    name = ""
    if desk is not None:
        key = desk.keyring.field_key(each.sealed_key, f"plan_evidence:{each.id}")
        name = key.open(each.name_sealed, f"plan_evidence.name:{each.id}")
    shared: dict[str, Any] = {
        name: getattr(each, name)
        for name in (
            "id kind about media size sha256 stored_as public published_on published_at"
            " uploaded_at withdrawn_at reason"
        ).split()
    }
    return EvidenceView(name=name, uploaded_by=by, **shared)
