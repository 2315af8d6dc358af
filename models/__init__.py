"""What we remember: tables, constraints, history, migrations."""

from models.allowance import Allowance
from models.attachment import Attachment
from models.attendance import Attendance
from models.audit import AuditEntry, AuditHead
from models.backup import BackupRun, HeldMessage, Restoration
from models.base import (
    Base,
    Identified,
    before_commit,
    db,
    insert,
    insert_on,
    listen,
    transaction,
)
from models.basis import Basis
from models.calendar import CalendarYear
from models.case_review import CaseMend, CaseReview
from models.charge import Charge, ChargeMeasure
from models.clock import Clock, ClockChange, ClockStep
from models.consultation import Consultation
from models.counter import Counter
from models.court import Confirmation, CourtReferral
from models.data_request import DataRequest
from models.dispute import Dispute
from models.dispute_text import DisputeText
from models.dossier_review import DossierReview, DossierSample
from models.draft import Draft
from models.duty import LawsuitDuty
from models.duty_list import DutyTurn
from models.episode import Episode
from models.erasure import Erasure, ErasureItem, Hold
from models.evaluation import Evaluation, EvaluationObjection, EvaluationScheme
from models.event import Event
from models.exchange import Exchange, ExchangeRow
from models.grant import Grant
from models.guidance import Guidance
from models.handover import Handover
from models.hearing import Hearing
from models.idempotency import IdempotencyRecord
from models.job_run import JobRun
from models.joint_task import JointTask
from models.key_check import KeyCheck
from models.lawsuit import Lawsuit
from models.ledger_batch import LedgerBatch
from models.link import Link
from models.linkage import Linkage, LinkageName, LinkageStep
from models.litigation import Litigation
from models.material import Material
from models.mediation import Agreement, MediationSession, Visit
from models.mediator import Interest, Mediator, MediatorLeave
from models.meeting import Meeting, MeetingDecision, MeetingItem, MeetingMember
from models.member import Membership, Seat
from models.merge import Merge
from models.notice import Notice
from models.organisation import Organisation
from models.outbox import OutboxMessage
from models.outside_entry import OutsideEntry
from models.party import Party
from models.password import PastPassword
from models.plan import Plan, PlanChapter, PlanSection
from models.plan_entry import PlanEntry
from models.plan_evidence import PlanEvidence
from models.plan_import import PlanImport
from models.plan_report import PlanReport
from models.plan_task import (
    PlanAssist,
    PlanDependence,
    PlanIndicator,
    PlanMeasure,
    PlanMilestone,
    PlanNote,
    PlanTask,
    PlanTaskRegister,
)
from models.reception import Reception, ReceptionVisit
from models.recusal import Recusal
from models.repeat import RepeatVisit
from models.replay import Replay
from models.restricted import Glass, Named
from models.route import Route
from models.rulebook import RulebookVersion
from models.second_factor import RecoveryCode
from models.share import Share
from models.shift_note import ShiftNote
from models.substitution import Substitution
from models.suggestion import (
    Suggestion,
    SuggestionDemand,
    SuggestionFile,
    SuggestionLook,
    SuggestionObjection,
    SuggestionRound,
)
from models.supervision import Supervision
from models.text_duty import Duty, TextDuty
from models.token import Token
from models.user import User, UserRole, UserSession
from models.weekly import Subscription, WeeklyReport

__all__ = [
    "Agreement",
    "Allowance",
    "Attachment",
    "Attendance",
    "AuditEntry",
    "AuditHead",
    "BackupRun",
    "Base",
    "Basis",
    "CalendarYear",
    "CaseMend",
    "CaseReview",
    "Charge",
    "ChargeMeasure",
    "Clock",
    "ClockChange",
    "ClockStep",
    "Confirmation",
    "Consultation",
    "Counter",
    "CourtReferral",
    "DataRequest",
    "Dispute",
    "DisputeText",
    "DossierReview",
    "DossierSample",
    "Draft",
    "Duty",
    "DutyTurn",
    "Episode",
    "Erasure",
    "ErasureItem",
    "Evaluation",
    "EvaluationObjection",
    "EvaluationScheme",
    "Event",
    "Exchange",
    "ExchangeRow",
    "Glass",
    "Grant",
    "Guidance",
    "Handover",
    "Hearing",
    "HeldMessage",
    "Hold",
    "IdempotencyRecord",
    "Identified",
    "Interest",
    "JobRun",
    "JointTask",
    "KeyCheck",
    "Lawsuit",
    "LawsuitDuty",
    "LedgerBatch",
    "Link",
    "Linkage",
    "LinkageName",
    "LinkageStep",
    "Litigation",
    "Material",
    "MediationSession",
    "Mediator",
    "MediatorLeave",
    "Meeting",
    "MeetingDecision",
    "MeetingItem",
    "MeetingMember",
    "Membership",
    "Merge",
    "Named",
    "Notice",
    "Organisation",
    "OutboxMessage",
    "OutsideEntry",
    "Party",
    "PastPassword",
    "Plan",
    "PlanAssist",
    "PlanChapter",
    "PlanDependence",
    "PlanEntry",
    "PlanEvidence",
    "PlanImport",
    "PlanIndicator",
    "PlanMeasure",
    "PlanMilestone",
    "PlanNote",
    "PlanReport",
    "PlanSection",
    "PlanTask",
    "PlanTaskRegister",
    "Reception",
    "ReceptionVisit",
    "RecoveryCode",
    "Recusal",
    "RepeatVisit",
    "Replay",
    "Restoration",
    "Route",
    "RulebookVersion",
    "Seat",
    "Share",
    "ShiftNote",
    "Subscription",
    "Substitution",
    "Suggestion",
    "SuggestionDemand",
    "SuggestionFile",
    "SuggestionLook",
    "SuggestionObjection",
    "SuggestionRound",
    "Supervision",
    "TextDuty",
    "Token",
    "User",
    "UserRole",
    "UserSession",
    "Visit",
    "WeeklyReport",
    "before_commit",
    "db",
    "insert",
    "insert_on",
    "listen",
    "transaction",
]
