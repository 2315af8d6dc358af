"""Create organisations 单位."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import OrganisationKind
from models import Organisation, transaction
from service.desk import Desk
from service.errors import Invalid
from service.operations.event import record
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """An organisation to create; `prefix` opens the numbers 编号, and only the centre has one."""

    kind: OrganisationKind
    name: str
    prefix: str | None = None
    parent: UUID | None = None
    address: str | None = None
    phone: str | None = None
    position: int = 0


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
                position=draft.position,
            )
        )
        record(
            session,
            organisation_id,
            subject="organisation",
            action="create",
            actor=actor,
            now=now,
            detail={"kind": draft.kind.value},
        )
    return organisation_id


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
    named = sa.select(Organisation.id).where(Organisation.name == draft.name)
    if session.scalar(named) is not None:
        problems["name"] = ["已经有同名的单位"]
    numbering = sa.select(Organisation.id).where(Organisation.prefix.is_not(None))
    if draft.prefix is not None and session.scalar(numbering) is not None:
        problems["prefix"] = ["编号前缀已经设置，只有本中心才有"]
    if draft.parent is not None and session.get(Organisation, draft.parent) is None:
        problems["parent"] = ["没有这个上级单位"]
    if problems:
        raise Invalid(problems)
