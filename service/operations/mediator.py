"""Keep the register of mediators 调解员名册, their leave and the relations they declare."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.text import Malformed
from config.vocabulary import Role
from models import Interest, Mediator, MediatorLeave, Organisation, User, UserRole, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations.event import record
from service.operations.load import changed_since
from service.queries.mediator import NOT_FOUND, reaches, unit_of
from service.rules import access, identity
from service.rules.access import Actor, Scope

SUBJECT: Final = "mediator"
MANAGE: Final = "mediator.manage"
SEALED: Final = ("id_number", "phone", "address")
# field of the shapes -> column, where they are not called alike
COLUMNS: Final[Mapping[str, str]] = {"organisation": "organisation_id", "user": "user_id"}
Told = Mapping[str, Any]
Ended = TypeVar("Ended", MediatorLeave, Interest)


def add(told: Told, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Take one into the register; Invalid names every wrong field."""
    scope = access.require(actor, MANAGE, desk.policy.access)
    made = uuid4()
    limit = told.get("load_limit") or desk.policy.recusals.load_limit
    draft = {**told, "load_limit": limit}
    with transaction() as session:
        row = Mediator(id=made, active=True, skills=[], languages=[])
        clean = _checked(session, row, draft, scope, desk=desk, now=now)
        _write(row, clean, desk)
        session.add(row)
        session.flush()
        _record(session, made, "create", sorted(told), actor=actor, now=now, version=row.version)
    return made


def change(
    mediator_id: UUID, told: Told, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Change what `told` names; NotFound for another unit's, Stale, Invalid at the field."""
    scope = access.require(actor, MANAGE, desk.policy.access)
    with transaction() as session, session.no_autoflush:
        row = _held(session, mediator_id, scope)
        if row.version != version:
            raise Stale(changed_since(session, mediator_id, version))
        _write(row, _checked(session, row, told, scope, desk=desk, now=now), desk)
        session.flush()
        _record(
            session, mediator_id, "change", sorted(told), actor=actor, now=now, version=row.version
        )


def leave(mediator_id: UUID, told: Told, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Note that one is away, both days included; Invalid at `until`."""
    scope, today, made = access.require(actor, MANAGE, desk.policy.access), desk.today(now), uuid4()
    if told["until_on"] < told["from_on"]:
        raise Invalid({"until": ["结束日期不能早于开始日期"]})
    if told["until_on"] < today:
        raise Invalid({"until": ["结束日期已经过去"]})
    with transaction() as session:
        _held(session, mediator_id, scope)
        if _away_then(session, mediator_id, told["from_on"], told["until_on"]):
            raise Invalid({"from": ["这个人在这段时间已经登记过离岗"]})
        session.add(
            MediatorLeave(
                id=made,
                mediator_id=mediator_id,
                from_on=told["from_on"],
                until_on=told["until_on"],
                reason=told["reason"],
                entered_by=actor.user_id,
                entered_at=now,
            )
        )
        _record(session, mediator_id, "leave", [], actor=actor, now=now)
    return made


def back(mediator_id: UUID, leave_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """One is back, or did not go."""
    _end(MediatorLeave, mediator_id, leave_id, "leave-end", actor=actor, desk=desk, now=now)


def declare(mediator_id: UUID, told: Told, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Take down a relation a mediator declares; Invalid at `id_number`."""
    scope, made, ring = access.require(actor, MANAGE, desk.policy.access), uuid4(), desk.keyring
    number = _clean("id_number", told.get("id_number"), desk, now)
    with transaction() as session:
        _held(session, mediator_id, scope)
        session.add(
            Interest(
                id=made,
                mediator_id=mediator_id,
                relation=told["relation"],
                name_sealed=ring.seal(told["name"].encode(), f"interest.name:{made}"),
                id_number_sealed=(
                    ring.seal(number.encode(), f"interest.id_number:{made}") if number else None
                ),
                declared_on=desk.today(now),
                entered_by=actor.user_id,
                entered_at=now,
            )
        )
        _record(session, mediator_id, "declare", [], actor=actor, now=now)
    return made


def withdraw(
    mediator_id: UUID, interest_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A declared relation holds no longer."""
    _end(Interest, mediator_id, interest_id, "declare-end", actor=actor, desk=desk, now=now)


def _held(session: Session, mediator_id: UUID, scope: Scope) -> Mediator:
    row = session.get(Mediator, mediator_id, with_for_update=True)
    if row is None or not reaches(scope, unit_of(row)):
        raise NotFound(NOT_FOUND)
    return row


def _checked(
    session: Session, row: Mediator, told: Told, scope: Scope, *, desk: Desk, now: datetime
) -> dict[str, Any]:
    """What is to be written, clean; Invalid names every wrong field."""
    clean, problems = dict(told), dict[str, list[str]]()
    for name in ("id_number", "phone"):
        try:
            clean |= {name: _clean(name, told[name], desk, now)} if name in told else {}
        except Invalid as refusal:
            problems |= refusal.fields
    unknown = set(told.get("skills") or ()) - desk.policy.categories.by_code.keys()
    if unknown:
        problems["skills"] = ["没有这类纠纷"]
    unit = told.get("organisation", row.organisation_id)
    found = session.get(Organisation, unit) if unit else None
    if found is None or not found.active or not reaches(scope, found.id):
        problems["organisation"] = ["请选择本单位"]
    begun = told.get("appointed_from", row.appointed_from)
    until = told.get("appointed_until", row.appointed_until)
    if begun and until and until < begun:
        problems["appointed_until"] = ["聘期结束不能早于开始"]
    if wrong := _account_problem(session, row, told, unit):
        problems["user"] = [wrong]
    if problems:
        raise Invalid(problems)
    return clean


def _account_problem(session: Session, row: Mediator, told: Told, unit: Any) -> str | None:
    """Why the row cannot stand beside the account; None when it can."""
    user_id = told.get("user", row.user_id)
    if user_id is None:
        return None
    mediates = sa.select(UserRole.user_id).where(
        UserRole.user_id == user_id, UserRole.role == Role.MEDIATOR
    )
    user = session.get(User, user_id)
    if user is None or user.organisation_id != unit or session.scalar(mediates) is None:
        return "请选择这个单位有调解员角色的账户"
    other = sa.select(Mediator.id).where(Mediator.user_id == user_id, Mediator.id != row.id)
    return "这个账户已经有人对应" if session.scalar(other) else None


def _clean(name: str, value: str | None, desk: Desk, now: datetime) -> str | None:
    if not value or name not in ("id_number", "phone"):
        return value or None
    try:
        if name == "phone":
            return identity.clean_phone(value)
        return identity.clean_id_number(value, desk.today(now))[1]
    except Malformed as refusal:
        raise Invalid({name: [refusal.reason]}) from refusal


def _write(row: Mediator, clean: Told, desk: Desk) -> None:
    for name, value in clean.items():
        if name in SEALED:
            place = f"mediator.{name}:{row.id}"
            sealed = desk.keyring.seal(value.encode(), place) if value else None
            setattr(row, f"{name}_sealed", sealed)
        else:
            setattr(row, COLUMNS.get(name, name), value)


def _away_then(session: Session, mediator_id: UUID, from_on: date, until_on: date) -> bool:
    known = sa.select(MediatorLeave.id).where(
        MediatorLeave.mediator_id == mediator_id,
        MediatorLeave.ended_at.is_(None),
        MediatorLeave.from_on <= until_on,
        MediatorLeave.until_on >= from_on,
    )
    return session.scalar(known.limit(1)) is not None


def _end(
    table: type[Ended],
    mediator_id: UUID,
    row_id: UUID,
    action: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    scope = access.require(actor, MANAGE, desk.policy.access)
    with transaction() as session:
        _held(session, mediator_id, scope)
        row = session.get(table, row_id, with_for_update=True)
        if row is None or row.mediator_id != mediator_id:
            raise NotFound("没有找到这条记录")
        if row.ended_at is not None:
            raise Conflict("这条记录已经结束")
        row.ended_by, row.ended_at = actor.user_id, now
        _record(session, mediator_id, action, [], actor=actor, now=now)


def _record(
    session: Session,
    mediator_id: UUID,
    action: str,
    fields: list[str],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    record(
        session,
        mediator_id,
        subject=SUBJECT,
        action=action,
        actor=actor,
        now=now,
        detail={"fields": fields} if fields else None,
        version=version,
    )
