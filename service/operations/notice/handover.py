"""Notices of handovers 移交: sent, to be answered within the hour, answered, come back."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.vocabulary import HandoverKind, NoticeKind, Role
from models import Dispute, Handover, Notice, User
from service.desk import Desk
from service.operations.notice.clock import NOBODY
from service.operations.notice.dispute import ASKED_TO_ACCEPT, moved
from service.operations.notice.telling import close, directors, holds, tell_under
from service.queries import notice as queries
from service.queries import sight
from service.rules.access import Actor

K = NoticeKind


@sight.whole("who is told")
def handed(
    session: Session, dispute: Dispute, row: Handover, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Another unit hands a dispute over: whoever may answer that for the unit is told.

    Whoever was asked to decide where it goes has decided.
    """
    asked = (K.HANDOVER_MANY, K.HANDOVER_RETURNED, K.HANDOVER_BOUNCED)
    close(session, (Notice.dispute_id == dispute.id) & Notice.kind.in_(asked), now=now)
    told = [(_at_unit(row.to_organisation_id), K.HANDED)]
    cause = f"{queries.HANDOVER}:{row.id}:sent"
    tell_under(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


@sight.whole("who is told")
def handover_due(
    session: Session, dispute: Dispute, row: Handover, *, desk: Desk, now: datetime
) -> int:
    """It has to be answered within the hour: who may do so is reminded; how many."""
    told = [(_at_unit(row.to_organisation_id) | _mediates(dispute, row), K.HANDOVER_DUE)]
    cause = f"{queries.HANDOVER}:{row.id}:due"
    return tell_under(session, dispute, cause, told, me=NOBODY, desk=desk, now=now)


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
    close(session, asked, now=now)
    moved(session, dispute, desk=desk, now=now)
    told: list[tuple[ColumnElement[bool], NoticeKind]] = []
    if row.to_director:
        told.append((directors(), K.HANDOVER_MANY))
    desk_of_sender = (User.id == row.sent_by) | (
        (User.organisation_id == row.from_organisation_id) & holds(Role.LIAISON)
    )
    if row.kind is HandoverKind.DISPATCH or kind is K.HANDOVER_BOUNCED:
        desk_of_sender |= directors()
    told.append((desk_of_sender | _mediates(dispute), kind))
    cause = f"{queries.HANDOVER}:{row.id}:{row.state.value}"
    me = actor.user_id if actor else NOBODY
    tell_under(session, dispute, cause, told, me=me, desk=desk, now=now)


def _at_unit(organisation_id: UUID) -> ColumnElement[bool]:
    """Who answers for a unit what is sent to it."""
    return (User.organisation_id == organisation_id) & holds(Role.LIAISON, Role.MEDIATOR)


def _mediates(dispute: Dispute, row: Handover | None = None) -> ColumnElement[bool]:
    """The mediator in charge; of what was dispatched (`row`), the one it was sent to."""
    if dispute.mediator_id is None or (row is not None and row.kind is not HandoverKind.DISPATCH):
        return sa.false()
    return User.id == dispute.mediator_id
