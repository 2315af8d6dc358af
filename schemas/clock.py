"""Shapes of clocks 期限: what is entered and asked for, a term, its day table, its changes."""

from marshmallow import fields, validate

from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    ClockState,
    DisputeStatus,
    TimeUnit,
)
from schemas.base import Count, Day, Flag, Id, Instant, PageQuery, Strict, Text, Word


class ClockIn(Strict):
    """A term to enter: its rule with the start, or the date another office wrote down."""

    rule = Text(required=True, most=30, error_messages={"required": "请选择哪个期限"})
    start_on = Day(load_default=None, allow_none=True)
    start_at = Instant(load_default=None, allow_none=True)
    due_on = Day(load_default=None, allow_none=True)


class ClockChangeIn(Strict):
    """A pause or an extension that is asked for; a pause begins today unless it says when."""

    kind = Word(ClockChangeKind, required=True)
    ground = Text(required=True, most=40, error_messages={"required": "请选择事由"})
    words = Text(required=True, most=500, lines=True, error_messages={"required": "请写明情况"})
    length = Count(load_default=None, allow_none=True, most=1000)
    from_on = Day(load_default=None, allow_none=True)


class ClockDecisionIn(Strict):
    """What the second person says; a refusal wants words."""

    granted = Flag(required=True, error_messages={"required": "请选择同意还是不同意"})
    words = Text(load_default=None, allow_none=True, most=500, lines=True)


class ClockResumeIn(Strict):
    """The first day that counts again; today when it is left out."""

    on = Day(load_default=None, allow_none=True)


class ClockStopIn(Strict):
    """Why a term stops: it was met on a day, or another one takes its place."""

    ended = Word(ClockEnd, required=True, error_messages={"required": "请选择怎么结束的"})
    on = Day(load_default=None, allow_none=True)


class ClockChangeQuery(PageQuery):
    """What is asked of the changes; those that wait are what there is."""

    state = fields.String(
        load_default=ClockChangeState.ASKED.value,
        validate=validate.OneOf([ClockChangeState.ASKED.value], error="只能查待审批的"),
    )


class ClockBasisOut(Strict):
    """The law behind a term, and how well it is known."""

    law = fields.String()
    article = fields.String()
    grade = fields.Function(lambda row: row.grade.value)


class ClockChangeOut(Strict):
    """One change of a term; words only for who may read the dispute."""

    id = Id()
    kind = Word(ClockChangeKind)
    state = Word(ClockChangeState)
    ground = fields.String()
    words = fields.String()
    length = fields.Integer()
    from_on = Day()
    until_on = Day()
    due_before = Day()
    due_after = Day()
    asked_by = fields.String()
    asked_at = fields.AwareDateTime(format="iso")
    decided_by = fields.String()
    decided_at = fields.AwareDateTime(format="iso")
    decision = fields.String()


class ClockOut(Strict):
    """One term of a dispute; while it is paused no day is left and nobody is late."""

    id = Id()
    rule = fields.String()
    name = fields.String()
    kind = Word(ClockKind)
    state = Word(ClockState)
    stated = Flag()
    length = fields.Integer()
    unit = Word(TimeUnit)
    start_on = Day()
    start_at = fields.AwareDateTime(format="iso")
    raw_due_on = Day()
    due_on = Day()
    due_at = fields.AwareDateTime(format="iso")
    provisional = Flag()
    paused_from = Day()
    ended = Word(ClockEnd)
    stopped_on = Day()
    days_left = fields.Integer()
    overdue = Flag()
    basis = fields.List(fields.Nested(ClockBasisOut))
    changes = fields.List(fields.Nested(ClockChangeOut))


class ClockListOut(Strict):
    """Every term of a dispute, running ones first, the nearest in front."""

    items = fields.List(fields.Nested(ClockOut))


class DayOut(Strict):
    """One day of the counting."""

    date = Day(attribute="on")
    kind = fields.Function(lambda day: day.kind.value)
    name = fields.String()


class ClockDetailOut(ClockOut):
    """One term with the table of its days; none of a date another office wrote down."""

    days = fields.List(fields.Nested(DayOut))


class WaitingOut(Strict):
    """A change that waits, with the dispute and the term it is about."""

    id = Id(attribute="change.id")
    kind = Word(ClockChangeKind, attribute="change.kind")
    ground = fields.String(attribute="change.ground")
    words = fields.String(attribute="change.words")
    length = fields.Integer(attribute="change.length")
    from_on = Day(attribute="change.from_on")
    asked_by = fields.String(attribute="change.asked_by")
    asked_at = fields.AwareDateTime(format="iso", attribute="change.asked_at")
    clock = Id(attribute="clock_id")
    clock_name = fields.String()
    unit = Word(TimeUnit)
    due_on = Day()
    dispute = Id(attribute="dispute_id")
    number = fields.String()
    status = Word(DisputeStatus)
    organisation = fields.String()
    version = fields.Integer()


class WaitingPageOut(Strict):
    """A page of them, what was asked first in front."""

    items = fields.List(fields.Nested(WaitingOut))
    next_cursor = fields.String()
    total = fields.Integer()
