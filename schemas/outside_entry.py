"""Shapes of outside entries 外部系统登记."""

from marshmallow import fields

from config.vocabulary import OutsideSystem
from schemas.base import Day, Flag, Id, Strict, Text, Word


class OutsideEntryIn(Strict):
    """Under which number, on which day, it was entered in which system.

    `correction` is asked where the system has another number of the dispute already: true when
    that one was wrong 更正, false when the system keeps the matter under both. `corrects` is the
    id of the entry that was wrong, due where several stand there.
    """

    system = Word(OutsideSystem, required=True, error_messages={"required": "请选择系统"})
    number = Text(required=True, most=100, error_messages={"required": "请填写那边的编号"})
    entered_on = Day(required=True, error_messages={"required": "请填写登记日期"})
    correction = Flag(load_default=None, allow_none=True)
    corrects = Id(load_default=None, allow_none=True)


class OutsideEntryWithdrawIn(Strict):
    """Why an entry is taken back."""

    reason = Text(
        lines=True, required=True, most=500, error_messages={"required": "请填写撤销理由"}
    )


class TwinOut(Strict):
    """Another dispute under the same number; without a number it is not the caller's to see."""

    id = Id()
    number = fields.String()


class OutsideEntryOut(Strict):
    """One entry, and who noted it."""

    id = Id()
    system = Word(OutsideSystem)
    number = fields.String()
    entered_on = Day()
    entered_by = fields.String()
    recorded_at = fields.AwareDateTime(format="iso")


class OutsideEntryMadeOut(OutsideEntryOut):
    """A fresh entry, with the other disputes that are noted under this number."""

    same = fields.List(fields.Nested(TwinOut))


class OutsideEntryListOut(Strict):
    """The entries of a dispute, and the number it came in under."""

    source_reference = fields.String()
    items = fields.List(fields.Nested(OutsideEntryOut))
