"""Shapes of the yearly plan 年度计划: its years, a plan with its tasks and lights, what changed."""

from datetime import date
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from config.plan import PlanLight, PlanTaskState
from schemas.base import Day, Id, Instant, Limit, Strict, Word

LONGEST: Final = 366  # days


class PlanYearOut(Strict):
    """A year that has a plan; `tasks` counts those in the caller's reach."""

    year = fields.Integer()
    title = fields.String(allow_none=True)
    is_approved = fields.Boolean()
    tasks = fields.Integer()


class PlanYearsOut(Strict):
    """Every year that has a plan, the newest first."""

    items = fields.List(fields.Nested(PlanYearOut))
    next_cursor = fields.String(allow_none=True)


class PlanUnitOut(Strict):
    """A unit."""

    id = Id()
    name = fields.String()


class PlanSourceOut(Strict):
    """What a reason was computed from: its key; of a figure `from` and `to` as its door asks them.

    `/metrics/{id}?from&to` answers the same figure: the day `to` is not counted any more.
    """

    kind = fields.String(attribute="kind.value")
    id = fields.String()
    start_on = Day(data_key="from", allow_none=True)
    ended_before = Day(data_key="to", allow_none=True)


class PlanReasonOut(Strict):
    """One reason of a light: the light it asks for, in a sentence, computed from what."""

    code = fields.String()
    light = Word(PlanLight)
    text = fields.String()
    source = fields.Nested(PlanSourceOut)


class PlanTaskInPlanOut(Strict):
    """One task of a plan; `units` are those its document names, in its words."""

    id = Id()
    number = fields.String()
    name = fields.String()
    text = fields.String()
    units = fields.List(fields.String())
    lead = fields.Nested(PlanUnitOut, allow_none=True)
    co_units = fields.List(fields.Nested(PlanUnitOut))
    state = Word(PlanTaskState)
    due_on = Day()
    light = fields.String()
    reasons = fields.List(fields.Nested(PlanReasonOut))


class PlanSectionOut(Strict):
    """A section 节."""

    number = fields.String(allow_none=True)
    title = fields.String(allow_none=True)
    text = fields.String()
    tasks = fields.List(fields.Nested(PlanTaskInPlanOut))


class PlanChapterOut(Strict):
    """A chapter 章."""

    number = fields.String(allow_none=True)
    title = fields.String(allow_none=True)
    text = fields.String()
    sections = fields.List(fields.Nested(PlanSectionOut))


class PlanTallyOut(Strict):
    """How many tasks stand in which light; those given up are told apart."""

    total = fields.Integer()
    lights = fields.Dict(keys=fields.String(), values=fields.Integer())
    dropped = fields.Integer()
    sentence = fields.Function(lambda found: found.sentence())


class PlanApprovalOut(Strict):
    """Who approved the wording, and whether it is that wording still."""

    is_approved = fields.Boolean()
    approved_by = fields.String(allow_none=True)
    approved_at = Instant(allow_none=True)
    changed_by = fields.String(allow_none=True)
    changed_at = Instant()


class PlanOut(Strict):
    """A plan as far as the caller reaches it, as `plan import` shapes it, with its lights.

    `unplaced` is empty: what is unclear is settled before a plan is taken in.
    """

    year = fields.Integer()
    title = fields.String(allow_none=True)
    preamble = fields.String()
    chapters = fields.List(fields.Nested(PlanChapterOut))
    closing = fields.String()
    unplaced = fields.List(fields.String(), dump_default=[])
    is_whole = fields.Boolean()
    tally = fields.Nested(PlanTallyOut)
    approval = fields.Nested(PlanApprovalOut)
    version = fields.Integer()


class PlanChangeQuery(Strict):
    """The days looked at, both included, and which page."""

    from_ = Day(required=True, data_key="from")
    to = Day(required=True)
    limit = Limit(load_default=50, validate=validate.Range(1, 200, error="应在 1 到 200 之间"))
    cursor = fields.String(load_default=None, validate=validate.Length(max=400))

    @validates_schema
    def _runs_forward(self, data: dict[str, Any], **_: object) -> None:
        first: date | None = data.get("from_")
        last: date | None = data.get("to")
        if first and last and not 0 <= (last - first).days < LONGEST:
            raise ValidationError("结束日期不早于开始日期，最长一年", "to")


class PlanChangeOut(Strict):
    """One thing that was done: to which task (null: to the plan), by whom, what it is about."""

    at = Instant()
    action = fields.String()
    number = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    about = fields.String()
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    reason = fields.String(allow_none=True)
    by = fields.String(allow_none=True)


class PlanLitOut(Strict):
    """A light and why it is what it is, the first reason."""

    light = Word(PlanLight)
    reason = fields.Function(lambda lit: lit.reasons[0].text)


class PlanLightChangeOut(Strict):
    """A task whose light turned."""

    number = fields.String()
    name = fields.String()
    before = fields.Nested(PlanLitOut)
    after = fields.Nested(PlanLitOut)


class PlanChangesOut(Strict):
    """What was done during the days, the newest first, and which lights turned."""

    from_ = Day(data_key="from")
    to = Day()
    lights = fields.List(fields.Nested(PlanLightChangeOut))
    items = fields.List(fields.Nested(PlanChangeOut))
    next_cursor = fields.String(allow_none=True)
