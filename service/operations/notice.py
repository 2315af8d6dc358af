"""Tell members of staff 消息, in the transaction of what they are told about.

Nobody is told of what they could not open, nor of what they did themselves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.vocabulary import Acceptance, NoticeKind, Role, Step
from models import Dispute, Notice, User, UserRole, db, transaction
from service.desk import Desk
from service.errors import NotFound
from service.operations import route as routes
from service.queries.access import standing
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor

K = NoticeKind
KEPT: Final = timedelta(days=90)
AT_ONCE: Final = 500
ASKED_TO_DISPATCH: Final = (K.REGISTERED, K.DANGER, K.RETURNED, K.REOPENED)
ASKED_TO_ACCEPT: Final = (K.DISPATCHED,)
Told = Sequence[tuple[ColumnElement[bool], NoticeKind]]  # who, and of what; the first is said


def registered(
    session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A dispute came in: whoever dispatches is told; of danger at once and by its own word."""
    urgent = dispute.facts.get("danger") is True
    urgent = urgent or routes.latest(session, dispute).accept is Acceptance.PROTECT
    told = [(_directors(), K.DANGER if urgent else K.REGISTERED)]
    _tell(session, dispute, "register", told, actor=actor, desk=desk, now=now)


def stepped(
    session: Session, dispute: Dispute, step: Step, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A step was taken: who has to act next, or waits for the result, is told.

    What had asked for the step waits no longer in anybody's inbox, nor does anything about this
    dispute in the inbox of who took it.
    """
    _settle(session, dispute, step, actor=actor, now=now)
    told = _told_of(dispute, step)
    if told:
        _tell(session, dispute, step.value, told, actor=actor, desk=desk, now=now)


def same(session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Somebody holds `dispute` for the same as another: whoever may void one of them is told."""
    told = [(_directors(), K.SAME)]
    _tell(session, dispute, "same", told, actor=actor, desk=desk, now=now)


def read(notice_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Note that its reader opened a notice, the first time; the id of its dispute.

    Raises NotFound for what is not theirs.
    """
    with transaction() as session:
        found = session.get(Notice, notice_id)
        if found is None or found.user_id != actor.user_id:
            raise NotFound("没有这条消息")
        found.read_at = found.read_at or now
        return found.dispute_id


def read_all(*, until: datetime, actor: Actor, now: datetime) -> int:
    """Note everything told up to `until` as read; what came while the page was open stays."""
    with transaction() as session:
        done = session.scalars(
            sa.update(Notice)
            .where(
                Notice.user_id == actor.user_id, Notice.read_at.is_(None), Notice.told_at <= until
            )
            .values(read_at=now)
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
        return len(done.all())


def forget_old(now: datetime) -> int:
    """Delete what was read and told more than 90 days ago; how many were found, 500 at a time.

    Looking goes through the whole table, so it is done before anybody has to wait.
    """
    old = sa.select(Notice.id).where(Notice.read_at.is_not(None), Notice.told_at < now - KEPT)
    found = db.session.scalars(old.limit(AT_ONCE)).all()
    if found:
        with transaction() as session:
            session.execute(sa.delete(Notice).where(Notice.id.in_(found)))
    return len(found)


def _settle(session: Session, dispute: Dispute, step: Step, *, actor: Actor, now: datetime) -> None:
    dispatches = step is Step.DISPATCH or rules.ends(step)
    accepts = step in (Step.ACCEPT, Step.RETURN) or rules.ends(step)
    done = [*(ASKED_TO_DISPATCH if dispatches else ()), *(ASKED_TO_ACCEPT if accepts else ())]
    session.execute(
        sa.update(Notice)
        .where(
            Notice.dispute_id == dispute.id,
            Notice.read_at.is_(None),
            (Notice.user_id == actor.user_id) | Notice.kind.in_(done),
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def _told_of(dispute: Dispute, step: Step) -> Told:
    if step is Step.DISPATCH:
        return [*_named(dispute), (_waiting(dispute), K.DISPATCHED)]
    if step is Step.ASSIGN:
        return _named(dispute)
    if step is Step.RETURN:
        return [(_directors(), K.RETURNED)]
    if step is Step.REOPEN:
        return [(_directors(), K.REOPENED)]
    if rules.ends(step) and dispute.registered_by is not None:
        return [(User.id == dispute.registered_by, K.CLOSED)]
    return ()


def _named(dispute: Dispute) -> Told:
    """The mediator in charge, if there is one."""
    return [(User.id == dispute.mediator_id, K.ASSIGNED)] if dispute.mediator_id else ()


def _waiting(dispute: Dispute) -> ColumnElement[bool]:
    """Who takes on what comes to a unit: its liaisons, its mediators while nobody is named."""
    unnamed = dispute.mediator_id is None
    roles = (Role.LIAISON, Role.MEDIATOR) if unnamed else (Role.LIAISON,)
    return (User.organisation_id == dispute.organisation_id) & _holds(*roles)


def _directors() -> ColumnElement[bool]:
    return _holds(Role.DIRECTOR)


def _holds(*roles: Role) -> ColumnElement[bool]:
    return User.id.in_(sa.select(UserRole.user_id).where(UserRole.role.in_(roles)))


def _tell(
    session: Session,
    dispute: Dispute,
    deed: str,
    told: Told,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """One row for each of the told who may open the dispute, in one statement."""
    readers = _readers(session, dispute, told, actor=actor, desk=desk, now=now)
    if not readers:
        return
    cause = f"{deed}:{dispute.id}:{dispute.version}"
    rows = [
        {
            "id": uuid4(),
            "user_id": reader,
            "kind": kind,
            "cause": cause,
            "dispute_id": dispute.id,
            "told_at": now,
        }
        for reader, kind in readers.items()
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(Notice)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[Notice.user_id, Notice.cause])
    )


def _readers(
    session: Session, dispute: Dispute, told: Told, *, actor: Actor, desk: Desk, now: datetime
) -> dict[UUID, NoticeKind]:
    """Whom of the told the policy lets open the dispute, and of what they are told.

    The policy itself decides person by person: a unit and a town have few people.
    """
    kind = sa.case(*((who, sa.literal(what.value)) for who, what in told))
    found = session.execute(
        sa.select(User.id, User.name, User.organisation_id, UserRole.role, kind.label("kind"))
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.active, User.id != actor.user_id, sa.or_(*(who for who, _ in told)))
    ).all()
    people: dict[UUID, Actor] = {}
    for each in found:
        held = people[each.id].roles if each.id in people else frozenset()
        people[each.id] = Actor(each.id, each.name, each.organisation_id, held | {each.role})
    stand, policy = standing(session, dispute), desk.policy.access
    return {
        each.id: NoticeKind(each.kind)
        for each in found
        if access.covers(access.scope(people[each.id], "dispute.read", policy), stand, now)
    }
