"""Notices of a dispute: it came in, a step was taken, it was corrected, it went to others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Danger, DisputeStatus, LinkRelation, NoticeKind, Outcome, Role, Step
from models import Dispute, Link, Notice, User, UserRole
from service.desk import Desk
from service.operations.notice.telling import (
    ALARMS,
    Told,
    actors_of,
    close,
    directors,
    has_it,
    holds,
    keep,
    readers_of,
    row_of,
    tell,
    tell_under,
    waiting_at,
    who_dispatches,
)
from service.queries import notice as queries
from service.queries import sight
from service.queries.access import standing, standing_with
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor

K = NoticeKind
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
# what asks for more than a step: taking one answers it only when the dispute is over with it
ASKED_TO_ANSWER: Final = (K.SUPERVISED, K.SUPERVISION_ANSWERED)
WATCHERS: Final = (Role.SECADMIN, Role.AUDITOR)


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
    readers = readers_of(session, stand, who_dispatches(), me=actor.user_id, desk=desk, now=now)
    keep(
        session,
        [
            row_of(each, f"register:{each.id}:{each.version}", reader, _kind_of(each), now)
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
def merged(
    session: Session, gone: Dispute, merge_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A dispute went into another: who had it in hand or registered it is told that it is over."""
    its = User.id.in_([each for each in (gone.mediator_id, gone.registered_by) if each])
    unit = (User.organisation_id == gone.organisation_id) & holds(Role.LIAISON)
    told = [(its | unit, K.CLOSED)]
    tell_under(session, gone, f"merge:{merge_id}", told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def parted(session: Session, merge_id: UUID) -> None:
    """It is not over after all."""
    session.execute(sa.delete(Notice).where(Notice.cause == f"merge:{merge_id}"))


@sight.whole("who is told")
def alarm(session: Session, dispute_id: UUID, cause: str, *, now: datetime) -> None:
    """Fields of a dispute were asked for too often: who watches over the trail is told, once.

    They learn its number and nothing of it: the trail says who it was.
    """
    watchers = session.scalars(sa.select(User.id).where(User.active, holds(*WATCHERS)))
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
    keep(session, rows)


@sight.whole("who is told")
def same(session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Somebody holds `dispute` for the same as another: whoever may void one of them is told."""
    told = [(directors(), K.SAME)]
    tell(session, dispute, "same", told, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def same_no_more(session: Session, dispute_ids: Sequence[UUID], *, now: datetime) -> None:
    """Two are no longer held for the same: nobody is asked about one that is no other's double."""
    alone = [each for each in dispute_ids if not _same_as(session, each)]
    close(session, Notice.dispute_id.in_(alone) & Notice.kind.in_(ASKED_TO_VOID), now=now)


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
        told = [(directors() | has_it(dispute), K.DANGER)]
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
    found = actors_of(session.execute(people.where(User.id.in_(waiting))).all())
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
        close(session, (Notice.dispute_id == dispute.id) & theirs & ~kept, now=now)


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
    close(session, over, now=now)


def _calm(session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Nobody is alarmed any longer; whom nothing else asks to dispatch it is asked plainly."""
    waits = (Notice.dispute_id == dispute.id) & Notice.read_at.is_(None)
    alarm = Notice.kind == K.DANGER
    alarmed = session.scalars(sa.select(Notice.user_id).where(waits, alarm)).all()
    if not alarmed:
        return
    close(session, waits & alarm, now=now)
    if dispute.status is DisputeStatus.REGISTERED:
        asked = User.id.in_(sa.select(Notice.user_id).where(waits))
        told = [(directors() & User.id.in_(alarmed) & ~asked, K.REGISTERED)]
        tell(session, dispute, "calm", told, actor=actor, desk=desk, now=now)


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
            Dispute.merged_into_id.is_(None),
        )
    ).all()


def _told_of(dispute: Dispute, step: Step) -> Told:
    if step is Step.DISPATCH:
        return [*_named(dispute), (waiting_at(dispute), K.DISPATCHED)]
    if step is Step.ASSIGN:
        return _named(dispute)
    if step is Step.RETURN:
        return [(directors(), K.RETURNED)]
    if step is Step.REOPEN:
        return [(directors(), K.REOPENED)]
    if rules.ends(step) and dispute.registered_by is not None:
        return [(User.id == dispute.registered_by, K.CLOSED)]
    return ()


def _named(dispute: Dispute) -> Told:
    """The mediator in charge, if there is one."""
    return [(User.id == dispute.mediator_id, K.ASSIGNED)] if dispute.mediator_id else ()
