"""Publish the week 周报, promise its letter, and keep the list of who gets it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.weekly import Letter
from models import Subscription, User, WeeklyReport, insert, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.notices import weekly as notices
from service.operations import outbox
from service.operations.event import record
from service.queries import audit_chain, backup, figures, subscription
from service.queries import weekly as queries
from service.queries.weekly import PublishedView
from service.reports import weekly as reports
from service.reports import weekly_suits
from service.rules import access
from service.rules import weekly as rules
from service.rules.access import Actor
from service.rules.calendar import Week
from service.rules.weekly import TrailEnd


def publish(week: Week, *, actor: Actor | None, desk: Desk, now: datetime) -> PublishedView:
    """Freeze the week once; a later call gives the stored letter unchanged.

    `actor` None is the Monday job. Raises Conflict while the week still runs.
    """
    if actor is not None:
        access.require(actor, "report.publish", desk.policy.access)
    if desk.today(now) < week.end_on:
        raise Conflict("本周尚未结束，下周一起才能发布")
    with transaction() as session:
        stored = queries.published(week)
        if stored is None:
            told = figures.measure(week, scope=None, desk=desk, now=now)
            body = rules.as_body(replace(told, anchor=_trail_end()))
            _freeze(session, week, body, actor=actor, now=now)
            stored = queries.published(week)
        if stored is None:
            raise Conflict("周报没有写入，请重试")
        return stored


def send(week: Week, *, sender: str, desk: Desk, now: datetime, kind: Letter = Letter.WEEK) -> int:
    """Publish the week and promise its letter to who ordered this kind; how many are new.

    The letter of suits alone tells the numbers of the same frozen week.
    """
    with transaction() as session:
        told = publish(week, actor=None, desk=desk, now=now).figures
        form = weekly_suits if kind is Letter.SUITS else reports
        sheet = notices.Sheet(
            form.html(told, desk.zone), form.text(told, desk.zone), form.workbook(told, desk.zone)
        )
        hold = backup.is_doubtful(week.end_on, desk)
        return sum(
            outbox.promise(
                session,
                notices.letter(told, sheet, sender=sender, recipient=address, kind=kind),
                desk=desk,
                now=now,
                hold=hold,
            )
            for address in subscription.addresses(desk, kind)
        )


def subscribe(
    user_id: UUID,
    email: str | None,
    *,
    kind: Letter = Letter.WEEK,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Let a reader have one kind of letter by mail; an order there is gets the new address."""
    access.require(actor, "subscription.manage", desk.policy.access)
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None or not user.active:
            raise Invalid({"user": ["没有这个用户"]})
        if not subscription.may_read(user, desk):
            raise Invalid({"user": ["这位用户无权阅读周报"]})
        address = email or user.email
        if not address:
            raise Invalid({"email": ["请填写邮箱地址：这位用户的账户里没有"]})
        row = _order(session, user_id, kind, address)
        _noted(session, row, "subscribe", actor=actor, now=now)
        return row.id


def unsubscribe(subscription_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """End an order; letters already promised are still sent."""
    access.require(actor, "subscription.manage", desk.policy.access)
    with transaction() as session:
        row = session.get(Subscription, subscription_id)
        if row is None or not row.active:
            raise NotFound("没有找到这项订阅")
        row.active = False
        _noted(session, row, "unsubscribe", actor=actor, now=now)


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed: UTF-8, keys sorted, no blanks."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _trail_end() -> TrailEnd | None:
    """Where the audit trail ends now: whoever keeps the letter can tell a changed one."""
    end = audit_chain.end()
    return TrailEnd(end.seq, end.hash.hex()) if end else None


def _freeze(
    session: Session, week: Week, body: dict[str, Any], *, actor: Actor | None, now: datetime
) -> None:
    """Insert revision 1, unless somebody else did in the same moment."""
    report_id = uuid4()
    inserted = session.execute(
        insert(session, WeeklyReport)
        .values(
            id=report_id,
            week=str(week),
            revision=1,
            body=body,
            sha256=hashlib.sha256(canonical(body)).hexdigest(),
            cut_off=now,
            published_at=now,
            published_by=actor.user_id if actor else None,
        )
        .on_conflict_do_nothing(index_elements=[WeeklyReport.week, WeeklyReport.revision])
        .returning(WeeklyReport.id)
    )
    if inserted.first() is not None:
        detail = {"week": str(week), "revision": 1}
        record(
            session,
            report_id,
            subject="weekly",
            action="publish",
            actor=actor,
            now=now,
            detail=detail,
        )


def _order(session: Session, user_id: UUID, kind: Letter, address: str) -> Subscription:
    """The user's one order for this kind, made or renewed."""
    found = session.scalar(
        sa.select(Subscription)
        .where(Subscription.user_id == user_id, Subscription.kind == kind)
        .with_for_update()
    )
    if found is None:
        found = Subscription(user_id=user_id, kind=kind, email=address)
        session.add(found)
    found.email, found.active = address, True
    session.flush()  # gives the id
    return found


def _noted(
    session: Session, row: Subscription, action: str, *, actor: Actor, now: datetime
) -> None:
    detail = {"user": str(row.user_id), "kind": row.kind.value}
    record(
        session, row.id, subject="subscription", action=action, actor=actor, now=now, detail=detail
    )
