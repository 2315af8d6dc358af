"""Look at the trail 审计: who did what to what, as far as the one who asks may know.

The trail tells of deeds, not of what stands in a dispute: of the details only codes and counts are
shown, the number of a dispute to who may see it or oversees the town, and the words of a reason
only to who may read the dispute itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.vocabulary import AuditKind, AuditResult
from models import AuditEntry, Dispute, Organisation, User, db
from service.desk import Desk
from service.queries.access import Within, asked_of_each, in_full, in_town, of_town
from service.queries.dispute import Opened
from service.queries.page import Page, as_number, encode_cursor, read_cursor
from service.rules import access
from service.rules.access import Actor, Scope
from service.rules.audit import VERIFIED, kind_of

SYSTEM: Final = (
    "audit",
    "backup",
    "job",
    "key",
    "organisation",
    "setting",
    "setup",
    "token",
    "user",
)
RIGHTS: Final = ("access", "grant", "role", "session", "sign-in", "token", "user")
# of a detail only these are shown: codes and counts of the deed, never of the matter
TOLD: Final = frozenset(
    {
        "at",
        "count",
        "endpoint",
        "from",
        "hash",
        "job",
        "kind",
        "paper",
        "period",
        "purpose",
        "checked",
        "first_bad",
        "revision",
        "role",
        "roles",
        "scopes",
        "seq",
        "status",
        "to",
        "verdict",
        "week",
    }
)  # fmt: skip -- a list of words
# what is somebody having a look, by the last part of the deed's name
LOOKS: Final = ("look", "open", "print", "reveal", "download", "export", "readout")
MOST_LOOKS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which entries are asked for; what is None is not asked about. `until` is not included."""

    actor: UUID | None = None
    organisation: UUID | None = None
    action: str | None = None
    subject: str | None = None
    subject_id: UUID | None = None
    kind: AuditKind | None = None
    result: AuditResult | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One entry. `name` is what the thing is called, where the reader may know it."""

    seq: int
    happened_at: datetime
    actor_id: UUID | None
    actor: str | None
    organisation: str | None
    roles: Sequence[str]
    address: str | None
    action: str
    subject: str | None
    subject_id: UUID | None
    name: str | None
    result: AuditResult
    fields: Sequence[str]
    detail: Mapping[str, Any]
    reason: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class LookView:
    """Somebody had a look at a dispute; `action` says how, `roles` as what."""

    at: datetime
    actor: str
    organisation: str | None
    roles: Sequence[str]
    action: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the reader may know of the disputes and people a page of the trail names."""

    numbers: Mapping[UUID, str]
    keys: Mapping[UUID, bytes]
    people: Mapping[UUID, str]
    units: Mapping[UUID, str] = field(default_factory=dict)


def page(
    asked: Asked,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    mine: bool = False,
) -> Page[EntryView]:
    """The newest entries that are asked for and that the one who asks may see.

    With `mine` only their own, whatever else they may see. Forbidden for who may see none.
    """
    scope = access.require(actor, "audit.read", desk.policy.access)
    own = AuditEntry.actor_id == actor.user_id
    conditions, ways = _conditions(asked, cursor), [own] if mine else _ways(scope)
    within = _of_kind(asked.kind, Within(conditions, ways))
    found = db.session.scalars(within.first((AuditEntry.seq,), descending=True, limit=limit + 1))
    numbers = found.all()
    entries = _entries(numbers[:limit])
    known = _known(entries, scope, desk, now)
    following = encode_cursor([numbers[limit - 1]]) if len(numbers) > limit else None
    return Page([_view(each, known, desk) for each in entries], following)


def looks(opened: Opened) -> list[LookView]:
    """Who had a look at a dispute 谁看过, newest first; empty for who may not know."""
    if "dispute.looks" not in opened.may:
        return []
    how = sa.or_(*(AuditEntry.action.endswith(f".{word}") for word in LOOKS))
    found = db.session.execute(
        sa.select(
            AuditEntry.happened_at,
            AuditEntry.actor_name,
            Organisation.name,
            AuditEntry.roles,
            AuditEntry.action,
        )
        .outerjoin(Organisation, Organisation.id == AuditEntry.organisation_id)
        .where(
            AuditEntry.subject_id == opened.view.id,
            AuditEntry.result == AuditResult.DONE,
            AuditEntry.actor_id.is_not(None),
            how,
        )
        .order_by(AuditEntry.seq.desc())
        .limit(MOST_LOOKS)
    )
    return [
        LookView(at, name or "", organisation, roles, action)
        for at, name, organisation, roles, action in found
    ]


def last_verification() -> EntryView | None:
    """The last time somebody verified the trail here, and what they found; not who was refused."""
    newest = sa.select(AuditEntry).where(
        AuditEntry.action == VERIFIED, AuditEntry.result != AuditResult.DENIED
    )
    found = db.session.scalar(newest.order_by(AuditEntry.seq.desc()).limit(1))
    return _view(found, _Known({}, {}, {}), None) if found else None


def actors(*, actor: Actor, desk: Desk) -> list[tuple[UUID, str]]:
    """The people whose deeds the one who asks may choose, by name."""
    reach = access.require(actor, "audit.read", desk.policy.access).reach
    query = sa.select(User.id, User.name, User.username).order_by(User.name, User.username)
    if reach <= {Reach.ORGANISATION, Reach.OWN}:
        query = query.where(User.organisation_id.in_(actor.homes))
    elif actor.town is not None:
        query = query.where(of_town(actor, User.organisation_id))
    return [(row.id, f"{row.name}（{row.username}）") for row in db.session.execute(query)]


def dispute_of(number: str, *, actor: Actor, desk: Desk, now: datetime) -> UUID | None:
    """The dispute of a number, for who may know of it."""
    town = Reach.TOWN in access.scope(actor, "audit.read", desk.policy.access).reach
    reads = in_full(access.scope(actor, "dispute.read", desk.policy.access), now)
    query = sa.select(Dispute.id).where(Dispute.number == number)
    return db.session.scalar(query.where(in_town(actor) if town else reads))


def _conditions(asked: Asked, cursor: str | None) -> list[ColumnElement[bool]]:
    told = {
        AuditEntry.actor_id: asked.actor,
        AuditEntry.organisation_id: asked.organisation,
        AuditEntry.action: asked.action,
        AuditEntry.subject: asked.subject,
        AuditEntry.subject_id: asked.subject_id,
        AuditEntry.result: asked.result,
    }
    conditions = [column == value for column, value in told.items() if value is not None]
    if asked.since is not None:
        conditions.append(AuditEntry.happened_at >= asked.since)
    if asked.until is not None:
        conditions.append(AuditEntry.happened_at < asked.until)
    if cursor:
        (place,) = read_cursor(cursor, as_number)
        conditions.append(AuditEntry.seq < place)
    return conditions


def _of_kind(kind: AuditKind | None, within: Within) -> Within:
    """The same rows of one kind: a rare one is walked name by name, writing as the whole is."""
    if kind is None:
        return within
    if kind is AuditKind.DENIED:
        return Within([*within.conditions, AuditEntry.result == AuditResult.DENIED], within.ways)
    done = [] if kind is AuditKind.SIGN_IN else [AuditEntry.result != AuditResult.DENIED]
    conditions = [*within.conditions, *map(asked_of_each, done)]
    told = _actions()
    if kind is AuditKind.WRITE:
        others = [each for each in told if kind_of(each) is not kind]
        return Within([*conditions, AuditEntry.action.not_in(others)], within.ways)
    names = [each for each in told if kind_of(each) is kind]
    ways = [
        (AuditEntry.action == name) & asked_of_each(way) for name in names for way in within.ways
    ]
    return Within(conditions, ways)


def _actions() -> list[str]:
    """Every name of a deed that stands in the trail, one step along the index for each."""
    told = sa.select(sa.func.min(AuditEntry.action).label("action")).cte(recursive=True)
    beyond_it = sa.select(sa.func.min(AuditEntry.action)).where(AuditEntry.action > told.c.action)
    told = told.union_all(sa.select(beyond_it.scalar_subquery()).where(told.c.action.is_not(None)))
    return [each for each in db.session.scalars(sa.select(told.c.action)) if each is not None]


def _ways(scope: Scope) -> list[ColumnElement[bool]]:
    if Reach.TOWN in scope.reach:
        ours = of_town(scope.actor, AuditEntry.organisation_id)
        return [sa.or_(ours, AuditEntry.organisation_id.is_(None))]
    ways: dict[Reach, list[ColumnElement[bool]]] = {
        Reach.ORGANISATION: [AuditEntry.organisation_id.in_(scope.actor.homes)],
        Reach.SYSTEM: [AuditEntry.subject == word for word in SYSTEM],
        Reach.RIGHTS: [
            *(AuditEntry.subject == word for word in RIGHTS),
            AuditEntry.result == AuditResult.DENIED,
        ],
        Reach.OWN: [AuditEntry.actor_id == scope.actor.user_id],
    }
    return [way for reach, held in ways.items() if reach in scope.reach for way in held]


def _entries(numbers: Sequence[int]) -> list[AuditEntry]:
    query = sa.select(AuditEntry).where(AuditEntry.seq.in_(numbers))
    return list(db.session.scalars(query.order_by(AuditEntry.seq.desc())))


def _known(entries: Iterable[AuditEntry], scope: Scope, desk: Desk, now: datetime) -> _Known:
    """What stands behind the ids of a page, in three questions however long it is."""
    subjects = {each.subject_id for each in entries if each.subject_id is not None}
    units = {each.organisation_id for each in entries if each.organisation_id is not None}
    reads = in_full(access.scope(scope.actor, "dispute.read", desk.policy.access), now)
    disputes = db.session.execute(
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.sealed_key,
            sa.case((reads, 1), else_=0).label("may"),
            sa.case((in_town(scope.actor), 1), else_=0).label("ours"),
        ).where(Dispute.id.in_(subjects))
    ).all()
    town = Reach.TOWN in scope.reach
    people = sa.select(User.id, User.name).where(User.id.in_(subjects))
    homes = sa.select(Organisation.id, Organisation.name).where(
        Organisation.id.in_(units | subjects)
    )
    return _Known(
        numbers={row.id: row.number for row in disputes if row.may or (town and row.ours)},
        keys={row.id: row.sealed_key for row in disputes if row.may},
        people={row.id: row.name for row in db.session.execute(people)},
        units={row.id: row.name for row in db.session.execute(homes)},
    )


def _view(entry: AuditEntry, known: _Known, desk: Desk | None) -> EntryView:
    unit, thing = entry.organisation_id, entry.subject_id
    return EntryView(
        seq=entry.seq,
        happened_at=entry.happened_at,
        actor_id=entry.actor_id,
        actor=entry.actor_name,
        organisation=known.units.get(unit) if unit else None,
        roles=entry.roles,
        address=entry.address,
        action=entry.action,
        subject=entry.subject,
        subject_id=thing,
        name=_name(thing, known) if thing else None,
        result=entry.result,
        fields=entry.fields,
        detail={name: value for name, value in entry.detail.items() if name in TOLD},
        reason=_reason(entry, known, desk),
        request_id=entry.request_id,
    )


def _name(thing: UUID, known: _Known) -> str | None:
    return known.numbers.get(thing) or known.people.get(thing) or known.units.get(thing)


def _reason(entry: AuditEntry, known: _Known, desk: Desk | None) -> str | None:
    """The words of a reason, for who may read what it is about."""
    sealed = known.keys.get(entry.subject_id) if entry.subject_id else None
    if desk is None or sealed is None or entry.reason_sealed is None:
        return None
    key = desk.keyring.field_key(sealed, f"dispute:{entry.subject_id}")
    return key.open(entry.reason_sealed, f"audit.reason:{entry.subject_id}")
