"""Shapes of letters 建议书: what is taken, the steps, what is shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from marshmallow import ValidationError, fields, validate, validates_schema

from config.suggestion import (
    Adoption,
    SuggestionEnd,
    SuggestionKind,
    SuggestionPaper,
    SuggestionStatus,
    SuggestionStep,
)
from schemas.base import Count, Day, Flag, Id, PageQuery, Strict, Text, Word
from schemas.dispute import OrganisationOut

MOST_DEMANDS = 50
MOST_NUMBER = 99
NUMBERED = "请写明建议的每一条"


class DemandIn(Strict):
    """One numbered demand of the letter."""

    number = Count(required=True, most=MOST_NUMBER)
    text = Text(lines=True, required=True, most=2000, error_messages={"required": NUMBERED})


class LetterIn(Strict):
    """A letter that came: from whom, about what, what it demands, by when."""

    kind = Word(SuggestionKind, required=True)
    issuer = Text(required=True, most=100)
    document_number = Text(required=True, most=60)
    title = Text(required=True, most=120)
    received_on = Day(required=True)
    stated_due_on = Day(load_default=None, allow_none=True)
    urgent = Flag(load_default=False)
    organisation = Id(required=True)
    served_how = Text(load_default=None, allow_none=True, most=40)
    copied_to = Text(load_default=None, allow_none=True, most=200)
    demands = fields.List(
        fields.Nested(DemandIn),
        required=True,
        validate=validate.Length(1, MOST_DEMANDS, error=f"请写 1 到 {MOST_DEMANDS} 条建议"),
        error_messages={"required": NUMBERED},
    )


class CorrectLetterIn(Strict):
    """A correction of what was written down of a letter, and why; a field left out stays."""

    kind = Word(SuggestionKind)
    issuer = Text(most=100)
    document_number = Text(most=60)
    received_on = Day()
    stated_due_on = Day(allow_none=True)
    urgent = Flag()
    served_how = Text(allow_none=True, most=40)
    reason = Text(required=True, least=2, most=200)

    @validates_schema
    def _changes_something(self, data: dict[str, object], **kwargs: object) -> None:
        if not data.keys() - {"reason"}:
            raise ValidationError("没有要修改的内容", "body")


class TurnOverIn(Strict):
    """Which unit works it out."""

    organisation = Id(required=True)


class ConfirmDueIn(Strict):
    """What the issuer said of the term; without a date: the one that was counted holds."""

    due_on = Day(load_default=None, allow_none=True)


class AnswerDemandIn(Strict):
    """What is done about one demand."""

    number = Count(required=True, most=MOST_NUMBER)
    measure = Text(lines=True, required=True, most=2000)
    owner = Text(load_default=None, allow_none=True, most=60)
    due_on = Day(load_default=None, allow_none=True)
    done_on = Day(load_default=None, allow_none=True)
    adopted = Word(Adoption, required=True)
    reason = Text(lines=True, load_default=None, allow_none=True, most=1000)


class ApproveIn(Strict):
    """Approving takes no words."""


class DispatchReplyIn(Strict):
    """That the reply went out, how, under which number of ours."""

    dispatched_on = Day(required=True)
    method = Text(required=True, most=40)
    document_number = Text(required=True, most=60)


class LetterSendBackIn(Strict):
    """The issuer wants more: a new round."""

    received_on = Day(required=True)
    stated_due_on = Day(load_default=None, allow_none=True)
    reason = Text(lines=True, required=True, most=1000, least=2)


class ObjectIn(Strict):
    """Why the letter is objected to."""

    reason = Text(lines=True, required=True, most=1000, least=2)


class DecideObjectionIn(Strict):
    """What the issuer decided."""

    upheld = Flag(required=True)
    words = Text(lines=True, load_default=None, allow_none=True, most=1000)


class AcceptRectifiedIn(Strict):
    """The issuer accepts what was done."""

    accepted_on = Day(required=True)


class FinishDemandIn(Strict):
    """That what was promised for one demand is done."""

    number = Count(required=True, most=MOST_NUMBER)
    done_on = Day(required=True)


class LookBackIn(Strict):
    """What a look back found."""

    looked_on = Day(required=True)
    holds = Flag(required=True)
    words = Text(lines=True, required=True, most=1000)


class SueIn(Strict):
    """That a suit was filed; `lawsuit` is the id or the case number of a recorded one."""

    filed_on = Day(required=True)
    lawsuit = Text(load_default=None, allow_none=True, most=60)


class CloseLetterIn(Strict):
    """Closing takes no words."""


class LetterFileIn(Strict):
    """What the file is; `demand` is the number of the demand it proves."""

    paper = Word(SuggestionPaper, required=True)
    demand = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MOST_NUMBER, error=f"应在 1 到 {MOST_NUMBER} 之间"),
    )
    keep_location = fields.Boolean(load_default=False)


class LetterQuery(PageQuery):
    """Filters of the list; plain fields, all optional."""

    status = Word(SuggestionStatus, load_default=None)
    kind = Word(SuggestionKind, load_default=None)
    organisation = Id(load_default=None)
    overdue = fields.Boolean(load_default=None)
    open = fields.Boolean(load_default=None)


class DemandOut(Strict):
    """One demand and its answer; null where there is none yet."""

    number = fields.Integer()
    text = fields.String()
    measure = fields.String()
    owner = fields.String()
    due_on = Day()
    done_on = Day()
    adopted = Word(Adoption)
    reason = fields.String()
    answered_by = fields.String()
    answered_at = fields.AwareDateTime(format="iso")
    answered_round = fields.Integer()


class DemandListOut(Strict):
    """The demands of a letter, by their numbers."""

    items = fields.List(fields.Nested(DemandOut))


class ReplyOut(Strict):
    """One round: what was owed by when, and how its reply went out; `text` is as approved."""

    round = fields.Integer()
    received_on = Day()
    stated_due_on = Day()
    confirmed_on = Day()
    due_on = Day()
    sent_back = fields.String()
    text = fields.String()
    approved_by = fields.String()
    approved_at = fields.AwareDateTime(format="iso")
    dispatched_on = Day()
    dispatched_by = fields.String()
    method = fields.String()
    document_number = fields.String()
    late = fields.Boolean()


class ReplyListOut(Strict):
    """The rounds of a letter, the first one first."""

    items = fields.List(fields.Nested(ReplyOut))


class ObjectionOut(Strict):
    """One objection."""

    round = fields.Integer()
    reason = fields.String()
    raised_on = Day()
    raised_by = fields.String()
    decided_on = Day()
    upheld = fields.Boolean()
    words = fields.String()


class LookOut(Strict):
    """One look back."""

    looked_on = Day()
    holds = fields.Boolean()
    words = fields.String()
    looked_by = fields.String()


class LetterFileOut(Strict):
    """One file of a letter."""

    id = Id()
    name = fields.String()
    paper = Word(SuggestionPaper)
    demand = fields.Integer()
    round = fields.Integer()
    size = fields.Integer()
    sha256 = fields.String()
    uploaded_by = fields.String()
    uploaded_at = fields.AwareDateTime(format="iso")


class LetterFileListOut(Strict):
    """The files of a letter, oldest first."""

    items = fields.List(fields.Nested(LetterFileOut))


class LinkedSuitOut(Strict):
    """The suit a letter led to."""

    id = Id()
    case_number = fields.String()


class LetterRowOut(Strict):
    """One row of a list; it says nothing of what the letter demands."""

    id = Id()
    number = fields.String()
    kind = Word(SuggestionKind)
    issuer = fields.String()
    document_number = fields.String()
    title = fields.String()
    organisation = fields.Nested(OrganisationOut)
    received_on = Day()
    urgent = Flag()
    status = Word(SuggestionStatus)
    round = fields.Integer()
    due_on = Day()
    rule = fields.String()
    provisional = Flag()
    overdue = Flag()
    first_replied_on = Day()
    replied_on = Day()
    late = Flag()


class LetterOut(LetterRowOut):
    """One letter as the viewer may see it; `steps` are those open to the viewer."""

    served_how = fields.String()
    copied_to = fields.String()
    stated_due_on = Day()
    demands = fields.List(fields.Nested(DemandOut))
    replies = fields.List(fields.Nested(ReplyOut))
    objections = fields.List(fields.Nested(ObjectionOut))
    looks = fields.List(fields.Nested(LookOut))
    objected_on = Day()
    accepted_on = Day()
    sued_on = Day()
    lawsuit = fields.Nested(LinkedSuitOut)
    closed_on = Day()
    ended_as = Word(SuggestionEnd)
    recorded_at = fields.AwareDateTime(format="iso")
    steps = fields.List(fields.String())
    version = fields.Integer()


class LetterPageOut(Strict):
    """A page of a list; `total` only when asked for."""

    items = fields.List(fields.Nested(LetterRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


SHAPES: Final[Mapping[SuggestionStep, type[Strict]]] = MappingProxyType(
    {
        SuggestionStep.ASSIGN: TurnOverIn,
        SuggestionStep.CONFIRM_DUE: ConfirmDueIn,
        SuggestionStep.ANSWER_DEMAND: AnswerDemandIn,
        SuggestionStep.FINISH_DEMAND: FinishDemandIn,
        SuggestionStep.APPROVE: ApproveIn,
        SuggestionStep.DISPATCH: DispatchReplyIn,
        SuggestionStep.SEND_BACK: LetterSendBackIn,
        SuggestionStep.OBJECT: ObjectIn,
        SuggestionStep.DECIDE_OBJECTION: DecideObjectionIn,
        SuggestionStep.ACCEPT: AcceptRectifiedIn,
        SuggestionStep.LOOK_BACK: LookBackIn,
        SuggestionStep.SUE: SueIn,
        SuggestionStep.CLOSE: CloseLetterIn,
    }
)


class BriefSuggestionOut(Strict):
    """One letter behind a figure; no word of what it demands."""

    id = Id()
    number = fields.String()
    kind = Word(SuggestionKind)
    issuer = fields.String()
    document_number = fields.String()
    organisation = fields.String()
    received_on = Day()
    owed_on = Day()
    due_on = Day()
    first_replied_on = Day()
    status = Word(SuggestionStatus)
    round = fields.Integer()
    late = Flag()
    overdue = Flag()
    counted = Flag()
