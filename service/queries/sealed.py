"""Every column that holds something sealed or a keyed hash: under which key, at which place.

One row for each column of bytes there is: a test compares this page with the tables. Rotation of
keys and the export in clear both read it; a column that is missing here would be lost with the key
it was sealed under. Operations and queries that seal and open spell the same places themselves.
"""

from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from models import (
    Agreement,
    Allowance,
    Attachment,
    AuditEntry,
    AuditHead,
    Basis,
    CaseMend,
    CaseReview,
    ChargeMeasure,
    ClockChange,
    Confirmation,
    Consultation,
    CourtReferral,
    DataRequest,
    Dispute,
    DossierSample,
    Draft,
    Event,
    Glass,
    Guidance,
    Handover,
    Hearing,
    IdempotencyRecord,
    Interest,
    JointTask,
    KeyCheck,
    Lawsuit,
    LawsuitDuty,
    Linkage,
    LinkageStep,
    MediationSession,
    Mediator,
    Meeting,
    MeetingDecision,
    MeetingItem,
    Merge,
    OutboxMessage,
    Party,
    PlanEntry,
    PlanEvidence,
    RecoveryCode,
    Recusal,
    RepeatVisit,
    ShiftNote,
    Suggestion,
    SuggestionDemand,
    SuggestionFile,
    SuggestionLook,
    SuggestionObjection,
    SuggestionRound,
    Supervision,
    User,
    Visit,
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column sealed with the data key itself; `place` names columns of its row in braces."""

    column: Any
    place: str

    @property
    def needs(self) -> list[Any]:
        """The columns its place is told by."""
        return needed(self.column, self.place)


@dataclass(frozen=True, slots=True)
class Field:
    """A column sealed with the key of its `owner`, which `of` names; `fixed`: not written anew."""

    column: Any
    place: str
    owner: Any
    of: Any
    fixed: bool = False

    @property
    def needs(self) -> list[Any]:
        """The columns its place is told by."""
        return needed(self.column, self.place)


# What is sealed with the data key: the keys of things, and what belongs to no thing. The key check
# comes last: it says that all others are done.
SEALED: Final = (
    Sealed(Dispute.sealed_key, "dispute:{id}"),
    Sealed(Lawsuit.sealed_key, "lawsuit:{id}"),
    Sealed(Consultation.sealed_key, "consultation:{id}"),
    Sealed(DataRequest.sealed_key, "data_request:{id}"),
    Sealed(Guidance.sealed_key, "guidance:{id}"),
    Sealed(Meeting.sealed_key, "meeting:{id}"),
    Sealed(Suggestion.sealed_key, "suggestion:{id}"),
    Sealed(Linkage.sealed_key, "linkage:{id}"),
    Sealed(PlanEntry.sealed_key, "plan_entry:{id}"),
    Sealed(PlanEvidence.sealed_key, "plan_evidence:{id}"),
    Sealed(User.phone_sealed, "user.phone:{id}"),
    Sealed(User.second_factor_sealed, "user.second_factor:{id}"),
    Sealed(Mediator.id_number_sealed, "mediator.id_number:{id}"),
    Sealed(Mediator.phone_sealed, "mediator.phone:{id}"),
    Sealed(Mediator.address_sealed, "mediator.address:{id}"),
    Sealed(Interest.name_sealed, "interest.name:{id}"),
    Sealed(Interest.id_number_sealed, "interest.id_number:{id}"),
    Sealed(ShiftNote.words_sealed, "shift_note.words:{id}"),
    Sealed(Draft.content_sealed, "draft:{user_id}:{form_key}"),
    Sealed(IdempotencyRecord.answer_sealed, "idempotency_record.answer:{user_id}:{route}:{key}"),
)
CHECKS: Final = Sealed(KeyCheck.sealed, "key_check:{name}")

# What is sealed with the key of its dispute, lawsuit, consultation or request. The places of
# events, the trail and attachments name the id of any subject: what opens there is a dispute's.
FIELDS: Final = (
    Field(Dispute.code_sealed, "dispute.code:{id}", Dispute, Dispute.id),
    Field(Dispute.narrative_sealed, "dispute.narrative:{id}", Dispute, Dispute.id),
    Field(Dispute.place_sealed, "dispute.place:{id}", Dispute, Dispute.id),
    Field(Dispute.remark_sealed, "dispute.remark:{id}", Dispute, Dispute.id),
    Field(Dispute.indexed_sealed, "dispute.indexed:{id}", Dispute, Dispute.id),
    Field(Party.name_sealed, "party.name:{id}", Dispute, Party.dispute_id),
    Field(Party.id_number_sealed, "party.id_number:{id}", Dispute, Party.dispute_id),
    Field(Party.phone_sealed, "party.phone:{id}", Dispute, Party.dispute_id),
    Field(Party.address_sealed, "party.address:{id}", Dispute, Party.dispute_id),
    Field(
        MediationSession.minutes_sealed,
        "session.minutes:{id}",
        Dispute,
        MediationSession.dispute_id,
    ),
    Field(
        Agreement.terms_sealed,
        "agreement.terms:{dispute_id}:{ordinal}",
        Dispute,
        Agreement.dispute_id,
    ),
    Field(Visit.note_sealed, "visit.note:{id}", Dispute, Visit.dispute_id),
    Field(Attachment.name_sealed, "attachment.name:{id}", Dispute, Attachment.subject_id),
    Field(
        Attachment.withdrawal_sealed, "attachment.withdrawal:{id}", Dispute, Attachment.subject_id
    ),
    Field(Basis.scope_sealed, "basis.scope:{id}", Dispute, Basis.dispute_id),
    Field(Basis.withdrawal_sealed, "basis.withdrawal:{id}", Dispute, Basis.dispute_id),
    Field(PlanEntry.values_sealed, "plan_entry.values:{id}", PlanEntry, PlanEntry.id),
    Field(PlanEvidence.name_sealed, "plan_evidence.name:{id}", PlanEvidence, PlanEvidence.id),
    # what happened is not written anew
    Field(Event.reason_sealed, "event.reason:{subject_id}", Dispute, Event.subject_id, fixed=True),
    Field(
        AuditEntry.reason_sealed,
        "audit.reason:{subject_id}",
        Dispute,
        AuditEntry.subject_id,
        fixed=True,
    ),
    Field(Glass.reason_sealed, "glass.reason:{id}", Dispute, Glass.dispute_id, fixed=True),
    Field(ClockChange.words_sealed, "clock_change.words:{id}", Dispute, ClockChange.dispute_id),
    Field(
        ClockChange.decision_sealed, "clock_change.decision:{id}", Dispute, ClockChange.dispute_id
    ),
    Field(
        DossierSample.findings_sealed,
        "dossier_sample.findings:{id}",
        Dispute,
        DossierSample.dispute_id,
    ),
    Field(Supervision.words_sealed, "supervision.words:{id}", Dispute, Supervision.dispute_id),
    Field(Supervision.reply_sealed, "supervision.reply:{id}", Dispute, Supervision.dispute_id),
    Field(Merge.reason_sealed, "merge.reason:{id}", Dispute, Merge.dispute_id),
    Field(Merge.undo_sealed, "merge.undo:{id}", Dispute, Merge.dispute_id),
    Field(RepeatVisit.words_sealed, "repeat_visit.words:{id}", Dispute, RepeatVisit.dispute_id),
    Field(Recusal.reason_sealed, "recusal.reason:{id}", Dispute, Recusal.dispute_id),
    Field(Recusal.decision_sealed, "recusal.decision:{id}", Dispute, Recusal.dispute_id),
    Field(Handover.ground_sealed, "handover.ground:{id}", Dispute, Handover.dispute_id),
    Field(Handover.papers_sealed, "handover.papers:{id}", Dispute, Handover.dispute_id),
    Field(Handover.risk_sealed, "handover.risk:{id}", Dispute, Handover.dispute_id),
    Field(Handover.reason_sealed, "handover.reason:{id}", Dispute, Handover.dispute_id),
    Field(Handover.return_sealed, "handover.return:{id}", Dispute, Handover.dispute_id),
    Field(JointTask.words_sealed, "joint_task.words:{id}", Dispute, JointTask.dispute_id),
    Field(JointTask.opinion_sealed, "joint_task.opinion:{id}", Dispute, JointTask.dispute_id),
    Field(JointTask.reason_sealed, "joint_task.reason:{id}", Dispute, JointTask.dispute_id),
    Field(
        ChargeMeasure.words_sealed,
        "charge_measure.words:{id}",
        Dispute,
        ChargeMeasure.dispute_id,
    ),
    Field(Meeting.minutes_sealed, "meeting.minutes:{id}", Meeting, Meeting.id),
    Field(MeetingItem.words_sealed, "meeting_item.words:{id}", Meeting, MeetingItem.meeting_id),
    Field(MeetingItem.minutes_sealed, "meeting_item.minutes:{id}", Meeting, MeetingItem.meeting_id),
    Field(
        MeetingDecision.words_sealed,
        "meeting_decision.words:{id}",
        Meeting,
        MeetingDecision.meeting_id,
    ),
    Field(
        MeetingDecision.follow_up_sealed,
        "meeting_decision.follow_up:{id}",
        Meeting,
        MeetingDecision.meeting_id,
    ),
    Field(
        SuggestionDemand.text_sealed,
        "suggestion_demand.text:{id}",
        Suggestion,
        SuggestionDemand.suggestion_id,
    ),
    Field(
        SuggestionDemand.measure_sealed,
        "suggestion_demand.measure:{id}",
        Suggestion,
        SuggestionDemand.suggestion_id,
    ),
    Field(
        SuggestionDemand.owner_sealed,
        "suggestion_demand.owner:{id}",
        Suggestion,
        SuggestionDemand.suggestion_id,
    ),
    Field(
        SuggestionDemand.reason_sealed,
        "suggestion_demand.reason:{id}",
        Suggestion,
        SuggestionDemand.suggestion_id,
    ),
    Field(
        SuggestionRound.reason_sealed,
        "suggestion_round.reason:{id}",
        Suggestion,
        SuggestionRound.suggestion_id,
    ),
    Field(
        SuggestionRound.reply_sealed,
        "suggestion_round.reply:{id}",
        Suggestion,
        SuggestionRound.suggestion_id,
    ),
    Field(
        SuggestionObjection.reason_sealed,
        "suggestion_objection.reason:{id}",
        Suggestion,
        SuggestionObjection.suggestion_id,
    ),
    Field(
        SuggestionObjection.words_sealed,
        "suggestion_objection.words:{id}",
        Suggestion,
        SuggestionObjection.suggestion_id,
    ),
    Field(
        SuggestionLook.words_sealed,
        "suggestion_look.words:{id}",
        Suggestion,
        SuggestionLook.suggestion_id,
    ),
    Field(
        SuggestionFile.name_sealed,
        "suggestion_file.name:{id}",
        Suggestion,
        SuggestionFile.suggestion_id,
    ),
    Field(Confirmation.reason_sealed, "confirmation.reason:{id}", Dispute, Confirmation.dispute_id),
    Field(
        CourtReferral.contact_sealed,
        "court_referral.contact:{id}",
        Dispute,
        CourtReferral.dispute_id,
    ),
    Field(
        CourtReferral.materials_sealed,
        "court_referral.materials:{id}",
        Dispute,
        CourtReferral.dispute_id,
    ),
    Field(CourtReferral.back_sealed, "court_referral.back:{id}", Dispute, CourtReferral.dispute_id),
    Field(
        CourtReferral.undisputed_sealed,
        "court_referral.undisputed:{id}",
        Dispute,
        CourtReferral.dispute_id,
    ),
    Field(Lawsuit.plaintiffs_sealed, "lawsuit.plaintiffs:{id}", Lawsuit, Lawsuit.id),
    Field(Hearing.planned_head_sealed, "hearing.planned_head:{id}", Lawsuit, Hearing.lawsuit_id),
    Field(Hearing.head_sealed, "hearing.head:{id}", Lawsuit, Hearing.lawsuit_id),
    Field(Hearing.proof_sealed, "hearing.proof:{id}", Lawsuit, Hearing.lawsuit_id),
    Field(LawsuitDuty.words_sealed, "duty.words:{id}", Lawsuit, LawsuitDuty.lawsuit_id),
    Field(LawsuitDuty.proof_sealed, "duty.proof:{id}", Lawsuit, LawsuitDuty.lawsuit_id),
    Field(CaseReview.words_sealed, "case_review.words:{id}", Lawsuit, CaseReview.lawsuit_id),
    Field(
        CaseReview.reviewers_sealed, "case_review.reviewers:{id}", Lawsuit, CaseReview.lawsuit_id
    ),
    Field(CaseMend.words_sealed, "case_mend.words:{id}", Lawsuit, CaseMend.lawsuit_id),
    Field(Consultation.name_sealed, "consultation.name:{id}", Consultation, Consultation.id),
    Field(Consultation.phone_sealed, "consultation.phone:{id}", Consultation, Consultation.id),
    Field(
        Consultation.question_sealed, "consultation.question:{id}", Consultation, Consultation.id
    ),
    Field(Consultation.answer_sealed, "consultation.answer:{id}", Consultation, Consultation.id),
    Field(DataRequest.name_sealed, "data_request.name:{id}", DataRequest, DataRequest.id),
    Field(DataRequest.id_number_sealed, "data_request.id_number:{id}", DataRequest, DataRequest.id),
    Field(DataRequest.phone_sealed, "data_request.phone:{id}", DataRequest, DataRequest.id),
    Field(DataRequest.wish_sealed, "data_request.wish:{id}", DataRequest, DataRequest.id),
    Field(DataRequest.decision_sealed, "data_request.decision:{id}", DataRequest, DataRequest.id),
    Field(Guidance.finding_sealed, "guidance.finding:{id}", Guidance, Guidance.id),
    Field(Guidance.follow_up_sealed, "guidance.follow_up:{id}", Guidance, Guidance.id),
    Field(Linkage.words_sealed, "linkage.words:{id}", Linkage, Linkage.id),
    Field(LinkageStep.words_sealed, "linkage_step.words:{id}", Linkage, LinkageStep.linkage_id),
)

# Blind indexes, which operations/keyring.py computes anew from what is sealed beside them.
INDEXED: Final = (
    Party.id_number_index,
    Party.phone_index,
    Party.phone_tail_index,
    Dispute.fingerprint,
    Dispute.platform_index,
)

# Keyed hashes that are gone within days: counters, and the bodies of requests (7 days).
EXPIRING: Final = (Allowance.subject, IdempotencyRecord.fingerprint)

# Keyed hashes under a key of their own that outlives the ring: the secret of the account's second
# factor, which is sealed above.
OWN_KEYED: Final = (RecoveryCode.code_hash,)

# Keyed hashes of the trail, under the audit key: they are what must never change.
CHAINED: Final = (
    AuditEntry.reason_mac,
    AuditEntry.prev_hash,
    AuditEntry.hash,
    AuditHead.hash,
    AuditHead.mac,
)

# Bytes that nobody sealed: a letter holds no party's data (contract 8.4).
CLEAR: Final = (OutboxMessage.content,)


def needed(column: Any, place: str) -> list[Any]:
    """The columns of the row of `column` that `place` names."""
    table = column.class_
    return [getattr(table, name) for _, name, _, _ in Formatter().parse(place) if name]


def place_in(row: Any, place: str) -> str:
    """Where a value of this row belongs."""
    return place.format_map(row._mapping)  # noqa: SLF001 -- SQLAlchemy documents it as public


def name_of(column: Any) -> str:
    """How people and reports call a column."""
    return f"{column.class_.__tablename__}.{column.key}"
