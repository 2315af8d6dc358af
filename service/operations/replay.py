"""Replay 规则回放 a draft of the routing rules on stored disputes, and keep what was found."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Replay, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.operations import audit
from service.queries import replay as queries
from service.queries import rulebook
from service.queries.replay import Asked
from service.rules import access
from service.rules import rulebook as rules
from service.rules.access import Actor
from service.rules.replay import MOST
from service.rules.routing import Fault

KEPT: Final = 5  # replays of one draft; older ones make room
ACTION: Final = "routing.replay"


def run(
    number: int, asked: Asked, *, as_of: date | None, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Replay a version against the one it was made from, on disputes the actor may see.

    Both are taken as of `as_of`, by default the first day the draft could be in force on. Raises
    Invalid for a wrong range, Conflict for a draft that has faults.
    """
    scope = access.require(actor, ACTION, desk.policy.access)
    check(asked)
    shipped = desk.policy.rulebook
    view = rulebook.one(number, shipped)
    if view.id is None:
        raise Conflict("这一版就是随系统发布的规则，没有可以比较的草稿")
    draft = rulebook.book(number, shipped)
    fit(rules.faults(draft, desk.policy.clocks, desk.policy.categories.by_code))
    live = rulebook.book(view.based_on or shipped.version, shipped)
    day = as_of or view.in_force_from or desk.today(now) + timedelta(days=1)
    found = queries.run(draft, live, asked, as_of=day, scope=scope, desk=desk, now=now)
    replay_id = uuid4()
    with transaction() as session:
        _make_room(session, view.id)
        session.add(
            Replay(
                id=replay_id,
                rulebook_id=view.id,
                draft_version=view.version,
                against=found.against,
                as_of=day,
                newest=None if asked.from_on else asked.newest or MOST,
                registered_from=asked.from_on,
                registered_to=asked.to_on,
                compared=found.compared,
                changed=found.changed,
                result=queries.result(found),
                made_by=actor.user_id,
                made_at=now,
            )
        )
        audit.note(
            session,
            ACTION,
            subject="routing",
            subject_id=view.id,
            actor=actor,
            now=now,
            detail={"number": number, "compared": found.compared, "changed": found.changed},
        )
    return replay_id


def check(asked: Asked) -> None:
    """Raise Invalid unless a number or a whole range is asked for, and neither is absurd."""
    if (asked.from_on is None) is not (asked.to_on is None):
        missing = "registered_from" if asked.from_on is None else "registered_to"
        raise Invalid({missing: ["开始和结束日期要一起写"]})
    if asked.newest is not None and asked.from_on is not None:
        raise Invalid({"last": ["最近多少件和登记日期范围只能选一种"]})
    if asked.newest is not None and not 1 <= asked.newest <= MOST:
        raise Invalid({"last": [f"应为 1 到 {MOST} 件"]})
    if asked.from_on and asked.to_on and asked.to_on < asked.from_on:
        raise Invalid({"registered_to": ["结束日期早于开始日期"]})


def fit(found: Sequence[Fault]) -> None:
    """Raise Conflict when a draft has faults: what it would answer is nobody's guess."""
    if found:
        raise Conflict("草稿还有问题，先改好再回放：" + "；".join(each.text for each in found))


def _make_room(session: Session, rulebook_id: UUID) -> None:
    ids = session.scalars(
        sa.select(Replay.id)
        .where(Replay.rulebook_id == rulebook_id)
        .order_by(Replay.made_at.desc(), Replay.id)
        .offset(KEPT - 1)
    ).all()
    session.execute(sa.delete(Replay).where(Replay.id.in_(ids)))
