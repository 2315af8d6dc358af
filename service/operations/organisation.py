"""Keep the register of organisations 单位: take one in, change it, give it up, take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import OrganisationKind
from models import Organisation, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations.event import record
from service.operations.load import changed_since
from service.queries import organisation as queries
from service.rules import access
from service.rules import organisation as rules
from service.rules.access import Actor

# field -> column; the others are called alike
COLUMNS: Final[Mapping[str, str]] = {"parent": "parent_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """An organisation to create; `prefix` opens the numbers 编号, and only the centre has one."""

    kind: OrganisationKind
    name: str
    prefix: str | None = None
    parent: UUID | None = None
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    position: int = 0
    letterhead: str | None = None
    seal: str | None = None
    seal_keeper: str | None = None


def add(draft: OrganisationDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Take an organisation into the register, for who may manage it."""
    access.require(actor, "organisation.manage", desk.policy.access)
    return create(draft, actor=actor, now=now)


def create(draft: OrganisationDraft, *, actor: Actor | None, now: datetime) -> UUID:
    """Create an organisation; Invalid when its name is taken or a second centre would come.

    `actor` is None when the operator of the machine does it by a command.
    """
    organisation_id = uuid4()
    with transaction() as session:
        _check(session, draft)
        session.add(
            Organisation(
                id=organisation_id,
                kind=draft.kind,
                name=draft.name,
                prefix=draft.prefix,
                parent_id=draft.parent,
                address=draft.address,
                phone=draft.phone,
                hours=draft.hours,
                position=draft.position,
                letterhead=draft.letterhead,
                seal=draft.seal,
                seal_keeper=draft.seal_keeper,
            )
        )
        session.flush()
        record(
            session,
            organisation_id,
            subject="organisation",
            action="create",
            actor=actor,
            now=now,
            detail={"kind": draft.kind.value},
            version=1,
        )
    return organisation_id


def change(
    organisation_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Change what `changes` names; what is already so stays, and leaves no trace.

    Stale when the organisation is no longer at `version`; Invalid at the field that cannot be so;
    Conflict when it is to be given up and something hangs on it.
    """
    access.require(actor, "organisation.manage", desk.policy.access)
    with transaction() as session:
        parents = _parents(session) if "parent" in changes else {}
        row = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        if row is None:
            raise NotFound("没有找到这个单位")
        if row.version != version:
            raise Stale(changed_since(session, organisation_id, version))
        old = {field: getattr(row, COLUMNS.get(field, field)) for field in changes}
        new = {field: value for field, value in changes.items() if value != old[field]}
        if not new:
            return
        _check_change(session, row, new, parents=parents, now=now)
        for field, value in new.items():
            setattr(row, COLUMNS.get(field, field), value)
        session.flush()
        record(
            session,
            organisation_id,
            subject="organisation",
            action=_deed(new),
            actor=actor,
            now=now,
            detail={
                "fields": sorted(new),
                "from": {field: _plain(old[field]) for field in new},
                "to": {field: _plain(value) for field, value in new.items()},
            },
            version=row.version,
        )


def deactivate(
    organisation_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Give an organisation up; Conflict tells what still hangs on it."""
    changes = {"active": False}
    change(organisation_id, changes, version=version, actor=actor, desk=desk, now=now)


def reactivate(
    organisation_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Take an organisation back into use."""
    changes = {"active": True}
    change(organisation_id, changes, version=version, actor=actor, desk=desk, now=now)


def centre(session: Session, *, actor: Actor | None, desk: Desk, now: datetime) -> Organisation:
    """The centre whose prefix opens the numbers; a first import on an empty database makes it."""
    numbering = sa.select(Organisation).where(Organisation.prefix.is_not(None))
    found = session.scalar(numbering)
    if found is None:
        home = desk.policy.home
        draft = OrganisationDraft(
            kind=OrganisationKind.GOVERNANCE_CENTRE, name=home.name, prefix=home.prefix
        )
        found = session.get_one(Organisation, create(draft, actor=actor, now=now))
    return found


def _check(session: Session, draft: OrganisationDraft) -> None:
    problems: dict[str, list[str]] = {}
    if _named(session, draft.name) is not None:
        problems["name"] = ["已经有同名的单位"]
    if draft.prefix is not None:
        numbering = sa.select(Organisation.id).where(Organisation.prefix.is_not(None))
        if draft.kind is not OrganisationKind.GOVERNANCE_CENTRE:
            problems["prefix"] = ["只有综治中心才有编号前缀"]
        elif session.scalar(numbering) is not None:
            problems["prefix"] = ["编号前缀已经设置，只有本中心才有"]
        elif wrong := rules.prefix_problem(draft.prefix):
            problems["prefix"] = [wrong]
    if draft.parent is not None and session.get(Organisation, draft.parent) is None:
        problems["parent"] = ["没有这个上级单位"]
    if problems:
        raise Invalid(problems)


def _check_change(
    session: Session,
    row: Organisation,
    new: Mapping[str, Any],
    *,
    parents: Mapping[UUID, UUID | None],
    now: datetime,
) -> None:
    found = {
        "name": "已经有同名的单位" if "name" in new and _named(session, new["name"]) else None,
        "prefix": _prefix_problem(row, new["prefix"]) if "prefix" in new else None,
        "kind": "本中心的类别不能改" if "kind" in new and row.prefix else None,
        "parent": _parent_problem(row.id, new["parent"], parents) if new.get("parent") else None,
    }
    problems = {field: [problem] for field, problem in found.items() if problem}
    if problems:
        raise Invalid(problems)
    if new.get("active") is False:
        _check_burden(row, now)


def _prefix_problem(row: Organisation, prefix: str | None) -> str | None:
    if row.prefix is None:
        return "编号前缀只有本中心才有"
    if queries.numbered():
        return "已经用这个前缀编过号，不能再改"
    return rules.prefix_problem(prefix) if prefix else "请填写编号前缀"


def _parent_problem(own: UUID, parent: UUID, parents: Mapping[UUID, UUID | None]) -> str | None:
    if parent not in parents:
        return "没有这个上级单位"
    return "上级单位绕回了自己" if rules.is_above(own, parent, parents) else None


def _check_burden(row: Organisation, now: datetime) -> None:
    if row.prefix:
        raise Conflict("本中心不能停用")
    left = queries.burden(row.id, now=now)
    held = [
        text
        for count, text in (
            (left.disputes, f"主办着 {left.disputes} 件没有办结的纠纷"),
            (left.accounts, f"有 {left.accounts} 个在用的账户"),
            (left.tokens, f"有 {left.tokens} 个可用的接口令牌"),
        )
        if count
    ]
    if held:
        raise Conflict(f"“{row.name}”还{'，还'.join(held)}，现在不能停用")


def _named(session: Session, name: str) -> UUID | None:
    return session.scalar(sa.select(Organisation.id).where(Organisation.name == name))


def _parents(session: Session) -> dict[UUID, UUID | None]:
    """Who stands under whom, held still until the change is made, always locked in one order."""
    rows = session.execute(
        sa.select(Organisation.id, Organisation.parent_id)
        .order_by(Organisation.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row.parent_id for row in rows}


def _deed(new: Mapping[str, Any]) -> str:
    if set(new) == {"active"}:
        return "reactivate" if new["active"] else "deactivate"
    return "change"


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, UUID) else value
