"""Versions of the routing rules 分流规则: drafted, changed, checked, published, withdrawn.

A draft is written by one and published by another, from a day that is still to come. What is
published is never changed; as long as its day has not come, it can be taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import RulebookState
from models import RulebookVersion, insert, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations import audit
from service.queries import rulebook as queries
from service.rules import access
from service.rules import rulebook as rules
from service.rules.access import Actor
from service.rules.routing import Fault

SUBJECT: Final = "routing"
UNFINISHED: Final = (RulebookState.DRAFT, RulebookState.CHECKED)


@dataclass(frozen=True, slots=True)
class Change:
    """What a draft is to hold; None leaves a part as it is, an empty note takes it away."""

    title: str | None = None
    note: str | None = None
    content: str | None = None


def draft(change: Change, *, actor: Actor, desk: Desk, now: datetime) -> int:
    """Begin a draft from the newest version, or with a content of one's own; its number.

    Raises Invalid at `content` when that is no rulebook. A faulty draft is kept; it is told what
    is wrong with it, and not published.
    """
    access.require(actor, "routing.edit", desk.policy.access)
    with transaction() as session:
        newest = desk.rulebooks.newest
        highest = session.scalar(sa.select(sa.func.max(RulebookVersion.number))) or 0
        number = max(highest, newest.version, desk.policy.rulebook.version) + 1
        text = newest.text if change.content is None else change.content
        content = rules.canonical(text, number)
        row_id = uuid4()
        made = (
            insert(session, RulebookVersion)
            .values(
                id=row_id,
                number=number,
                title=change.title or newest.title,
                content=content,
                note=change.note or None,
                state=_state(content, number, desk),
                based_on=newest.version,
                drafters=[str(actor.user_id)],
                made_by=actor.user_id,
                made_at=now,
                changed_at=now,
                version=1,
            )
            .on_conflict_do_nothing(index_elements=[RulebookVersion.number])
            .returning(RulebookVersion.id)
        )
        if session.execute(made).first() is None:
            raise Conflict("有人同时另拟了一份草稿，请再试一次")
        audit.note(
            session,
            "routing.draft",
            subject=SUBJECT,
            subject_id=row_id,
            actor=actor,
            now=now,
            detail={"number": number, "based_on": newest.version},
        )
    return number


def revise(
    number: int, change: Change, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Change a draft; who does is one of its drafters from then on.

    Raises Stale when it is no longer at `version`, Conflict when it is no draft any more, Invalid
    at `content` when that is no rulebook.
    """
    access.require(actor, "routing.edit", desk.policy.access)
    with transaction() as session:
        row = _draft(session, number, version, desk)
        if change.title is not None:
            row.title = change.title
        if change.note is not None:
            row.note = change.note or None
        if change.content is not None:
            row.content = rules.canonical(change.content, number)
        row.state = _state(row.content, number, desk)
        row.drafters = list(dict.fromkeys([*row.drafters, str(actor.user_id)]))
        row.changed_at = now
        session.flush()
        told = [name for name in ("content", "note", "title") if getattr(change, name) is not None]
        _note(session, "revise", row, actor, now, changed=told)


def check(
    number: int, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> tuple[Fault, ...]:
    """Check a draft anew with the terms and categories of today; what is wrong with it."""
    access.require(actor, "routing.edit", desk.policy.access)
    with transaction() as session:
        row = _draft(session, number, version, desk)
        found = faults(row.content, number, desk)
        row.state = RulebookState.DRAFT if found else RulebookState.CHECKED
        session.flush()
        _note(session, "check", row, actor, now, faults=len(found))
    return found


def publish(
    number: int, from_on: date, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Put a draft in force from a day on.

    Raises Conflict for one's own draft or one that is not made from the newest version, Invalid
    at `in_force_from` for a day that has begun, at `content` for a faulty draft.
    """
    access.require(actor, "routing.publish", desk.policy.access)
    with transaction() as session:
        _wait_turn(session)
        row = _draft(session, number, version, desk)
        queries.forget(session)  # somebody may have published while we waited
        rules.may_publish(
            from_on,
            today=desk.today(now),
            based_on=row.based_on,
            drafters=row.drafters,
            publisher=actor.user_id,
            books=desk.rulebooks,
        )
        found = faults(row.content, number, desk)
        if found:
            raise Invalid({"content": [each.text for each in found]}, "规则还有问题，不能发布")
        row.state, row.in_force_from = RulebookState.PUBLISHED, from_on
        row.published_by, row.published_at = actor.user_id, now
        session.flush()
        queries.forget(session)
        _note(session, "publish", row, actor, now, in_force_from=from_on.isoformat())


def withdraw(number: int, *, version: int, actor: Actor, desk: Desk, now: datetime) -> None:
    """Take a draft back, or a published version whose day has not come; its number stays used.

    Raises Conflict once it is in force.
    """
    with transaction() as session:
        _wait_turn(session)
        row = _row(session, number, version, desk)
        published = row.state is RulebookState.PUBLISHED
        needed = "routing.publish" if published else "routing.edit"
        access.require(actor, needed, desk.policy.access)
        if row.state is RulebookState.WITHDRAWN:
            raise Conflict("这一版已经撤回")
        if row.in_force_from is not None and row.in_force_from <= desk.today(now):
            raise Conflict("这一版已经生效，不能撤回；要改请另拟一版")
        row.state = RulebookState.WITHDRAWN
        row.withdrawn_by, row.withdrawn_at = actor.user_id, now
        session.flush()
        queries.forget(session)
        _note(session, "withdraw", row, actor, now)


def faults(content: str, number: int, desk: Desk) -> tuple[Fault, ...]:
    """What keeps a content from being used."""
    policy = desk.policy
    return rules.faults(rules.read(content, number), policy.clocks, policy.categories.by_code)


def _state(content: str, number: int, desk: Desk) -> RulebookState:
    return RulebookState.DRAFT if faults(content, number, desk) else RulebookState.CHECKED


def _wait_turn(session: Session) -> None:
    """One after the other publishes and withdraws: what each finds stays so until it is done."""
    held = sa.select(RulebookVersion.id).order_by(RulebookVersion.number).with_for_update()
    session.execute(held)


def _row(session: Session, number: int, version: int, desk: Desk) -> RulebookVersion:
    queries.must_be_storable(number)
    asked = sa.select(RulebookVersion).where(RulebookVersion.number == number).with_for_update()
    row = session.scalar(asked.execution_options(populate_existing=True))
    if row is None:
        if number == desk.policy.rulebook.version:
            raise Conflict("随系统发布的一版不能改；要改请另拟一版")
        raise NotFound(queries.MISSING)
    if row.version != version:
        raise Stale(["content"])
    return row


def _draft(session: Session, number: int, version: int, desk: Desk) -> RulebookVersion:
    row = _row(session, number, version, desk)
    if row.state not in UNFINISHED:
        raise Conflict("这一版已经发布或者撤回，不能再改；要改请另拟一版")
    return row


def _note(
    session: Session, deed: str, row: RulebookVersion, actor: Actor, now: datetime, **told: Any
) -> None:
    detail: Mapping[str, Any] = {"number": row.number} | told
    audit.note(
        session,
        f"{SUBJECT}.{deed}",
        subject=SUBJECT,
        subject_id=row.id,
        actor=actor,
        now=now,
        detail=detail,
    )
