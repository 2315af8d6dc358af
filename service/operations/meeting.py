"""Meetings 会议: call one, write its minutes with what was decided, say what came of a decision.

What is said is sealed with a key of the meeting's own. A dispute comes on the agenda by its number,
which only who reads that dispute in full can put there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.clock_subject import ClockSubject
from config.meeting import DecisionState, MeetingKind, MeetingState
from config.vocabulary import ClockEnd
from models import (
    Dispute,
    Meeting,
    MeetingDecision,
    MeetingItem,
    MeetingMember,
    Organisation,
    transaction,
)
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.gateways.keyring import FieldKey
from service.operations import clock_subject as clocks
from service.operations.clock_subject import Owed
from service.operations.event import record as record_event
from service.queries import sight
from service.queries.access import in_full
from service.queries.meeting import NOT_FOUND, open_to, reached
from service.rules import access
from service.rules import meeting as rules
from service.rules.access import Actor

RULE: Final = "MEET.DUE"
UNKNOWN: Final = "没有这个编号的纠纷，或者您不能看它的内容"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """An item of the agenda: words, or the `number` of a dispute, or both."""

    words: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDraft:
    """A meeting to call; `members` are the invited units."""

    kind: MeetingKind
    title: str
    held_at: datetime
    place: str
    members: Sequence[UUID]
    items: Sequence[ItemDraft]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """What was decided: who does what until when, on which item of the agenda, if on one."""

    words: str
    organisation: UUID
    due_on: date
    item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What the minutes say; `said` by the ordinal of an item."""

    words: str | None
    attended: Sequence[UUID]
    said: dict[int, str] = field(default_factory=dict)
    decisions: Sequence[DecisionDraft] = ()


def call(draft: MeetingDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Call a meeting; its id. Raises Invalid at `members` and at `items.N.number`."""
    access.require(actor, "meeting.call", desk.policy.access)
    with transaction() as session:
        rules.check_members(draft.members, _active(session, draft.members))
        disputes = _disputes(session, draft.items, actor=actor, desk=desk, now=now)
        made = uuid4()
        sealed_key, key = desk.keyring.new_field_key(f"meeting:{made}")
        session.add(
            Meeting(
                id=made,
                kind=draft.kind,
                state=MeetingState.CALLED,
                title=draft.title,
                organisation_id=actor.organisation_id,
                held_at=draft.held_at,
                place=draft.place,
                sealed_key=sealed_key,
                called_by=actor.user_id,
                called_at=now,
            )
        )
        session.flush()
        session.add_all(MeetingMember(meeting_id=made, organisation_id=e) for e in draft.members)
        for place, (item, dispute_id) in enumerate(zip(draft.items, disputes, strict=True), 1):
            row = uuid4()
            session.add(
                MeetingItem(
                    id=row,
                    meeting_id=made,
                    ordinal=place,
                    dispute_id=dispute_id,
                    words_sealed=key.seal_optional(item.words, f"meeting_item.words:{row}"),
                )
            )
        detail = {"members": len(draft.members), "items": len(draft.items)}
        _note(session, made, "call", detail, actor=actor, now=now)
        return made


def record(
    meeting_id: UUID,
    minutes: Minutes,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Write the minutes, once: who came, what was said on each item, what was decided.

    Of an item about a dispute the caller cannot read they write nothing. Raises NotFound, Stale,
    Conflict for minutes that are written or too early, Invalid at `decisions.N.…`.
    """
    access.require(actor, "meeting.call", desk.policy.access)
    with transaction() as session:
        meeting, key = _held(session, meeting_id, actor, desk)
        if meeting.version != version:
            raise Stale(["state"])
        rules.check_recordable(meeting.state, begun=meeting.held_at <= now)
        owners = [each.organisation for each in minutes.decisions]
        days = [each.due_on for each in minutes.decisions]
        active = _active(session, owners)
        rules.check_decisions(days, owners, active=active, today=desk.today(now))
        reads = access.scope(actor, "dispute.read", desk.policy.access)
        mine = sa.select(MeetingItem).where(
            MeetingItem.meeting_id == meeting_id, open_to(MeetingItem, reads, now)
        )
        items = {each.ordinal: each for each in session.scalars(mine)}
        _check_places(minutes, items)
        for place, words in minutes.said.items():
            row = items[place]
            row.minutes_sealed = key.seal(words, f"meeting_item.minutes:{row.id}")
        invited = sa.select(MeetingMember).where(MeetingMember.meeting_id == meeting_id)
        for member in session.scalars(invited):
            member.attended = member.organisation_id in minutes.attended
        for count, each in enumerate(minutes.decisions, 1):
            decided = _decision(meeting, each, count, items, key)
            session.add(decided)
            _promise(session, decided, desk=desk, now=now)
        meeting.minutes_sealed = key.seal_optional(minutes.words, f"meeting.minutes:{meeting.id}")
        meeting.state, meeting.recorded_by, meeting.recorded_at = (
            MeetingState.HELD,
            actor.user_id,
            now,
        )
        session.flush()
        detail = {"decisions": len(minutes.decisions)}
        _note(session, meeting_id, "record", detail, actor=actor, now=now)


def settle(
    meeting_id: UUID,
    decision_id: UUID,
    words: str,
    *,
    dropped: bool = False,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say what came of a decision: the unit it is for, or who calls meetings, who alone drops one.

    Raises NotFound, Forbidden for another unit's, Conflict for one that is settled.
    """
    access.require(actor, "meeting.follow", desk.policy.access)
    calls = access.may(actor, "meeting.call", desk.policy.access)
    with transaction() as session:
        _, key = _held(session, meeting_id, actor, desk)
        reads = access.scope(actor, "dispute.read", desk.policy.access)
        row = session.scalar(
            sa.select(MeetingDecision)
            .where(
                MeetingDecision.id == decision_id,
                MeetingDecision.meeting_id == meeting_id,
                open_to(MeetingDecision, reads, now),
            )
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound("没有找到这项议定事项")
        if not calls and (dropped or row.organisation_id != actor.organisation_id):
            raise Forbidden("议定事项由负责的单位填写落实情况")
        rules.check_settleable(row.state)
        row.state = DecisionState.DROPPED if dropped else DecisionState.DONE
        row.follow_up_sealed = key.seal(words, f"meeting_decision.follow_up:{row.id}")
        row.settled_by, row.settled_at = actor.user_id, now
        ended = ClockEnd.WITHDRAWN if dropped else ClockEnd.MET
        clocks.stop(session, _owed(row), ended, desk.today(now), desk=desk, now=now)
        session.flush()
        detail = {"decision": str(row.id), "state": row.state.value}
        _note(session, meeting_id, "settle", detail, actor=actor, now=now)


@sight.whole("meetings")
def _held(session: Session, meeting_id: UUID, actor: Actor, desk: Desk) -> tuple[Meeting, FieldKey]:
    """The meeting, locked, and its key: of the caller's town, or one their unit was invited to."""
    found = session.scalar(
        sa.select(Meeting)
        .where(Meeting.id == meeting_id, reached(actor, desk))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(NOT_FOUND)
    return found, desk.keyring.field_key(found.sealed_key, f"meeting:{found.id}")


def _active(session: Session, wanted: Sequence[UUID]) -> set[UUID]:
    found = sa.select(Organisation.id).where(Organisation.id.in_(wanted), Organisation.active)
    return set(session.scalars(found))


def _disputes(
    session: Session, items: Sequence[ItemDraft], *, actor: Actor, desk: Desk, now: datetime
) -> list[UUID | None]:
    """The disputes of the agenda by number, which the caller reads in full."""
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    numbers = {each.number for each in items if each.number}
    found = {
        each.number: each.id
        for each in session.execute(
            sa.select(Dispute.number, Dispute.id).where(
                Dispute.number.in_(numbers), in_full(reads, now), Dispute.erased_at.is_(None)
            )
        )
    }
    wrong = {
        f"items.{place}.number": [UNKNOWN]
        for place, each in enumerate(items)
        if each.number and each.number not in found
    }
    if wrong:
        raise Invalid(wrong)
    return [found[each.number] if each.number else None for each in items]


def _check_places(minutes: Minutes, items: dict[int, Any]) -> None:
    """What is said or decided belongs to an item that is there, for who writes it."""
    named = {*minutes.said, *(each.item for each in minutes.decisions if each.item is not None)}
    if not named <= items.keys():
        raise Conflict("会议议程里没有这一项")


def _decision(
    meeting: Meeting,
    draft: DecisionDraft,
    ordinal: int,
    items: dict[int, MeetingItem],
    key: FieldKey,
) -> MeetingDecision:
    made = uuid4()
    return MeetingDecision(
        id=made,
        meeting_id=meeting.id,
        ordinal=ordinal,
        dispute_id=items[draft.item].dispute_id if draft.item is not None else None,
        organisation_id=draft.organisation,
        words_sealed=key.seal(draft.words, f"meeting_decision.words:{made}"),
        due_on=draft.due_on,
        state=DecisionState.OPEN,
    )


def _promise(session: Session, row: MeetingDecision, *, desk: Desk, now: datetime) -> None:
    """Who owes it is reminded; one that is about a dispute reminds nobody who may not read it."""
    today = desk.today(now)
    clocks.state(session, _owed(row), RULE, row.due_on, today, desk=desk, now=now)


def _owed(row: MeetingDecision) -> Owed:
    unit = row.organisation_id
    return Owed(subject=ClockSubject.DECISION, id=row.id, organisation_id=unit)


def _note(
    session: Session,
    meeting_id: UUID,
    deed: str,
    detail: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record_event(
        session,
        meeting_id,
        subject="meeting",
        action=deed,
        actor=actor,
        now=now,
        detail=detail,
    )
