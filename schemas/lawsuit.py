"""Shapes of lawsuits 行政复议与行政诉讼: what is taken and what is shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from marshmallow import fields, validate

from config.lawsuit import Breach, DutySource
from config.suggestion import SuggestionKind
from config.vocabulary import (
    ClockEnd,
    ClockKind,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
    WithdrawalCause,
)
from schemas.base import Day, Flag, Id, PageQuery, Strict, Text, Word
from schemas.dispute import OrganisationOut

MAX_PLAINTIFFS = 500
MOST_DUTIES = 30
CODES = validate.Length(max=20, error="最多 20 项")


class RecordIn(Strict):
    """A case to record. `dispute`: an id or our number; `previous`: an id or a case number."""

    procedure = Word(LawsuitProcedure, required=True)
    instance = Word(LawsuitInstance, required=True)
    court = Text(required=True, most=100)
    case_number = Text(load_default=None, allow_none=True, most=60)
    cause = Text(required=True, most=200)
    act = Text(required=True, most=500)
    plaintiffs = fields.List(
        Text(required=True, most=100),
        required=True,
        validate=validate.Length(
            min=1, max=MAX_PLAINTIFFS, error=f"原告或申请人应为 1 到 {MAX_PLAINTIFFS} 人"
        ),
        error_messages={"required": "请填写原告或申请人", "null": "请填写原告或申请人"},
    )
    organisation = Id(required=True)
    served_on = Day(required=True)
    dispute = Text(load_default=None, allow_none=True, most=40)
    previous = Text(load_default=None, allow_none=True, most=60)
    simplified = fields.Boolean(load_default=False)
    must_attend = fields.List(Text(most=30), load_default=list, validate=CODES)


class Numbered(Strict):
    """A step of a pending case; its number 案号, where it came only now."""

    case_number = Text(load_default=None, allow_none=True, most=60)


class LawsuitAnswerIn(Numbered):
    """When the answer 答辩 and the evidence went to the court."""

    answered_on = Day(required=True)


class AgencyHeadIn(Strict):
    """Whether the head of the agency came; why not, a code or words, and what proves it."""

    attended = Flag(required=True, error_messages={"required": "请选择负责人有没有出庭"})
    name = Text(load_default=None, allow_none=True, most=60)
    title = Text(load_default=None, allow_none=True, most=60)
    reason = Text(load_default=None, allow_none=True, most=100)
    proof = Text(lines=True, load_default=None, allow_none=True, most=300)


class HearIn(Numbered):
    """A hearing that was held 开庭, and who came for the agency."""

    held_on = Day(required=True)
    head = fields.Nested(
        AgencyHeadIn, required=True, error_messages={"required": "请填写负责人出庭情况"}
    )
    lawyer_only = Flag(load_default=False, allow_none=True)


class HearingIn(Strict):
    """A summons 开庭通知: the day, who is to come, and why the head has to."""

    planned_on = Day(required=True)
    head = Text(load_default=None, allow_none=True, most=60)
    title = Text(load_default=None, allow_none=True, most=60)
    must_attend = fields.List(Text(most=30), load_default=list, validate=CODES)


class DecideIn(Numbered):
    """How it was decided 裁判; `served_on` is when the decision reached the agency.

    `checks` are the codes of what was looked at before a withdrawal.
    """

    decided_on = Day(required=True)
    served_on = Day(required=True)
    outcome = Word(LawsuitOutcome, required=True)
    withdrawal_cause = Word(WithdrawalCause, load_default=None, allow_none=True)
    checks = fields.List(Text(most=30), load_default=list, validate=CODES)


class LawsuitPerformIn(Strict):
    """When everything that was owed had been done 履行, and what shows it."""

    done_on = Day(required=True)
    proof = Text(lines=True, load_default=None, allow_none=True, most=500)


class LawsuitDutyIn(Strict):
    """A duty: out of which paper, what, who, until when; nobody named: the agency itself."""

    source = Word(DutySource, required=True)
    words = Text(lines=True, required=True, most=500)
    organisation = Id(load_default=None, allow_none=True)
    due_on = Day(required=True)


class DutyDoneIn(Strict):
    """When a duty was done, and what shows it."""

    done_on = Day(required=True)
    proof = Text(lines=True, required=True, most=500, error_messages={"required": "请写履行凭证"})


class CaseMendIn(Strict):
    """What is mended after a lost case."""

    words = Text(lines=True, required=True, most=500)
    organisation = Id(required=True, error_messages={"required": "请选择责任单位"})
    due_on = Day(required=True)


class CaseReviewIn(Strict):
    """The review 一案一评 of a lost case."""

    causes = fields.List(
        Text(most=30),
        required=True,
        validate=validate.Length(1, 20, error="请选择至少一个原因"),
        error_messages={"required": "请选择至少一个原因"},
    )
    words = Text(lines=True, load_default=None, allow_none=True, most=2000)
    reviewers = Text(required=True, most=100, error_messages={"required": "请填写评析人"})
    reviewed_on = Day(required=True)
    mends = fields.List(
        fields.Nested(CaseMendIn),
        required=True,
        validate=validate.Length(1, MOST_DUTIES, error="请写至少一项整改"),
        error_messages={"required": "请写至少一项整改"},
    )


class MendDoneIn(Strict):
    """When it was mended."""

    done_on = Day(required=True)


class CloseLawsuitIn(Strict):
    """Closing takes no words."""


class LawsuitQuery(PageQuery):
    """Filters of the list of lawsuits; plain fields, all optional."""

    status = Word(LawsuitStatus, load_default=None)
    procedure = Word(LawsuitProcedure, load_default=None)
    organisation = Id(load_default=None)
    outcome = Word(LawsuitOutcome, load_default=None)
    served_from = Day(load_default=None)
    served_to = Day(load_default=None)
    unperformed = fields.Boolean(load_default=None)
    breach = fields.Boolean(load_default=None)
    overdue = fields.Boolean(load_default=None)


class LinkedDisputeOut(Strict):
    """The dispute behind a case; the id only for who may open it."""

    id = Id()
    number = fields.String()


class LinkedLetterOut(Strict):
    """A letter 建议书 the case came after."""

    id = Id()
    number = fields.String()
    kind = Word(SuggestionKind)
    issuer = fields.String()
    document_number = fields.String()


class PreviousOut(Strict):
    """The case at the earlier instance."""

    id = Id()
    case_number = fields.String()


class LawsuitClockOut(Strict):
    """One term of a case; late is for ever, and a party's own term 救济期限 is never late."""

    rule = fields.String()
    name = fields.String()
    kind = Word(ClockKind)
    start_on = Day()
    due_on = Day()
    provisional = Flag()
    stopped_on = Day()
    ended = Word(ClockEnd)
    late = Flag()


class HearingOut(Strict):
    """One hearing: planned, held, who came, and what was wrong with that."""

    ordinal = fields.Integer()
    planned_on = Day()
    planned_head = fields.String()
    planned_title = fields.String()
    held_on = Day()
    attended = fields.Boolean()
    head = fields.String()
    title = fields.String()
    reason = fields.String()
    reason_label = fields.String()
    proof = fields.String()
    lawyer_only = fields.Boolean()
    breach = Word(Breach)


class LawsuitDutyOut(Strict):
    """One duty: done late it is late for ever."""

    number = fields.Integer()
    source = Word(DutySource)
    words = fields.String()
    organisation = fields.Nested(OrganisationOut)
    due_on = Day()
    done_on = Day()
    proof = fields.String()
    late = Flag()


class CaseMendOut(Strict):
    """What is mended."""

    number = fields.Integer()
    words = fields.String()
    organisation = fields.Nested(OrganisationOut)
    due_on = Day()
    done_on = Day()
    late = Flag()


class CaseReviewOut(Strict):
    """The review 一案一评."""

    causes = fields.List(fields.String())
    words = fields.String()
    reviewers = fields.String()
    reviewed_on = Day()
    mends = fields.List(fields.Nested(CaseMendOut))


class WithdrawalCheckOut(Strict):
    """One thing that is looked at when a suit is withdrawn."""

    code = fields.String()
    words = fields.String()
    done = Flag()


class LawsuitChainOut(Strict):
    """One case of the chain 审级, the earliest first."""

    id = Id()
    case_number = fields.String()
    procedure = Word(LawsuitProcedure)
    instance = Word(LawsuitInstance)
    status = Word(LawsuitStatus)
    outcome = Word(LawsuitOutcome)
    this = Flag()


class LawsuitRowOut(Strict):
    """One row of a list; it names no plaintiff."""

    id = Id()
    procedure = Word(LawsuitProcedure)
    instance = Word(LawsuitInstance)
    court = fields.String()
    case_number = fields.String()
    cause = fields.String()
    organisation = fields.Nested(OrganisationOut)
    served_on = Day()
    status = Word(LawsuitStatus)
    outcome = Word(LawsuitOutcome)
    withdrawal_cause = Word(WithdrawalCause)
    decided_on = Day()
    due_on = Day()
    due_rule = fields.String()
    due_provisional = Flag()
    overdue = Flag()
    answered_late = fields.Boolean()
    breach = Flag()
    unperformed = fields.Integer()


class LawsuitOut(LawsuitRowOut):
    """One case as the viewer may see it; `steps` are those open to the viewer."""

    act = fields.String()
    decision_served_on = Day()
    plaintiffs = fields.List(fields.String())
    dispute = fields.Nested(LinkedDisputeOut)
    suggestions = fields.List(fields.Nested(LinkedLetterOut))
    previous = fields.Nested(PreviousOut)
    chain = fields.List(fields.Nested(LawsuitChainOut))
    simplified = Flag()
    must_attend = fields.List(fields.String())
    head_must_attend = Flag()
    answered_on = Day()
    heard_on = Day()
    head_attended = fields.Boolean()
    lost = Flag()
    checks = fields.List(fields.Nested(WithdrawalCheckOut))
    mediated_before = fields.Boolean()
    clocks = fields.List(fields.Nested(LawsuitClockOut))
    hearings = fields.List(fields.Nested(HearingOut))
    duties = fields.List(fields.Nested(LawsuitDutyOut))
    case_review = fields.Nested(CaseReviewOut)
    performed_on = Day()
    closed_on = Day()
    recorded_at = fields.AwareDateTime(format="iso")
    steps = fields.List(fields.String())
    version = fields.Integer()


class LawsuitPageOut(Strict):
    """A page of a list; `total` only when asked for."""

    items = fields.List(fields.Nested(LawsuitRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


SHAPES: Final[Mapping[LawsuitStep, type[Strict]]] = MappingProxyType(
    {
        LawsuitStep.ANSWER: LawsuitAnswerIn,
        LawsuitStep.HEAR: HearIn,
        LawsuitStep.DECIDE: DecideIn,
        LawsuitStep.PERFORM: LawsuitPerformIn,
        LawsuitStep.CLOSE: CloseLawsuitIn,
    }
)


class HearingListOut(Strict):
    """The hearings of a case."""

    items = fields.List(fields.Nested(HearingOut))


class DutyListOut(Strict):
    """The duties of a case."""

    items = fields.List(fields.Nested(LawsuitDutyOut))


class BriefLawsuitOut(Strict):
    """One lawsuit behind a figure."""

    id = Id()
    case_number = fields.String()
    procedure = Word(LawsuitProcedure)
    instance = Word(LawsuitInstance)
    court = fields.String()
    organisation = fields.String()
    served_on = Day()
    decided_on = Day()
    status = Word(LawsuitStatus)
    outcome = Word(LawsuitOutcome)
    withdrawal_cause = Word(WithdrawalCause)
    counted = Flag()
