"""Tell members of staff 消息, in the transaction of what they are told about.

Nobody is told of what they could not open, nor of what they did themselves.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.vocabulary import (
    Danger,
    DisputeStatus,
    HandoverKind,
    LinkRelation,
    NoticeKind,
    Outcome,
    Role,
    Step,
)
from models import (
    ClockChange,
    Dispute,
    Handover,
    Link,
    Notice,
    User,
    UserRole,
    db,
    insert_on,
    transaction,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries import danger, sight
from service.queries import notice as queries
from service.queries.access import standing, standing_with
from service.queries.user import PERSON, placed_together
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor, Standing

K = NoticeKind
KEPT: Final = timedelta(days=90)
KEPT_UNREAD: Final = timedelta(days=180)
AT_ONCE: Final = 500
ASKED_TO_DISPATCH: Final = (
    K.REGISTERED,
    K.DANGER,
    K.RETURNED,
    K.REOPENED,
    K.SAME,
    K.HANDOVER_BOUNCED,
    K.HANDOVER_MANY,
)
ASKED_TO_ACCEPT: Final = (K.DISPATCHED, K.HANDED, K.HANDOVER_DUE)
ASKED_TO_VOID: Final = (K.SAME,)
ALARMS: Final = (K.REVEALED_OFTEN,)
# what asks for more than a step: taking one answers it only when the dispute is over with it
ASKED_TO_ANSWER: Final = (K.SUPERVISED, K.SUPERVISION_ANSWERED)
WATCHERS: Final = (Role.SECADMIN, Role.AUDITOR)
NOBODY: Final = UUID(int=0)
# who is warned, from the handler up
RISING: Final = (Role.MEDIATOR, Role.LIAISON, Role.DIRECTOR, Role.LEADER)
Told = Sequence[tuple[ColumnElement[bool], NoticeKind]]  # who, and of what; the first is said
People = sa.Select[*tuple[Any, ...]]


@sight.whole("who is told")
def registered(
    session: Session,
    came: Sequence[Dispute],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """The disputes of one visit came in: whoever dispatches is told.

    Of danger they are told by its own word. What is of one visit is open to the same readers, and
    no unit assists in it yet.
    """
    stand = standing_with(session, came[0], (), now)
    readers = _readers(session, stand, _who_dispatches(), me=actor.user_id, desk=desk, now=now)
    _keep(
        session,
        [
            _row(each, f"register:{each.id}:{each.version}", reader, _kind_of(each), now)
            for each in came
            for reader in readers
        ],
    )


def _kind_of(dispute: Dispute) -> NoticeKind:
    return K.REGISTERED if dispute.danger is Danger.NONE else K.DANGER


@sight.whole("who is told")
def stepped(
    session: Session, dispute: Dispute, step: Step, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A step was taken: who has to act next, or waits for the result, is told.

    What had asked for the step waits no longer in anybody's inbox, nor does anything about this
    dispute in the inbox of who took it, nor in that of who may not open it any more. Of two held
    for the same, voiding one answers for both.
    """
    _settle(session, dispute, step, actor=actor, now=now)
    moved(session, dispute, desk=desk, now=now)
    told = _told_of(dispute, step)
    if told:
        tell(session, dispute, step.value, told, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def alarm(session: Session, dispute_id: UUID, cause: str, *, now: datetime) -> None:
    """Fields of a dispute were asked for too often: who watches over the trail is told, once.

    They learn its number and nothing of it: the trail says who it was.
    """
    watchers = session.scalars(sa.select(User.id).where(User.active, _holds(*WATCHERS)))
    rows = [
        {
            "id": uuid4(),
            "user_id": each,
            "kind": K.REVEALED_OFTEN,
            "cause": cause,
            "dispute_id": dispute_id,
            "told_at": now,
        }
        for each in watchers
    ]
    _keep(session, rows)


@sight.whole("who is told")
def change_asked(
    session: Session,
    dispute: Dispute,
    change_id: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """A pause or an extension was asked for: whoever may grant it is told."""
    liaisons = (User.organisation_id == dispute.organisation_id) & _holds(Role.LIAISON)
    told = [(_directors() | liaisons, K.CLOCK_ASKED)]
    deed = f"{queries.ASKED}:{change_id}"
    tell(session, dispute, deed, told, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def change_decided(
    session: Session,
    dispute: Dispute,
    change: ClockChange,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """It was granted or refused: who asked is told, and nobody is asked for it any longer."""
    change_settled(session, dispute.id, change.id, now=now)
    told = [(User.id == change.asked_by, K.CLOCK_DECIDED)]
    tell(session, dispute, f"decide:{change.id}", told, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def change_settled(session: Session, dispute_id: UUID, change_id: UUID, *, now: datetime) -> None:
    """It waits for nobody any longer: decided, taken back, or its term has stopped."""
    asked = Notice.cause.startswith(f"{queries.ASKED}:{change_id}:")
    _close(session, (Notice.dispute_id == dispute_id) & asked, now=now)


@sight.whole("who is told")
def same(session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Somebody holds `dispute` for the same as another: whoever may void one of them is told."""
    told = [(_directors(), K.SAME)]
    tell(session, dispute, "same", told, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def same_no_more(session: Session, dispute_ids: Sequence[UUID], *, now: datetime) -> None:
    """Two are no longer held for the same: nobody is asked about one that is no other's double."""
    alone = [each for each in dispute_ids if not _same_as(session, each)]
    _close(session, Notice.dispute_id.in_(alone) & Notice.kind.in_(ASKED_TO_VOID), now=now)


@sight.whole("who is told")
def corrected(
    session: Session,
    dispute: Dispute,
    *,
    before: Danger,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """A correction was written; `before` is what was known of danger until then.

    Of danger that came to light all are told who dispatch it or have it by now. When there is none
    after all nobody is alarmed any longer; what still has to be dispatched is asked for plainly.
    """
    stands = dispute.danger is not Danger.NONE
    if stands and before is Danger.NONE:
        told = [(_directors() | _has_it(dispute), K.DANGER)]
        tell(session, dispute, "danger", told, actor=actor, desk=desk, now=now)
    if not stands and before is not Danger.NONE:
        _calm(session, dispute, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def moved(session: Session, dispute: Dispute, *, desk: Desk, now: datetime) -> None:
    """The dispute may have gone to others: who may not open it now is not called to it either."""
    waiting = sa.select(Notice.user_id).where(
        Notice.dispute_id == dispute.id,
        Notice.read_at.is_(None),
        Notice.kind.not_in(ALARMS),
    )
    people = sa.select(User.id, User.name, User.organisation_id, UserRole.role).outerjoin(
        UserRole, UserRole.user_id == User.id
    )
    found = _actors(session.execute(people.where(User.id.in_(waiting))).all())
    if not found:
        return
    stand, policy = standing(session, dispute, now), desk.policy.access
    out = [
        each
        for each in found.values()
        if not access.covers(access.scope(each, "dispute.read", policy), stand, now)
    ]
    if out:
        briefed = [each.user_id for each in out if queries.sees_brief(each, policy)]
        theirs = Notice.user_id.in_([each.user_id for each in out]) & Notice.kind.not_in(ALARMS)
        kept = Notice.user_id.in_(briefed) & Notice.kind.in_(queries.TO_BRIEF)
        kept |= Notice.kind == queries.TO_SENDER
        _close(session, (Notice.dispute_id == dispute.id) & theirs & ~kept, now=now)


@sight.whole("who is told")
def supervised(
    session: Session,
    dispute: Dispute,
    supervision_id: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """A unit was pressed, or its reply sent back: its liaisons and its mediator are told."""
    told = [(_has_it(dispute), K.SUPERVISED)]
    cause = f"{queries.SUPERVISED}:{supervision_id}:{int(now.timestamp())}"
    _tell(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def supervision_answered(
    session: Session,
    dispute: Dispute,
    supervision_id: UUID,
    orderer: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """The unit replied: nobody there is asked any longer, and who ordered it is told."""
    supervision_over(session, dispute.id, supervision_id, now=now)
    told = [(User.id == orderer, K.SUPERVISION_ANSWERED)]
    cause = f"{queries.ANSWERED}:{supervision_id}:{int(now.timestamp())}"
    _tell(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def supervision_over(
    session: Session, dispute_id: UUID, supervision_id: UUID, *, now: datetime
) -> None:
    """Nobody has to do anything about it any more: neither reply nor judge one."""
    about = sa.or_(
        *(
            Notice.cause.startswith(f"{word}:{supervision_id}:")
            for word in (queries.SUPERVISED, queries.ANSWERED)
        )
    )
    _close(session, (Notice.dispute_id == dispute_id) & about, now=now)


@sight.whole("who is told")
def handed(
    session: Session, dispute: Dispute, row: Handover, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Another unit hands a dispute over: whoever may answer that for the unit is told.

    Whoever was asked to decide where it goes has decided.
    """
    asked = (K.HANDOVER_MANY, K.HANDOVER_RETURNED, K.HANDOVER_BOUNCED)
    _close(session, (Notice.dispute_id == dispute.id) & Notice.kind.in_(asked), now=now)
    told = [(_at_unit(row.to_organisation_id), K.HANDED)]
    cause = f"{queries.HANDOVER}:{row.id}:sent"
    _tell(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def handover_due(
    session: Session, dispute: Dispute, row: Handover, *, desk: Desk, now: datetime
) -> int:
    """It has to be answered within the hour: who may do so is reminded; how many."""
    told = [(_at_unit(row.to_organisation_id) | _mediates(dispute, row), K.HANDOVER_DUE)]
    cause = f"{queries.HANDOVER}:{row.id}:due"
    return _tell(session, dispute, cause, told, me=NOBODY, desk=desk, now=now)


@sight.whole("who is told")
def handover_answered(
    session: Session,
    dispute: Dispute,
    row: Handover,
    kind: NoticeKind,
    *,
    actor: Actor | None,
    desk: Desk,
    now: datetime,
) -> None:
    """It was accepted, or came back: nobody is asked to answer it, and the sender's desk is told.

    So is the director of what nobody answered, and of what came back too often.
    """
    asked = (Notice.dispute_id == dispute.id) & Notice.kind.in_(ASKED_TO_ACCEPT)
    _close(session, asked, now=now)
    moved(session, dispute, desk=desk, now=now)
    told: list[tuple[ColumnElement[bool], NoticeKind]] = []
    if row.to_director:
        told.append((_directors(), K.HANDOVER_MANY))
    desk_of_sender = (User.id == row.sent_by) | (
        (User.organisation_id == row.from_organisation_id) & _holds(Role.LIAISON)
    )
    if row.kind is HandoverKind.DISPATCH or kind is K.HANDOVER_BOUNCED:
        desk_of_sender |= _directors()
    told.append((desk_of_sender | _mediates(dispute), kind))
    cause = f"{queries.HANDOVER}:{row.id}:{row.state.value}"
    me = actor.user_id if actor else NOBODY
    _tell(session, dispute, cause, told, me=me, desk=desk, now=now)


def _at_unit(organisation_id: UUID) -> ColumnElement[bool]:
    """Who answers for a unit what is sent to it."""
    return (User.organisation_id == organisation_id) & _holds(Role.LIAISON, Role.MEDIATOR)


def _mediates(dispute: Dispute, row: Handover | None = None) -> ColumnElement[bool]:
    """The mediator in charge; of what was dispatched (`row`), the one it was sent to."""
    if dispute.mediator_id is None or (row is not None and row.kind is not HandoverKind.DISPATCH):
        return sa.false()
    return User.id == dispute.mediator_id


@sight.whole("who is told")
def clock_step(
    session: Session,
    dispute: Dispute,
    clock_id: UUID,
    *,
    step: str,
    due_on: date,
    roles: Collection[Role],
    desk: Desk,
    now: datetime,
) -> int:
    """A step of the ladder 预警 came: the people of its roles are told; how many.

    Where nobody of them is there, because no unit has it yet or it names nobody, the next role up
    is told: what nobody hears of is no warning. What earlier steps said is over with it.
    """
    earlier = Notice.cause.startswith(f"{queries.CLOCK}:{clock_id}:")
    _close(session, (Notice.dispute_id == dispute.id) & earlier, now=now)
    cause = f"{queries.CLOCK}:{clock_id}:{step}:{due_on.isoformat()}"
    count, rest = 0, [each for each in RISING if each not in roles]
    for role in [*(each for each in RISING if each in roles), None, *rest]:
        if role is None:
            if count:
                break
            continue
        told = [(_of_rung(dispute, role), K.CLOCK)]
        count += _tell(session, dispute, cause, told, me=NOBODY, desk=desk, now=now)
        if count and role not in roles:
            break
    return count


def _of_rung(dispute: Dispute, role: Role) -> ColumnElement[bool]:
    """Who stands for a role of the ladder: the mediator in charge, the liaisons of the unit."""
    if role is Role.MEDIATOR:
        return User.id == dispute.mediator_id if dispute.mediator_id else sa.false()
    if role is Role.LIAISON:
        return (User.organisation_id == dispute.organisation_id) & _holds(Role.LIAISON)
    return _holds(role)


@sight.whole("who is told")
def clocks_settled(
    session: Session, running: Mapping[UUID, Collection[tuple[UUID, date]]], *, now: datetime
) -> None:
    """Which clocks of disputes run, and when each is due: of what is no more nobody is warned."""
    unread = sa.select(Notice.id, Notice.dispute_id, Notice.cause).where(
        Notice.dispute_id.in_(running), Notice.kind == K.CLOCK, Notice.read_at.is_(None)
    )
    stands = {
        each: {f"{clock_id}:{due_on.isoformat()}" for clock_id, due_on in clocks}
        for each, clocks in running.items()
    }
    over = []
    for row in session.execute(unread):
        _, clock_id, _, due_on = row.cause.split(":")
        if f"{clock_id}:{due_on}" not in stands[row.dispute_id]:
            over.append(row.id)
    if over:
        _close(session, Notice.id.in_(over), now=now)


@sight.whole("who is told")
def clocks_moved(
    session: Session, disputes: Sequence[Dispute], deed: str, *, desk: Desk, now: datetime
) -> None:
    """Terms of these disputes are due on another day: the mediator of each is told, once."""
    mediators = {each.mediator_id for each in disputes if each.mediator_id is not None}
    people = sa.select(User.id, User.name, User.organisation_id, UserRole.role).join(
        UserRole, UserRole.user_id == User.id
    )
    found = _actors(session.execute(people.where(User.id.in_(mediators), User.active)).all())
    policy = desk.policy.access
    rows = []
    for each in disputes:
        reader = found.get(each.mediator_id) if each.mediator_id else None
        if reader is None:
            continue
        stand = standing_with(session, each, (), now)
        if access.covers(access.scope(reader, "dispute.read", policy), stand, now):
            rows.append(_row(each, f"{deed}:{each.id}", reader.user_id, K.CLOCK_MOVED, now))
    _keep(session, rows)


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
    """Note what was told up to `until` as read; what came while the page was open stays.

    So does what tells of danger to people: that is opened one by one.
    """
    with transaction() as session:
        done = session.scalars(
            sa.update(Notice)
            .where(
                Notice.user_id == actor.user_id,
                Notice.read_at.is_(None),
                Notice.told_at <= until,
                Notice.kind.in_(ALARMS + queries.TO_BRIEF)
                | ~sa.exists().where(Dispute.id == Notice.dispute_id, danger.about_danger()),
            )
            .values(read_at=now)
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
        return len(done.all())


def forget_old(now: datetime) -> int:
    """Delete what was told more than 90 days ago and read, or 180 days ago; how many were found.

    At most 500 of either are, looked for before anybody has to wait.
    """
    read = sa.select(Notice.id).where(Notice.read_at.is_not(None), Notice.told_at < now - KEPT)
    unread = sa.select(Notice.id).where(
        Notice.read_at.is_(None), Notice.told_at < now - KEPT_UNREAD
    )
    found = [each for old in (read, unread) for each in db.session.scalars(old.limit(AT_ONCE))]
    if found:
        with transaction() as session:
            session.execute(sa.delete(Notice).where(Notice.id.in_(found)))
    return len(found)


def actor_of(session: Session, user_id: UUID) -> Actor | None:
    """Somebody who works here as the policy would judge them now; None when they do not."""
    people = (
        sa.select(User.id, User.name, User.organisation_id, UserRole.role)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .where(User.id == user_id, User.active)
    )
    return _actors(session.execute(people).all()).get(user_id)


def _settle(session: Session, dispute: Dispute, step: Step, *, actor: Actor, now: datetime) -> None:
    dispatches = step is Step.DISPATCH or rules.ends(step)
    accepts = step in (Step.ACCEPT, Step.RETURN) or rules.ends(step)
    done = [
        *(ASKED_TO_DISPATCH if dispatches else ()),
        *(ASKED_TO_ACCEPT if accepts else ()),
        *(ASKED_TO_VOID + ASKED_TO_ANSWER if rules.ends(step) else ()),
    ]
    asked = Notice.dispute_id == dispute.id
    mine = (Notice.user_id == actor.user_id) & Notice.kind.not_in(ASKED_TO_ANSWER)
    over = asked & (mine | Notice.kind.in_(done))
    if step is Step.VOID and (alone := _alone(session, dispute)):
        over |= Notice.dispute_id.in_(alone) & Notice.kind.in_(ASKED_TO_VOID)
    _close(session, over, now=now)


def _calm(session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Nobody is alarmed any longer; whom nothing else asks to dispatch it is asked plainly."""
    waits = (Notice.dispute_id == dispute.id) & Notice.read_at.is_(None)
    alarm = Notice.kind == K.DANGER
    alarmed = session.scalars(sa.select(Notice.user_id).where(waits, alarm)).all()
    if not alarmed:
        return
    _close(session, waits & alarm, now=now)
    if dispute.status is DisputeStatus.REGISTERED:
        asked = User.id.in_(sa.select(Notice.user_id).where(waits))
        told = [(_directors() & User.id.in_(alarmed) & ~asked, K.REGISTERED)]
        tell(session, dispute, "calm", told, actor=actor, desk=desk, now=now)


def _close(session: Session, over: ColumnElement[bool], *, now: datetime) -> None:
    session.execute(
        sa.update(Notice)
        .where(Notice.read_at.is_(None), over)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def _alone(session: Session, voided: Dispute) -> list[UUID]:
    """Those that were held for the same as the voided one, and as no other that still stands."""
    return [each for each in _same_as(session, voided.id) if not _same_as(session, each)]


def _same_as(session: Session, dispute_id: UUID) -> Sequence[UUID]:
    """The disputes held for the same as one, without those that were voided."""
    newer = sa.select(Link.dispute_id).where(
        Link.other_id == dispute_id, Link.relation == LinkRelation.SAME
    )
    older = sa.select(Link.other_id).where(
        Link.dispute_id == dispute_id, Link.relation == LinkRelation.SAME
    )
    return session.scalars(
        sa.select(Dispute.id).where(
            Dispute.id.in_(newer.union(older)),
            Dispute.outcome.is_distinct_from(Outcome.MISTAKEN),
        )
    ).all()


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


def _has_it(dispute: Dispute) -> ColumnElement[bool]:
    """Who has it in hand: the liaisons of its unit and its mediator; nobody before the dispatch."""
    if dispute.status is DisputeStatus.REGISTERED or dispute.organisation_id is None:
        return sa.false()
    return _waiting(dispute) | (User.id == dispute.mediator_id)


def _directors() -> ColumnElement[bool]:
    return _holds(Role.DIRECTOR)


def _holds(*roles: Role) -> ColumnElement[bool]:
    return User.id.in_(sa.select(UserRole.user_id).where(UserRole.role.in_(roles)))


@sight.whole("who is told")
def tell(
    session: Session,
    dispute: Dispute,
    deed: str,
    told: Told,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """One row for each of the told who may open the dispute, in one statement.

    `deed` says with the dispute and its version what brought it about.
    """
    cause = f"{deed}:{dispute.id}:{dispute.version}"
    _tell(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


def _tell(
    session: Session,
    dispute: Dispute,
    cause: str,
    told: Told,
    *,
    me: UUID,
    desk: Desk,
    now: datetime,
) -> int:
    """As `tell`, under a cause of its own, to everybody but `me`; how many may open it."""
    stand = standing(session, dispute, now)
    readers = _readers(session, stand, _people(told), me=me, desk=desk, now=now)
    _keep(session, [_row(dispute, cause, reader, kind, now) for reader, kind in readers.items()])
    return len(readers)


def _row(
    dispute: Dispute, cause: str, reader: UUID, kind: NoticeKind, now: datetime
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "user_id": reader,
        "kind": kind,
        "cause": cause,
        "dispute_id": dispute.id,
        "told_at": now,
    }


def _keep(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(_once(session.get_bind().dialect.name), rows)


@cache
def _once(dialect: str) -> sa.Insert:
    return insert_on(dialect, Notice).on_conflict_do_nothing(
        index_elements=[Notice.user_id, Notice.cause]
    )


def _people(told: Told) -> People:
    """Everybody of the told but oneself, `me`; a row for each role they hold."""
    kind = sa.case(*((who, sa.literal(what.value)) for who, what in told))
    return (
        sa.select(User.id, User.name, User.organisation_id, UserRole.role, kind.label("kind"))
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            User.active,
            PERSON,
            User.id != sa.bindparam("me"),
            sa.or_(*(who for who, _ in told)),
        )
    )


@cache
def _who_dispatches() -> People:
    return _people([(_directors(), K.REGISTERED)])


def _readers(
    session: Session, stand: Standing, asked: People, *, me: UUID, desk: Desk, now: datetime
) -> dict[UUID, NoticeKind]:
    """Whom of the told the policy lets open the dispute, and of what they are told.

    The policy itself decides person by person: a unit and a town have few people. What is told of
    a number alone is told to who sees brief rows as well.
    """
    found = session.connection().execute(asked, {"me": me}).all()
    people = _actors(found)
    policy = desk.policy.access
    return {
        each.id: NoticeKind(each.kind)
        for each in found
        if access.covers(access.scope(people[each.id], "dispute.read", policy), stand, now)
        or (each.kind in queries.TO_BRIEF and queries.sees_brief(people[each.id], policy))
        or (
            each.kind == queries.TO_SENDER
            and access.covers(access.scope(people[each.id], "handover.read", policy), stand, now)
        )
    }


def _actors(found: Sequence[Any]) -> dict[UUID, Actor]:
    """The people of rows that name a person once for each role, as the policy judges them now."""
    people: dict[UUID, Actor] = {}
    for each in found:
        held = people[each.id].roles if each.id in people else frozenset()
        roles = held | {each.role} if each.role else held
        people[each.id] = Actor(each.id, each.name, each.organisation_id, roles)
    return {each.user_id: each for each in placed_together(people.values())}
