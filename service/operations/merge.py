"""Merge 并案 two disputes into one, and part them again 撤销并案, each in one transaction.

`queries.merge_rule` says what becomes of every table. What is sealed with the key of the one that
goes in is sealed again with the key of the one that remains; a file is copied under a new name
before the transaction, so that whatever fails leaves the old one as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import ClockEnd, DisputeStatus, HandoverState
from models import (
    Agreement,
    Dispute,
    Episode,
    Merge,
    Notice,
    Organisation,
    Supervision,
    User,
    transaction,
    wall,
)
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.gateways.attachment import Store
from service.operations import (
    charge,
    clock,
    dispute_text,
    handover_row,
    joint_task,
    load,
    merge_move,
    notice,
    supervision,
)
from service.operations.event import record
from service.operations.merge_file import Copies, copied
from service.operations.merge_move import Moving
from service.operations.merge_record import Watch, key_of, put_back
from service.queries import attachment as attachments
from service.queries import merge as queries
from service.queries import number as numbers
from service.queries.merge_rule import BY_TABLE
from service.rules import charge as charge_rules
from service.rules import joint_task as joint_rules
from service.rules import merge as rules
from service.rules.access import Actor

ACTION: Final = "dispute.merge"
SELF: Final = "不能并入自己"
TYING: Final = {"party": ("represents_id",), "basis": ("party_id", "given_by_id")}
UPLOADED: Final = "刚才又有人给要并进来的那一件上传了附件，还没有并案。请看过再点一次"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two disputes that become one or two, both held: `into` remains, `gone` goes or comes back."""

    session: Session
    into: Dispute
    gone: Dispute
    actor: Actor
    desk: Desk
    now: datetime

    @property
    def told(self) -> dict[str, Any]:
        """Who does it, with what, when."""
        return {"actor": self.actor, "desk": self.desk, "now": self.now}

    @property
    def at(self) -> dict[str, Any]:
        """With what and when."""
        return {"desk": self.desk, "now": self.now}


def merge(
    dispute_id: UUID,
    body: Mapping[str, Any],
    *,
    version: int,
    store: Store,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Let the dispute of `number` go into this one, for a `reason`; the id of the merge.

    Invalid at `number` for one the actor may not read in full, as for one that is not there;
    NotFound, Forbidden, Stale, Merged, and Conflict with why the two cannot be one.
    """
    number = numbers.of_one_read(body["number"], actor=actor, desk=desk, now=now)
    gone_id = queries.mergeable(number, actor=actor, desk=desk, now=now)
    if gone_id == dispute_id:
        raise Invalid({"number": [SELF]})
    into_key, gone_key = queries.keys(dispute_id, gone_id, actor=actor, desk=desk, now=now)
    with copied(gone_id, into_key, gone_key, store) as copies, transaction() as session:
        _hold(session, dispute_id, gone_id)
        told: dict[str, Any] = {"actor": actor, "desk": desk, "now": now}
        into = load.dispute_for_change(session, dispute_id, ACTION, version=version, **told)
        gone = load.dispute_for_change(session, gone_id, ACTION, version=None, **told)
        if obstacle := rules.obstacle(_side(into), _side(gone)):
            raise Conflict(obstacle)
        with wall.whole("merging"):
            if {each[0] for each in attachments.files(gone_id)} - copies.tried:
                raise Conflict(UPLOADED)
            pair = Pair(session, into, gone, actor, desk, now)
            merge_id = _merge(pair, body["reason"], copies)
    return merge_id


def undo(
    dispute_id: UUID,
    merge_id: UUID,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Part the two again, within 30 days; the id of the one that had gone in.

    What was written since stays with the one that remained. NotFound, Forbidden, Stale, and
    Conflict that says what came later and cannot be parted.
    """
    with transaction() as session:
        gone_id = queries.gone_of(dispute_id, merge_id)
        _hold(session, dispute_id, gone_id)
        told: dict[str, Any] = {"actor": actor, "desk": desk, "now": now}
        into = load.dispute_for_change(session, dispute_id, ACTION, version=version, **told)
        with wall.whole("merging"):
            row = session.get_one(Merge, merge_id, with_for_update=True)
            gone = session.get_one(Dispute, row.merged_id, populate_existing=True)
            if row.undone_at is not None:
                raise Conflict("这次并案已经撤销过了")
            rows = _recorded(session, row)
            pair = Pair(session, into, gone, actor, desk, now)
            _refuse_parting(pair, row, rows)
            _part(pair, row, rows, reason)
    return gone_id


# -- together --------------------------------------------------------------------------------------


def _merge(pair: Pair, reason: str, copies: Copies) -> UUID:
    session, into, gone, desk = pair.session, pair.into, pair.gone, pair.desk
    watch, new_key, old_key = Watch(), load.field_key(into, desk), load.field_key(gone, desk)
    watch.look(into, gone)
    moving = Moving(session, watch, into, gone, new_key, old_key, copies.named)
    merge_move.all_of(moving)
    _end(moving, pair)
    for earlier in session.scalars(sa.select(Dispute).where(Dispute.merged_into_id == gone.id)):
        watch.look(earlier)
        earlier.merged_into_id = into.id
    known = into.danger
    into.danger = rules.highest_danger([into.danger, gone.danger])
    into.level = rules.highest_level([into.level, gone.level])
    _settle(pair)
    merge_id = uuid4()
    session.add(
        Merge(
            id=merge_id,
            dispute_id=into.id,
            merged_id=gone.id,
            merged_by=pair.actor.user_id,
            merged_at=pair.now,
            reason_sealed=new_key.seal(reason, queries.reason_place(merge_id)),
            record={
                "before": _before(watch, into),
                "after": _raised(into),
                "filled": moving.filled,
                "agreements": _agreements(session, into),
            },
        )
    )
    _told_both(pair, "merge", reason, merge_id)
    notice.merged(session, gone, merge_id, **pair.told)
    notice.corrected(session, into, before=known, **pair.told)  # of danger that came with it
    return merge_id


def _end(moving: Moving, pair: Pair) -> None:
    """Nothing of the one that goes in runs on, presses or waits for anybody."""
    session, gone, today = moving.session, moving.gone, pair.desk.today(pair.now)
    supervisions = sa.select(Supervision).where(
        Supervision.dispute_id == gone.id, Supervision.ended_at.is_(None)
    )
    moving.watch.look(*session.scalars(supervisions))
    unread = sa.select(Notice).where(Notice.dispute_id == gone.id, Notice.read_at.is_(None))
    for each in session.scalars(unread).all():
        moving.watch.look(each)
        each.read_at = pair.now
    if (sent := handover_row.open_one(session, gone)) is not None:
        moving.watch.look(sent)
        handover_row.answer(sent, HandoverState.WITHDRAWN, pair.actor.user_id, pair.now)
    for task in joint_task.unsettled(session, gone):
        moving.watch.look(task)
    session.flush()
    supervision.end_all(session, gone, **pair.told)
    for ticking in clock.running(session, gone):
        moving.watch.look(ticking, *clock.changes_of(session, ticking))
        clock.stop_one(session, ticking, ClockEnd.MERGED, today, **pair.at)
    joint_task.end_all(session, gone, joint_rules.MERGED, **pair.told)
    if (charged := charge.running(session, gone.id)) is not None:
        moving.watch.look(charged)
        charge.end(session, gone, charge_rules.MERGED, actor=pair.actor, now=pair.now)
    last = sa.select(Episode).where(Episode.dispute_id == gone.id)
    episode = session.scalars(last.order_by(Episode.ordinal.desc()).limit(1)).one()
    moving.watch.look(episode)
    episode.outcome, episode.closed_on = rules.OUTCOME, today
    gone.status, gone.outcome, gone.closed_on = DisputeStatus.CLOSED, rules.OUTCOME, today
    gone.merged_into_id = moving.into.id


def _before(watch: Watch, into: Dispute) -> dict[str, Any]:
    """What changed, without what follows from the rest and is counted anew."""
    before = watch.before()
    mine = before.get("dispute", {}).get(key_of(into), {})
    for name in merge_move.FOLLOWS:
        mine.pop(name, None)
    return before


def _agreements(session: Session, into: Dispute) -> int:
    """How often it has been agreed: one that was agreed when the other came can still be parted."""
    mine = sa.select(sa.func.count()).where(Agreement.dispute_id == into.id)
    return session.scalar(mine) or 0


def _raised(into: Dispute) -> dict[str, str]:
    return {"danger": into.danger.value, "level": into.level.value}


# -- apart -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row that the merge changed, and what it held before; None when it is not there."""

    table: str
    row: Any
    stood: Mapping[str, Any]


def _recorded(session: Session, made: Merge) -> list[Recorded]:
    before = made.record["before"]
    return [
        Recorded(table, merge_move.found(session, table, key, stood), stood)
        for table, rows in before.items()
        for key, stood in rows.items()
    ]


def _refuse_parting(pair: Pair, made: Merge, rows: list[Recorded]) -> None:
    lost = {
        BY_TABLE[each.table].name
        for each in rows
        if each.table in BY_TABLE and each.table != "notice" and not _is_there(each, pair.into)
    }
    why = rules.parting(
        _side(pair.into),
        agreed_since=_agreements(pair.session, pair.into) != made.record["agreements"],
        gone_restricted=pair.gone.restricted,
        merged_on=pair.desk.today(made.merged_at),
        today=pair.desk.today(pair.now),
        lost=sorted(lost | _tied_since(pair, rows)),
    )
    if why:
        raise Conflict(why)
    _refuse_nobodys(pair)
    if pair.gone.merged_into_id != pair.into.id or pair.gone.erased_at is not None:
        raise Conflict("并入的一件后来又有变化，不能再分开")


def _refuse_nobodys(pair: Pair) -> None:
    """Merged, it kept nobody from being given up: parted, it must not be left with who is gone."""
    session, gone = pair.session, pair.gone
    unit = sa.select(Organisation).where(Organisation.id == gone.organisation_id)
    mediator = sa.select(User).where(User.id == gone.mediator_id)
    held = {
        "承办单位": session.scalar(unit.with_for_update(read=True)),
        "调解员": session.scalar(mediator.with_for_update(read=True)),
    }
    for what, found in held.items():
        if found is not None and not found.active:
            told = f"{gone.number} 原来的{what}“{found.name}”已经停用"
            raise Conflict(f"{told}，请先恢复，再撤销并案")


def _tied_since(pair: Pair, rows: list[Recorded]) -> set[str]:
    """What was written since about people who would go back, and cannot stay without them."""
    held = {table: {e.row.id for e in rows if e.table == table and e.row} for table in TYING}
    people = held["party"] - {e.row.id for e in rows if e.table == "party" and not _goes(e)}
    return {
        BY_TABLE[table].name
        for table, columns in TYING.items()
        for kind in (BY_TABLE[table].table,)
        if pair.session.scalar(
            sa.select(
                sa.exists().where(
                    kind.dispute_id == pair.into.id,
                    kind.id.not_in(held[table]),
                    sa.or_(*(getattr(kind, name).in_(people) for name in columns)),
                )
            )
        )
    }


def _goes(each: Recorded) -> bool:
    return BY_TABLE[each.table].holder in each.stood


def _is_there(each: Recorded, into: Dispute) -> bool:
    """Whether what moved is still with the one it went to."""
    if each.row is None:
        return False
    holder = BY_TABLE[each.table].holder
    return holder not in each.stood or getattr(each.row, str(holder)) == into.id


def _part(pair: Pair, made: Merge, rows: list[Recorded], reason: str) -> None:
    session, into, gone, desk = pair.session, pair.into, pair.gone, pair.desk
    new_key, old_key = load.field_key(into, desk), load.field_key(gone, desk)
    for each in rows:
        if each.row is into:
            _lower(into, each.stood, made.record["after"])
        elif each.table in BY_TABLE and BY_TABLE[each.table].holder in each.stood:
            with merge_move.resealed(each.row, new_key, old_key):
                put_back(each.row, each.stood)
        elif each.row is not None:  # a notice may have been forgotten since
            put_back(each.row, each.stood)
    session.flush()
    merge_move.emptied(session, made.record["filled"], new_key, old_key)
    joint_task.see_to(session, into, actor=pair.actor, now=pair.now)
    for ticking in clock.running(session, gone):
        clock.recount(session, ticking, desk=desk)
    if (sent := handover_row.open_one(session, gone)) is not None:
        sent.due_at, sent.look_at = None, pair.now  # nobody could answer meanwhile: a new term
    flag_modified(gone, "status")
    _settle(pair)
    made.undone_by, made.undone_at = pair.actor.user_id, pair.now
    made.undo_sealed = new_key.seal(reason, queries.undo_place(made.id))
    notice.parted(session, made.id)
    _told_both(pair, "merge-undo", reason, made.id)


def _lower(into: Dispute, stood: Mapping[str, Any], raised: Mapping[str, str]) -> None:
    """What the merge raised falls again, unless it was changed since."""
    as_merged = {name: value for name, value in stood.items() if name in raised}
    now = _raised(into)
    put_back(into, {name: each for name, each in as_merged.items() if now[name] == raised[name]})


# -- both ------------------------------------------------------------------------------------------


def _settle(pair: Pair) -> None:
    """Count anew what follows from the rest: the rows' dates, their versions, the word index."""
    session = pair.session
    session.flush()
    for each in (pair.into, pair.gone):
        clock.settle(session, each, **pair.at)
    flag_modified(pair.into, "status")  # it is a new version, whatever was touched
    session.flush()
    for each in (pair.into, pair.gone):
        dispute_text.index(session, each)


def _told_both(pair: Pair, deed: str, reason: str, merge_id: UUID) -> None:
    """The deed stands in both histories; its reason is sealed with the key of each."""
    for mine, other, side in ((pair.into, pair.gone, "into"), (pair.gone, pair.into, "gone")):
        told = {"other": str(other.id), "number": other.number, "side": side}
        record(
            pair.session,
            mine.id,
            subject="dispute",
            action=deed,
            actor=pair.actor,
            now=pair.now,
            reason=reason,
            detail=told | {"merge": str(merge_id)},
            version=mine.version,
            key=load.field_key(mine, pair.desk),
        )


def _side(dispute: Dispute) -> rules.Side:
    return rules.Side(dispute.number, dispute.status, dispute.restricted)


def _hold(session: Session, *dispute_ids: UUID) -> None:
    """Lock the two, always in one order: two merges at once wait for each other, not for ever."""
    with wall.whole("merging"):
        session.execute(
            sa.select(Dispute.id)
            .where(Dispute.id.in_(dispute_ids))
            .order_by(Dispute.id)
            .with_for_update()
        ).all()
