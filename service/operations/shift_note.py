"""Hand the window over 交班, and take it over 接班: once, by somebody else of the same unit."""

from datetime import datetime
from typing import Final, NoReturn
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ShiftNote, User, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, NotFound
from service.operations.event import record as record_event
from service.queries import shift_note as queries
from service.rules import access
from service.rules.access import Actor

SUBJECT: Final = "shift_note"


def hand_over(words: str, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Leave a note for the next clerk, with the counts of what is open at this moment.

    The numbers of the first disputes behind the counts are kept with them.
    """
    access.require(actor, "shift.hand_over", desk.policy.access)
    note_id = uuid4()
    with transaction() as session:
        found = queries.open_now(actor=actor, desk=desk, now=now)
        session.add(
            ShiftNote(
                id=note_id,
                organisation_id=actor.organisation_id,
                written_on=desk.today(now),
                written_at=now,
                written_by=actor.user_id,
                words_sealed=desk.keyring.seal(words.encode(), queries.place_of(note_id)),
                open_items=queries.kept(found),
            )
        )
        _record(session, note_id, "hand_over", actor, now)
    return note_id


def take(note_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Take over what a colleague left; of two at once one is told that the other was quicker.

    Raises NotFound for another unit's note, Forbidden for one's own, Conflict when it is taken.
    """
    access.require(actor, "shift.hand_over", desk.policy.access)
    with transaction() as session:
        taken = session.execute(
            sa.update(ShiftNote)
            .where(
                ShiftNote.id == note_id,
                ShiftNote.organisation_id == actor.organisation_id,
                ShiftNote.written_by != actor.user_id,
                ShiftNote.taken_by.is_(None),
            )
            .values(taken_by=actor.user_id, taken_at=now)
            .returning(ShiftNote.id)
            .execution_options(synchronize_session=False)
        ).first()
        if taken is None:
            _refuse(session, note_id, actor)
        _record(session, note_id, "take", actor, now)


def _refuse(session: Session, note_id: UUID, actor: Actor) -> NoReturn:
    found = session.execute(
        sa.select(ShiftNote.written_by, User.name)
        .outerjoin(User, User.id == ShiftNote.taken_by)
        .where(ShiftNote.id == note_id, ShiftNote.organisation_id == actor.organisation_id)
    ).first()
    if found is None:
        raise NotFound("没有找到这份交班记录")
    if found.name is not None:
        raise Conflict(f"这份交班已经由{found.name}接了")
    raise Forbidden("自己写的交班要由接班的人来接")


def _record(session: Session, note_id: UUID, action: str, actor: Actor, now: datetime) -> None:
    record_event(session, note_id, subject=SUBJECT, action=action, actor=actor, now=now)
