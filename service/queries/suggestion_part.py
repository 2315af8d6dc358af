"""Look at the parts of a letter 建议书: demands, replies, objections, looks back, files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.clock_subject import ClockSubject
from config.suggestion import (
    Adoption,
    SuggestionPaper,
)
from config.vocabulary import Media
from models import (
    Clock,
    ClockStep,
    Suggestion,
    SuggestionDemand,
    SuggestionFile,
    SuggestionLook,
    SuggestionObjection,
    SuggestionRound,
    User,
    db,
)
from service.gateways.keyring import FieldKey
from service.rules import suggestion as rules
from service.rules import suggestion_reply
from service.rules.suggestion_reply import Answer, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandView:
    """One demand and its answer; None where there is none yet.

    `promised`: by a day, and not done.
    """

    number: int
    text: str = field(repr=False)
    measure: str | None = field(repr=False)
    owner: str | None = field(repr=False)
    reason: str | None = field(repr=False)
    due_on: date | None
    done_on: date | None
    adopted: Adoption | None
    answered_by: str | None
    answered_at: datetime | None
    answered_round: int | None
    promised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyView:
    """One round and its reply; `text` is the reply as it was approved.

    `reply` is that, or the `draft` of one as it reads now, while the letter is worked on.
    """

    round: int
    received_on: date
    stated_due_on: date | None
    confirmed_on: date | None
    due_on: date | None
    sent_back: str | None = field(repr=False)
    reply: Reply | None = field(repr=False)
    draft: bool
    text: str | None = field(repr=False)
    approved_by: str | None
    approved_at: datetime | None
    dispatched_on: date | None
    dispatched_by: str | None
    method: str | None
    document_number: str | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionView:
    """One objection and what became of it."""

    round: int
    reason: str = field(repr=False)
    raised_on: date
    raised_by: str
    decided_on: date | None
    upheld: bool | None
    words: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """One look back."""

    looked_on: date
    holds: bool
    words: str = field(repr=False)
    looked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionFileView:
    """One file of a letter."""

    id: UUID
    name: str = field(repr=False)
    paper: SuggestionPaper
    demand: int | None
    round: int
    media: Media
    size: int
    sha256: str
    stored_as: UUID
    uploaded_by: str
    uploaded_at: datetime


def is_unfinished(demand: SuggestionDemand) -> bool:
    """Whether something was promised for it by a day, and is not done."""
    taken_up = demand.adopted in (Adoption.YES, Adoption.PARTLY)
    return taken_up and demand.due_on is not None and demand.done_on is None


def demands(row: Suggestion) -> Sequence[Any]:
    """Its demands in their order, each with the name of who answered it."""
    by = aliased(User)
    return db.session.execute(
        sa.select(SuggestionDemand, by.name)
        .outerjoin(by, by.id == SuggestionDemand.answered_by)
        .where(SuggestionDemand.suggestion_id == row.id)
        .order_by(SuggestionDemand.number)
        .execution_options(populate_existing=True)
    ).all()


def demand(row: SuggestionDemand, by: str | None, key: FieldKey) -> DemandView:
    """One demand opened."""
    return DemandView(
        number=row.number,
        text=key.open(row.text_sealed, f"suggestion_demand.text:{row.id}"),
        measure=key.open_optional(row.measure_sealed, f"suggestion_demand.measure:{row.id}"),
        owner=key.open_optional(row.owner_sealed, f"suggestion_demand.owner:{row.id}"),
        reason=key.open_optional(row.reason_sealed, f"suggestion_demand.reason:{row.id}"),
        due_on=row.due_on,
        done_on=row.done_on,
        adopted=row.adopted,
        answered_by=by,
        answered_at=row.answered_at,
        answered_round=row.answered_round,
        promised=is_unfinished(row),
    )


def rounds(row: Suggestion) -> Sequence[Any]:
    """Its rounds in their order, each with the names of `approver` and `sender`."""
    approver, sender = aliased(User), aliased(User)
    return db.session.execute(
        sa.select(SuggestionRound, approver.name.label("approver"), sender.name.label("sender"))
        .outerjoin(approver, approver.id == SuggestionRound.approved_by)
        .outerjoin(sender, sender.id == SuggestionRound.dispatched_by)
        .where(SuggestionRound.suggestion_id == row.id)
        .order_by(SuggestionRound.round)
        .execution_options(populate_existing=True)
    ).all()


def drafted_reply(
    row: Suggestion, turn: SuggestionRound, demands: Sequence[SuggestionDemand], key: FieldKey
) -> Reply:
    """The reply of the round that runs as it reads now; its reader opened the letter."""
    proofs = [each for each in files(row, key) if each.paper is SuggestionPaper.PROOF]
    return Reply(
        kind=row.kind,
        issuer=row.issuer,
        document_number=row.document_number,
        title=row.title,
        received_on=row.received_on,
        returned_on=turn.received_on if turn.round > 1 else None,
        unit=row.organisation.name,
        answers=[
            _answered(each, [p.name for p in proofs if p.demand == each.number], key)
            for each in demands
        ],
    )


def _answered(row: SuggestionDemand, proofs: Sequence[str], key: FieldKey) -> Answer:
    words: dict[str, Any] = {
        name: key.open_optional(
            getattr(row, f"{name}_sealed"), f"suggestion_demand.{name}:{row.id}"
        )
        for name in ("text", "measure", "reason", "owner")
    }
    return Answer(
        number=row.number,
        adopted=row.adopted,
        due_on=row.due_on,
        done_on=row.done_on,
        proofs=proofs,
        **words,
    )


def reply(found: Any, row: Suggestion, drafted: Reply, key: FieldKey) -> ReplyView:
    """One round and its reply; `drafted` is what the round that runs would say now."""
    turn: SuggestionRound = found.SuggestionRound
    stored = key.open_optional(turn.reply_sealed, f"suggestion_round.reply:{turn.id}")
    reply = suggestion_reply.read(stored, drafted) if stored else None
    drafts = reply is None and turn.round == row.round and row.status in rules.AT_WORK
    due_on = turn.due_on if turn.dispatched_on or turn.round < row.round else row.due_on
    sent_on = turn.dispatched_on
    return ReplyView(
        round=turn.round,
        received_on=turn.received_on,
        stated_due_on=turn.stated_due_on,
        confirmed_on=turn.confirmed_on,
        due_on=due_on,
        sent_back=key.open_optional(turn.reason_sealed, f"suggestion_round.reason:{turn.id}"),
        reply=drafted if drafts else reply,
        draft=drafts,
        text=suggestion_reply.text(reply) if reply else None,
        approved_by=found.approver,
        approved_at=turn.approved_at,
        dispatched_on=sent_on,
        dispatched_by=found.sender,
        method=turn.method,
        document_number=turn.document_number,
        late=sent_on is not None and rules.is_late(due_on, sent_on),
    )


def objections(row: Suggestion, key: FieldKey) -> list[ObjectionView]:
    """Its objections, oldest first."""
    found = db.session.execute(
        sa.select(SuggestionObjection, User.name)
        .join(User, User.id == SuggestionObjection.raised_by)
        .where(SuggestionObjection.suggestion_id == row.id)
        .order_by(SuggestionObjection.raised_at, SuggestionObjection.id)
        .execution_options(populate_existing=True)
    )
    return [
        ObjectionView(
            round=each.round,
            reason=key.open(each.reason_sealed, f"suggestion_objection.reason:{each.id}"),
            raised_on=each.raised_on,
            raised_by=by,
            decided_on=each.decided_on,
            upheld=each.upheld,
            words=key.open_optional(each.words_sealed, f"suggestion_objection.words:{each.id}"),
        )
        for each, by in found
    ]


def looks(row: Suggestion, key: FieldKey) -> list[LookView]:
    """The looks back, oldest first."""
    found = db.session.execute(
        sa.select(SuggestionLook, User.name)
        .join(User, User.id == SuggestionLook.looked_by)
        .where(SuggestionLook.suggestion_id == row.id)
        .order_by(SuggestionLook.looked_on, SuggestionLook.id)
    )
    return [
        LookView(
            looked_on=each.looked_on,
            holds=each.holds,
            words=key.open(each.words_sealed, f"suggestion_look.words:{each.id}"),
            looked_by=by,
        )
        for each, by in found
    ]


def files(row: Suggestion, key: FieldKey) -> list[SuggestionFileView]:
    """The files of a letter, oldest first."""
    found = db.session.execute(
        sa.select(SuggestionFile, User.name)
        .join(User, User.id == SuggestionFile.uploaded_by)
        .where(SuggestionFile.suggestion_id == row.id)
        .order_by(SuggestionFile.uploaded_at, SuggestionFile.id)
    )
    return [
        SuggestionFileView(
            id=each.id,
            name=key.open(each.name_sealed, f"suggestion_file.name:{each.id}"),
            paper=each.paper,
            demand=each.demand,
            round=each.round,
            media=each.media,
            size=each.size,
            sha256=each.sha256,
            stored_as=each.stored_as,
            uploaded_by=by,
            uploaded_at=each.uploaded_at,
        )
        for each, by in found
    ]


def is_kept(file_id: UUID) -> bool:
    """Whether the file has become one of a letter."""
    asked = sa.select(SuggestionFile.id).where(SuggestionFile.id == file_id)
    return db.session.scalar(asked) is not None


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step of the ladder that was told, of which day, and when."""

    step: str
    due_on: date
    told_at: datetime


def told_steps(suggestion_id: UUID) -> list[ToldStep]:
    """The steps of the ladder that were told of a letter, oldest first; its reader opened it."""
    found = db.session.execute(
        sa.select(ClockStep.step, ClockStep.due_on, ClockStep.told_at)
        .join(Clock, Clock.id == ClockStep.clock_id)
        .where(Clock.subject == ClockSubject.SUGGESTION, Clock.subject_id == suggestion_id)
        .order_by(ClockStep.told_at, ClockStep.due_on, ClockStep.step)
    )
    return [ToldStep(*each) for each in found]
