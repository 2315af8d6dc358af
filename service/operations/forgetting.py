"""Forget what is personal in a dispute 销毁: the key that opens it, and every word in clear.

The dispute's key is overwritten with one that has sealed nothing, so whatever was sealed with the
old one, and lies in the trail or anywhere else, opens no more. What is counted stays: category,
dates, outcome, money, village, unit, the number of its parties.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Agreement,
    Attachment,
    Basis,
    ChargeMeasure,
    ClockChange,
    Confirmation,
    Consultation,
    CourtReferral,
    DataRequest,
    Dispute,
    DossierSample,
    Event,
    Glass,
    Handover,
    IdempotencyRecord,
    JointTask,
    Material,
    MediationSession,
    MeetingDecision,
    MeetingItem,
    Merge,
    Notice,
    OutsideEntry,
    Party,
    Recusal,
    RepeatVisit,
    Route,
    Share,
    Supervision,
    Visit,
)
from service.desk import Desk
from service.gateways.consultation import place_of
from service.gateways.keyring import FieldKey, new_token
from service.operations import dispute_text
from service.operations.audit import FORGETTABLE

GONE: Final = "已销毁"
Forgetter = Callable[[Session, Dispute, FieldKey], None]


def forget(session: Session, dispute: Dispute, *, desk: Desk, now: datetime) -> None:
    """Make the dispute, and everything that belongs to it, say nothing about a person.

    So does what was merged into it 并案, which has no time of its own.
    """
    led = session.scalars(sa.select(Consultation).where(Consultation.dispute_id == dispute.id))
    consultations = list(led)
    for each in consultations:
        _blank(each, desk, now)
    dispute_text.forget(session, dispute.id, [each.id for each in consultations])
    dispute.sealed_key, key = desk.keyring.new_field_key(f"dispute:{dispute.id}")
    dispute.erased_at = now
    for part in FORGETTERS:
        part(session, dispute, key)
    _requests(session, dispute, desk)
    went_into = sa.select(Dispute).where(
        Dispute.merged_into_id == dispute.id, Dispute.erased_at.is_(None)
    )
    for gone in session.scalars(went_into.order_by(Dispute.id)).all():
        forget(session, gone, desk=desk, now=now)


def forget_consultation(session: Session, row: Consultation, *, desk: Desk, now: datetime) -> None:
    """The same of a consultation that led to no dispute."""
    _blank(row, desk, now)
    dispute_text.forget_consultations(session, [row.id])


def _blank(row: Consultation, desk: Desk, now: datetime) -> None:
    row.sealed_key, _ = desk.keyring.new_field_key(place_of(row.id))
    row.question = row.answer = ""
    row.question_sealed = row.answer_sealed = row.name_sealed = row.phone_sealed = None
    row.erased_at = now


def _requests(session: Session, dispute: Dispute, desk: Desk) -> None:
    """Who asked about it, and in which words, once nothing is left that they asked about."""
    about = sa.cast(DataRequest.dispute_ids, sa.Text).contains(str(dispute.id))
    for row in session.scalars(sa.select(DataRequest).where(about)).all():
        asked_about = [UUID(each) for each in row.dispute_ids]
        left = sa.select(Dispute.id).where(Dispute.id.in_(asked_about), Dispute.erased_at.is_(None))
        if session.scalar(left.limit(1)) is None:
            row.sealed_key, key = desk.keyring.new_field_key(f"data_request:{row.id}")
            row.name_sealed = key.seal("", f"data_request.name:{row.id}")
            row.id_number_sealed = key.seal("", f"data_request.id_number:{row.id}")
            row.phone_sealed = row.wish_sealed = row.decision_sealed = None


def _dispute(_: Session, dispute: Dispute, key: FieldKey) -> None:
    dispute.code_sealed = key.seal(new_token(), f"dispute.code:{dispute.id}")  # opens no slip
    dispute.narrative = None if dispute.restricted else ""
    dispute.narrative_sealed = (
        key.seal("", f"dispute.narrative:{dispute.id}") if dispute.restricted else None
    )
    dispute.place_sealed = dispute.remark_sealed = None
    dispute.source_reference = dispute.interpreter = dispute.mediator_text = None
    dispute.platform_index = dispute.fingerprint = dispute.indexed_sealed = None
    dispute.facts = {}


def _parties(session: Session, dispute: Dispute, _: FieldKey) -> None:
    gone: dict[str, Any] = dict.fromkeys(
        (
            "name_sealed",
            "initials",
            "id_number_sealed",
            "id_number_index",
            "phone_sealed",
            "phone_index",
            "phone_tail_index",
            "address_sealed",
        )
    )
    _write(session, Party, Party.dispute_id == dispute.id, name="", **gone)


def _mediation(session: Session, dispute: Dispute, key: FieldKey) -> None:
    for session_id in session.scalars(
        sa.select(MediationSession.id).where(MediationSession.dispute_id == dispute.id)
    ).all():
        minutes = key.seal("", f"session.minutes:{session_id}")
        held = MediationSession.id == session_id
        _write(session, MediationSession, held, place=GONE, minutes_sealed=minutes)
    agreed = Agreement.dispute_id == dispute.id
    _write(session, Agreement, agreed, terms_sealed=None, document_number=None)
    _write(session, Visit, Visit.dispute_id == dispute.id, note_sealed=None)


def _words(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """What was written in passing: reasons, the names of papers, numbers others know it by."""
    about = (Event.subject == "dispute") & (Event.subject_id == dispute.id)
    _write(session, Event, about, reason=None, reason_sealed=None)
    for event in session.scalars(sa.select(Event).where(about)).all():
        if FORGETTABLE & event.detail.keys():
            event.detail = {k: v for k, v in event.detail.items() if k not in FORGETTABLE}
    overridden = (Route.dispute_id == dispute.id) & Route.override_reason.is_not(None)
    _write(session, Route, overridden, override_reason=GONE)
    asked = {"category": dispute.category, "facts": {}}
    _write(session, Route, Route.dispute_id == dispute.id, request=asked, answer={})
    _write(session, Material, Material.dispute_id == dispute.id, name=GONE)
    entries = session.scalars(
        sa.select(OutsideEntry.id).where(OutsideEntry.dispute_id == dispute.id)
    )
    for entry_id in entries.all():  # one number stands once in one system
        _write(session, OutsideEntry, OutsideEntry.id == entry_id, number=f"{GONE} {entry_id}")


def _opened_to(session: Session, dispute: Dispute, key: FieldKey) -> None:
    """Why others were let in; who was, and when, stays."""
    _write(session, Share, Share.dispute_id == dispute.id, basis=None)
    for glass_id in session.scalars(sa.select(Glass.id).where(Glass.dispute_id == dispute.id)):
        reason = key.seal("", f"glass.reason:{glass_id}")
        _write(session, Glass, Glass.id == glass_id, reason_sealed=reason)


def _clocks(session: Session, dispute: Dispute, key: FieldKey) -> None:
    """Why a term was changed and how somebody was pressed; that it was, and when, stays."""
    mine = ClockChange.dispute_id == dispute.id
    _write(session, ClockChange, mine, words_sealed=None, decision_sealed=None)
    pressed = sa.select(Supervision.id, Supervision.replied_at).where(
        Supervision.dispute_id == dispute.id
    )
    for each, replied_at in session.execute(pressed).all():
        reply = None if replied_at is None else key.seal("", f"supervision.reply:{each}")
        words = key.seal("", f"supervision.words:{each}")
        which = Supervision.id == each
        _write(session, Supervision, which, words_sealed=words, reply_sealed=reply)


def _handovers(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """Why it went and who agreed; from which unit to which, and when, stays."""
    gone: dict[str, Any] = dict.fromkeys(
        (
            "consent_parties",
            "ground_sealed",
            "papers_sealed",
            "risk_sealed",
            "reason_sealed",
            "return_sealed",
        )
    )
    _write(session, Handover, Handover.dispute_id == dispute.id, **gone)


def _recusals(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """Why a mediator was not wanted; that they were changed, and when, stays."""
    mine = Recusal.dispute_id == dispute.id
    _write(session, Recusal, mine, reason_sealed=None, decision_sealed=None)


def _joint_tasks(session: Session, dispute: Dispute, key: FieldKey) -> None:
    """What units were asked to do, and what they said; that they were, and when, stays."""
    asked = sa.select(JointTask.id, JointTask.answered_at, JointTask.waived_by).where(
        JointTask.dispute_id == dispute.id
    )
    for each, answered_at, waived_by in session.execute(asked).all():
        told = {"words": True, "opinion": answered_at is not None, "reason": waived_by is not None}
        blank = {
            f"{name}_sealed": key.seal("", f"joint_task.{name}:{each}") if there else None
            for name, there in told.items()
        }
        _write(session, JointTask, JointTask.id == each, **blank)


def _charges(session: Session, dispute: Dispute, key: FieldKey) -> None:
    """What leaders did about it; that they were in charge, and when they looked, stays."""
    written = sa.select(ChargeMeasure.id).where(ChargeMeasure.dispute_id == dispute.id)
    for each in session.scalars(written).all():
        blank = key.seal("", f"charge_measure.words:{each}")
        _write(session, ChargeMeasure, ChargeMeasure.id == each, words_sealed=blank)


def _meetings(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """What was said and decided about it at meetings; that it was on the agenda stays."""
    said: dict[str, Any] = {"words_sealed": None, "minutes_sealed": None}
    _write(session, MeetingItem, MeetingItem.dispute_id == dispute.id, **said)
    decided: dict[str, Any] = {"words_sealed": None, "follow_up_sealed": None}
    _write(session, MeetingDecision, MeetingDecision.dispute_id == dispute.id, **decided)


def _court(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """What the court wrote, the number of its case too; that it sent it, and when, stays."""
    mine = CourtReferral.dispute_id == dispute.id
    words = ("contact_sealed", "materials_sealed", "back_sealed", "undisputed_sealed")
    _write(session, CourtReferral, mine, case_number="", **dict.fromkeys(words))
    ruled = Confirmation.dispute_id == dispute.id
    _write(session, Confirmation, ruled, case_number=None, reason_sealed=None)


def _bases(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """What for somebody consented, and why no longer; that they did, and when, stays."""
    mine = Basis.dispute_id == dispute.id
    _write(session, Basis, mine, scope_sealed=None, withdrawal_sealed=None)


def _merges(session: Session, dispute: Dispute, key: FieldKey) -> None:
    """Why it was merged, what was said by who came again, what its dossier lacked; that, stays."""
    made = sa.select(Merge.id, Merge.undone_at).where(Merge.dispute_id == dispute.id)
    for each, undone_at in session.execute(made).all():
        undo = None if undone_at is None else key.seal("", f"merge.undo:{each}")
        reason = key.seal("", f"merge.reason:{each}")
        _write(session, Merge, Merge.id == each, reason_sealed=reason, undo_sealed=undo)
    _write(session, DossierSample, DossierSample.dispute_id == dispute.id, findings_sealed=None)
    _write(session, RepeatVisit, RepeatVisit.dispute_id == dispute.id, words_sealed=None)


def _attachments(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """The rows; the files, which nothing opens any more, are swept as belonging to nothing."""
    mine = (Attachment.subject == "dispute") & (Attachment.subject_id == dispute.id)
    session.execute(_quietly(sa.delete(Attachment).where(mine)))


def _copies(session: Session, dispute: Dispute, _: FieldKey) -> None:
    """Notices about it, and kept answers that told of it."""
    session.execute(_quietly(sa.delete(Notice).where(Notice.dispute_id == dispute.id)))
    named = f"%{dispute.id}%"
    told = IdempotencyRecord.route.like(named) | sa.cast(IdempotencyRecord.headers, sa.Text).like(
        named
    )
    session.execute(_quietly(sa.delete(IdempotencyRecord).where(told)))


# every part that keeps something about a dispute forgets it here; a new one adds its own function
FORGETTERS: Final[tuple[Forgetter, ...]] = (
    _dispute,
    _parties,
    _mediation,
    _words,
    _opened_to,
    _clocks,
    _handovers,
    _recusals,
    _joint_tasks,
    _charges,
    _meetings,
    _court,
    _bases,
    _merges,
    _attachments,
    _copies,
)


def _write(session: Session, table: Any, which: sa.ColumnElement[bool], **values: Any) -> None:
    session.execute(_quietly(sa.update(table).where(which).values(**values)))


def _quietly(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
