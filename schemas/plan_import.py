"""Shapes of imports of a yearly plan 计划导入."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from config.plan import PlanLineKind
from schemas.base import Id, Strict, Text, Word

MOST_CHARACTERS: Final = 500_000
MOST_LINES: Final = 5_000
YEAR: Final = validate.Range(1990, 2199, error="年度应在 1990 到 2199 之间")


class PlanImportIn(Strict):
    """The year, and the text where it is pasted; parts of a multipart form beside `file`."""

    year = fields.Integer(required=True, validate=YEAR, error_messages={"required": "请填写年度"})
    text = fields.String(
        load_default=None,
        validate=validate.Length(max=MOST_CHARACTERS, error="文字过长，不像一份计划"),
    )


class PlanImportFileIn(Strict):
    """The file, .docx or .txt, where there is one."""

    file = fields.Raw(load_default=None, metadata={"type": "string", "format": "binary"})


class PlanLineIn(Strict):
    """What a line is, by its place in the list of lines, counted from 0."""

    index = fields.Integer(required=True, validate=validate.Range(0, MOST_LINES * 2))
    kind = Word(PlanLineKind, required=True)


class PlanNameIn(Strict):
    """Which unit a name means; none: nobody of ours."""

    name = Text(required=True, most=500)
    organisation = Id(load_default=None, allow_none=True)


def _once(key: str) -> Any:
    def check(said: Sequence[Mapping[str, Any]]) -> None:
        if len({each[key] for each in said}) != len(said):
            raise ValidationError("同一项只写一次")

    return check


class PlanImportChangeIn(Strict):
    """Corrections of what was read."""

    lines = fields.List(
        fields.Nested(PlanLineIn),
        load_default=list,
        validate=[validate.Length(max=MOST_LINES), _once("index")],
    )
    units = fields.List(
        fields.Nested(PlanNameIn),
        load_default=list,
        validate=[validate.Length(max=500), _once("name")],
    )


class PlanLineOut(Strict):
    """A line, where it stood, what it is read as, and what is asked about it."""

    index = fields.Integer()
    place = fields.String()
    text = fields.String()
    kind = Word(PlanLineKind)
    number = fields.String()
    question = fields.String()
    said = fields.Boolean()


class PlanNameOut(Strict):
    """A name, the units it means, and the tasks that have it."""

    name = fields.String()
    units = fields.List(fields.String())
    organisations = fields.List(Id())
    said = fields.Boolean()
    tasks = fields.List(fields.String())


class PlanSpanOut(Strict):
    """Words of both wordings (`same`), of the old one (`gone`), or of the new one (`new`)."""

    kind = fields.String()
    text = fields.String()


class PlanChangeOfTextOut(Strict):
    """What taking the import in does to a chapter, a section or a task."""

    fate = fields.String()
    kind = Word(PlanLineKind)
    number = fields.String()
    was = fields.String()
    moved = fields.Boolean()
    renumbered = fields.Boolean()
    spans = fields.List(fields.Nested(PlanSpanOut))


class PlanImportOut(Strict):
    """An import: its lines, the plan they make as `plan import` tells it, and what it changes."""

    id = Id()
    year = fields.Integer()
    file_name = fields.String()
    made_by = fields.String()
    made_at = fields.AwareDateTime(format="iso")
    taken_by = fields.String()
    taken_at = fields.AwareDateTime(format="iso")
    dropped_at = fields.AwareDateTime(format="iso")
    lines = fields.List(fields.Nested(PlanLineOut))
    plan = fields.Dict(keys=fields.String())
    names = fields.List(fields.Nested(PlanNameOut))
    changes = fields.List(fields.Nested(PlanChangeOfTextOut))
    is_same = fields.Boolean()
