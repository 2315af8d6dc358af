"""Outside entries 外部系统登记: note under which number others keep the same matter."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import OutsideSystem
from config.words import label
from models import Dispute, OutsideEntry, User, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound
from service.operations import load
from service.operations.event import record
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """What was entered in a system of others, under which number, on which day.

    `correction` says what the number is to one that stands there: true when it takes its place
    更正, false when both are right, None when nobody has been asked. `corrects` is the entry whose
    place it takes; where one stands alone, that is meant.
    """

    system: OutsideSystem
    number: str
    entered_on: date
    correction: bool | None = None
    corrects: UUID | None = None


def enter(dispute_id: UUID, draft: EntryDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Keep the number; Invalid when it stands there already or the day is still to come.

    Where the system has another number of the dispute, Invalid at `correction` asks what this one
    is, and at `corrects` which of several it corrects; that number alone leaves the list and stays
    in the course of the dispute.
    """
    if draft.entered_on > desk.today(now):
        raise Invalid({"entered_on": ["登记日期不能晚于今天"]})
    entry_id = uuid4()
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "outside_entry", version=None, actor=actor, desk=desk, now=now
        )
        there = _of_system(session, dispute_id, draft.system)
        _refuse_twice(there, draft)
        if (old := _corrected(there, draft)) is not None:
            reason = f"更正为 {draft.number}"
            _record_withdrawal(session, dispute, old, reason, actor=actor, desk=desk, now=now)
            session.delete(old)
        session.add(
            OutsideEntry(
                id=entry_id,
                dispute_id=dispute_id,
                system=draft.system,
                number=draft.number,
                entered_on=draft.entered_on,
                entered_by=actor.user_id,
                recorded_at=now,
            )
        )
        record(
            session,
            dispute_id,
            subject="dispute",
            action="outside-entry",
            actor=actor,
            now=now,
            detail={"system": draft.system.value, "number": draft.number},
        )
    return entry_id


def withdraw(
    dispute_id: UUID, entry_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Take an entry back that was a mistake; what it said stays in the course of the dispute."""
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "outside_entry", version=None, actor=actor, desk=desk, now=now
        )
        entry = session.get(OutsideEntry, entry_id)
        if entry is None or entry.dispute_id != dispute_id:
            raise NotFound("没有这条外部登记，可能已经撤销")
        _record_withdrawal(session, dispute, entry, reason, actor=actor, desk=desk, now=now)
        session.delete(entry)


def _of_system(
    session: Session, dispute_id: UUID, system: OutsideSystem
) -> list[tuple[OutsideEntry, str]]:
    """What the dispute has in one system, and who noted it.

    The dispute is locked, so nobody else enters the same meanwhile.
    """
    found = session.execute(
        sa.select(OutsideEntry, User.name)
        .join(User, User.id == OutsideEntry.entered_by)
        .where(OutsideEntry.dispute_id == dispute_id, OutsideEntry.system == system)
        .order_by(OutsideEntry.recorded_at, OutsideEntry.id)
    )
    return [(entry, name) for entry, name in found]


def _refuse_twice(there: list[tuple[OutsideEntry, str]], draft: EntryDraft) -> None:
    if any(entry.number == draft.number for entry, _ in there):
        raise Invalid({"number": ["这个系统的这个编号已经登记过了"]})
    if there and draft.correction is None:
        held = _held(there)
        said = f"这件纠纷在{label(draft.system)}里已经登记了 {held}，请选是更正还是另有一个编号"
        raise Invalid({"correction": [said]})


def _corrected(there: list[tuple[OutsideEntry, str]], draft: EntryDraft) -> OutsideEntry | None:
    """The one entry whose place the draft takes, None when it takes none."""
    if not draft.correction:
        if draft.corrects is not None:
            raise Invalid({"corrects": ["没有选更正，就不用选更正哪一个"]})
        return None
    if draft.corrects is not None:
        for entry, _ in there:
            if entry.id == draft.corrects:
                return entry
        raise Invalid({"corrects": ["要更正的编号不在这个系统的登记里，可能已经撤销，请重新选"]})
    if len(there) > 1:
        said = f"这件纠纷在{label(draft.system)}里登记了 {_held(there)}，请选更正哪一个"
        raise Invalid({"corrects": [said]})
    return there[0][0] if there else None


def _held(there: list[tuple[OutsideEntry, str]]) -> str:
    return "、".join(
        f"{entry.number}（{name} {entry.entered_on.month}月{entry.entered_on.day}日）"
        for entry, name in there
    )


def _record_withdrawal(
    session: Session,
    dispute: Dispute,
    entry: OutsideEntry,
    reason: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    record(
        session,
        dispute.id,
        subject="dispute",
        action="outside-withdraw",
        actor=actor,
        now=now,
        reason=reason,
        detail={
            "system": entry.system.value,
            "number": entry.number,
            "entered_on": entry.entered_on.isoformat(),
        },
        key=load.field_key(dispute, desk) if dispute.restricted else None,
    )
