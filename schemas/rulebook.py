"""Shapes of the versions of the routing rules 分流规则: a draft, a change, a publication."""

from marshmallow import fields, validate

from config.vocabulary import RulebookState
from schemas.base import Day, Flag, Strict, Text, Word

LONGEST = 400_000


class _Content(fields.String):
    """A whole rulebook as TOML text; its spelling is its own."""

    def __init__(self) -> None:
        most = validate.Length(min=1, max=LONGEST, error=f"规则全文不能超过 {LONGEST} 字")
        super().__init__(load_default=None, validate=most)


class RulebookDraftIn(Strict):
    """A draft: begun from the newest version, or from `content`."""

    title = Text(load_default=None, most=100)
    note = Text(load_default=None, most=500, lines=True)
    content = _Content()


class RulebookChangeIn(Strict):
    """What of a draft is to be different; an empty note takes it away."""

    title = Text(load_default=None, most=100)
    note = Text(load_default=None, most=500, least=0, lines=True)
    content = _Content()


class RulebookPublicationIn(Strict):
    """The first day the version is in force on."""

    in_force_from = Day(required=True)


class RuleFaultOut(Strict):
    """One thing that is wrong with a draft, at a rule and a field of it where it is at one."""

    rule = fields.String(allow_none=True)
    field = fields.String(allow_none=True)
    text = fields.String()


class RulebookVersionOut(Strict):
    """One version; `governs` says it is the one for disputes registered today."""

    number = fields.Integer()
    title = fields.String()
    note = fields.String(allow_none=True)
    state = Word(RulebookState)
    state_text = fields.String()
    based_on = fields.Integer(allow_none=True)
    in_force_from = Day(allow_none=True)
    governs = Flag()
    made_by = fields.String(allow_none=True)
    made_at = fields.AwareDateTime(format="iso", allow_none=True)
    changed_at = fields.AwareDateTime(format="iso", allow_none=True)
    published_by = fields.String(allow_none=True)
    published_at = fields.AwareDateTime(format="iso", allow_none=True)
    withdrawn_by = fields.String(allow_none=True)
    withdrawn_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class RulebookOut(RulebookVersionOut):
    """A version with its rules in words, its faults while it is a draft, and its text."""

    rules = fields.List(fields.Dict())
    faults = fields.List(fields.Nested(RuleFaultOut))
    content = fields.String()


class RulebooksOut(Strict):
    """The rules that govern today in their order, their version, and all versions there are."""

    version = fields.Integer()
    items = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)
    versions = fields.List(fields.Nested(RulebookVersionOut))


class RulebookCheckOut(Strict):
    """What a check found."""

    state = Word(RulebookState)
    faults = fields.List(fields.Nested(RuleFaultOut))
