"""Shapes of 府检府院联动: rows of the registers, their stages, who may see a sealed one."""

from marshmallow import fields, validate

from config.linkage import LinkagePeriod, LinkageRegister, LinkageStage
from schemas.base import Day, Id, PageQuery, Strict, Text, Word

BOXES = ("open", "due", "soon", "late", "done")
MOST_NAMES = 20


class LinkageIn(Strict):
    """A row to write; `linkage.toml` says what each register takes."""

    register = Word(LinkageRegister, required=True)
    sort = Text(required=True, most=30, error_messages={"required": "请选择类别"})
    asker = Text(required=True, most=80)
    received_on = Day(required=True)
    organisation = Id(load_default=None, allow_none=True)
    title = Text(load_default=None, allow_none=True, most=80)
    sign = Text(load_default=None, allow_none=True, most=60)
    due_on = Day(load_default=None, allow_none=True)
    period = Word(LinkagePeriod, load_default=None, allow_none=True)
    words = Text(load_default=None, allow_none=True, lines=True, most=2000)
    lawsuit = Text(load_default=None, allow_none=True, most=60)
    readers = fields.List(
        Id(), load_default=list, validate=validate.Length(max=MOST_NAMES, error="指定的人太多")
    )


class ReferralIn(LinkageIn):
    """A row of a sealed register, a transfer to discipline inspection where none is said."""

    register = Word(LinkageRegister, load_default=LinkageRegister.REFERRAL)


class LinkageStageIn(Strict):
    """The stage it came to."""

    stage = Word(LinkageStage, required=True)
    on = Day(required=True)
    words = Text(load_default=None, allow_none=True, lines=True, most=2000)
    paper = Text(load_default=None, allow_none=True, most=60)
    lawsuit = Text(load_default=None, allow_none=True, most=60)


class LinkageNameIn(Strict):
    """Somebody who may see it from now on."""

    user = Id(required=True)


class LinkageQuery(PageQuery):
    """Filters of the lists."""

    register = Word(LinkageRegister, load_default=None)
    box = fields.String(load_default=None, validate=validate.OneOf(BOXES, error="没有这一栏"))


class LinkageRowOut(Strict):
    """One row of a list."""

    id = Id()
    register = Word(LinkageRegister)
    number = fields.String()
    stage = Word(LinkageStage)
    sort = fields.String()
    title = fields.String()
    asker = fields.String()
    sign = fields.String()
    organisation_id = Id()
    organisation = fields.String()
    received_on = Day()
    due_on = Day()
    provisional = fields.Boolean()
    period = Word(LinkagePeriod)
    ended_on = Day()
    late = fields.Boolean()


class LinkageStageOut(Strict):
    """One stage it came to."""

    stage = Word(LinkageStage)
    on = Day()
    due_on = Day()
    late = fields.Boolean()
    paper = fields.String()
    words = fields.String()
    recorded_by = fields.String()


class LinkageSuitOut(Strict):
    """The case it led to; the id for who may read cases."""

    id = Id()
    case_number = fields.String()


class LinkageLetterOut(Strict):
    """The letter it sent, as the register of letters has it; for who may read it."""

    id = Id()
    document_number = fields.String()


class LinkageNamedOut(Strict):
    """Somebody who may see it."""

    id = Id()
    name = fields.String()


class LinkageOpenStageOut(Strict):
    """A stage that may come next, as its register calls it."""

    stage = Word(LinkageStage)
    name = fields.String()


class LinkageOut(Strict):
    """One row with its stages; `open` are those the caller may say next."""

    row = fields.Nested(LinkageRowOut)
    words = fields.String()
    stages = fields.List(fields.Nested(LinkageStageOut))
    lawsuit = fields.Nested(LinkageSuitOut)
    letters = fields.List(fields.Nested(LinkageLetterOut))
    names = fields.List(fields.Nested(LinkageNamedOut))
    open = fields.List(fields.Nested(LinkageOpenStageOut))
    version = fields.Integer()


class LinkagePageOut(Strict):
    """A page of a list; `total` only when asked for."""

    items = fields.List(fields.Nested(LinkageRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


class LinkageCountOut(Strict):
    """How many rows a register has."""

    register = Word(LinkageRegister)
    total = fields.Integer()
    open = fields.Integer()
    late = fields.Integer()


class LinkageCountListOut(Strict):
    """The numbers of every register one may count."""

    items = fields.List(fields.Nested(LinkageCountOut))
