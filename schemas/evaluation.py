"""Shapes of the yearly appraisal 年度考核: schemes, results with their working, objections."""

from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields, validate

from config.evaluation import (
    MOST,
    Better,
    Counted,
    NothingDue,
    ObjectionState,
    Stage,
    Way,
)
from config.vocabulary import OrganisationKind
from schemas.base import Day, Flag, Id, PageQuery, Strict, Text, Word

CODE = validate.Regexp(r"\A[a-z][a-z0-9_]{0,59}\Z", error="代码用小写英文字母、数字和下划线")
MANY = validate.Length(max=MOST, error=f"最多 {MOST} 项")
AT_MOST = Decimal(1_000_000)


class Number(fields.Field[Decimal]):
    """A decimal number as text, so that it stays exact: `"0.95"`; whole numbers as such too."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValidationError('应为数字，小数写成文字，例如 "0.95"')
        try:
            found = Decimal(str(value).strip())
        except InvalidOperation as wrong:
            raise ValidationError("应为数字") from wrong
        if not found.is_finite() or abs(found) > AT_MOST or found != round(found, 4):
            raise ValidationError("应为数字，最多四位小数")
        return found


class EvaluationStepShape(Strict):
    """One step of a scale."""

    bound = Number(required=True)
    share = Number(required=True)


class EvaluationCitationShape(Strict):
    """What is cited for an indicator."""

    law = Text(required=True, most=100)
    article = Text(required=True, most=40)
    grade = fields.String(required=True, validate=validate.OneOf(["A", "B", "C", "R"]))


class EvaluationIndicatorShape(Strict):
    """One indicator: a figure, its weight, how it is scored."""

    code = fields.String(required=True, validate=CODE)
    name = Text(required=True, most=60, error_messages={"required": "请填写名称"})
    metric = fields.String(required=True, validate=CODE)
    weight = Number(required=True, error_messages={"required": "请填写权重"})
    way = Word(Way, required=True)
    target = Number(load_default=None, allow_none=True)
    per_item = Number(load_default=None, allow_none=True)
    free = fields.Integer(load_default=0, validate=validate.Range(0, 10_000))
    counted = Word(Counted, load_default=Counted.HITS)
    better = Word(Better, load_default=Better.MORE)
    steps = fields.List(fields.Nested(EvaluationStepShape), load_default=list, validate=MANY)
    basis = fields.List(fields.Nested(EvaluationCitationShape), load_default=list, validate=MANY)


class EvaluationVetoShape(Strict):
    """One veto."""

    code = fields.String(required=True, validate=CODE)
    name = Text(required=True, most=60)
    metric = fields.String(required=True, validate=CODE)
    over = fields.Integer(required=True, validate=validate.Range(0, 10_000))
    counted = Word(Counted, load_default=Counted.HITS)
    basis = fields.List(fields.Nested(EvaluationCitationShape), load_default=list, validate=MANY)


class EvaluationGradeShape(Strict):
    """One grade from so many points on."""

    name = Text(required=True, most=20)
    least = Number(required=True)


class EvaluationSchemeIn(Strict):
    """A scheme to draw up."""

    name = Text(required=True, most=60, error_messages={"required": "请填写方案名称"})
    kinds = fields.List(Word(OrganisationKind), required=True, validate=validate.Length(1, 50))
    objection_days = fields.Integer(required=True, validate=validate.Range(1, 60))
    nothing_due = Word(NothingDue, required=True)
    least_weight = Number(load_default=Decimal(0))
    indicators = fields.List(fields.Nested(EvaluationIndicatorShape), required=True, validate=MANY)
    vetoes = fields.List(fields.Nested(EvaluationVetoShape), load_default=list, validate=MANY)
    grades = fields.List(fields.Nested(EvaluationGradeShape), required=True, validate=MANY)
    vetoed = Text(required=True, most=20)


class EvaluationSchemeOut(Strict):
    """One edition of a year's scheme; without `published_at` it is a draft."""

    id = Id()
    year = fields.Integer()
    number = fields.Integer()
    scheme = fields.Dict()
    drafted_by = fields.String()
    drafted_at = fields.AwareDateTime(format="iso")
    published_by = fields.String()
    published_at = fields.AwareDateTime(format="iso")


class EvaluationSchemesOut(Strict):
    """Every edition of a year, and the pattern one drafts from."""

    items = fields.List(fields.Nested(EvaluationSchemeOut))
    pattern = fields.Dict()


class EvaluationQuery(Strict):
    """Which result of a year; nothing asks for the newest, or for live figures."""

    stage = Word(Stage, load_default=None)
    revision = fields.Integer(load_default=None, validate=validate.Range(1, 10_000))


class EvaluationLineOut(Strict):
    """One indicator with its working."""

    code = fields.String()
    name = fields.String()
    metric = fields.String()
    weight = fields.String()
    rule = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    value = fields.Float()
    not_yet_due = fields.Integer()
    objected = fields.Integer()
    working = fields.String()
    score = fields.String()
    adjusted = fields.String()
    reason = fields.String()


class EvaluationVetoOut(Strict):
    """A veto that struck; `lifted` says why it does not hold."""

    code = fields.String()
    name = fields.String()
    said = fields.String()
    lifted = fields.String()


class EvaluationUnitOut(Strict):
    """One unit's result; points as decimal text, null where nothing could be scored."""

    organisation = Id()
    name = fields.String()
    total = fields.String()
    points = fields.String()
    weight = fields.String()
    grade = fields.String()
    vetoed = fields.Boolean()
    working = fields.String()
    lines = fields.List(fields.Nested(EvaluationLineOut))
    vetoes = fields.List(fields.Nested(EvaluationVetoOut))


class EvaluationOut(Strict):
    """A year per organisation with the working; `stage` is live, announced or final."""

    year = fields.Integer()
    stage = fields.String()
    revision = fields.Integer()
    sha256 = fields.String()
    cut_off = fields.AwareDateTime(format="iso")
    objections_until = Day()
    reason = fields.String()
    edition = fields.Integer()
    scheme = fields.Dict()
    faults = fields.List(fields.String())
    items = fields.List(fields.Nested(EvaluationUnitOut))


class EvaluationFrozenOut(Strict):
    """One stored result without its figures."""

    year = fields.Integer()
    stage = Word(Stage)
    revision = fields.Integer()
    sha256 = fields.String()
    cut_off = fields.AwareDateTime(format="iso")
    objections_until = Day()
    reason = fields.String()
    made_by = fields.String()
    made_at = fields.AwareDateTime(format="iso")


class EvaluationFrozenBodyOut(EvaluationFrozenOut):
    """One stored result; `sha256` is over `body` as JSON: UTF-8, keys sorted, no blanks.

    Who may not read of every unit in it is not given the body.
    """

    body = fields.Dict()


class EvaluationFrozenListOut(Strict):
    """Every stored result of a year, the first made first."""

    items = fields.List(fields.Nested(EvaluationFrozenOut))
    next_cursor = fields.String()


class EvaluationAnnounceIn(Strict):
    """Announcing takes no words: the year stands in the address."""


class EvaluationFreezeIn(Strict):
    """Why a later revision is made; the first needs no reason."""

    reason = Text(lines=True, load_default=None, allow_none=True, most=500)


class EvaluationObjectionIn(Strict):
    """What a unit objects to, and why."""

    organisation = Id(required=True, error_messages={"required": "请选择单位"})
    code = fields.String(
        required=True, validate=CODE, error_messages={"required": "请选择对哪一项有异议"}
    )
    words = Text(
        lines=True, required=True, most=1000, error_messages={"required": "请写异议的理由"}
    )


class EvaluationDecisionIn(Strict):
    """The answer to an objection."""

    upheld = Flag(required=True, error_messages={"required": "请选择异议是否成立"})
    points = Number(load_default=None, allow_none=True)
    reason = Text(
        lines=True, required=True, most=1000, error_messages={"required": "请写答复的理由"}
    )


class EvaluationObjectionQuery(PageQuery):
    """A page of objections."""

    organisation = Id(load_default=None)


class EvaluationObjectionOut(Strict):
    """One objection, and what was answered."""

    id = Id()
    year = fields.Integer()
    organisation_id = Id()
    organisation = fields.String()
    code = fields.String()
    name = fields.String()
    words = fields.String()
    state = Word(ObjectionState)
    points = Number()
    reason = fields.String()
    raised_by = fields.String()
    raised_at = fields.AwareDateTime(format="iso")
    decided_by = fields.String()
    decided_at = fields.AwareDateTime(format="iso")
    may_decide = fields.Boolean()


class EvaluationObjectionPageOut(Strict):
    """A page of objections, the oldest first."""

    items = fields.List(fields.Nested(EvaluationObjectionOut))
    next_cursor = fields.String()
    total = fields.Integer()
