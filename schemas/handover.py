"""Shapes of handovers 移交."""

from datetime import date
from typing import Any

from marshmallow import fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from config.vocabulary import (
    Channel,
    DisputeStatus,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    Outcome,
)
from schemas.base import Day, Id, PageQuery, Strict, Text, Word

MOST_PAPERS = 30
BOXES = ("incoming", "sent", "received", "back")
MEASURES = ("sent", "accepted", "back", "open", "withdrawn", "ended", "agreed")


class HandoverConsentIn(Strict):
    """How the parties agreed; `ground` where nobody has to."""

    how = Word(HandoverConsent, required=True, error_messages={"required": "请选择当事人怎样同意"})
    on = Day(load_default=None, allow_none=True)
    parties = fields.List(Id(), load_default=list, validate=validate.Length(max=100))
    ground = Text(lines=True, load_default=None, allow_none=True, most=300)


class HandoverIn(Strict):
    """A handover to send."""

    organisation = Id(required=True, error_messages={"required": "请选择接收单位"})
    consent = fields.Nested(HandoverConsentIn, required=True)
    papers = fields.List(
        Text(most=100),
        load_default=list,
        validate=validate.Length(max=MOST_PAPERS, error=f"最多写 {MOST_PAPERS} 种材料"),
    )
    risk = Text(lines=True, load_default=None, allow_none=True, most=500)
    reason = Text(
        lines=True,
        required=True,
        most=500,
        least=2,
        error_messages={"required": "请写明为什么移交"},
    )


class HandoverReturnIn(Strict):
    """Why it is returned: a code of `config/handover.toml`, and the words it may ask for."""

    code = Text(required=True, most=30, error_messages={"required": "请选择退回的理由"})
    words = Text(lines=True, load_default=None, allow_none=True, most=500)


class HandoverQuery(PageQuery):
    """Which handovers."""

    box = fields.String(
        load_default="incoming",
        validate=validate.OneOf(BOXES, error="不在可选范围内：{choices}"),
    )


class FlowQuery(Strict):
    """The days 移交日期 of the flow, both included."""

    from_ = Day(required=True, data_key="from")
    to = Day(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        first: date = data["from_"]
        if data["to"] < first:
            raise ValidationError("不能早于开始日期", "to")


class FlowRowsQuery(FlowQuery):
    """A number of the flow; a channel left out is every one."""

    measure = fields.String(
        load_default="sent",
        validate=validate.OneOf(MEASURES, error="不在可选范围内：{choices}"),
    )
    before = Word(Channel, load_default=None)
    after = Word(Channel, load_default=None)
    cursor = fields.String(load_default=None)


class HandoverOut(Strict):
    """One row; of its dispute what a brief row says, and how it ended."""

    id = Id()
    dispute_id = Id()
    number = fields.String()
    category = fields.String()
    restricted = fields.Boolean()
    status = Word(DisputeStatus)
    outcome = Word(Outcome)
    lead = fields.String()
    ordinal = fields.Integer()
    kind = Word(HandoverKind)
    state = Word(HandoverState)
    from_organisation_id = Id()
    from_organisation = fields.String()
    to_organisation_id = Id()
    to_organisation = fields.String()
    from_channel = Word(Channel)
    to_channel = Word(Channel)
    sent_at = fields.AwareDateTime(format="iso")
    due_at = fields.AwareDateTime(format="iso")
    accepted_at = fields.AwareDateTime(format="iso")
    answered_at = fields.AwareDateTime(format="iso")
    return_code = fields.String()
    times_back = fields.Integer()
    to_director = fields.Boolean()


class HandoverDetailOut(Strict):
    """One with its words; None, and `sealed`, for who may not read them."""

    row = fields.Nested(HandoverOut)
    version = fields.Integer()
    sent_by = fields.String()
    answered_by = fields.String()
    consent = Word(HandoverConsent)
    consent_on = Day()
    consent_people = fields.List(fields.String())
    ground = fields.String()
    papers = fields.List(fields.String())
    risk = fields.String()
    reason = fields.String()
    return_words = fields.String()
    sealed = fields.Boolean()
    may_answer = fields.Boolean()
    may_withdraw = fields.Boolean()


class HandoverListOut(Strict):
    """Those of one dispute, in their order."""

    items = fields.List(fields.Nested(HandoverDetailOut))


class HandoverPageOut(Strict):
    """A page of a box."""

    items = fields.List(fields.Nested(HandoverOut))
    next_cursor = fields.String()
    total = fields.Integer()


class HandoverAnswerOut(Strict):
    """What it is now; who answered may see no more of it."""

    id = Id()
    state = Word(HandoverState)


class PairOut(Strict):
    """One mediation handing to another; `counts` by measure."""

    before = Word(Channel)
    after = Word(Channel)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class FlowOut(Strict):
    """The flow of a period."""

    start = Day(data_key="from")
    end = Day(data_key="to")
    pairs = fields.List(fields.Nested(PairOut))


class FlowRowOut(Strict):
    """A handover behind a number."""

    number = fields.String()
    category = fields.String()
    restricted = fields.Boolean()
    status = Word(DisputeStatus)
    outcome = Word(Outcome)
    from_organisation = fields.String()
    to_organisation = fields.String()
    state = Word(HandoverState)
    sent_on = Day()


class FlowRowsOut(Strict):
    """A page of them."""

    items = fields.List(fields.Nested(FlowRowOut))
    next_cursor = fields.String()
