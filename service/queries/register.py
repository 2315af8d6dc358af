"""Look at the visit register 来访登记簿: every visit of some days in the order they came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import aliased

from config.access import Reach
from config.vocabulary import Outcome, PartyRole
from models import Consultation, Dispute, Event, Organisation, User, db
from service.desk import Desk
from service.gateways.consultation import who_asked
from service.queries import consultation, party
from service.queries.access import known
from service.queries.danger import PRESENT
from service.queries.party import Named
from service.rules import access, identity
from service.rules.access import Actor, Scope
from service.rules.narrative import LOOK_AHEAD, masked, opening
from service.rules.register import Entry, EntryKind

Rows = Select[*tuple[Any, ...]]
MOST: Final = 500
MATTER_LENGTH: Final = 40
RESTRICTED: Final = "受限"
IMPORTED: Final = "台账导入"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Which days, both included, of which unit; None is every unit one may see."""

    first_on: date
    last_on: date
    organisation: UUID | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """The entries in order; `total` is more than they are when the view was cut."""

    entries: tuple[Entry, ...]
    total: int

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are shown."""
        return self.total > len(self.entries)


def read(
    days: Days, *, actor: Actor, desk: Desk, now: datetime, most: int | None = MOST
) -> Register:
    """The visits of `days` as the register's reader may see them, at most `most` lines."""
    scope = access.scope(actor, "register.read", desk.policy.access)
    disputes, asked = came_in(days, scope, now), _asked_in(days, scope, desk, now)
    entries = [
        *_disputes(disputes, most, actor=actor, desk=desk, now=now),
        *_consultations(asked, most, desk=desk),
    ]
    entries.sort(key=_order)
    if most is None or len(entries) <= most:
        return Register(tuple(entries), len(entries))
    total = _count(Dispute, disputes) + _count(Consultation, asked)
    return Register(tuple(entries[:most]), total)


def _order(entry: Entry) -> tuple[date, float, str]:
    """In the order they came; what has no time of day stands first on its day."""
    return entry.on, entry.at.timestamp() if entry.at else 0, entry.number


def at_home(scope: Scope, organisation: UUID | None = None) -> UUID | None:
    """The unit whose window is looked at: one's own, unless one reaches the whole town."""
    return organisation if Reach.TOWN in scope.reach else scope.actor.organisation_id


def came_in(days: Days, scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions on `dispute` for what was registered in those days, inside the scope."""
    home = at_home(scope, days.organisation)
    conditions = [
        known(scope, now),
        Dispute.registered_on.between(days.first_on, days.last_on),
    ]
    if home is not None:
        conditions.append(Dispute.registered_at_organisation_id == home)
    return conditions


def _asked_in(days: Days, scope: Scope, desk: Desk, now: datetime) -> list[ColumnElement[bool]]:
    home = at_home(scope, days.organisation)
    conditions = [
        consultation.visible(scope, desk=desk, now=now),
        Consultation.asked_on.between(days.first_on, days.last_on),
    ]
    if home is not None:
        conditions.append(Consultation.organisation_id == home)
    return conditions


def _count(table: Any, conditions: Sequence[ColumnElement[bool]]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return db.session.scalar(query) or 0


def _cut(query: Rows, most: int | None) -> Rows:
    return query if most is None else query.limit(most + 1)


def _disputes(
    conditions: Sequence[ColumnElement[bool]],
    most: int | None,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> list[Entry]:
    """The registered matters, in as many questions to the database as for one of them."""
    lead, here = aliased(Organisation), aliased(Organisation)
    opened = known(access.scope(actor, "dispute.read", desk.policy.access), now)
    ordered = (Dispute.registered_at, Dispute.number)
    query = (
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.visit_group,
            Dispute.registered_at,
            Dispute.registered_on,
            Dispute.people_count,
            Dispute.category,
            Dispute.source,
            Dispute.status,
            Dispute.outcome,
            Dispute.merged_into_id,
            Dispute.restricted,
            Dispute.guided_to,
            Dispute.batch_id,
            sa.func.substr(Dispute.narrative, 1, MATTER_LENGTH + LOOK_AHEAD + 1).label("matter"),
            sa.case((PRESENT, 1), else_=0).label("urgent"),
            sa.case((opened, 1), else_=0).label("may_open"),
            User.name.label("clerk"),
            sa.func.coalesce(lead.name, Dispute.office_text).label("organisation"),
            here.name.label("unit"),
        )
        .outerjoin(User, User.id == Dispute.registered_by)
        .outerjoin(lead, lead.id == Dispute.organisation_id)
        .join(here, here.id == Dispute.registered_at_organisation_id)
        .where(*conditions)
        .order_by(*ordered)
    )
    found = db.session.execute(_cut(query, most)).all()
    among = _cut(sa.select(Dispute.id).where(*conditions).order_by(*ordered), most)
    parties, reasons = _parties(among), _void_reasons(among)
    return [_entry(row, parties.get(row.id, []), reasons, desk) for row in found]


def _entry(row: Any, parties: list[Named], reasons: dict[UUID, str], desk: Desk) -> Entry:
    imported = row.batch_id is not None
    came = [each for each in parties if each.role is PartyRole.APPLICANT]
    names = [party.masked_name(each.kind, each.name) for each in came]
    people = row.people_count or len(names) or None
    return Entry(
        visit=row.visit_group or row.id,
        kind=EntryKind.DISPUTE,
        id=row.id,
        number=row.number,
        on=row.registered_on,
        at=None if imported else row.registered_at.astimezone(desk.zone),
        visitor=RESTRICTED if row.restricted else _several(names),
        people=None if row.restricted else people,
        category=row.category,
        matter="" if row.restricted else _short(row.matter or "", party.people(parties)),
        source=row.source,
        unit=row.unit,
        clerk=row.clerk or IMPORTED,
        organisation=row.organisation,
        guided_to=tuple(row.guided_to or ()),
        status=row.status,
        outcome=row.outcome,
        merged=row.merged_into_id is not None,
        void_reason=reasons.get(row.id, ""),
        restricted=row.restricted,
        urgent=bool(row.urgent),
        may_open=bool(row.may_open),
    )


def _short(text: str, people: Iterable[str]) -> str:
    """The beginning of a story on one line, its people masked; a mark shows that it goes on."""
    line = " ".join(masked(text, people).split())
    return line if len(line) <= MATTER_LENGTH else f"{line[:MATTER_LENGTH]}…"


def _several(names: list[str]) -> str:
    return f"{names[0]}等" if len(names) > 1 else "".join(names)


def _parties(among: Rows) -> dict[UUID, list[Named]]:
    """Who takes part, by dispute, in the clear: mask before showing; sealed names are left out."""
    return {
        dispute_id: [each for each in parties if each.name]
        for dispute_id, parties in party.named(among).items()
    }


def _void_reasons(among: Rows) -> dict[UUID, str]:
    """Why a registration was voided, by dispute; the sealed words of restricted ones stay so."""
    mistaken = sa.select(Dispute.id).where(
        Dispute.id.in_(among), Dispute.outcome == Outcome.MISTAKEN
    )
    found = db.session.execute(
        sa.select(Event.subject_id, Event.reason)
        .where(
            Event.subject == "dispute",
            Event.action == "void",
            Event.subject_id.in_(mistaken),
            Event.reason.is_not(None),
        )
        .order_by(Event.id)
    )
    return {subject_id: reason or "" for subject_id, reason in found}


def _consultations(
    conditions: Sequence[ColumnElement[bool]], most: int | None, *, desk: Desk
) -> list[Entry]:
    query = (
        sa.select(
            Consultation.id,
            Consultation.number,
            Consultation.asked_at,
            Consultation.asked_on,
            Consultation.source,
            Consultation.category,
            Consultation.guided_to,
            Consultation.sealed_key,
            Consultation.name_sealed,
            Consultation.phone_sealed,
            Dispute.number.label("became"),
            sa.func.substr(Consultation.question, 1, MATTER_LENGTH + LOOK_AHEAD).label("matter"),
            User.name.label("clerk"),
            Organisation.name.label("unit"),
        )
        .join(User, User.id == Consultation.registered_by)
        .join(Organisation, Organisation.id == Consultation.organisation_id)
        .outerjoin(Dispute, Dispute.id == Consultation.dispute_id)
        .where(*conditions)
        .order_by(Consultation.asked_at, Consultation.number)
    )
    return [_question(row, desk) for row in db.session.execute(_cut(query, most))]


def _question(row: Any, desk: Desk) -> Entry:
    restricted = row.matter is None
    name, _ = (None, None) if restricted else who_asked(row, desk.keyring)
    return Entry(
        visit=row.id,
        kind=EntryKind.TURNED if row.became else EntryKind.CONSULTATION,
        id=row.id,
        number=row.number,
        on=row.asked_on,
        at=row.asked_at.astimezone(desk.zone),
        visitor=RESTRICTED if restricted else identity.mask_name(name or ""),
        people=None if restricted else 1,
        category=row.category,
        matter=opening(row.matter or "", [name or ""], MATTER_LENGTH + 1),
        source=row.source,
        unit=row.unit,
        clerk=row.clerk,
        guided_to=tuple(row.guided_to or ()),
        restricted=restricted,
        may_open=True,
        became=row.became or "",
    )
