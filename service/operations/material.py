"""Note which papers 材料 a party was told to bring, handed in and got back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import MaterialState
from models import Dispute, Material, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import load
from service.operations.event import record
from service.rules.access import Actor
from service.rules.dispute import OPEN

S = MaterialState
MOST: Final = 100  # of one dispute
# state -> the state a paper must be in to come into it
BEFORE: Final[Mapping[S, S]] = {S.RECEIVED: S.WANTED, S.RETURNED: S.RECEIVED}


def note(
    dispute_id: UUID,
    items: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Note each item `{name, form, copies, state}`; of an ended dispute only what is given back.

    A paper that is wanted, or was received, under the same name (or named by its `id`) is taken
    along to the new state; else a new one is written down. Wanting what is wanted changes nothing.
    Raises Invalid naming the item, Conflict when the dispute has ended.
    """
    with transaction() as session:
        giving_back = all(item["state"] is S.RETURNED for item in items)
        _of(session, dispute_id, ended=giving_back, actor=actor, desk=desk, now=now)
        known = _materials(session, dispute_id)
        today = desk.today(now)
        told: Counter[str] = Counter()
        for place, item in enumerate(items):
            if _noted(session, known, dispute_id, place, item, actor, today):
                told[item["state"].value] += 1
        if len(known) > MOST:
            raise Invalid({"items": [f"一件纠纷最多记 {MOST} 份材料"]})
        if told:
            _record(session, dispute_id, dict(told), actor=actor, now=now)


def drop(dispute_id: UUID, material_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """No longer want a paper; Conflict when it has been handed in."""
    with transaction() as session:
        _of(session, dispute_id, ended=False, actor=actor, desk=desk, now=now)
        found = session.get(Material, material_id)
        if found is None or found.dispute_id != dispute_id:
            raise NotFound("没有这份材料")
        if found.state is not S.WANTED:
            raise Conflict("已经收下的材料不能取消")
        session.delete(found)
        _record(session, dispute_id, {"dropped": 1}, actor=actor, now=now)


def _of(
    session: Session, dispute_id: UUID, *, ended: bool, actor: Actor, desk: Desk, now: datetime
) -> Dispute:
    """The dispute; Conflict when it has ended, unless `ended` says that this may be."""
    dispute = load.dispute_for_change(
        session, dispute_id, "material", version=None, actor=actor, desk=desk, now=now
    )
    if dispute.status not in OPEN and not ended:
        raise Conflict("已办结的纠纷，材料只能退还，不能再收")
    return dispute


def _materials(session: Session, dispute_id: UUID) -> list[Material]:
    return list(
        session.scalars(
            sa.select(Material)
            .where(Material.dispute_id == dispute_id)
            .order_by(Material.position)
            .with_for_update()
        )
    )


def _noted(  # noqa: PLR0917 -- the loop above, one turn of it
    session: Session,
    known: list[Material],
    dispute_id: UUID,
    place: int,
    item: Mapping[str, Any],
    actor: Actor,
    today: date,
) -> bool:
    """Whether noting one item changed anything."""
    state: S = item["state"]
    found = _meant(known, item, place)
    if found is not None and found.state is state:
        return False
    if found is None:
        if state is S.RETURNED:
            raise Invalid({f"items.{place}.state": ["没有收过这份材料，不能退还"]})
        position = max((each.position for each in known), default=0) + 1
        found = Material(
            dispute_id=dispute_id, position=position, name=item["name"], state=S.WANTED
        )
        found.told_on = today if state is S.WANTED else None
        found.form, found.copies = item["form"], item["copies"]
        known.append(found)
        session.add(found)
    elif found.state is not BEFORE.get(state):
        raise Invalid({f"items.{place}.state": ["这份材料现在不能这样记"]})
    _come_into(found, state, item, actor, today)
    return True


def _meant(known: list[Material], item: Mapping[str, Any], place: int) -> Material | None:
    """The paper an item speaks of: by its id, else the first of its name that it can be."""
    if item.get("id"):
        found = next((each for each in known if each.id == item["id"]), None)
        if found is None:
            raise Invalid({f"items.{place}.id": ["没有这份材料"]})
        return found
    if not item.get("name"):
        raise Invalid({f"items.{place}.name": ["请填写"]})
    wanted = BEFORE.get(item["state"], item["state"])
    return next((e for e in known if e.name == item["name"] and e.state is wanted), None)


def _come_into(
    material: Material, state: S, item: Mapping[str, Any], actor: Actor, today: date
) -> None:
    material.state = state
    if state is S.RECEIVED:
        material.form, material.copies = item["form"], item["copies"]
        material.received_on, material.received_by = today, actor.user_id
    elif state is S.RETURNED:
        material.returned_on = today


def _record(
    session: Session, dispute_id: UUID, told: dict[str, int], *, actor: Actor, now: datetime
) -> None:
    record(
        session, dispute_id, subject="dispute", action="material", actor=actor, now=now, detail=told
    )
